"""Addresses, read strictly: one address, a plain local part, a domain that DNS can hold. Anything else is an error.

A strict reading of our own, since the lenient one of ``email.utils`` has been made to see another address than the
mail server does (CVE-2023-27043).
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from registry_sheets.errors import ConfigProblem
from registry_sheets.mailing.problems import BadRecipient
from registry_sheets.registry.addresses import in_dns
from registry_sheets.registry.text import terminal_safe

LOCAL_LIMIT, ADDRESS_LIMIT, DOMAIN_LIMIT = 64, 254, 253  # RFC 5321 4.5.3.1, in octets
_SHOWN = 80
_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")


class Address(NamedTuple):
    """An address that can go into an SMTP command and a header. ``local`` may hold letters that are not ASCII."""

    local: str
    domain: str
    name: str = ""

    @property
    def spec(self) -> str:
        """local@domain, the domain in ASCII."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.local.isascii()


def recipient(text: str) -> Address:
    """The one bare address in ``text``. Raises BadRecipient."""
    try:
        return _bare(text.strip())
    except ValueError as error:
        raise BadRecipient(
            f"'{shown(text)}' is no address that mail can be sent to: {error}.",
            "Write one address there, such as ana@example.com.",
        ) from error


def sender(text: str, setting: str = "sender") -> Address:
    """The address in 'Name <address>' or a bare one. Raises ConfigProblem, which names the setting."""
    try:
        said = text.strip()
        named = _NAMED.fullmatch(said)
        return _bare(named["address"].strip())._replace(name=_name(named["name"])) if named else _bare(said)
    except ValueError as error:
        raise ConfigProblem(
            f"The {setting} '{shown(text)}' is no e-mail address: {error}.",
            f"Set {setting} to one address, such as 'Model registry <registry@example.com>'.",
        ) from error


def ascii_domain(text: str) -> str:
    """A domain as DNS holds it: small letters, IDNA where it is not ASCII. Raises ConfigProblem."""
    try:
        return _domain(text)
    except ValueError as error:
        raise ConfigProblem(
            f"'{shown(text)}' is no domain: {error}.", "Write it as it stands after the @ of an address."
        ) from error


def shown(text: str) -> str:
    """A text from outside, fit for a message: one line, not long."""
    line = terminal_safe(text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _bare(text: str) -> Address:
    local, at, domain = text.rpartition("@")
    if not at:
        raise ValueError("it has no @")
    address = Address(_local(local), _domain(domain))
    if len(address.spec.encode()) > ADDRESS_LIMIT:
        raise ValueError("it is too long")
    return address


def _local(text: str) -> str:
    local = unicodedata.normalize("NFC", text)
    if not _DOT_ATOM.fullmatch(local) or not local.isprintable() or "=?" in local:
        raise ValueError("before the @ stands what an address cannot hold")
    if len(local.encode()) > LOCAL_LIMIT:
        raise ValueError("what stands before the @ is too long")
    return local


def _domain(text: str) -> str:
    domain = text.lower() if text.isascii() else _idna(text)
    labels = domain.split(".")
    if len(domain) > DOMAIN_LIMIT or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise ValueError("what stands after the @ is no domain")
    return domain


def _idna(text: str) -> str:
    try:
        return in_dns(text)
    except UnicodeError as error:
        raise ValueError("what stands after the @ is no domain") from error


def _name(text: str) -> str:
    name = terminal_safe(text)
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name
