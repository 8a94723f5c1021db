"""orphaned-owner: a row whose owner has left."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.owners import Person, owners_of_rows
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import Stage

_FIX = "Type who answers for this version now."


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    if all(owner.active for owner in registry.lists.owners):
        return
    table = registry.models
    for index, people in enumerate(owners_of_rows(table, registry.lists)):
        left = [person for person in people if not person.active]
        if left and table.judged[index] is not Stage.ARCHIVED:
            yield Hit(index, "owner", _message(left), _FIX)


def _message(left: list[Person]) -> str:
    names = " and ".join(quote(person.name) for person in left)
    return f"{names} {'is' if len(left) == 1 else 'are'} no longer active in Lists."


RULE = Rule(
    id="orphaned-owner",
    title="The owner has left",
    group="mail",
    severity=Severity.WARNING,
    finds=(
        "Versions in Production or Testing with an owner whom the tab Lists marks as no longer active. Such an owner "
        "gets no mail; the row is told to those who get the whole of it."
    ),
    why="Nobody answers for the version, and nobody hears of it when something is wrong with it.",
    what_to_do=_FIX,
    bad=Example({"Owner": "Jonas Weber"}, lists={"Owner": ("Anna Meier",), "No longer active": ("Jonas Weber",)}),
    good=Example({"Owner": "Anna Meier"}, lists={"Owner": ("Anna Meier",), "No longer active": ("Jonas Weber",)}),
    check=check,
)
