from __future__ import annotations

import pytest

from .support import hits


def test_both_days_are_offered() -> None:
    (hit,) = hits("ambiguous-date", [{"Training date": "03/04/2026"}])
    assert hit.message == "'03/04/2026' may mean 2026-04-03 or 2026-03-04."
    assert hit.fix == "Type it as year-month-day: 2026-04-03 or 2026-03-04."


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_the_order_of_the_config_settles_it(order: str) -> None:
    assert hits("ambiguous-date", [{"Training date": "03/04/2026"}], date_order=order) == []


@pytest.mark.parametrize("text", ["2026-04-03", "spring", ""])
def test_other_texts_are_not_ambiguous(text: str) -> None:
    assert hits("ambiguous-date", [{"Training date": text}]) == []
