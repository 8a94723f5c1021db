"""What leaves a registry for a platform: its models, their versions with all that the sheet says, and what is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.live import LiveVersion, live_versions
from registry_sheets.registry.past.facts import Facts, facts_of_all, own_key, texts_of
from registry_sheets.registry.platforms.marks import (
    EXPORTED_ID,
    EXPORTED_NAME,
    EXPORTED_VERSION,
    PREFIX,
    digest,
    version_id,
)
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.text import one_line, xml_safe
from registry_sheets.registry.versions import version_key
from registry_sheets.registry.wording import clipped

VERSION_TAG = EXPORTED_VERSION
NAME_TAG = EXPORTED_NAME
ID_TAG = EXPORTED_ID
"""Of a version: says which one of the sheet it is, whatever its name and version hold."""

MODEL_TAG = f"{PREFIX}model"
"""The same of a model."""

_STAGES = (Stage.PRODUCTION, Stage.TESTING, Stage.ARCHIVED)
_IDENTITY = ("name", "version")


class LeavingFact(NamedTuple):
    """What a column says of a version: ``key`` is 'owner', 'metric.MAPE (holidays)' or 'column.Notes'."""

    key: str
    header: str
    text: str


class LivePlace(NamedTuple):
    """Where a version is live; '' where the sheet does not say. ``id`` is the version's."""

    used_for: str
    location: str
    id: str


@dataclass(frozen=True)
class LeavingVersion:
    """A version with what all of its rows say.

    ``stage`` is the one that is nearest to Production. ``rows`` are sheet rows, counted from 1; ``apart`` is what each
    of several says, heading -> text, where they differ.
    """

    version: str
    key: str
    id: str
    facts: tuple[LeavingFact, ...]
    stage: Stage
    description: str
    run_link: str
    rows: tuple[int, ...]
    apart: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class LeavingModel:
    """A model with its versions in version order. ``key`` is its name, normalised."""

    name: str
    key: str
    id: str
    versions: tuple[LeavingVersion, ...]
    live: tuple[LivePlace, ...]
    description: str
    uses: tuple[str, ...]


class Staying(NamedTuple):
    """A row that cannot leave, and why."""

    row: int
    why: str


@dataclass(frozen=True)
class Leaving:
    """All that leaves, models in sheet order, and the rows that cannot."""

    models: tuple[LeavingModel, ...]
    staying: tuple[Staying, ...]


def leaving_of(table: ModelTable) -> Leaving:
    """What leaves with this table."""
    rows = _Rows(table)
    live: dict[str, list[LiveVersion]] = {}
    for line in live_versions(table):
        live.setdefault(normalise(line.name), []).append(line)
    models = [rows.model(key, indexes, live.get(key, ())) for key, indexes in table.by_model.items()]
    return Leaving(tuple(one for one in models if one.versions and one.name), tuple(_staying(table)))


class _Rows:
    """A table's rows, with what they say."""

    def __init__(self, table: ModelTable) -> None:
        self._table = table
        self._facts = facts_of_all(table)
        self._names, self._versions = table.value("name"), table.value("version")
        self._days = table.value("training_date")
        self._columns = list(_columns(table))

    def model(self, key: str, indexes: Sequence[int], live: Sequence[LiveVersion]) -> LeavingModel:
        by_version: dict[str, list[int]] = {}
        for index in indexes:
            if (version := self._table.version_keys[index]) and _readable(self._versions[index]):
                by_version.setdefault(version, []).append(index)
        return LeavingModel(
            name=_readable(self._names[indexes[0]]),
            key=key,
            id=digest(key),
            versions=tuple(self._version(key, one, by_version[one]) for one in self._ordered(by_version)),
            live=tuple(
                LivePlace(o.used_for, o.location, version_id(key, normalise(o.version))) for o in live if o.version
            ),
            description="\n".join(_told(live)),
            uses=_distinct(use for index in indexes for use in texts_of(self._facts[index].get("used_for"))),
        )

    def _version(self, name: str, key: str, indexes: Sequence[int]) -> LeavingVersion:
        facts = tuple(self._joined(indexes))
        said = {fact.key: fact.text for fact in facts}
        links = self._texts("run_link", indexes)
        return LeavingVersion(
            version=_readable(self._versions[indexes[0]]),
            key=key,
            id=version_id(name, key),
            facts=facts,
            stage=min((self._table.judged[index] for index in indexes), key=_STAGES.index),
            description=_description(said.get("why", ""), said.get("what_changed", "")),
            run_link=links[0] if links else "",
            rows=tuple(self._table.row_numbers[index] for index in indexes),
            apart=self._apart(indexes),
        )

    def _joined(self, indexes: Sequence[int]) -> Iterator[LeavingFact]:
        for fact, key, header in self._columns:
            if text := "; ".join(self._texts(fact, indexes)):
                yield LeavingFact(key, header, text)

    def _texts(self, fact: str, indexes: Sequence[int]) -> tuple[str, ...]:
        found = _distinct(text for index in indexes for text in texts_of(self._facts[index].get(fact)))
        return tuple(sorted(found, key=_stage_order)) if fact == "stage" else found

    def _apart(self, indexes: Sequence[int]) -> tuple[Mapping[str, str], ...]:
        rows = [self._facts[index] for index in indexes]
        if all(row == rows[0] for row in rows):
            return ()
        return tuple(_by_header(row, self._columns) for row in rows)

    def _ordered(self, by_version: Mapping[str, Sequence[int]]) -> Iterable[str]:
        """By version where they compare, else by the day of training where all have one, else as they stand."""
        keys = {key: version_key(key) for key in by_version}
        if len({found.shape if found else None for found in keys.values()}) == 1 and all(keys.values()):
            return sorted(by_version, key=lambda key: keys[key].order)  # type: ignore[union-attr]
        days: dict[str, list[date]] = {
            key: [self._days[index] for index in indexes if self._days[index]] for key, indexes in by_version.items()
        }
        return sorted(by_version, key=lambda key: min(days[key])) if all(days.values()) else by_version


def _columns(table: ModelTable) -> Iterator[tuple[str, str, str]]:
    """(fact key, key under which it leaves, heading) of every column but those of the identity."""
    for column in COLUMNS:
        if table.has(column.field) and column.field not in _IDENTITY:
            yield column.field, column.field, column.header
    for metric in table.metrics:
        label = f"{metric.metric} ({metric.period})" if metric.period else metric.metric
        yield own_key(metric.header), f"metric.{label}", metric.header
    for own in table.own_columns:
        yield own_key(own.header), f"column.{own.header}", own.header


def _by_header(row: Facts, columns: Iterable[tuple[str, str, str]]) -> Mapping[str, str]:
    return {header: xml_safe("; ".join(texts_of(row[fact]))) for fact, _, header in columns if row.get(fact)}


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order; the first spelling of those that mean the same."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(normalise(text), xml_safe(text))
    return tuple(text for key, text in found.items() if key)


def _stage_order(word: str) -> int:
    return next((place for place, stage in enumerate(_STAGES) if stage == word), len(_STAGES))


def _description(why: str, what_changed: str) -> str:
    changed = f"What changed: {what_changed}" if what_changed else ""
    return "\n\n".join(part for part in (why, changed) if part)


def _told(live: Iterable[LiveVersion]) -> Iterator[str]:
    """What is live of a model, and why: one line for each version."""
    lines: dict[tuple[str, str], list[str]] = {}
    for one in filter(lambda line: line.version, live):
        at = " at ".join(clipped(part) for part in (one.used_for, one.location) if part)
        lines.setdefault((one.version, one.why), []).append(at)
    for (version, why), places in lines.items():
        where = f" ({'; '.join(filter(None, places))})" if any(places) else ""
        yield xml_safe(f"Live: {one_line(version)}{where}{f': {why}' if why else ''}")


def _readable(text: str) -> str:
    """A name or version as a platform can be sent it; '' where nothing of it is left, or nobody could see it."""
    return one_line(xml_safe(text)) if normalise(text) else ""


def _staying(table: ModelTable) -> Iterator[Staying]:
    for row, name, version in zip(table.row_numbers, table.value("name"), table.value("version"), strict=True):
        lacking = [word for word, text in (("name", name), ("version", version)) if not _readable(text or "")]
        if lacking:
            yield Staying(row, f"it has no {' and no '.join(lacking)} that can be read")
