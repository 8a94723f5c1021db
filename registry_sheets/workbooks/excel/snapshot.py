"""Reading an .xlsx workbook: one read of the file, then tabs on demand from the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import TabKind
from registry_sheets.workbooks.base import LastEditor, Revision
from registry_sheets.workbooks.excel.container import Container
from registry_sheets.workbooks.excel.outline import read_outline
from registry_sheets.workbooks.excel.preflight import Limits, read_file
from registry_sheets.workbooks.excel.reader import TabReader

DEFAULT_LIMITS = Limits()


class ExcelSnapshot:
    """A workbook as one read saw it (see workbooks.base.Snapshot). Holds the file's packed bytes."""

    def __init__(self, data: bytes, label: str, limits: Limits = DEFAULT_LIMITS) -> None:
        container = Container(data, label, limits)
        self._label = label
        self._outline = read_outline(container)
        self._reader = TabReader(container, self._outline, limits)
        self._revision = revision_of(data)

    @property
    def revision(self) -> Revision:
        return self._revision

    @property
    def titles(self) -> tuple[str, ...]:
        """The worksheets in tab order; chart, dialog and macro sheets are none."""
        return tuple(tab.title for tab in self._outline.tabs)

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(tab.title for tab in self._outline.tabs if tab.hidden)

    @property
    def own_tabs(self) -> Mapping[TabKind, str]:
        return self._outline.own_tabs

    @property
    def marked_tab(self) -> str | None:
        return self._outline.marked_tab

    @property
    def time_zone(self) -> str:
        return ""

    @property
    def pointed_tab(self) -> str | None:
        return None

    @property
    def last_editor(self) -> LastEditor | None:
        return self._outline.last_editor

    @property
    def obstacles(self) -> tuple[str, ...]:
        return self._outline.obstacles

    @property
    def half_filled(self) -> bool:
        """Files are written whole."""
        return False

    @property
    def without_formulas(self) -> frozenset[str]:
        """The tabs in which certainly no formula stands, of those that were read; of others nothing is known."""
        return frozenset(self._reader.without_formulas)

    def grid(self, title: str) -> Grid:
        """The cells of one tab, read anew at every call. Raises UnreadableWorkbook."""
        tab = next((tab for tab in self._outline.tabs if tab.title == title), None)
        if tab is None:
            known = ", ".join(f"'{name}'" for name in self.titles)
            raise UnreadableWorkbook(f"{self._label} has no tab '{title}'.", f"Its tabs are {known}.")
        return self._reader.grid(tab)


def read_snapshot(path: Path, limits: Limits = DEFAULT_LIMITS) -> ExcelSnapshot:
    """Read a workbook as it is now.

    Raises UnreadableWorkbook with what to do (its subclass MaybeHalfSaved where another program may
    still be saving it), NotChecked where the system refuses to let it be read.
    """
    return ExcelSnapshot(read_file(path, limits), path.name, limits)


def revision_of(data: bytes) -> Revision:
    """The revision of a workbook whose file holds these bytes."""
    return Revision(f"sha256:{hashlib.sha256(data).hexdigest()}")
