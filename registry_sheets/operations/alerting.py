"""Mail to those who look after the service: each address hears of a failure, and of its end, at most once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from registry_sheets.mailing.letter import Letter, message_id_of
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.receipt import Outcome, Receipt
from registry_sheets.operations.weekly import Post
from registry_sheets.registry.addresses import bare, domain_of
from registry_sheets.reports.mails import Rendered
from registry_sheets.state.deliveries import Deliveries

ALERT = "alert"
"""The kind of these deliveries."""


class Notice(NamedTuple):
    """What is told to whom: ``period`` numbers what it is about, so that it is told once."""

    registry: str
    period: str
    rendered: Rendered
    sender: str
    to: Sequence[str]
    kind: str = ALERT


def tell(notice: Notice, deliveries: Deliveries, post: Post, now: Callable[[], datetime]) -> int:
    """Send it to every address that did not get it yet; how many got it now.

    Raises MailNotSent, also where some address could not be reached for now; MailBusy, StateUnusable.
    """
    outcome: dict[str, str] = {}
    with deliveries.round(now(), timeout=10):
        letters = [_letter(notice, address) for address in notice.to]
        wanted = [one for one in letters if _open(notice, one, deliveries, now())]

        def about_to_send(letter: Letter) -> bool:
            return deliveries.begin(notice.kind, notice.period, letter.recipient, now())

        def receipt(letter: Letter, became: Receipt) -> None:
            outcome[letter.recipient] = became.outcome.value
            deliveries.done(notice.kind, notice.period, letter.recipient, became.outcome.value, became.reply, now())

        if wanted:
            post(wanted, about_to_send, receipt)
    if "deferred" in outcome.values():
        raise MailNotSent("The mail server put off a mail about a failure.", "It is tried again.")
    return sum(one == "sent" for one in outcome.values())


def tell_unnoted(notice: Notice, post: Post) -> int:
    """Send it to every address without noting it anywhere; how many got it. Raises MailNotSent where nobody did."""
    sent: list[str] = []

    def receipt(letter: Letter, became: Receipt) -> None:
        if became.outcome is Outcome.SENT:
            sent.append(letter.recipient)

    post([_letter(notice, address) for address in notice.to], lambda _: True, receipt)
    if not sent:
        raise MailNotSent("The mail server took no mail about a failure.", "It is tried again.")
    return len(sent)


def _open(notice: Notice, letter: Letter, deliveries: Deliveries, now: datetime) -> bool:
    state = deliveries.wanted(notice.kind, notice.period, letter.recipient, letter.message_id, now)
    return state in ("queued", "deferred")


def _letter(notice: Notice, address: str) -> Letter:
    recipient, domain = bare(address), domain_of(notice.sender)
    return Letter(
        sender=notice.sender,
        recipient=recipient,
        subject=notice.rendered.subject,
        text=notice.rendered.text,
        html=notice.rendered.html,
        message_id=message_id_of(notice.registry, notice.period, recipient, domain, notice.kind),
        list_id=f"alert.registry-sheets.{domain}",
    )
