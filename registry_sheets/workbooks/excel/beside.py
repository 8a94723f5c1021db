"""A workbook of findings next to one that must not be written in place."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from registry_sheets.errors import UnreadableWorkbook, WriteRefused
from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.base import Written
from registry_sheets.workbooks.excel.files import flush_file, flush_folder, revision_of
from registry_sheets.workbooks.excel.leftovers import new_name
from registry_sheets.workbooks.excel.saving import explained
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

Make = Callable[[Sequence[Sheet], Path], None]


def write_beside(sheets: Sequence[Sheet], target: Path, state_folder: Path, make: Make | None = None) -> Written:
    """Write own tabs into a workbook of their own; a no-op where it holds these cells already.

    ``make`` writes a new workbook (openpyxl's writer unless given). A workbook that has none of our tabs
    was not made by us and is refused with WriteRefused. Raises as Workbook.replace_own_tabs.
    """
    if not target.exists():
        return _made(sheets, target, make or _write_workbook)
    workbook = ExcelWorkbook(target, state_folder)
    try:
        snapshot = workbook.read()
    except UnreadableWorkbook as error:
        raise _not_ours(target) from error
    if not snapshot.own_tabs:
        raise _not_ours(target)
    return workbook.replace_own_tabs(sheets, snapshot.revision)


def create(target: Path, make: Callable[[Path], None]) -> None:
    """Make a file in one step; ``make`` writes it to the path that it is given.

    Raises WriteRefused where there is a file of that name already, CannotSave; then nothing was made.
    """
    temporary = new_name(target)
    with explained(target):
        try:
            make(temporary)
            flush_file(temporary)
            _put(temporary, target)
            flush_folder(target.parent)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _made(sheets: Sequence[Sheet], target: Path, make: Make) -> Written:
    create(target, lambda path: make(sheets, path))
    return Written(True, revision_of(target))


def _put(temporary: Path, target: Path) -> None:
    """Give the new file its name without ever replacing another."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _there_already(target) from None
    except OSError:  # a disk without second names
        if target.exists():
            raise _there_already(target) from None
        temporary.rename(target)


def _write_workbook(sheets: Sequence[Sheet], target: Path) -> None:
    from registry_sheets.workbooks.excel.new import write_workbook

    write_workbook(sheets, target)


def _not_ours(target: Path) -> WriteRefused:
    return WriteRefused(
        f"The findings are not written: '{target.name}' was not made by registry-sheets.",
        "Give that file another name, and run again.",
    )


def _there_already(target: Path) -> WriteRefused:
    return WriteRefused(f"There is a file '{target.name}' already.", "Give it another name, and run again.")
