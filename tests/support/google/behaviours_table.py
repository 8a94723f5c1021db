"""What the stand-in imitates and how each is known, as a table: python -m tests.support.google.behaviours_table

Of what is assumed it says which check of `registry-sheets doctor --live` asks the real Google, or why none does.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tests.support import google
from tests.support.google.behaviours import Behaviour, behaviours

ASKED: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("A1 notation", "a range that begins beyond the grid is refused; one that only ends there is cut"): (
            "range-beyond",
        ),
        ("Drive files.get", "the account that wrote last is told with me true and its address as its name"): (
            "editor-is-us",
        ),
        ("batchUpdate duplicateSheet", "developer metadata and tables are not"): ("copy-metadata",),
        ("batchUpdate insertDimension", "new rows take formats and rules from the row before or after"): (
            "insert-format",
            "insert-dropdown",
        ),
        ("batchUpdate moveDimension", "metadata goes along; ranges go along where all of them is moved"): (
            "metadata-move",
        ),
        (
            "batchUpdate sortRange",
            "developer metadata of rows stays where it is; a setting makes it go with them",
        ): ("metadata-sort",),
        ("cells", "effectiveFormat stands on every cell that holds anything"): ("date-read", "general-format"),
        ("colours", "so is any other colour's"): ("mark-tint",),
        ("colours", "and the reverse"): ("mark-tint",),
        ("formulas", "one that is not calculated here shows '' or 0, unless a test gives its value"): (
            "formula-exact",
            "check-column",
        ),
        ("spreadsheets.get", "merges, rules, filter and the like are told whole, whatever the ranges"): ("told-whole",),
        ("values.batchUpdateByDataFilter", "a filter that finds nothing is answered with itself alone"): (
            "filter-finds-nothing",
        ),
        ("values.batchUpdateByDataFilter", "updatedData holds the whole row or column that the filter found"): (
            "filter-tells-row",
            "filter-null",
        ),
    }
)
"""The checks that ask for an assumed behaviour, by (subject, told)."""

_WORDS = "only the words of a refusal: it fails all the same, and the product tells by status and reason"
_SIGN_IN = "it happens while signing in or being refused, so a spreadsheet cannot tell of it"
_TROUBLE = "Google's own trouble, which nobody can call up"
_UNUSED = "the product does not use it"
_SHOWN = "the product gives a pattern with each date that it writes, and reads no shown numbers"
_ALIKE = "the product reads it alike either way"

NOT_ASKED: Mapping[str, str] = MappingProxyType(
    {
        "A1 notation: of a name that is both, cells come before a named range, and that before a title": (
            "the product quotes every title and adds cells to it"
        ),
        "Drive files.export": _UNUSED,
        "Drive permissions.create": _UNUSED,
        "any enum": _WORDS,
        "any method": _SIGN_IN,
        "any query": _WORDS,
        "any request body": _WORDS,
        "batchUpdate addSheet: it has 1000 rows and 26 columns if not told otherwise": (
            "the product says how many rows and columns a new tab has"
        ),
        "batchUpdate addTable": _UNUSED,
        "batchUpdate appendCells: with a tableId, rows go below the table's last one, which it takes in": (
            "with a tableId: the product does not use it; without one: append-after-data"
        ),
        "batchUpdate autoResizeDimensions": _UNUSED,
        "batchUpdate updateCells: a stringValue of '' leaves the cell empty": (
            "the product never sends a stringValue of ''; without a value: cell-emptied"
        ),
        "fields": _WORDS,
        "grid data: a startRow and startColumn of 0 are left out": _ALIKE,
        "grid data: how far a row goes is told by all that its cells hold, whatever the mask": _ALIKE,
        "not enabled": _SIGN_IN,
        "number formats: the patterns of dates without one, by locale: a few locales, else yyyy-mm-dd": _SHOWN,
        "number formats: without one, ten significant digits are shown, and from 1E+15 an exponent": _SHOWN,
        "outage": _TROUBLE,
        "quota": _TROUBLE,
        "rows and columns: a row is 21 pixels high if nobody changed it": "looks only",
        "storage": _TROUBLE,
        "token": _SIGN_IN,
        "valueInputOption USER_ENTERED": _UNUSED,
        "values.append": _UNUSED,
        "values.batchGetByDataFilter": _UNUSED,
    }
)
"""Why an assumed behaviour has no check, by its subject, or by 'subject: told' where the subject has others."""

_SCRIPTS = ("gspread_scenario", "behaviours_table")


def all_behaviours() -> tuple[Behaviour, ...]:
    """Every one that is labelled anywhere in the stand-in."""
    for module in pkgutil.walk_packages(google.__path__, f"{google.__name__}."):
        if module.name.rpartition(".")[2] not in _SCRIPTS:
            importlib.import_module(module.name)
    return behaviours()


def live_checks(one: Behaviour) -> tuple[str, ...]:
    """The checks of doctor --live that ask for an assumed behaviour."""
    return ASKED.get((one.subject, one.told), ())


def reason(one: Behaviour) -> str:
    """Why an assumed behaviour is not asked; '' where that is not said."""
    return NOT_ASKED.get(f"{one.subject}: {one.told}", NOT_ASKED.get(one.subject, ""))


def lines() -> Iterator[str]:
    """The table, and the counts."""
    found = all_behaviours()
    width = max(len(one.subject) for one in found)
    for one in found:
        yield f"{one.source:<10}  {one.subject:<{width}}  {one.told}"
        if one.source == "assumed":
            asked = ", ".join(live_checks(one))
            yield f"{'':<10}  {'':<{width}}  -> {f'asked by {asked}' if asked else f'not asked: {reason(one)}'}"
    counts = Counter(one.source for one in found)
    asked_for = sum(bool(live_checks(one)) for one in found if one.source == "assumed")
    told = ", ".join(f"{counts[source]} {source}" for source in ("recorded", "documented", "assumed"))
    yield ""
    yield f"{len(found)} behaviours: {told}. doctor --live asks for {asked_for} of the assumed ones."


def main() -> None:
    """Print it."""
    sys.stdout.writelines(f"{line}\n" for line in lines())


if __name__ == "__main__":
    main()
