"""Doctor: whether a registry can be read, written and checked, and what would be. Writes nothing into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from registry_sheets.errors import HistoryUnusable, RegistrySheetsError, StateUnusable
from registry_sheets.operations.doctor_contents import contents
from registry_sheets.operations.doctor_folders import folder, size
from registry_sheets.operations.doctor_items import Item, failed
from registry_sheets.operations.doctor_place import Place
from registry_sheets.operations.doctor_writing import writing
from registry_sheets.operations.looking import Terms, models_of
from registry_sheets.operations.recalling import gone_rows
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.passes import compare
from registry_sheets.registry.past.records import Held
from registry_sheets.registry.registry_sheet import RegistrySheet
from registry_sheets.workbooks.base import Snapshot, Workbook

_HERE = "this machine's time zone"
_NOBODY = Item("Workbook", "note", "not looked at, since nobody is signed in")


@dataclass(frozen=True)
class Diagnosis:
    """What doctor found about one registry. ``beside``: a sync cannot write into the sheet, as it is meant to."""

    name: str
    sheet: RegistrySheet
    items: tuple[Item, ...]
    beside: bool = False

    @property
    def exit_code(self) -> int:
        """0 where a pass would go through; else 2 before 3, as everywhere."""
        return min((item.exit_code for item in self.items if item.exit_code), default=0)


def examine(opened: Callable[[], Workbook], terms: Terms, today: date, place: Place) -> Diagnosis:
    """Look at everything that a pass needs; what is wrong with one thing does not hide the next.

    ``opened`` gives the registry's workbook; it raises RegistrySheetsError where there is no way in.
    """
    signed_in = tuple(_signed_in(place))
    shut_out = any(item.state == "wrong" for item in signed_in)
    workbook, snapshot, told = (None, None, _NOBODY) if shut_out else _read(opened, place)
    seen = tuple(_seen(snapshot, terms, place)) if snapshot else ()
    hindered = bool(snapshot and snapshot.obstacles and place.write_back == "in place")
    items = (
        _config(place),
        *signed_in,
        told,
        *(_facts(workbook) if workbook else ()),
        *seen,
        *writing(place, hindered),
        *_outbox(place),
        *_history(snapshot, terms, place),
        *place.platforms(),
        _service(place),
        folder("State folder", place.state, place.sheet.path),
        *([folder("Output folder", place.output, None)] if place.output else ()),
        Item("Today", "ok", f"{today.isoformat()}, by {place.time_zone or _HERE}"),
    )
    return Diagnosis(terms.name, place.sheet, items, hindered)


def _config(place: Place) -> Item:
    if place.config:
        return Item("Config", "ok", str(place.config))
    fix = f'Nothing needs doing. To settle columns, rules or places, run: registry-sheets init "{place.known_as}"'
    return Item("Config", "note", "none; everything is as by default", fix)


# The sheet


def _signed_in(place: Place) -> Iterator[Item]:
    """Who signs in to a store on the web, and how; nothing for a file."""
    try:
        yield from [Item(topic, "ok", told) for topic, told in place.signed_in()]
    except RegistrySheetsError as error:
        yield failed("Sign-in", error)


def _read(opened: Callable[[], Workbook], place: Place) -> tuple[Workbook | None, Snapshot | None, Item]:
    try:
        workbook = opened()
        snapshot = workbook.read()
    except RegistrySheetsError as error:
        return None, None, failed("Workbook", error)
    path = place.sheet.path
    how_large = f" ({size(path.stat().st_size)})" if path else ""
    return workbook, snapshot, Item("Workbook", "ok", f"{place.sheet}{how_large}, can be read")


def _facts(workbook: Workbook) -> Iterator[Item]:
    """What the store tells of it; asked once its tabs were looked at, since it may be about these."""
    try:
        yield from [Item(topic, "ok", told) for topic, told in workbook.facts()]
    except RegistrySheetsError as error:
        yield failed("Workbook", error)


def _seen(snapshot: Snapshot, terms: Terms, place: Place) -> Iterator[Item]:
    yield from _obstacles(snapshot, place)
    yield from contents(snapshot, terms, place.mail_server, place.mail_trouble)


def _obstacles(snapshot: Snapshot, place: Place) -> Iterator[Item]:
    if place.write_back == "in place":
        for reason in snapshot.obstacles:
            yield Item("Writing", "note", reason, f"Until then the findings go into {place.sheet.beside}.")


# What is kept of it


def _history(snapshot: Snapshot | None, terms: Terms, place: Place) -> Iterator[Item]:
    try:
        held = place.history()
    except HistoryUnusable as error:
        yield failed("History", error)
        return
    if held is None:
        yield Item("History", "ok", "none yet; the first sync begins it")
        return
    rows = f"{len(held.rows):,} row{'s' if len(held.rows) != 1 else ''}"
    yield Item("History", "ok", f"begins on {held.begins}, last pass on {held.newest.last_day}, {rows} then")
    if snapshot:
        yield from _gone(snapshot, terms, held)


def _gone(snapshot: Snapshot, terms: Terms, held: Held) -> Iterator[Item]:
    """Rows that are gone, so many that a sync would refuse to record it."""
    with suppress(RegistrySheetsError):  # a sheet that cannot be read is told already
        grid, match = models_of(snapshot, terms)
        warning = gone_rows(compare(parse_models(grid, match, terms.table), held))
        what, _, fix = warning.partition(". ")
        if what:
            yield Item("History", "wrong", f"{what}.", fix, 3)


def _service(place: Place) -> Item:
    try:
        return Item("Service", "ok", place.service())
    except StateUnusable as error:
        return failed("Service", error)


def _outbox(place: Place) -> Iterator[Item]:
    """Recorded edits that are not in the workbook yet."""
    try:
        waiting = place.waiting()
    except RegistrySheetsError:
        yield Item("Outbox", "note", "what waits in it cannot be held against the sheet, which cannot be opened")
        return
    if not waiting:
        yield Item("Outbox", "ok", "no recorded edit waits")
    for told in waiting:
        yield Item("Outbox", "note", told, "See them with: registry-sheets outbox")


def versions(names: Iterable[str]) -> dict[str, str]:
    """The installed version of each distribution; 'not installed' for one that is not there."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
