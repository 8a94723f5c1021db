"""What became of a letter."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What became of a letter.

    SENT: the server took it. DEFERRED: it certainly did not, and may later. REFUSED: it never will, because of the
    recipient or the content. UNKNOWN: the connection was lost after the content was begun; it may have arrived.
    """

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Receipt(NamedTuple):
    """What became of a letter and what the server said, made safe to show."""

    outcome: Outcome
    reply: str
