"""The stand-in held against recordings of real traffic with Google."""

from __future__ import annotations

import pytest

from tests.support.google.fidelity import DEFAULT, measure, told

PAIRS = 2130


@pytest.mark.skipif(not DEFAULT.is_dir(), reason=f"the recordings of Google are not here: {DEFAULT}")
def test_recorded_traffic_is_answered_identically(capsys: pytest.CaptureFixture[str]) -> None:
    figures = measure(DEFAULT)
    with capsys.disabled():
        print("", *told(figures), sep="\n")
    assert len(figures.compared) == PAIRS
    assert figures.share >= 0.95
    assert all(one.identical for one in figures.errors)
