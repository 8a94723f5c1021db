from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity

from .support import checked, hits


def test_a_number_may_have_been_another_version() -> None:
    (hit,) = hits("version-as-number", [{"Version": 3.1}])
    assert hit.severity is Severity.WARNING
    assert "3.1 is stored as a number" in hit.message
    assert "3.10" in hit.message
    assert "Text" in hit.fix


@pytest.mark.parametrize("version", ["3.1", "3.10", "v3", "2026-06"])
def test_texts_are_fine(version: str) -> None:
    assert hits("version-as-number", [{"Version": version}]) == []


def test_a_plain_whole_number_is_at_most_mentioned() -> None:
    assert {hit.severity for hit in hits("version-as-number", [{"Version": 3}])} <= {Severity.INFO}


def test_a_version_as_number_does_not_hide_that_it_is_doubled() -> None:
    rules = [f.rule for f in checked([{"Version": 3.1}, {"Version": 3.1}]).findings if f.row == 3]
    assert {"duplicate-version", "version-as-number"} <= set(rules)
