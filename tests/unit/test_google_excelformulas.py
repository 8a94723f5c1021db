"""Formulas of a Google spreadsheet as Excel writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.mark_keys import FIELDS
from registry_sheets.registry.tabs.check import check_formula, places_of
from registry_sheets.workbooks.google.tabs.excelformulas import excel_formula
from registry_sheets.workbooks.google.tabs.formulas import Dialect, cell_formula
from registry_sheets.workbooks.google.tabs.links import linker

TITLES = {7: "My 'odd' tab", 9: "Findings"}
LINK = linker({**{title: number for number, title in TITLES.items()}, "_registry_sheets.findings": 9})


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("SUM(A1;B2;1,5)", "SUM(A1,B2,1.5)"),
        ("{1\\2;3\\4}", "{1,2;3,4}"),
        ("IF(A1;{1\\2};0,25)", "IF(A1,{1,2},0.25)"),
        ('"1;2,5"&A1', '"1;2,5"&A1'),
    ],
)
def test_a_decimal_comma(theirs: str, ours: str) -> None:
    assert excel_formula(theirs, Dialect(decimal_comma=True), TITLES) == ours


@pytest.mark.parametrize("same", ["SUM(A1,B2)", "{1,2;3,4}", '"#gid=7"', "'a;b'!A1", "A1:B2*3.5"])
def test_a_point_leaves_all_as_it_is(same: str) -> None:
    assert excel_formula(same, Dialect(), TITLES) == same


def test_a_link_names_its_tab() -> None:
    formula = excel_formula('HYPERLINK("#gid=7&range=B3","x")', Dialect(), TITLES)
    assert formula == "HYPERLINK(\"#'My 'odd' tab'!B3\",\"x\")".replace("'odd'", "''odd''")
    assert excel_formula('HYPERLINK("#gid=8","x")', Dialect(), TITLES) == 'HYPERLINK("#gid=8","x")'


@pytest.mark.parametrize("comma", [False, True])
def test_our_names_come_back(comma: bool) -> None:
    formula = check_formula(places_of(list(FIELDS), 1), 2, "$A$1")
    back = excel_formula(cell_formula(formula, Dialect(comma), LINK, ours=False)[1:], Dialect(comma), TITLES)
    assert back.replace("#'Findings'!A1", "#_registry_sheets.findings") == formula


@given(st.text(alphabet="A1+-*/(),;{}\\\"'&<>=. 5", max_size=40))
def test_any_text_of_people_comes_back_from_where_it_went(formula: str) -> None:
    sent = cell_formula(formula, Dialect(), LINK, ours=False)
    assert excel_formula(sent[1:], Dialect(), TITLES) == formula
