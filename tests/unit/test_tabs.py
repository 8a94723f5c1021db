from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from registry_sheets.operations.create import new_own_tabs
from registry_sheets.operations.looking import Terms
from registry_sheets.registry.checking import CheckResult
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.lists import parse_lists
from registry_sheets.registry.live import live_versions
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import Accepted, Lists, Owner
from registry_sheets.registry.table_settings import TableSettings, stage_vocabulary
from registry_sheets.registry.tabs import findings as findings_tab
from registry_sheets.registry.tabs.canvas import same_cells
from registry_sheets.registry.tabs.check import NOT_CHECKED, TRACKED_ROWS, check_formula, check_value, row_keys
from registry_sheets.registry.tabs.findings import SEARCH_LIMIT, Links, findings_sheet, quoted
from registry_sheets.registry.tabs.guide import guide_sheet
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.live import live_sheet
from registry_sheets.registry.tabs.models import CHECK_ROWS, models_sheet
from registry_sheets.registry.tabs.template import registry_tabs
from tests.support.registries import check_grid, own_tabs, version

LONGEST_FORMULA = 8_192
"""Excel's limit, in characters."""


def grid_of(sheet: Sheet) -> Grid:
    """The tab as a reader gives it back."""
    width = max(len(row) for row in sheet.rows)
    rows: list[list[Cell]] = [[cell.value for cell in row] + [""] * (width - len(row)) for row in sheet.rows]
    return Grid(sheet.title, rows)


def texts(sheet: Sheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.rows for cell in row)


def test_the_models_tab_is_read_as_it_was_meant() -> None:
    sheet = models_sheet([version(), version(version="3.2")], ["Metric: MAPE (holidays)", "Notes"], [[0.1, "=x"], []])
    match = find_header(grid_of(sheet), TableSettings())
    assert list(match.columns) == [column.field for column in COLUMNS]
    assert [column.header for column in match.own] == ["Notes"]
    assert [metric.period for metric in match.metrics] == ["holidays"]
    result, table = check_grid(grid_of(sheet))
    assert len(table) == 2, "rows that only hold the Check formula are no rows"
    assert all(finding.severity is not Severity.ERROR for finding in result.findings)


def test_required_columns_look_different_and_every_header_has_a_note() -> None:
    sheet = models_sheet()
    looks = {str(cell.value): cell.style for cell in sheet.rows[0]}
    assert {looks[column.header] for column in COLUMNS if column.need == "required"} == {"header"}
    assert {looks[column.header] for column in COLUMNS if column.need != "required"} == {"header-recommended"}
    assert len(sheet.notes) == len(COLUMNS) + 1
    assert all(column.help in "".join(sheet.notes.values()) for column in COLUMNS)


def test_versions_and_names_are_text_to_the_end() -> None:
    sheet = models_sheet()
    assert sheet.column_styles[1] == sheet.column_styles[2] == "text"
    assert sheet.numbers_as_text == ("B2:B1048576", "C2:C1048576")


def test_dropdowns_warn_or_only_offer() -> None:
    by_column = {validation.ref[0]: validation for validation in models_sheet(lists_title="It's a list").validations}
    assert by_column["G"].formula == '"Production,Testing,Archived"'
    assert by_column["G"].error
    assert not by_column["F"].error, "several values stand in one cell"
    assert "'It''s a list'!$A$5" in by_column["F"].formula
    assert all(len(validation.formula) < 255 for validation in by_column.values())
    assert {letter for letter, validation in by_column.items() if validation.kind == "date"} == set("DMN")


def test_check_stands_ready_in_the_first_rows_and_not_in_long_lists() -> None:
    short, long = models_sheet(), models_sheet([version()] * (TRACKED_ROWS + 1))
    assert sum(row[0].formula is not None for row in short.rows) == CHECK_ROWS
    assert long.rows[0][0].value == "Name"
    assert all(cell.formula is None for row in long.rows for cell in row)


def test_check_formulas_fit_and_compare_letter_for_letter() -> None:
    places = {column.field: place for place, column in enumerate(COLUMNS, 1)}
    formula = check_formula(places, 10_000, "$A$1")
    assert len(formula) < LONGEST_FORMULA
    assert not re.search(r"\b(COUNTIFS?|MATCH|NOW|TODAY)\(", formula)
    assert max(len(text) for text in re.findall(r'"([^"]*)"', formula)) <= 255


def test_check_values_before_the_first_check() -> None:
    assert check_value({}, ("name",)) == ""
    assert check_value({"name": "AC", "version": " "}, ("name", "version")) == "1 to fix"
    assert check_value({"name": "AC"}, ("name",)) == NOT_CHECKED


def test_rows_are_remembered_by_their_distance_from_the_header() -> None:
    grid = Grid("Models", [["Name", "Version", "Data source"], ["A", 3.1, "x"], ["", "", ""], ["B", "2", "y|z"]])
    _, table = check_grid(grid)
    keys = row_keys(table)
    assert [key.rstrip("|") for key in keys] == ["A|3.1||x", "", "B|2||y|z"]
    assert {key.count("|") for key in keys[:2]} == {len(COLUMNS) - 1}


def test_long_tables_are_not_remembered() -> None:
    rows: list[list[Cell]] = [
        ["Name", "Version", "Data source"],
        *[["A", str(n), "x"] for n in range(TRACKED_ROWS + 1)],
    ]
    _, table = check_grid(Grid("Models", rows))
    assert row_keys(table) == ()


FAULTY = [version(data_source="TBD"), version(name="B", training_date=""), version(name="C", version="final")]


def checked() -> tuple[CheckResult, Sheet]:
    result, table = check_grid(grid_of(models_sheet(FAULTY)))
    return result, own_tabs(result, table)[0]


def test_the_findings_tab_tells_every_finding_worst_first() -> None:
    result, sheet = checked()
    body = sheet.rows[4 : 4 + len(result.findings)]
    assert [(r[0].value, r[1].value, r[2].value, r[3].value, r[4].value) for r in body] == [
        (f.severity.value.capitalize(), f.name, f.version, f.column, f.cell) for f in result.findings
    ]
    assert [(r[5].value, r[6].value, r[8].value) for r in body] == [(f.message, f.fix, f.rule) for f in result.findings]
    assert sheet.table == f"A4:K{4 + len(result.findings)}"


def test_text_of_people_never_gets_into_a_formula() -> None:
    evil = '"&HYPERLINK("http://x","y")&"'
    result, table = check_grid(grid_of(models_sheet([version(name=evil, version=evil, data_source="TBD")])))
    sheet = own_tabs(result, table)[0]
    assert all("http" not in cell.formula for row in sheet.rows for cell in row if cell.formula)
    assert all(len(cell.formula) < LONGEST_FORMULA for row in sheet.rows for cell in row if cell.formula)


@pytest.mark.parametrize(
    ("title", "written"),
    [("Models", "Models"), ("It's", "'It''s'"), ("My models", "'My models'"), ("AB1", "'AB1'"), ("RC", "'RC'")],
)
def test_titles_are_quoted_as_excel_quotes_them(title: str, written: str) -> None:
    assert quoted(title) == written


def test_links_search_only_where_that_is_quick() -> None:
    _, table = check_grid(grid_of(models_sheet(FAULTY)))
    finding = Finding("r", Severity.ERROR, "m", "f", "A", "1", "", 2, "Name", 1, "name", "Models")
    few, many = Links(table, 1).cells(finding, 4), Links(table, SEARCH_LIMIT).cells(finding, 4)
    assert "SUMPRODUCT" in str(few[4, 10].formula)
    assert "SUMPRODUCT" not in str(many[4, 10].formula)


def test_a_finding_about_the_sheet_or_another_tab() -> None:
    sheet_wide = Finding(
        "missing-column", Severity.INFO, "No Stage.", "Add it.", column="Stage", field="stage", tab="Models"
    )
    listed = Finding(
        "invalid-email", Severity.WARNING, "Bad.", "Mend.", row=7, column="E-mail", column_index=3, tab="Lists"
    )
    _, table = check_grid(grid_of(models_sheet(FAULTY)))
    sheet = findings_sheet(CheckResult((listed, sheet_wide)), table)
    assert [cell.value for cell in sheet.rows[4][:5]] == ["Warning", "", "", "E-mail", "D7"]
    assert sheet.rows[4][10].formula == "ROW(Lists!$A$7)"
    assert len(sheet.rows[5]) > 7
    assert sheet.rows[5][4].value == ""


def test_an_unchanged_registry_is_an_unchanged_tab_on_a_later_day() -> None:
    result, table = check_grid(grid_of(models_sheet(FAULTY)))
    first = own_tabs(result, table, date(2026, 7, 1))[0]
    later = own_tabs(result, table, date(2026, 8, 1), before=grid_of(first))[0]
    assert later == first
    assert "As found on 2026-07-01; the same since" in texts(first)


def test_a_changed_registry_tells_the_day_of_the_change() -> None:
    result, table = check_grid(grid_of(models_sheet(FAULTY)))
    first = own_tabs(result, table, date(2026, 7, 1))[0]
    result, table = check_grid(grid_of(models_sheet([version(), *FAULTY[1:]])))
    later = own_tabs(result, table, date(2026, 8, 1), before=grid_of(first))[0]
    assert "As found on 2026-08-01" in texts(later)


def test_no_findings_and_accepted_ones_are_counted() -> None:
    result, _ = checked()
    assert "No findings." in texts(findings_sheet(CheckResult(())))
    accepted = replace(result, findings=(), accepted=result.findings[:2])
    assert "No findings; 2 more accepted in Lists." in texts(findings_sheet(accepted))


def test_the_lists_tab_reads_back() -> None:
    lists = Lists(
        "Lists",
        ("Depot", "Plant"),
        (Owner("Ana", "ana@example.com", True, 5), Owner("Ben", "", False, 6)),
        ("CRM",),
        (Accepted("AC", "3.10", "Data source", "Agreed", date(2026, 12, 31), 5), Accepted("B", "", "", "", None, 6)),
    )
    assert parse_lists(grid_of(lists_sheet(lists))) == lists
    assert parse_lists(grid_of(lists_sheet())) == Lists("Lists")


def test_the_live_tab_tells_where_what_since_when_and_why() -> None:
    _, table = check_grid(grid_of(models_sheet([version(location="Depot; Plant"), version(name="B", stage="Testing")])))
    sheet = live_sheet(live_versions(table))
    assert [row[2].value for row in sheet.rows[4:]] == ["Depot", "Plant"]
    assert sheet.rows[4][4].value == date(2026, 3, 12)
    assert sheet.rows[4][8].value == "Fewer false alarms in the pilot"
    assert "1 model is live, in 2 lines." in texts(sheet)
    assert "No version is in Production." in texts(live_sheet(()))


def test_tabs_that_no_check_has_filled_say_so() -> None:
    own = [tab for tab in registry_tabs() if tab.kind in ("findings", "live")]
    assert own == [findings_sheet(None, vocabulary=stage_vocabulary({})), live_sheet(None)]
    for tab in (*own, *new_own_tabs(Terms("Clinic"), [])[:2]):
        assert findings_tab.NOT_CHECKED in texts(tab)
        assert "No findings" not in texts(tab)
        assert "No version is in" not in texts(tab)
        filled = findings_sheet(CheckResult(())) if tab.kind == "findings" else live_sheet(())
        assert not same_cells(filled, grid_of(tab)), "the first sync replaces it"


def test_the_guide_fits_one_screen_and_tells_every_column() -> None:
    sheet = guide_sheet("Ana, ext. 12")
    assert len(sheet.rows) < 30
    assert all(column.header in texts(sheet) and column.help in texts(sheet) for column in COLUMNS)
    assert "Ask Ana, ext. 12." in texts(sheet)
    assert {mark.tint for mark in sheet.marks} == {"missing", "doubled", "error", "warning"}


def test_a_new_registry_has_its_tabs_in_order() -> None:
    sheets = registry_tabs()
    assert [sheet.kind for sheet in sheets] == ["models", "lists", "findings", "live", "changes", "guide"]
    names = [sheet.table_name for sheet in sheets if sheet.table]
    assert len(set(names)) == len(names)
