"""Whether an edit fits the tab as it is, and what it then writes. An edit that is there already writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from registry_sheets.registry.edits.edit import CellWrite, Change, Edit, Expected, NewRow, RowChange, Step
from registry_sheets.registry.edits.page import Page
from registry_sheets.registry.edits.places import Places, said
from registry_sheets.registry.edits.values import same
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.past.facts import header_of
from registry_sheets.registry.text import shown
from registry_sheets.registry.wording import clipped


@dataclass(frozen=True, slots=True)
class Resolution:
    """``reason`` says why the edit does not fit; '' where it does, and then ``writes`` are its cells."""

    writes: tuple[CellWrite, ...] = ()
    reason: str = ""


class _Unfit(Exception):
    """The reason, for a person."""


def resolve(page: Page, edit: Edit) -> Resolution:
    """Lay an edit on the page. One that does not fit leaves the page as it was."""
    before = page.laid.copy()
    writes: list[CellWrite] = []
    try:
        for step in edit.steps:
            writes += _step(page, step)
        if writes and edit.expected:
            _refuse_others(page, edit.expected)
    except _Unfit as unfit:
        page.laid = before
        return Resolution(reason=str(unfit))
    return Resolution(tuple(writes))


def _step(page: Page, step: Step) -> list[CellWrite]:
    return _new_row(page, step) if isinstance(step, NewRow) else _changed_row(page, step)


def _called(step: Step) -> str:
    return clipped(f"{step.name} {step.version}")


def _refuse_others(page: Page, expected: Expected) -> None:
    """Raises _Unfit where a version is live that whoever gave the command did not know of."""
    for version, row in page.live_rows(expected.name):
        places = page.places(row)
        if version not in expected.versions and (shared := places.all & expected.places):
            where = "" if shared == {("", "")} else f" at {clipped(said(shared, places))}"
            other = clipped(shown(page.cell(row, "version")))
            raise _Unfit(f"{other} is live{where} now, which this edit does not know; look, then promote again.")


# A new row


def _new_row(page: Page, step: NewRow) -> list[CellWrite]:
    there = page.rows_of(step.key)
    if row_holding(page, step) is not None:
        return []
    if there and step.alone:
        raise _Unfit(
            f"{_called(step)} is in the sheet already (row {page.number(there[0])}), and that row says otherwise."
        )
    row = page.append(step.key, step.cells)
    places = page.places(row).all
    for other in there:
        if page.places(other).all == places:
            raise _Unfit(f"{_called(step)} has a row for that place already (row {page.number(other)}).")
    return [
        _write(page, row, name, "", value)
        for name, value in sorted(step.cells.items(), key=lambda item: page.place(item[0]) or 0)
        if value != ""
    ]


def row_holding(page: Page, step: NewRow) -> int | None:
    """The row that holds all that a new row is to hold; None where there is none yet."""
    wanted = {name: value for name, value in step.cells.items() if value != ""}
    rows = page.rows_of(step.key)
    return next((row for row in rows if all(same(page.cell(row, key), wanted[key]) for key in wanted)), None)


# A row that is there


def _changed_row(page: Page, step: RowChange) -> list[CellWrite]:
    row = _row_of(page, step)
    if row is None:
        return []
    changes = {name: change for name, change in step.cells.items() if not same(page.cell(row, name), change.new)}
    writes = []
    for name, change in changes.items():
        found = page.cell(row, name)
        if not same(found, change.old):
            if step.lenient:
                continue
            raise _Unfit(_moved_on(page, row, name, found, change))
        if page.place(name) is None and change.new == "":
            continue
        page.set(row, name, change.new)
        writes.append(_write(page, row, name, found, change.new))
    return sorted(writes, key=lambda write: write.column)


def _moved_on(page: Page, row: int, name: str, found: Cell, change: Change) -> str:
    header = page.headings.header(name)
    now, old = clipped(shown(found)) or "nothing", clipped(shown(change.old)) or "nothing"
    return f"Row {page.number(row)}, {header} holds {now} now; when the command was given it held {old}."


def _row_of(page: Page, step: RowChange) -> int | None:
    """The row that a step is about; None where a lenient step has none. Raises _Unfit."""
    there = page.rows_of(step.key)
    if len(there) > 1:
        there = _by_place(page, step, there)
    if len(there) > 1 and step.row:
        there = [row for row in there if page.number(row) == step.row] or there
    if len(there) == 1:
        return there[0]
    if step.lenient:
        return None
    if not there:
        raise _Unfit(f"{_called(step)} has no row in the sheet any more.")
    numbers = ", ".join(str(page.number(row)) for row in there)
    raise _Unfit(f"{_called(step)} has several rows ({numbers}), and it cannot be told which one is meant.")


def _by_place(page: Page, step: RowChange, rows: list[int]) -> list[int]:
    """Of several rows those at the step's place, else those at the place where the step has put it already."""
    before = Places(step.used_for, step.location).all
    for wanted in (before, _after(page, step, rows)):
        found = [row for row in rows if page.places(row).all == wanted]
        if found:
            return found
    return rows


def _after(page: Page, step: RowChange, rows: list[int]) -> object:
    """The places of a row that holds all new cells already."""
    done = [row for row in rows if all(same(page.cell(row, name), change.new) for name, change in step.cells.items())]
    moves = {"location", "used_for"} & step.cells.keys()
    return page.places(done[0]).all if done and moves else None


def _write(page: Page, row: int, name: str, old: Cell, new: Cell) -> CellWrite:
    place = page.place(name)
    header = page.headings.header(name) if page.headings.place(name) is not None else header_of(name)
    return CellWrite(page.number(row), 0 if place is None else place, header, old, new, added=row < 0)
