from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.mark_keys import SHARED, TINTED, identity_keys, key_name, keys_of, mark_key
from registry_sheets.registry.marks import LAST_ROW, marks_for
from registry_sheets.registry.table import TableColumn
from registry_sheets.registry.table_settings import stage_vocabulary
from registry_sheets.registry.tabs.findings import findings_sheet
from tests.support.registries import check_grid

FINDING = Finding(
    rule="placeholder-value",
    severity=Severity.ERROR,
    message="TBD stands in for a value.",
    fix="Name the data.",
    name="AC",
    version="3.10",
    value="TBD",
    row=5,
    column="Data source",
    column_index=3,
    field="data_source",
    tab="Models",
)


def columns(**places: int) -> dict[str, TableColumn]:
    return {field: TableColumn(field, field, index) for field, index in places.items()}


def test_a_key_holds_the_raw_texts() -> None:
    assert mark_key(FINDING) == "AC|3.10|data_source|TBD"
    assert mark_key(replace(FINDING, value="", name=" a|b\u00a0")) == " a|b\u00a0|3.10|data_source|"


def test_a_finding_about_a_row_shows_on_its_name() -> None:
    assert mark_key(replace(FINDING, field=None, column=None, column_index=None, value="")) == "AC|3.10|name|AC"


@pytest.mark.parametrize(
    "changed",
    [{"severity": Severity.INFO}, {"row": None}, {"name": "", "version": ""}, {"value": "x" * 32_760}],
    ids=["info never tints", "the whole sheet", "no identity", "longer than a cell"],
)
def test_no_key(changed: dict[str, Any]) -> None:
    assert mark_key(replace(FINDING, **changed)) is None


def test_a_cell_with_an_error_and_a_warning_stands_with_the_errors() -> None:
    keys = keys_of([replace(FINDING, severity=Severity.WARNING), FINDING, FINDING])
    assert keys.by_field["data_source"] == {Severity.ERROR: ("AC|3.10|data_source|TBD",), Severity.WARNING: ()}


def grid_of(*rows: tuple[Any, ...]) -> Grid:
    header = ("Name", "Version", "Training date", "Data source", "Location", "Used for")
    return Grid("Models", [list(header), *map(list, rows)])


def test_rows_of_one_version_are_told_apart_where_only_some_have_the_finding() -> None:
    day = date(2026, 1, 1)
    row = ("AC", "1", day, "CRM", "Depot", "Vans")
    _, table = check_grid(grid_of(row, (*row[:4], "Plant", "Vans"), ("B", "1", *row[2:])))
    one = replace(FINDING, version="1", value="CRM", row=2)
    assert keys_of([one], table).shared[Severity.ERROR] == ("AC|1|data_source|CRM|Depot|Vans",)
    both = [one, replace(one, row=3)]
    assert keys_of(both, table).shared[Severity.ERROR] == ()
    assert keys_of(both, table).by_field["data_source"][Severity.ERROR] == ("AC|1|data_source|CRM",)
    alone = replace(one, name="B", row=4)
    assert keys_of([alone], table).by_field["data_source"][Severity.ERROR] == ("B|1|data_source|CRM",)


def test_numbers_and_dates_stand_in_keys_as_formulas_see_them() -> None:
    row = ("AC", 3.1, date(2026, 3, 4), "CRM", "Depot", "")
    result, _ = check_grid(grid_of(row))
    assert "AC|3.1|version|3.1" in {mark_key(finding) for finding in result.findings}


FORBIDDEN = re.compile(r"\b(COUNTIFS?|MATCH|VLOOKUP|XLOOKUP|INDIRECT|OFFSET|NOW|TODAY|SEARCH)\(")


def test_marks_compare_letter_for_letter_and_run_to_the_end() -> None:
    marks = marks_for(columns(version=0, name=7, data_source=2, stage=30), 3)
    assert all(not FORBIDDEN.search(mark.formula) for mark in marks)
    assert {mark.ref for mark in marks if mark.tint == "error"} == {
        f"{letter}4:{letter}{LAST_ROW}" for letter in ("A", "H", "C", "AE")
    }
    source = next(mark for mark in marks if mark.ref.startswith("C4") and mark.tint == "error")
    assert key_name("data_source", Severity.ERROR) in source.formula
    assert key_name(SHARED, Severity.ERROR) in source.formula
    assert '"|data_source|"&$C4' in source.formula


def test_marks_need_no_column() -> None:
    assert marks_for({}, 1) == ()
    only = marks_for(columns(data_source=0), 1)
    assert {mark.formula for mark in only if mark.tint == "error"} == {"IF(ISERROR($A2),TRUE,FALSE)"}


def test_without_a_stage_column_rows_are_judged_as_testing() -> None:
    marks = marks_for(columns(name=0, version=1, location=2, owner=3), 1)
    missing = {mark.ref[0]: mark.formula for mark in marks if mark.tint == "missing"}
    assert missing["C"].endswith("FALSE,FALSE),FALSE)")
    assert missing["D"].endswith("FALSE,FALSE),FALSE)")
    assert missing["A"].endswith("FALSE,TRUE),FALSE)")


def test_every_name_that_a_mark_uses_is_there_with_and_without_findings() -> None:
    result, table = check_grid(grid_of(("AC", "1", date(2026, 1, 1), "CRM", "", "")))
    everywhere = columns(**{column.field: place for place, column in enumerate(COLUMNS)})
    used = set(re.findall(r"_registry_sheets\.[\w.]+", "".join(mark.formula for mark in marks_for(everywhere, 1))))
    for findings in (result, replace(result, findings=())):
        sheet = findings_sheet(findings, table, vocabulary=stage_vocabulary({}))
        assert used <= set(sheet.names)


@given(st.lists(st.tuples(*[st.text(max_size=4)] * 3, st.sampled_from(Severity), st.integers(2, 9)), max_size=6))
def test_keys_are_each_once(rows: list[tuple[str, str, str, Severity, int]]) -> None:
    findings = [
        replace(FINDING, name=n, version=v, value=c, severity=severity, row=row) for n, v, c, severity, row in rows
    ]
    keys = keys_of(findings)
    told = [key for by in (*keys.by_field.values(), keys.shared) for severity in TINTED for key in by[severity]]
    assert sorted(told) == sorted({mark_key(finding) for finding in findings} - {None})
    assert len(set(identity_keys(findings))) == len(identity_keys(findings))
