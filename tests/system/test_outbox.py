"""Edits that cannot be written at once, and edits that a save from an older copy took away again."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from registry_sheets.operations.edit import record
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.settling import Desk
from registry_sheets.operations.waiting import apply_waiting
from registry_sheets.registry.edits.recording import Recording
from registry_sheets.state.outbox import Outbox
from registry_sheets.workbooks.excel.saving import STEPS
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from tests.support.command import run
from tests.support.workbooks import HEADINGS, make

LOCK = ".~lock.models.xlsx#"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "models.xlsx")
    return tmp_path


def versions(folder: Path) -> list[Any]:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    return [row[1] for row in book["Models"].iter_rows(min_row=2, values_only=True) if row[1]]


def give(folder: Path, *arguments: str) -> tuple[str, str]:
    done = run(*arguments, "--sheet", "models.xlsx", "--wait", "0", folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def listed(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(give(folder, "outbox", "--format", "json")[0])
    return found


def test_a_workbook_that_is_open_elsewhere_gets_it_with_the_next_sync(folder: Path) -> None:
    (folder / LOCK).write_text(",kim,reception,26.11.2026 08:00,file:///x;")
    out, err = give(folder, "record", "AC failure", "3.3", "--stage", "Testing")
    assert out.startswith("Not yet written into models.xlsx, kept in the outbox: record AC failure 3.3\n")
    assert "kim has it open in LibreOffice" in err
    assert "the next sync on any machine writes it" in err
    out, err = give(folder, "promote", "AC failure", "3.3", "--why", "better")
    assert versions(folder) == ["3.1", "3.2"]
    assert [row["state"] for row in listed(folder)] == ["waiting", "waiting"]
    assert "kim has it open" in listed(folder)[0]["reason"]
    assert "record AC failure 3.3" in run("doctor", "models.xlsx", folder=folder).stdout
    waiting = run("sync", "models.xlsx", folder=folder).stderr
    assert "What waits in the outbox is not written now" in waiting
    assert "record AC failure 3.3" in waiting
    (folder / LOCK).unlink()
    assert "Written from the outbox: record AC failure 3.3" in run("sync", "models.xlsx", folder=folder).stderr
    assert versions(folder) == ["3.1", "3.2", "3.3"]
    assert listed(folder) == []
    assert give(folder, "outbox")[0] == "The outbox of models.xlsx is empty: every recorded edit is in the sheet.\n"


def test_it_waits_a_little_for_a_workbook_to_be_closed(folder: Path) -> None:
    (folder / LOCK).write_text(",kim,reception,26.11.2026 08:00,file:///x;")
    command = [sys.executable, "-m", "registry_sheets", "record", "x", "1", "--sheet", "models.xlsx", "--wait", "30"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 20
        while not list(folder.glob(".models.xlsx.outbox/*.json")):
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.3)
        (folder / LOCK).unlink()
        out, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert out.startswith("Written into models.xlsx: record x 1\n")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_a_person_at_a_terminal_is_told_what_is_waited_for(folder: Path) -> None:
    (folder / LOCK).write_text("Anna,anna,OFFICE-PC,26.11.2026 08:00,file:///x;")
    command = (sys.executable, "-m", "registry_sheets", "record", "x", "1", "--sheet", "models.xlsx", "--wait", "3")
    ours, its = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=its, check=True)
        os.close(its)
        said = terminal.read(10_000).decode()
    assert said.splitlines()[0] == "Anna has 'models.xlsx' open in LibreOffice on OFFICE-PC. Waiting up to 3 s …"
    piped = [*command, "--location", "Plant A", "--another-place"]
    done = subprocess.run(piped, cwd=folder, capture_output=True, text=True, check=True)
    assert "Waiting up to" not in done.stderr
    assert "Anna has it open in LibreOffice on OFFICE-PC." in done.stderr


@pytest.mark.parametrize("kind", ["totals", "notes", "protected"])
def test_what_stands_in_the_way_is_never_written_over(folder: Path, kind: str) -> None:
    book = openpyxl.load_workbook(folder / "models.xlsx")
    sheet = book["Models"]
    if kind == "protected":
        sheet.protection.sheet = True
    elif kind == "notes":
        sheet["A6"] = "Notes: kept by Kim"
    else:
        sheet["A4"] = "Total"
    book.save(folder / "models.xlsx")
    before = (folder / "models.xlsx").read_bytes()
    out, err = give(folder, "record", "AC failure", "3.3")
    assert "kept in the outbox" in out
    assert "Not in the sheet yet." in err
    assert (folder / "models.xlsx").read_bytes() == before
    (row,) = listed(folder)
    assert row["reason"] in err


def test_what_does_not_fit_any_more_is_a_finding_until_somebody_decides(folder: Path) -> None:
    (folder / LOCK).touch()
    give(folder, "record", "AC failure", "3.1", "--stage", "Testing", "--update")
    (folder / LOCK).unlink()
    book = openpyxl.load_workbook(folder / "models.xlsx")
    book["Models"]["F2"] = "Production"
    book.save(folder / "models.xlsx")
    for _ in range(2):
        done = run("sync", "models.xlsx", "--all", folder=folder)
        assert "[edit-does-not-fit]" in done.stdout
        assert "Stage holds Production now" in done.stdout
    assert "[edit-does-not-fit]" in run("check", "models.xlsx", "--all", folder=folder).stdout
    (row,) = listed(folder)
    assert row["state"] == "unfit"
    done = run("outbox", "retry", row["id"], "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 2
    assert "Stage holds Production now" in done.stderr
    out, _ = give(folder, "outbox", "drop", row["id"][-6:])
    assert out.startswith("Let go of record AC failure 3.1")
    assert "[edit-does-not-fit]" not in run("sync", "models.xlsx", "--all", folder=folder).stdout


def test_what_a_save_from_an_older_copy_lost_is_a_finding_and_is_put_back(folder: Path) -> None:
    shutil.copy(folder / "models.xlsx", folder / "opened before.bak")
    give(folder, "record", "AC failure", "3.3", "--location", "Plant A")
    shutil.copy(folder / "opened before.bak", folder / "models.xlsx")
    done = run("sync", "models.xlsx", "--all", folder=folder)
    assert "[recorded-edit-lost]" in done.stdout
    (row,) = listed(folder)
    assert f"outbox retry {row['id']}" in done.stdout
    assert row["state"] == "lost"
    assert f"its row is not in the sheet. Put it back with: registry-sheets outbox retry {row['id']}" in row["reason"]
    told, _ = give(folder, "outbox")
    assert told.splitlines()[0] == f"{row['id']}  lost"
    assert row["reason"] in told
    assert "record AC failure 3.3" in run("doctor", "models.xlsx", folder=folder).stdout
    (folder / "models.xlsx").write_text("no workbook")
    unseen = run("outbox", "--sheet", "models.xlsx", folder=folder)
    assert unseen.returncode == 3
    assert "Whether what was written is still in the sheet is not checked" in unseen.stderr
    assert "  written" in unseen.stdout
    shutil.copy(folder / "opened before.bak", folder / "models.xlsx")
    out, _ = give(folder, "outbox", "retry", row["id"])
    assert out.startswith("Written into models.xlsx: record AC failure 3.3\n")
    assert versions(folder) == ["3.1", "3.2", "3.3"]
    assert "[recorded-edit-lost]" not in run("sync", "models.xlsx", "--all", folder=folder).stdout
    assert listed(folder) == []


def test_damaged_files_are_named_and_hurt_nothing(folder: Path) -> None:
    give(folder, "record", "AC failure", "3.3")
    (folder / ".models.xlsx.outbox" / "20260101T000000000000Z-000000.json").write_text("{")
    done = run("outbox", "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 3
    out, err = done.stdout, done.stderr
    assert "record AC failure 3.3" in out
    assert "cannot be used and is left alone" in err
    give(folder, "record", "AC failure", "3.4")
    assert versions(folder) == ["3.1", "3.2", "3.3", "3.4"]


def test_as_csv(folder: Path) -> None:
    give(folder, "record", "=x", "1")
    rows = list(csv.DictReader(io.StringIO(give(folder, "outbox", "--format", "csv")[0])))
    assert [(row["state"], row["what"]) for row in rows] == [("applied", "record =x 1")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retry",), "outbox retry is not understood"),
        (("dorp", "x"), "outbox dorp x is not understood"),
        (("drop", "x"), "There is no recorded edit 'x'"),
    ],
)
def test_what_is_not_understood(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("outbox", *arguments, "--sheet", "models.xlsx", folder=folder)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.fixture
def two(folder: Path) -> Path:
    make(folder / "b.xlsx")
    (folder / "config.toml").write_text(
        '[[registry]]\nname = "A"\nsheet = "models.xlsx"\n[[registry]]\nname = "B b"\nsheet = "b.xlsx"\n'
    )
    return folder


def test_of_several_registries_all_are_listed(two: Path) -> None:
    assert run("record", "x", "1", "--registry", "B b", folder=two).returncode == 0
    done = run("outbox", folder=two)
    assert done.returncode == 0
    assert "The outbox of models.xlsx is empty" in done.stdout
    assert "The outbox of b.xlsx (B b):" in done.stdout
    (row,) = json.loads(run("outbox", "--format", "json", folder=two).stdout)
    assert (row["registry"], row["what"]) == ("B b", "record x 1")
    assert datetime.fromisoformat(row["when"]).tzinfo
    assert row["when"][10] == "T"
    assert run("outbox", "--registry", "A", folder=two).stdout.count("\n") == 1
    for action in ("retry", "drop"):
        refused = run("outbox", action, row["id"], folder=two)
        assert refused.returncode == 2
        assert "Say which with --registry" in refused.stderr
    assert run("outbox", "drop", row["id"], "--registry", "B b", folder=two).returncode == 0


def test_of_several_registries_all_repairs_are_shown(two: Path) -> None:
    book = openpyxl.load_workbook(two / "b.xlsx")
    book["Models"]["D2"] = "  spaces "
    book.save(two / "b.xlsx")
    done = run("fix", folder=two)
    assert done.returncode == 0
    assert "Nothing in models.xlsx is to be repaired" in done.stdout
    assert done.stdout.splitlines()[-1] == 'Write these repairs with: registry-sheets fix --apply --registry "B b"'
    found = json.loads(run("fix", "--format", "json", folder=two).stdout)
    assert [(one["registry"], one["state"]) for one in found] == [("A", "unchanged"), ("B b", "planned")]
    (two / "b.xlsx").write_text("no workbook")
    done = run("fix", folder=two)
    assert done.returncode == 2
    assert "Nothing in models.xlsx is to be repaired" in done.stdout
    refused = run("fix", "--apply", folder=two)
    assert refused.returncode == 2
    assert "Say which with --registry" in refused.stderr


# Killed


def desk(folder: Path, step: Any) -> Desk:
    workbook = ExcelWorkbook(folder / "models.xlsx", folder / ".state", step=step)
    return Desk(workbook, Terms("models"), Outbox(folder / "models.xlsx"), date(2026, 7, 1), "ana@laptop", 0.0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("last", [*STEPS, "noted"])
def test_killed_at_any_step_it_is_written_once_by_the_next_run(folder: Path, last: str) -> None:
    def step(now: str) -> None:
        if now == last:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            at = desk(folder, step)
            if last == "noted":
                at.outbox.put = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
            record(at, Recording("AC failure", "3.3", {"location": "Plant A"}, {"F1": "0.9"}))
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    outbox = Outbox(folder / "models.xlsx")
    assert [edit.state for edit in outbox.read().edits] == ["waiting"]
    plain = desk(folder, lambda _: None)
    assert apply_waiting(outbox, plain.workbook, plain.terms)[0].startswith("Written from the outbox: record")
    assert versions(folder) == ["3.1", "3.2", "3.3"]
    book = openpyxl.load_workbook(folder / "models.xlsx")
    assert [cell.value for cell in book["Models"][1]] == [*HEADINGS, "Metric: F1"]
    assert [edit.state for edit in outbox.read().edits] == ["applied"]


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_what_cannot_be_read_is_no_empty_outbox(folder: Path, format_: str) -> None:
    give(folder, "record", "AC failure", "3.3")
    (recorded,) = (folder / ".models.xlsx.outbox").glob("*.json")
    recorded.write_bytes(recorded.read_bytes()[:100])
    done = run("outbox", "--sheet", "models.xlsx", "--format", format_, folder=folder)
    assert done.returncode == 3
    assert "is empty" not in done.stdout
    assert f"{recorded}: it is damaged." in done.stderr
    assert "Look at it" in done.stderr
