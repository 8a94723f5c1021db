"""What the stand-in leaves out and Google has: values of the formulas of doctor --live, and tinted cells.

The values are those that LibreOffice comes to (tests/system/test_doctor_live.py holds them against it).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from registry_sheets.registry.mark_keys import ROW_KEYS
from registry_sheets.workbooks.google.live.of_formulas import scratch_name
from registry_sheets.workbooks.google.tabs.looks import color_style
from registry_sheets.workbooks.looks import TINTS
from tests.support.google.cellvalues import Error
from tests.support.google.faults import Faults
from tests.support.google.wire import Answer, Call, Handler

VALUES: tuple[tuple[str, Any], ...] = (
    ("=NA()", Error("#N/A")),
    ("=SQRT(-1)", Error("#NUM!")),
    ("=VALUE(", Error("#VALUE!")),
    ("=NO_SUCH_NAME_", Error("#NAME?")),
    ("=IF(0", "yes"),
    ("=HYPERLINK($C$1&ADDRESS", "B3"),
    ("=SUMPRODUCT(MAX(", 3),
    ("=IF(IFERROR(AND(", 3),
    ("=IFERROR(ROUND(", "none"),
    ("=TEXT(B1", "46203"),
    ("=IF(B2=INT(B2)", "3.1 20260630123 3"),
    ("CHOOSE({1", 2),
    ("=SUMPRODUCT(--EXACT(", 1),
)
"""How a formula begins, or what stands in it, and what it comes to; the first that fits counts."""

CHECK_COLUMN = {"$A2": "2 to fix", "$A3": "changed since last check", "$A4": "no findings on 2026-07-01"}
"""What the Check column says, by a cell of the row."""


def calculated(formula: str) -> Any:
    """A formula's value; None for those that the stand-in works out by itself."""
    if scratch_name(ROW_KEYS) in formula:
        return next(said for cell, said in CHECK_COLUMN.items() if cell in formula)
    return next(
        (value for part, value in VALUES if formula.startswith(part) or (part[0] != "=" and part in formula)), None
    )


def tint(faults: Faults) -> None:
    """Let cells be told as a conditional format tints them: of those that are asked for their colour, the first."""
    faults.plan(_tinted, times=1_000_000, verb="GET", url="/v4/spreadsheets/")


def _tinted(call: Call, inner: Handler) -> Answer:
    answer = inner(call)
    if "backgroundColorStyle" not in call.url or answer.status != 200:
        return answer
    told = json.loads(answer.body)
    for sheet in told["sheets"]:
        cell = sheet["data"][0]["rowData"][0]["values"][0]
        cell["effectiveFormat"] = {"backgroundColorStyle": color_style(TINTS["error"])}
    return replace(answer, body=json.dumps(told).encode())
