"""JSON as Google's servers write it: what has its default value is left out, colours are 32-bit fractions."""

from __future__ import annotations

import math
import struct
from typing import Any

from tests.support.google.behaviours import behaves

PRESENT = frozenset(
    [
        "startRowIndex",
        "endRowIndex",
        "startColumnIndex",
        "endColumnIndex",
        "startIndex",
        "endIndex",
        "numberValue",
        "boolValue",
        "stringValue",
        "bold",
        "italic",
        "strikethrough",
        "underline",
    ]
)
"""Fields that stand in an answer with 0, false and '' too."""
COLOURS = frozenset(("red", "green", "blue", "alpha"))
STYLED = ("backgroundColor", "foregroundColor", "tabColor", "hyperlinkColor")


@behaves(
    "recorded", "JSON of answers", "0, false, '' and empty lists are left out, but for the ends of ranges and values"
)
def proto(value: Any) -> Any:
    """A value without what a server leaves out."""
    if isinstance(value, dict):
        return {name: _field(name, inner) for name, inner in value.items() if _stands(name, inner)}
    if isinstance(value, list):
        return [proto(one) for one in value]
    return value


def _stands(name: str, value: Any) -> bool:
    if name in PRESENT:
        return value is not None
    return isinstance(value, dict) or bool(value)


def _field(name: str, value: Any) -> Any:
    if name in COLOURS and isinstance(value, int | float):
        return stepped(value)
    return proto(value)


@behaves("recorded", "colours", "a fraction of a tab's colour is cut to one of 256 steps: 0.5 becomes 0.49803922")
@behaves("assumed", "colours", "so is any other colour's")
def stepped(value: float) -> float:
    """A fraction of a colour as it is kept: cut to whole 255ths."""
    return single(math.floor(value * 255 + 1e-6) / 255)


def single(value: float) -> float:
    """A 32-bit fraction, shown with eight digits."""
    (narrow,) = struct.unpack("f", struct.pack("f", value))
    shown = float(f"{narrow:.8g}")
    return int(shown) if shown.is_integer() else shown


@behaves("recorded", "colours", "a colour given the old way stands in the answer the new way too")
@behaves("assumed", "colours", "and the reverse")
def with_styles(value: Any) -> Any:
    """Formats with backgroundColor and backgroundColorStyle both, likewise other colours."""
    if isinstance(value, list):
        return [with_styles(one) for one in value]
    if not isinstance(value, dict):
        return value
    both = {name: with_styles(inner) for name, inner in value.items()}
    for name in STYLED:
        style = f"{name}Style"
        if style in both and "rgbColor" in both[style]:
            both[name] = both[style]["rgbColor"]
        elif name in both:
            both[style] = {"rgbColor": both[name]}
    return both
