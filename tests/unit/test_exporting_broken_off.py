"""An export on a platform in memory can be broken off at every call, and goes on from there."""

from __future__ import annotations

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.exporting.base import ThereModel
from registry_sheets.registry.table import ModelTable
from tests.support.platforms.leaving import table
from tests.support.platforms.memory_target import AFTER, BEFORE, MemoryTarget, export, failing


class Killed(BaseException):
    """The process ends here."""


def whole(first: ModelTable, second: ModelTable) -> tuple[dict[str, ThereModel], int, int]:
    """What is there in the end, and which calls were those of the second export."""
    target = MemoryTarget()
    export(first, target)
    begin = target.calls
    export(second, target)
    return target.there, begin, target.calls


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("first", "second"), [(BEFORE, AFTER), (AFTER, BEFORE), (table(("X", "")), AFTER)])
def test_killed_at_any_call_it_is_right_after_the_next_run(first: ModelTable, second: ModelTable, when: str) -> None:
    expected, begin, end = whole(first, second)
    assert end > begin + 5
    for at in range(begin + 1, end + 1):
        target = MemoryTarget()
        export(first, target)
        target.fault = failing(at, when, Killed())
        with pytest.raises(Killed):
            export(second, target)
        target.fault = lambda _count, _when: None
        assert export(second, target).complete
        assert target.there == expected
        assert export(second, target).steps == ()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_call_that_fails_once_is_looked_after_and_nothing_is_done_twice(when: str) -> None:
    expected, begin, end = whole(BEFORE, AFTER)
    for at in range(begin + 1, end + 1):
        target = MemoryTarget()
        export(BEFORE, target)
        target.fault = failing(at, when, PlatformUnanswered("its answer broke off"))
        done = export(AFTER, target)
        assert done.complete, at
        assert target.there == expected


def test_a_platform_that_stops_answering_is_told_with_what_was_done_and_what_not() -> None:
    target = MemoryTarget()

    def fault(count: int, when: str) -> None:
        if count > 3 and when == "before":
            raise PlatformUnanswered("it is gone")

    target.fault = fault
    done = export(BEFORE, target)
    assert not done.complete
    assert len(done.steps) == 3
    planned = export(BEFORE, MemoryTarget(), apply=False).steps
    assert {one.name for one in done.open} == {"AC", "Vans"}
    assert len(done.steps) + len(done.open) == len(planned)
    assert [one.name for one in done.failed] == ["AC", "Vans"]
    target.fault = lambda _count, _when: None
    assert export(BEFORE, target).complete


def test_after_three_models_that_fail_the_others_are_not_tried() -> None:
    target = MemoryTarget()
    tried: list[int] = []

    def fault(count: int, when: str) -> None:
        tried.append(count)
        raise PlatformUnanswered("no rights")

    target.fault = fault
    done = export(table(*((f"M{number}", "1") for number in range(50))), target)
    assert len(done.failed) == 3
    assert len(done.open) == 100
    assert len(tried) == 6
