"""What the styles and tints of our tabs look like; colours as Excel's ARGB without the alpha."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registry_sheets.registry.sheets import Style, Tint

DATE_FORMAT = "yyyy\\-mm\\-dd"
DATETIME_FORMAT = "yyyy\\-mm\\-dd hh:mm"
TEXT_FORMAT = "@"


@dataclass(frozen=True, slots=True)
class Look:
    """A cell's look; '' and 0 leave what the workbook's normal style says."""

    number_format: str = "General"
    bold: bool = False
    underline: bool = False
    color: str = ""
    grow: int = 0  # points more than the normal size
    fill: str = ""
    wrap: bool = False
    top: bool = False
    left: bool = False


LOOKS: Mapping[Style, Look] = MappingProxyType(
    {
        "plain": Look(),
        "text": Look(number_format=TEXT_FORMAT, top=True),
        "wrapped": Look(wrap=True, top=True),
        "date": Look(number_format=DATE_FORMAT, top=True, left=True),
        "title": Look(bold=True, grow=4),
        "note": Look(color="666666", grow=-1),
        "header": Look(bold=True, color="FFFFFF", fill="1F4E78", wrap=True, top=True),
        "header-recommended": Look(bold=True, color="1F3864", fill="BDD7EE", wrap=True, top=True),
        "header-own": Look(bold=True, color="404040", fill="D9D9D9", wrap=True, top=True),
        "error": Look(bold=True, color="9C2A00", fill="FCE4D6", top=True),
        "warning": Look(bold=True, color="7F6000", fill="FFF2CC", top=True),
        "info": Look(color="404040", fill="EDEDED", top=True),
        "link": Look(color="0563C1", underline=True, top=True),
    }
)

TINTS: Mapping[Tint, str] = MappingProxyType(
    {
        "error": "F8B696",
        "warning": "FFE699",
        "missing": "CFE2F3",
        "doubled": "D9C7EC",
        "own": "E7E6E6",
    }
)
"""Fills of conditional formats: told apart by lightness too, so in print and by colour-blind eyes."""
