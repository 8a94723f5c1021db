"""promote, rollback and fix on real workbooks, by the real command."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from registry_sheets.history.sqlite import SqliteHistory
from registry_sheets.registry.past.records import Entry
from tests.support.command import run
from tests.support.packages import differing
from tests.support.workbooks import make

HEADINGS = ("Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Why", "Deployed on")
OLD = ("AC failure", "3.4", date(2026, 3, 4), "CRM 2026-02", "Desk", "Live", "kim", "first", date(2026, 3, 9))
NEW = ("AC failure", "3.5", date(2026, 6, 4), "CRM 2026-05", "Desk", "Testing", "kim", "", "")
CLOSING = "This changes the record only. Now switch the running system at Desk."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "models.xlsx", (OLD, NEW), HEADINGS)
    return tmp_path


def stages(folder: Path) -> list[Any]:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    return [row[5] for row in book["Models"].iter_rows(min_row=2, values_only=True)]


def test_promote_and_rollback(folder: Path) -> None:
    before = folder / "before.xlsx"
    before.write_bytes((folder / "models.xlsx").read_bytes())
    done = run("promote", "AC failure", "3.5", "--why", "better", "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "Written into models.xlsx: promote AC failure 3.5 at Desk",
        "  Models!F2  Stage: Live → Archived",
    ]
    assert done.stdout.splitlines()[-1] == CLOSING
    assert stages(folder) == ["Archived", "Live"]
    assert differing(before, folder / "models.xlsx") <= {"xl/worksheets/sheet1.xml", "xl/styles.xml"}
    done = run("rollback", "AC failure", "--why", "worse", "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "rollback AC failure from 3.5 to 3.4 at Desk" in done.stdout
    assert done.stdout.splitlines()[-1] == CLOSING
    assert stages(folder) == ["Live", "Archived"]


def test_live_already(folder: Path) -> None:
    done = run("promote", "AC failure", "3.4", "--why", "first", "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 0
    assert done.stdout == "Nothing to write into models.xlsx, it says so already: promote AC failure 3.4 at Desk\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("promote", "AC failur", "3.5", "--why", "x"), "Did you mean AC failure?"),
        (("promote", "AC failure", "9", "--why", "x"), "Its versions are 3.5 and 3.4"),
        (("promote", "AC failure", "3.5"), "--why"),
        (("promote", "AC failure", "3.5", "--why", "x", "--deployed", "soon"), "--deployed soon is not a date"),
        (("rollback", "AC failure", "--why", "x"), "Nothing tells what was live at Desk before 3.4"),
    ],
)
def test_what_is_not_clear_is_refused(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    before = (folder / "models.xlsx").read_bytes()
    done = run(*arguments, "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert (folder / "models.xlsx").read_bytes() == before


def test_a_dry_run_and_json(folder: Path) -> None:
    done = run(
        *("promote", "AC failure", "3.5", "--why", "better", "--to-testing", "--deployed", "2026-06-30", "--dry-run"),
        *("--sheet", "models.xlsx", "--format", "json"),
        folder=folder,
    )
    found = json.loads(done.stdout)
    assert found["state"] == "planned"
    assert [(cell["cell"], cell["old"], cell["new"]) for cell in found["cells"]] == [
        ("F2", "Live", "Testing"),
        ("F3", "Testing", "Live"),
        ("H3", "", "better"),
        ("I3", "", "2026-06-30"),
    ]
    assert stages(folder) == ["Live", "Testing"]


def test_fix_shows_a_diff_and_writes_it_when_told(folder: Path) -> None:
    messy = ("AC  failure", 4, "2026-07-01", " x", "Desk\u00a0", "Testing", "kim", "", "")
    formula = ("AC failure", "5", "", "x", "Desk", "Testing", "kim", "", "")
    make(folder / "models.xlsx", (OLD, messy, formula), HEADINGS)
    book = openpyxl.load_workbook(folder / "models.xlsx")
    book["Models"]["D4"] = '=" x"'
    book.save(folder / "models.xlsx")
    done = run("fix", "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Would be written into models.xlsx: fix 5 cells",
        '  Models!A3  Name: "AC  failure" → "AC failure"',
        "  Models!B3  Version: 4 (a number) → 4 (text)",
        "  Models!C3  Training date: 2026-07-01 (text) → 2026-07-01 (a date)",
        '  Models!D3  Data source: " x" → "x"',
        '  Models!E3  Location: "Desk\\u00a0" → "Desk"',
        "Write these repairs with: registry-sheets fix --apply",
    ]
    assert run("fix", "--apply", "--sheet", "models.xlsx", folder=folder).returncode == 0
    row = next(openpyxl.load_workbook(folder / "models.xlsx")["Models"].iter_rows(min_row=3, max_row=3))
    assert [cell.value for cell in row[:2]] == ["AC failure", "4"]
    assert row[2].is_date
    done = run("fix", "--sheet", "models.xlsx", folder=folder)
    assert done.stdout == "Nothing in models.xlsx is to be repaired that can be repaired safely.\n"


@pytest.mark.parametrize("command", [("promote", "AC failure", "3.5"), ("rollback", "AC failure")])
def test_a_blank_reason_is_refused(folder: Path, command: tuple[str, ...]) -> None:
    before = (folder / "models.xlsx").read_bytes()
    for why in ("", " "):
        done = run(*command, "--why", why, "--sheet", "models.xlsx", folder=folder)
        assert done.returncode == 2
        assert "needs a reason, and it is blank. Say why, such as: --why" in done.stderr
    assert (folder / "models.xlsx").read_bytes() == before


def test_what_is_written_all_the_same_is_told(folder: Path) -> None:
    make(folder / "models.xlsx", (OLD, (*NEW[:4], "Desk (test)", *NEW[5:])), HEADINGS)
    done = run(
        *("promote", "AC failure", "3.5", "--why", "x", "--deployed", "2999-01-01", "--sheet", "models.xlsx"),
        folder=folder,
    )
    assert done.returncode == 0
    assert stages(folder) == ["Live", "Live"]
    assert "Nothing is replaced: 3.4 stays live at Desk." in done.stderr
    assert "Deployed on 2999-01-01 has not come yet" in done.stderr


def test_what_goes_into_no_history_before_it_is_written_over_is_told(folder: Path) -> None:
    """As where a clock was once wrong: history already goes to a day that is far ahead."""
    with SqliteHistory(folder / ".registry-sheets" / "models" / "history.sqlite") as history:
        history.record(Entry(after=None, at=datetime(2099, 1, 1, tzinfo=UTC), day=date(2099, 1, 1)))
    done = run("promote", "AC failure", "3.5", "--why", "better", "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 0
    assert "What is written over now is not in history: Not recorded: history already goes to 2099-01-01" in done.stderr
    synced = run("sync", "models.xlsx", "--fail-on", "never", folder=folder)
    assert "Not recorded" in synced.stderr
    listed = run("outbox", "--sheet", "models.xlsx", folder=folder)
    assert "promote AC failure 3.5" in listed.stdout, "what no history tells is not forgotten"
