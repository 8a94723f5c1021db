"""Sending letters over one connection, each to its one recipient, and telling of each what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from registry_sheets.mailing.compose import ascii_sender
from registry_sheets.mailing.dialogue import Dialogue
from registry_sheets.mailing.letter import Letter
from registry_sheets.mailing.line import Line, Lost
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.receipt import Outcome, Receipt
from registry_sheets.mailing.server import MailServer

_TRIES = 2  # of one letter, as long as its content was not begun
_FRUITLESS = 3  # connections in a row that were not made or were lost before one letter was answered


def send_all(
    server: MailServer,
    letters: Iterable[Letter],
    about_to_send: Callable[[Letter], bool],
    receipt: Callable[[Letter, Receipt], None],
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Send the letters, one after another, over one connection; it is made anew where it is lost.

    Args:
        server: where to.
        letters: read one at a time, so that each can be made just before it is sent.
        about_to_send: called once the server has taken the recipient, before the content goes out. It notes durably
            that the letter is being sent, or returns False, and the letter is left out without a receipt.
        receipt: called once for each letter, whatever became of it; not for those that ``stop`` or an error left.
        stop: asked before each letter; True ends the round.
        clock: gives the Date of a letter.

    Raises MailNotSent where no connection is made at all, or the server refuses the sender; ConfigProblem for what is
    wrong in every letter. Letters without a receipt are untouched then. What the callbacks raise goes through.
    """
    round_ = _Round(server, about_to_send, receipt, clock)
    try:
        for letter in letters:
            if stop():
                break
            round_.deliver(letter)
    finally:
        round_.close()


class _Round:
    def __init__(
        self,
        server: MailServer,
        about_to_send: Callable[[Letter], bool],
        receipt: Callable[[Letter, Receipt], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._server, self._about_to_send, self._receipt, self._clock = server, about_to_send, receipt, clock
        self._line: Line | None = None
        self._connected = False
        self._fruitless = 0
        self._given_up = ""

    def deliver(self, letter: Letter) -> None:
        """Send one letter and tell of it. Raises MailNotSent, ConfigProblem, and what the callbacks raise."""
        became = Receipt(Outcome.DEFERRED, self._given_up) if self._given_up else self._try(letter)
        if became:
            self._receipt(letter, became)

    def close(self) -> None:
        if self._line:
            self._line.close()

    def _try(self, letter: Letter) -> Receipt | None:
        """The receipt; None where ``about_to_send`` said no. A connection that is lost early is made once more."""
        lost = ""
        for _ in range(_TRIES):
            try:
                became = self._dialogue(letter).run()
            except Lost as error:
                lost = str(error)
                if self._is_hopeless(lost):
                    break
            else:
                self._note(became)
                return became
        return Receipt(Outcome.DEFERRED, lost)

    def _dialogue(self, letter: Letter) -> Dialogue:
        """A dialogue on an open connection. Raises MailNotSent at the first connection, Lost at a later one."""
        from_ = ascii_sender(letter.sender)
        self._line = self._line or Line(self._server, from_.domain)
        try:
            self._line.open()
        except MailNotSent as error:
            if not self._connected:
                raise
            raise Lost(error.message) from error
        self._connected = True
        return Dialogue(
            self._line, letter, from_, self._server.address, self._clock, self._about_to_send, self._receipt
        )

    def _note(self, became: Receipt | None) -> None:
        if became and became.outcome is Outcome.UNKNOWN:
            self._is_hopeless(became.reply)
        else:
            self._fruitless = 0

    def _is_hopeless(self, lost: str) -> bool:
        self._fruitless += 1
        if self._fruitless >= _FRUITLESS:
            self._given_up = lost
        return bool(self._given_up)
