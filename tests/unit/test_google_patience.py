"""Asking again: how often, after which pauses, and when not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry_sheets.errors import NotChecked, UnreadableWorkbook
from registry_sheets.workbooks.google.transport.patience import Patience, Refused, asked_wait
from registry_sheets.workbooks.google.transport.refusals import LostReply, Refusal

BUSY = Refusal(NotChecked("Busy.", "Wait."), passing=True)
DOWN = Refusal(NotChecked("Down.", "Wait."), passing=True, undone=False)
OFFLINE = Refusal(NotChecked("Offline.", "Check."), passing=True, shortly=True)
WRONG = Refusal(UnreadableWorkbook("Wrong.", "Mend."))
NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """A clock that goes on only by sleeping, and attempts that go as they are told."""

    outcomes: list[Refusal | str] = field(default_factory=list)
    time: float = 1000.0
    pauses: list[float] = field(default_factory=list)
    tries: int = 0
    each: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def attempt(self) -> str:
        self.tries += 1
        self.time += self.each
        outcome = self.outcomes[min(self.tries, len(self.outcomes)) - 1]
        if isinstance(outcome, Refusal):
            raise Refused(outcome)
        return outcome

    def patience(self, chance: Callable[[], float] = lambda: 0.5) -> Patience:
        return Patience(sleep=self.sleep, clock=lambda: self.time, chance=chance)


def test_what_goes_well_is_done_once() -> None:
    world = World(["done"])
    assert world.patience().call(world.attempt, repeatable=False) == "done"
    assert (world.tries, world.pauses) == (1, [])


def test_pauses_double_with_full_jitter_up_to_a_bound() -> None:
    world = World([DOWN] * 8 + ["done"])
    assert world.patience().call(world.attempt, repeatable=True) == "done"
    assert world.pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0]
    world = World([DOWN] * 3 + ["done"])
    world.patience(lambda: 0.0).call(world.attempt, repeatable=True)
    assert world.pauses == [0.0, 0.0, 0.0]


def test_the_deadline_ends_it_with_the_last_failure_and_the_count() -> None:
    world = World([BUSY, DOWN])
    with pytest.raises(NotChecked) as caught:
        world.patience().call(world.attempt, repeatable=True)
    assert sum(world.pauses) == 120
    assert str(caught.value) == f"Down. It was tried {world.tries} times in 120 s. Wait."
    assert world.tries == len(world.pauses) + 1 == 13


def test_no_network_is_not_worth_two_minutes() -> None:
    world = World([OFFLINE])
    with pytest.raises(NotChecked, match=r"Offline\. It was tried 6 times in 15 s\."):
        world.patience().call(world.attempt, repeatable=True)


def test_attempts_that_take_long_count() -> None:
    world = World([DOWN], each=190)
    with pytest.raises(NotChecked, match=r"^Down\. Wait\.$"):
        world.patience().call(world.attempt, repeatable=True)
    assert world.tries == 1


@pytest.mark.parametrize("repeatable", [True, False])
def test_what_people_have_to_mend_is_tried_once(repeatable: bool) -> None:
    world = World([WRONG])
    with pytest.raises(UnreadableWorkbook, match=r"^Wrong\. Mend\.$"):
        world.patience().call(world.attempt, repeatable=repeatable)
    assert (world.tries, world.pauses) == (1, [])


def test_a_change_that_may_have_been_made_is_not_made_again() -> None:
    world = World([BUSY, OFFLINE, DOWN, "done"])
    with pytest.raises(LostReply, match="It is not known whether Google made the change") as caught:
        world.patience().call(world.attempt, repeatable=False)
    assert world.tries == 3
    assert caught.value.exit_code == 3


def test_a_change_that_was_certainly_not_made_is_made_again() -> None:
    world = World([BUSY, OFFLINE, "done"])
    assert world.patience().call(world.attempt, repeatable=False) == "done"
    assert world.tries == 3


def test_the_pause_that_google_asks_for_is_kept() -> None:
    world = World([BUSY._replace(wait=30.0), "done"])
    world.patience().call(world.attempt, repeatable=False)
    assert world.pauses == [30.5]


def test_a_pause_asked_for_is_capped() -> None:
    world = World([BUSY._replace(wait=1e9), "done"])
    world.patience().call(world.attempt, repeatable=False)
    assert world.pauses == [70.5]


def test_a_pause_beyond_the_deadline_is_not_slept_through() -> None:
    world = World([BUSY._replace(wait=60.0), BUSY._replace(wait=60.0)])
    with pytest.raises(NotChecked, match="tried 2 times in 60 s"):
        world.patience().call(world.attempt, repeatable=True)
    assert world.pauses == [60.5]


def test_other_exceptions_and_ctrl_c_pass_through() -> None:
    def broken() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        World().patience().call(broken, repeatable=True)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(0, 0.999), min_size=1, max_size=40), st.floats(0, 50))
def test_no_attempt_begins_after_the_deadline(chances: list[float], each: float) -> None:
    world, begun = World([DOWN], each=each), []
    left = iter(chances)

    def attempt() -> str:
        begun.append(world.time)
        return world.attempt()

    with pytest.raises(NotChecked):
        world.patience(lambda: next(left, 0.9)).call(attempt, repeatable=True)
    assert begun[-1] - begun[0] <= 120.001


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 12 "}, 12.0),
        ({"Retry-After": "9" * 400}, 999_999_999.0),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Sat, 01 Aug 2026 12:00:20 GMT"}, 20.0),
        ({"Retry-After": "Sat, 01 Aug 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sat, 01 Aug 2026 15:00:20 GMT", "Date": "Sat, 01 Aug 2026 15:00:00 GMT"}, 20.0),
        ({"Retry-After": "Sat, 99 Aug 2026 15:00:20 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, NOW) == seconds


def test_a_date_without_the_servers_clock_is_held_against_ours() -> None:
    headers = {"Retry-After": "Sat, 01 Aug 2026 12:01:00 GMT"}
    assert asked_wait(headers, NOW + timedelta(seconds=50)) == 10.0
