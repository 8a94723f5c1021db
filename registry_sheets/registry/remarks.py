"""Rows below a table that are no model versions: totals, and remarks with a blank row before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise, trimmed

_TOTALS = frozenset(("total", "totals", "grand total", "sum", "count", "subtotal", "average", "number of models"))
_REMARKS = ("note:", "notes:", "legend:", "source:", "sources:", "last updated", "prepared by", "n.b.", "nb:", "*")
_REMARK_WORDS = frozenset(("note", "notes", "legend", "remarks"))
_REMARK_LENGTH = 60
_FEWEST_COLUMNS = 3
"""With fewer known columns, a row that holds only a name is nothing special."""


def remark_rows(known: Mapping[str, Sequence[Cell]], blank: Set[int], marked: Set[int]) -> set[int]:
    """Offsets of rows that hold only a name, and a name that is a total or a remark.

    ``blank`` are offsets that are no rows anyway, ``marked`` those with an error or an uncalculated formula.
    A name by itself is otherwise a row that somebody has started.
    """
    if len(known) < _FEWEST_COLUMNS:
        return set()
    lone = {offset: None for offset in _only_name(known) if offset not in blank and offset not in marked}
    names = known["name"]
    found = {offset for offset in lone if _is_total(names[offset])}
    ends = len(names)
    while ends and (ends - 1 in blank or ends - 1 in found or ends - 1 in lone):
        ends -= 1
    for offset in lone:  # in sheet order: a remark may go on over several rows
        if offset > ends and (offset - 1 in blank or offset - 1 in found) and _is_remark(names[offset]):
            found.add(offset)
    return found


def _only_name(known: Mapping[str, Sequence[Cell]]) -> list[int]:
    left: Sequence[int] = range(len(known["name"]))
    for name in sorted(known, key=lambda field: field != "version"):
        if name == "name":
            continue
        cells = known[name]
        blanks = {cell for cell in set(cells) if type(cell) is str and not trimmed(cell)}
        left = [offset for offset in left if cells[offset] in blanks] if blanks else []
        if not left:
            break
    return list(left)


def _is_total(cell: Cell) -> bool:
    return isinstance(cell, str) and normalise(cell[:40]).rstrip(" :") in _TOTALS


def _is_remark(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    text = normalise(cell[: _REMARK_LENGTH + 1])
    return len(text) > _REMARK_LENGTH or text in _REMARK_WORDS or text.startswith(_REMARKS)
