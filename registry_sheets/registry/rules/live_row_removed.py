"""live-row-removed: the row of a version that was live is gone from the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.past.facts import Facts, header_of, text_of
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.wording import clipped

_FIX = (
    "If it still runs, put the row back; if it no longer does, put it back with Stage Archived, so that what ran stays "
    "known."
)


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    for removed in registry.past.removed_live if registry.past else ():
        facts = removed.facts
        where = f" at {clipped(text_of(facts['location']))}" if "location" in facts else ""
        message = f"The row of this version, live{where}, is gone from the sheet since {removed.day}."
        fix = f"{_FIX} It said: {'; '.join(_told(facts))}."
        yield Hit(None, None, message, fix, name=text_of(facts.get("name")), version=text_of(facts.get("version")))


def _told(facts: Facts) -> Iterator[str]:
    columns = [column.field for column in COLUMNS if column.field in facts]
    for key in (*columns, *(key for key in facts if key not in columns)):
        yield f"{header_of(key)} = {text_of(facts[key])}"


RULE = Rule(
    id="live-row-removed",
    title="The row of a live version is gone",
    group="history",
    severity=Severity.WARNING,
    finds=(
        "Versions that were in Production when their row went, with all that the row said, so that it can be put back. "
        "Told for 14 days. A row that was renamed, or put together with another of its version, is not gone."
    ),
    why="Deleting a row does not stop a model. What runs and stands nowhere is what a registry is there to prevent.",
    what_to_do=_FIX,
    bad=Example(row={"Version": "3.2"}, before=({"Version": "3.2"}, {"Version": "3.1", "Location": "Munich office"})),
    good=Example(
        row={"Version": "3.2"},
        before=({"Version": "3.2"}, {"Version": "3.1", "Location": "Munich office", "Stage": "Archived"}),
    ),
    check=_check,
)
