"""What is to be sent: a letter to one person, before it becomes a message of RFC 5322."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256

_DIGITS = 40  # of the digest: 160 bits


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; ``maintype``/``subtype`` is its media type."""

    name: str
    content: bytes = field(repr=False)
    maintype: str = "application"
    subtype: str = "octet-stream"


@dataclass(frozen=True)
class Letter:
    """A letter to exactly one address.

    ``sender`` is 'Registry <registry@example.com>' or a bare address, ``recipient`` a bare address. ``unsubscribe`` is
    a mailto: or https: address at which one reads how to get no more of these; ``list_id`` names the kind of letter
    for mail filters: letters, digits, '-' and '.', such as 'weekly.registry.example.com'.
    """

    sender: str
    recipient: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str
    reply_to: str = ""
    unsubscribe: str = ""
    attachments: tuple[Attachment, ...] = ()
    list_id: str = ""


def message_id_of(registry: str, period: str, recipient: str, sender_domain: str, kind: str = "") -> str:
    """The Message-ID of a letter: the same whenever it is made, so that a mail program shows a repeated one once.

    ``kind`` tells apart letters that one person gets about the same period. Raises ConfigProblem where
    ``sender_domain`` is no domain.
    """
    from registry_sheets.mailing.addresses import ascii_domain

    said = json.dumps([registry, kind, period, recipient.casefold()])  # a list: no two letters join to one text
    return f"<{sha256(said.encode()).hexdigest()[:_DIGITS]}@{ascii_domain(sender_domain)}>"
