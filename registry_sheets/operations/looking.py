"""Looking at a registry: read it once, parse it, check it. Writes nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from registry_sheets.errors import (
    DoubtfulHeaders,
    HistoryUnusable,
    NoModelsTab,
    RegistrySheetsError,
    UnreadableWorkbook,
)
from registry_sheets.registry.checking import CheckResult, RuleSetting, check, rules_on
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.header_words import is_check
from registry_sheets.registry.headers import LIKELY, HeaderMatch, find_header, models_likeness
from registry_sheets.registry.lists import parse_lists
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.rules.base import MailTerms, Registry
from registry_sheets.registry.table import Lists, ModelTable
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.workbooks.base import LastEditor, Revision, Snapshot, Workbook

if TYPE_CHECKING:  # a check of a registry that has no history need not load any
    from registry_sheets.history.base import History
    from registry_sheets.operations.hearing import Hearing
    from registry_sheets.operations.recalling import Recall
    from registry_sheets.registry.edits.standing import EditStanding

LISTS_TITLE = "Lists"
MODELS_TITLE = "Models"


class Answers(Protocol):
    """What asking the links gave; see probes.Answers."""

    @property
    def links(self) -> Mapping[str, str]: ...

    @property
    def not_asked(self) -> Mapping[str, str]: ...


class Undecided(Protocol):
    """The edits of the outbox that somebody has to decide about, given the table as read."""

    def __call__(self, table: ModelTable, /) -> tuple[EditStanding, ...]: ...


@dataclass(frozen=True)
class Memories:
    """What a look may ask besides the sheet: its history and its outbox; None: there is none.

    ``strict``: a history that cannot be read is raised, not merely named. ``now`` is the pass's moment, None for
    this one. ``refused`` are addresses to which mail cannot be sent, with what the server said. ``hearing`` tells what
    the platforms say; None: there are none.
    """

    history: History | None = None
    undecided: Undecided | None = None
    strict: bool = False
    now: datetime | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    hearing: Hearing | None = None


NOTHING_REMEMBERED = Memories()


@dataclass(frozen=True)
class Terms:
    """What people settled about one registry, besides the workbook itself. ``mail`` None: owners get no mail.

    ``begin`` is the command that makes its sheet a registry where that is blank.
    """

    name: str
    table: TableSettings = field(default_factory=TableSettings)
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    tab: str = ""
    lists_tab: str = ""
    mail: MailTerms | None = None
    begin: str = "registry-sheets init SHEET"


@dataclass(frozen=True)
class Look:
    """What one look at a registry saw and found.

    ``label`` is how people know the workbook. ``complete`` False: something could not be checked, and
    ``notices`` say what; they also tell what a pass wrote. ``recall`` is what history knows of it. ``waiting`` says why
    a pass could not write the workbook now and is to try again soon, '' where nothing waits. ``left`` is the revision
    at which a pass left the workbook, None where it is as it was read. ``unpublished`` says what a pass could not
    publish, '' where nothing went wrong.
    """

    name: str
    label: str
    snapshot: Snapshot
    grid: Grid
    match: HeaderMatch
    registry: Registry
    result: CheckResult
    complete: bool = True
    notices: tuple[str, ...] = ()
    recall: Recall | None = None
    waiting: str = ""
    left: Revision | None = None
    unpublished: str = ""

    @property
    def rows(self) -> int:
        """How many rows were judged."""
        return len(self.registry.models)

    @property
    def has_check_column(self) -> bool:
        """Whether the Models tab has the tool's own Check column, which tells what changed since the check."""
        header = self.grid.rows[self.match.header_row - 1]
        return any(isinstance(cell, str) and is_check(cell) for cell in header)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What could not be checked, a sentence each; () where all was."""
        return () if self.complete else tuple(one for one in self.notices if one.startswith("Not checked"))

    def noting(self, *notices: str) -> Look:
        """The same with more notices."""
        return replace(self, notices=(*self.notices, *notices))


Prober = Callable[[ModelTable, Terms], Answers | None]
"""Asks the links of a table, where the rule broken-link is on; None: not asked for."""


def look(
    workbook: Workbook,
    terms: Terms,
    today: date,
    prober: Prober | None = None,
    memories: Memories = NOTHING_REMEMBERED,
) -> Look:
    """Read, parse and check one registry.

    A history that cannot be read makes the look incomplete, and is named. Raises UnreadableWorkbook,
    NoModelsTab, DoubtfulHeaders, NotChecked.
    """
    snapshot = workbook.read()
    grid, match = models_of(snapshot, terms)
    table = parse_models(grid, match, terms.table)
    answers = prober(table, terms) if prober and _asks_links(table, terms) else None
    lists, vocabulary = lists_of(snapshot, terms), terms.table.vocabulary()
    heard = memories.hearing(table, lists, vocabulary) if memories.hearing else None
    recalled, forgotten = _recalled(memories, table, today, snapshot.last_editor)
    registry = Registry(
        name=terms.name,
        models=table,
        lists=lists,
        today=today,
        vocabulary=vocabulary,
        date_order=terms.table.date_order,
        links=answers.links if answers else None,
        past=recalled.past if recalled else None,
        edits=memories.undecided(table) if memories.undecided else (),
        mail=replace(terms.mail, refused=memories.refused) if terms.mail else None,
        platforms=heard.platforms if heard else None,
    )
    unknown, gone = answers.not_asked if answers else {}, _gone(recalled, memories.strict)
    unread = tuple(f"Not checked: {link}: {why}." for link, why in sorted(unknown.items()))
    unheard, told = (heard.missed, heard.notices) if heard else ((), ())
    return Look(
        name=terms.name,
        label=workbook.label,
        snapshot=snapshot,
        grid=grid,
        match=match,
        registry=registry,
        result=_dated(check(registry, terms.rules), recalled, today),
        complete=not (unknown or unheard or forgotten or gone),
        notices=(*unread, *unheard, *told, *forgotten, *gone, *lists.problems),
        recall=recalled,
    )


def _recalled(
    memories: Memories, table: ModelTable, today: date, editor: LastEditor | None
) -> tuple[Recall | None, tuple[str, ...]]:
    """What history knows, and why it could not be asked, if it could not."""
    if memories.history is None:
        return None, ()
    from registry_sheets.operations.recalling import recall

    try:
        return recall(memories.history, table, today, memories.now, editor), ()
    except HistoryUnusable as error:
        if memories.strict:
            raise
        return None, (f"Not checked: what history tells. {error}",)


def _gone(recalled: Recall | None, strict: bool) -> tuple[str, ...]:
    """A notice where so many rows are gone that a pass would refuse to record it; with ``strict`` it does refuse."""
    if recalled is None or strict:
        return ()
    from registry_sheets.operations.recalling import gone_rows

    return tuple(filter(None, [gone_rows(recalled.comparison)]))


def _dated(result: CheckResult, recalled: Recall | None, today: date) -> CheckResult:
    """The findings with the day since which each is there."""
    if recalled is None:
        return result
    from registry_sheets.registry.past.found import with_days

    return replace(result, findings=with_days(result.findings, recalled.findings, today))


def _asks_links(table: ModelTable, terms: Terms) -> bool:
    return any(rule.id == "broken-link" for rule in rules_on(table, terms.rules))


def models_of(snapshot: Snapshot, terms: Terms) -> tuple[Grid, HeaderMatch]:
    """The tab that lists the models, and its columns.

    The config's tab, else the one that `init` marked (the same one, where people gave it another title), else the one
    that looks most like it.
    """
    stated = _titled(snapshot, terms.tab) if terms.tab else ""
    if terms.tab and not (stated or snapshot.marked_tab):
        raise NoModelsTab(f"There is no tab '{terms.tab}'.", f"Set tab to one of: {', '.join(people_tabs(snapshot))}.")
    title = stated or snapshot.marked_tab
    try:
        grid = snapshot.grid(title) if title else likeliest(snapshot, terms.table)
        return grid, find_header(grid, terms.table)
    except (NoModelsTab, DoubtfulHeaders):
        if is_blank(snapshot):
            raise NoModelsTab(
                "The sheet is blank: there is no list of models in it yet.", f"Make it a registry with: {terms.begin}"
            ) from None
        raise


def is_blank(snapshot: Snapshot) -> bool:
    """Whether a spreadsheet is as new: one tab, and nothing in it. So is one whose filling was broken off."""
    if snapshot.half_filled:
        return True
    if len(snapshot.titles) != 1 or snapshot.own_tabs:
        return False
    grid = snapshot.grid(snapshot.titles[0])
    return not (grid.errors or grid.uncached or grid.beyond or any(cell != "" for row in grid.rows for cell in row))


def likeliest(snapshot: Snapshot, settings: TableSettings) -> Grid:
    """The people's tab that looks like a list of model versions; of several the one that the registry's address names.

    Raises NoModelsTab where none or several do.
    """
    tabs = [title for title in people_tabs(snapshot) if title.casefold() != LISTS_TITLE.casefold()]
    if len(tabs) == 1:
        return snapshot.grid(tabs[0])  # find_header says what it lacks
    likely = pointed_at(likely_tabs(_readable(snapshot, tabs), settings), snapshot)
    if not likely:
        raise _none_likely(tabs)
    if len(likely) > 1:
        titles = " and ".join(f"'{grid.title}'" for grid in likely[:2])
        raise NoModelsTab(
            f"The tabs {titles} both look like a list of models.",
            'Say which one: tab = "..." in config.toml, or --tab with init.',
        )
    return likely[0]


def likely_tabs(grids: Iterable[Grid], settings: TableSettings) -> list[Grid]:
    """The tabs that look like a list of model versions; where one of them is called Models, only that one."""
    likely = [grid for grid in grids if models_likeness(grid, settings) >= LIKELY]
    named = [grid for grid in likely if grid.title.casefold() == MODELS_TITLE.casefold()]
    return named or likely


def pointed_at(grids: list[Grid], snapshot: Snapshot) -> list[Grid]:
    """Of several tabs the one that the registry's address names; all of them where it names none of these."""
    return [grid for grid in grids if grid.title == snapshot.pointed_tab] or grids


def _readable(snapshot: Snapshot, tabs: Iterable[str]) -> Iterable[Grid]:
    """The tabs that can be read: a damaged tab that is not the list of models does not matter."""
    for title in tabs:
        with contextlib.suppress(UnreadableWorkbook):
            yield snapshot.grid(title)


def _none_likely(tabs: list[str]) -> RegistrySheetsError:
    named = ", ".join(f"'{title}'" for title in tabs[:5]) or "none"
    return NoModelsTab(
        f"No tab looks like a list of models (tabs: {named}).",
        "A row of headers such as Name, Version, Training date, Data source, Location is looked for. "
        'Say in config.toml which tab it is, tab = "...", and which columns, under [registry.columns]: Name = "..."; '
        'or let init do it: registry-sheets init FILE --tab TAB --map "Name=your header".',
    )


def people_tabs(snapshot: Snapshot) -> tuple[str, ...]:
    """The visible worksheets that are not the tool's own."""
    own = set(snapshot.own_tabs.values())
    return tuple(title for title in snapshot.titles if title not in own and title not in snapshot.hidden)


def lists_of(snapshot: Snapshot, terms: Terms) -> Lists:
    """What the Lists tab says; nothing where there is none."""
    wanted = terms.lists_tab or LISTS_TITLE
    title = _titled(snapshot, wanted)
    if terms.lists_tab and not title:
        raise NoModelsTab(f"There is no tab '{wanted}' for the lists.", "Correct lists_tab in config.toml.")
    return parse_lists(snapshot.grid(title) if title else None, terms.table.date_order)


def _titled(snapshot: Snapshot, wanted: str) -> str:
    """The tab of that title; never one of ours, which people may have called so."""
    own = set(snapshot.own_tabs.values())
    found = (title for title in snapshot.titles if title not in own and title.casefold() == wanted.casefold())
    return next(found, "")
