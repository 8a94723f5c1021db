"""record, as a training script or a person at a shell uses it, on real workbooks."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from tests.support.command import run
from tests.support.libreoffice import drive
from tests.support.packages import differing
from tests.support.registries import checked_registry, version
from tests.support.workbooks import HEADINGS, RIGHT, make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "models.xlsx")
    return tmp_path


def rows(folder: Path, tab: str = "Models") -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(folder / "models.xlsx")[tab].iter_rows(values_only=True))


def record(folder: Path, *arguments: str) -> dict[str, Any]:
    done = run("record", *arguments, "--sheet", "models.xlsx", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_row_with_everything(folder: Path) -> None:
    done = run(
        *("record", "AC failure", "3.10", "--sheet", "models.xlsx", "--trained", "2026-06-30", "--data", "CRM 2026-06"),
        *("--location", "Plant A", "--location", "Plant B", "--stage", "Testing", "--owner", "kim@example.com"),
        *("--used-for", "Rooftop", "--changed", "More data", "--by", "Ben", "--why", "=not a formula", "--reviewed"),
        *("2026-07-01", "--run", "https://mlflow/1", "--data-link", "s3://x", "--metric", "MAPE (holidays)=0.12"),
        *("--metric", "F1=0.90", "--set", "Ticket=00123", "--set", "Cost=12.5"),
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    assert "  Models!B4  Version: 3.10\n" in done.stdout
    assert "The tab 'Models' gets a new column O: Metric: MAPE (holidays)." in done.stderr
    found = dict(zip(rows(folder)[0], rows(folder)[3], strict=True))
    assert found == {
        "Name": "AC failure",
        "Version": "3.10",
        "Training date": datetime(2026, 6, 30),
        "Data source": "CRM 2026-06",
        "Location": "Plant A; Plant B",
        "Stage": "Testing",
        "Owner": "kim@example.com",
        "Used for": "Rooftop",
        "What changed": "More data",
        "Changed by": "Ben",
        "Why": "=not a formula",
        "Last reviewed": datetime(2026, 7, 1),
        "Run link": "https://mlflow/1",
        "Data link": "s3://x",
        "Metric: MAPE (holidays)": 0.12,
        "Metric: F1": 0.9,
        "Ticket": "00123",
        "Cost": 12.5,
    }
    assert rows(folder)[1][: len(HEADINGS)] == tuple(_moment(cell) for cell in RIGHT[0])


def _moment(cell: Any) -> Any:
    return datetime(cell.year, cell.month, cell.day) if isinstance(cell, date) else cell


def test_name_and_version_are_enough_and_findings_do_not_fail_it(folder: Path) -> None:
    done = run("record", "AC failure", "4", "--sheet", "models.xlsx", "--trained", "last spring", folder=folder)
    assert done.returncode == 0
    assert "'last spring' is not a date" in done.stdout
    assert rows(folder)[3][:3] == ("AC failure", "4", "last spring")


def test_json_has_the_cells_and_the_findings(folder: Path) -> None:
    found = record(folder, "AC failure", "4", "--stage", "Tsting", "--trained", "2026-06-30")
    assert found["state"] == "written"
    assert found["id"]
    assert {"row": 4, "cell": "C4", "column": "Training date", "old": "", "new": "2026-06-30"} in found["cells"]
    assert "unknown-stage" in [finding["rule"] for finding in found["findings"]]


def test_what_is_there_already(folder: Path) -> None:
    before = (folder / "models.xlsx").read_bytes()
    assert record(folder, "ac failure", "3.2", "--stage", "production")["state"] == "unchanged"
    done = run("record", "AC failure", "3.2", "--sheet", "models.xlsx", "--stage", "Testing", folder=folder)
    assert done.returncode == 2
    assert "--update" in done.stderr
    assert (folder / "models.xlsx").read_bytes() == before


def test_an_update_changes_the_named_cells_and_no_other_part(folder: Path) -> None:
    before = folder / "before.xlsx"
    before.write_bytes((folder / "models.xlsx").read_bytes())
    found = record(folder, "AC failure", "3.2", "--stage", "Archived", "--update")
    assert [(cell["cell"], cell["old"], cell["new"]) for cell in found["cells"]] == [("F3", "Production", "Archived")]
    assert differing(before, folder / "models.xlsx") == {"xl/worksheets/sheet1.xml"}


def test_a_dry_run_leaves_everything(folder: Path) -> None:
    before = (folder / "models.xlsx").read_bytes()
    done = run("record", "x", "1", "--sheet", "models.xlsx", "--dry-run", folder=folder)
    assert done.stdout.startswith("Would be written into models.xlsx: record x 1\n  Models!A4  Name: x\n")
    assert (folder / "models.xlsx").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["models.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("record", " ", "1"), "Without a name nothing can be recorded"),
        (("record", "x", "1", "--metric", "F1"), "--metric F1 is not understood"),
        (("record", "x", "1", "--set", "Check=x"), "'Check' is no column that can be filled"),
        (("record", "x", "1", "--registry", "other"), "no registry named 'other'"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    (folder / "config.toml").write_text('sheet = "models.xlsx"\n')
    done = run(*arguments, folder=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (folder / ".models.xlsx.outbox").exists()


def test_one_of_several_registries_is_named(folder: Path) -> None:
    (folder / "config.toml").write_text(
        '[[registry]]\nname = "a"\nsheet = "models.xlsx"\n[[registry]]\nname = "b"\nsheet = "b.xlsx"\n'
    )
    done = run("record", "x", "1", folder=folder)
    assert done.returncode == 2
    assert "There are several registries (a, b)" in done.stderr
    assert run("record", "x", "1", "--registry", "a", folder=folder).returncode == 0


def test_a_workbook_that_is_not_there(tmp_path: Path) -> None:
    done = run("record", "x", "1", "--sheet", "models.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_table_grows_in_both_directions(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    book["Models"].add_table(Table(displayName="Versions", ref="A1:G3"))
    book.save(folder / "models.xlsx")
    record(folder, "AC failure", "4", "--metric", "F1=0.9")
    table = openpyxl.load_workbook(folder / "models.xlsx")["Models"].tables["Versions"]
    assert table.ref == "A1:H4"
    assert [column.name for column in table.tableColumns] == [*HEADINGS, "Metric: F1"]


def test_formats_go_on_in_a_registry_of_ours(tmp_path: Path) -> None:
    checked_registry(tmp_path / "models.xlsx", [version()])
    record(tmp_path, "AC failure", "3.10", "--trained", "2026-06-30", "--location", "Desk", "--metric", "F1=0.9")
    book = openpyxl.load_workbook(tmp_path / "models.xlsx")
    sheet = book["Models"]
    by_header = {cell.value: cell.column for cell in sheet[1]}
    new = {header: sheet.cell(3, column) for header, column in by_header.items()}
    assert new["Version"].value == "3.10"
    assert new["Version"].number_format == "@"
    assert new["Training date"].is_date
    assert str(new["Check"].value).startswith("=")
    assert sheet.auto_filter.ref == f"A1:{new['Metric: F1'].column_letter}201"
    assert run("check", "models.xlsx", folder=tmp_path).returncode in (0, 1)


@pytest.mark.libreoffice
def test_libreoffice_opens_it_after_record_and_promote(tmp_path: Path) -> None:
    checked_registry(tmp_path / "models.xlsx", [version()])
    record(tmp_path, "AC failure", "3.10", "--trained", "2026-06-30", "--metric", "F1=0.9", "--set", "Ticket=T")
    promoted = run("promote", "AC failure", "3.10", "--why", "better", "--sheet", "models.xlsx", folder=tmp_path)
    assert promoted.returncode == 0, promoted.stderr
    steps = [{"do": "texts", "tab": "Models", "range": "A1:T3"}, {"do": "save", "to": str(tmp_path / "saved.xlsx")}]
    texts = drive(tmp_path / "models.xlsx", steps, tmp_path / "office")[0]
    new = dict(zip(texts[0], texts[2], strict=True))
    assert (new["Version"], new["Stage"], new["Metric: F1"], new["Ticket"]) == ("3.10", "Production", "0.9", "T")
    assert new["Training date"] == "2026-06-30"
    assert "to fix" in new["Check"] or "changed" in new["Check"]
    assert dict(zip(texts[0], texts[1], strict=True))["Stage"] == "Archived"
    assert openpyxl.load_workbook(tmp_path / "saved.xlsx")["Models"].max_row >= 3


def test_a_row_that_a_person_has_half_filled_is_left_to_them(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    book["Models"]["D4"], book["Models"]["E4"] = "ERP export 2026-05", "Plant"
    book.save(folder / "models.xlsx")
    done = record(folder, "AC failure", "4")
    assert {cell["row"] for cell in done["cells"]} == {5}
    assert rows(folder)[3][:5] == (None, None, None, "ERP export 2026-05", "Plant")
    assert rows(folder)[4][:5] == ("AC failure", "4", None, None, None)


def test_a_new_column_does_not_go_under_a_merged_heading(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    sheet, last = book["Models"], len(HEADINGS)
    sheet.cell(1, last + 1, "Figures")
    sheet.merge_cells(start_row=1, end_row=1, start_column=last + 1, end_column=last + 3)
    book.save(folder / "models.xlsx")
    done = record(folder, "AC failure", "4", "--metric", "F1=0.9")
    assert done["state"] == "written"
    assert rows(folder)[0][last : last + 4] == ("Figures", None, None, "Metric: F1")


@pytest.mark.parametrize("twice", [("--metric", "MAPE=0.1", "--metric", "mape=0.2"), ("--set", "A=1", "--set", "A=2")])
def test_one_column_with_two_values_is_refused(folder: Path, twice: tuple[str, ...]) -> None:
    done = run("record", "AC failure", "4", *twice, "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 2
    assert "twice" in done.stderr


def test_a_version_that_is_shown_with_decimals_is_not_made_another(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    book["Models"]["B2"], book["Models"]["B3"] = 3, 4
    book["Models"]["B2"].number_format, book["Models"]["B3"].number_format = "0.0", "0"
    book.save(folder / "models.xlsx")
    assert run("fix", "--apply", "--sheet", "models.xlsx", folder=folder).returncode == 0
    assert [row[1] for row in rows(folder)[1:3]] == [3, "4"]
