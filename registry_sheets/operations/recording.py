"""A look goes into history: in one transaction, before anything is shown of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from registry_sheets.errors import RowsVanished
from registry_sheets.history.base import History
from registry_sheets.operations.looking import Look
from registry_sheets.operations.recalling import Recall
from registry_sheets.registry.past.facts import decode, text_of
from registry_sheets.registry.past.found import findings_gone, findings_new, rule_of
from registry_sheets.registry.past.passes import Comparison, Credits
from registry_sheets.registry.past.records import Entry
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.wording import listed


def record_pass(
    history: History | None, seen: Look, credits: Credits, accept_removals: bool, findings: bool = True
) -> Look:
    """Record what a look saw; gives the look, with a notice where its day is one that history has passed.

    ``findings`` False: its rows only, as a look that did not ask everything (links, ...) must not end findings.

    Raises RowsVanished where so many rows are gone that the sheet may have been read wrong, unless that is
    accepted; HistoryMoved, HistoryUnusable. Then nothing is recorded.
    """
    if history is None or seen.recall is None:
        return seen
    if seen.recall.comparison.suspicious and not accept_removals:
        raise vanished(seen)
    if passed := day_passed(seen):
        return seen.noting(passed)
    entry = entry_of(seen, seen.recall, credits)
    history.record(entry if findings else entry._replace(gone=(), found=()))
    return replace(seen, recall=seen.recall.credited(credits))


def day_passed(seen: Look) -> str:
    """Why a look is of a day that history has passed, so that it is not recorded; '' where it is not."""
    held = seen.recall.comparison.held if seen.recall else None
    today = seen.registry.today
    if held is None or today >= held.newest.last_day - _SLACK:
        return ""
    return (
        f"Not recorded: history already goes to {held.newest.last_day}, and this pass is of {today}. "
        "If that day was a mistake, begin anew with: registry-sheets sync --new-history"
    )


_SLACK = timedelta(days=1)
"""Another time zone may be a day behind; a clock that is further back is wrong now, or was then."""


def entry_of(seen: Look, recalled: Recall, credits: Credits) -> Entry:
    """The look as one pass of history."""
    held = recalled.comparison.held
    editor = seen.snapshot.last_editor
    return Entry(
        after=held.newest.id if held else None,
        at=recalled.now,
        day=max(seen.registry.today, held.newest.last_day) if held else seen.registry.today,
        editor=editor.name if editor else "",
        edited_at=editor.when if editor else None,
        ended=recalled.comparison.ended,
        begun=recalled.comparison.begun(credits),
        gone=_gone(seen, recalled),
        found=tuple(findings_new(seen.result.findings, recalled.findings)),
    )


def _gone(seen: Look, recalled: Recall) -> list[int]:
    """The numbers of findings that are not there any more.

    What was found by asking the platforms does not end because one of them did not answer: it has not been looked at.
    """
    gone = findings_gone(seen.result.findings, recalled.findings)
    answers = seen.registry.platforms.answers if seen.registry.platforms else ()
    if all(answer.complete for answer in answers):
        return gone
    of_platforms = {rule.id for rule in RULES if rule.group == "platforms"} - {"platform-not-checked"}
    unseen = {one.id for one in recalled.findings if rule_of(one.key) in of_platforms}
    return [number for number in gone if number not in unseen]


def vanished(seen: Look) -> RowsVanished:
    """The error for rows that are gone, so many that it looks like a sheet that was read wrong."""
    comparison: Comparison = seen.recall.comparison  # type: ignore[union-attr]
    gone = comparison.matching.vanished
    before = len(comparison.held.rows) if comparison.held else 0
    names = listed(sorted({text_of(decode(row.code).get("name")) for row in gone}, key=str.casefold))
    return RowsVanished(
        f"{len(gone)} of the {before} rows that '{seen.label}' had are gone ({names}), so nothing was recorded or "
        "written: it looks as if the sheet was cut short, or read wrong.",
        "Look whether the tab, its heading row and its Name and Version columns are as they were. "
        "If the rows were meant to go, say so: registry-sheets sync --accept-removals",
    )
