"""The demo, as a stranger meets it: made, checked, shown, mended."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from registry_sheets.config import RegistryConfig, load
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.demo import make_demo
from registry_sheets.operations.demo_rows import cell_on, demo_rows
from registry_sheets.operations.demo_story import rows_on, turning_days
from registry_sheets.operations.looking import Look, look
from registry_sheets.wiring import open_workbook, terms
from registry_sheets.workbooks.base import SetCell
from registry_sheets.workbooks.excel.new import write_workbook
from tests.support.libreoffice import drive, shown_cells

DAYS = (
    date(2026, 1, 1),
    date(2026, 3, 31),
    date(2026, 5, 5),
    date(2026, 5, 31),
    date(2026, 10, 15),
    date(2026, 12, 31),
    date(2028, 2, 29),
    date(2031, 3, 1),
)
MISTAKES = {
    ("ac-failure", "near-duplicate-name", "B2"),
    ("AC failure", "version-as-number", "C3"),
    ("AC failure", "retraining-overdue", "D6"),
    ("Compressor wear", "missing-value", "F8"),
    ("Appointment no-show", "stray-whitespace", "F10"),
    ("Appointment no-show", "vague-data-source", "E11"),
    ("Visit length", "placeholder-value", "H13"),
    ("Visit length", "ambiguous-date", "D14"),
    ("Contract review", "duplicate-version", "C16"),
    ("Contract review", "two-live", "G19"),
    ("Contract review", "unknown-owner", "H22"),
    ("Contract review", "final-version", "C24"),
    ("Ingredient orders", "version-order", "D29"),
    ("Ingredient orders", "error-value", "E31"),
    ("Ingredient orders", "not-a-date", "M31"),
}


def registry_in(folder: Path, today: date) -> RegistryConfig:
    made = make_demo(folder, today, write_workbook)
    (registry,) = load(made.config, environment={}).registries
    return registry


def seen(registry: RegistryConfig, today: date) -> Look:
    return look(open_workbook(registry), terms(registry), today)


def command(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_SHEETS_")}
    return subprocess.run(
        [sys.executable, "-m", "registry_sheets", *map(str, arguments)],
        cwd=folder,
        env={**environment, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_same_mistakes_are_found_on_any_day_and_no_day_lies_ahead(tmp_path: Path, today: date) -> None:
    found = seen(registry_in(tmp_path / "demo", today), today)
    assert {(finding.name, finding.rule, finding.cell) for finding in found.result.findings} == MISTAKES
    assert len(found.result.findings) == len(MISTAKES)
    assert [finding.rule for finding in found.result.accepted] == ["no-fallback"]
    assert found.rows == 30
    table = found.registry.models
    days = [day for field in ("training_date", "deployed_on", "last_reviewed") for day in table.value(field) if day]
    assert len(days) > 50
    assert max(days) < today


def test_the_mistakes_are_real_cells(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    today = date(2026, 4, 20)
    registry = registry_in(tmp_path / "demo", today)
    formulas = load_workbook(registry.sheet.path)["Models"]
    values = load_workbook(registry.sheet.path, data_only=True)["Models"]
    assert (values["C3"].value, values["C3"].data_type) == (3.1, "n")
    assert (values["D14"].value, values["D14"].data_type) == ("03/04/2026", "s")
    assert (values["E31"].value, values["E31"].data_type) == ("#N/A", "e")
    assert formulas["E31"].value.startswith("=VLOOKUP(")
    assert (values["M31"].data_type, values["M31"].number_format) == ("n", "General")
    assert values["F10"].value == "Booking system "
    assert values["D2"].is_date


def test_the_same_day_makes_the_same_file(tmp_path: Path) -> None:
    today = date(2026, 4, 20)
    first, second = (registry_in(tmp_path / name, today).sheet.path.read_bytes() for name in ("one", "two"))
    assert first == second


def test_the_command_makes_checks_and_shows_it(tmp_path: Path) -> None:
    done = command("demo", "--today", "2026-06-15", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "registry-sheets-demo"
    for expected in (
        "15 findings in 30 rows: 5 errors, 10 warnings, 0 for information; 1 accepted in Lists.",
        "F8, Location: version 1.1: The location is missing.",
        "Live in models.xlsx on 2026-06-15",
        "3.4, for Rooftop units, at Dispatch desk",
        str(folder / "models.xlsx"),
        f"registry-sheets sync {Path('registry-sheets-demo') / 'models.xlsx'}",
    ):
        assert expected in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == [
        ".registry-sheets",
        "config.toml",
        "models.xlsx",
        "output",
    ]
    published = {path.name for path in (folder / "output" / "demo").iterdir()}
    assert published == {"findings.csv", "findings.json", "report.html", "summary.json"}
    assert str(folder / "output" / "demo" / "report.html") in done.stdout


def test_a_second_sync_leaves_the_workbook_as_it_is(tmp_path: Path) -> None:
    command("demo", "try", "--today", "2026-06-15", folder=tmp_path)
    workbook = tmp_path / "try" / "models.xlsx"
    before = workbook.read_bytes()
    done = command("sync", workbook, "--today", "2026-06-15", folder=tmp_path)
    assert done.returncode == 1  # errors were found
    assert workbook.read_bytes() == before


def test_a_second_demo_does_no_harm(tmp_path: Path) -> None:
    command("demo", "try", folder=tmp_path)
    workbook = tmp_path / "try" / "models.xlsx"
    before = workbook.read_bytes()
    done = command("demo", "try", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "already" in done.stderr
    assert "name another folder" in done.stderr
    assert workbook.read_bytes() == before


@pytest.mark.parametrize("there", [["notes.txt"], ["config.toml"], []])
def test_other_peoples_files_are_left_alone(tmp_path: Path, there: Sequence[str]) -> None:
    folder = tmp_path / "mine"
    if there:
        folder.mkdir()
        for name in there:
            (folder / name).write_text("mine")
    else:
        folder.write_text("mine")
    with pytest.raises(ConfigProblem, match="left as it is"):
        make_demo(folder, date(2026, 6, 15), write_workbook)
    assert [(folder / name).read_text() for name in there] == ["mine"] * len(there)
    assert folder.is_dir() or folder.read_text() == "mine"


def test_a_mended_cell_is_found_no_more(tmp_path: Path) -> None:
    today = date(2026, 6, 15)
    registry = registry_in(tmp_path / "demo", today)
    workbook = open_workbook(registry)
    workbook.edit_rows("Models", [SetCell(7, 5, "Maintenance planner")], workbook.read().revision)
    found = {(finding.name, finding.rule, finding.cell) for finding in seen(registry, today).result.findings}
    assert found == MISTAKES - {("Compressor wear", "missing-value", "F8")}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_on_a_terminal_it_is_coloured_and_cut_at_words(tmp_path: Path) -> None:
    shown = on_terminal("demo", "try", "--today", "2026-06-15", folder=tmp_path, columns=60)
    assert "\x1b[31merror" in shown
    lines = re.sub(r"\x1b\[\d+m", "", shown).splitlines()
    assert [line for line in lines if len(line) > 60 and str(tmp_path) not in line] == []
    assert any(line.startswith("           → ") for line in lines)


def on_terminal(*arguments: str, folder: Path, columns: int) -> str:
    """What a command prints on a terminal so wide."""
    import pty

    read, write = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("REGISTRY_SHEETS_", "NO_"))}
    running = subprocess.Popen(
        [sys.executable, "-m", "registry_sheets", *arguments],
        cwd=folder,
        env={**environment, "COLUMNS": str(columns), "TERM": "xterm", "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=write,
        stdin=subprocess.DEVNULL,
    )
    os.close(write)
    pieces = []
    try:
        while piece := os.read(read, 65536):
            pieces.append(piece)
    except OSError:  # the other end is closed
        pass
    os.close(read)
    assert running.wait(60) == 0
    return b"".join(pieces).decode()


@pytest.mark.libreoffice
def test_mending_a_cell_in_libreoffice_is_seen_at_once(tmp_path: Path) -> None:
    command("demo", "try", "--today", "2026-06-15", folder=tmp_path)
    before, after = tmp_path / "before.html", tmp_path / "after.html"
    steps = [
        {"do": "page", "to": str(before)},
        {"do": "set", "tab": "Models", "cell": "F8", "value": "Maintenance planner"},
        {"do": "page", "to": str(after)},
    ]
    drive(tmp_path / "try" / "models.xlsx", steps, tmp_path)
    row, mended = shown_cells(before)[7], shown_cells(after)[7]
    assert row[0][1] == "1 to fix"
    assert row[5][0] not in ("", "FFFFFF")
    assert mended[0][1] == "changed since last check"
    assert mended[5] == ("", "Maintenance planner")


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_no_day_of_its_story_knows_of_a_later_one(today: date) -> None:
    for day, _ in turning_days(today):
        rows = [{key: cell_on(told, today) for key, told in row.items()} for row in rows_on(day, demo_rows(), today)]
        told = [cell for row in rows for key, cell in row.items() if isinstance(cell, date) and key != "deployed_on"]
        assert max(told) <= day
        deployed = [cell for row in rows if isinstance(cell := row.get("deployed_on"), date)]
        assert max(deployed) <= day
