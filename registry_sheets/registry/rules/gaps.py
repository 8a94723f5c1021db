"""How hard a gap is: by the stage of its row. Shared by the rules of group gaps and form."""

from __future__ import annotations

from collections.abc import Mapping

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.table import Stage

GAPS: Mapping[Stage, Mapping[str, Severity]] = {
    Stage.PRODUCTION: dict.fromkeys(
        ("name", "version", "training_date", "data_source", "location", "owner"), Severity.ERROR
    ),
    Stage.TESTING: {
        **dict.fromkeys(("name", "version", "training_date", "data_source"), Severity.ERROR),
        "location": Severity.WARNING,  # a row recorded on the day of training has its location still to come
    },
    Stage.ARCHIVED: dict.fromkeys(("name", "version"), Severity.ERROR),
}
"""Stage -> field -> how much a gap in it matters. A field that is not named may be left blank."""
