"""What `status` prints of a registry's mail: how many went out, and each one that needs a person or patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from registry_sheets.service.status_mail import LATELY, LettersSeen
from registry_sheets.state.delivery import Delivery

SendAgain = Callable[[str, str], str]
"""Gives the command that sends the mail of an ISO week to an address after all."""

_MOST = 10
_COUNTED = {
    "sent": "sent",
    "deferred": "put off",
    "queued": "still to be sent",
    "sending": "being sent, or cut off over it",
    "unknown": "not known to have arrived",
    "refused": "refused",
}


def counted(mails: Any) -> Iterator[str]:
    """One line with the numbers; none where there was no mail."""
    told = [f"{mails[state]:,} {words}" for state, words in _COUNTED.items() if mails.get(state)]
    if told:
        yield f"Mail of the last {LATELY.days} days: {', '.join(told)}."


def letter_lines(seen: LettersSeen, clock: Callable[[datetime], str], send_again: SendAgain) -> Iterator[str]:
    """Who may lack a mail, and what to do; a line that begins with two spaces belongs to the one before it."""
    for one in seen.unknown[:_MOST]:
        yield from _unknown(one, clock, send_again)
    yield from _more(seen.unknown)
    for address, reply in list(seen.refused.items())[:_MOST]:
        yield f"REFUSED: mail to {address}: {reply or 'the mail server gave no reason'}"
    yield from _more(list(seen.refused))
    for one in seen.waiting[:_MOST]:
        tried = f"; the mail server said: {one.reply}" if one.reply else ""
        yield (
            f"Mail waits: {_what(one)} to {one.recipient}, since {clock(one.first_at)}, "
            f"tried again at {clock(one.next_at)}{tried}"
        )
    yield from _more(seen.waiting)


def letter_objects(seen: LettersSeen, at: Callable[[datetime], str | None]) -> dict[str, Any]:
    """The same for a program, without a limit."""

    def of(one: Delivery) -> dict[str, Any]:
        about = {"kind": one.kind, "period": one.period, "address": one.recipient, "reply": one.reply}
        return {**about, "since": at(one.first_at), "last": at(one.last_at)}

    return {
        "unknown": [of(one) for one in seen.unknown],
        "refused": [{"address": address, "reply": reply} for address, reply in seen.refused.items()],
        "waiting": [{**of(one), "next": at(one.next_at)} for one in seen.waiting],
    }


def _unknown(one: Delivery, clock: Callable[[datetime], str], send_again: SendAgain) -> Iterator[str]:
    start = f"NOT KNOWN whether it arrived: {_what(one)} to {one.recipient}, {clock(one.last_at)}."
    if one.kind not in _WEEKLY:
        yield start
        return
    yield f"{start} If it did not, send it after all:"
    yield f"  {send_again(one.period, one.recipient)}"


_WEEKLY = {"weekly": "the mail", "summary": "the summary"}


def _what(one: Delivery) -> str:
    name = _WEEKLY.get(one.kind)
    return f"{name} of {one.period}" if name else "an alert"


def _more(told: Sequence[object]) -> Iterator[str]:
    if len(told) > _MOST:
        yield f"  and {len(told) - _MOST:,} more"
