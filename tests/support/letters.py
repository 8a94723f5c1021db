"""Letters of a week, and what became of them in a round."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from registry_sheets.mailing.letter import Letter, message_id_of
from registry_sheets.mailing.receipt import Outcome, Receipt
from registry_sheets.mailing.server import MailServer
from registry_sheets.mailing.smtp import send_all

SENDER = "registry@example.com"
PERIOD = "2026-W48"


def letter(recipient: str, text: str = "Hello\n.\n..\n") -> Letter:
    return Letter(
        f"Model registry <{SENDER}>",
        recipient,
        "Your models",
        text,
        f"<p>{text}</p>",
        message_id_of("Shop", PERIOD, recipient, "example.com", "weekly"),
    )


def people(count: int) -> list[str]:
    return [f"owner{number}@example.org" for number in range(count)]


class Sent:
    """What became of the letters of a round."""

    def __init__(self, server: MailServer, recipients: Sequence[str]) -> None:
        self.begun: list[str] = []
        self.receipts: dict[str, Receipt] = {}
        self.server, self.recipients = server, recipients

    def run(self, stop: Callable[[], bool] = lambda: False) -> Sent:
        send_all(self.server, map(letter, self.recipients), self._begin, self._receipt, stop)
        return self

    @property
    def outcomes(self) -> list[Outcome | None]:
        return [self.receipts[name].outcome if name in self.receipts else None for name in self.recipients]

    def _begin(self, one: Letter) -> bool:
        self.begun.append(one.recipient)
        return True

    def _receipt(self, one: Letter, receipt: Receipt) -> None:
        assert one.recipient not in self.receipts
        self.receipts[one.recipient] = receipt


def send(server: MailServer, recipients: Sequence[str]) -> Sent:
    return Sent(server, recipients).run()
