from __future__ import annotations

from datetime import date

import pytest

from registry_sheets.registry.checking import check
from registry_sheets.registry.rules import rule
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Accepted, Lists

from .support import hits, past_of_passes, registry, table

WAS = {"Data source": "CRM export 2026-03-31"}
IS = {"Data source": "Other export 2026-06-30"}


def later(today: date, *passes: tuple[date, dict[str, str]], now: dict[str, str] = IS) -> list[str]:
    """What is told on a day after passes that saw the row so."""
    models = table([now])
    past = past_of_passes([(day, table([row])) for day, row in passes], models, today)
    seen = Registry("test", models, Lists(), today, past=past)
    judged = rule("version-rewritten")
    return [hit.message for hit in judged.check(seen, judged.options())]


@pytest.mark.parametrize("field", ["Training date", "Data source", "Run link", "Data link"])
def test_what_is_true_of_a_version_for_good_is_watched(field: str) -> None:
    (hit,) = hits("version-rewritten", [{field: "2026-02-02"}], before=[{field: "2026-01-01"}])
    assert hit.message == "Was '2026-01-01' until 2026-07-01, when it was seen changed."


@pytest.mark.parametrize("field", ["Owner", "Location", "Stage", "Why", "Deployed on", "Last reviewed", "Used for"])
def test_what_may_change_is_not(field: str) -> None:
    assert not hits("version-rewritten", [{field: "2026-02-02"}], before=[{field: "2026-01-01"}])


def test_filling_a_blank_cell_is_no_rewriting_and_emptying_one_is() -> None:
    assert not hits("version-rewritten", [WAS], before=[{"Data source": ""}])
    (hit,) = hits("version-rewritten", [{"Data source": ""}], before=[WAS])
    assert "CRM export 2026-03-31" in hit.message


def test_a_column_that_is_gone_is_no_rewriting() -> None:
    assert not hits("version-rewritten", [{"Data link": None}], before=[{"Data link": "s3://a"}])


def test_spelling_is_no_rewriting() -> None:
    assert not hits("version-rewritten", [{"Data source": "crm  EXPORT 2026-03-31"}], before=[WAS])


def test_it_is_told_for_fourteen_days_once() -> None:
    first, seen = date(2026, 1, 1), date(2026, 5, 1)
    passes = ((first, WAS), (seen, IS))
    told = ["Was 'CRM export 2026-03-31' until 2026-05-01, when it was seen changed."]
    assert later(date(2026, 5, 1), *passes) == told
    assert later(date(2026, 5, 14), *passes) == told
    assert later(date(2026, 5, 15), *passes) == []


def test_of_several_rewritings_the_oldest_that_is_not_so_again_is_told() -> None:
    first, second, third = date(2026, 1, 1), date(2026, 5, 1), date(2026, 5, 3)
    between = {"Data source": "Third export 2026-05-31"}
    passes = ((first, WAS), (second, between), (third, IS))
    assert later(date(2026, 5, 4), *passes) == [
        "Was 'CRM export 2026-03-31' until 2026-05-01, when it was seen changed."
    ]
    assert later(date(2026, 5, 4), *passes, now=WAS) == []


def test_it_ends_when_it_is_accepted() -> None:
    accepted = Accepted("AC failure", "3.1", "Data source", "A slip of the pen", None, 5)
    seen = registry([IS], before=[WAS], lists=Lists(accepted=(accepted,)))
    result = check(seen, {})
    assert "version-rewritten" not in {finding.rule for finding in result.findings}
    assert "version-rewritten" in {finding.rule for finding in result.accepted}
