"""By which key a finding is known from pass to pass, and since when it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from registry_sheets.registry.findings import Finding
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.records import HeldFinding, NewFinding


def finding_keys(findings: Sequence[Finding]) -> list[str]:
    """A key for each: rule, model version and column; numbered where several have the same (findings without one).

    Neither the row's number nor the wording belongs to it: rows move, and words tell dates.
    """
    counts: dict[str, int] = {}
    keys = []
    for finding in findings:
        parts = (finding.rule, normalise(finding.name), normalise(finding.version), finding.field or "")
        key = "|".join(part.replace("|", "||") for part in parts)
        counts[key] = counts.get(key, 0) + 1
        keys.append(key if counts[key] == 1 else f"{key}|{counts[key]}")
    return keys


def rule_of(key: str) -> str:
    """The rule that made the finding of this key."""
    return key.partition("|")[0]


def with_days(findings: Sequence[Finding], held: Sequence[HeldFinding], today: date) -> tuple[Finding, ...]:
    """The findings with the day on which each was first seen; today for those that are new."""
    known: Mapping[str, date] = {one.key: one.first_day for one in held}
    return tuple(
        replace(finding, since=known.get(key, today))
        for finding, key in zip(findings, finding_keys(findings), strict=True)
    )


def findings_gone(findings: Sequence[Finding], held: Sequence[HeldFinding]) -> list[int]:
    """The numbers of held findings that are not there any more."""
    now = set(finding_keys(findings))
    return [one.id for one in held if one.key not in now]


def findings_new(findings: Sequence[Finding], held: Sequence[HeldFinding]) -> Iterator[NewFinding]:
    """The findings that the last pass did not have."""
    known = {one.key for one in held}
    for finding, key in zip(findings, finding_keys(findings), strict=True):
        if key not in known:
            yield NewFinding(
                key=key,
                rule=finding.rule,
                severity=finding.severity.value,
                name=finding.name,
                version=finding.version,
                column=finding.column or "",
                message=finding.message,
            )
