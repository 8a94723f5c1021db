"""Who answers for a row: the owners of its cell, as Lists knows them, and where mail reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from email.utils import parseaddr
from typing import NamedTuple

from registry_sheets.registry.addresses import bare, is_address, readable
from registry_sheets.registry.identity import normalise, trimmed
from registry_sheets.registry.placeholders import is_placeholder
from registry_sheets.registry.table import Lists, ModelTable, Stage


class Person(NamedTuple):
    """An owner. ``key`` tells one from another; ``name`` is how Lists spells it, else as it was typed.

    ``address`` is where mail goes, '' where nobody says; ``active`` False: Lists says that the person has left.
    """

    key: str
    name: str
    address: str
    active: bool = True


def owners_of_rows(table: ModelTable, lists: Lists) -> list[tuple[Person, ...]]:
    """The owners of each row, by index; () where the cell is blank. A person who is named twice counts once."""
    known = _Known(lists)
    cells = table.value("owner")
    people = {cell: known.all_of(cell) for cell in set(cells) if cell}
    return [people.get(cell, ()) for cell in cells]


class _Known:
    """The people of Lists, by name and by address."""

    def __init__(self, lists: Lists) -> None:
        self._people: dict[str, Person] = {}
        for owner in lists.owners:
            address = bare_address(owner.email)
            person = Person(address or normalise(owner.name), owner.name or address, address, owner.active)
            for text in filter(None, (normalise(owner.name), address)):
                before = self._people.get(text)
                if before is None or (person.active and not before.active):
                    self._people[text] = person

    def all_of(self, cell: Iterable[str]) -> tuple[Person, ...]:
        """The people of one cell."""
        return tuple({person.key: person for text in cell if (person := self._one(text))}.values())

    def _one(self, text: str) -> Person | None:
        address = bare_address(text)
        found = self._people.get(address) if address else self._people.get(normalise(text))
        if found:
            return found
        name = trimmed(parseaddr(text)[0] if address else text)
        if not address and (not name or is_placeholder(name)):
            return None
        by_name = self._people.get(normalise(name)) if name else None
        active = by_name.active if by_name else True
        return Person(address or normalise(name), name or address, address, active)


def bare_address(text: str) -> str:
    """The address in 'Ana <Ana@Example.com>' or 'mailto:ana@example.com', in its one spelling; '' where there is none.

    Somebody whose address is spelt in two ways is one person.
    """
    if "@" not in text or not is_address(text):
        return ""
    return readable(bare(text).removeprefix("mailto:"))


def first_rows_of_addresses(table: ModelTable, lists: Lists) -> list[tuple[str, int]]:
    """(address, index of its first row) of each active owner of a version that is not archived, in sheet order."""
    found: dict[str, int] = {}
    for index, people in enumerate(owners_of_rows(table, lists)):
        if table.judged[index] is not Stage.ARCHIVED:
            for person in people:
                if person.address and person.active:
                    found.setdefault(person.address, index)
    return list(found.items())


def rows_by_person(owners: Sequence[tuple[Person, ...]]) -> Mapping[Person, list[int]]:
    """The indexes of each person's rows, in sheet order."""
    found: dict[Person, list[int]] = {}
    for index, people in enumerate(owners):
        for person in people:
            found.setdefault(person, []).append(index)
    return found
