"""Who is changing a spreadsheet, and what that person or account may change."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.google.a1 import Box, box_of
from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused
from tests.support.google.ranges import overlap
from tests.support.google.state import Book, Cell, Json

PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection "
    "if you need to edit."
)


@dataclass(frozen=True)
class Work:
    """One change to a spreadsheet: the copy that it is tried on, who makes it, whose the file is."""

    book: Book
    email: str
    owner: str
    year: int = 2026

    def may_edit(self, protected: Json) -> bool:
        """Whether this person may write inside a protected range."""
        editors = protected.get("editors", {})
        named = {address.casefold() for address in editors.get("users", ())}
        return bool(
            protected.get("warningOnly")
            or self.email == self.owner
            or self.email.casefold() in named
            or editors.get("domainUsersCanEdit")
        )

    @behaves(
        "documented", "protected ranges", "only its editors and the owner write there: 400, protected cell or object"
    )
    def check_protected(self, box: Box) -> None:
        """Raise Refused where the box touches a range that is protected against this person."""
        for one in box.sheet.protected:
            if not self.may_edit(one) and overlap(box, box_of(self.book, _range(self.book, one))):
                free = [box_of(self.book, each) for each in one.get("unprotectedRanges", ())]
                if not any(_inside(box, each) for each in free):
                    raise Refused(400, PROTECTED)

    def put(self, box: Box, row: int, column: int, cell: Cell) -> None:
        """Set one cell of a box, told from its corner."""
        self.noted(cell)
        box.sheet.put(box.top + row, box.left + column, cell)

    def noted(self, cell: Cell) -> Cell:
        """Remember that there is a formula to calculate."""
        if cell.entered and "formulaValue" in cell.entered:
            self.book.has_formulas = True
        return cell


def _range(book: Book, protected: Json) -> Json:
    if "namedRangeId" in protected:
        named = next((one for one in book.named if one["namedRangeId"] == protected["namedRangeId"]), None)
        return dict(named["range"] if named else protected["range"])
    return dict(protected["range"])


def _inside(box: Box, outer: Box) -> bool:
    return bool(
        outer.top <= box.top and box.bottom <= outer.bottom and outer.left <= box.left and box.right <= outer.right
    )
