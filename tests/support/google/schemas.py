"""Google's own descriptions of Sheets and Drive (the bundled discovery documents) as JSON Schema.

Sources: googleapiclient/discovery_cache/documents/{sheets.v4,drive.v3}.json of google-api-python-client. Nothing that
is not described is allowed: ``additionalProperties`` is false except where the document itself describes a map.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]

DOCUMENTS = {"sheets": "sheets.v4", "drive": "drive.v3"}
FORMATS: dict[str, Json] = {
    "int64": {"pattern": r"^-?[0-9]+\Z"},  # 64 bits do not fit a JavaScript number: they travel as text
    "uint64": {"pattern": r"^[0-9]+\Z"},
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
}


@cache
def discovery(api: str) -> Json:
    """The discovery document of ``api``, 'sheets' or 'drive', as it is bundled."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    document: Json = json.loads((folder / f"{DOCUMENTS[api]}.json").read_text(encoding="utf-8"))
    return document


def described(described_type: Mapping[str, Any], *, null: bool) -> Json:
    """One type of a discovery document as JSON Schema; ``null`` says whether null may stand in its place."""
    if "$ref" in described_type:
        reference = {"$ref": f"#/$defs/{described_type['$ref']}"}
        return {"anyOf": [reference, {"type": "null"}]} if null else reference
    kind = described_type["type"]
    if kind == "any":
        return {}
    schema: Json = {"type": [kind, "null"] if null else kind}
    if kind == "object":
        schema |= _object(described_type, null=null)
    elif kind == "array":
        schema["items"] = described(described_type["items"], null=False)
    elif "enum" in described_type:
        schema["enum"] = [*described_type["enum"], *([None] if null else [])]
    else:
        schema |= FORMATS.get(described_type.get("format", ""), {})
    return schema


def _object(described_type: Mapping[str, Any], *, null: bool) -> Json:
    others = described_type.get("additionalProperties")
    fields = described_type.get("properties", {})
    return {
        "properties": {name: described(one, null=null) for name, one in fields.items()},
        "additionalProperties": False if others is None else described(others, null=null),
    }


@cache
def definitions(api: str, *, null: bool) -> Json:
    """Every schema of ``api`` by name, as the ``$defs`` of a JSON Schema.

    ``null`` allows null for any field. Requests may hold it (recorded: ``"majorDimension": null``); answers never do.
    """
    return {name: described(one, null=null) for name, one in discovery(api)["schemas"].items()}


def json_schema(api: str, name: str, *, null: bool) -> Json:
    """A whole JSON Schema, draft 2020-12, of the type ``name``, for any validator."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{name}",
        "$defs": definitions(api, null=null),
    }
