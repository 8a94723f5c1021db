"""A heading that was changed: one change, not two for each row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from registry_sheets.registry.past.change import Change
from registry_sheets.registry.past.facts import header_of

_FEWEST = 2
"""In one row a value may as well have been moved from one column to another."""

_Cells = dict[int, Change]
"""Row -> its change of one column."""


def with_renamed_columns(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes, newest pass first, with those that only come from another heading told as one."""
    for _, of_pass in groupby(changes, key=attrgetter("seen_in")):
        yield from _gathered(list(of_pass))


def _gathered(changes: Sequence[Change]) -> Sequence[Change]:
    emptied = _by_column(change for change in changes if change.new == "" and change.kind == "changed")
    if not emptied:
        return changes
    filled = _by_column(change for change in changes if change.kind == "changed" and change.old == "")
    renamed = {old: new for old, cells in emptied.items() if (new := _the_same(cells, filled))}
    gone = {id(change) for old, new in renamed.items() for change in (*emptied[old].values(), *filled[new].values())}
    told = [_heading(next(iter(filled[new].values())), old, new) for old, new in renamed.items()]
    return told + [change for change in changes if id(change) not in gone]


def _heading(change: Change, old: str, new: str) -> Change:
    """The change of a heading, seen together with that of a cell under it."""
    return change._replace(kind="column", name="", version="", by="", old=header_of(old), new=header_of(new), row=0)


def _by_column(changes: Iterable[Change]) -> dict[str, _Cells]:
    found: dict[str, _Cells] = defaultdict(dict)
    for change in changes:
        found[change.key][change.row] = change
    return {key: cells for key, cells in found.items() if len(cells) >= _FEWEST}


def _the_same(cells: _Cells, filled: dict[str, _Cells]) -> str:
    """The one column that now holds in each row what another did; '' where there is none, or several."""
    values = {row: change.old for row, change in cells.items()}
    same = [key for key, others in filled.items() if {row: one.new for row, one in others.items()} == values]
    return same[0] if len(same) == 1 else ""
