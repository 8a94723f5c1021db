from __future__ import annotations

from datetime import date
from typing import Any

from registry_sheets.registry.rules import rule
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Lists

from .support import hits, past_of_passes, table

LIVE = {"Why": ""}
TESTED = {"Why": "", "Stage": "Testing"}


def later(today: date, *passes: tuple[date, dict[str, Any]], now: dict[str, Any] = LIVE) -> list[str]:
    """What is told on a day, after passes that saw the row so."""
    models = table([now])
    past = past_of_passes([(day, table([row])) for day, row in passes], models, today)
    judged = rule("live-without-why")
    return [hit.message for hit in judged.check(Registry("t", models, Lists(), today, past=past), judged.options())]


def test_what_was_live_at_the_first_check_is_not_judged() -> None:
    assert not hits("live-without-why", [LIVE])
    assert not hits("live-without-why", [LIVE], before=[LIVE])
    assert not later(date(2026, 7, 1), (date(2026, 1, 1), LIVE), (date(2026, 2, 1), {**LIVE, "Owner": "Ben"}))


def test_it_is_told_until_there_is_a_reason() -> None:
    passes = ((date(2026, 1, 1), TESTED), (date(2026, 2, 1), LIVE))
    assert later(date(2026, 7, 1), *passes) == ["Seen going live on 2026-02-01, and Why is empty."]
    assert not later(date(2026, 7, 1), *passes, now={"Why": "Fewer false alarms"})
    assert not later(date(2026, 7, 1), *passes, now={"Why": "", "Stage": "Archived"})


def test_a_row_that_appears_live_went_live() -> None:
    (hit,) = hits("live-without-why", [{"Version": "3.0"}, {"Version": "3.2", "Why": ""}], before=[{"Version": "3.0"}])
    assert (hit.index, hit.field) == (1, "why")


def test_a_version_that_came_back_went_live_again() -> None:
    passes = ((date(2026, 1, 1), LIVE), (date(2026, 2, 1), TESTED), (date(2026, 3, 1), LIVE))
    assert later(date(2026, 7, 1), *passes) == ["Seen going live on 2026-03-01, and Why is empty."]
