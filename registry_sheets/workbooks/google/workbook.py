"""A registry in a Google spreadsheet.

A pass costs four requests at most: one for the file's version, one to read, one to write, one for the version after it.
Whatever is written answers with what people had typed into their tabs at that very moment, so that an edit between the
read and the write is noticed, without asking again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.registry.grid import Place
from registry_sheets.registry.sheets import Aids, Mark, Sheet
from registry_sheets.workbooks.base import Revision, RowEdit, Workbook, Written
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.adopting import Adopting, plan_adopting
from registry_sheets.workbooks.google.api import FileState, SheetsApi
from registry_sheets.workbooks.google.leftovers import cleared
from registry_sheets.workbooks.google.owntabs import OwnTabsWriter
from registry_sheets.workbooks.google.rowedits import RowWriter, new_token
from registry_sheets.workbooks.google.rowplan import calculated, plan_of
from registry_sheets.workbooks.google.snapshot import FIELDS, GoogleSnapshot, Tab
from registry_sheets.workbooks.google.transport.outcome import LostReply

ADDRESS = "https://docs.google.com/spreadsheets/d"


class GoogleWorkbook(Workbook):
    """A spreadsheet that people own and share with us.

    Args:
        spreadsheet: its id, as in its address.
        api: Google, signed in.
        gid: the tab that the registry's address names, if any.
    """

    def __init__(self, spreadsheet: str, api: SheetsApi, *, gid: int | None = None) -> None:
        self.spreadsheet, self.api = spreadsheet, api
        self._gid = gid
        self._snapshot: GoogleSnapshot | None = None
        self._state: FileState | None = None
        self._title = ""
        self._gids: Mapping[str, int] = {}

    @property
    def label(self) -> str:
        return self._title or f"Google sheet {self.spreadsheet[:8]}…"

    @property
    def may_lag(self) -> bool:
        return True

    @property
    def obstacles_may_pass(self) -> bool:
        return True

    def read(self) -> GoogleSnapshot:
        """As Workbook.read. The version is asked for first: an edit during the read makes the next one differ."""
        state, self._state = self._state or self.api.file(self.spreadsheet), None
        answer = self.api.spreadsheet(self.spreadsheet, FIELDS)
        self._snapshot = GoogleSnapshot(answer, state, self._gid, self._obstacles(state))
        self._title, self._gids = self._snapshot.title, self._snapshot.gids
        return self._snapshot

    def revision(self) -> Revision:
        """As Workbook.revision. A read that follows counts from it, and does not ask again."""
        self._state = self.api.file(self.spreadsheet)
        return Revision(self._state.version)

    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        snapshot = self._at(expected)
        writer = OwnTabsWriter(self.api, self.spreadsheet, snapshot)
        if not (missing := writer.missing(sheets)):
            return Written(False, expected)
        self._refuse(snapshot)
        with _starting_over():
            after = writer.write(missing)
        return self._wrote(after)

    def edit_rows(self, tab: str, edits: Sequence[RowEdit], expected: Revision) -> Written:
        snapshot = self._at(expected)
        if tab not in snapshot.titles or tab in snapshot.own_tabs.values():
            raise WriteRefused(f"There is no tab of people's '{tab}'.", "Check the tab's title.")
        plan = plan_of(snapshot.tabs[tab], edits)
        if plan.is_empty:
            return Written(False, expected)
        self._refuse(snapshot)
        self._snapshot = None
        with _starting_over():
            rows = RowWriter(self.api, self.spreadsheet, new_token()).write(plan)
        return Written(True, self._now(), rows=rows)

    def formula_places(self, tab: str) -> frozenset[Place]:
        return calculated(found) if (found := self._tab(tab)) else frozenset()

    def formatted_places(self, tab: str) -> frozenset[Place]:
        return frozenset(reading.formatted(found.rows)) if (found := self._tab(tab)) else frozenset()

    def covered_places(self, tab: str) -> frozenset[Place]:
        return frozenset(reading.covered(found.merges)) if (found := self._tab(tab)) else frozenset()

    @property
    def mends(self) -> bool:
        return True

    def formulas(self, tab: str) -> Mapping[Place, str]:
        return (self._snapshot or self.read()).formulas(tab)

    def adopt(
        self,
        *,
        own: Sequence[Sheet],
        people: Sequence[Sheet],
        models_tab: str | None,
        marks: Sequence[Mark],
        names: Mapping[str, str],  # noqa: ARG002 (for Excel)
        expected: Revision,
        aids: Aids | None = None,
    ) -> Written:
        """As Workbook.adopt. ``names`` are for Excel: here tabs are known by metadata, cells by named ranges.

        A single tab that is blank goes where ``people`` have come, unless somebody types into it meanwhile. Run again
        it adds what is missing. What a fill left that was broken off is taken away first, as far as it is ours.
        """
        snapshot = self._at(expected)
        self._refuse(snapshot)
        if snapshot.half_filled and people:
            self._snapshot = None
            left = cleared(snapshot, [*people, *own])
            self.api.batch_update(self.spreadsheet, {"requests": left}, repeatable=False)
            snapshot = self.read()
        if models_tab is not None and models_tab not in snapshot.titles:
            raise WriteRefused(f"There is no tab '{models_tab}'.", "Check the tab's title.")
        plan = plan_adopting(self.api, self.spreadsheet, snapshot, Adopting(own, people, models_tab, marks, aids))
        if not plan.requests:
            return Written(False, expected)
        self._snapshot = None
        notices = plan.write(self.api, self.spreadsheet)
        return Written(True, self._now(), notices=notices)

    def link(self, tab: str, cell: str) -> str:
        """The spreadsheet's address at a cell; at the tab that is open first where nothing is read yet."""
        at = f"gid={self._gids[tab]}&" if tab in self._gids else ""
        return f"{ADDRESS}/{self.spreadsheet}/edit#{at}range={cell}"

    def facts(self) -> Sequence[tuple[str, str]]:
        """What doctor tells of it: (topic, text). Raises as read() does."""
        snapshot = self._snapshot or self.read()
        own = snapshot.own_tabs
        fresh = "as they are now" if snapshot.made_from == snapshot.digest() else "before the last edits"
        return (
            ("Spreadsheet", f"'{snapshot.title}', {ADDRESS}/{self.spreadsheet}/edit"),
            ("Spreadsheet", f"locale {snapshot.locale or 'not said'}, time zone {snapshot.time_zone or 'not said'}"),
            *([("Own tabs", f"written from the rows {fresh}")] if own and snapshot.made_from else []),
        )

    def _obstacles(self, state: FileState) -> tuple[str, ...]:
        if state.can_edit:
            return ()
        who = self.api.account or "The account that is signed in"
        return (
            f"{who} may read this spreadsheet and not write it: share it once more, with the role Editor "
            "(Share, the address, Editor).",
        )

    def _tab(self, title: str) -> Tab | None:
        return (self._snapshot or self.read()).tabs.get(title)

    def _at(self, expected: Revision) -> GoogleSnapshot:
        """What was read at that revision: it has to be the last read."""
        snapshot = self._snapshot
        if snapshot is None:
            snapshot = self.read()
        if snapshot.revision != expected or not expected.token:
            raise WorkbookChanged(f"'{self.label}' was changed after it was read.", "Run again.")
        return snapshot

    def _refuse(self, snapshot: GoogleSnapshot) -> None:
        if snapshot.obstacles:
            raise WriteRefused(f"'{self.label}' is not written: {snapshot.obstacles[0]}")

    def _now(self) -> Revision:
        """The revision after a write of ours; the next read asks anew."""
        return Revision(self.api.file(self.spreadsheet).version)

    def _wrote(self, after: GoogleSnapshot) -> Written:
        """The state after our own write. Where somebody else was last, nothing is known of the cells."""
        self._snapshot, self._gids = None, after.gids
        revision = after.revision if after.state.by_us else Revision("")
        return Written(True, revision, snapshot=after)


@contextmanager
def _starting_over() -> Iterator[None]:
    """An answer that was lost makes the caller read again, and do only what is not there."""
    try:
        yield
    except LostReply as lost:
        raise WorkbookChanged(lost.message, "Run again: it looks first whether it is there.") from lost
