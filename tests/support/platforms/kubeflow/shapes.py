"""What a body may hold: the fields of each kind, which are required, patterns and enumerations.

Written down from the OpenAPI document of the registry; tests hold the stand-in against the document itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ID = re.compile(r"[1-9][0-9]{0,8}")
PRINTABLE = re.compile(r"[\x20-\x7E]+")
ARTIFACT_TYPES = ("model-artifact", "doc-artifact", "dataset-artifact", "metric", "parameter")

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(ID.fullmatch(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_of(*words: str) -> Check:
    return lambda value: value in words


_METADATA: Mapping[str, tuple[str, Check]] = {
    "MetadataStringValue": ("string_value", _is_text),
    "MetadataIntValue": ("int_value", lambda value: bool(re.fullmatch(r"-?([1-9][0-9]{0,8}|0)", str(value)))),
    "MetadataDoubleValue": ("double_value", _is_number),
    "MetadataBoolValue": ("bool_value", lambda value: isinstance(value, bool)),
    "MetadataStructValue": ("struct_value", _is_text),
    "MetadataProtoValue": ("proto_value", _is_text),
}


def _is_properties(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_property(one) for one in value.values())


def _is_property(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("metadataType") not in _METADATA:
        return False
    key, right = _METADATA[value["metadataType"]]
    more = {"type"} if key == "proto_value" else set()
    return set(value) == {"metadataType", key, *more} and right(value[key])


_EVERY: Mapping[str, Check] = {
    "id": _is_text,
    "name": lambda value: isinstance(value, str) and value != "",
    "description": _is_text,
    "externalId": _is_text,
    "customProperties": _is_properties,
}
_LIFE = _one_of("LIVE", "ARCHIVED")
_ARTIFACT: Mapping[str, Check] = {
    "artifactType": _one_of(*ARTIFACT_TYPES),
    "experimentId": _is_id,
    "experimentRunId": _is_id,
    "state": _one_of("UNKNOWN", "PENDING", "LIVE", "MARKED_FOR_DELETION", "DELETED", "ABANDONED", "REFERENCE"),
}


@dataclass(frozen=True)
class Shape:
    """A kind of thing. ``owner`` is the field with the id of what it belongs to; names are unique within that."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ("name",)
    defaults: Mapping[str, Any] | None = None
    owner: str = ""

    def faults(self, body: Mapping[str, Any], new: bool) -> Iterator[str]:
        """What is wrong with a body, one sentence each; ``new``: it is to be created."""
        for key in self.required if new else ():
            if key not in body:
                yield f"required field '{key}' is zero value."
        for key, value in body.items():
            if key not in self.fields:
                yield f'json: unknown field "{key}"'
            elif not self.fields[key](value):
                yield f"{value!r} does not match what '{key}' may be"


def _texts(*keys: str) -> dict[str, Check]:
    return dict.fromkeys(keys, _is_text)


_CARD = _texts("readme", "maturity", "provider", "logo", "license", "licenseLink", "libraryName")

SHAPES: Mapping[str, Shape] = {
    "RegisteredModel": Shape(
        {**_EVERY, **_CARD, "language": _is_texts, "tasks": _is_texts, "owner": _is_text, "state": _LIFE},
        defaults={"state": "LIVE"},
    ),
    "ModelVersion": Shape(
        {**_EVERY, "registeredModelId": _is_id, "author": _is_text, "state": _LIFE},
        ("name", "registeredModelId"),
        {"state": "LIVE"},
        "registeredModelId",
    ),
    "ServingEnvironment": Shape({**_EVERY}),
    "InferenceService": Shape(
        {
            **_EVERY,
            "registeredModelId": _is_id,
            "servingEnvironmentId": _is_id,
            "modelVersionId": _is_id,
            "runtime": _is_text,
            "desiredState": _one_of("DEPLOYED", "UNDEPLOYED"),
        },
        ("registeredModelId", "servingEnvironmentId"),
        {"desiredState": "DEPLOYED"},
        "servingEnvironmentId",
    ),
    "Experiment": Shape({**_EVERY, "owner": _is_text, "state": _LIFE}, defaults={"state": "LIVE"}),
    "ExperimentRun": Shape(
        {
            **_EVERY,
            **_texts("startTimeSinceEpoch", "endTimeSinceEpoch", "owner"),
            "experimentId": _is_id,
            "status": _one_of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"),
            "state": _LIFE,
        },
        ("experimentId",),
        {"status": "RUNNING", "state": "LIVE"},
        "experimentId",
    ),
}
"""By the names that the OpenAPI document has for them."""

_MODEL_ARTIFACT = (
    *("modelFormatName", "modelFormatVersion", "storageKey", "storagePath", "serviceAccountName", "uri"),
    *("modelSourceKind", "modelSourceClass", "modelSourceGroup", "modelSourceId", "modelSourceName"),
)
ARTIFACTS: Mapping[str, Shape] = {
    kind: Shape({**_EVERY, **_ARTIFACT, **fields}, (), {"state": "UNKNOWN"})
    for kind, fields in {
        "model-artifact": _texts(*_MODEL_ARTIFACT),
        "doc-artifact": _texts("uri"),
        "dataset-artifact": _texts("digest", "sourceType", "source", "schema", "profile", "uri"),
        "metric": {"value": _is_number, "timestamp": _is_text, "step": lambda value: type(value) is int},
        "parameter": {"value": _is_text, "parameterType": _one_of("string", "number", "boolean", "object")},
    }.items()
}
"""By artifactType."""
