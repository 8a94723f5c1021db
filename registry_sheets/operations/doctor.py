"""Doctor: whether a registry can be read, written and checked, and what would be. Writes nothing into it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from registry_sheets.errors import HistoryUnusable, RegistrySheetsError, StateUnusable
from registry_sheets.operations.doctor_mail import mail_told
from registry_sheets.operations.looking import Terms, lists_of, models_of
from registry_sheets.operations.recalling import gone_rows
from registry_sheets.operations.writing_back import WriteBack
from registry_sheets.registry.checking import RuleSettings, rules_on
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.headers import HeaderMatch
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.passes import compare
from registry_sheets.registry.past.records import Held
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.table import Lists, MetricColumn, ModelTable
from registry_sheets.workbooks.base import Snapshot, Workbook

State = Literal["ok", "note", "wrong"]
"""'note': it works, and there is something to know or to do; 'wrong': check or sync would fail on it."""

_HERE = "this machine's time zone"
_COPIES, _SPARE = 25, 50 * 2**20
"""So many copies of the workbook the backups may come to, and this much more should be free, in bytes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at. ``exit_code`` is what a command would end with because of it."""

    topic: str
    state: State
    message: str
    fix: str = ""
    exit_code: int = 0


@dataclass(frozen=True)
class Place:
    """Where a registry stands, and how to ask about it.

    ``holder`` says who has the workbook open, '' nobody; ``synced`` what syncs its folder, '' nothing; ``waiting``
    are the recorded edits that are not in the workbook yet, a sentence each; ``history`` gives what it held last.
    ``mail_server`` is where mail is handed in, '' where none is set; ``mail_trouble`` what is wrong with signing in
    there. ``service`` says what the service did last; it raises StateUnusable.
    """

    sheet: Path
    state: Path
    output: Path | None
    config: Path | None
    write_back: WriteBack
    time_zone: str
    holder: Callable[[], str]
    synced: Callable[[], str]
    waiting: Callable[[], Sequence[str]] = tuple
    history: Callable[[], Held | None] = lambda: None
    mail_server: str = ""
    mail_trouble: str = ""
    service: Callable[[], str] = str


@dataclass(frozen=True)
class Diagnosis:
    """What doctor found about one registry."""

    name: str
    sheet: Path
    items: tuple[Item, ...]

    @property
    def exit_code(self) -> int:
        """0 where a pass would go through; else 2 before 3, as everywhere."""
        return min((item.exit_code for item in self.items if item.exit_code), default=0)


def examine(workbook: Workbook, terms: Terms, today: date, place: Place) -> Diagnosis:
    """Look at everything that a pass needs; what is wrong with one thing does not hide the next."""
    items = (
        _config(place),
        *_sheet(workbook, terms, place),
        *_writing(place),
        *_outbox(place),
        *_history(workbook, terms, place),
        _service(place),
        _folder("State folder", place.state, place.sheet),
        *([_folder("Output folder", place.output, None)] if place.output else ()),
        Item("Today", "ok", f"{today.isoformat()}, by {place.time_zone or _HERE}"),
    )
    return Diagnosis(terms.name, place.sheet, items)


def _config(place: Place) -> Item:
    if place.config:
        return Item("Config", "ok", str(place.config))
    fix = f'Nothing needs doing. To settle columns, rules or places, run: registry-sheets init "{place.sheet.name}"'
    return Item("Config", "note", "none; everything is as by default", fix)


def _failed(topic: str, error: RegistrySheetsError) -> Item:
    return Item(topic, "wrong", error.message, error.fix, error.exit_code)


# The workbook and what is in it


def _sheet(workbook: Workbook, terms: Terms, place: Place) -> Iterator[Item]:
    try:
        snapshot = workbook.read()
    except RegistrySheetsError as error:
        yield _failed("Workbook", error)
        return
    yield Item("Workbook", "ok", f"{place.sheet} ({size(place.sheet.stat().st_size)}), can be read")
    yield from _obstacles(snapshot, place.write_back)
    yield from _contents(snapshot, terms, place)


def _obstacles(snapshot: Snapshot, write_back: WriteBack) -> Iterator[Item]:
    if write_back == "in place":
        for reason in snapshot.obstacles:
            yield Item("Writing", "note", reason, "Until then the findings go into a workbook beside it.")


def _contents(snapshot: Snapshot, terms: Terms, place: Place) -> Iterator[Item]:
    try:
        grid, match = models_of(snapshot, terms)
        lists = lists_of(snapshot, terms)
    except RegistrySheetsError as error:
        yield _failed("Models tab", error)
        return
    table = parse_models(grid, match, terms.table)
    rows = f"{len(table):,} row{'s' if len(table) != 1 else ''}"
    yield Item("Models tab", "ok", f"'{grid.title}', header in row {match.header_row}, {rows} below it")
    yield from _columns(match)
    yield _lists(lists)
    yield from _own_tabs(snapshot)
    yield from _rules(table, terms.rules)
    told, fix = mail_told(table, lists, terms.mail, place.mail_server)
    yield Item("Mail", "note" if fix else "ok", told, fix)
    if place.mail_trouble:
        yield Item("Mail", "note", place.mail_trouble, "Try it with: registry-sheets mail test you@example.com")


def _columns(match: HeaderMatch) -> Iterator[Item]:
    found = sorted(match.columns.items(), key=lambda pair: pair[1].index)
    told = [_told(column(field).header, at.header, at.index) for field, at in found]
    yield Item("Columns", "ok", f"{len(told)} found: {', '.join(told)}")
    if match.metrics:
        yield Item("Columns", "ok", f"Metrics: {', '.join(map(_metric, match.metrics))}")
    if match.own:
        yield Item("Columns", "ok", f"Your own, kept and not judged: {', '.join(own.header for own in match.own)}")
    yield from _missing(match)


def _told(header: str, typed: str, index: int) -> str:
    """'Name (B)', or 'Name (B, headed 'Model')' where people call it otherwise."""
    headed = f", headed '{typed}'" if typed.casefold() != header.casefold() else ""
    return f"{header} ({column_letters(index)}{headed})"


def _metric(metric: MetricColumn) -> str:
    return f"{metric.metric} ({metric.period})" if metric.period else metric.metric


def _missing(match: HeaderMatch) -> Iterator[Item]:
    suggested = {suggestion.field: suggestion for suggestion in reversed(match.suggestions)}  # the best one wins
    for field in match.missing_required:
        if field not in suggested:
            fix = f"Add a column headed '{column(field).header}', or name yours in config.toml under columns."
            yield Item("Columns", "note", f"'{column(field).header}' is required and not there.", fix)
    for field, best in suggested.items():
        message = f"'{best.header}' ({column_letters(best.index)}) may be {column(field).header}; it is not taken."
        yield Item("Columns", "note", message, f"If it is, add to config.toml: {best.config_line}")
    lacking = [c.header for c in COLUMNS if c.field not in match.columns and c.field not in suggested]
    wanted = [header for header in lacking if header not in {column(f).header for f in match.missing_required}]
    if wanted:
        yield Item("Columns", "ok", f"Not there, and not required: {', '.join(wanted)}")


def _lists(lists: Lists) -> Item:
    if not lists.tab:
        return Item("Lists", "ok", "no tab for locations and owners, so these are not judged")
    counts = (
        f"{len(lists.locations)} locations",
        f"{len(lists.owners)} owners",
        f"{len(lists.data_sources)} data sources",
        f"{len(lists.accepted)} accepted",
    )
    told = f"tab '{lists.tab}': {', '.join(counts)}"
    if lists.problems:
        return Item("Lists", "note", told, " ".join(lists.problems))
    return Item("Lists", "ok", told)


def _own_tabs(snapshot: Snapshot) -> Iterator[Item]:
    if snapshot.own_tabs:
        yield Item("Own tabs", "ok", f"{', '.join(snapshot.own_tabs.values())}: the tool's, not read as rows")
    else:
        yield Item("Own tabs", "note", "none yet", "The first sync adds Findings and Live, after your own tabs.")


def _rules(table: ModelTable, settings: RuleSettings) -> Iterator[Item]:
    on = [rule.id for rule in rules_on(table, settings)]
    yield Item("Rules", "ok", f"{len(on)} of {len(RULES)} are on")
    for rule in RULES:
        if rule.id not in on:
            off = settings.get(rule.id) is not None
            yield Item("Rules", "ok", f"{rule.id} is off{' by your config' if off else f'; on with {rule.needs}'}")
    for id_, said in settings.items():
        told = [
            *([f"severity {said.severity}"] if said.severity else ()),
            *(f"{k} = {v}" for k, v in said.options.items()),
        ]
        if said.severity != "off" and told:
            yield Item("Rules", "ok", f"{id_}, as your config says: {', '.join(told)}")


# Where things are written


def _writing(place: Place) -> Iterator[Item]:
    if not place.sheet.exists():
        return
    if place.write_back == "off":
        yield Item("Writing", "ok", 'write_back = "off": the workbook is never written')
        return
    folder = place.sheet.resolve().parent
    refused = try_folder(folder)
    if refused:
        fix = 'Give this account the right to write there, or set write_back = "off".'
        yield Item("Writing", "wrong", f"nothing can be written in {folder}: {refused}.", fix, 3)
    else:
        how = "into the workbook" if place.write_back == "in place" else "into a workbook beside it"
        yield Item("Writing", "ok", f'write_back = "{place.write_back}": findings go {how}; its folder can be written')
    yield from _company(place)


def _history(workbook: Workbook, terms: Terms, place: Place) -> Iterator[Item]:
    try:
        held = place.history()
    except HistoryUnusable as error:
        yield _failed("History", error)
        return
    if held is None:
        yield Item("History", "ok", "none yet; the first sync begins it")
        return
    rows = f"{len(held.rows):,} row{'s' if len(held.rows) != 1 else ''}"
    yield Item("History", "ok", f"begins on {held.begins}, last pass on {held.newest.last_day}, {rows} then")
    yield from _gone(workbook, terms, held)


def _service(place: Place) -> Item:
    try:
        return Item("Service", "ok", place.service())
    except StateUnusable as error:
        return _failed("Service", error)


def _gone(workbook: Workbook, terms: Terms, held: Held) -> Iterator[Item]:
    """Rows that are gone, so many that a sync would refuse to record it."""
    with suppress(RegistrySheetsError):  # a sheet that cannot be read is told already
        grid, match = models_of(workbook.read(), terms)
        warning = gone_rows(compare(parse_models(grid, match, terms.table), held))
        what, _, fix = warning.partition(". ")
        if what:
            yield Item("History", "wrong", f"{what}.", fix, 3)


def _outbox(place: Place) -> Iterator[Item]:
    """Recorded edits that are not in the workbook yet."""
    waiting = place.waiting()
    if not waiting:
        yield Item("Outbox", "ok", "no recorded edit waits")
    for told in waiting:
        yield Item("Outbox", "note", told, "See them with: registry-sheets outbox")


def _company(place: Place) -> Iterator[Item]:
    """Who else is at the file: people who have it open, clients that sync its folder."""
    in_place = place.write_back == "in place"
    if holder := place.holder():
        fix = "Close it there; until then a sync writes the findings beside it." if in_place else ""
        yield Item("Open", "note", holder, fix)
    else:
        yield Item("Open", "ok", "nobody has it open, as far as can be seen from here")
    if synced := place.synced():
        fix = 'Set write_back = "beside": such folders show no locks, and make copies of files saved at once.'
        yield Item("Synced", "note" if in_place else "ok", f"its folder is on {synced}", fix if in_place else "")


def _folder(topic: str, folder: Path, workbook: Path | None) -> Item:
    """Whether a folder can be written, or made; and whether it has room for the backups of ``workbook``."""
    there = _nearest(folder)
    refused = try_folder(there)
    if refused:
        return Item(
            topic, "wrong", f"nothing can be written in {there}: {refused}.", f"Mend it, or set {_KEYS[topic]}.", 3
        )
    free = shutil.disk_usage(there).free
    told = f"{folder}{'' if folder.exists() else ', made when it is first needed'}; {size(free)} free"
    wanted = _SPARE + _COPIES * (workbook.stat().st_size if workbook and workbook.exists() else 0)
    if free < wanted:
        return Item(topic, "note", told, f"Make room: backups and findings may take {size(wanted)}.")
    return Item(topic, "ok", told)


_KEYS = {"State folder": 'state = "..." in config.toml', "Output folder": 'output = "..." in config.toml'}


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def try_folder(folder: Path) -> str:
    """Why a file cannot be made in a folder; '' where it can. The file is removed again."""
    try:
        handle, name = tempfile.mkstemp(prefix=".registry-sheets-doctor-", dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def size(count: float) -> str:
    """Bytes for people: '14 KB'."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1024 or unit == "GB":
            return f"{count:,.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError("the last unit takes any number")


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
