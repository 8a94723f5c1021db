"""The formulas of one whole tab as a person reads them, those among them that share one formula too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Place, a1
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import place


@dataclass
class _Written:
    """One <f> element: ECMA-376 part 1, 18.3.1.40. ``group`` is its si, ``ref`` the cells that it fills."""

    place: Place
    kind: str
    group: str
    ref: str
    text: str = ""


def spelled_formulas(package: Package, title: str) -> dict[Place, str]:
    """The formulas of a tab by place, without '='; {} where there is no such tab. Raises UnreadableWorkbook.

    Left out are those that belong to several cells at once: array formulas over a range, and data tables.
    """
    entry = package.worksheet(title)
    return {} if entry is None else _spelled(read_written(package.utf8_chunks(entry.part)))


def _spelled(written: Iterable[_Written]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    first: dict[str, _Written] = {}
    for one in written:
        if one.kind == "shared" and one.text:
            first[one.group] = one
        if one.text and one.kind != "dataTable" and not (one.kind == "array" and ":" in one.ref):
            found[one.place] = one.text
        elif one.kind == "shared" and one.group in first:
            found[one.place] = _moved(first[one.group], one.place)
    return found


def _moved(first: _Written, to: Place) -> str:
    """A shared formula as it reads in another of its cells."""
    from openpyxl.formula.translate import Translator

    moved: str = Translator(f"={first.text}", a1(*first.place)).translate_formula(a1(*to))
    return moved.removeprefix("=")


def read_written(chunks: Iterable[bytes]) -> list[_Written]:
    """The formulas of a sheet part, given in UTF-8, as they are written."""
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
        message = "A tab of the workbook cannot be understood."
        raise UnreadableWorkbook(message, "Open it in Excel, let it repair the file, and save it.") from error
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: list[_Written] = []
        self._address = ""
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._address = attributes.get("r", "")
        elif local == "f" and self._address:
            told = (attributes.get(key, "") for key in ("t", "si", "ref"))
            self.found.append(_Written(place(self._address), *told))
            self._inside = True

    def text(self, data: str) -> None:
        if self._inside:
            self.found[-1].text += data

    def end(self, name: str) -> None:
        if self._inside and name.rpartition(":")[2] == "f":
            self.found[-1].text = self.found[-1].text.removeprefix("=")
            self._inside = False
