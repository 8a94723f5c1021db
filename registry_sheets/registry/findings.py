"""Findings: one thing wrong or missing, at one cell, row or sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from registry_sheets.registry.grid import a1


class Severity(StrEnum):
    """How much a finding matters. INFO never tints a cell and never mails."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info: worst sorts first."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found, before the place is known by name and the severity is settled.

    ``index`` is the row's index in the ModelTable (None: about the sheet as a whole), ``field`` the
    column's field name as declared in columns.py (None: about the row). ``severity`` replaces the
    rule's own where it depends on the row. The message says what is wrong without naming the row
    (who shows it does that); the fix says what to do. ``name`` and ``version`` tell what it is about where
    its row is not in the sheet (any more).
    """

    index: int | None
    field: str | None
    message: str
    fix: str
    severity: Severity | None = None
    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or missing.

    ``row`` is the sheet's row counted from 1, ``column_index`` counts from 0; both None where the
    finding is about the whole sheet (row) or the whole row (column). Without a row, ``name`` tells that it
    is about a version whose row is gone. ``since`` is the day on which it was first seen, None where no history
    tells. ``column`` is the header as
    people typed it. ``name``, ``version`` and ``value`` are the texts that a formula in the sheet
    sees for those cells (see registry/marks.py), so that a mark can be compared with them.
    """

    rule: str
    severity: Severity
    message: str
    fix: str
    name: str = ""
    version: str = ""
    value: str = ""
    row: int | None = None
    column: str | None = None
    column_index: int | None = None
    field: str | None = None
    tab: str = ""
    since: date | None = None

    @property
    def cell(self) -> str | None:
        """The A1 address, or None where the finding is not about one cell."""
        if self.row is None or self.column_index is None:
            return None
        return a1(self.row - 1, self.column_index)


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding as an object that JSON can hold; its keys are stable. A column or cell that it has not is None."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "name": finding.name,
        "version": finding.version,
        "row": finding.row,
        "column": finding.column,
        "cell": finding.cell,
        "message": finding.message,
        "fix": finding.fix,
    }
