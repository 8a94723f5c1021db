"""E-mail addresses and domains: what is wrong with one, and where mail may go."""

from __future__ import annotations

import re
from collections.abc import Collection
from email.utils import parseaddr
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24}")
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]*)>")
_LONGEST = 320
_DOMAIN = re.compile(r"(?:[\w](?:[\w-]*[\w])?\.)*[\w](?:[\w-]*[\w])?", re.UNICODE)
_LINK = re.compile(r"[!-;=?-~]{1,900}")
_SPECIAL = re.compile(r"[\x00-\x1f\x7f,;]")


def is_address(text: str) -> bool:
    """Whether mail can be sent to 'a@b.c' or 'Name <a@b.c>'. Nothing is asked of the network."""
    bracketed = _IN_BRACKETS.fullmatch(text.strip())
    address = (bracketed[1] if bracketed else text).strip().removeprefix("mailto:")
    if len(address) > _LONGEST:
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
    if is_address(text) and not _SPECIAL.search(text):
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
    return "" if _DOMAIN.fullmatch(text) else "This is no domain; it looks like example.com, without @ and *."


def bare(address: str) -> str:
    """The address in 'Name <address>', as it was typed."""
    return parseaddr(address)[1] or address


def domain_of(address: str) -> str:
    """The domain of an address, in small letters and as it stands in DNS; '' where there is none."""
    domain = parseaddr(address)[1].rpartition("@")[2].lower().rstrip(".")
    try:
        return domain.encode("idna").decode() if domain else ""
    except UnicodeError:
        return domain


def may_get_mail(address: str, domains: Collection[str]) -> bool:
    """Whether an address is in one of the domains themselves; a subdomain is another one."""
    domain = domain_of(address)
    return domain != "" and domain in {domain_of(f"x@{one}") for one in domains}


def allowed_domains(said: Collection[str], sender: str) -> tuple[str, ...]:
    """Where mail may go: as said, else to the sender's own domain."""
    return tuple(said) or tuple(filter(None, [domain_of(sender)]))
