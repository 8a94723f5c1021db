"""Field masks: reading, cutting an answer down, carrying chosen fields of an update over."""

from __future__ import annotations

import re
from typing import Any

from tests.support.google.behaviours import behaves
from tests.support.google.errors import NotImitated, Refused

Mask = dict[str, Any]
"""Field name -> mask of what is inside; an empty one means everything below."""

TOKEN = re.compile(r"[A-Za-z0-9_*]+|[.,/()]")


@behaves("recorded", "field masks", "a.b, a/b and a(b,c) name fields; an object of which nothing is left stays, empty")
def parse(text: str) -> Mask:
    """Read a mask. Raises Refused."""
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not tokens:
        raise _bad(text)
    mask: Mask = {}
    rest = _list(tokens, mask, text)
    if rest:
        raise _bad(text)
    return {} if "*" in mask else mask


def _bad(text: str) -> Refused:
    return Refused(400, f"Request contains an invalid argument: field mask '{text}'")


def _list(tokens: list[str], mask: Mask, text: str) -> list[str]:
    while True:
        tokens = _path(tokens, mask, text)
        if not tokens or tokens[0] != ",":
            return tokens
        tokens = tokens[1:]


def _path(tokens: list[str], mask: Mask, text: str) -> list[str]:
    if not tokens or tokens[0] in ".,/()":
        raise _bad(text)
    fresh = tokens[0] not in mask
    inner = mask.setdefault(tokens[0], {})
    tokens = tokens[1:]
    below: Mask = {}
    if tokens and tokens[0] in "./":
        tokens = _path(tokens[1:], below, text)
    elif tokens and tokens[0] == "(":
        tokens = _list(tokens[1:], below, text)
        if not tokens or tokens[0] != ")":
            raise _bad(text)
        tokens = tokens[1:]
    _merge(inner, {} if "*" in below else below, fresh)
    return tokens


def _merge(inner: Mask, below: Mask, fresh: bool) -> None:
    """Join what two mentions of a field name; one that names it whole wins."""
    if not below or (not inner and not fresh):
        inner.clear()
        return
    for name, more in below.items():
        known = name in inner
        _merge(inner.setdefault(name, {}), more, not known)


def cut(value: Any, mask: Mask) -> Any:
    """What of an answer a mask lets through."""
    if not mask:
        return value
    if isinstance(value, list):
        return [cut(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: cut(inner, mask[name]) for name, inner in value.items() if name in mask}


def wants(mask: Mask, *path: str) -> bool:
    """Whether a mask lets anything below a path through."""
    for name in path:
        if not mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def below(mask: Mask, *path: str) -> Mask:
    """The mask inside a path that ``wants`` has found."""
    for name in path:
        mask = mask.get(name, {})
    return mask


def known(mask: Mask, tree: Mask, where: str) -> None:
    """Raise NotImitated for a field that no answer here ever has. An empty tree knows everything below."""
    if not tree:
        return
    for name, inner in mask.items():
        if name not in tree:
            raise NotImitated(f"the field {name} of {where}")
        known(inner, tree[name], f"{where}.{name}")


@behaves(
    "documented", "field masks", "an update sets the fields of its mask; those it leaves out of the body are cleared"
)
def carry(target: dict[str, Any], source: dict[str, Any], mask: Mask) -> None:
    """Set the masked fields of ``target`` to what ``source`` has, clearing what it has not."""
    for name, inner in (mask or {key: {} for key in source}).items():
        if inner:
            nested = dict(target.get(name) or {})
            carry(nested, source.get(name) or {}, inner)
            _set(target, name, nested)
        else:
            _set(target, name, source.get(name))


def _set(target: dict[str, Any], name: str, value: Any) -> None:
    if value is None or value == {}:
        target.pop(name, None)
    else:
        target[name] = value
