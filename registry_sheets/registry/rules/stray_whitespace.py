"""stray-whitespace: a space that nobody sees and every filter does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry_sheets.registry.columns import column
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import INVISIBLE
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote, rows_with
from registry_sheets.registry.table import ModelTable

TIDIED = ("name", "version", "stage", "location", "owner", "used_for", "data_source")
"""Columns that people sort and look up by; spaces in running text harm nobody."""

_UNSEEN = re.compile(f"[{INVISIBLE}]")
_BETWEEN_VALUES = re.compile(r"([;\r\n])")
_KINDS = (
    (_UNSEEN, "an invisible character"),
    (re.compile(r"[^\S \n\r\t]"), "a space of a special kind"),
    (re.compile(r"^\s"), "a space before it"),
    (re.compile(r"\s$"), "a space after it"),
    (re.compile(r"[\n\r]"), "a line break"),
    (re.compile(r"\t"), "a tab"),
)


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for field in TIDIED:
        if field in table.columns:
            yield from _in_column(table, field)


def _in_column(table: ModelTable, field: str) -> Iterator[Hit]:
    texts = table.distinct_texts[field]
    multiple = column(field).multiple
    untidy = {text: tidy for text in texts if (tidy := tidied(text, multiple)) != text and tidy}
    if not untidy:
        return
    clean = texts - untidy.keys()
    wanted = {text: _words(text, tidy, tidy in clean and field != "data_source") for text, tidy in untidy.items()}
    for index, (message, fix, severity) in rows_with(table.cells(field), wanted):
        yield Hit(index, field, message, fix, severity)


def tidied(text: str, multiple: bool) -> str:
    """The text as it was meant. Between several values a line break and spaces are in order."""
    if text.isascii() and " ".join(text.split()) == text:
        return text
    if multiple:
        return "".join(map(_tidy_within, _BETWEEN_VALUES.split(text.strip())))
    return " ".join(_UNSEEN.sub("", text).split())


def _tidy_within(part: str) -> str:
    """One of several values, with the spaces that stand between it and its neighbours."""
    value = part.strip()
    before, after = part.partition(value)[::2] if value else (part, "")
    return before + tidied(value, False) + after


def _words(text: str, tidy: str, doubled: bool) -> tuple[str, str, Severity]:
    kind = next((kind for pattern, kind in _KINDS if pattern.search(text)), "a doubled space")
    message = f"{quote(tidy)} has {kind}."
    if doubled:
        return (
            f"{message} Other rows have it without, so lookups take them for two.",
            f"Retype it: {tidy[:200]}",
            _WARNING,
        )
    return message, f"Retype it: {tidy[:200]}", Severity.INFO


_WARNING = Severity.WARNING

RULE = Rule(
    id="stray-whitespace",
    title="A space too many",
    group="form",
    severity=Severity.INFO,
    finds=(
        "A space before or after a value, a doubled or special space, a line break or an invisible character, in a "
        "column that people sort by. A warning where other rows hold the same value without it."
    ),
    why="It cannot be seen, yet lookups and pivot tables take the two for different values.",
    what_to_do="Retype the value.",
    bad=Example({"Name": "AC failure "}, others=({"Name": "AC failure", "Version": "3.0", "Stage": "Archived"},)),
    good=Example({"Name": "AC failure"}, others=({"Name": "AC failure", "Version": "3.0", "Stage": "Archived"},)),
    check=check,
    archived=True,
)
