"""doctor --live as a person runs it, over TLS; and its formulas in a real spreadsheet program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from registry_sheets.workbooks.google.live.of_check_column import EXPERIMENTS as CHECK_COLUMN
from registry_sheets.workbooks.google.live.of_formulas import EXPERIMENTS as FORMULAS
from registry_sheets.workbooks.google.live.pacing import PacedApi
from registry_sheets.workbooks.google.live.running import checks, run
from registry_sheets.workbooks.google.live.scratch import NAMES, TITLE, Scratch
from registry_sheets.workbooks.google.live.verdicts import Experiment, Held
from tests.support.google.cellvalues import Error
from tests.support.google.failures import not_shared
from tests.support.google.faults import answered, hangs
from tests.support.google.lab import google_lab
from tests.support.google.live_google import calculated, tint
from tests.support.google.registry import GoogleRegistry, google_registry
from tests.support.libreoffice import drive

TAB = "Scratch"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[GoogleRegistry]:
    with google_registry(tmp_path) as made:
        made.google.world.files[made.spreadsheet].book.calculate = calculated
        yield made


def content(at: GoogleRegistry) -> Any:
    book = at.google.world.files[at.spreadsheet].book
    return [(sheet.title, sheet.rows) for sheet in book.sheets], list(book.named), list(book.metadata)


def test_all_holds_and_nothing_is_left(at: GoogleRegistry) -> None:
    before = content(at)
    tint(at.stack.faults)
    done = at.run("doctor", "--live", at.url, **at.hurried())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.splitlines() == [
        f"Trying what Google is assumed to do on a hidden scratch tab of {at.url}. Nothing else in it is changed, and "
        "the tab is removed in the end. It takes about a minute."
    ]
    lines = done.stdout.splitlines()
    assert lines[0] == "Google as it is assumed to be · Models 2026 · locale en_US"
    assert sum(line.startswith("  held ") for line in lines) == len(checks())
    assert lines[-1].startswith(f"{len(checks())} of {len(checks())} held; ")
    assert content(at) == before
    assert not at.refused


def test_what_differs_is_told_and_is_exit_code_1(at: GoogleRegistry) -> None:
    book = at.google.world.files[at.spreadsheet].book
    book.calculate = lambda text: Error("#NAME?") if "INDIRECT" in text else calculated(text)
    tint(at.stack.faults)
    done = at.run("doctor", "--live", "--format", "json", **at.hurried())
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    (differs,) = [one for one in told["checks"] if one["outcome"] != "held"]
    assert differs["id"] == "formula-indirect"
    assert "#NAME?" in differs["seen"]
    assert told["sheet"] == at.url
    assert told["scratch_left"] == ""


def test_one_that_is_not_shared_is_said_with_what_to_click(at: GoogleRegistry) -> None:
    at.shared_as("")
    before = content(at)
    done = at.run("doctor", "--live", at.url)
    assert done.returncode == 2
    assert "click Share" in done.stderr
    assert done.stdout == ""
    assert content(at) == before


def test_one_that_may_not_be_written_is_said(at: GoogleRegistry) -> None:
    at.shared_as("reader")
    before = content(at)
    done = at.run("doctor", "--live", at.url)
    assert done.returncode == 2
    assert "Editor" in done.stderr
    assert content(at) == before


def test_a_share_taken_away_in_the_midst_is_exit_code_3(at: GoogleRegistry) -> None:
    at.stack.faults.plan(answered(not_shared()), times=1000, skip=8, verb="POST", url="/v4/spreadsheets/")
    done = at.run("doctor", "--live", at.url, **at.hurried())
    assert done.returncode == 3, done.stderr
    assert "unclear" in done.stdout
    assert "The scratch tab could not be removed: " in done.stdout
    at.stack.faults.clear()
    tint(at.stack.faults)
    assert at.run("doctor", "--live", at.url, **at.hurried()).returncode == 0


def test_a_file_is_no_google_spreadsheet(at: GoogleRegistry) -> None:
    book = Workbook()
    book.save(at.folder / "models.xlsx")
    done = at.run("doctor", "--live", "models.xlsx")
    assert done.returncode == 2
    assert done.stderr.startswith("--live is about Google, and models.xlsx is a file.")
    assert at.requests() == ()


def test_several_registries_are_not_all_tried(at: GoogleRegistry) -> None:
    (at.folder / "config.toml").write_text(
        f'[[registry]]\nname = "One"\nsheet = "{at.url}"\n[[registry]]\nname = "Two"\nsheet = "models.xlsx"\n',
        encoding="utf-8",
    )
    done = at.run("doctor", "--live")
    assert done.returncode == 2
    assert "one spreadsheet at a time" in done.stderr
    assert at.requests() == ()


@pytest.mark.skipif(os.name == "nt", reason="a kill and Ctrl-C of another process are told otherwise there")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_leaves_nothing_for_long(at: GoogleRegistry, how: signal.Signals) -> None:
    before = content(at)
    stuck = at.stack.faults.plan(hangs(30), skip=12, verb="POST", url="/v4/spreadsheets/")
    command = [sys.executable, "-m", "registry_sheets", "doctor", "--live", at.url]
    environment = {**os.environ, **at.environment, **at.hurried()}
    with subprocess.Popen(
        command, cwd=at.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as one:
        for _ in range(600):
            if stuck.happened:
                break
            time.sleep(0.05)
        assert any(sheet.title.startswith(TITLE) for sheet in at.google.world.files[at.spreadsheet].book.sheets)
        one.send_signal(how)
        one.wait(timeout=60)
    if how is signal.SIGKILL:
        tint(at.stack.faults)
        assert at.run("doctor", "--live", at.url, **at.hurried()).returncode == 0
    else:
        assert one.returncode == 130
    assert content(at) == before


# The formulas, in LibreOffice


def as_workbook(lab: Any, spreadsheet: str, path: Path) -> None:
    """The scratch tab as it is at the stand-in, as an Excel workbook; its names keep theirs."""
    book = lab.google.world.files[spreadsheet].book
    scratch, made = book.sheets[-1], Workbook()
    tab = made.worksheets[0]
    tab.title = TAB
    for row, cells in enumerate(scratch.rows, 1):
        for column, cell in enumerate(cells, 1):
            for value in (cell.entered or {}).values():
                written = tab.cell(row, column, value)
                if cell.number_format.get("type") == "DATE":
                    written.number_format = "yyyy-mm-dd"
    for one in book.named:
        area = one["range"]
        first = tab.cell(area["startRowIndex"] + 1, area["startColumnIndex"] + 1)
        last = tab.cell(area["endRowIndex"], area["endColumnIndex"])
        where = f"'{TAB}'!${first.column_letter}${first.row}:${last.column_letter}${last.row}"
        made.defined_names[one["name"]] = DefinedName(one["name"], attr_text=where)
    made.save(path)


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("experiment", "column"), [(FORMULAS[0], "E"), (CHECK_COLUMN[0], None)], ids=["parts", "check"]
)
def test_the_formulas_come_to_what_is_wanted(experiment: Experiment[Any], column: str | None, tmp_path: Path) -> None:
    """What a real spreadsheet program makes of the very formulas is what the checks want of Google."""
    lab = google_lab()
    spreadsheet = lab.made({"Models": [["Name"]]})
    scratch = Scratch(PacedApi(lab.api), spreadsheet, new_id=lambda: 77)  # the links in formulas name it
    experiment.look(scratch)
    as_workbook(lab, spreadsheet, tmp_path / "scratch.xlsx")
    sheet = lab.google.world.files[spreadsheet].book.sheets[-1]
    formulas = {
        cell.formula: (row, at) for row, line in enumerate(sheet.rows) for at, cell in enumerate(line) if cell.formula
    }
    assert all(name["name"].startswith(NAMES) for name in lab.google.world.files[spreadsheet].book.named)
    area = f"A1:{'Z' if column is None else column}40"
    _, shown = drive(
        tmp_path / "scratch.xlsx", [{"do": "calculate"}, {"do": "texts", "tab": TAB, "range": area}], tmp_path
    )
    values = {formula: shown[row][at] for formula, (row, at) in formulas.items()}
    lab.google.world.files[spreadsheet].book.calculate = lambda formula: _typed(values.get(formula))
    results = list(run(scratch, [experiment]))
    assert {one.check.id: one.verdict for one in results if not isinstance(one.verdict, Held)} == {}


def _typed(shown: str | None) -> Any:
    """What a cell shows, as the value it holds; the numbers that are wanted have one digit."""
    return int(shown) if shown is not None and len(shown) == 1 and shown.isdigit() else shown
