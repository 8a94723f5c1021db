"""Which row of a version goes into Production, and at which places. What is not clear is refused, with the choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.places import Places
from registry_sheets.registry.edits.values import tidy
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import Stage
from registry_sheets.registry.wording import clipped, listed


@dataclass(frozen=True, slots=True)
class Promotion:
    """What is to go into Production. ``location`` and ``used_for``: '' where the sheet tells; ``deployed``: None today.

    ``replaced`` is what the version becomes that was in Production there.
    """

    name: str
    version: str
    why: str
    location: str = ""
    used_for: str = ""
    deployed: date | None = None
    replaced: Stage = Stage.ARCHIVED


@dataclass(frozen=True, slots=True)
class Chosen:
    """The row of the version, where it goes live, and which columns of places its row leaves blank."""

    row: int
    places: Places
    fills: tuple[str, ...] = ()


def with_reason(why: str, command: str) -> None:
    """Raises EditRefused where no reason is given: it is what a registry is asked for later."""
    if not normalise(why):
        raise EditRefused(f"{command} needs a reason, and it is blank.", "Say why, such as: --why 'fewer false alarms'")


def choose(view: View, wish: Promotion) -> Chosen:
    """The row and the places. Raises EditRefused."""
    rows = view.known_rows_of(wish.name, wish.version)
    asked = _asked(view, wish)
    row = rows[0] if len(rows) == 1 else _of_several(view, rows, asked)
    own = view.places(row)
    locations = asked.locations or own.locations or _only_location(view, wish, asked)
    uses = asked.uses or own.uses or _only_use(view, wish, Places((), locations))
    fills = tuple(
        field
        for field, there, wanted in (("location", own.locations, locations), ("used_for", own.uses, uses))
        if not there and wanted
    )
    return Chosen(row, Places(uses, locations), fills)


def _asked(view: View, wish: Promotion) -> Places:
    """The place that was named, spelled as the model's rows or Lists spell it."""
    spelled = view.spelled(*view.table.by_model.get(normalise(wish.name), ()))
    known = {normalise(text): text for text in (*spelled.locations, *spelled.uses)}
    locations, uses = _one(wish.location, "--location"), _one(wish.used_for, "--used-for")
    return Places(*(tuple(known.get(normalise(text), text) for text in texts) for texts in (uses, locations)))


def _one(typed: str, flag: str) -> tuple[str, ...]:
    text = tidy(typed)
    if ";" in text or "\n" in text:
        raise EditRefused(f"{flag} names several places.", f"Promote to one after the other: {flag} once each time.")
    return (text,) if text else ()


def _of_several(view: View, rows: Sequence[int], asked: Places) -> int:
    """Of a version's rows the one that speaks for the place; for a new place the one without any, or the first."""
    if not asked.uses and not asked.locations:
        raise _several(view, rows, "Say where with --location (or which use with --used-for).")
    fitting = [index for index in rows if _speaks_for(view.places(index), asked)]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        flag = "--used-for" if asked.locations else "--location"
        raise _several(view, fitting, f"Say which one with {flag} too, or make them one row in the sheet.")
    placeless = [index for index in rows if not view.places(index).locations]
    facts = {tuple(str(view.table.value(field)[index]) for field in _FACTS) for index in rows}
    if placeless or len(facts) == 1:
        return placeless[0] if placeless else rows[0]
    raise _several(view, rows, "They differ in what they say of the version. Make them agree in the sheet first.")


_FACTS = ("training_date", "data_source")


def _speaks_for(places: Places, asked: Places) -> bool:
    uses = not asked.uses or bool(asked.use_keys & places.use_keys)
    return uses and (not asked.locations or bool(asked.location_keys & places.location_keys))


def _several(view: View, rows: Sequence[int], fix: str) -> EditRefused:
    version = f"{clipped(view.text(rows[0], 'name'))} {clipped(view.text(rows[0], 'version'))}"
    return EditRefused(f"{version} has several rows: {view.rows_said(rows)}.", fix)


def _only_location(view: View, wish: Promotion, asked: Places) -> tuple[str, ...]:
    """Where the model is live now, if that is one place; it is where a version goes whose row names none."""
    live = list(view.live_rows(wish.name))
    fitting = [view.places(index) for index in live if not asked.uses or view.places(index).use_keys & asked.use_keys]
    found = {normalise(text): text for places in fitting for text in places.locations}
    if len(found) == 1 or (not found and fitting):
        return tuple(found.values())
    choices = list(found.values()) or list(view.lists.locations)
    known = f", one of: {listed(choices, 8)}" if choices else ""
    raise EditRefused(
        f"The row of {clipped(wish.name)} {clipped(wish.version)} names no location.",
        f"Say where it goes into Production with --location{known}.",
    )


def _only_use(view: View, wish: Promotion, asked: Places) -> tuple[str, ...]:
    """The use of what is live there, for a version whose row names none. Raises EditRefused where there are several."""
    there = [view.places(index) for index in view.live_rows(wish.name)]
    there = [places for places in there if places.location_keys & asked.location_keys]
    found = {normalise(use): use for places in there for use in places.uses}
    if len(found) <= 1 or any(not places.uses for places in there):
        return tuple(found.values()) if all(places.uses for places in there) else ()
    raise EditRefused(
        f"{clipped(wish.name)} is live there for several uses, and the row of {clipped(wish.version)} names none.",
        f"Say which one with --used-for, one of: {listed(list(found.values()), 8)}.",
    )
