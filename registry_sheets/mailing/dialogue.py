"""One letter, said to the mail server word by word, and what each answer means for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from registry_sheets.mailing import addresses
from registry_sheets.mailing.compose import compose
from registry_sheets.mailing.letter import Letter
from registry_sheets.mailing.line import Line, Lost
from registry_sheets.mailing.problems import BadRecipient, MailNotSent
from registry_sheets.mailing.receipt import Outcome, Receipt
from registry_sheets.mailing.replies import Reply

_GO_ON, _OUT_OF_ORDER = 354, 503


class Dialogue(NamedTuple):
    """One letter on an open connection."""

    line: Line
    letter: Letter
    sender: addresses.Address
    server: str
    clock: Callable[[], datetime]
    about_to_send: Callable[[Letter], bool]
    receipt: Callable[[Letter, Receipt], None]

    def run(self) -> Receipt | None:
        """Raises Lost where the connection went before the letter was noted as being sent, MailNotSent."""
        try:
            to = addresses.recipient(self.letter.recipient)
            message = compose(self.letter, self.clock(), self.line.offers("smtputf8"))
        except BadRecipient as error:
            return Receipt(Outcome.REFUSED, str(error))
        if 0 < self.line.size_limit < len(message):
            return Receipt(Outcome.REFUSED, f"The mail server takes at most {self.line.size_limit} bytes.")
        refused = self._envelope(to)
        if refused:
            self._reset()
            return refused
        if not self.about_to_send(self.letter):
            self._reset()
            return None
        return self._content(message)

    def _envelope(self, to: addresses.Address) -> Receipt | None:
        """What the server has against the sender or the recipient; None where it takes both."""
        utf8 = to.needs_utf8
        answer = self.line.say("MAIL", f"FROM:<{self.sender.spec}>{' SMTPUTF8' if utf8 else ''}", utf8)
        if answer.code == _OUT_OF_ORDER:
            self.line.drop()  # it takes this for a dialogue that is not ours; a new connection has none
            raise Lost(str(answer))
        if answer.code >= 500:
            raise self._sender_refused(answer)
        if answer.good:
            answer = self.line.say("RCPT", f"TO:<{to.spec}>", utf8)
            if answer.about_us:
                raise self._sender_refused(answer)
        if answer.good:
            return None
        return Receipt(Outcome.REFUSED if answer.never else Outcome.DEFERRED, str(answer))

    def _content(self, message: bytes) -> Receipt:
        """From here on the letter is noted as being sent, so it gets a receipt whatever happens."""
        try:
            answer = self.line.say("DATA")
        except Lost as lost:
            return Receipt(Outcome.DEFERRED, str(lost))
        if answer.code != _GO_ON:
            self._reset()
            return self._judged(answer, Outcome.DEFERRED)
        try:
            answer = self.line.content(message)
        except Lost as lost:
            return Receipt(Outcome.UNKNOWN, str(lost))
        return Receipt(Outcome.SENT, str(answer)) if answer.good else self._judged(answer, Outcome.UNKNOWN)

    def _judged(self, answer: Reply, in_doubt: Outcome) -> Receipt:
        """The receipt for a letter that was not taken; ``in_doubt``: the answer is none that SMTP has here."""
        if answer.about_us:
            self.receipt(self.letter, Receipt(Outcome.DEFERRED, str(answer)))
            raise self._sender_refused(answer)
        if answer.code < 400:
            self.line.drop()
            return Receipt(in_doubt, str(answer))
        return Receipt(Outcome.REFUSED if answer.never else Outcome.DEFERRED, str(answer))

    def _reset(self) -> None:
        """End the transaction; where that fails, the next letter gets a new connection."""
        try:
            answer = self.line.say("RSET")
        except Lost:
            return
        if not answer.good:
            self.line.drop()

    def _sender_refused(self, answer: Reply) -> MailNotSent:
        return MailNotSent(
            f"{self.server} does not take mail from {self.sender.spec}: {answer}.",
            "Set sender to an address that this account may send from, and see that auth and user are right; "
            "where it is a limit, what waits goes with a later run.",
        )
