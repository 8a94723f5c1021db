"""SageMaker's own specification (the service model that botocore ships), to hold questions and answers against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "timestamp": (int, float),
}


@cache
def _service() -> Any:
    return botocore.session.Session().get_service_model("sagemaker")


def asked_wrong(operation: str, body: Any) -> list[str]:
    """What is wrong with a question, by the specification."""
    shape = _service().operation_model(operation).input_shape
    return list(_faults(shape, body, operation))


def answered_wrong(operation: str, body: Any) -> list[str]:
    """What is wrong with an answer, by the specification."""
    shape = _service().operation_model(operation).output_shape
    return list(_faults(shape, body, operation))


def _faults(shape: Any, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, _KINDS[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"{where}: {value!r} is no {shape.type_name}"
        return
    yield from _inside(shape, value, where)
    yield from _limits(shape, value, where)


def _inside(shape: Any, value: Any, where: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name in set(shape.required_members) - set(value):
            yield f"{where}.{name} is missing"
        for name, member in value.items():
            if name not in shape.members:
                yield f"{where}.{name} is unknown"
            else:
                yield from _faults(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            yield from _faults(shape.member, member, f"{where}[{number}]")
    elif shape.type_name == "map":
        for name, member in value.items():
            yield from _faults(shape.key, name, f"{where} key")
            yield from _faults(shape.value, member, f"{where}.{name}")


def _limits(shape: Any, value: Any, where: str) -> Iterator[str]:
    size = len(value) if isinstance(value, (str, list, dict)) else value
    if shape.type_name in ("structure", "boolean", "timestamp"):
        return
    if "min" in shape.metadata and size < shape.metadata["min"]:
        yield f"{where}: less than {shape.metadata['min']}"
    if "max" in shape.metadata and size > shape.metadata["max"]:
        yield f"{where}: more than {shape.metadata['max']}"
    if shape.type_name == "string":
        yield from _spelling(shape, value, where)


def _spelling(shape: Any, value: str, where: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{where}: {value!r} is none of {shape.enum}"
    pattern = shape.metadata.get("pattern", "")
    if pattern and r"\p" not in pattern and not re.fullmatch(pattern, value, re.DOTALL):
        yield f"{where}: {value!r} is not spelt {pattern}"
