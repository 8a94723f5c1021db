"""Links that open a workbook, and a cell in it, as the people who get a report or a mail can follow them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

SCHEMES = ("http", "https", "file")
_TAB, _CELL = "{tab}", "{cell}"


@dataclass(frozen=True)
class WorkbookLink:
    """The address at which people open the workbook; '' where nobody said one.

    It is a web address (SharePoint, OneDrive, a wiki), a file: address, or the path of a share that begins with two
    backslashes. ``{tab}`` and ``{cell}`` in it stand for the place; a file: address without
    them gets '#' and the place, as Excel and LibreOffice follow it.
    """

    address: str = ""

    def to_workbook(self, tab: str = "") -> str:
        """The link that opens the workbook, at a tab where the address has to name a place; '' for none."""
        if self._names_place:
            return self.to_cell(tab, "A1")
        return _as_address(self.address)

    def to_cell(self, tab: str, cell: str) -> str:
        """The link that opens the workbook at a cell, or at least the workbook; '' for none."""
        address = _as_address(self.address)
        if self._names_place:
            return address.replace(_TAB, quote(tab, safe="")).replace(_CELL, quote(cell, safe=""))
        if address.startswith("file:"):
            place = f"'{tab.replace(chr(39), chr(39) * 2)}'!{cell}"
            return address + "#" + quote(place, safe="'!$:")
        return address

    @property
    def _names_place(self) -> bool:
        return _CELL in self.address


def fault_of(address: str) -> str:
    """What is wrong with the address of a workbook, '' where nothing is."""
    parts = urlsplit(_as_address(address))
    if parts.scheme not in SCHEMES or (parts.scheme != "file" and not parts.netloc):
        return (
            "This must be the address at which people open the workbook, such as "
            "'https://example.sharepoint.com/.../models.xlsx' or '\\\\server\\share\\models.xlsx'."
        )
    if _TAB in address and _CELL not in address:
        return "It has {tab} in it and no {cell}; write both, or neither."
    return ""


def _as_address(said: str) -> str:
    """A share's path as a file: address; all else as it is."""
    if said.startswith("\\\\"):
        return "file://" + quote(said[2:].replace("\\", "/"))
    return said
