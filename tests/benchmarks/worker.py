"""What one measured process does, where it is not a command. Prints what it took, as JSON.

    python -m tests.benchmarks.worker write-back FILE FINDINGS

Only the named step is timed; imports and what comes before it (reading, making findings) are not. What a pass
or an edit reads before it writes is read here too. As in a command of ours the garbage collector is off for
our steps; those of others run as they come.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any


def write_back(path: Path, findings: str) -> None:
    """Replace the Findings and Live tabs: lock, rewrite, verify, back up, exchange."""
    from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

    workbook = ExcelWorkbook(path, path.parent / "state")
    workbook.replace_own_tabs(_tabs(int(findings) - 1), workbook.read().revision)
    tabs = _tabs(int(findings))
    snapshot = workbook.read()
    snapshot.grid("Models")
    _timed(lambda: workbook.replace_own_tabs(tabs, snapshot.revision))


def set_cell(path: Path) -> None:
    """Set one cell in the middle of a person's tab, by the same careful way."""
    from registry_sheets.workbooks.base import SetCell
    from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

    workbook = ExcelWorkbook(path, path.parent / "state")
    snapshot = workbook.read()
    edit = SetCell(row=25, column=3, value=f"warehouse.events set at {time.time()}")
    _timed(lambda: workbook.edit_rows("Models", [edit], snapshot.revision))


def read_part(path: Path) -> None:
    """Read the same tab with python-calamine and nothing else."""
    from python_calamine import CalamineWorkbook

    _timed(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False))


def openpyxl_save(path: Path) -> None:
    """Load the workbook with openpyxl and save it, nothing changed."""
    import openpyxl

    def load_and_save() -> None:
        openpyxl.load_workbook(path).save(path.with_name("saved.xlsx"))

    _timed(load_and_save)


def frictionless(path: Path) -> None:
    """Validate the five required columns: there, filled, of their type, (name, version) unique."""
    from frictionless import Detector, Resource, Schema

    columns = {
        "Name": "string",
        "Version": "string",
        "Training date": "date",
        "Data source": "string",
        "Location": "string",
    }
    fields = [{"name": name, "type": kind, "constraints": {"required": True}} for name, kind in columns.items()]
    schema = Schema.from_descriptor({"fields": fields, "primaryKey": ["Name", "Version"]})
    resource = Resource(path.name, schema=schema, detector=Detector(schema_sync=True))
    report = resource.validate(limit_errors=10**9)
    found = report.flatten(["type"])
    print(json.dumps({"errors": len(found)}))


def _tabs(findings: int) -> tuple[Any, ...]:
    """The own tabs for so many findings, one in each 60th row or so."""
    from registry_sheets.registry.checking import CheckResult
    from registry_sheets.registry.findings import Finding, Severity
    from registry_sheets.registry.tabs.findings import findings_sheet
    from registry_sheets.registry.tabs.live import live_sheet

    found = tuple(
        Finding(
            rule="vague-data-source",
            severity=Severity.WARNING,
            message="'data from last year' does not say which data.",
            fix="Name the table, file or snapshot, such as 'CRM export 2026-06-30'.",
            name=f"Forecast {number}",
            version=f"1.{number}",
            value="data from last year",
            row=2 + number,
            column="Data source",
            column_index=3,
            field="data_source",
            tab="Models",
        )
        for number in range(findings)
    )
    result = CheckResult(found, counts={severity: 0 for severity in Severity} | {Severity.WARNING: findings})
    return findings_sheet(result, today=date(2026, 7, 1)), live_sheet(())


def _timed(step: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))


STEPS: dict[str, Callable[..., None]] = {
    "write-back": write_back,
    "set-cell": set_cell,
    "read-part": read_part,
    "openpyxl-save": openpyxl_save,
    "frictionless": frictionless,
}
_OURS = ("write-back", "set-cell")

if __name__ == "__main__":
    if sys.argv[1] in _OURS:
        gc.disable()  # see cli.main
    STEPS[sys.argv[1]](Path(sys.argv[2]).absolute(), *sys.argv[3:])
