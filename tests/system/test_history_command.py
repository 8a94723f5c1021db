"""History as a file that people look after: exported, pruned, damaged, of a newer version, interrupted, shared."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run
from tests.support.editing import editing, texts
from tests.support.workbooks import HEADINGS, RIGHT, VAGUE, make

STATE = Path(".registry-sheets") / "models"
HISTORY = STATE / "history.sqlite"
SHEET = ("--sheet", "models.xlsx")
LOCK = ".~lock.models.xlsx#"


def sync(folder: Path, day: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("sync", "models.xlsx", "--today", day, "--fail-on", "never", *arguments, folder=folder)


def exported(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run("history", "export", *(arguments or SHEET), folder=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


NUMBERS = "output/models/summary.json"
"""They say that a pass failed."""


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry whose history has three passes in which something changed."""
    folder = tmp_path_factory.mktemp("kept")
    path = make(folder / "models.xlsx", (*RIGHT, VAGUE))
    assert sync(folder, "2024-01-05").returncode == 0
    with editing(path, "Ana") as rows:
        rows.set("No-shows", "1", {"Data source": "Bookings 2023-12"})
    assert sync(folder, "2024-02-05").returncode == 0
    with editing(path, "Ben") as rows:
        rows.set("AC failure", "3.2", {"Location": "Plant B"})
    assert sync(folder, "2024-03-05").returncode == 0
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled."""
    return Path(shutil.copytree(kept, tmp_path / "copy"))


# Export and prune


def test_all_of_it_is_exported_as_json_lines(kept: Path, tmp_path: Path) -> None:
    lines = exported(kept)
    assert lines[0] == {"registry": "models", "kind": "history", "format": 1, "begins": "2024-01-05"}
    passes = [line for line in lines if line["kind"] == "pass"]
    assert [(one["day"], one["editor"], one["baseline"]) for one in passes] == [
        ("2024-01-05", "", True),
        ("2024-02-05", "Ana", False),
        ("2024-03-05", "Ben", False),
    ]
    facts = [line for line in lines if line["kind"] == "facts"]
    plants = [(one["since"], one["until"]) for one in facts if one["facts"]["version"] == "3.2"]
    assert plants == [(passes[0]["id"], passes[2]["id"]), (passes[2]["id"], None)]
    assert {line["rule"] for line in lines if line["kind"] == "finding"} >= {"vague-data-source"}
    done = run("history", "export", *SHEET, "--out", str(tmp_path / "all.jsonl"), folder=kept)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()] == lines


def test_there_is_nothing_to_export_before_the_first_sync(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx")
    done = run("history", "export", *SHEET, "--out", "all.jsonl", folder=tmp_path)
    assert done.returncode == 3
    assert "There is no history of 'models' yet. The first sync begins it: registry-sheets sync" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["models.xlsx"]


def test_what_had_ended_before_a_day_is_forgotten(folder: Path) -> None:
    before = contents(folder)
    counted = "1 row's facts and 1 finding that had ended before 2024-02-20"
    done = run("history", "prune", "--before", "2024-02-20", "--dry-run", *SHEET, folder=folder)
    assert done.stdout == f"models: {counted} would be forgotten (--dry-run, nothing was changed).\n"
    assert contents(folder) == before
    done = run("history", "prune", "--before", "2024-02-20", *SHEET, folder=folder)
    assert done.stdout == f"models: forgotten {counted}; history now begins on 2024-02-20.\n"
    lines = exported(folder)
    assert lines[0]["begins"] == "2024-02-20"
    assert not any("data from last year" in json.dumps(line) for line in lines if line["kind"] == "facts")
    done = run("live", "--on", "2024-02-10", *SHEET, folder=folder)
    assert "History begins on 2024-02-20" in done.stdout
    done = run("live", "AC failure", "--on", "2024-02-25", *SHEET, folder=folder)
    assert "3.2, at Plant A" in done.stdout
    assert sync(folder, "2024-03-06").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--before", "2024-03-06"), "is later than the last pass, on 2024-03-05"),
        (("--before", "tomorrow"), "--before tomorrow is not a date."),
        ((), "history prune --before 2026-01-01"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(kept: Path, arguments: tuple[str, ...], said: str) -> None:
    before = contents(kept)
    done = run("history", "prune", *arguments, *SHEET, folder=kept)
    assert done.returncode == 2
    assert said in done.stderr
    assert contents(kept) == before


# A history that cannot be used


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def text(path: Path) -> None:
    path.write_text("This is not a database. " * 500)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("spoil", "said"), [(half, "is damaged"), (text, "it is not a database"), (newer, "newer version")]
)
def test_a_history_that_cannot_be_used_costs_nothing_but_itself(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    (folder / LOCK).write_text(",kim,reception,26.11.2023 08:00,file:///x;")
    given = run("record", "AC failure", "3.3", "--stage", "Testing", *SHEET, "--wait", "0", folder=folder)
    assert given.returncode == 0, given.stderr
    spoil(folder / HISTORY)
    before = contents(folder)

    done = run("check", "models.xlsx", "--today", "2024-03-06", folder=folder)
    assert done.returncode == 3
    assert "Not checked: what history tells." in done.stderr
    assert said in done.stderr
    assert "no-fallback" in done.stdout
    done = run("live", *SHEET, folder=folder)
    assert (done.returncode, "3.2, at Plant B" in done.stdout) == (3, True)
    done = sync(folder, "2024-03-06")
    assert (done.returncode, done.stdout) == (3, "")
    assert said in done.stderr
    assert "registry-sheets sync --new-history" in done.stderr
    assert said in contents(folder)[NUMBERS].decode()
    assert contents(folder) | {NUMBERS: b""} == before | {NUMBERS: b""}

    done = sync(folder, "2024-03-06", "--new-history")
    assert done.returncode == 0, done.stderr
    assert "A new history begins on 2024-03-06; the old one is kept as" in done.stderr
    after = contents(folder)
    assert [line["day"] for line in exported(folder) if line["kind"] == "pass"] == ["2024-03-06"]
    if spoil is newer:  # a sound database may be folded up
        newer(folder / STATE / "history.old-1.sqlite")
    else:
        assert after[str(STATE / "history.old-1.sqlite")] == before[str(HISTORY)]
    renewed = ("models findings", "output/models/report.html", "output/models/summary.json")  # they tell of a day
    others = {name for name in before if "history.sqlite" not in name and not name.startswith(renewed)}
    assert {name: after.get(name) for name in others} == {name: before[name] for name in others}
    assert any(".outbox" in name for name in others)

    (folder / LOCK).unlink()
    done = sync(folder, "2024-03-07")
    assert "Written from the outbox: record AC failure 3.3" in done.stderr
    assert "3.3" in {row[1] for row in texts(folder / "models.xlsx", "Models")}


def test_the_history_of_another_registry_is_not_touched(folder: Path) -> None:
    other = make(folder / "other.xlsx")
    (folder / "config.toml").write_text(
        '[[registry]]\nsheet = "models.xlsx"\n\n[[registry]]\nname = "Other"\nsheet = "other.xlsx"\n'
    )
    day = ("--today", "2024-03-06", "--fail-on", "never")
    assert run("sync", *day, folder=folder).returncode == 0
    text(folder / HISTORY)
    done = run("sync", *day, folder=folder)
    assert done.returncode == 3
    assert "models: The history" in done.stderr
    assert "other.xlsx · tab Models" in done.stdout
    before = contents(folder)
    healthy = exported(folder, "--registry", "Other")
    done = run("sync", *day, "--new-history", folder=folder)
    assert done.returncode == 2
    assert "--new-history is about one registry, and the config has 2: models and Other." in done.stderr
    assert contents(folder) == before
    assert run("sync", *day, "--new-history", "--registry", "models", folder=folder).returncode == 0
    assert exported(folder, "--registry", "Other") == healthy
    assert other.is_file()


# Rows that vanish


def many(folder: Path, count: int) -> Path:
    rows = [
        (f"Model {'ABCDEFGHIJKL'[at]}", "1", date(2023, 6, 4), f"CRM {at}", "Plant", "Testing", "kim")
        for at in range(count)
    ]
    return make(folder / "models.xlsx", rows, HEADINGS)


@pytest.mark.parametrize(("there", "left", "refused"), [(10, 4, True), (10, 5, False), (9, 3, False), (2, 0, True)])
def test_a_registry_that_is_suddenly_cut_short_is_taken_for_a_fault(
    tmp_path: Path, there: int, left: int, refused: bool
) -> None:
    path = many(tmp_path, there)
    assert sync(tmp_path, "2024-01-05").returncode == 0
    with editing(path) as rows:
        rows.sheet.delete_rows(2 + left, there)
    before = contents(tmp_path)
    done = sync(tmp_path, "2024-01-06")
    if not refused:
        assert done.returncode == 0, done.stderr
        return
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{there - left} of the {there} rows" in done.stderr
    assert "registry-sheets sync --accept-removals" in done.stderr
    assert {name: held for name, held in contents(tmp_path).items() if name != NUMBERS} == {
        name: held for name, held in before.items() if name != NUMBERS
    }
    assert "rows that the last sync saw are gone" in run("check", "models.xlsx", folder=tmp_path).stderr
    assert sync(tmp_path, "2024-01-06", "--accept-removals").returncode == 0
    done = run("changes", *SHEET, "--format", "json", folder=tmp_path)
    assert [change["kind"] for change in json.loads(done.stdout)] == ["removed"] * (there - left)
    assert sync(tmp_path, "2024-01-07").returncode == 0


# Days


def test_a_day_that_has_not_come_writes_no_history(folder: Path) -> None:
    before = exported(folder)
    done = sync(folder, "2999-01-01")
    assert done.returncode == 0, done.stderr
    assert "Not recorded: that day has not come yet." in done.stderr
    assert exported(folder) == before
    assert sync(folder, "2024-03-06").returncode == 0


def test_a_day_that_history_has_passed_is_not_recorded(folder: Path) -> None:
    before = exported(folder)
    done = sync(folder, "2024-02-01")
    assert done.returncode == 0, done.stderr
    assert "Not recorded: history already goes to 2024-03-05, and this pass is of 2024-02-01." in done.stderr
    assert exported(folder) == before


# Interrupted, and two at once

DYING = """
import os, signal, sys
from registry_sheets.cli import main
from registry_sheets.history.sqlite import SqliteHistory

record = SqliteHistory.record

def last_words(self, entry):
    record(self, entry)
    os.kill(os.getpid(), signal.SIGKILL)

SqliteHistory.record = last_words
sys.argv[0] = "registry-sheets"
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_between_history_and_workbook_the_next_run_is_right(folder: Path, tmp_path: Path) -> None:
    with editing(folder / "models.xlsx", "Ana") as rows:
        rows.set("AC failure", "3.2", {"Stage": "Archived"})
        rows.set("AC failure", "3.1", {"Stage": "Production"})
    undisturbed = Path(shutil.copytree(folder, tmp_path / "undisturbed"))
    sheet = (folder / "models.xlsx").read_bytes()
    command = [sys.executable, "-c", DYING, "sync", "models.xlsx", "--today", "2024-03-06"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == -signal.SIGKILL
    assert (folder / "models.xlsx").read_bytes() == sheet
    assert exported(folder)[-1]["kind"] == "finding"
    assert sync(folder, "2024-03-06").returncode == 0
    assert sync(undisturbed, "2024-03-06").returncode == 0
    for tab in ("Findings", "Live", "Changes"):
        assert texts(folder / "models.xlsx", tab) == texts(undisturbed / "models.xlsx", tab)
    assert told(exported(folder)) == told(exported(undisturbed))
    assert texts(folder / "models.xlsx", "Live")[4][:4] == ["AC failure", "", "Plant A", "3.1"]


def told(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An export without the moments of its passes."""
    return [{key: value for key, value in line.items() if key not in ("at", "last_at")} for line in lines]


def test_two_at_once_leave_one_history(folder: Path) -> None:
    with editing(folder / "models.xlsx", "Ana") as rows:
        rows.set("AC failure", "3.2", {"Stage": "Archived"})
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: sync(folder, "2024-03-06"), range(2)))
    assert {done.returncode for done in both} <= {0, 3}, [done.stderr for done in both]
    assert not any("Traceback" in done.stderr for done in both)
    sync(folder, "2024-03-06")
    lines = exported(folder)
    assert [line["day"] for line in lines if line["kind"] == "pass"] == [
        "2024-01-05", "2024-02-05", "2024-03-05", "2024-03-06",
    ]  # fmt: skip
    now = [line["facts"] for line in lines if line["kind"] == "facts" and line["until"] is None]
    assert sorted((one["version"], one["stage"]) for one in now) == [
        ("1", "Production"), ("3.1", "Archived"), ("3.2", "Archived"),
    ]  # fmt: skip
    settled = (folder / "models.xlsx").read_bytes()
    assert "up to date; nothing was written" in sync(folder, "2024-03-07").stderr
    assert (folder / "models.xlsx").read_bytes() == settled
