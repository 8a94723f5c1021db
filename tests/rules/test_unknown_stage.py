from __future__ import annotations

import pytest

from registry_sheets.registry.table import Stage

from .support import hits


@pytest.mark.parametrize("word", ["Rolled out", "???", "3", 3, True])
def test_words_that_are_no_stage(word: object) -> None:
    (hit,) = hits("unknown-stage", [{"Stage": word}])
    assert "is not a stage" in hit.message
    assert "read as Testing" in hit.fix


@pytest.mark.parametrize("word", ["Production", "production ", "LIVE", "Staging", "retired", ""])
def test_words_that_are_known(word: str) -> None:
    assert hits("unknown-stage", [{"Stage": word}]) == []


def test_a_slip_of_the_fingers_gets_a_suggestion() -> None:
    (hit,) = hits("unknown-stage", [{"Stage": "Prodction"}])
    assert hit.fix.startswith("If Production is meant, choose that.")


def test_a_team_may_have_its_own_words() -> None:
    assert hits("unknown-stage", [{"Stage": "Rolled out"}], stage_words={Stage.PRODUCTION: ["Rolled out"]}) == []
