"""Why somebody gets no mail, and what to do about it: for the summary and for dry runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from registry_sheets.registry.owners import Person


class Unmailed(NamedTuple):
    """Somebody who gets no mail, or of whose mail nobody knows. ``key`` is the Person's, '' for nobody's address.

    ``command`` is what a person has to run, '' where no command helps.
    """

    who: str
    why: str
    fix: str
    key: str = ""
    command: str = ""


class Trouble(NamedTuple):
    """Something of the service that failed or waits. ``since`` as people read it, '' where nobody knows."""

    message: str
    fix: str = ""
    since: str = ""


def without_address(person: Person) -> Unmailed:
    """An owner whose address nobody knows."""
    fix = "Add the name with an e-mail address to the tab Lists, or put the address into the Owner column."
    return Unmailed(person.name, "No e-mail address is known.", fix, person.key)


def inactive(person: Person) -> Unmailed:
    """An owner who has left, as Lists says, and still has rows."""
    fix = "Give the rows another owner, or set Active to yes in the tab Lists."
    return Unmailed(_called(person), "The tab Lists says that this owner is not active any more.", fix, person.key)


def outside_domains(person: Person, domains: Sequence[str]) -> Unmailed:
    """An owner whose address is of a domain to which no mail goes."""
    known = ", ".join(domains) or "none"
    fix = "Correct the address in the sheet, or add its domain to allowed_domains in the config."
    return Unmailed(_called(person), f"The address is outside the domains that get mail ({known}).", fix, person.key)


def refused(address: str, answer: str, key: str = "", who: str = "") -> Unmailed:
    """An address that its server refuses for good."""
    fix = "Correct the address in the sheet: no mail goes there until it is changed."
    return Unmailed(_with(who, address), f"The mail server refused this address: {answer}", fix, key)


def uncertain(address: str, started: str, command: str, key: str = "", who: str = "") -> Unmailed:
    """A mail of which nobody knows whether it arrived: sending broke off. It is not sent again by itself."""
    why = f"Sending began on {started} and broke off; nobody knows whether the mail arrived."
    return Unmailed(_with(who, address), why, "Ask, and if it did not arrive, send it after all:", key, command)


def _called(person: Person) -> str:
    return _with(person.name, person.address)


def _with(name: str, address: str) -> str:
    return f"{name} ({address})" if name and address and name != address else address or name
