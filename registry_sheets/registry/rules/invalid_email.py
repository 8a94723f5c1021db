"""invalid-email: an e-mail address to which nothing can be sent."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.addresses import is_address
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote, rows_with
from registry_sheets.registry.table import Lists

_FIX = "Correct the address; it looks like name@example.com."


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    values = registry.models.value("owner")
    wanted = {people: bad for people in set(values) if people and (bad := _first_bad(people))}
    for index, address in rows_with(values, wanted):
        yield Hit(index, "owner", f"{quote(address)} is not a complete e-mail address.", _FIX)
    yield from _in_lists(registry.lists)


def _first_bad(people: tuple[str, ...]) -> str | None:
    """The first of the owners that means to be an address and is none. A name without @ is a name."""
    return next((person for person in people if "@" in person and not is_address(person)), None)


def _in_lists(lists: Lists) -> Iterator[Hit]:
    for owner in lists.owners:
        if owner.email and not is_address(owner.email):
            of = f" of {quote(owner.name)}" if owner.name else ""
            message = f"In the tab Lists, the e-mail address{of} is {quote(owner.email)}, which is not complete."
            yield Hit(None, None, message, _FIX)


RULE = Rule(
    id="invalid-email",
    title="Not an e-mail address",
    group="form",
    severity=Severity.WARNING,
    finds="An e-mail address, in Owner or in the tab Lists, to which nothing can be sent: a part of it is missing.",
    why="The weekly mail would not reach the person.",
    what_to_do="Correct the address; it looks like name@example.com.",
    bad=Example({"Owner": "anna.meier@example"}),
    good=Example({"Owner": "anna.meier@example.com"}),
    check=check,
    explains=("unknown-owner",),
)
