"""E-mail addresses and domains: what is wrong with one, and where mail may go."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import quote, urlsplit

_PLAIN = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24}")
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]*)>")
_LONGEST = 320
_ELSEWHERE = re.compile(r"[%!]|=\?")
"""What has made mail servers read another address out of one: routes (user%there@here, there!user@here), and encoded
words, which some decode before they look for the @."""
_DOMAIN = re.compile(r"(?:[\w](?:[\w-]*[\w])?\.)*[\w](?:[\w-]*[\w])?", re.UNICODE)
_LINK = re.compile(r"[!-;=?-~]{1,900}")
_SPECIAL = re.compile(r"[\x00-\x1f\x7f,;]")


def is_address(text: str) -> bool:
    """Whether mail can be sent to 'a@b.c' or 'Name <a@b.c>'. Nothing is asked of the network."""
    address = bare(text).removeprefix("mailto:")
    if len(address) > _LONGEST or _ELSEWHERE.search(address):
        return False
    return _PLAIN.fullmatch(address.lower()) is not None or _by_the_standard(address)


def _by_the_standard(address: str) -> bool:
    from email_validator import EmailNotValidError, validate_email  # seldom needed, and slow to import

    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def fault_of_address(text: str) -> str:
    """What is wrong with 'a@example.com' or 'Name <a@example.com>', '' where nothing is."""
    if is_address(text) and not _SPECIAL.search(text) and ":" not in bare(text):
        return ""
    return "This is no complete e-mail address; it looks like name@example.com or Name <name@example.com>."


def fault_of_contact(text: str) -> str:
    """What is wrong with an address or link at which people ask for no more mail, '' where nothing is."""
    parts = urlsplit(text)
    if (parts.scheme in ("http", "https") and parts.netloc) or (parts.scheme == "mailto" and is_address(parts.path)):
        return "" if _LINK.fullmatch(text) else "This link is too long, or has a sign in it that no link has."
    return fault_of_address(text) and "This must be an e-mail address or an https link."


def fault_of_domain(text: str) -> str:
    """What is wrong with the domain of an allowed address, '' where nothing is."""
    good = _DOMAIN.fullmatch(text) and domain_of(f"x@{text}")
    return "" if good else "This is no domain; it looks like example.com, without @ and *."


def bare(address: str) -> str:
    """The address in 'Name <address>', as it was typed.

    Read by the same rule everywhere, whoever judges an address and whoever sends to it.
    """
    said = address.strip()
    bracketed = _IN_BRACKETS.fullmatch(said)
    return bracketed[1].strip() if bracketed else said


def in_dns(domain: str) -> str:
    """A domain as it stands in DNS: small letters, what is not ASCII by IDNA 2008 (RFC 5891, UTS 46).

    The older rules of Python's own codec take 'straße' for 'strasse', which is somebody else's. Raises ValueError.
    """
    said = domain.rstrip(".")
    if said.isascii():
        return said.lower()
    import idna  # seldom needed, and slow to import

    return idna.encode(said, uts46=True).decode("ascii").lower()


def domain_of(address: str) -> str:
    """The domain of an address as it stands in DNS; '' where there is none, or none that DNS can hold."""
    try:
        return in_dns(bare(address).rpartition("@")[2])
    except ValueError:
        return ""


def mailbox_of(address: str) -> str:
    """What one mailbox is known by, however its address is spelt: no capitals, the domain as it stands in DNS."""
    said = unicodedata.normalize("NFC", address).strip()
    said = said.encode("utf-8", "replace").decode().lower()
    local, at, domain = said.rpartition("@")
    return f"{local}@{domain_of(said) or domain}" if at else said


def readable(address: str) -> str:
    """A mailbox's one spelling for people: as mailbox_of() gives it, the domain in its own letters."""
    mailbox = mailbox_of(address)
    if "xn--" not in mailbox:
        return mailbox
    import idna

    local, _, domain = mailbox.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except ValueError:
        return mailbox


def mailto(address: str, subject: str = "") -> str:
    """A link that begins a mail to an address (RFC 6068)."""
    local, _, _ = bare(address).rpartition("@")
    asked = f"?subject={quote(subject)}" if subject else ""
    return f"mailto:{quote(local, safe='')}@{domain_of(address)}{asked}"


def may_get_mail(address: str, domains: Collection[str]) -> bool:
    """Whether an address is in one of the domains themselves; a subdomain is another one."""
    domain = domain_of(address)
    return domain != "" and domain in {domain_of(f"x@{one}") for one in domains}


def allowed_domains(said: Collection[str], sender: str) -> tuple[str, ...]:
    """Where mail may go: as said, else to the sender's own domain."""
    return tuple(said) or tuple(filter(None, [domain_of(sender)]))
