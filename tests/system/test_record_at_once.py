"""Many commands on one workbook at the same time: real processes, a real file, every row there once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.state.outbox import Outbox
from tests.support.workbooks import make

COUNT, AT_ONCE = 200, 40


def started(folder: Path, number: int) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_SHEETS_", "COV"))}
    arguments = ["record", "Load", f"1.{number}", "--sheet", "models.xlsx", "--stage", "Testing"]
    arguments += ["--metric", f"MAPE={number / 1000}", "--location", "Plant A", "--format", "json"]
    return subprocess.Popen(
        [sys.executable, "-m", "registry_sheets", *arguments],
        cwd=folder,
        env={**own, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_all(folder: Path) -> Iterator[tuple[int, str, str]]:
    """(exit code, stdout, stderr) of each of COUNT commands, AT_ONCE of them at a time."""
    running: list[subprocess.Popen[str]] = []
    numbers = iter(range(COUNT))
    while True:
        while len(running) < AT_ONCE and (number := next(numbers, None)) is not None:
            running.append(started(folder, number))
        if not running:
            return
        done = [process for process in running if process.poll() is not None]
        for process in done:
            running.remove(process)
            yield (process.returncode, *process.communicate())
        if not done:
            time.sleep(0.02)


@pytest.mark.slow
def test_two_hundred_records_at_once_are_two_hundred_rows(tmp_path: Path) -> None:
    path = make(tmp_path / "models.xlsx")
    found = list(run_all(tmp_path))
    assert [one for one in found if one[0] != 0] == []
    assert Counter(json.loads(out)["state"] for _, out, _ in found) == {"written": COUNT}
    rows = list(openpyxl.load_workbook(path)["Models"].iter_rows(values_only=True))
    added = [row for row in rows[1:] if row[0] == "Load"]
    assert Counter(row[1] for row in added) == Counter(f"1.{number}" for number in range(COUNT))
    assert all(row[-1] == int(str(row[1]).partition(".")[2]) / 1000 for row in added)
    assert rows[0].count("Metric: MAPE") == 1
    for _, out, _ in found:
        cells = json.loads(out)["cells"]
        assert [rows[cell["row"] - 1][0 if cell["column"] == "Name" else 1] for cell in cells[:2]] == [
            "Load",
            cells[1]["new"],
        ]
    assert len(rows) == 1 + 2 + COUNT
    outbox = Outbox(path).read()
    assert Counter(edit.state for edit in outbox.edits) == {"applied": COUNT}
    assert outbox.notices == ()
    left = sorted(entry.name for entry in tmp_path.iterdir() if not entry.name.startswith(".registry-sheets"))
    assert left == [".models.xlsx.outbox", "models.xlsx"]
