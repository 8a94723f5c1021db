"""Marks, dropdowns, the Check column and links, tried in LibreOffice: what it shows, not what we think of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from registry_sheets.registry.checking import CheckResult
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.marks import marks_for
from registry_sheets.registry.sheets import own_name
from registry_sheets.registry.table import Lists, Owner
from registry_sheets.registry.table_settings import TableSettings, stage_vocabulary
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.registry.text import formula_text
from registry_sheets.workbooks.excel.new import write_workbook
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from registry_sheets.workbooks.looks import TINTS
from tests.support.libreoffice import drive, shown_cells
from tests.support.registries import check_grid, checked_registry, own_tabs, version

pytestmark = pytest.mark.libreoffice

ERROR, WARNING, MISSING, DOUBLED = (TINTS[tint] for tint in ("error", "warning", "missing", "doubled"))
CHECK, NAME, VERSION, TRAINED, SOURCE, LOCATION, STAGE, OWNER = range(8)
"""Columns of the template."""


def colours(page: Path, column: int, rows: int) -> list[str]:
    """The colours of a column from row 2 on."""
    return [row[column][0] for row in shown_cells(page)[1 : rows + 1]]


def flagged(row: int, name: Any, number: Any, value: str, severity: Severity = Severity.ERROR) -> Finding:
    """A finding on the data source of a row."""
    return Finding(
        rule="vague-data-source",
        severity=severity,
        message="It is vague.",
        fix="Be clear.",
        name=formula_text(name),
        version=formula_text(number),
        value=value,
        row=row,
        column="Data source",
        column_index=SOURCE,
        field="data_source",
        tab="Models",
    )


def registry_with(path: Path, versions: Sequence[tuple[Any, Any]], flags: Sequence[int]) -> None:
    """Rows alike but for name and version; ``flags`` are the indexes of those whose data source has a finding."""
    rows = [version(name=name, version=number, data_source="exports", used_for="") for name, number in versions]
    people = [models_sheet(rows), lists_sheet()]
    write_workbook(people, path)
    _, table = check_grid(read_snapshot(path).grid("Models"))
    findings = tuple(flagged(index + 2, *versions[index], "exports") for index in flags)
    sheet = findings_sheet(CheckResult(findings), table, vocabulary=stage_vocabulary({}), remember_rows=True)
    write_workbook([*people, sheet], path)


LOOKALIKES: list[tuple[tuple[Any, Any], tuple[Any, Any]]] = [
    (("AC", "3.1"), ("AC", "3.10")),
    (("AC", "3.10"), ("AC", "3.1")),
    (("AC", "1E3"), ("AC", "1000")),
    (("AC", "1E3"), ("AC", 1000)),
    (("AC", "007"), ("AC", 7)),
    (("Mod*", "1"), ("Model", "1")),
    (("M?del", "1"), ("Model", "1")),
    (("a~*", "1"), ("a*", "1")),
    ((">=5", "1"), ("7", "1")),
    (("<>", "1"), ("x", "1")),
    (("=1+1", "1"), ("2", "1")),
    (("No\u00a0show", "1"), ("No show", "1")),
    (("no-show", "1"), ("No-Show", "1")),
    (('say "hi"', "1"), ("say hi", "1")),
    (("", "4"), ("", "5")),
    (("Ünï 🚀", "1"), ("Uni 🚀", "1")),
    (("a\nb", "1"), ("a b", "1")),
    (("AC", 1.25), ("AC", "1.250")),
]


def test_a_mark_takes_no_other_row_for_its_own(tmp_path: Path) -> None:
    """The first of each pair has a finding, the second looks like it to COUNTIF, MATCH or an eye."""
    rows = [row for pair in LOOKALIKES for row in pair]
    # Pairs are told apart by a number, so that each is compared within itself.
    names = [(f"{name} {n // 2}" if name else "", number) for n, (name, number) in enumerate(rows)]
    registry_with(tmp_path / "r.xlsx", names, range(0, len(names), 2))
    page = tmp_path / "page.html"
    drive(tmp_path / "r.xlsx", [{"do": "page", "to": str(page)}], tmp_path)
    assert colours(page, SOURCE, len(names)) == [ERROR, ""] * len(LOOKALIKES)


def test_a_wildcard_name_marks_only_itself(tmp_path: Path) -> None:
    """Without anything after it that would tell the names apart."""
    rows = [("*", "1"), ("Model", "1"), ("?", "1"), ("M", "1"), ("~*", "1"), (">=1", "1"), ("2", "1")]
    registry_with(tmp_path / "r.xlsx", rows, [0, 2, 5])
    page = tmp_path / "page.html"
    drive(tmp_path / "r.xlsx", [{"do": "page", "to": str(page)}], tmp_path)
    assert colours(page, SOURCE, len(rows)) == [ERROR, "", ERROR, "", "", ERROR, ""]


def test_numbers_are_found_where_people_write_a_decimal_comma(tmp_path: Path) -> None:
    rows = [("AC", 3.1), ("AC", "3,1"), ("AC", "3.10")]
    registry_with(tmp_path / "r.xlsx", rows, [0])
    page = tmp_path / "page.html"
    steps = [
        {"do": "page", "to": str(page)},
        {"do": "calculate"},
        {"do": "texts", "tab": "Models", "range": "C2:C2"},
        {"do": "texts", "tab": "Findings", "range": "E5:E5"},
    ]
    answers = drive(tmp_path / "r.xlsx", steps, tmp_path, locale="de")
    assert answers[2:] == [[["3,1"]], [["E2"]]], "LibreOffice speaks German, and the link still holds"
    assert colours(page, SOURCE, 3) == [ERROR, "", ""]


def test_a_mended_cell_loses_its_mark_at_once(tmp_path: Path) -> None:
    rows = [version(data_source="TBD"), version(name="B", training_date=date(2028, 1, 1))]
    checked_registry(tmp_path / "r.xlsx", rows)
    before, after = tmp_path / "before.html", tmp_path / "after.html"
    steps = [
        {"do": "calculate"},
        {"do": "page", "to": str(before)},
        {"do": "set", "tab": "Models", "cell": "E2", "value": "CRM export 2026-02-28"},
        {"do": "set", "tab": "Models", "cell": "D3", "value": 46000},
        {"do": "page", "to": str(after)},
        {"do": "texts", "tab": "Models", "range": "A2:A3"},
    ]
    answers = drive(tmp_path / "r.xlsx", steps, tmp_path)
    assert colours(before, SOURCE, 2) == [ERROR, ""]
    assert colours(before, TRAINED, 2) == ["", ERROR]
    assert colours(after, SOURCE, 2) == ["", ""]
    assert colours(after, TRAINED, 2) == ["", ""]
    assert answers[-1] == [["changed since last check"]] * 2


def test_marks_and_links_follow_their_row(tmp_path: Path) -> None:
    """Through a row put in above, a sort, and rows taken out."""
    rows = [version(name=name, data_source=source) for name, source in [("A", "x1"), ("B", "TBD"), ("C", "x3")]]
    checked = checked_registry(tmp_path / "r.xlsx", rows)
    assert [finding.cell for finding in checked.result.findings if finding.severity is Severity.ERROR] == ["E3"]
    pages = [tmp_path / f"{n}.html" for n in range(3)]
    link = {"do": "texts", "tab": "Findings", "range": "E5:E5"}
    steps = [
        {"do": "insert", "tab": "Models", "row": 3},
        {"do": "page", "to": str(pages[0])},
        link,
        {"do": "sort", "tab": "Models", "range": "B2:Q5", "column": 0, "down": True},
        {"do": "page", "to": str(pages[1])},
        link,
        {"do": "sort", "tab": "Findings", "range": "A5:K7", "column": 1, "down": True},
        {"do": "texts", "tab": "Findings", "range": "A5:E7"},
        {"do": "delete", "tab": "Models", "row": 3},
        {"do": "texts", "tab": "Findings", "range": "A5:E7"},
        {"do": "page", "to": str(pages[2])},
    ]
    answers = drive(checked.path, steps, tmp_path)
    assert colours(pages[0], SOURCE, 4) == ["", "", ERROR, ""]
    assert answers[2] == [["E4"]]
    assert colours(pages[1], SOURCE, 4) == ["", ERROR, "", ""]
    assert answers[5] == [["E3"]]
    told = {(row[1], row[3]): row[4] for row in answers[7]}
    assert told["B", "Data source"] == "E3", "the table itself may be sorted"
    gone = {(row[1], row[3]): row[4] for row in answers[9]}
    assert gone["B", "Data source"] == "moved or gone"
    assert colours(pages[2], SOURCE, 4) == ["", "", "", ""]


def test_a_link_leads_to_its_cell(tmp_path: Path) -> None:
    checked = checked_registry(tmp_path / "r.xlsx", [version(), version(version="3.2", data_source="TBD")])
    place = next(n for n, f in enumerate(checked.result.findings, 5) if f.field == "data_source")
    prefix = drive(checked.path, [{"do": "texts", "tab": "Findings", "range": f"J{place}:J{place}"}], tmp_path)
    target = prefix[0][0][0] + "E3"
    assert target == "#'Models'!E3"
    assert drive(checked.path, [{"do": "jump", "to": target[1:]}], tmp_path) == ["$Models.$E$3"]


def test_a_started_row_shows_what_it_needs(tmp_path: Path) -> None:
    """While it is typed, by its stage; far below the rows that were there, too."""
    checked_registry(tmp_path / "r.xlsx", [version()])
    stages = ["Production", "live", "Testing", "", "Archived"]
    steps: list[dict[str, Any]] = []
    for number, stage in enumerate(stages, 3):
        steps += [{"do": "set", "tab": "Models", "cell": f"B{number}", "value": f"Model {number}"}]
        steps += [{"do": "set", "tab": "Models", "cell": f"G{number}", "value": stage}]
    steps += [{"do": "set", "tab": "Models", "cell": "C450", "value": "1"}]
    page = tmp_path / "page.html"
    steps += [{"do": "page", "to": str(page)}, {"do": "texts", "tab": "Models", "range": "A3:A8"}]
    answers = drive(tmp_path / "r.xlsx", steps, tmp_path)
    rows = [[cell[0] for cell in row[NAME : OWNER + 1]] for row in shown_cells(page)]
    blank = ["", MISSING, MISSING, MISSING]
    assert rows[2] == [*blank, MISSING, "", MISSING], "Production"
    assert rows[3] == rows[2], "another word for it"
    assert rows[4] == [*blank, WARNING, "", ""], "Testing: the location may be still to come"
    assert rows[5] == rows[4], "no stage is read as Testing"
    assert rows[6] == ["", MISSING, "", "", "", "", ""], "Archived"
    assert rows[7] == [""] * 7, "a blank row"
    assert rows[449] == [MISSING, "", MISSING, MISSING, WARNING, "", ""]
    assert [text for (text,) in answers[-1]] == ["5 to fix", "5 to fix", "4 to fix", "4 to fix", "1 to fix", ""]


def test_doubled_rows_show_while_typing(tmp_path: Path) -> None:
    rows = [version(), version(version="3.10"), version(location="Depot"), version(version="3.2")]
    checked_registry(tmp_path / "r.xlsx", rows)
    before, after = tmp_path / "before.html", tmp_path / "after.html"
    steps = [
        {"do": "page", "to": str(before)},
        {"do": "set", "tab": "Models", "cell": "C5", "value": "3.10"},
        {"do": "page", "to": str(after)},
    ]
    drive(tmp_path / "r.xlsx", steps, tmp_path)
    assert DOUBLED not in colours(before, NAME, 4), "3.1 is not 3.10, and one version may run in two places"
    assert colours(after, NAME, 4) == ["", DOUBLED, "", DOUBLED]


def test_a_row_that_is_right_is_not_marked_for_another_of_its_version(tmp_path: Path) -> None:
    """Two rows of one version tell the same place twice, the third another: only the doubled ones are marked."""
    rows = [version(location="Depot"), version(), version()]
    checked = checked_registry(tmp_path / "r.xlsx", rows)
    assert any(finding.rule == "duplicate-version" for finding in checked.result.findings)
    page = tmp_path / "page.html"
    steps = [
        {"do": "page", "to": str(page)},
        {"do": "calculate"},
        {"do": "texts", "tab": "Models", "range": "A2:A4"},
    ]
    answers = drive(checked.path, steps, tmp_path)
    assert colours(page, VERSION, 3) == ["", ERROR, ERROR]
    assert [text for (text,) in answers[-1]] == ["no findings on 2026-07-01", "1 to fix", "1 to fix"]


def test_check_says_what_changed_and_knows_a_moved_row(tmp_path: Path) -> None:
    rows = [version(name=f"Model {n}", why="" if n == 2 else "Better") for n in range(4)]
    checked_registry(tmp_path / "r.xlsx", rows)
    told = {"do": "texts", "tab": "Models", "range": "A2:B6"}
    steps = [
        {"do": "calculate"},
        told,
        {"do": "sort", "tab": "Models", "range": "B2:Q5", "column": 0, "down": True},
        {"do": "set", "tab": "Models", "cell": "L3", "value": "Another reason"},
        told,
        {"do": "put", "tab": "Models", "cell": "E4", "formula": "=NA()"},
        told,
    ]
    answers = drive(tmp_path / "r.xlsx", steps, tmp_path)
    clean = "no findings on 2026-07-01"
    assert answers[1] == [*([clean, f"Model {n}"] for n in range(4)), ["", ""]]
    changed = "changed since last check"
    assert answers[4] == [[clean, "Model 3"], [changed, "Model 2"], [clean, "Model 1"], [clean, "Model 0"], ["", ""]]
    assert answers[6][2] == ["a cell shows an error", "Model 1"]


def test_check_is_up_to_date_on_opening(tmp_path: Path) -> None:
    """A pass writes its own tabs only; what Check last said stands in the file until somebody opens it."""
    path = tmp_path / "r.xlsx"
    write_workbook(registry_tabs([version(), version(name="B", data_source="TBD")]), path)
    workbook = ExcelWorkbook(path, tmp_path / "state")
    seen = workbook.read()
    assert [row[0] for row in seen.grid("Models").rows[1:3]] == ["not checked yet"] * 2
    result, table = check_grid(seen.grid("Models"))
    workbook.replace_own_tabs(own_tabs(result, table), seen.revision)
    steps = [{"do": "texts", "tab": "Models", "range": "A2:A3"}, {"do": "jump", "to": own_name("findings")}]
    answers = drive(path, steps, tmp_path)
    assert answers == [[["no findings on 2026-07-01"], ["1 to fix"]], "$Findings.$A$1"]


def test_formulas_carry_the_values_that_libreoffice_works_out(tmp_path: Path) -> None:
    rows = [version(data_source="TBD"), version(name="B", version=2.5), version(name='It\'s "C"', owner="")]
    checked_registry(tmp_path / "r.xlsx", rows)
    told = {"do": "texts", "tab": "Findings", "range": "A5:K12"}
    answers = drive(tmp_path / "r.xlsx", [told, {"do": "calculate"}, told], tmp_path)
    assert answers[0] == answers[2]
    assert any(row[4] == "E2" for row in answers[0])


def test_marks_show_in_a_workbook_that_people_have(tmp_path: Path) -> None:
    """Columns in another order, a title above, and an own tab that is rewritten by the next pass."""
    path = tmp_path / "ours.xlsx"
    theirs = Workbook()
    tab = theirs.active
    assert tab is not None
    tab.title = "It's ours"
    tab.append(["Our models, all of them"])
    tab.append([])
    tab.append(["No", "Deployed to", "Ver.", "Notes", "Model", "Dataset", "Trained", "Stage"])
    tab.append([1, "Depot", "3.10", "", "AC", "CRM 2026-05", date(2026, 6, 1), "Testing"])
    tab.append([2, "Depot", "3.1", "", "AC", "TBD", date(2026, 3, 1), "Production"])
    tab.append([3, "", "1", "", "B", "CRM 2026-04", date(2026, 3, 1), "Production"])
    theirs.save(path)
    workbook = ExcelWorkbook(path, tmp_path / "state")
    seen = workbook.read()
    match = find_header(seen.grid(tab.title), TableSettings())
    result, table = check_grid(seen.grid(tab.title))
    workbook.adopt(
        own=own_tabs(result, table, remember_rows=False),
        people=[lists_sheet()],
        models_tab=tab.title,
        marks=marks_for(match.columns, match.header_row),
        names={},
        expected=seen.revision,
    )
    page, mended = tmp_path / "page.html", tmp_path / "mended.html"
    steps = [
        {"do": "page", "to": str(page)},
        {"do": "set", "tab": tab.title, "cell": "F5", "value": "CRM 2026-02"},
        {"do": "set", "tab": tab.title, "cell": "E9", "value": "C"},
        {"do": "page", "to": str(mended)},
        {"do": "texts", "tab": "Findings", "range": "A5:E6"},
    ]
    answers = drive(path, steps, tmp_path)
    location, number, name, source = 1, 2, 4, 5
    assert colours(page, source, 5)[2:] == ["", ERROR, ""]
    assert colours(page, location, 5)[2:] == ["", "", ERROR]
    assert colours(mended, source, 8)[2:] == ["", "", "", "", "", MISSING]
    assert [colours(mended, column, 8)[-1] for column in (name, number, location)] == ["", MISSING, WARNING]
    assert [row[4] for row in answers[-1]] == ["F5", "B6"]


def test_dropdowns_offer_and_never_block(tmp_path: Path) -> None:
    lists = Lists("Lists", ("Depot", "Plant"), (Owner("Ana", "ana@example.com", True, 5),), ("CRM",))
    checked_registry(tmp_path / "r.xlsx", [version()], lists)
    cells = ["D2", "F2", "G2", "H2", "F900000"]
    found = drive(tmp_path / "r.xlsx", [{"do": "validation", "tab": "Models", "cell": c} for c in cells], tmp_path)
    assert [answer["type"] for answer in found] == ["DATE", "LIST", "LIST", "LIST", "LIST"]
    assert {answer["alert"] for answer in found} == {"WARNING"}
    assert [answer["shows_error"] for answer in found] == [True, False, True, False, False]
    offered = {"do": "put", "tab": "Lists", "cell": "Z1", "formula": f"=ROWS({found[1]['formula']})"}
    steps = [offered, {"do": "texts", "tab": "Lists", "range": "Z1:Z1"}]
    assert drive(tmp_path / "r.xlsx", steps, tmp_path)[1] == [["2"]], "as many as Lists holds, no blank lines"
