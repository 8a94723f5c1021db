"""What the planning of an edit looks at: the table as it will be after the edits that wait, and what is settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.edit import Change, RowChange
from registry_sheets.registry.edits.headings import Headings
from registry_sheets.registry.edits.places import Place, Places, places_in, said
from registry_sheets.registry.edits.values import same
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.grid import Place as CellPlace
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import own_key
from registry_sheets.registry.rules.words import closest
from registry_sheets.registry.table import Lists, ModelTable, Stage
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.wording import clipped, listed


def _none() -> frozenset[CellPlace]:
    return frozenset()


@dataclass(frozen=True)
class View:
    """A registry as a planner sees it.

    ``formulas`` tells, when asked, where formulas stand in the tab, ``formatted`` where a number format shows a
    number otherwise than by its digits.
    """

    table: ModelTable
    settings: TableSettings
    today: date
    lists: Lists = field(default_factory=Lists)
    formulas: Callable[[], frozenset[CellPlace]] = _none
    formatted: Callable[[], frozenset[CellPlace]] = _none

    @cached_property
    def headings(self) -> Headings:
        return Headings.of_table(self.table)

    def rows_of(self, name: str, version: str) -> list[int]:
        """The indexes of a version's rows."""
        wanted = normalise(version)
        rows = self.table.by_model.get(normalise(name), ())
        return [index for index in rows if self.table.version_keys[index] == wanted]

    def known_rows_of(self, name: str, version: str) -> list[int]:
        """The same, of a version that must be there. Raises EditRefused, which names what may be meant."""
        rows = self.rows_of(name, version)
        if rows:
            return rows
        self.known_model(name)
        versions = self.versions(name)
        near = closest(version, versions)
        meant = f"Did you mean {clipped(near)}? " if near else ""
        record = f"registry-sheets record {quoted(name)} {quoted(version)}"
        raise EditRefused(
            f"{clipped(name)} has no version {clipped(version)} in the sheet.",
            f"{meant}Its versions are {listed(versions[::-1], 8)}. A new one is recorded with: {record}",
        )

    def known_model(self, name: str) -> None:
        """Raises EditRefused where no row is about this model."""
        if normalise(name) in self.table.by_model:
            return
        names = self.names()
        near = closest(name, names)
        fix = f"Did you mean {clipped(near)}?" if near else f"The models are {listed(names, 8)}."
        raise EditRefused(f"No model in the sheet is called {clipped(name)}.", fix if names else "It has no rows yet.")

    def names(self) -> list[str]:
        """The models, as they are first written."""
        return [self.text(rows[0], "name") for rows in self.table.by_model.values()]

    def versions(self, name: str) -> list[str]:
        """The versions of a model in sheet order."""
        rows = self.table.by_model.get(normalise(name), ())
        return list(dict.fromkeys(filter(None, (self.text(index, "version") for index in rows))))

    def text(self, index: int, field: str) -> str:
        """What a row says under a field of one text; '' where nothing."""
        return self.table.value(field)[index] or ""

    def number(self, index: int) -> int:
        """The sheet row."""
        return self.table.row_numbers[index]

    def places(self, index: int) -> Places:
        return places_in(self.table, index)

    def stage(self, index: int) -> Stage | None:
        return self.table.stages[index]

    def live_rows(self, name: str) -> Iterator[int]:
        """The rows of a model in Production."""
        rows = self.table.by_model.get(normalise(name), ())
        return (index for index in rows if self.stage(index) is Stage.PRODUCTION)

    def cell(self, index: int, key: str) -> Cell:
        """What a row holds under a fact key."""
        if key in self.table.raw:
            return self.table.raw[key][index]
        header = self.headings.header(key)
        return self.table.own[header][index] if key == own_key(header) and header in self.table.own else ""

    def word(self, stage: Stage) -> str:
        """The sheet's own word for a stage: the one used most there, else the config's first, else the tool's."""
        cells = self.table.cells("stage")
        used = Counter(
            str(cell).strip() for cell, meant in zip(cells, self.table.stages, strict=True) if meant is stage
        )
        if used:
            return used.most_common(1)[0][0]
        settled = self.settings.stage_words.get(stage, ())
        return settled[0] if settled else stage.value

    def spelled(self, *rows: int) -> Places:
        """How uses and locations are spelled, in those rows and in Lists."""
        places = [self.places(index) for index in rows]
        uses = tuple(use for one in places for use in one.uses)
        return Places(uses, (*(place for one in places for place in one.locations), *self.lists.locations))

    def said(self, places: Iterable[Place], *rows: int) -> str:
        """Places for a person."""
        return said(frozenset(places), self.spelled(*rows))

    def rows_said(self, rows: Sequence[int]) -> str:
        """'row 4 at Berlin plant and row 5 at Zurich'."""
        return listed([f"row {self.number(index)} at {self.said(self.places(index).all, index)}" for index in rows], 8)

    def change(
        self, index: int, cells: dict[str, Cell], *, lenient: bool = False, hint: bool = False
    ) -> RowChange | None:
        """The step that puts these cells into a row; None where it holds them already."""
        changes = {key: Change(old, new) for key, new in cells.items() if not same(old := self.cell(index, key), new)}
        if not changes:
            return None
        places = self.places(index)
        return RowChange(
            name=self.text(index, "name"),
            version=self.text(index, "version"),
            cells=changes,
            used_for=places.uses,
            location=places.locations,
            row=self.number(index) if hint else 0,
            lenient=lenient,
        )


def quoted(text: str) -> str:
    """A text as it is typed on a command line."""
    return f'"{text}"' if not text or set(text) & set(" ;&()'|<>*?$") else text
