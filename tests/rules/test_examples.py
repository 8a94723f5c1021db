"""Every rule's own examples: the bad one is found by that rule alone, the good one by none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from registry_sheets.registry import rules as rules_package
from registry_sheets.registry.checking import RuleSetting, check
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.rules import RULES, rule
from registry_sheets.registry.rules.base import Example, Rule

from .support import FAULTLESS, checked, of_example

each_rule = pytest.mark.parametrize("judged", RULES, ids=lambda judged: judged.id)


def matters(judged: Rule, example: Example) -> list[str]:
    """The rules that find something in an example, without mere mentions by other rules."""
    settings = {} if judged.on and not example.options else {judged.id: RuleSetting(options=example.options)}
    found = check(of_example(example), settings).findings
    return [finding.rule for finding in found if finding.rule == judged.id or finding.severity is not Severity.INFO]


@each_rule
def test_the_bad_example_is_found_by_this_rule_alone(judged: Rule) -> None:
    assert matters(judged, judged.bad) == [judged.id]


@each_rule
def test_the_good_example_is_found_by_none(judged: Rule) -> None:
    assert matters(judged, judged.good) == []


def test_a_faultless_row_has_no_finding_but_mentions() -> None:
    assert {finding.severity for finding in checked([FAULTLESS]).findings} <= {Severity.INFO}


@each_rule
def test_a_rule_speaks_plainly_and_in_full(judged: Rule) -> None:
    for text in (judged.finds, judged.why, judged.what_to_do):
        assert text.endswith("."), text
        assert len(text) > 15, text
    assert not judged.title.endswith(".")
    assert judged.on or judged.needs


@each_rule
def test_a_rule_has_one_file_and_one_test_file_of_its_name(judged: Rule) -> None:
    module = judged.id.replace("-", "_")
    assert (Path(rules_package.__path__[0]) / f"{module}.py").is_file()
    assert (Path(__file__).parent / f"test_{module}.py").is_file()


def test_ids_are_permanent_words_and_unique() -> None:
    ids = [judged.id for judged in RULES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", id_) for id_ in ids)


def test_rules_stand_in_the_order_of_their_groups() -> None:
    groups = [judged.group for judged in RULES]
    order = ["gaps", "form", "identity", "order", "standing", "freshness", "lineage", "mail", "history", "platforms"]
    assert list(dict.fromkeys(groups)) == order
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index)


def test_what_a_rule_explains_are_rules() -> None:
    known = {judged.id for judged in RULES}
    assert all(other == "*" or other in known for judged in RULES for other in judged.explains)


def test_a_rule_is_found_by_its_id() -> None:
    assert rule("missing-value").id == "missing-value"
    with pytest.raises(KeyError):
        rule("no-such-rule")
