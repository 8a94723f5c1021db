"""record, promote, rollback and fix: plan on the sheet as it is, put the edit into the outbox, write it.

The edit is in the outbox, durably, before the workbook is touched. Where it cannot be written now it waits there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from registry_sheets.errors import EditRefused, NotChecked
from registry_sheets.operations.applying import after_waiting, page_of
from registry_sheets.operations.looking import lists_of
from registry_sheets.operations.new_rows import moved_rows
from registry_sheets.operations.settling import OTHERS_WAIT, Desk, Settled, settle
from registry_sheets.operations.waiting import forget_old
from registry_sheets.registry.checking import check
from registry_sheets.registry.edits.choosing import Promotion
from registry_sheets.registry.edits.edit import CellWrite, Edit, Plan
from registry_sheets.registry.edits.going_back import Rollback, periods_in_sheet, plan_rollback
from registry_sheets.registry.edits.page import Page
from registry_sheets.registry.edits.promoting import plan_promotion
from registry_sheets.registry.edits.recording import Recording, plan_recording
from registry_sheets.registry.edits.repairing import plan_repairs
from registry_sheets.registry.edits.resolving import resolve
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import header_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Lists
from registry_sheets.state.outbox import became
from registry_sheets.workbooks.base import Snapshot

Outcome = Literal["written", "waiting", "unchanged", "planned"]
"""'planned': with dry_run; 'unchanged': the sheet says so already."""

PeriodsOf = Callable[[str], Sequence[LivePeriod]]
"""When versions of a model were live where, oldest first."""


@dataclass(frozen=True)
class Done:
    """What came of an edit command.

    ``writes`` are its cells in ``tab``; ``id`` is the edit's, '' where there is none. ``notices`` are for people,
    ``findings`` what is wrong or missing in the row that was recorded, ``places`` where a system is to be switched.
    ``sheet`` is how people know the workbook.
    """

    what: str
    outcome: Outcome
    tab: str
    id: str = ""
    writes: tuple[CellWrite, ...] = ()
    notices: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    places: tuple[str, ...] = ()
    sheet: str = ""


def record(desk: Desk, wish: Recording, dry_run: bool = False) -> Done:
    """Record a version: a new row, or with ``wish.update`` cells of the row that is there.

    Gives the findings of that row. Raises EditRefused, and what reading the workbook raises; CannotSave where not
    even the outbox can be written. What the workbook itself refuses makes the edit wait, and raises nothing.
    """
    about = (normalise(wish.name), normalise(wish.version))
    return carry_out(desk, "record", lambda view: plan_recording(view, wish), dry_run, about)


def promote(desk: Desk, wish: Promotion, dry_run: bool = False) -> Done:
    """Put a version into Production. Raises as record() does."""
    return carry_out(desk, "promote", lambda view: plan_promotion(view, wish), dry_run)


def rollback(desk: Desk, wish: Rollback, periods_of: PeriodsOf | None = None, dry_run: bool = False) -> Done:
    """Put into Production again what was there before. Raises as record() does.

    Without ``periods_of`` the sheet alone tells what was: by Deployed on.
    """

    def plan(view: View) -> Plan:
        periods = periods_of(wish.name) if periods_of else periods_in_sheet(view, wish.name)
        return plan_rollback(view, wish, periods)

    return carry_out(desk, "rollback", plan, dry_run)


def fix(desk: Desk, apply: bool = False) -> Done:
    """The safe repairs; written only with ``apply``. Raises as record() does."""
    return carry_out(desk, "fix", plan_repairs, dry_run=not apply)


def retry(desk: Desk, said: str) -> Done:
    """Write an edit of the outbox again: one that was lost, did not fit or waits. Raises EditRefused, and as record().

    One that still does not fit stays in the outbox.
    """
    found = desk.outbox.find(said)
    page, _ = page_of(desk.workbook, desk.terms)
    sheet = desk.workbook.label
    again = became(found, "waiting")
    with desk.outbox.held(OTHERS_WAIT):
        desk.outbox.put(again)
    settled = settle(desk, again)
    if settled.edit.state == "unfit":
        raise EditRefused(settled.edit.reason, f"To let go of it: registry-sheets outbox drop {found.id}")
    return replace(_done(desk, Plan(found.what, found.steps), page.grid.title, settled, ()), sheet=sheet)


def drop(desk: Desk, said: str) -> Edit:
    """Let go of an edit of the outbox; the sheet stays as it is. Raises EditRefused, OutboxBusy, CannotSave."""
    found = desk.outbox.find(said)
    with desk.outbox.held(OTHERS_WAIT):
        desk.outbox.remove([found])
    return found


# From a plan to what came of it


def carry_out(
    desk: Desk, command: str, plan_on: Callable[[View], Plan], dry_run: bool, about: tuple[str, str] | None = None
) -> Done:
    """Plan on the sheet as it is, with what waits in the outbox, and write it; raises as record() does.

    ``about`` is the version whose findings are told.
    """
    waiting = desk.outbox.read().in_state("waiting")  # before the sheet is read: then none is in neither
    page, snapshot = _read(desk)
    forget_old(desk.outbox, page.table)
    lists, tab = lists_of(snapshot, desk.terms), page.grid.title
    page = after_waiting(page, waiting)
    plan = plan_on(_view(desk, page, lists))
    edit = Edit("", datetime.now(UTC), desk.by, command, plan.what, plan.steps, expected=plan.expected)
    found = resolve(page, edit)
    if found.reason:
        raise EditRefused(found.reason, "Run the command again.")
    notices = (*plan.notices, *_added_columns(page))
    done = Done(plan.what, "planned", tab, "", found.writes, notices, (), plan.places, desk.workbook.label)
    if about:
        written = {write.row for write in found.writes}
        done = replace(done, findings=_findings(desk, page, lists, about, written))
    if not found.writes:
        counted = (_counted(len(waiting)),) if waiting else ()
        return replace(done, outcome="unchanged", notices=(*notices, *counted))
    return done if dry_run else _written(desk, command, plan, done)


def _read(desk: Desk) -> tuple[Page, Snapshot]:
    """As page_of(). A command is planned on the rows, so where they cannot be seen it is not kept; that is told."""
    try:
        return page_of(desk.workbook, desk.terms)
    except NotChecked as error:
        told = f"{error.message} Nothing is written, and nothing kept of this command: give it again later."
        raise type(error)(told, error.fix) from error


def _view(desk: Desk, page: Page, lists: Lists) -> View:
    workbook, tab = desk.workbook, page.grid.title
    formulas, formatted = (lambda: workbook.formula_places(tab)), (lambda: workbook.formatted_places(tab))
    return View(page.table, desk.terms.table, desk.today, lists, formulas, formatted)


def _counted(waiting: int) -> str:
    if waiting == 1:
        return "A recorded edit that waits in the outbox counts as written."
    return f"{waiting} recorded edits that wait in the outbox count as written."


def _written(desk: Desk, command: str, plan: Plan, planned: Done) -> Done:
    """Put the edit into the outbox and write it. One that somebody's edit made unfit meanwhile is refused.

    What is written over goes into history first: two edits between two passes would leave no trace of the first.
    """
    remembered = desk.remember() if any(write.old != "" for write in planned.writes) else ()
    settled = settle(desk, desk.outbox.add(plan, command, desk.by))
    if settled.edit.state == "unfit":
        desk.outbox.remove([settled.edit])
        raise EditRefused(settled.edit.reason, "Look at the row, then run the command again.")
    done = replace(_done(desk, plan, planned.tab, settled, planned.writes), sheet=planned.sheet)
    moved = moved_rows(desk, plan, planned.writes, settled)
    return replace(
        done,
        writes=tuple(replace(write, row=moved.get(write.row, write.row)) for write in planned.writes),
        findings=tuple(replace(found, row=moved.get(found.row or 0, found.row)) for found in planned.findings),
        notices=(*planned.notices, *remembered, *done.notices),
    )


def _done(desk: Desk, plan: Plan, tab: str, settled: Settled, planned: tuple[CellWrite, ...]) -> Done:
    edit = settled.edit
    writes = settled.applied.writes.get(edit.id, planned)
    notices = list(settled.notices)
    if edit.state == "waiting":
        notices.append(f"Not in the sheet yet. {edit.reason}")
        where = "on any machine" if desk.shared else "of this config"
        notices.append(f"It is kept in the outbox as {edit.id}, and the next sync {where} writes it.")
    outcome: Outcome = "waiting" if edit.state == "waiting" else "written"
    return Done(edit.what, outcome, tab, edit.id, writes, tuple(notices), (), plan.places)


def _added_columns(page: Page) -> Iterator[str]:
    for key, place in page.laid.headings.items():
        yield f"The tab '{page.grid.title}' gets a new column {column_letters(place)}: {header_of(key)}."


def _findings(
    desk: Desk, page: Page, lists: Lists, about: tuple[str, str], written: Collection[int]
) -> tuple[Finding, ...]:
    """What is wrong or missing in the rows of a version that are ``written`` (none: in all), as the sheet will be."""
    _, _, table = page.now()
    registry = Registry(
        name=desk.terms.name,
        models=table,
        lists=lists,
        today=desk.today,
        vocabulary=desk.terms.table.vocabulary(),
        date_order=desk.terms.table.date_order,
    )
    found = check(registry, desk.terms.rules).findings
    own = (one for one in found if (normalise(one.name), normalise(one.version)) == about)
    return tuple(one for one in own if not written or one.row is None or one.row in written)
