"""The formulas of one tab, which readers of values do not give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Place
from registry_sheets.workbooks.excel.filling import shifted
from registry_sheets.workbooks.excel.markup import broken
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import place


def formulas_of(package: Package, title: str) -> Mapping[Place, str]:
    """The formulas of a tab by place, without '='; those that Excel shares between cells are written out.

    Raises UnreadableWorkbook where the workbook has no such tab or its part is broken.
    """
    entry = package.worksheet(title)
    if entry is None:
        raise UnreadableWorkbook(f"The workbook has no tab '{title}'.", "Check the tab's name.")
    collector = _Collector()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = collector.start, collector.end
    parser.CharacterDataHandler = collector.data
    try:
        for chunk in package.archive.chunks(package.entry(entry.part)):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise broken(entry.part) from None
    return collector.found


@dataclass
class _Collector:
    found: dict[Place, str] = field(default_factory=dict)
    _cell: Place = (0, -1)
    _shared: dict[str, tuple[Place, str]] = field(default_factory=dict)
    _number: str | None = None
    _pieces: list[str] | None = None

    def start(self, name: str, values: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._cell = (int(values["r"]) - 1 if "r" in values else self._cell[0] + 1, -1)
        elif local == "c":
            self._cell = place(values["r"]) if "r" in values else (self._cell[0], self._cell[1] + 1)
        elif local == "f":
            self._pieces = []
            self._number = values.get("si") if values.get("t") == "shared" else None

    def end(self, name: str) -> None:
        if self._pieces is None or name.rpartition(":")[2] != "f":
            return
        text, self._pieces = "".join(self._pieces), None
        if self._number is not None and text:
            self._shared[self._number] = (self._cell, text)
        elif self._number in self._shared:
            (row, column), text = self._shared[self._number]
            text = shifted(text, self._cell[0] - row, self._cell[1] - column)
        self.found[self._cell] = text

    def data(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)
