"""A row's facts as history keeps them: what its cells mean, in a form that equals itself whatever the looks.

A known column is kept under its field: dates in ISO, the stage by its own name, several values as a list; a cell
that was not understood as the text that it shows. Metrics and the people's own columns are kept under their
header with '+' before it. Blank cells are left out, so a column that comes or goes without content is no change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import trimmed
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.text import shown

Fact = str | list[str]
Facts = Mapping[str, Fact]
"""Fact key (field, or '+' and a header) -> fact."""

_HEADERS = {column.field: column.header for column in COLUMNS}
_OWN = "+"


def own_key(header: str) -> str:
    """The fact key of a metric or another column of people's own."""
    return _OWN + header


def header_of(key: str) -> str:
    """The heading for a fact key, as our columns are called or as people call theirs."""
    return key[len(_OWN) :] if key.startswith(_OWN) else _HEADERS.get(key, key)


def text_of(fact: Fact | None) -> str:
    """A fact as people read it; '' for none."""
    if fact is None:
        return ""
    return fact if isinstance(fact, str) else "; ".join(fact)


def texts_of(fact: Fact | None) -> tuple[str, ...]:
    """The values of a fact that may be several."""
    if fact is None:
        return ()
    return (fact,) if isinstance(fact, str) else tuple(fact)


def day_of(fact: Fact | None) -> date | None:
    """The day that a fact tells; None where it tells none."""
    if not isinstance(fact, str):
        return None
    try:
        return date.fromisoformat(fact)
    except ValueError:
        return None


def is_live(facts: Facts) -> bool:
    """Whether the row says Production."""
    return facts.get("stage") == Stage.PRODUCTION


def encode(facts: Facts) -> str:
    """The one text for these facts; equal facts give equal texts."""
    return _ENCODER.encode(facts)


def decode(code: str) -> Facts:
    """Facts from encode()'s text."""
    found: Facts = _DECODER.raw_decode(code)[0]  # no white space stands around what encode() wrote
    return found


NOTHING_KNOWN: Mapping[str, Facts] = MappingProxyType({})


def facts_by(code: str, known: Mapping[str, Facts]) -> Facts:
    """As decode(); ``known`` are facts by their code, which need not be decoded then."""
    return known.get(code) or decode(code)


_DECODER = json.JSONDecoder()
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def facts_of_all(table: ModelTable) -> list[dict[str, Fact]]:
    """The facts of each row, by index. Each different cell is looked at once."""
    return [facts for facts, _ in coded_facts_of_all(table)]


def coded_facts_of_all(table: ModelTable) -> list[tuple[dict[str, Fact], str]]:
    """The facts of each row with encode()'s text for them, by index."""
    columns = {field: _pieces(field, cells, table.values[field]) for field, cells in table.raw.items()}
    for header, cells in table.own.items():
        columns[own_key(header)] = _pieces(own_key(header), cells, [None] * len(cells))
    rows: list[tuple[dict[str, Fact], list[str]]] = [({}, []) for _ in range(len(table))]
    for key in sorted(columns):
        for (facts, codes), (fact, code) in zip(rows, columns[key], strict=True):
            if fact:
                facts[key] = fact
                codes.append(code)
    return [(facts, f"{{{','.join(codes)}}}") for facts, codes in rows]


def _pieces(key: str, cells: Sequence[Cell], values: Sequence[Any]) -> Iterator[tuple[Fact, str]]:
    """Of each cell what it means where it was understood, else what it shows; with its part of encode()'s text."""
    alike = len(set(map(type, cells))) == 1  # else 1 would be True
    keys: Sequence[Any] = cells if alike else list(zip(map(type, cells), cells, strict=True))
    different = dict(zip(keys, values, strict=True))
    facts = {one: _meant(value) or _shown(one if alike else one[1]) for one, value in different.items()}
    begun = f"{encode_basestring(key)}:"
    pieces = {one: (fact, begun + _coded(fact)) for one, fact in facts.items()}
    return map(pieces.__getitem__, keys)


def _coded(fact: Fact) -> str:
    return encode_basestring(fact) if isinstance(fact, str) else _ENCODER.encode(fact)


def _shown(cell: Cell) -> str:
    if cell == "" and isinstance(cell, str):
        return ""
    return _storable(trimmed(shown(cell)))


def _meant(value: Any) -> Fact | None:
    if type(value) is str:  # nearly all are
        return _storable(value)
    for kind in type(value).__mro__:
        if kind in _TOLD:
            return _TOLD[kind](value)
    return None


_TOLD: Mapping[type, Callable[[Any], Fact]] = {
    Stage: lambda stage: stage.value,
    str: lambda text: _storable(text),
    date: lambda day: day.isoformat()[:10],
    tuple: lambda texts: [_storable(text) for text in texts],
    int: str,
}


def _storable(text: str) -> str:
    """No halves of characters: no file or database takes them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
