from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.rules import rule

from .support import hits

DATA = "CRM export 2025-12-31"
OLD: dict[str, Any] = {"Version": "1.0", "Training date": date(2026, 1, 10), "Data source": DATA, "Stage": "Archived"}
NEW: dict[str, Any] = {"Version": "1.1", "Training date": date(2026, 3, 4), "Data source": DATA}


def found(*rows: dict[str, Any]) -> list[int | None]:
    return [hit.index for hit in hits("same-data-source", rows)]


def test_the_newer_version_is_mentioned() -> None:
    (hit,) = hits("same-data-source", [OLD, NEW])
    assert (hit.index, hit.field) == (1, "data_source")
    assert hit.message == f"'{DATA}' is also the data of version 1.0, the one before."
    assert rule("same-data-source").severity is Severity.INFO


def test_the_order_of_rows_does_not_matter_nor_does_the_spelling() -> None:
    assert found({**NEW, "Data source": f" {DATA.upper()}"}, OLD) == [0]


@pytest.mark.parametrize(
    "other",
    [
        {"Data source": "CRM export 2025-11-30"},
        {"Data source": ""},
        {"Name": "Orders"},
        {"Name": ""},
        {"Used for": "Chillers"},
        {"Version": "1.1"},
        {"Version": ""},
        {"Training date": ""},
        {"Training date": NEW["Training date"]},
    ],
)
def test_nothing_is_said_where_it_is_not_surely_the_version_before(other: dict[str, Any]) -> None:
    assert found({**OLD, **other}, NEW) == []


def test_only_the_version_just_before_counts() -> None:
    between = {"Version": "1.05", "Training date": date(2026, 2, 1), "Data source": "CRM export 2026-01-31"}
    assert found(OLD, between, NEW) == []


def test_two_versions_of_one_day_have_no_order() -> None:
    twin = {**OLD, "Version": "0.9"}
    assert found(OLD, twin, NEW) == []


def test_a_vague_source_is_left_to_its_own_rule() -> None:
    vague = {"Data source": "customer data"}
    assert found({**OLD, **vague}, {**NEW, **vague}) == []


def test_a_version_for_several_uses_is_mentioned_once() -> None:
    both = {"Used for": "Leases; Employment"}
    assert found({**OLD, **both}, {**NEW, **both}) == [1]
