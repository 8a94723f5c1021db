"""Requests and replies held against the registry's own OpenAPI document (of v1alpha3).

v1 is held against the same document, after what it does otherwise is taken back (__init__.py says what that is).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.support.platforms.kubeflow.routes import OLDER, V1
from tests.support.platforms.kubeflow.server import BASE, Exchange

Schema = dict[str, Any]


class Specification:
    """The document, an OpenAPI 3.0 one."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schemas = {name: _plain(schema) for name, schema in document["components"]["schemas"].items()}
        self._paths = {re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)): path for path in document["paths"]}
        self._closed: dict[str, Draft202012Validator] = {}

    def faults(self, exchange: Exchange) -> Iterator[str]:
        """What of an exchange is not as documented; of a request that was refused only its status and reply."""
        where = f"{exchange.method} {exchange.path} {exchange.status}"
        version, _, path = exchange.path.partition("/")
        if version == V1:
            if "experiment" in json.dumps([path, exchange.reply]).casefold():
                yield f"{where}: v1 has no experiments"
            exchange = _as_older(exchange)
        told = self._path(path)
        operation = (told or {}).get(exchange.method.lower())
        if told is None or operation is None:
            yield f"{where}: no such path or method"
            return
        if exchange.status < 300:
            yield from (f"{where}: {fault}" for fault in self._parameters(exchange, told, operation))
            yield from (f"{where}: {fault}" for fault in self._body(exchange, operation))
        yield from (f"{where}: {fault}" for fault in self._reply(exchange, operation))

    def _path(self, path: str) -> Mapping[str, Any] | None:
        wanted = f"{BASE}{OLDER}/{path}"
        exact = self._document["paths"].get(wanted)
        found = next(
            (self._document["paths"][name] for one, name in self._paths.items() if one.fullmatch(wanted)), None
        )
        return exact or found

    def _parameters(self, exchange: Exchange, told: Any, operation: Any) -> Iterator[str]:
        listed = [self._resolved(one) for one in (*operation.get("parameters", ()), *told.get("parameters", ()))]
        known = {one["name"]: one for one in listed if one["in"] == "query"}
        for key, said in exchange.query.items():
            if key not in known:
                yield f"no parameter {key}"
            else:
                yield from self._wrong(_plain(known[key]["schema"]), said)

    def _body(self, exchange: Exchange, operation: Any) -> Iterator[str]:
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            yield from self._wrong(_plain(schema), exchange.body)
        elif exchange.body is not None:
            yield "a body"

    def _reply(self, exchange: Exchange, operation: Any) -> Iterator[str]:
        answers = operation["responses"]
        # v1alpha3 leaves out that a request may be wrong (400) where the server says so.
        documented = answers.get(str(exchange.status)) or ("400" if exchange.status == 400 else None)
        if documented is None:
            yield "no such status"
            return
        if documented == "400":
            documented = {"$ref": "#/components/responses/BadRequest"}
        schema = self._resolved(documented)["content"]["application/json"]["schema"]
        yield from self._wrong(_plain(schema), exchange.reply)
        yield from self._more(schema["$ref"].rpartition("/")[2], exchange.reply)

    def _more(self, name: str, reply: Any) -> Iterator[str]:
        """Fields that the document does not have."""
        single = name.removesuffix("List")
        for one in reply["items"] if name.endswith("List") else [reply]:
            yield from (error.message[:300] for error in self._validator(single).iter_errors(one))

    def _validator(self, name: str) -> Draft202012Validator:
        if name not in self._closed:
            closed = {"$ref": f"#/components/schemas/{name}", "unevaluatedProperties": False}
            self._closed[name] = Draft202012Validator({**closed, "components": {"schemas": self._schemas}})
        return self._closed[name]

    def _wrong(self, schema: Schema, value: Any) -> Iterator[str]:
        whole = {**schema, "components": {"schemas": self._schemas}}
        yield from (error.message[:300] for error in Draft202012Validator(whole).iter_errors(value))

    def _resolved(self, told: Any) -> Any:
        while "$ref" in told:
            found: Any = self._document
            for part in told["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            told = found
        return told


def _as_older(exchange: Exchange) -> Exchange:
    status = 200 if (exchange.status, exchange.path) == (201, f"{V1}/inference_services") else exchange.status
    return replace(exchange, status=status, body=_with_steps(exchange.body), reply=_with_steps(exchange.reply))


def _with_steps(value: Any) -> Any:
    """A metric's step as a number; one that is none in v1 becomes what is none in v1alpha3."""
    if isinstance(value, list):
        return [_with_steps(one) for one in value]
    if not isinstance(value, dict):
        return value
    step = {"step": int(value["step"]) if isinstance(value["step"], str) else "no text"} if "step" in value else {}
    return {**{key: _with_steps(one) for key, one in value.items()}, **step}


def _plain(schema: Any) -> Any:
    """As JSON Schema: a discriminator is OpenAPI's own, and its alternatives alone would fit several at once."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "discriminator" in schema and "oneOf" in schema:
        key, mapping = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        chosen = [
            {"if": {"properties": {key: {"const": word}}, "required": [key]}, "then": {"$ref": ref}}
            for word, ref in mapping.items()
        ]
        return {"type": "object", "required": [key], "properties": {key: {"enum": list(mapping)}}, "allOf": chosen}
    return {key: _plain(value) for key, value in schema.items() if key not in ("example", "examples", "default")}
