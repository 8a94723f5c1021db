from __future__ import annotations

from datetime import date
from typing import Any

from .support import hits

OLD = {"Version": "3.1", "Stage": "Archived"}


def test_rows_of_the_first_check_are_not_judged() -> None:
    assert not hits("recorded-late", [OLD, {"Training date": date(2020, 1, 1)}])
    assert not hits("recorded-late", [OLD, {"Version": "3.2"}], before=[OLD, {"Version": "3.2"}])


def test_the_days_are_counted_from_the_training_to_the_first_check_that_saw_it() -> None:
    def found(**row: Any) -> list[str]:
        new = {"Version": "3.2", **row}
        return [hit.message for hit in hits("recorded-late", [OLD, new], before=[OLD], options={"days": 10})]

    assert found(**{"Training date": date(2026, 6, 20)}) == [
        "First seen on 2026-07-01, 11 days after the training on 2026-06-20."
    ]
    assert not found(**{"Training date": date(2026, 6, 21)})
    assert not found(**{"Training date": ""})


def test_a_renamed_row_is_not_a_new_one() -> None:
    assert not hits("recorded-late", [{"Version": "3.10"}], before=[{"Version": "3.1"}])
