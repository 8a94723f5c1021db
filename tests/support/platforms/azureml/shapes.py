"""Holding a reply against the vendor's own models: no field that they do not know, no value of another type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any

_OWN: Mapping[str, Mapping[str, str]] = {
    "ServerlessEndpointTrackedResourceArmPaginatedResult": {"nextLink": "str", "value": "[ServerlessEndpoint]"},
    "ServerlessEndpoint": {
        **dict.fromkeys(("id", "name", "type", "location", "kind"), "str"),
        "systemData": "SystemData",
        "tags": "{str}",
        "identity": "ManagedServiceIdentity",
        "sku": "Sku",
        "properties": "ServerlessEndpointProperties",
    },
    "ServerlessEndpointProperties": {
        **dict.fromkeys(("authMode", "endpointState", "marketplaceSubscriptionId", "provisioningState"), "str"),
        "capacityReservation": "object",
        "contentSafety": "object",
        "inferenceEndpoint": "object",
        "modelSettings": "ServerlessModelSettings",
        "offer": "object",
    },
    "ServerlessModelSettings": {"modelId": "str"},
}
"""Serverless endpoints of 2024-04-01 (Azure/bicep-types-az); the client's models are older."""

_PLAIN: Mapping[str, tuple[type, ...]] = {"str": (str,), "bool": (bool,), "int": (int,), "float": (int, float)}


def faults(kind: str, said: Any, where: str = "") -> Iterator[str]:
    """What in a reply is not as the vendor's models have it."""
    if said is None or kind in ("object", "duration"):
        return
    if kind[0] in "[{":
        yield from _of_many(kind, said, where)
    elif kind in _PLAIN:
        if not isinstance(said, _PLAIN[kind]) or (isinstance(said, bool) and kind != "bool"):
            yield f"{where}: {said!r} is no {kind}"
    elif kind == "iso-8601":
        yield from _moment(said, where)
    else:
        yield from _of_model(kind, said, where)


def _of_many(kind: str, said: Any, where: str) -> Iterator[str]:
    if not isinstance(said, list if kind[0] == "[" else dict):
        yield f"{where}: {said!r} is no {kind}"
        return
    for key, one in enumerate(said) if isinstance(said, list) else said.items():
        yield from faults(kind[1:-1], one, f"{where}.{key}")


def _of_model(kind: str, said: Any, where: str) -> Iterator[str]:
    if not isinstance(said, dict):
        yield f"{where}: no {kind}"
        return
    kind = _subtype(kind, said)
    known, required = _fields(kind)
    yield from (f"{where}.{key}: {kind} has no such field" for key in said.keys() - known.keys())
    yield from (f"{where}.{key}: {kind} needs it" for key in required if said.get(key) is None)
    for key, of in known.items():
        yield from faults(of, said.get(key), f"{where}.{key}")


@cache
def _fields(kind: str) -> tuple[Mapping[str, str], frozenset[str]]:
    if kind in _OWN:
        return _OWN[kind], frozenset()
    model = _model(kind)
    names = {name: told["key"] for name, told in model._attribute_map.items()}
    required = (names[name] for name, rule in model._validation.items() if rule.get("required"))
    return {told["key"]: told["type"] for told in model._attribute_map.values()}, frozenset(required)


def _subtype(kind: str, said: Mapping[str, Any]) -> str:
    """The model for what a reply says it is (jobType, endpointComputeType, …)."""
    if kind in _OWN:
        return kind
    model = _model(kind)
    for name, kinds in getattr(model, "_subtype_map", {}).items():
        if (found := kinds.get(said.get(model._attribute_map[name]["key"]))) and found != kind:
            return _subtype(found, said)
    return kind


def _model(kind: str) -> Any:
    from azure.mgmt.machinelearningservices import models

    return getattr(models, kind)


def _moment(said: Any, where: str) -> Iterator[str]:
    try:
        if datetime.fromisoformat(str(said)).tzinfo is None:
            yield f"{where}: {said!r} has no zone"
    except ValueError:
        yield f"{where}: {said!r} is no moment"


def round_trip(kind: str, said: Mapping[str, Any]) -> Any:
    """A reply as the vendor's own client reads it and writes it again."""
    from azure.mgmt.machinelearningservices import models
    from azure.mgmt.machinelearningservices._serialization import Deserializer

    classes = {name: one for name, one in vars(models).items() if isinstance(one, type)}
    copied = deepcopy(said)  # it takes what tells kinds apart out of what it reads
    return Deserializer(classes)(kind, copied).serialize(keep_readonly=True)


def without_nulls(said: Any) -> Any:
    """The same without null, and with moments to the microsecond: a client keeps no more."""
    if isinstance(said, dict):
        return {key: without_nulls(value) for key, value in said.items() if value is not None}
    if isinstance(said, list):
        return [without_nulls(one) for one in said]
    if isinstance(said, str) and said[:2] in ("19", "20") and "T" in said:
        return datetime.fromisoformat(said.replace("Z", "+00:00"))
    return said
