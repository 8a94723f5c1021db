"""Checking: runs the rules that are on and turns what they find into findings, worst first.

A finding's severity is the config's for its rule if that gives one, else what the rule says of the row,
else the rule's own. So a severity in the config replaces every grade that the rule knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from registry_sheets.registry.columns import column
from registry_sheets.registry.findings import Finding, Hit, Severity
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.rules.base import Options, Registry, Rule
from registry_sheets.registry.table import Accepted, ModelTable, Stage
from registry_sheets.registry.text import formula_text


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What the config says of one rule; being named at all turns on a rule that is off by default."""

    severity: Severity | Literal["off"] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


RuleSettings = Mapping[str, RuleSetting]
"""Rule id -> setting. Ids and options are checked where the config is read."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Findings, worst first, then by row and column; ``accepted`` are those that Lists accepts.

    ``counts`` has every severity and leaves the accepted ones out.
    """

    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...] = ()
    counts: Mapping[Severity, int] = field(default_factory=dict)


def check(registry: Registry, settings: RuleSettings, rules: Sequence[Rule] = RULES) -> CheckResult:
    """Run the rules that are on. What a rule raises is a bug, and is raised."""
    told: dict[tuple[int | None, str | None, str], None] = {}
    findings: list[Finding] = []
    accepted: list[Finding] = []
    for rule, hit in _unexplained(_hits(registry, settings, rules)):
        place = (hit.index, hit.field, hit.message)
        if place in told:
            continue
        told[place] = None
        finding = _finding(registry.models, rule, hit, settings.get(rule.id, RuleSetting()))
        (accepted if _is_accepted(finding, registry) else findings).append(finding)
    counts = Counter(finding.severity for finding in findings)
    return CheckResult(
        findings=tuple(sorted(findings, key=_place)),
        accepted=tuple(sorted(accepted, key=_place)),
        counts={severity: counts[severity] for severity in Severity},
    )


def rules_on(table: ModelTable, settings: RuleSettings, rules: Sequence[Rule] = RULES) -> Iterator[Rule]:
    """The rules that judge this table with these settings."""
    for rule in rules:
        setting = settings.get(rule.id)
        if setting is None:
            if rule.on or (rule.turned_on_by and table.has(rule.turned_on_by)):
                yield rule
        elif setting.severity != "off":
            yield rule


def _hits(registry: Registry, settings: RuleSettings, rules: Sequence[Rule]) -> list[tuple[Rule, Hit]]:
    judged, found = registry.models.judged, []
    for rule in rules_on(registry.models, settings, rules):
        for hit in rule.check(registry, _options(rule, settings)):
            if rule.archived or hit.index is None or judged[hit.index] is not Stage.ARCHIVED:
                found.append((rule, hit))
    return found


def _options(rule: Rule, settings: RuleSettings) -> Options:
    given = settings[rule.id].options if rule.id in settings else {}
    # Building the first validator takes pydantic 14 ms, a tenth of a small check; defaults need none.
    return rule.options(**given) if given else rule.options.model_construct()


def _unexplained(hits: list[tuple[Rule, Hit]]) -> Iterable[tuple[Rule, Hit]]:
    """Without those whose cell has a finding that explains them. Of two that explain each other the first stays."""
    at: dict[tuple[int, str], list[Rule]] = {}
    for rule, hit in hits:
        if hit.index is not None and hit.field is not None:
            at.setdefault((hit.index, hit.field), []).append(rule)
    crowded = {cell: kept for cell, rules in at.items() if len(rules) > 1 and (kept := _kept(rules)) != rules}
    if not crowded:
        return hits
    return [(rule, hit) for rule, hit in hits if rule in _rules_at(crowded, hit, rule)]


def _rules_at(crowded: Mapping[tuple[int, str], list[Rule]], hit: Hit, rule: Rule) -> list[Rule]:
    if hit.index is None or hit.field is None:
        return [rule]
    return crowded.get((hit.index, hit.field), [rule])


def _kept(rules: list[Rule]) -> list[Rule]:
    """The rules of one cell, in the order of RULES, that no other of them explains."""
    kept = rules
    for rule in rules:
        if rule in kept and rule.explains:
            kept = [other for other in kept if other is rule or not _explains(rule, other)]
    return kept


def _explains(rule: Rule, other: Rule) -> bool:
    return "*" in rule.explains or other.id in rule.explains


def _finding(table: ModelTable, rule: Rule, hit: Hit, setting: RuleSetting) -> Finding:
    severity = Severity(setting.severity or hit.severity or rule.severity)
    header, place = _column(table, hit.field)
    if hit.index is None:
        about = (hit.name, hit.version)
        return Finding(rule.id, severity, hit.message, hit.fix, *about, column=header, field=hit.field, tab=table.tab)
    return Finding(
        rule=rule.id,
        severity=severity,
        message=hit.message,
        fix=hit.fix,
        name=_text(table, "name", hit.index),
        version=_text(table, "version", hit.index),
        value=_text(table, hit.field, hit.index) if hit.field else "",
        row=table.row_numbers[hit.index],
        column=header,
        column_index=place,
        field=hit.field,
        tab=table.tab,
    )


def _column(table: ModelTable, name: str | None) -> tuple[str | None, int | None]:
    """The header as people typed it, or as it would be where the sheet lacks the column, and its place."""
    if name is None:
        return None, None
    if name in table.columns:
        return table.columns[name].header, table.columns[name].index
    return column(name).header, None


def _text(table: ModelTable, name: str, index: int) -> str:
    cell: Cell = table.raw[name][index] if name in table.raw else ""
    return formula_text(cell, table.date1904)


def _place(finding: Finding) -> tuple[int, int, int, str, str]:
    row = finding.row or 0
    place = -1 if finding.column_index is None else finding.column_index
    return finding.severity.rank, row, place, finding.rule, finding.message


def _is_accepted(finding: Finding, registry: Registry) -> bool:
    if not finding.name or not registry.lists.accepted:
        return False
    return any(_accepts(entry, finding, registry.today) for entry in registry.lists.accepted)


def _accepts(entry: Accepted, finding: Finding, today: date) -> bool:
    """Whether an entry of Lists accepts a finding; its last day is still one on which it does."""
    if entry.until is not None and today > entry.until:
        return False
    columns = (finding.column or "", finding.field or "")
    return (
        bool(entry.name.strip())
        and normalise(entry.name) == normalise(finding.name)
        and (not entry.version.strip() or normalise(entry.version) == normalise(finding.version))
        and (not entry.column.strip() or normalise(entry.column) in map(normalise, columns))
    )
