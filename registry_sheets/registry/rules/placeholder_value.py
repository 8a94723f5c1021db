"""placeholder-value: TBD, n/a, ???, - or "see email" where a value should be."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.placeholders import MAY_BE_NAMES, is_blank_word, is_placeholder
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.gaps import GAPS
from registry_sheets.registry.rules.words import quote, rows_with
from registry_sheets.registry.table import ModelTable, Stage

_FIXES = {
    "name": "Type the model's name, such as 'AC failure'.",
    "version": "Type the version, such as 1.0.",
    "training_date": "Type the day on which this version was trained, such as 2026-06-30, or leave the cell blank.",
    "data_source": "Name the table, file or snapshot, such as 'CRM export 2026-06-30', or leave the cell blank.",
    "location": "Type where this version runs, such as 'Berlin plant', or leave the cell blank.",
    "owner": "Type who answers for this version, such as 'Anna Meier', or leave the cell blank.",
}
_ANY = "Type the value, or leave the cell blank."


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for field, texts in table.distinct_texts.items():
        if field != "stage":  # a word in Stage is judged by unknown-stage
            standing_in = [text for text in texts if is_placeholder(text) and not _is_name(field, text)]
            yield from _in_column(table, field, standing_in)


def _is_name(field: str, text: str) -> bool:
    return field == "name" and normalise(text) in MAY_BE_NAMES


def _in_column(table: ModelTable, field: str, texts: list[str]) -> Iterator[Hit]:
    wanted = dict.fromkeys(texts)
    for index, _ in rows_with(table.cells(field), wanted):
        text = str(table.cells(field)[index])
        severity = _severity(table.judged[index], field, text)
        if severity:
            yield Hit(index, field, f"{quote(text)} stands in for a value.", _FIXES.get(field, _ANY), severity)


def _severity(stage: Stage, field: str, text: str) -> Severity | None:
    """As hard as a blank cell; where the cell may be blank, '-' and 'n/a' say just that."""
    if field in GAPS[stage]:
        return GAPS[stage][field]
    return None if stage is Stage.ARCHIVED or is_blank_word(text) else Severity.INFO


RULE = Rule(
    id="placeholder-value",
    title="A word stands in for a value",
    group="gaps",
    severity=Severity.ERROR,
    finds=(
        "TBD, n/a, ???, -, 'unknown', 'see email' and the like where a value should be. It counts as much as the "
        "blank cell would. In a cell that may be blank, '-' and 'n/a' are fine, and TBD is only mentioned."
    ),
    why="A filled cell looks finished, so nobody comes back to it.",
    what_to_do="Type the value. If it is not known yet, leave the cell blank: blank cells are found again.",
    bad=Example({"Data source": "TBD"}),
    good=Example({"Data source": "CRM export 2026-03-31"}),
    check=check,
    archived=True,
    explains=("*",),
)
