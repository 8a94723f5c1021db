"""What the platforms say, with what they did not, and of when it is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from registry_sheets.operations.hearing import AskingNow, LastAnswers, Settled, never_asked
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.platforms.values import PlatformAnswer
from registry_sheets.registry.table import Lists
from tests.rules.support import table

ANSWER = PlatformAnswer("ours", "mlflow", datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
SETTLED = Settled((PlatformTerms("ours", "mlflow"),), zone=ZoneInfo("Europe/Berlin"))
TABLE = table([{}])


def test_a_pass_that_starts_over_asks_once() -> None:
    asked, kept = [], []

    def ask(wants: object) -> tuple[PlatformAnswer, ...]:
        asked.append(wants)
        return (ANSWER,)

    hearing = AskingNow(ask, SETTLED, kept.append)
    first, second = hearing(TABLE, Lists(), {}), hearing(TABLE, Lists(), {})
    assert first == second
    assert (len(asked), kept) == (1, [(ANSWER,)])
    assert (first.missed, first.notices) == ((), ())


def test_the_last_answer_is_told_with_its_moment_in_the_registry_s_time_zone() -> None:
    heard = LastAnswers(SETTLED, (ANSWER, never_asked("other", "vertex")))(TABLE, Lists(), {})
    assert heard.notices == ("ours is as it answered on 2026-07-02 at 01:30.",)
    (missed,) = heard.missed
    assert missed.startswith("Not checked: other: It was not asked yet, or")


def test_a_platform_in_lists_that_nobody_knows_is_named() -> None:
    lists = Lists(tab="Lists", platforms={"Desk": "OURS", "App": "our\ncloud", "Laptop": "none", "Fax": "-"})
    heard = LastAnswers(SETTLED, (ANSWER,))(TABLE, lists, {})
    assert heard.notices[1:] == (
        "Lists: the location 'App' is said to be on the platform 'our cloud', which is not in the config; "
        "there are ours. It is compared with none.",
    )
