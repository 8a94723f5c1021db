"""What doctor says of mail: whether any is sent, and whom it reaches."""

from __future__ import annotations

from registry_sheets.registry.addresses import may_get_mail
from registry_sheets.registry.owners import Person, owners_of_rows, rows_by_person
from registry_sheets.registry.rules.base import MailTerms
from registry_sheets.registry.table import Lists, ModelTable
from registry_sheets.registry.wording import listed

_FIX = "Addresses stand in the tab Lists, beside the owner's name, or in the Owner column."


def mail_told(table: ModelTable, lists: Lists, terms: MailTerms | None, server: str) -> tuple[str, str]:
    """(how it stands, what to do or ''). ``server``: where mail is handed in, '' where none is set."""
    if terms is None:
        return "none is sent: the config names no sender", ""
    people = list(rows_by_person(owners_of_rows(table, lists)))
    missed = [f"{person.name} ({why})" for person in people if (why := _unreached(person, terms))]
    reached = len(people) - len(missed)
    owners = f"{reached} owner{'' if reached == 1 else 's'}"
    if not server:
        return f"none is sent: no server is set; {owners} could get it", ""
    if not missed:
        return f"{owners} can get it, by {server}", ""
    return f"{owners} can get it, by {server}; not {listed(missed)}", _FIX


def _unreached(person: Person, terms: MailTerms) -> str:
    if not person.active:
        return "not active in Lists"
    if not person.address:
        return "no address"
    return "" if may_get_mail(person.address, terms.domains) else f"outside {listed(list(terms.domains))}"
