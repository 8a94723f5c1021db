"""Real lists of AI models and devices: each is carried whole into a registry, and checked without false alarms."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from registry_sheets.cli.init_steps import Wish, from_old
from registry_sheets.config import load
from registry_sheets.operations.create import columns_said
from registry_sheets.operations.looking import Look, look
from registry_sheets.registry.grid import Cell
from registry_sheets.wiring import open_workbook, terms
from registry_sheets.workbooks.excel.snapshot import read_snapshot

ROOT = Path(__file__).parents[2]
INPUTS = ROOT.parent / "shared" / "inputs"
DAY = date(2026, 7, 1)
needs_inputs = pytest.mark.skipif(not INPUTS.exists(), reason="the real lists are not beside the repository")

INVENTORY = (
    "Name=Use Case Name",
    "Stage=Stage of Development",
    "Deployed on=Date when AI use case became operational",
    "Data source=Describe any data used",
    "Location=Bureau/Component",
    "Used for=Use Case Topic Area",
)
STAGE_WORDS = {"Production": ("Deployed",), "Testing": ("Pre-deployment", "Pilot"), "Archived": ("Retired",)}
"""How the inventories' sentences about the stage begin."""


@dataclass(frozen=True)
class Real:
    """One list: its mapping, its config, and what it holds."""

    file: str
    mapping: tuple[str, ...]
    rows: int
    columns: int
    header_row: int
    tab: str = ""
    config: str = ""
    stages: int = -1
    """The place of the column that tells the stage, from 0."""


EPOCH = Real(
    "epoch-notable-ai-models-2025-02-24.csv",
    ("Training date=Publication date", "Location=Organization", "Used for=Domain", "Run link=Link"),
    rows=895,
    columns=30,
    header_row=1,
    # These are models of 1950 to 2025; that the oldest are old is no mistake.
    config="[rules.implausible-date]\nearliest = 1940-01-01\n",
)
DOE = Real("doe-2025-ai-use-case-inventory.xlsx", INVENTORY, rows=340, columns=33, header_row=2, tab="FINAL", stages=4)
FRB = Real("frb-2025-ai-use-case-inventory.xlsx", (*INVENTORY, "Owner=Email Address"), 38, 26, 1, stages=6)
FDA = Real(
    "fda-ai-enabled-devices.xlsx",
    ("Name=Device", "Version=Submission Number", "Deployed on=Date of Final Decision", "Owner=Company"),
    rows=1247,
    columns=6,
    header_row=1,
    config='date_order = "mdy"\n',
)
ALL = (EPOCH, DOE, FRB, FDA)


def carried(real: Real, folder: Path) -> Look:
    """The list as a registry, checked."""
    (folder / "config.toml").write_text("# mine\n" + real.config + _stages(real), "utf-8")
    sheet = folder / "models.xlsx"
    from_old(Wish(str(sheet), real.tab, columns_said(real.mapping), False, None, None, False), INPUTS / real.file)
    (registry,) = load(sheet=sheet, environment={}).registries
    return look(open_workbook(registry), terms(registry), DAY)


def _stages(real: Real) -> str:
    """The config's lines for the sentences that this list has for stages."""
    if real.stages < 0:
        return ""
    said = sorted({str(row[real.stages]) for row in old_cells(real)} - {""})
    lines = [
        f"{stage} = {json.dumps([text for text in said if text.startswith(begins)], ensure_ascii=False)}"
        for stage, begins in STAGE_WORDS.items()
    ]
    return "\n".join(["[stages]", *lines, ""])


def old_cells(real: Real) -> list[list[Cell]]:
    """The rows of the list itself."""
    if real.file.endswith(".csv"):
        with (INPUTS / real.file).open(encoding="utf-8", newline="") as file:
            return [list(row) for row in csv.reader(file)][1:]
    snapshot = read_snapshot(INPUTS / real.file)
    rows = snapshot.grid(real.tab or snapshot.titles[0]).rows[real.header_row :]
    return [row for row in rows if any(cell != "" for cell in row)]


def by_rule(seen: Look) -> Counter[tuple[str, str | None]]:
    return Counter((finding.rule, finding.field) for finding in seen.result.findings)


@dataclass(frozen=True)
class Carried:
    real: Real
    sheet: Path
    seen: Look


@pytest.fixture(scope="module", params=ALL, ids=lambda real: real.file.split("-")[0])
def one(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Carried:
    folder = tmp_path_factory.mktemp("real")
    return Carried(request.param, folder / "models.xlsx", carried(request.param, folder))


@needs_inputs
def test_every_row_and_column_is_carried(one: Carried) -> None:
    real, old = one.real, old_cells(one.real)
    assert len(old) == real.rows == one.seen.rows
    new = read_snapshot(one.sheet).grid("Models").rows
    body = new[1 : real.rows + 1]
    width = max(map(len, old))
    assert width == real.columns
    carried_columns = Counter(_column(body, place) for place in range(len(new[0])))
    wanted = Counter(_column(old, place) for place in range(width))
    assert not wanted - carried_columns


def _column(rows: list[list[Cell]], place: int) -> tuple[str, ...]:
    return tuple(_plain(row[place]) for row in rows)


def _plain(cell: Cell) -> str:
    """A cell as text, told the same for a day and for its ISO text, for a number and for its digits."""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\r\n", "\n").replace("\r", "\n")


@needs_inputs
def test_no_false_alarm_about_form(one: Carried) -> None:
    found = {rule for rule, _ in by_rule(one.seen)}
    assert not found & {
        "not-a-date",
        "ambiguous-date",
        "future-date",
        "implausible-date",
        "version-as-number",
        "version-as-date",
        "unknown-stage",
        "unknown-location",
        "unknown-owner",
        "error-value",
        "formula-without-value",
        "missing-column",
        "duplicate-version",
        "two-live",
    }


@needs_inputs
def test_what_is_missing_is_counted(one: Carried) -> None:
    real, found = one.real, by_rule(one.seen)
    mapped = {pair.partition("=")[0] for pair in real.mapping}
    if "Version" not in mapped:
        assert found["missing-value", "version"] == real.rows
    else:
        assert not found["missing-value", "version"]
    assert not found["missing-value", "name"]


@needs_inputs
def test_the_command_says_what_it_found_by_its_exit_code(one: Carried) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "registry_sheets", "check", str(one.sheet), "--format", "json", "--today", "2026-07-01"],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["rows"] == one.real.rows


@needs_inputs
def test_links_made_by_formulas_are_carried_as_what_they_show(one: Carried) -> None:
    if one.real is not FDA:
        pytest.skip("only this list has formulas")
    versions = [row[1 + 1] for row in read_snapshot(one.sheet).grid("Models").rows[1:1248]]
    assert versions[0] == "K251406"
    assert all(isinstance(version, str) and version for version in versions)
