"""How an edit that waits in the outbox stands against the sheet as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class EditStanding:
    """An edit that somebody has to decide about.

    ``kind``: 'lost' was written and is gone again, 'unfit' no longer fits the row. ``what`` is the command in a
    line ('promote AC failure 3.5 at Dispatch desk'), ``by`` who gave it, ``day`` when. ``index`` is the row's
    index in the table as read, None where the row is not there.
    """

    id: str
    kind: Literal["lost", "unfit"]
    what: str
    by: str
    day: date
    name: str
    version: str
    reason: str
    index: int | None = None
