"""Links that open a workbook, and a cell in it, as the people who get a report or a mail can follow them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlsplit

SCHEMES = ("http", "https", "file")
_TAB, _CELL = "{tab}", "{cell}"
_PLACEHOLDER = re.compile(r"\{\w*\}")
_NOT_IN_LINKS = re.compile(r'[\x00-\x1f\x7f-\x9f"<>]')


class Links(Protocol):
    """What makes links into a workbook; '' where it cannot."""

    def to_workbook(self, tab: str = "") -> str:
        """The link that opens the workbook, at a tab where it has to name a place."""
        ...

    def to_cell(self, tab: str, cell: str) -> str:
        """The link that opens the workbook at a cell, or at least the workbook."""
        ...


@dataclass(frozen=True)
class StoreLinks:
    """Links as the store itself makes them: ``link`` gives that to a cell, by tab and address; it has been read."""

    link: Callable[[str, str], str]

    def to_workbook(self, tab: str = "") -> str:
        """The link to the tab's first cell."""
        return self.link(tab, "A1")

    def to_cell(self, tab: str, cell: str) -> str:
        """The link to a cell."""
        return self.link(tab, cell)


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
    if _NOT_IN_LINKS.search(address):
        return "It has a sign in it that no link has: a line end, a quote, < or >."
    if "@" in parts.netloc:
        return "It has a user or a password in it, which everyone who gets a mail or a report would see."
    if unknown := [name for name in _PLACEHOLDER.findall(address) if name not in (_TAB, _CELL)]:
        return f"{unknown[0]} is not known; {_TAB} and {_CELL} are."
    if _TAB in address and _CELL not in address:
        return "It has {tab} in it and no {cell}; write both, or neither."
    return ""


def _as_address(said: str) -> str:
    """A share's path as a file: address; all else as it is."""
    if said.startswith("\\\\"):
        return "file://" + quote(said[2:].replace("\\", "/"))
    return said


def fault_of_page(address: str) -> str:
    """What is wrong with the address of a report page, '' where nothing is."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"\s", address):
        return ""
    return (
        "This must be the address at which report.html can be seen, such as 'https://intranet.example.com/report.html'."
    )


def fault_of_index(path: str) -> str:
    """What is wrong with the path of the index page, '' where nothing is."""
    return "" if path.casefold().endswith((".html", ".htm")) else 'This must be a page, such as "output/index.html".'
