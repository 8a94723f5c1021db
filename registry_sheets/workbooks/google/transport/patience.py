"""Asking again: with pauses, up to a deadline, and only where asking again is safe."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.workbooks.google.transport.outcome import Refusal, lost_reply

Answer = TypeVar("Answer")

_LONGEST_PAUSE = 32.0
_LONGEST_WAIT = 70.0  # Google's quotas are filled up every minute


class Refused(Exception):
    """One attempt that failed, as the one who makes the attempts tells it to Patience."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.error.message)
        self.refusal = refusal


@dataclass(frozen=True)
class Patience:
    """How long, and how, to try. Exponential back-off with full jitter: a pause is anything up to its bound.

    Args:
        seconds: no attempt begins later than this after the first.
        shortly: the same for failures that are not worth more waiting (no network at all).
        sleep, clock, chance: the machine's, or a test's. ``clock`` never goes back; ``chance`` is in [0, 1).
    """

    seconds: float = 120.0
    shortly: float = 15.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def call(self, attempt: Callable[[], Answer], *, repeatable: bool) -> Answer:
        """What ``attempt`` gives, which raises Refused for an attempt that failed.

        ``repeatable`` says that doing it twice is as good as once. Otherwise it is done again only after a
        failure of which it is certain that nothing was done, and any other that may pass raises LostReply.
        Raises the last failure's RegistrySheetsError, with the number of attempts where there were several.
        """
        begun = self.clock()
        tries = 0
        while True:
            tries += 1
            try:
                return attempt()
            except Refused as caught:
                refused = caught.refusal
            if not (refused.undone or repeatable):
                raise lost_reply(refused.error)
            spent = self.clock() - begun
            pause = self._pause(refused, tries, spent)
            if pause is None:
                raise _told(refused.error, tries, spent)
            self.sleep(pause)

    def _pause(self, refused: Refusal, tries: int, spent: float) -> float | None:
        """The seconds until the next attempt; None where there is to be none."""
        left = (self.shortly if refused.shortly else self.seconds) - spent
        if not refused.passing or left <= 0:
            return None
        if refused.wait is None:
            return min(self.chance() * min(2.0 ** min(tries - 1, 16), _LONGEST_PAUSE), left)
        # Others wait for the same instant, so come a little after it.
        pause = min(refused.wait, _LONGEST_WAIT) + self.chance()
        return pause if pause <= left else None


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (a number or a date), None without one that can be read.

    A date is held against the server's own Date header, else against ``now``: this machine's clock may be wrong.
    """
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    until = moment(told)
    if until is None:
        return None
    return max(0.0, (until - (moment(headers.get("Date", "")) or now)).total_seconds())


def moment(text: str) -> datetime | None:
    """An HTTP date with its zone, None where it is none."""
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read if read.tzinfo is not None else None


def _told(error: RegistrySheetsError, tries: int, spent: float) -> RegistrySheetsError:
    if tries == 1:
        return error
    return type(error)(f"{error.message} It was tried {tries} times in {spent:.0f} s.", error.fix)
