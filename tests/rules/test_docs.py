from __future__ import annotations

import pytest

from registry_sheets.registry.rules import RULES, rule
from registry_sheets.registry.rules.base import Rule
from registry_sheets.registry.rules.docs import explain, rules_table

HEADINGS = ["What it finds", "Why it matters", "Example", "What to do", "Options", "Severity"]


@pytest.mark.parametrize("judged", RULES, ids=lambda judged: judged.id)
def test_each_rule_is_explained_under_the_same_headings(judged: Rule) -> None:
    lines = explain(judged).splitlines()
    assert lines[0] == f"{judged.id}: {judged.title}"
    assert [line for line in lines[1:] if line and not line.startswith(" ")] == HEADINGS
    assert max(map(len, lines)) < 400


def test_an_explanation_shows_both_rows_and_what_can_be_set() -> None:
    text = explain(rule("missing-value"))
    assert "  Wrong:  Data source: (blank)\n  Right:  Data source: CRM export 2026-03-31\n" in text
    assert "also: further columns" in text
    assert 'rules.missing-value = { severity = "error" }' in text


def test_what_is_off_says_how_to_turn_it_on() -> None:
    assert "Off until" in explain(rule("retraining-overdue"))
    assert "retraining-overdue` | freshness | warning, off by default" in rules_table()


def test_the_table_has_a_line_for_each_rule() -> None:
    lines = rules_table().splitlines()
    assert len(lines) == len(RULES) + 2
    assert all(line.count("|") - line.count("\\|") == 5 for line in lines)


def test_what_an_example_needs_around_it_is_shown() -> None:
    assert "[Lists, Location: Berlin plant, Munich office]" in explain(rule("unknown-location"))
    assert "[a cell with content at XFD1048576]" in explain(rule("far-cell"))
    assert "Wrong:  Data source: (no such column)" in explain(rule("missing-column"))
    assert "Wrong:  Name: 'AC failure '" in explain(rule("stray-whitespace"))
