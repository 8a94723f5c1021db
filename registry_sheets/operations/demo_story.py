"""What happened to the demo registry in the three months before: who changed which cell when.

Told backwards from the rows as they are: until a day, a row's cells held something else, or it was not there.
So the rows of any day in between follow from those of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from registry_sheets.operations.demo_rows import Ago, DaysAgo, DemoRow, Told, Upto

BEGINS = Ago(3, 1)
"""The day of the first pass."""


@dataclass(frozen=True, slots=True)
class Until:
    """Until ``day``, when ``who`` saved the workbook, rows of a version held these cells; None: they were not there."""

    day: Ago | DaysAgo
    who: str
    name: str
    version: str
    cells: Mapping[str, Told] | None = field(default=None)


_BEFORE: Mapping[str, Told] = {"stage": "Testing", "deployed_on": "", "why": "", "last_reviewed": ""}
"""A version before it went live."""

_SAM, _LENA, _JOHN = "Sam Hale", "Lena Brandt", "John Weller"

STORY: tuple[Until, ...] = (
    Until(Ago(3, 4), "Marek Dvorak", "Compressor wear", "1.1", _BEFORE),
    Until(Ago(3, 4), "Marek Dvorak", "Compressor wear", "1.0", {"stage": "Production"}),
    # Contract review: all practice areas went over to the new versions on one day; one old row was forgotten.
    *(Until(Ago(3, 11), _JOHN, "Contract review", version, _BEFORE) for version in ("6.0", "6.1", "6.2", "6.4")),
    Until(Ago(3, 11), _JOHN, "Contract review", "final_v3", _BEFORE),
    *(Until(Ago(3, 11), _JOHN, "Contract review", old, {"stage": "Production"}) for old in ("5.0", "5.2", "5.3")),
    *(
        Until(Ago(1, 15), _JOHN, "Contract review", version, {"last_reviewed": ""})
        for version in ("5.1", "6.0", "6.1", "6.2", "6.4", "final_v3")
    ),
    # Ingredient orders: 1.3 went live, ordered too little, went back to testing, and is live again.
    Until(Ago(3, 18), _LENA, "Ingredient orders", "2.1"),
    Until(Ago(2, 2), _LENA, "Ingredient orders", "2.1", _BEFORE),
    Until(Ago(2, 2), _LENA, "Ingredient orders", "2.0", {"stage": "Production"}),
    Until(Ago(2, 9), _LENA, "Ingredient orders", "1.3"),
    Until(Ago(2, 11), _LENA, "Ingredient orders", "1.3", {**_BEFORE, "data_source": "till sales"}),
    Until(Ago(2, 14), _LENA, "Ingredient orders", "1.3", _BEFORE),
    Until(Ago(2, 14), _LENA, "Ingredient orders", "1.2", {"stage": "Production", "deployed_on": Ago(7, 2), "why": ""}),
    Until(
        Ago(2, 21),
        _LENA,
        "Ingredient orders",
        "1.3",
        {
            "stage": "Production",
            "deployed_on": Ago(2, 14),
            "why": "Less flour thrown away in slow weeks",
            "last_reviewed": "",
        },
    ),
    Until(Ago(2, 21), _LENA, "Ingredient orders", "1.2", {"stage": "Archived", "deployed_on": Ago(7, 2), "why": ""}),
    Until(
        Ago(1, 2),
        _LENA,
        "Ingredient orders",
        "1.3",
        {
            "stage": "Testing",
            "deployed_on": Ago(2, 14),
            "why": "Ordered too little for the school fair; back to testing",
            "last_reviewed": "",
        },
    ),
    Until(Ago(1, 2), _LENA, "Ingredient orders", "1.2", {"stage": "Production"}),
    # New versions in testing.
    Until(Ago(2, 17), _SAM, "Appointment no-show", "2.0"),
    Until(Ago(1, 7), _SAM, "Visit length", "1.2"),
    # What owners confirmed and corrected.
    Until(Ago(2, 3), "Ana Lindqvist", "AC failure", "3.4", {"last_reviewed": Ago(4, 2)}),
    Until(Ago(2, 3), "Ana Lindqvist", "Compressor wear", "1.1", {"last_reviewed": ""}),
    Until(Ago(1, 9), "Grace Okafor", "Appointment no-show", "1.1", {"last_reviewed": ""}),
    Until(Ago(1, 20), "Thomas Reiter", "Ingredient orders", "1.3", {"last_reviewed": ""}),
    Until(DaysAgo(4), "Thomas Reiter", "Ingredient orders", "2.1", {"why": ""}),
    Until(DaysAgo(3), "Grace Okafor", "Visit length", "1.1", {"owner": "Grace Okafor"}),
    Until(DaysAgo(2), "Ana Lindqvist", "AC failure", "3.4", {"what_changed": ""}),
    Until(Ago(1, 12), _SAM, "AC failure", "3.2", {"data_source": Upto("Service tickets", 11)}),
)


def turning_days(today: date) -> Sequence[tuple[date, str]]:
    """The days on which the workbook was saved with changes, and by whom; the first is that of the first pass."""
    saved = {step.day.on(today): step.who for step in STORY}
    return [(BEGINS.on(today), _SAM), *sorted(saved.items())]


def rows_on(day: date, rows: Sequence[DemoRow], today: date) -> list[DemoRow]:
    """The rows as they were at the end of a day, of those as they are."""
    found = []
    for row in rows:
        steps = [step for step in STORY if (step.name, step.version) == (row["name"], row["version"])]
        ahead = sorted((step for step in steps if step.day.on(today) > day), key=lambda step: step.day.on(today))
        then = _before(row, ahead)
        if then is not None:
            found.append(then)
    return found


def _before(row: DemoRow, ahead: Sequence[Until]) -> DemoRow | None:
    """The row with what holds until the steps ahead; of one cell the earliest of them tells."""
    cells: dict[str, Told] = dict(row)
    for step in reversed(ahead):
        if step.cells is None:
            return None
        cells |= step.cells
    return cells
