from __future__ import annotations

from datetime import date
from typing import Any

from registry_sheets.registry.checking import check
from registry_sheets.registry.rules import rule
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Accepted, Lists

from .support import hits, past_of_passes, registry, table

STAYS = {"Name": "Churn", "Version": "1", "Data source": "Billing 2026-01"}
GONE = {"Version": "3.2", "Client note": "ask =Ana"}


def later(today: date, *passes: tuple[date, list[dict[str, Any]]], now: list[dict[str, Any]]) -> list[str]:
    """The versions that are told on a day, after passes that saw the rows so."""
    models = table(now)
    past = past_of_passes([(day, table(rows)) for day, rows in passes], models, today)
    judged = rule("live-row-removed")
    return [hit.version for hit in judged.check(Registry("test", models, Lists(), today, past=past), judged.options())]


def test_it_tells_all_that_the_row_said() -> None:
    (hit,) = hits("live-row-removed", [STAYS], before=[STAYS, GONE])
    assert (hit.name, hit.version, hit.index) == ("AC failure", "3.2", None)
    assert hit.message == "The row of this version, live at Berlin plant, is gone from the sheet since 2026-07-01."
    for told in ("Name = AC failure", "Version = 3.2", "Training date = 2026-04-01", "Client note = ask =Ana"):
        assert told in hit.fix


def test_rows_that_were_not_live_may_go() -> None:
    assert not hits("live-row-removed", [STAYS], before=[STAYS, {**GONE, "Stage": "Archived"}])
    assert not hits("live-row-removed", [STAYS], before=[STAYS, {**GONE, "Stage": "Testing"}])


def test_a_renamed_row_is_not_gone() -> None:
    assert not hits("live-row-removed", [STAYS, {**GONE, "Version": "3.20"}], before=[STAYS, GONE])


def test_a_row_that_was_overwritten_by_the_next_version_is_gone() -> None:
    new = {**GONE, "Version": "3.3", "Training date": date(2026, 6, 1)}
    assert [hit.version for hit in hits("live-row-removed", [STAYS, new], before=[STAYS, GONE])] == ["3.2"]


def test_rows_that_were_put_together_are_not_gone() -> None:
    apart = [{"Location": "A"}, {"Location": "B"}]
    assert not hits("live-row-removed", [{"Location": "A; B"}], before=apart)
    assert hits("live-row-removed", [{"Location": "A"}], before=apart)


def test_it_ends_after_fourteen_days_or_when_the_row_is_back() -> None:
    first, seen = date(2026, 1, 1), date(2026, 5, 1)
    passes = ((first, [STAYS, GONE]), (seen, [STAYS]))
    assert later(date(2026, 5, 14), *passes, now=[STAYS]) == ["3.2"]
    assert later(date(2026, 5, 15), *passes, now=[STAYS]) == []
    assert later(date(2026, 5, 14), *passes, now=[STAYS, {**GONE, "Stage": "Archived"}]) == []


def test_it_ends_when_it_is_accepted() -> None:
    accepted = Accepted("AC failure", "3.2", "", "The plant was sold", None, 5)
    result = check(registry([STAYS], before=[STAYS, GONE], lists=Lists(accepted=(accepted,))), {})
    assert "live-row-removed" not in {finding.rule for finding in result.findings}
    assert "live-row-removed" in {finding.rule for finding in result.accepted}
