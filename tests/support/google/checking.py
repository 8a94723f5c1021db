"""Holds a value against a schema of schemas.py, fast enough for every answer of 10,000 rows.

jsonschema walks its schema anew for every value; here each definition is compiled once to plain functions. It knows
the keywords that schemas.py writes and no others, and a test holds it against jsonschema itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from tests.support.google.schemas import Json, definitions

Step = str | int
Fault = Literal["unknown", "type", "enum"]


@dataclass(frozen=True)
class Violation:
    """One thing that a schema does not allow.

    ``path`` leads to it from the top: names and indices. ``fault`` is 'unknown' (no such field), 'type' or 'enum';
    ``wanted`` is the schema that ``value`` was held against.
    """

    path: tuple[Step, ...]
    fault: Fault
    value: Any
    wanted: Json

    def under(self, step: Step) -> Violation:
        return replace(self, path=(step, *self.path))

    def __str__(self) -> str:
        shown = repr(self.value)
        kind = self.wanted.get("enum") or self.wanted.get("$ref") or self.wanted.get("type")
        where = "/".join(map(str, self.path)) or "the top"
        return f"{where}: {self.fault} {shown[:200]}" + ("" if self.fault == "unknown" else f", wanted {kind}")


Violations = tuple[Violation, ...]
Check = Callable[[Any], Violations]

_PYTHON: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "integer": (int, float),
    "null": (type(None),),
}


class Checker:
    """The checks of one set of definitions, each compiled when it is first asked for."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions
        self._compiled: dict[str, Check] = {}

    def violations(self, name: str, value: Any) -> Violations:
        """What the definition ``name`` does not allow in ``value``, in its order; () when all is well."""
        return self._named(name)(value)

    def _named(self, name: str) -> Check:
        if name not in self._compiled:
            self._compiled[name] = lambda value: self._compiled[name](value)  # for a type that holds itself
            self._compiled[name] = self._check(self._definitions[name])
        return self._compiled[name]

    def _check(self, schema: Json) -> Check:
        if "anyOf" in schema:
            return _or_null(self._check(schema["anyOf"][0]))
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2])
        if not schema:
            return lambda value: ()
        inner = {"object": self._object, "array": self._array}.get(_kinds(schema)[0], _scalar)
        return _typed(schema, inner(schema))

    def _reference(self, name: str) -> Check:
        compiled = self._compiled
        self._named(name)
        return lambda value: compiled[name](value)

    def _object(self, schema: Json) -> Check:
        checks = {name: self._check(one) for name, one in schema["properties"].items()}
        others = schema["additionalProperties"]
        other = self._check(others) if others is not False else None

        def fields(value: Any) -> Violations:
            found: Violations = ()
            for name, one in value.items():
                check = checks.get(name, other)
                if check is None:
                    found += (Violation((name,), "unknown", one, schema),)
                elif wrong := check(one):
                    found += tuple(each.under(name) for each in wrong)
            return found

        return fields

    def _array(self, schema: Json) -> Check:
        check = self._check(schema["items"])

        def items(value: Any) -> Violations:
            found: Violations = ()
            for index, one in enumerate(value):
                if wrong := check(one):
                    found += tuple(each.under(index) for each in wrong)
            return found

        return items


def _kinds(schema: Json) -> list[str]:
    kinds = schema["type"]
    return kinds if isinstance(kinds, list) else [kinds]


def _or_null(check: Check) -> Check:
    return lambda value: () if value is None else check(value)


def _scalar(schema: Json) -> Check:
    if "enum" in schema:
        allowed = frozenset(schema["enum"])
        return lambda value: () if value in allowed else (Violation((), "enum", value, schema),)
    if "pattern" in schema:
        matches = re.compile(schema["pattern"]).search
        return lambda value: () if matches(value) else (Violation((), "type", value, schema),)
    if _kinds(schema)[0] == "integer":
        return _integer(schema)
    return lambda value: ()


def _integer(schema: Json) -> Check:
    least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    return lambda value: () if value % 1 == 0 and least <= value <= most else (Violation((), "type", value, schema),)


def _typed(schema: Json, inner: Check) -> Check:
    """``inner``, asked only of values of the right type (in JSON a boolean is no number)."""
    allowed = tuple(one for kind in _kinds(schema) for one in _PYTHON[kind])
    boolean = bool in allowed

    def typed(value: Any) -> Violations:
        if not isinstance(value, allowed):
            return (Violation((), "type", value, schema),)
        if value is None:
            return ()
        if (value is True or value is False) is not boolean:
            return (Violation((), "type", value, schema),)
        return inner(value)

    return typed


@cache
def checker(api: str, *, null: bool) -> Checker:
    """The checker of 'sheets' or 'drive'; see schemas.definitions for ``null``."""
    return Checker(definitions(api, null=null))
