"""Reconcile: the sheet held against its platforms, and nothing else told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from registry_sheets.operations.looking import Look, Memories, Terms, look
from registry_sheets.registry.checking import CheckResult
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.rules import RULES
from registry_sheets.workbooks.base import Workbook


def reconcile(workbook: Workbook, terms: Terms, today: date, memories: Memories) -> Look:
    """A look at a registry with only the findings that its platforms gave rise to. Raises as look()."""
    seen = look(workbook, terms, today, memories=memories)
    return replace(seen, result=_of_platforms(seen.result))


def _of_platforms(result: CheckResult) -> CheckResult:
    rules = {rule.id for rule in RULES if rule.group == "platforms"}
    findings, accepted = _only(result.findings, rules), _only(result.accepted, rules)
    counts = Counter(finding.severity for finding in findings)
    return CheckResult(findings, accepted, {severity: counts[severity] for severity in Severity})


def _only(findings: Iterable[Finding], rules: set[str]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.rule in rules)
