"""What is running right now, and why: the versions in Production, one line for each place and use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import Lists, ModelTable, Stage

if TYPE_CHECKING:
    from registry_sheets.registry.past.live_period import LivePeriod


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """A version in Production at one location for one use; '' where the sheet does not say.

    ``since`` is its Deployed on, else, with ``observed``, the day on which a pass first saw it live.
    ``replaced`` is the version that was live there before, where the sheet or history tells it. ``row`` counts
    from 1, 0 where it is not in the sheet (any more). ``until`` is its last day, None where it is live still;
    ``end_known`` False: it was over by that day, and nobody wrote down since when.
    """

    name: str
    used_for: str
    location: str
    version: str
    since: date | None
    training_date: date | None
    data_source: str
    what_changed: str
    why: str
    replaced: str
    row: int
    observed: bool = False
    until: date | None = None
    end_known: bool = True


_Place = tuple[str, str, str, str]
"""(model, version, use, location), normalised."""


def live_versions(
    table: ModelTable, lists: Lists | None = None, periods: Iterable[LivePeriod] = ()
) -> tuple[LiveVersion, ...]:
    """The live versions, by name, use, location and sheet row. Places are spelled as Lists spells them.

    ``periods`` are what history knows (past.periods.live_periods, of this table too); without them nothing is
    said of what was replaced. A sheet without a Stage column says of nothing that it is live.
    """
    spelling = {normalise(location): location for location in (lists.locations if lists else ())}
    facts = {field: table.value(field) for field in _FACTS}
    now = {_place_of(period): period for period in periods if not period.ended}
    indexes = [index for index, stage in enumerate(table.stages) if stage is Stage.PRODUCTION]
    lines = [line for index in indexes for line in _lines(table, facts, index, spelling, now)]
    return tuple(sorted(lines, key=_order))


def live_then(periods: Iterable[LivePeriod], lists: Lists | None = None) -> tuple[LiveVersion, ...]:
    """Periods as live versions, in the same order."""
    spelling = {normalise(location): location for location in (lists.locations if lists else ())}
    lines = [_line(period, spelling) for period in periods]
    return tuple(sorted(lines, key=_order))


def _line(period: LivePeriod, spelling: Mapping[str, str]) -> LiveVersion:
    return LiveVersion(
        name=period.name,
        used_for=period.used_for,
        location=spelling.get(normalise(period.location), period.location),
        version=period.version,
        since=period.start,
        training_date=period.training_date,
        data_source=period.data_source,
        what_changed=period.what_changed,
        why=period.why,
        replaced=period.replaced,
        row=0,
        observed=period.basis == "observed",
        until=period.end,
        end_known=period.end_known,
    )


def _place_of(period: LivePeriod) -> _Place:
    texts = (period.name, period.version, period.used_for, period.location)
    name, version, use, location = map(normalise, texts)
    return name, version, use, location


_FACTS = (
    "name", "version", "used_for", "location", "deployed_on", "training_date", "data_source", "what_changed", "why",
)  # fmt: skip
_Facts = Mapping[str, Sequence[Any]]
"""The table's vectors by field; fetched once, for a column that the sheet lacks is made anew each time."""


def _order(line: LiveVersion) -> tuple[str, str, str, int, date]:
    place = normalise(line.name), normalise(line.used_for), normalise(line.location)
    return *place, line.row, line.since or date.min


def _lines(
    table: ModelTable,
    facts: _Facts,
    index: int,
    spelling: Mapping[str, str],
    now: Mapping[_Place, LivePeriod],
) -> Iterator[LiveVersion]:
    def text(field: str) -> str:
        return facts[field][index] or ""

    stated = facts["deployed_on"][index]
    for use, location in product(facts["used_for"][index] or ("",), facts["location"][index] or ("",)):
        place = (table.name_keys[index], table.version_keys[index], normalise(use), normalise(location))
        period = now.get(place)
        yield LiveVersion(
            name=text("name"),
            used_for=use,
            location=spelling.get(normalise(location), location),
            version=text("version"),
            since=stated or (period.start if period else None),
            training_date=facts["training_date"][index],
            data_source=text("data_source"),
            what_changed=text("what_changed"),
            why=text("why"),
            replaced=period.replaced if period else "",
            row=table.row_numbers[index],
            observed=stated is None and period is not None and period.start is not None,
        )
