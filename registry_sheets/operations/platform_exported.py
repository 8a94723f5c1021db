"""What an export of a registry noted at a platform's version, read back: what the rows of people's sheet said of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from registry_sheets.operations.transfer_rows import LONGEST_HEADING
from registry_sheets.platforms.exporting.fitting import ROWS_TAG
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.edits.headings import metric_header
from registry_sheets.registry.edits.values import figure, plain_cell
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.header_words import is_check, metric_of
from registry_sheets.registry.platforms.marks import EXPORTED_ID, EXPORTED_NAME, PREFIX, digest
from registry_sheets.registry.platforms.values import PlatformVersion
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.text import one_line

_METRIC, _OWN = f"{PREFIX}metric.", f"{PREFIX}column."
_FIELDS = {column.header: column.field for column in COLUMNS if column.field not in ("name", "version")}
_SEVERAL = frozenset(column.field for column in COLUMNS if column.multiple)
_ONE_OF_SEVERAL = frozenset(column.field for column in COLUMNS if column.kind in ("date", "stage"))
_PERIOD = re.compile(r"(.+) -(.+)-")
_SIGN = re.compile(r"[\W_]")
_DIGEST = 8


class SaidRow(NamedTuple):
    """What one row of the sheet said: texts by field, and cells by heading of metrics and people's own columns.

    ``kept_blank`` are fields that nothing is guessed for where the row said nothing.
    """

    fields: Mapping[str, str]
    own: Mapping[str, Cell]
    kept_blank: frozenset[str] = frozenset()


NOTHING_SAID = SaidRow({}, {})

_OURS = frozenset(("what_changed", "changed_by", "location"))
"""What a platform tells of these is of the export: the description that it gave, and the account that ran it."""

_OF_A_ROW = frozenset(("stage", "deployed_on"))
"""Of several rows a platform cannot tell these of each."""


def is_exported(there: PlatformVersion) -> bool:
    """Whether an export wrote this version."""
    return bool(there.tags and there.tags.get(EXPORTED_ID))


def exported_name(there: PlatformVersion) -> str:
    """What the sheet called the model of a version that an export wrote; '' for another."""
    return one_line(there.tags.get(EXPORTED_NAME, "")) if is_exported(there) else ""


class ExportedRows:
    """Reads what exports noted at a platform's ``versions``.

    A heading that the platform could not take is the sheet's own where that has it, else as it stands with any version
    that several rows tell. ``kind`` is the platform's: SageMaker's texts have '_ ' between several values, for no ';'.
    """

    def __init__(self, table: ModelTable, kind: str, versions: Iterable[PlatformVersion] = ()) -> None:
        self._between = "_ " if kind == "sagemaker" else ";"
        self._known: dict[str, str] = {}
        for header in (*(at.header for at in table.metrics), *(at.header for at in table.own_columns)):
            self._known.setdefault(_key(header), header)
        for one in filter(is_exported, versions):
            for row in _rows_in(one.tags.get(ROWS_TAG, "")):
                for header in row.keys() - _FIELDS.keys():
                    self._known.setdefault(_key(header), header)

    def of(self, there: PlatformVersion) -> tuple[SaidRow, ...]:
        """What each row of the sheet said of a version; one that says nothing where no export wrote it."""
        if not is_exported(there):
            return (NOTHING_SAID,)
        apart = _rows_in(there.tags.get(ROWS_TAG, ""))
        if not apart:
            return (self._joined(there.tags),)
        kept = _OURS | (_OF_A_ROW if len(apart) > 1 else frozenset())
        return tuple(_apart(row, kept) for row in apart)

    def _joined(self, tags: Mapping[str, str]) -> SaidRow:
        fields = {
            field: text for field in _FIELDS.values() if (text := self._value(field, tags.get(PREFIX + field, "")))
        }
        return SaidRow(fields, dict(self._own(tags)), _OURS)

    def _value(self, field: str, text: str) -> str:
        """A field's text. What several rows said is joined: of days and stages the first stands for all."""
        if field in _ONE_OF_SEVERAL:
            return text.partition(self._between)[0].strip()
        return text.replace(self._between, "; ") if field in _SEVERAL and self._between != ";" else text

    def _own(self, tags: Mapping[str, str]) -> Iterator[tuple[str, Cell]]:
        for key, text in tags.items():
            if key.startswith((_METRIC, _OWN)) and (heading := _heading(self._known.get(_level(key)) or _headed(key))):
                yield heading, _cell(heading, text)


def _apart(row: Mapping[str, str], kept: frozenset[str]) -> SaidRow:
    """A row by heading, as an export keeps it where several rows tell a version."""
    fields = {_FIELDS[header]: text for header, text in row.items() if header in _FIELDS}
    own = {heading: text for header, text in row.items() if header not in _FIELDS and (heading := _heading(header))}
    return SaidRow(fields, {heading: _cell(heading, text) for heading, text in own.items()}, kept)


def _rows_in(text: str) -> list[dict[str, str]]:
    """Rows by heading; none where the text was cut, or is somebody else's."""
    try:
        found: Any = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        return []
    return [{header: said for header, said in row.items() if isinstance(said, str) and said} for row in found]


def _headed(key: str) -> str:
    """The heading for a tag; of two that a platform would have taken for one it ends with the heading's digest."""
    bare = _plain(key[: -_DIGEST - 1])
    if key[-_DIGEST - 1 : -_DIGEST] == "-" and bare and digest(bare)[:_DIGEST] == key[-_DIGEST:]:
        return bare
    return _plain(key)


def _plain(key: str) -> str:
    if not key.startswith(_METRIC):
        return key.removeprefix(_OWN)
    label = key.removeprefix(_METRIC)
    period = _PERIOD.fullmatch(label)  # no platform takes brackets in a tag's key
    return metric_header(f"{period[1]} ({period[2]})" if period else label) if label else ""


def _heading(text: str) -> str:
    """A heading that a column may have; '' for none."""
    heading = one_line(text)[:LONGEST_HEADING].strip()
    return "" if is_check(heading) else heading


def _cell(heading: str, text: str) -> Cell:
    return figure(text) if metric_of(heading) else plain_cell(text)


def _key(heading: str) -> str:
    """Under what an export keeps this column of people's own, levelled."""
    if (metric := metric_of(heading)) is None:
        return _level(_OWN + heading)
    name, period = metric
    return _level(_METRIC + (f"{name} ({period})" if period else name))


def _level(key: str) -> str:
    """What of a tag's key any platform keeps."""
    return _SIGN.sub("-", key.casefold())
