"""The engine: severities, Archived rows, what is accepted, one finding where one explains the other, order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.checking import RuleSetting, check, rules_on
from registry_sheets.registry.findings import Finding, Hit, Severity
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.rules.base import EXAMPLE_DAY, Example, Options, Registry, Rule
from registry_sheets.registry.table import Accepted, Lists

from .support import checked, registry

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
BLANK = {"Data source": ""}


def a_rule(rule_id: str = "made-up", *hits: Hit, **more: object) -> Rule:
    def find(_registry: Registry, _options: Options) -> Iterator[Hit]:
        yield from hits

    return Rule(
        rule_id,
        "title",
        "form",
        WARNING,
        "Finds.",
        "Why.",
        "Do.",
        Example({}),
        Example({}),
        find,
        **more,  # type: ignore[arg-type]
    )


def of(rule_id: str, findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule_id]


def test_a_finding_knows_its_place_and_what_a_formula_sees_there() -> None:
    row = {"Training date": date(2030, 1, 1), "Deployed on": "", "Version": "3.10"}
    (finding,) = of("future-date", checked([{}, row]).findings)
    assert (finding.row, finding.column, finding.column_index, finding.cell) == (3, "Training date", 2, "C3")
    assert (finding.name, finding.version, finding.value) == ("AC failure", "3.10", "47484")
    assert (finding.field, finding.tab) == ("training_date", "Models")


def test_a_finding_about_a_row_has_no_column() -> None:
    result = check(registry([{}]), {}, [a_rule("made-up", Hit(0, None, "m", "f"))])
    (finding,) = result.findings
    assert (finding.row, finding.column, finding.cell, finding.value, finding.name) == (2, None, None, "", "AC failure")


def test_findings_stand_worst_first_then_by_row_and_column() -> None:
    hits = (
        Hit(1, "version", "b", ""),
        Hit(1, "name", "a", ""),
        Hit(0, "name", "i", "", INFO),
        Hit(2, "name", "e", "", ERROR),
        Hit(None, None, "s", ""),
    )
    result = check(registry([{}, {}, {}]), {}, [a_rule("made-up", *hits)])
    assert [finding.message for finding in result.findings] == ["e", "s", "a", "b", "i"]
    assert result.counts == {ERROR: 1, WARNING: 3, INFO: 1}


@pytest.mark.parametrize(
    ("said", "expected"),
    [(None, [ERROR, WARNING]), (Severity.INFO, [INFO, INFO]), (Severity.ERROR, [ERROR, ERROR]), ("off", [])],
)
def test_a_severity_in_the_config_replaces_every_grade(said: Severity, expected: list[Severity]) -> None:
    rows = [{"Location": ""}, {"Location": "", "Stage": "Testing", "Version": "4"}]
    result = checked(rows, {"missing-value": RuleSetting(said)})
    assert [finding.severity for finding in of("missing-value", result.findings)] == expected


def test_options_reach_the_rule() -> None:
    rows = [{"Training date": date(1960, 1, 1)}]
    setting = {"implausible-date": RuleSetting(options={"earliest": "1950-01-01"})}
    assert of("implausible-date", checked(rows).findings)
    assert not of("implausible-date", checked(rows, setting).findings)


def test_a_rule_that_is_off_by_default_runs_when_it_is_named_or_its_column_is_there() -> None:
    off = a_rule("made-up", on=False, turned_on_by="retrain_every")
    table = registry([{}]).models
    assert not list(rules_on(table, {}, [off]))
    assert list(rules_on(table, {"made-up": RuleSetting()}, [off]))
    with_column = registry([{"Retrain every (days)": 90}]).models
    assert list(rules_on(with_column, {}, [off]))
    assert not list(rules_on(with_column, {"made-up": RuleSetting("off")}, [off]))


def test_archived_rows_are_judged_only_by_rules_that_say_so() -> None:
    rows = [{"Stage": "Archived"}]
    assert not check(registry(rows), {}, [a_rule("a", Hit(0, "name", "m", "f"))]).findings
    assert check(registry(rows), {}, [a_rule("a", Hit(0, "name", "m", "f"), archived=True)]).findings
    assert check(registry(rows), {}, [a_rule("a", Hit(None, None, "m", "f"))]).findings


def test_an_archived_row_of_gaps_is_left_alone() -> None:
    empty = {"Training date": "", "Data source": "", "Location": "TBD", "Owner": "", "Deployed on": "", "Why": "#N/A"}
    assert checked([{"Stage": "Archived", **empty}]).findings == ()


# Where one finding explains the other


def test_a_finding_that_explains_all_leaves_no_other_on_its_cell() -> None:
    rules = [
        a_rule("a", Hit(0, "name", "a", ""), Hit(0, "version", "a2", "")),
        a_rule("b", Hit(0, "name", "b", ""), explains=("*",)),
        a_rule("c", Hit(0, "name", "c", ""), Hit(1, "name", "c2", ""), explains=("*",)),
    ]
    result = check(registry([{}, {}]), {}, rules)
    assert [finding.message for finding in result.findings] == ["b", "a2", "c2"]


def test_a_finding_may_explain_one_rule_only() -> None:
    rules = [a_rule(name, Hit(0, "name", name, ""), explains=("b",) if name == "c" else ()) for name in "abc"]
    assert [finding.rule for finding in check(registry([{}]), {}, rules).findings] == ["a", "c"]


def test_what_is_turned_off_explains_nothing() -> None:
    row = {"Owner": "anna@example"}
    settings = {"invalid-email": RuleSetting("off")}
    assert of("unknown-owner", checked([row], settings, owners=["Anna Meier"]).findings)


def test_a_message_never_repeats_at_one_place() -> None:
    twice = [a_rule("a", Hit(0, "name", "m", ""), Hit(0, "name", "m", "")), a_rule("b", Hit(0, "name", "m", ""))]
    assert [finding.rule for finding in check(registry([{}]), {}, twice).findings] == ["a"]


# What Lists accepts


def accepting(name: str = "AC failure", version: str = "", column: str = "", until: date | None = None) -> Lists:
    return Lists(tab="Lists", accepted=(Accepted(name, version, column, "known", until, 5),))


@pytest.mark.parametrize(
    "entry",
    [
        accepting(),
        accepting("ac  FAILURE"),
        accepting(version="3.1"),
        accepting(column="Data source"),
        accepting(column="data  SOURCE"),
        accepting(column="data_source"),
        accepting(until=EXAMPLE_DAY),
        accepting(version=" ", column=" "),
    ],
)
def test_a_finding_that_lists_accepts_is_set_apart(entry: Lists) -> None:
    result = checked([BLANK], lists=entry)
    assert not of("missing-value", result.findings)
    assert [finding.rule for finding in result.accepted if finding.severity is ERROR] == ["missing-value"]
    assert result.counts[ERROR] == 0


@pytest.mark.parametrize(
    "entry",
    [
        accepting("Other"),
        accepting(""),
        accepting(version="3.10"),
        accepting(column="Location"),
        accepting(until=date(2026, 6, 30)),
    ],
)
def test_other_findings_and_days_that_have_passed_are_not_accepted(entry: Lists) -> None:
    result = checked([BLANK], lists=entry)
    assert of("missing-value", result.findings)
    assert result.accepted == ()


def test_what_is_wrong_with_the_sheet_is_not_accepted_by_model() -> None:
    result = checked([{"Location": None}], lists=accepting(column="Location"))
    assert of("missing-column", result.findings)


# Over all


def test_what_a_rule_raises_is_raised() -> None:
    def broken(_registry: Registry, _options: Options) -> Iterator[Hit]:
        raise ZeroDivisionError
        yield

    bad = a_rule("a")
    rule = Rule(**{**{name: getattr(bad, name) for name in bad.__dataclass_fields__}, "check": broken})
    with pytest.raises(ZeroDivisionError):
        check(registry([{}]), {}, [rule])


def test_a_table_without_rows_has_nothing_wrong() -> None:
    (header,) = [{"Name": "", "Version": "", "Training date": "", "Data source": "", "Location": "", "Stage": ""}]
    assert check(registry([header], whole=False), {}).findings == ()


@given(st.permutations(RULES))
def test_the_result_does_not_depend_on_the_order_of_rules_that_do_not_explain(rules: list[Rule]) -> None:
    rows = [{"Name": "ac-failure v2 ", "Training date": "spring", "Version": "final"}, {}, {"Location": "", "Why": "?"}]
    read = registry(rows, locations=["Berlin"], owners=["Ben"])
    assert check(read, {}, rules) == check(read, {})
