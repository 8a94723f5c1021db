"""How a registry's mail stands: what nobody knows the end of, what is refused, what waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from registry_sheets.settings import RegistrySettings
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.delivery import LASTS, Delivery

LATELY = timedelta(days=14)
"""How far back mails are counted, and those named of which nobody knows whether they arrived."""

LONG = timedelta(days=1)
"""A mail that waits for longer than this is trouble: the mail server was away all day, or takes none from here."""


@dataclass(frozen=True)
class LettersSeen:
    """``unknown``: may have arrived, or not; ``waiting``: queued or put off; both oldest first.

    ``refused``: addresses whose newest letter was refused, and the mail server's reply.
    """

    unknown: tuple[Delivery, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    waiting: tuple[Delivery, ...] = ()

    def stuck(self, now: datetime) -> bool:
        """Whether something waits for too long. What waits even longer than letters are tried goes nowhere: a mail
        that was put off before mail was switched off must not be trouble for ever."""
        return any(LONG < now - one.first_at <= LASTS + LONG for one in self.waiting)


def letters_seen(deliveries: Deliveries, now: datetime) -> LettersSeen:
    """The letters worth a word. Raises StateUnusable."""
    return LettersSeen(
        unknown=tuple(one for one in deliveries.unknown() if now - one.last_at <= LATELY),
        refused=deliveries.refused(),
        waiting=deliveries.due(now + 2 * LASTS),  # all that waits: no next try is further ahead than letters last
    )


def weekly_off(said: RegistrySettings) -> str:
    """Why no weekly mail goes out, in words; '' where it does."""
    reasons = (
        "" if said.sender else "no sender in the config",
        "" if said.smtp.host else "no host under [smtp]",
        "" if said.weekly else 'weekly = ""',
    )
    return ", ".join(filter(None, reasons))
