"""One delivery of one letter: what is kept of it, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from registry_sheets.registry.addresses import mailbox_of
from registry_sheets.state.ledger_values import from_moment

DeliveryState = Literal["queued", "sending", "sent", "deferred", "refused", "unknown"]

GIVEN_UP = "given up"
LASTS = timedelta(days=5)
"""How long a letter is tried: RFC 5321 4.5.4.1 asks for four to five days."""
_PAUSES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
LONGEST_PAUSE = timedelta(days=1)


class Delivery(NamedTuple):
    """A letter of some kind about some period to one person.

    queued: to be sent. sending: its content may be on the way. sent: the mail server has it. deferred: to be tried
    again at ``next_at``. refused: it will not be taken, ``reply`` says why. unknown: it may or may not have arrived,
    and is not repeated unless a person asks for it.
    """

    kind: str
    period: str
    recipient: str
    state: DeliveryState
    message_id: str
    attempts: int
    first_at: datetime
    last_at: datetime
    next_at: datetime
    reply: str


def recipient_key(address: str) -> str:
    """What an address is known by in the ledger: case does not matter, on either side of the @."""
    return mailbox_of(address)


def next_try(now: datetime, attempts: int) -> datetime:
    """When to try again after so many attempts."""
    return now + (_PAUSES[attempts - 1] if 0 < attempts <= len(_PAUSES) else LONGEST_PAUSE)


def as_delivery(row: tuple[str, str, str, DeliveryState, str, int, str, str, str, str]) -> Delivery:
    """A delivery from its row."""
    kind, period, recipient, state, message_id, attempts, first_at, last_at, next_at, reply = row
    moments = from_moment(first_at), from_moment(last_at), from_moment(next_at)
    return Delivery(kind, period, recipient, state, message_id, attempts, *moments, reply)


def became(before: Delivery, outcome: str, reply: str, now: datetime) -> Delivery:
    """The delivery after a try: 'sent', 'refused', 'unknown', or 'deferred' for as long as it is worth another."""
    after = before._replace(attempts=before.attempts + 1, last_at=now, next_at=now, reply=reply)
    if outcome != "deferred":
        states: dict[str, DeliveryState] = {"sent": "sent", "refused": "refused", "unknown": "unknown"}
        return after._replace(state=states[outcome])
    later = next_try(now, after.attempts)
    if later - before.first_at > LASTS:
        return after._replace(state="refused", reply=f"{GIVEN_UP} after {after.attempts} tries: {reply}")
    return after._replace(state="deferred", next_at=later)
