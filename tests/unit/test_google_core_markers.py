"""Developer metadata keeps to its row through whatever people do to the rows."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.google.asking import Asking, rows
from tests.support.google.core import StandIn

ROWS = 6


class Markers(RuleBasedStateMachine):
    """Rows with keys, each marked with metadata that holds its key; metadata is made to go along when sorting."""

    def __init__(self) -> None:
        super().__init__()
        stand_in = StandIn(sort_moves_metadata=True)
        keys = [f"{'daebcf'[at]}{at}" for at in range(ROWS)]
        cells: list[list[Any]] = [["Key", "Number"], *([key, at] for at, key in enumerate(keys))]
        self.asking = Asking(stand_in, stand_in.create("T", {"One": cells}))
        self.person = stand_in.person(self.asking.spreadsheet)
        for at, key in enumerate(keys, 1):
            one = {"metadataKey": "row", "metadataValue": key, "visibility": "DOCUMENT"}
            where = {"location": {"dimensionRange": rows(at, at + 1)}}
            self.asking.batch({"createDeveloperMetadata": {"developerMetadata": {**one, **where}}})

    @rule(at=st.integers(2, 9), n=st.integers(1, 3))
    def insert(self, at: int, n: int) -> None:
        self.person.insert_rows("One", at, n)

    @rule(at=st.integers(2, 9), n=st.integers(1, 2))
    def delete(self, at: int, n: int) -> None:
        self.person.delete_rows("One", at, n)

    @rule(at=st.integers(2, 9), n=st.integers(1, 3), to=st.integers(2, 12))
    def move(self, at: int, n: int, to: int) -> None:
        self.person.move_rows("One", at, n, to)

    @rule(column=st.sampled_from("AB"), descending=st.booleans())
    def sort(self, column: str, descending: bool) -> None:
        self.person.sort("One", column, descending)

    @rule(at=st.integers(1, 3))
    def widen(self, at: int) -> None:
        self.person.insert_columns("One", 3, at)

    @invariant()
    def every_marker_is_on_its_row(self) -> None:
        book = self.asking.stand_in.world.files[self.asking.spreadsheet].book
        marked = {one["metadataValue"]: one["location"]["dimensionRange"]["startIndex"] for one in book.metadata}
        cells = self.asking.stand_in.cells(self.asking.spreadsheet, "One")
        assert marked == {row[0]: at for at, row in enumerate(cells) if at and row}


TestMarkers = Markers.TestCase
TestMarkers.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
