from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from registry_sheets.registry.platforms.terms import LocationTerms
from registry_sheets.registry.platforms.values import Lineage

from .answers import CLOUD, answer, platforms, registry_answer, trained, version
from .support import hits

ENDED = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)


def row(day: str | date, **more: Any) -> dict[str, Any]:
    return {"Version": "3", "Training date": day, **more}


def found(rows: list[dict[str, Any]], *answers: Any, **more: Any) -> list[str]:
    said = hits("date-mismatch", rows, platforms=platforms(*answers, **more))
    assert all(hit.field == "training_date" for hit in said)
    return [hit.message for hit in said]


def test_another_day_than_that_on_which_the_run_ended() -> None:
    (hit,) = hits("date-mismatch", [row("2026-03-14")], platforms=platforms(answer(trained("3", at=ENDED))))
    assert (hit.index, hit.field) == (0, "training_date")
    assert hit.message == "The training date is 2026-03-14; on our cloud the training run ended on 2026-03-04."
    assert hit.fix == "Put in 2026-03-04, if that run made this version."


@pytest.mark.parametrize(
    ("ended", "right"),
    [
        (ENDED, ["2026-03-04", "2026-03-05"]),  # in Kiritimati it was the 5th
        (datetime(2026, 3, 4, 0, 0, tzinfo=UTC), ["2026-03-03", "2026-03-04"]),
        (datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC), ["2026-03-04", "2026-03-05"]),
        (datetime(2026, 3, 1, 2, 0, tzinfo=timezone(timedelta(hours=9))), ["2026-02-28", "2026-03-01"]),
    ],
)
def test_a_day_is_right_wherever_it_was_written_down(ended: datetime, right: list[str]) -> None:
    days = [(ended.date() + timedelta(days=shift)).isoformat() for shift in range(-4, 5)]
    assert [day for day in days if not found([row(day)], answer(trained("3", at=ended)))] == right


def test_any_day_on_which_it_ran_is_right() -> None:
    there = answer(trained("3", at=ENDED, began=datetime(2026, 3, 1, 12, tzinfo=UTC)))
    for day in ("2026-03-01", "2026-03-02", "2026-03-04"):
        assert found([row(day)], there) == []
    assert len(found([row("2026-02-27")], there)) == 1
    backwards = answer(trained("3", at=ENDED, began=ENDED + timedelta(days=9)))
    assert found([row("2026-03-04")], backwards) == []
    assert len(found([row("2026-03-10")], backwards)) == 1


def test_the_day_is_told_in_the_registrys_time_zone() -> None:
    there = answer(trained("3", at=datetime(2026, 3, 4, 23, 30, tzinfo=UTC)))
    (message,) = found([row("2026-04-14")], there, zone=timezone(timedelta(hours=1)))
    assert message.endswith("ended on 2026-03-05.")


@pytest.mark.parametrize(
    "there",
    [
        version("3"),
        version("3", created=ENDED),  # when it was registered says nothing about its training
        version("3", lineage=Lineage()),
        version("3", lineage=Lineage(began=ENDED)),
        trained("4", at=ENDED),
    ],
)
def test_where_no_end_is_known_nothing_is_said(there: Any) -> None:
    assert found([row("2020-01-01")], answer(there)) == []


@pytest.mark.parametrize(
    "cells", [{"Training date": ""}, {"Training date": "spring"}, {"Stage": "Archived"}, {"Version": ""}]
)
def test_rows_that_are_not_compared(cells: dict[str, str]) -> None:
    assert found([row("2020-01-01", **cells)], answer(trained("3", at=ENDED))) == []


def test_of_several_copies_one_that_fits_is_enough() -> None:
    other = trained("3", at=datetime(2025, 1, 1, 12, tzinfo=UTC))
    right = trained("3", at=ENDED)
    there = answer(other._replace(scope="eu"), right._replace(scope="us"))
    assert found([row("2026-03-04")], there) == []
    assert found([row("2026-03-04")], answer(other), registry_answer(right)) == []
    assert found([row("2024-06-06")], there) == [
        "The training date is 2024-06-06; on our cloud its training runs ended on 2025-01-01 and 2026-03-04."
    ]


def test_each_row_of_a_version_is_judged_by_itself() -> None:
    rows = [row("2026-03-04"), row("2026-03-14", Location="Munich"), row("2026-03-24", Stage="Testing")]
    assert len(found(rows, answer(trained("3", at=ENDED)))) == 1


def test_a_row_on_one_platform_is_not_judged_by_another_that_counts_by_itself() -> None:
    mine = row("2026-03-14", Location="Cloud")
    other = registry_answer(trained("3", at=ENDED))
    assert found([mine], answer(version("3")), other, on="Cloud") == []
    assert len(found([row("2026-03-14", Location="Berlin")], answer(version("3")), other, on="Cloud")) == 1
    tagged = registry_answer(trained("3", at=ENDED)._replace(version="9", tags={"registry-sheets.version": "3"}))
    assert len(found([mine], answer(version("3")), tagged, on="Cloud")) == 1
    assert found([mine], answer(trained("3", at=ENDED)), locations=[LocationTerms("Cloud", CLOUD)]) != []


def test_the_ends_of_the_calendar() -> None:
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert len(found([row("2026-03-04")], answer(trained("3", at=moment)), zone=timezone(timedelta(hours=-9)))) == 1
