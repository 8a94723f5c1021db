"""What the tool leaves in a spreadsheet to know it again: developer metadata, which no person sees or types over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from registry_sheets.registry.sheets import TabKind
from registry_sheets.workbooks.google.api import Json

TAB_KEY = "registry_sheets.tab"
"""On a tab: its kind. A renamed tab keeps it."""
MADE_FROM_KEY = "registry_sheets.made_from"
"""On the spreadsheet: digest() of the people's tabs that the own tabs were made from."""
EDIT_KEY = "registry_sheets.edit"
"""On a row, while it is being edited: where it stands when others insert and delete rows above it."""

FILLING_KEY = "registry_sheets.filling"
"""On the spreadsheet and on the tabs that are added, while it is being filled by several requests."""

_KINDS = frozenset(get_args(TabKind)) - {"other"}


def kind_of(sheet: Json) -> TabKind | None:
    """Which of our tabs this is, if it is one (Sheet of the Sheets API)."""
    said = value_of(sheet.get("developerMetadata", ()), TAB_KEY)
    return said if said in _KINDS else None  # type: ignore[return-value]


def value_of(metadata: Iterable[Json], key: str) -> str:
    """The value under a key, '' where there is none."""
    return next((str(one.get("metadataValue", "")) for one in metadata if one.get("metadataKey") == key), "")


def digest(tabs: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """What people typed into their tabs (title -> rows, see reading.entered), as 64 hexadecimal digits."""
    text = json.dumps(sorted(tabs.items()), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def made_from(value: str, there: bool) -> Json:
    """The request that notes what the own tabs were made from."""
    if there:
        return {
            "updateDeveloperMetadata": {
                "dataFilters": [{"developerMetadataLookup": {"metadataKey": MADE_FROM_KEY}}],
                "developerMetadata": {"metadataValue": value},
                "fields": "metadataValue",
            }
        }
    return created(MADE_FROM_KEY, value, {"spreadsheet": True})


def created(key: str, value: str, location: Json) -> Json:
    """The request that adds metadata which every program of the spreadsheet's people may see."""
    said = {"metadataKey": key, "metadataValue": value, "location": location, "visibility": "DOCUMENT"}
    return {"createDeveloperMetadata": {"developerMetadata": said}}


def forgotten(key: str, value: str) -> Json:
    """The request that takes metadata away, all of it with that key and value."""
    return {"deleteDeveloperMetadata": {"dataFilter": lookup(key, value)}}


def lookup(key: str, value: str) -> Json:
    """The filter that finds what metadata stands on."""
    return {"developerMetadataLookup": {"metadataKey": key, "metadataValue": value}}
