"""mail-not-allowed: an owner's address to which this registry may not send."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.addresses import domain_of, may_get_mail
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.owners import first_rows_of_addresses
from registry_sheets.registry.rules.base import Example, MailTerms, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.wording import listed


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    if registry.mail is None:
        return
    domains = registry.mail.domains
    where = listed(list(domains)) or "nowhere"
    for address, index in first_rows_of_addresses(registry.models, registry.lists):
        if not may_get_mail(address, domains):
            fix = (
                f"Type an address there, or, if mail may go to {domain_of(address)}, have the person who set this up "
                "add it to allowed_domains."
            )
            yield Hit(index, "owner", f"{quote(address)} gets no mail: mail goes to {where} only.", fix)


RULE = Rule(
    id="mail-not-allowed",
    title="Mail may not go to the owner's address",
    group="mail",
    severity=Severity.WARNING,
    finds=(
        "Owners of versions in Production or Testing whose address is in none of the allowed domains "
        "(`allowed_domains`; by default that of the sender). Judged only where mail is sent; one finding for each "
        "address, at its first row."
    ),
    why="Anyone who can edit the sheet can type an address, and what the registry tells is not for everybody.",
    what_to_do="Type an address in an allowed domain, or have the domain added to allowed_domains.",
    bad=Example({"Owner": "anna.meier@example.org"}, mail=MailTerms(("example.com",))),
    good=Example({"Owner": "anna.meier@example.com"}, mail=MailTerms(("example.com",))),
    check=check,
)
