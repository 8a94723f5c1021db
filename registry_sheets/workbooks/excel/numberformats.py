"""Which cells of a tab show a number otherwise than by its plain digits."""

from __future__ import annotations

from xml.parsers import expat

from registry_sheets.registry.grid import Place
from registry_sheets.workbooks.excel.markup import broken
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import place
from registry_sheets.workbooks.excel.styles import StyleBook


def formatted_places(package: Package, title: str) -> frozenset[Place]:
    """Where cells have a number format other than General, 0 or text. Raises UnreadableWorkbook."""
    entry, styles = package.worksheet(title), package.related(package.workbook_key, "styles")
    if entry is None or styles is None:
        return frozenset()
    book, found, plain = StyleBook(package.document(styles)), set(), {"": True}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "c" or "r" not in attributes:
            return
        style = attributes.get("s", "0")
        if style not in plain:
            plain[style] = style.isdigit() and book.is_plain(int(style))
        if not plain[style]:
            found.add(place(attributes["r"]))

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    try:
        for chunk in package.utf8_chunks(entry.part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise broken(entry.part) from error
    return frozenset(found)
