"""Making registries: which tab of a workbook lists the models, and what turns that workbook into a registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from registry_sheets.errors import ConfigProblem, DoubtfulHeaders, NoModelsTab, RegistrySheetsError, UnreadableWorkbook
from registry_sheets.operations.looking import LISTS_TITLE, Terms, is_blank, likely_tabs, people_tabs, pointed_at
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.header_words import header_key, is_check
from registry_sheets.registry.headers import SEARCHED_ROWS, HeaderMatch, find_header
from registry_sheets.registry.marks import marks_for
from registry_sheets.registry.sheets import Aids, Mark, Sheet
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.tabs.changes import changes_sheet
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.guide import guide_sheet
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.live import live_sheet
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.registry.text import one_line
from registry_sheets.workbooks.base import Snapshot, Workbook, Written
from registry_sheets.workbooks.titles import free_title

_LISTS_HEADERS = frozenset(("location", "owner", "data source", "e mail"))


@dataclass(frozen=True)
class Found:
    """The tab that lists the models, and how its columns are read."""

    grid: Grid
    match: HeaderMatch
    settings: TableSettings

    def suggested(self) -> list[tuple[str, str]]:
        """For each field without a column the header that is likeliest to be it, as far as there is one."""
        best: dict[str, str] = {}
        for guess in self.match.suggestions:
            if guess.field not in best and guess.header not in best.values():
                best[guess.field] = guess.header
        return list(best.items())


@dataclass(frozen=True)
class Adoption:
    """What makes a workbook a registry. ``found`` None: no tab lists models, so an empty one is added.

    ``lists`` is the title of the tab that serves as Lists, there already or among ``people``.
    """

    snapshot: Snapshot
    found: Found | None
    own: tuple[Sheet, ...]
    people: tuple[Sheet, ...]
    marks: tuple[Mark, ...]
    lists: str
    marking: bool

    @property
    def models(self) -> str:
        """The title of the tab that lists the models."""
        if self.found:
            return self.found.grid.title
        return next(sheet.title for sheet in self.people if sheet.kind == "models")

    @property
    def needed(self) -> bool:
        """Whether anything of this is not in the workbook yet."""
        return bool(self.own or self.people or self.marking)

    @property
    def added(self) -> tuple[str, ...]:
        """The titles of the tabs that are added."""
        return tuple(sheet.title for sheet in (*self.people, *self.own))


def columns_said(pairs: Iterable[str]) -> dict[str, str]:
    """Fields and headers from 'Name=Model title'. Raises ConfigProblem."""
    said: dict[str, str] = {}
    for pair in pairs:
        ours, equals, header = pair.partition("=")
        if not equals or not header.strip():
            raise ConfigProblem(
                f'--map "{pair}" does not name a column and its heading.', 'Write it so: --map "Name=Model title"'
            )
        field = _field_of(ours)
        doubled = next(
            (known for known in said if known == field or header_key(said[known]) == header_key(header)), None
        )
        if doubled is not None:
            raise ConfigProblem(
                f'--map "{pair}" and --map "{column(doubled).header}={said[doubled]}" cannot both be right.',
                "Give each column one heading of its own.",
            )
        said[field] = header.strip()
    return said


def _field_of(said: str) -> str:
    wanted = header_key(said)
    for declared in COLUMNS:
        if wanted in (header_key(declared.field), header_key(declared.header)):
            return declared.field
    known = ", ".join(declared.header for declared in COLUMNS)
    raise ConfigProblem(f"--map: '{said.strip()}' is not a column of a registry.", f"The columns are: {known}.")


# Which tab


def find_models(snapshot: Snapshot, terms: Terms, tab: str, said: Mapping[str, str]) -> Found:
    """The tab that lists the models. ``tab`` and ``said`` (field -> header) are what a person decided.

    Raises NoModelsTab or DoubtfulHeaders where it cannot be told; the fix names the flags that decide.
    """
    wanted = tab or terms.tab or snapshot.marked_tab
    if wanted:
        title = next((title for title in snapshot.titles if title.casefold() == wanted.casefold()), "")
        title = title if title not in snapshot.own_tabs.values() else ""
        title = title or ("" if tab else snapshot.marked_tab or "")
        if not title:
            tabs = ", ".join(f"'{title}'" for title in people_tabs(snapshot))
            raise NoModelsTab(f"There is no tab '{wanted}' of people's.", f"The tabs are: {tabs}.")
        return found_in(snapshot.grid(title), terms.table, said)
    return found_in(_likeliest(list(_grids(snapshot)), snapshot, terms.table, said), terms.table, said)


def found_in(grid: Grid, settings: TableSettings, said: Mapping[str, str]) -> Found:
    """The columns of a tab. Raises DoubtfulHeaders."""
    settings = with_said(grid, settings, said)
    try:
        match = find_header(grid, settings)
    except DoubtfulHeaders as error:
        raise DoubtfulHeaders(error.message, _by_flags(error.fix)) from None
    if "name" not in match.columns:
        raise _nameless(grid, match)
    return Found(grid, match, settings)


def with_said(grid: Grid, settings: TableSettings, said: Mapping[str, str]) -> TableSettings:
    """The settings with the headers that a person named; the beginning of a long header is enough."""
    if not said:
        return settings
    headers = {
        one_line(cell): header_key(cell)
        for row in grid.rows[:SEARCHED_ROWS]
        for cell in row
        if isinstance(cell, str) and cell
    }
    full = {name: _completed(header, headers) for name, header in said.items()}
    return replace(settings, columns={**settings.columns, **full})


def _completed(said: str, headers: Mapping[str, str]) -> str:
    wanted = header_key(said)
    if wanted in headers.values():
        return said
    starting = [header for header, key in headers.items() if key.startswith(f"{wanted} ")]
    return starting[0] if len(starting) == 1 else said


def _by_flags(fix: str) -> str:
    """What a config line would settle, the flags of init settle too."""
    return f'{fix} With init: --tab TAB, --map "Name=its heading".' if "config" in fix else fix


def _nameless(grid: Grid, match: HeaderMatch) -> DoubtfulHeaders:
    message = f"Row {match.header_row} of the tab '{grid.title}' has no heading that is surely the models' names."
    guess = next((guess.header for guess in match.suggestions if guess.field == "name"), "its heading")
    return DoubtfulHeaders(message, f'Say which one it is: --map "Name={guess}"')


def _grids(snapshot: Snapshot) -> Iterable[Grid]:
    """The tabs that may list models; one that cannot be read is none of them."""
    for title in people_tabs(snapshot):
        try:
            grid = snapshot.grid(title)
        except UnreadableWorkbook:
            continue
        if not _is_lists(grid):
            yield grid


def _likeliest(grids: Sequence[Grid], snapshot: Snapshot, settings: TableSettings, said: Mapping[str, str]) -> Grid:
    if said and (having := [grid for grid in grids if _has(grid, settings, said)]):
        grids = having
        if len(grids) == 1:
            return grids[0]
    likely = pointed_at(likely_tabs(grids, settings), snapshot)
    if not likely:
        raise _none(grids)
    if len(likely) > 1:
        one, other = likely[0].title, likely[1].title
        raise NoModelsTab(
            f"The tabs '{one}' and '{other}' both look like a list of models.", f'Say which one: --tab "{one}"'
        )
    return likely[0]


def _has(grid: Grid, settings: TableSettings, said: Mapping[str, str]) -> bool:
    try:
        found_in(grid, settings, said)
    except RegistrySheetsError:
        return False
    return True


def _none(grids: Sequence[Grid]) -> NoModelsTab:
    named = ", ".join(f"'{grid.title}'" for grid in grids[:5]) or "none that people see"
    return NoModelsTab(
        f"No tab looks like a list of models (tabs: {named}).",
        'Say which tab it is, and which heading is which column: --tab TAB --map "Name=Model title". '
        "Or add an empty list of models to this workbook: --add-tab",
    )


def _is_lists(grid: Grid) -> bool:
    """Whether a tab is one of lists as ours is, wherever it stands and whatever it is called."""
    rows = ({header_key(cell) for cell in row if isinstance(cell, str)} for row in grid.rows[:SEARCHED_ROWS])
    return any(len(_LISTS_HEADERS & keys) >= 3 and not {"name", "training date"} & keys for keys in rows)


# What is added


def plan_adoption(
    snapshot: Snapshot,
    terms: Terms,
    tab: str,
    said: Mapping[str, str],
    *,
    marks: bool | None,
    add_tab: bool,
    mends: bool = False,
) -> Adoption:
    """What would make the workbook a registry. ``marks`` None: yes, unless it is one already.

    ``mends``: the store adds only what is missing, so everything is asked of it, and a blank one needs no ``add_tab``.
    Raises NoModelsTab and DoubtfulHeaders, unless an empty tab may be added.
    """
    blank = mends and not tab and not said and is_blank(snapshot)
    found = None if blank else _found_or_none(snapshot, terms, tab, said, add_tab)
    titles = [] if blank else list(snapshot.titles)
    lists, missing = (LISTS_TITLE, True) if blank else _lists_tab(snapshot, terms, titles)
    people = [lists_sheet(title=lists)] if missing else []
    if found is None:
        models = models_sheet(title=free_title("Models", titles), lists_title=lists)
        people.insert(0, models if marks is not False else replace(models, marks=()))
    new = snapshot.marked_tab is None or (found is not None and snapshot.marked_tab != found.grid.title)
    marking = found is not None and (mends or new or bool(marks))
    return Adoption(
        snapshot=snapshot,
        found=found,
        own=tuple(sheet for sheet in new_own_tabs(terms, titles) if blank or sheet.kind not in snapshot.own_tabs),
        people=tuple(people),
        marks=_marks(found) if found and marks is not False else (),
        lists=lists,
        marking=marking,
    )


def _marks(found: Found) -> tuple[Mark, ...]:
    """Those of the Check column among them, where the tab has one."""
    head = found.grid.rows[found.match.header_row - 1]
    check = next((at for at, cell in enumerate(head) if isinstance(cell, str) and cell and is_check(cell)), None)
    return marks_for(found.match.columns, found.match.header_row, check_column=check)


def _found_or_none(snapshot: Snapshot, terms: Terms, tab: str, said: Mapping[str, str], add_tab: bool) -> Found | None:
    try:
        return find_models(snapshot, terms, tab, said)
    except (NoModelsTab, DoubtfulHeaders):
        if add_tab and not tab and not said and snapshot.marked_tab is None:
            return None
        raise


def _lists_tab(snapshot: Snapshot, terms: Terms, titles: Sequence[str]) -> tuple[str, bool]:
    """The title of the tab for lists, and whether it has to be added."""
    wanted = (terms.lists_tab or LISTS_TITLE).casefold()
    for title in people_tabs(snapshot):
        named = title.casefold() == wanted
        if (named and terms.lists_tab) or (title.casefold().startswith(wanted) and _reads_as_lists(snapshot, title)):
            return title, False
    return free_title(LISTS_TITLE, titles), True


def _reads_as_lists(snapshot: Snapshot, title: str) -> bool:
    try:
        return _is_lists(snapshot.grid(title))
    except UnreadableWorkbook:
        return False


def new_own_tabs(terms: Terms, titles: Sequence[str]) -> tuple[Sheet, ...]:
    """The tool's own tabs before any check, under titles that are free beside ``titles``."""
    return (
        findings_sheet(None, vocabulary=terms.table.vocabulary(), title=free_title("Findings", titles)),
        live_sheet(None, title=free_title("Live", titles)),
        changes_sheet((), None, title=free_title("Changes", titles)),
        guide_sheet(title=free_title("Guide", titles)),
    )


def adopt(workbook: Workbook, adoption: Adoption) -> Written:
    """Write it into the workbook. Raises as Workbook.adopt does."""
    return workbook.adopt(
        own=adoption.own,
        people=adoption.people,
        models_tab=adoption.found.grid.title if adoption.found and adoption.marking else None,
        marks=adoption.marks,
        names={},
        expected=adoption.snapshot.revision,
        aids=_aids(adoption),
    )


def _aids(adoption: Adoption) -> Aids | None:
    """Where the aids of a list that people made go."""
    if adoption.found is None or not adoption.marks:
        return None
    match = adoption.found.match
    columns = {name: at.index for name, at in match.columns.items()}
    return Aids(columns, match.header_row, adoption.lists)


def column_words(pairs: Iterable[tuple[str, str]]) -> str:
    """'Name ("Model title"), Version ("Ver.")'."""
    return ", ".join(
        ours if header_key(ours) == header_key(header) else f'{ours} ("{header}")'
        for ours, header in ((column(name).header, header) for name, header in pairs)
    )
