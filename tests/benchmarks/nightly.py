"""A night of a registry with a history: some cells are changed, then a pass is made.

    python -m tests.benchmarks.nightly change FILE 2026-07-02
    python -m tests.benchmarks.nightly sync FILE --today 2026-07-02

``sync`` is the command itself, with a watch wherever a pass meets its history; it prints the seconds of processor
time that history took, as JSON, and nothing else.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CELLS = 5
_WHAT_CHANGED = 8


class Watch:
    """Adds up the processor time of the functions that it is put on. ``idle``: those that were not called yet."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.idle: set[str] = set()
        self._running = False

    def put_on(self, owner: Any, name: str) -> None:
        """Time a function whenever its owner's name for it is called."""
        step = getattr(owner, name)
        self.idle.add(name)

        def timed(*given: Any, **named: Any) -> Any:
            self.idle.discard(name)
            return self.time(step, *given, **named)

        setattr(owner, name, timed)

    def time(self, step: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do a step; one within another is not counted twice."""
        if self._running:
            return step(*given, **named)
        self._running, begun = True, time.process_time()
        try:
            return step(*given, **named)
        finally:
            self.seconds += time.process_time() - begun
            self._running = False


def change(path: Path, day: str) -> None:
    """Change some cells, as people do between two passes."""
    from registry_sheets.workbooks.base import SetCell
    from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

    workbook = ExcelWorkbook(path, path.parent / "aside")
    snapshot = workbook.read()
    rows = random.Random(day).sample(range(1, len(snapshot.grid("Models").rows)), _CELLS)
    edits = [SetCell(row, _WHAT_CHANGED, f"Retrained with the data of {day}") for row in rows]
    workbook.edit_rows("Models", edits, snapshot.revision)


def sync() -> None:
    """Run the command of this process's command line. Ends with an error where a pass did not do all that is timed."""
    gc.disable()  # see cli.main
    watch = Watch()
    _load_what_a_pass_needs_anyway()
    watch.time(_load_history)
    _put_on_all(watch)
    from registry_sheets.cli import main

    with contextlib.redirect_stdout(io.StringIO()):
        code = _code_of(main)
    if code or watch.idle:
        sys.exit(f"exit {code}, never came to: {', '.join(sorted(watch.idle)) or 'its end'}")
    print(json.dumps({"cpu": watch.seconds}))


def _code_of(command: Callable[[], None]) -> object:
    try:
        command()
    except SystemExit as end:
        return end.code
    return 0


def _load_what_a_pass_needs_anyway() -> None:
    from registry_sheets import cli, config  # noqa: F401
    from registry_sheets.operations import own_tabs, publishing, waiting  # noqa: F401
    from registry_sheets.registry.tabs import findings, live  # noqa: F401
    from registry_sheets.wiring import passes  # noqa: F401
    from registry_sheets.workbooks.excel import workbook  # noqa: F401


def _load_history() -> None:
    from registry_sheets.history import sqlite  # noqa: F401
    from registry_sheets.operations import recalling, recording  # noqa: F401
    from registry_sheets.registry.tabs import changes  # noqa: F401


def _put_on_all(watch: Watch) -> None:
    """Opening, recall, dating the findings, recording, what the Live and Changes tabs ask of it, closing."""
    from registry_sheets.history.sqlite import SqliteHistory
    from registry_sheets.operations import looking, sync
    from registry_sheets.operations.recalling import Recall
    from registry_sheets.wiring import passes

    watch.put_on(passes, "writable_history")
    watch.put_on(looking, "_recalled")
    watch.put_on(looking, "_dated")
    watch.put_on(sync, "record_pass")
    watch.put_on(Recall, "periods")
    watch.put_on(Recall, "changes")
    watch.put_on(SqliteHistory, "close")


if __name__ == "__main__":
    if sys.argv[1] == "sync":
        sync()
    else:
        change(Path(sys.argv[2]).absolute(), sys.argv[3])
