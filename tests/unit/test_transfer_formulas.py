"""Formulas between Excel and Google: only what the other could not read is written otherwise, and comes back."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer

from registry_sheets.operations.transfer_formulas import for_excel, for_google
from registry_sheets.registry.grid import Cell


@pytest.mark.parametrize(
    ("excel", "google"),
    [
        ("A1+1", "A1+1"),
        ("SUM('It''s, mine'!A2:A1048576)", "SUM('It''s, mine'!A2:A)"),
        ("SUM($A$2:$A1048576)", "SUM($A$2:$A)"),
        ("SUM(A:A)+SUM(2:3)", "SUM(A:A)+SUM(2:3)"),
        ('_xlfn.XLOOKUP(A1,B2:B9,C2:C9,"_xlfn.IFS(")', 'XLOOKUP(A1,B2:B9,C2:C9,"_xlfn.IFS(")'),
        ("_xlfn._xlws.SORT(_xlfn.UNIQUE(A2:A9))", "SORT(UNIQUE(A2:A9))"),
        ("MYFUNC(A1)", "MYFUNC(A1)"),
        ('IF(A1="x""y",{1,2;3,4},5%)', 'IF(A1="x""y",{1,2;3,4},5%)'),
        ("'Sort'!B2&SORT", "'Sort'!B2&SORT"),
    ],
)
def test_both_read_it(excel: str, google: str) -> None:
    assert for_google(excel) == google
    assert for_excel(google, 1.0) == excel


@pytest.mark.parametrize(
    "google",
    [
        *('QUERY(A2:C,"select A")', "{A1:A3;B1:B3}", "SUM(B:B5)", "sum(b:b5)", "ArrayFormula(A1:A3*2)", "{1,{2}}"),
        *(
            "Table1[Cost]",
            "Table1[[#All],[Cost]]",
            "{1\\2}",
            "SUM(A2:3)",
            f'LEN("{"é" * 600}")',
            "A1+",
            "",
            "IF(A1",
            '"x',
        ),
        "+".join(["A1"] * 5000),
    ],
)
def test_what_excel_does_not_load_stands_as_google_writes_it(google: str) -> None:
    excel = for_excel(google, 'say "x"')
    assert excel.startswith("IFERROR(__xludf.DUMMYFUNCTION(")
    assert excel.endswith(',"say ""x""")')
    assert all(len(token.value) <= 2 * 255 + 2 for token in Tokenizer(f"={excel}").items)
    assert for_google(excel) == (google or excel)


def test_a_formula_that_google_could_not_read_is_no_formula_in_excel() -> None:
    excel = for_excel("1+*2", "", "#ERROR!")
    assert excel == 'IFERROR(__xludf.DUMMYFUNCTION("1+*2"),#VALUE!)'
    assert for_google(excel) == "1+*2"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *((True, "TRUE"), (2.5, "2.5"), (10, "10"), ("", '""'), (date(2026, 6, 30), "46203"), (time(12), "0.5")),
        (timedelta(hours=36), "1.5"),
    ],
)
def test_it_shows_its_value_there(value: Cell, written: str) -> None:
    assert for_excel("QUERY(A:A)", value).endswith(f",{written})")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600))
def test_whatever_is_wrapped_comes_back(text: str) -> None:
    """Whatever Google holds as a formula: it is the same after a way through Excel."""
    assert for_google(for_excel(text, "", "#ERROR!")) == text


PARTS: Any = st.sampled_from(
    (
        *("A1", "$B$2", "A2:A", "A:A", "B2:C9", "(", ")", "{", "}", ",", ";", '"a,b"', "'x y'!", "SUM(", "SORT(", "["),
        *("QUERY(", "XLOOKUP(", "+", "-", "1.5", "TRUE", "]", " ", "&", "%", "#REF!", "MYFUNC("),
    )
)


@given(st.lists(PARTS, min_size=1, max_size=12).map("".join))
def test_any_formula_of_google_comes_back(google: str) -> None:
    assert for_google(for_excel(google, 1.0)) == google
