"""Links to cells on the page: as they are, or, where there are many, as one pattern that the page's script fills in.

An address on SharePoint is longer than what it stands beside: hundreds of them would double the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from registry_sheets.reports.content import Report
from registry_sheets.reports.page_text import safe_link

MOST_CHARACTERS = 8_000
"""The characters that links may take in one page, before they are told by a pattern."""

_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}")
_MAYBE_CELL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_DIGITS = "0123456789"


class CellLinks:
    """The links of one page. Each is ``before``, the address of a cell, ``after``; both '' where that is not so."""

    def __init__(self, report: Report) -> None:
        self._workbook = report.link
        self.before, self.after = _pattern(list(set(_all(report)) - {report.link, ""}))
        shown = chain((one.link for one in report.live), (one.link for one in report.findings))
        self._by_script = bool(self.before) and sum(map(len, shown)) > MOST_CHARACTERS

    def href(self, link: str) -> str:
        """The link to follow, '' for none, and where the script makes it.

        One that opens the workbook and no cell stands once, on top of the page.
        """
        return "" if self._by_script or link == self._workbook else safe_link(link)

    def cell(self, link: str) -> str:
        """The cell that the script makes a link of, '' where href() tells it."""
        return self._cell_of(link) if self._by_script and link != self._workbook else ""

    def row(self, link: str, number: int) -> str:
        """What stands before the number in the link of a row, '' where no pattern tells that."""
        cell = self._cell_of(link) if self.before else ""
        return self.before + cell.removesuffix(str(number)) if cell.endswith(str(number)) else ""

    def _cell_of(self, link: str) -> str:
        if not link.startswith(self.before) or not link.endswith(self.after):
            return ""
        cell = link[len(self.before) : len(link) - len(self.after)]
        return cell if _CELL.fullmatch(cell) else ""


def _all(report: Report) -> Iterator[str]:
    yield from (one.link for one in report.live)
    yield from (one.link for one in report.findings)
    yield from (one.link for one in report.rows)


def _pattern(links: Sequence[str]) -> tuple[str, str]:
    if len(links) < 2 or not safe_link(links[0]):
        return "", ""
    before = _common(links).rstrip(_MAYBE_CELL)
    after = _common([link[::-1] for link in links])[::-1].lstrip(_DIGITS)
    cells = (link[len(before) : len(link) - len(after)] for link in links)
    return (before, after) if safe_link(before) and all(map(_CELL.fullmatch, cells)) else ("", "")


def _common(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:length]
