"""The formulas of one whole tab, which reading for values leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from xml.parsers import expat

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Place
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import place

SHARED = "(shared)"
"""Stands for a formula that its cell shares with another and does not spell out; we never write one."""


def formulas_of(package: Package, title: str) -> dict[Place, str]:
    """The formulas of a tab by place, without '='; {} where there is no such tab. Raises UnreadableWorkbook."""
    entry = package.worksheet(title)
    return {} if entry is None else read_formulas(package.utf8_chunks(entry.part))


def read_formulas(chunks: Iterable[bytes]) -> dict[Place, str]:
    """The formulas of a sheet part, given in UTF-8."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = "A tab of registry-sheets in the workbook cannot be understood."
        raise UnreadableWorkbook(message, "Open it in Excel, let it repair the file, and save it.") from error
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: dict[Place, str] = {}
        self._address = ""
        self._pieces: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._address = attributes.get("r", "")
        elif local == "f" and self._address:
            self._pieces = []

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if self._pieces is not None and name.rpartition(":")[2] == "f":
            self.found[place(self._address)] = "".join(self._pieces).removeprefix("=") or SHARED
            self._pieces = None
