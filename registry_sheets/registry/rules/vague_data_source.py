"""vague-data-source: the data source does not say which data."""

from __future__ import annotations

from collections.abc import Iterable

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import Stage
from registry_sheets.registry.vagueness import Vagueness, vagueness

_FIX = "Name the table, file or snapshot, such as 'CRM export 2026-06-30'."
_WRITE_OUT = (
    "Write the data source out in this cell, such as 'CRM export 2026-06-30': rows move when the sheet is sorted."
)


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    table = registry.models
    sources = table.value("data_source")
    judged = {source for source, stage in zip(sources, table.judged, strict=True) if stage is not Stage.ARCHIVED}
    listed = {normalise(source) for source in registry.lists.data_sources}
    hits = {
        source: _words(source, kind)
        for source in judged
        if source and (kind := vagueness(source)) and normalise(source) not in listed
    }
    if not hits:
        return
    for index, source in enumerate(sources):
        if source in hits:
            message, fix = hits[source]
            yield Hit(index, "data_source", message, fix)


def _words(source: str, kind: Vagueness) -> tuple[str, str]:
    if kind == "pointer":
        return f"{quote(source)} only points elsewhere; it does not say which data.", _WRITE_OUT
    return f"{quote(source)} does not say which data.", _FIX


RULE = Rule(
    id="vague-data-source",
    title="The data source does not say which data",
    group="lineage",
    severity=Severity.WARNING,
    finds=(
        "Data sources made of nothing but general words: 'customer data', 'data from last year', 'misc', 'see above'."
        " One name, number, date, file or path is enough to pass, and so is an entry in Lists under Data source."
    ),
    why="When the model misbehaves, nobody can find out what it was trained on, or train it again.",
    what_to_do=_FIX,
    bad=Example(row={"Data source": "data from last year"}),
    good=Example(row={"Data source": "CRM export 2026-06-30"}),
    check=_check,
)
