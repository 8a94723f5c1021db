from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.rules import rule

from .support import hits

LIVE: dict[str, Any] = {"Version": "1.1", "Training date": date(2026, 3, 4)}
OLD: dict[str, Any] = {"Version": "1.0", "Training date": date(2026, 1, 10), "Stage": "Archived"}


def found(*rows: dict[str, Any]) -> list[int | None]:
    return [hit.index for hit in hits("no-fallback", rows)]


def test_a_live_version_alone_is_mentioned_at_its_version() -> None:
    (hit,) = hits("no-fallback", [LIVE])
    assert (hit.index, hit.field, hit.message) == (0, "version", "Live, with no earlier version to return to.")
    assert rule("no-fallback").severity is Severity.INFO


def test_an_earlier_version_is_enough() -> None:
    assert found(OLD, LIVE) == []


@pytest.mark.parametrize("other", [{"Stage": "Production"}, {"Stage": ""}, {"Training date": ""}, {"Used for": ""}])
def test_what_may_be_an_earlier_version_counts_as_one(other: dict[str, Any]) -> None:
    assert 1 not in found({**OLD, **other}, LIVE)


@pytest.mark.parametrize(
    "other",
    [
        {"Stage": "Testing"},
        {"Training date": date(2026, 5, 1)},
        {"Name": "Orders"},
        {"Used for": "Chillers"},
        {"Version": "1.1", "Location": "Rome"},
    ],
)
def test_a_tested_later_or_other_version_is_none(other: dict[str, Any]) -> None:
    assert found({**OLD, **other}, LIVE) == [1]


def test_a_version_at_several_places_is_mentioned_once() -> None:
    assert found(LIVE, {**LIVE, "Location": "Rome"}) == [0]


def test_a_live_version_for_no_use_may_return_to_any() -> None:
    assert found(OLD, {**LIVE, "Used for": ""}) == []


def test_each_practice_area_has_its_own_way_back() -> None:
    leases, mergers = {**LIVE, "Used for": "Leases"}, {**LIVE, "Version": "1.2", "Used for": "Mergers"}
    assert found({**OLD, "Used for": "Leases"}, leases, mergers) == [2]


def test_many_versions_are_looked_at_in_one_go() -> None:
    rows = [{**LIVE, "Version": f"1.{n}", "Training date": date(2026, 1, 1)} for n in range(300)]
    assert found(*rows) == []
