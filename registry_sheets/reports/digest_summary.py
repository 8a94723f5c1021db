"""The summary's content: the whole registry in one mail, with what reaches nobody else and what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from registry_sheets.registry.findings import Severity
from registry_sheets.reports.content import OpenFinding, Report
from registry_sheets.reports.digest import Digest, Owned, digest_of, owned_by, people, unreachable
from registry_sheets.reports.digest_lines import Part, finding_told, part, worst_first
from registry_sheets.reports.digest_unmailed import Trouble, Unmailed

MOST_OWNERS = 25
MOST_UNMAILED = 15
MOST_TROUBLES = 10
WEEKS_BEFORE = 4
"""So many weeks back lies the completeness with which today's is compared."""


class OwnerCount(NamedTuple):
    """How one owner's rows stand; ``name`` '' for rows and findings that nobody answers for. ``mailed``: gets mail."""

    name: str
    rows: int
    to_mend: int
    overdue: int
    mailed: bool


@dataclass(frozen=True)
class Summary(Digest):
    """The whole registry. ``findings`` are those of which no owner is told; ``to_mend`` counts all.

    ``models`` and ``live_models`` count names; ``share`` is how complete the rows are, from 0 to 1, None without rows;
    ``share_before`` the same about four weeks before, None where nobody knows. ``owners``: most to do first.
    """

    to_mend: int
    models: int
    live_models: int
    share: float | None
    share_before: float | None
    owners: Part[OwnerCount]
    unmailed: Part[Unmailed]
    troubles: Part[Trouble]

    @property
    def nothing_to_say(self) -> bool:
        """Whether nothing is to be mended, overdue, changed, unmailed, failed or unchecked."""
        told = self.overdue, self.changes, self.unmailed, self.troubles, self.unchecked
        return not self.to_mend and not any(one.total for one in told)


def summary(
    report: Report,
    week: str,
    unmailed: Sequence[Unmailed] = (),
    troubles: Sequence[Trouble] = (),
    since: date | None = None,
) -> Summary:
    """The whole registry in one mail.

    Args:
        unmailed: whom mail does not reach beyond what the sheet itself tells (see digest_unmailed.py); owners
            without an address and inactive ones are found here.
        troubles: what failed in the service; the report's own notes come after them.
        since: as of digest.who().
    """
    whole = Owned()
    whole.live, whole.findings, whole.changes = list(report.live), list(report.findings), list(report.changes)
    missed = [*filter(None, (unreachable(person) for person, _ in people(report))), *unmailed]
    without_mail = {one.key for one in missed}
    open_ = worst_first(report.findings)
    untold = [finding_told(one) for one in open_ if all(person.key in without_mail for person in one.owners)]
    digest = digest_of(report, (week, since), whole, untold, (None, len(report.rows)))
    return Summary(
        **vars(digest),
        to_mend=len(open_),
        models=report.models,
        live_models=report.live_models,
        share=report.completeness.share,
        share_before=_share_before(report),
        owners=part(_counts(report, without_mail), MOST_OWNERS),
        unmailed=part(missed, MOST_UNMAILED),
        troubles=part([*troubles, *map(Trouble, report.notes)], MOST_TROUBLES),
    )


def _counts(report: Report, without_mail: Collection[str]) -> list[OwnerCount]:
    """How the rows of each stand, most to do first; at the end those that nobody answers for."""
    owned = owned_by(report)
    counts = [
        _count(person.name, rows, owned[person.key].findings, person.key not in without_mail)
        for person, rows in people(report)
    ]
    return sorted(counts, key=lambda one: -(one.to_mend + one.overdue)) + list(_of_nobody(report))


def _of_nobody(report: Report) -> Iterator[OwnerCount]:
    rows = sum(not row.owners for row in report.rows)
    count = _count("", rows, [one for one in report.findings if not one.owners], False)
    if rows or count.to_mend or count.overdue:
        yield count


def _count(name: str, rows: int, findings: Sequence[OpenFinding], mailed: bool) -> OwnerCount:
    open_ = [one for one in findings if one.finding.severity is not Severity.INFO]
    overdue = sum(one.overdue for one in open_)
    return OwnerCount(name, rows, len(open_) - overdue, overdue, mailed)


def _share_before(report: Report) -> float | None:
    """How complete it was some weeks ago; None where history does not go back so far."""
    day = report.today - timedelta(days=WEEKS_BEFORE * 7)
    before = [point for point in report.trend if point.day <= day]
    return before[-1].completeness.share if before else None
