"""Edits as plain JSON values and back. A file that was damaged, or is of a newer version, raises ValueError.

Nothing that this tool writes is refused here; what it would never write is, whoever put it there: a file that only
looks like an edit must not get as far as the workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any, get_args

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.edits.edit import Change, Edit, Expected, NewRow, RowChange, State, Step
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.header_words import is_check
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import header_of, own_key
from registry_sheets.registry.text import one_line, shown

FORMAT = 1
"""Goes up when older versions of the tool would misread a file."""


def to_plain(edit: Edit) -> dict[str, Any]:
    """An edit as JSON takes it."""
    return {
        "format": FORMAT,
        "id": edit.id,
        "made": edit.made.isoformat(),
        "by": edit.by,
        "command": edit.command,
        "what": edit.what,
        "state": edit.state,
        "reason": edit.reason,
        "applied": edit.applied.isoformat() if edit.applied else None,
        "steps": [_plain_step(step) for step in edit.steps],
        "expected": _plain_expected(edit.expected),
    }


def from_plain(plain: Any) -> Edit:
    """The edit that to_plain() made this from. Raises ValueError."""
    if not isinstance(plain, dict) or type(plain.get("format")) is not int:
        raise ValueError("it is no recorded edit")
    if plain["format"] > FORMAT:
        raise ValueError("it was made by a newer version of registry-sheets")
    try:
        return _edit(plain)
    except (KeyError, TypeError, AttributeError, OverflowError, ValueError) as error:
        raise ValueError("it is damaged") from error


def _edit(plain: Mapping[str, Any]) -> Edit:
    if plain["state"] not in get_args(State) or not isinstance(plain["steps"], list) or not plain["steps"]:
        raise ValueError
    texts = {name: _text(plain[name]) for name in ("id", "by", "command", "what", "reason")}
    return Edit(
        made=_moment(plain["made"]),
        steps=tuple(_step(step) for step in plain["steps"]),
        state=plain["state"],
        applied=_moment(plain["applied"]) if plain["applied"] else None,
        expected=_expected(plain.get("expected")),
        **texts,
    )


def _plain_expected(expected: Expected | None) -> dict[str, Any] | None:
    if expected is None:
        return None
    places = [list(place) for place in sorted(expected.places)]
    return {"name": expected.name, "places": places, "versions": sorted(expected.versions)}


def _expected(plain: Any) -> Expected | None:
    if plain is None:
        return None
    places = frozenset((_text(use), _text(location)) for use, location in plain["places"])
    return Expected(_text(plain["name"]), places, frozenset(map(_text, plain["versions"])))


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise TypeError
    return plain


def _moment(plain: str) -> datetime:
    moment = datetime.fromisoformat(plain)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain_step(step: Step) -> dict[str, Any]:
    about = {"name": step.name, "version": step.version}
    if isinstance(step, NewRow):
        cells = {key: _plain_cell(cell) for key, cell in step.cells.items()}
        return {"do": "append", **about, "alone": step.alone, "cells": cells}
    changes = {
        key: {"old": _plain_cell(change.old), "new": _plain_cell(change.new)} for key, change in step.cells.items()
    }
    where = {"used_for": list(step.used_for), "location": list(step.location), "row": step.row}
    return {"do": "set", **about, **where, "lenient": step.lenient, "cells": changes}


def _step(plain: Mapping[str, Any]) -> Step:
    name, version = _text(plain["name"]), _text(plain["version"])
    if not plain["cells"]:
        raise ValueError
    if plain["do"] == "append":
        cells = {_key(key): _new_cell(cell) for key, cell in plain["cells"].items()}
        row = NewRow(name, version, cells, bool(plain["alone"]))
        if not any(row.key) or not (_says(cells.get("name", ""), name) and _says(cells.get("version", ""), version)):
            raise ValueError
        return row
    if plain["do"] != "set" or int(plain["row"]) < 0:
        raise ValueError
    changes = {_key(key): Change(_cell(one["old"]), _new_cell(one["new"])) for key, one in plain["cells"].items()}
    uses, locations = tuple(map(_text, plain["used_for"])), tuple(map(_text, plain["location"]))
    return RowChange(name, version, changes, uses, locations, int(plain["row"]), bool(plain["lenient"]))


def _says(cell: Cell, text: str) -> bool:
    """Whether a cell is what a row is known by. A number or a day, which an import brings, says it in its own way."""
    return normalise(cell if isinstance(cell, str) else shown(cell)) == normalise(text)


def _key(plain: Any) -> str:
    """A fact key; the tool's own Check column has none."""
    key = _text(plain)
    heading = one_line(header_of(key))
    if key not in _FIELDS and (key != own_key(header_of(key)) or not heading or is_check(heading)):
        raise ValueError
    return key


_FIELDS = frozenset(declared.field for declared in COLUMNS)


def _plain_cell(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    return cell


def _new_cell(plain: Any) -> Cell:
    """A cell that is to be written: only a number that a spreadsheet can hold."""
    cell = _cell(plain)
    if isinstance(cell, float) and not isfinite(cell):
        raise ValueError
    return cell


def _cell(plain: Any) -> Cell:
    if isinstance(plain, int):
        float(plain)  # raises OverflowError for what is no number to a spreadsheet
    if isinstance(plain, (str, bool, int, float)):
        return plain
    ((kind, value),) = plain.items()
    return _KINDS[kind](value)


_KINDS: Mapping[str, Callable[[Any], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "seconds": lambda seconds: timedelta(seconds=seconds),
}
