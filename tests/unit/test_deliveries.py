"""The ledger of letters: each at most once, whatever dies; what cannot be told is unknown and not repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from registry_sheets.errors import StateUnusable
from registry_sheets.state.deliveries import Deliveries, MailBusy, sending_lock
from registry_sheets.state.delivery import LASTS, Delivery, next_try, recipient_key
from registry_sheets.state.store import Store

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
ONE = ("weekly", "2026-W48", "ana@example.org")
ID = "<1@example.com>"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state.sqlite", durable=False) as opened:
        yield opened


@pytest.fixture
def deliveries(store: Store) -> Deliveries:
    return Deliveries(store)


def known(deliveries: Deliveries) -> Delivery:
    delivery = deliveries.get(*ONE)
    assert delivery
    return delivery


def test_a_letter_goes_from_wanted_to_sent_and_no_further(deliveries: Deliveries) -> None:
    assert deliveries.wanted(*ONE, ID, NOW) == "queued"
    with deliveries.round(NOW):
        assert deliveries.begin(*ONE, NOW)
        assert known(deliveries).state == "sending"
        assert not deliveries.begin(*ONE, NOW)
        assert deliveries.done(*ONE, "sent", "250 OK", NOW) == "sent"
        assert not deliveries.begin(*ONE, NOW)
        assert deliveries.done(*ONE, "deferred", "", NOW) == "sent"
    assert deliveries.wanted(*ONE, "<2@example.com>", NOW) == "sent"
    assert known(deliveries) == Delivery(*ONE, "sent", ID, 1, NOW, NOW, NOW, "250 OK")
    assert deliveries.due(NOW + timedelta(days=300)) == ()


@pytest.mark.parametrize("outcome", ["refused", "unknown"])
def test_what_is_refused_or_unknown_is_not_begun_again(deliveries: Deliveries, outcome: str) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with deliveries.round(NOW):
        assert deliveries.begin(*ONE, NOW)
        assert deliveries.done(*ONE, outcome, "why", NOW) == outcome
        assert not deliveries.begin(*ONE, NOW)
    assert deliveries.due(NOW + timedelta(days=1)) == ()


def test_a_letter_that_was_never_wanted_is_not_sent(deliveries: Deliveries) -> None:
    with deliveries.round(NOW):
        assert not deliveries.begin(*ONE, NOW)
        assert deliveries.done(*ONE, "sent", "", NOW) is None
    assert deliveries.get(*ONE) is None


def test_letters_are_sent_in_a_round_only(deliveries: Deliveries) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with pytest.raises(RuntimeError):
        deliveries.begin(*ONE, NOW)
    with deliveries.round(NOW):
        pass
    with pytest.raises(RuntimeError):
        deliveries.done(*ONE, "sent", "", NOW)


def test_another_outcome_is_an_error(deliveries: Deliveries) -> None:
    with deliveries.round(NOW), pytest.raises(ValueError, match="outcome"):
        deliveries.done(*ONE, "queued", "", NOW)


def test_what_a_dead_round_was_sending_is_unknown(deliveries: Deliveries, store: Store) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with deliveries.round(NOW):
        deliveries.begin(*ONE, NOW)
    later = NOW + timedelta(hours=1)
    with Deliveries(store).round(later):
        (unknown,) = deliveries.unknown()
        assert (unknown.state, unknown.attempts, unknown.last_at) == ("unknown", 1, later)
        assert "may have arrived" in unknown.reply
        assert not deliveries._sending


def test_what_a_live_round_is_sending_is_left_alone(tmp_path: Path, deliveries: Deliveries) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with deliveries.round(NOW):
        deliveries.begin(*ONE, NOW)
        with Store(tmp_path / "state.sqlite", durable=False) as another:
            with pytest.raises(MailBusy), Deliveries(another).round(NOW):
                pass
            assert Deliveries(another).unknown() == ()
            assert not Deliveries(another).again(*ONE, NOW)
        assert deliveries.done(*ONE, "sent", "", NOW) == "sent"


def test_a_round_that_cannot_be_held_says_where(deliveries: Deliveries, store: Store) -> None:
    sending_lock(store.path).mkdir()
    with pytest.raises(StateUnusable, match=re.escape(sending_lock(store.path).name)), deliveries.round(NOW):
        pass


def test_a_deferred_letter_is_due_after_longer_and_longer_pauses_and_then_given_up(deliveries: Deliveries) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    now, pauses = NOW, []
    while (known(deliveries)).state != "refused":
        with deliveries.round(now):
            state = deliveries.done(*ONE, "deferred", "451 later", now)
        if state == "deferred":
            due = known(deliveries).next_at
            assert deliveries.due(due - timedelta(seconds=1)) == ()
            assert [delivery.recipient for delivery in deliveries.due(due)] == ["ana@example.org"]
            pauses.append(due - now)
            now = due
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    assert pauses == [10 * minute, 30 * minute, 2 * hour, 6 * hour, day, day, day, day]
    assert now - NOW < LASTS
    assert known(deliveries).reply == "given up after 9 tries: 451 later"


def test_what_waited_unsent_for_long_is_given_up(deliveries: Deliveries) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with deliveries.round(NOW + LASTS + timedelta(seconds=1)):
        assert (known(deliveries).state, known(deliveries).reply) == ("refused", "given up")
    assert deliveries.refused() == {}  # nobody asked a mail server, so nothing is known against the address


def test_a_clock_that_was_far_ahead_delays_nothing(deliveries: Deliveries) -> None:
    ahead = NOW + timedelta(days=4000)
    deliveries.wanted(*ONE, ID, ahead)
    assert len(deliveries.due(NOW)) == 1


def test_the_case_of_an_address_does_not_matter(deliveries: Deliveries) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with deliveries.round(NOW):
        assert deliveries.begin("weekly", "2026-W48", "Ana@EXAMPLE.org", NOW)
        assert deliveries.done("weekly", "2026-W48", " ANA@example.ORG", "sent", "", NOW) == "sent"
    assert deliveries.wanted("weekly", "2026-W48", "aNa@example.org", ID, NOW) == "sent"


def test_kinds_and_periods_are_apart(deliveries: Deliveries) -> None:
    for kind, period in (("weekly", "2026-W48"), ("weekly", "2026-W49"), ("summary", "2026-W48")):
        deliveries.wanted(kind, period, ONE[2], ID, NOW)
    with deliveries.round(NOW):
        assert deliveries.begin(*ONE, NOW)
    assert [(one.kind, one.period) for one in deliveries.due(NOW)] == [("weekly", "2026-W49"), ("summary", "2026-W48")]


def test_refused_tells_of_addresses_whose_newest_letter_was_refused(deliveries: Deliveries) -> None:
    outcomes = [
        ("W1", "a", "refused"),
        ("W1", "b", "refused"),
        ("W2", "a", "sent"),
        ("W2", "c", "sent"),
        ("W3", "c", "refused"),
    ]
    for hour, (period, name, outcome) in enumerate(outcomes):
        at = NOW + timedelta(hours=hour)
        deliveries.wanted("weekly", period, f"{name}@example.org", ID, at)
        with deliveries.round(at):
            deliveries.done("weekly", period, f"{name}@example.org", outcome, f"550 {period}", at)
    assert deliveries.refused() == {"b@example.org": "550 W1", "c@example.org": "550 W3"}


@pytest.mark.parametrize("outcome", ["sent", "refused", "unknown", "deferred"])
def test_a_person_can_have_it_sent_again(deliveries: Deliveries, outcome: str) -> None:
    deliveries.wanted(*ONE, ID, NOW)
    with deliveries.round(NOW):
        deliveries.done(*ONE, outcome, "why", NOW)
    later = NOW + timedelta(days=30)
    assert deliveries.again(*ONE, later)
    assert [(one.state, one.attempts, one.first_at) for one in deliveries.due(later)] == [("queued", 0, later)]
    with deliveries.round(later):
        assert deliveries.begin(*ONE, later)


def test_what_is_not_known_cannot_be_sent_again(deliveries: Deliveries) -> None:
    assert not deliveries.again(*ONE, NOW)


def test_old_settled_letters_are_forgotten_and_waiting_ones_are_not(deliveries: Deliveries) -> None:
    for name, outcome in (("a", "sent"), ("b", "refused"), ("c", "unknown"), ("d", "deferred")):
        deliveries.wanted("weekly", "W1", f"{name}@example.org", ID, NOW)
        with deliveries.round(NOW):
            deliveries.done("weekly", "W1", f"{name}@example.org", outcome, "", NOW)
    assert deliveries.prune(timedelta(days=400), NOW + timedelta(days=399)) == 0
    assert deliveries.prune(timedelta(days=400), NOW + timedelta(days=401)) == 3
    assert deliveries.get("weekly", "W1", "d@example.org")


@pytest.mark.parametrize("text", ["\ud800@example.org", "\x00'; DROP TABLE deliveries; --", "x" * 100_000, ""])
def test_any_text_can_be_a_recipient_or_a_reply(deliveries: Deliveries, text: str) -> None:
    assert deliveries.wanted("weekly", "W1", text, ID, NOW) == "queued"
    with deliveries.round(NOW):
        assert deliveries.begin("weekly", "W1", text, NOW)
        assert deliveries.done("weekly", "W1", text, "refused", text, NOW) == "refused"
    assert recipient_key(text) in deliveries.refused()


def test_pauses_never_end(deliveries: Deliveries) -> None:
    assert all(NOW < next_try(NOW, attempts) <= NOW + timedelta(days=1) for attempts in range(1000))


NAMES = st.sampled_from(["a", "B", "b", "c"])


class AnyCourse(RuleBasedStateMachine):
    """Any order of events, deaths included: no letter's content goes out twice unless a person asked for it."""

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "state.sqlite", durable=False)
        self.now, self.sent, self.allowed = NOW, dict[str, int](), dict[str, int]()

    @rule(name=NAMES)
    def want(self, name: str) -> None:
        self._deliveries().wanted("weekly", "W1", name, ID, self.now)
        self.allowed.setdefault(name.casefold(), 1)

    @rule(name=NAMES, outcome=st.sampled_from(["sent", "deferred", "refused", "unknown", "dies"]), begun=st.booleans())
    def send(self, name: str, outcome: str, begun: bool) -> None:
        deliveries = self._deliveries()
        deliveries._tidy(self.now)
        deliveries._sending = True
        if begun and not deliveries.begin("weekly", "W1", name, self.now):
            return
        if begun and outcome != "deferred":
            self.sent[name.casefold()] = self.sent.get(name.casefold(), 0) + 1
        if outcome != "dies" and (begun or outcome in ("deferred", "refused")):
            deliveries.done("weekly", "W1", name, outcome, outcome, self.now)

    @rule(name=NAMES)
    def ask_again(self, name: str) -> None:
        if self._deliveries().again("weekly", "W1", name, self.now):
            self.allowed[name.casefold()] += 1

    @rule(hours=st.integers(-30, 300))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def nothing_twice(self) -> None:
        assert all(times <= self.allowed[name] for name, times in self.sent.items())

    def _deliveries(self) -> Deliveries:
        return Deliveries(self.store)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


AnyCourse.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyCourse = AnyCourse.TestCase
