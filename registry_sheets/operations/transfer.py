"""Export: a registry copied whole into another spreadsheet. Nothing at the source changes, and what is there stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from registry_sheets.operations.looking import Terms
from registry_sheets.operations.transfer_copy import Copy, copy_of
from registry_sheets.operations.transfer_limits import Limits, refuse_unfit, unseen
from registry_sheets.operations.transfer_tabs import tabs_of
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.base import Workbook


class Target(Protocol):
    """Where a copy goes: a new workbook, a blank spreadsheet."""

    @property
    def label(self) -> str:
        """How people know it."""
        ...

    @property
    def limits(self) -> Limits:
        """What it can hold."""
        ...

    def refuse(self) -> None:
        """Raises where something is there already, or it cannot be written; nothing is written."""
        ...

    def formula(self, formula: str, value: Cell, error: str, /) -> str:
        """A formula as the target's program reads it, both without '='."""
        ...

    def write(self, people: Sequence[Sheet], own: Sequence[Sheet]) -> tuple[str, ...]:
        """Fill it with these tabs, in this order; gives what people should know.

        Raises CannotSave, WriteRefused, NotChecked, ...
        """
        ...


@dataclass(frozen=True)
class Exported:
    """What was carried. ``tabs`` are people's, ``hidden`` those of them that are hidden, ``own`` the tool's.

    ``source`` and ``target`` are what people call the two.
    """

    source: str
    target: str
    tabs: tuple[str, ...]
    hidden: tuple[str, ...]
    own: tuple[str, ...]
    cells: int
    formulas: int
    notices: tuple[str, ...]


def export(workbook: Workbook, terms: Terms, target: Target, dry_run: bool = False) -> Exported:
    """Copy every tab of people's into ``target``, with own tabs, marks and dropdowns anew.

    Raises WriteRefused, before anything is written, for cells that the target cannot hold; and as Target and
    looking.models_of() do.
    """
    target.refuse()
    copy = copy_of(workbook, terms)
    refuse_unfit(copy, target.limits)
    people, own = tabs_of(copy, terms, target.formula)
    source, label = workbook.label, target.label
    told = () if dry_run else target.write(people, own)
    return Exported(
        source=source,
        target=label,
        tabs=tuple(tab.title for tab in copy.tabs),
        hidden=tuple(tab.title for tab in copy.tabs if tab.grid.hidden),
        own=tuple(sheet.title for sheet in own),
        cells=sum(1 for tab in copy.tabs for _ in tab.cells()),
        formulas=copy.formulas,
        notices=(*copy.notices, *unseen(copy, target.limits), *_calculated(copy, target), *told),
    )


def _calculated(copy: Copy, target: Target) -> Sequence[str]:
    if not copy.formulas:
        return ()
    what = "formula is" if copy.formulas == 1 else "formulas are"
    return (
        f"{copy.formulas:,} {what} carried as formulas; {target.limits.program} may work some of them out otherwise.",
    )
