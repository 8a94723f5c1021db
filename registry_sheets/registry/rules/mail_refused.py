"""mail-refused: an owner's address that the mail server refuses for good."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.addresses import mailbox_of
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.owners import first_rows_of_addresses
from registry_sheets.registry.rules.base import Example, MailTerms, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote

_FIX = "Correct the address in Owner or in the tab Lists, or type who answers for this version now."


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    if registry.mail is None or not registry.mail.refused:
        return
    for address, index in first_rows_of_addresses(registry.models, registry.lists):
        if (reply := registry.mail.refused.get(mailbox_of(address))) is not None:
            yield Hit(index, "owner", f"Mail to {quote(address)} is refused: {quote(reply)}.", _FIX)


RULE = Rule(
    id="mail-refused",
    title="The owner's mail comes back",
    group="mail",
    severity=Severity.WARNING,
    finds=(
        "Owners of versions in Production or Testing whose address the mail server refused for good when the last "
        "mail was sent there. One finding for each address, at its first row."
    ),
    why="The owner hears nothing, and does not know it.",
    what_to_do=_FIX,
    bad=Example(
        {"Owner": "anna.meier@example.com"},
        mail=MailTerms(("example.com",), {"anna.meier@example.com": "550 no such user"}),
    ),
    good=Example({"Owner": "anna.meier@example.com"}, mail=MailTerms(("example.com",))),
    check=check,
)
