"""From a letter to the bytes that go to the mail server."""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from datetime import datetime
from email.message import MIMEPart
from hashlib import sha256

from registry_sheets.mailing import addresses, headers
from registry_sheets.mailing.letter import Attachment, Letter
from registry_sheets.mailing.problems import BadRecipient
from registry_sheets.registry.text import xml_safe

_MUCH = 6  # one byte of so many is not ASCII: base64 is shorter and no less readable
_ASCII = bytes(range(128))
_BASE64_LINE = 57  # bytes in a line of 76 characters


def compose(letter: Letter, date: datetime, utf8: bool = False) -> bytes:
    """The message (RFC 5322), with CRLF line ends, 7-bit; the same letter and date give the same bytes.

    Args:
        letter: what to send.
        date: when it is sent, with its time zone.
        utf8: the mail server offers SMTPUTF8: the recipient's local part may hold letters that are not ASCII.

    Raises BadRecipient, and ConfigProblem for what is the same in all letters: the sender, reply_to, unsubscribe.
    """
    return b"".join(headers.line(*header) for header in _headers(letter, date, utf8)) + _content(letter)


def _headers(letter: Letter, date: datetime, utf8: bool) -> list[tuple[str, str]]:
    from email.utils import format_datetime

    to = addresses.recipient(letter.recipient)
    if to.needs_utf8 and not utf8:
        raise BadRecipient(
            f"The mail server takes no address like '{addresses.shown(to.spec)}'.",
            "Give that person's address in plain letters: without accents before the @.",
        )
    found = [
        ("From", headers.mailbox(ascii_sender(letter.sender))),
        ("To", to.spec),
        ("Subject", headers.text(letter.subject)),
        ("Date", format_datetime(date)),
        ("Message-ID", headers.message_id(letter.message_id)),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: nobody's out-of-office note answers it
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),  # the same for Exchange; it may report what it cannot deliver
    ]
    found += _optional(letter)
    return [*found, ("MIME-Version", "1.0")]


def _optional(letter: Letter) -> list[tuple[str, str]]:
    found = []
    if letter.reply_to:
        found.append(("Reply-To", headers.mailbox(ascii_sender(letter.reply_to, "reply_to"))))
    if letter.list_id:
        found.append(("List-Id", headers.list_id(letter.list_id)))
    if letter.unsubscribe:
        found.append(("List-Unsubscribe", headers.unsubscribe(letter.unsubscribe)))
    return found


def ascii_sender(text: str, setting: str = "sender") -> addresses.Address:
    """The sender's address, which every server must be able to take. Raises ConfigProblem."""
    from registry_sheets.errors import ConfigProblem

    address = addresses.sender(text, setting)
    if address.needs_utf8:
        raise ConfigProblem(
            f"The {setting} '{addresses.shown(text)}' holds letters before the @ that most mail servers refuse.",
            f"Set {setting} to an address without accents before the @.",
        )
    return address


def _content(letter: Letter) -> bytes:
    """The body and the headers that describe it."""
    message = _text(letter.text, "plain")
    if letter.html:
        message.make_alternative(boundary=_boundary(letter, "alternative"))
        message.attach(_text(letter.html, "html"))
    if letter.attachments:
        message.make_mixed(boundary=_boundary(letter, "mixed"))
    for attachment in letter.attachments:
        _attach(message, attachment)
    return message.as_bytes()


def _text(text: str, subtype: str) -> MIMEPart:
    """A text as a part, in the shorter of the two encodings. Encoded here: ``email`` takes ten times as long."""
    from email.policy import SMTP

    content = xml_safe(text.replace("\r\n", "\n").replace("\r", "\n")).encode()
    beyond_ascii = len(content.translate(None, _ASCII))
    base64 = beyond_ascii * _MUCH > len(content)
    part = MIMEPart(policy=SMTP)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "base64" if base64 else "quoted-printable"
    part.set_payload(_base64(content) if base64 else b2a_qp(content, istext=True).decode("ascii"))
    return part


def _base64(content: bytes) -> str:
    lines = (content[start : start + _BASE64_LINE] for start in range(0, len(content), _BASE64_LINE))
    return "".join(b2a_base64(part).decode("ascii") for part in lines)


def _attach(message: MIMEPart, attachment: Attachment) -> None:
    for token in (attachment.maintype, attachment.subtype):
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,80}", token):
            raise ValueError(f"no media type: {addresses.shown(token)}")
    message.add_attachment(
        attachment.content,
        maintype=attachment.maintype,
        subtype=attachment.subtype,
        filename=headers.file_name(attachment.name),
    )


def _boundary(letter: Letter, kind: str) -> str:
    """'=_' is in no quoted-printable and no base64 text, so no text can end its part."""
    return f"=_{kind}_{sha256(letter.message_id.encode()).hexdigest()[:32]}"
