"""Opening 10,000 rows with 1,500 findings in LibreOffice, with marks and without.

python -m tests.benchmarks.libreoffice_open [rows] [findings]

Opening loads the workbook; the first page is opening it and drawing a page of Models, more rows than a screen
holds; drawing it all puts every row on a page, which nobody waits for, but shows what marks cost. CPU is user
and system time of LibreOffice's process less that with an empty workbook.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry_sheets.registry.checking import CheckResult
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.mark_keys import FIELDS
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table_settings import stage_vocabulary
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.registry.text import formula_text
from registry_sheets.workbooks.excel.new import write_workbook
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from tests.support.libreoffice import drive
from tests.support.registries import check_grid, version

_TRIES = 3
_FLAGGED = ("version", "training_date", "data_source", "location", "stage", "owner")


def registry(folder: Path, rows: int, findings: int) -> dict[str, Path]:
    """The same registry empty, without marks and with them."""
    people = [models_sheet([_row(n) for n in range(rows)]), lists_sheet()]
    plain, marked, empty = (folder / f"{name}.xlsx" for name in ("plain", "marked", "empty"))
    write_workbook([models_sheet(), lists_sheet()], empty)
    write_workbook([_without_marks(sheet) for sheet in people], plain)
    _, table = check_grid(read_snapshot(plain).grid("Models"))
    found = tuple(_finding(n * rows // findings, n) for n in range(findings))
    own = findings_sheet(CheckResult(found), table, vocabulary=stage_vocabulary({}), remember_rows=True)
    write_workbook([*[_without_marks(sheet) for sheet in people], own], plain)
    write_workbook([*people, own], marked)
    return {"empty": empty, "without marks": plain, "with marks": marked}


def _without_marks(sheet: Sheet) -> Sheet:
    return replace(sheet, marks=())


def _row(number: int) -> dict[str, Any]:
    return version(name=f"Model {number // 20}", version=f"{number % 20}.{number % 7}", used_for=f"Case {number}")


def _finding(row: int, number: int) -> Finding:
    field, cells = _FLAGGED[number % len(_FLAGGED)], _row(row)
    return Finding(
        rule="vague-data-source",
        severity=Severity.WARNING if number % 3 else Severity.ERROR,
        message="It does not say which data.",
        fix="Name the table, file or snapshot.",
        name=cells["name"],
        version=cells["version"],
        value=formula_text(cells[field]),
        row=row + 2,
        column=field,
        column_index=FIELDS.index(field),
        field=field,
        tab="Models",
    )


def _cpu(path: Path, steps: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """(CPU seconds of the whole process, wall seconds of opening)."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        answers = drive(path, [*steps, {"do": "seconds"}], Path(folder))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, answers[-1]


def main(rows: int = 10_000, findings: int = 1_500) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = [{"do": "first_page", "to": str(folder / "page.pdf")}]
        drawn = [{"do": "page", "to": str(folder / "page.html")}]
        started: dict[str, float] = {}
        print(f"{rows} rows, {findings} findings; CPU seconds, median of {_TRIES}")
        for label, path in registry(folder, rows, findings).items():
            for what, steps in (("opening", []), ("the first page", first), ("drawing it all", drawn)):
                runs = [_cpu(path, steps) for _ in range(_TRIES)]
                cpu, wall = (statistics.median(run[n] for run in runs) for n in (0, 1))
                base = started.setdefault(what, cpu)
                print(f"{label:15} {what:15} {cpu - base:7.2f} s CPU, opening {wall:5.2f} s wall")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
