"""Import: rows and list entries that a registry lacks come in from another; what people filled stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.edit import Done, carry_out
from registry_sheets.operations.settling import Desk, settle
from registry_sheets.operations.transfer_limits import Limits
from registry_sheets.operations.transfer_lists import ListsCompared, compare_lists
from registry_sheets.operations.transfer_rows import Compared, Incoming, compare_rows
from registry_sheets.registry.edits.edit import Plan
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.wording import clipped
from registry_sheets.workbooks.base import Revision

if TYPE_CHECKING:
    from registry_sheets.operations.platform_rows import FromPlatform


@dataclass(frozen=True)
class Imported:
    """What came in, or would. ``listed``: the missing entries of Lists are written; ``label``: what people call it.

    ``source`` is how people know where it came from; ``platform`` as in Incoming.
    """

    label: str
    done: Done
    rows: Compared
    lists: ListsCompared
    listed: bool
    notices: tuple[str, ...]
    source: str = ""
    platform: FromPlatform | None = None


def import_rows(desk: Desk, incoming: Incoming, limits: Limits, apply: bool = False) -> Imported:
    """Show what this registry lacks of another list; with ``apply`` add it.

    Rows go through the outbox, so that they wait there where the workbook is open. Raises as edit.record() does.
    """
    return import_brought(desk, lambda _view: incoming, limits, apply)


def import_brought(desk: Desk, bring: Callable[[View], Incoming], limits: Limits, apply: bool = False) -> Imported:
    """As import_rows(), of what is only found out once the sheet is known; raises as ``bring`` does too."""
    compared = Compared()
    incoming = Incoming("", ())

    def plan(view: View) -> Plan:
        nonlocal compared, incoming
        incoming = bring(view)
        compared = compare_rows(view, incoming.rows, limits)
        count = len(compared.steps)
        return Plan(
            f"import {count:,} row{'' if count == 1 else 's'} from {clipped(incoming.label)}", tuple(compared.steps)
        )

    done = carry_out(desk, "import", plan, dry_run=not apply)
    if apply and done.outcome == "unchanged":
        done = _what_waited(desk, done)
    snapshot = desk.workbook.read()
    lists = compare_lists(snapshot, desk.terms, incoming.lists)
    label = desk.workbook.label
    told = _write_lists(desk, lists, snapshot.revision) if apply and lists.missing else ()
    listed = apply and bool(lists.missing) and not told
    notices = (*incoming.notices, *lists.notices, *told)
    return Imported(label, done, compared, lists, listed, notices, incoming.label, incoming.platform)


def _what_waited(desk: Desk, done: Done) -> Done:
    """Write the rows of an earlier import that wait: one that was broken off has nothing to add the second time.

    Where they still have to wait, what is told of them stays as it is.
    """
    waiting = [edit for edit in desk.outbox.read().in_state("waiting") if edit.command == "import"]
    if not waiting:
        return done
    settled = settle(desk, waiting[-1])
    if settled.edit.state == "waiting":
        return done
    told = f"Written now, as it waited in the outbox: {clipped(settled.edit.what)}."
    return replace(done, notices=(told if settled.edit.state == "applied" else settled.edit.reason, *settled.notices))


def _write_lists(desk: Desk, lists: ListsCompared, read: Revision) -> tuple[str, ...]:
    """Add the missing entries; gives why not, where that fails. The rows are safe by then."""
    try:
        desk.workbook.edit_rows(lists.tab, lists.edits(), read)
    except RegistrySheetsError as error:
        return (f"The entries of Lists are not written yet: {error} Then run the same import again.",)
    return ()
