"""Edits that were written, held against the sheet as it was read since: seen there, or lost again.

All cells of an edit go into the workbook in one save. So one cell of it that is there shows that it was there whole,
and that a person has changed the others since; none of it shows that somebody saved an older copy over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry_sheets.registry.edits.edit import Edit, Key, NewRow, RowChange, Step
from registry_sheets.registry.edits.headings import Headings
from registry_sheets.registry.edits.places import Places, places_in
from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.edits.values import same
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.past.facts import own_key
from registry_sheets.registry.table import ModelTable

Credits = Mapping[Key, Mapping[str, str]]
"""Version -> fact key -> 'user, command' of who wrote that cell."""


@dataclass(frozen=True)
class Judged:
    """What became of edits that were written. ``credits`` are those of the confirmed ones."""

    confirmed: tuple[Edit, ...] = ()
    lost: tuple[EditStanding, ...] = ()
    credits: Credits = field(default_factory=dict)


def judge(edits: Sequence[Edit], table: ModelTable) -> Judged:
    """Hold edits, oldest first, against a table. Those that wait count only for what they will overwrite."""
    sight = _Sight(table)
    overwritten: set[tuple[Key, str]] = set()
    confirmed: list[Edit] = []
    lost: list[EditStanding] = []
    for edit in reversed(edits):
        if edit.state == "applied":
            reason = sight.lost(edit, overwritten)
            if reason:
                lost.append(standing_of(edit, "lost", reason, table))
            else:
                confirmed.append(edit)
        if edit.state != "unfit":
            overwritten |= {(step.key, key) for step in edit.steps for key in step.cells}
    confirmed.reverse()
    lost.reverse()
    return Judged(tuple(confirmed), tuple(lost), sight.credits(confirmed))


def standing_of(edit: Edit, kind: str, reason: str, table: ModelTable) -> EditStanding:
    """An edit as the rules see it; it is about the row of its last step, which is what the command named."""
    sight = _Sight(table)
    step = edit.steps[-1]
    index = next(iter(sight.rows(step)), None)
    return EditStanding(
        id=edit.id,
        kind="lost" if kind == "lost" else "unfit",
        what=edit.what,
        by=edit.by,
        day=edit.made.astimezone().date(),
        name=step.name,
        version=step.version,
        reason=reason,
        index=index,
    )


class _Sight:
    """A table, looked at by version and fact key."""

    def __init__(self, table: ModelTable) -> None:
        self._table, self._headings = table, Headings.of_table(table)

    def lost(self, edit: Edit, overwritten: set[tuple[Key, str]]) -> str:
        """Why an edit is not in the sheet although it was written; '' where it is, or where nothing can tell."""
        reasons = []
        for step in edit.steps:
            left = [key for key in step.cells if (step.key, key) not in overwritten]
            told = self._new_row(step) if isinstance(step, NewRow) else self._change(step, left)
            if told == "":
                return ""
            if told is not None:
                reasons.append(told)
        return reasons[0] if reasons else ""

    def credits(self, edits: Sequence[Edit]) -> dict[Key, dict[str, str]]:
        """Who wrote which cell; of several edits the last."""
        found: dict[Key, dict[str, str]] = {}
        for edit in edits:
            for step in edit.steps:
                keys = {self._fact(key): f"{edit.by}, {edit.command}" for key in step.cells if self._arrived(step, key)}
                found.setdefault(step.key, {}).update(keys)
        return {key: told for key, told in found.items() if told}

    def rows(self, step: Step) -> list[int]:
        """The rows of a step's version; those at its place first where there are several."""
        rows = [
            index
            for index in self._table.by_model.get(step.key[0], ())
            if self._table.version_keys[index] == step.key[1]
        ]
        if len(rows) < 2:
            return rows
        return sorted(rows, key=lambda index: not self._at_its_place(step, index))

    def _new_row(self, step: NewRow) -> str | None:
        rows = self.rows(step)
        if rows and (step.alone or self._at_its_place(step, rows[0])):
            return ""
        return "its row is not in the sheet"

    def _change(self, step: RowChange, keys: Sequence[str]) -> str | None:
        """'': something of it is there; None: nothing can tell; else why it counts as lost."""
        rows = self.rows(step)
        if not rows:
            return None if step.lenient else "its row is not in the sheet"
        cells = {key: (self._cell(rows[0], key), step.cells[key]) for key in keys}
        if any(same(found, change.new) for found, change in cells.values()):
            return ""
        back = [key for key, (found, change) in cells.items() if same(found, change.old)]
        if not back:
            return None
        headers = ", ".join(self._headings.header(key) for key in back[:4])
        return f"{headers} {'holds' if len(back) == 1 else 'hold'} again what was there before"

    def _at_its_place(self, step: Step, index: int) -> bool:
        there = places_in(self._table, index).all
        if isinstance(step, RowChange):
            return there == Places(step.used_for, step.location).all or self._holds(step, index)
        return all(self._same(index, key, cell) for key, cell in step.cells.items() if key in ("location", "used_for"))

    def _holds(self, step: RowChange, index: int) -> bool:
        return all(same(self._cell(index, key), change.new) for key, change in step.cells.items())

    def _arrived(self, step: Step, key: str) -> bool:
        rows = self.rows(step)
        new = step.cells[key] if isinstance(step, NewRow) else step.cells[key].new
        return bool(rows) and same(self._cell(rows[0], key), new)

    def _same(self, index: int, key: str, cell: Cell) -> bool:
        return same(self._cell(index, key), cell)

    def _cell(self, index: int, key: str) -> Cell:
        if key in self._table.raw:
            return self._table.raw[key][index]
        return self._table.own.get(self._headings.header(key), _Blank())[index]

    def _fact(self, key: str) -> str:
        """The key by which history knows the column."""
        return key if key in self._table.columns else own_key(self._headings.header(key))


class _Blank:
    """A column that the sheet lacks."""

    def __getitem__(self, _index: int) -> Cell:
        return ""
