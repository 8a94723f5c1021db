"""unknown-owner: an owner whom Lists does not know."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.placeholders import is_placeholder
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import closest, quote, rows_with
from registry_sheets.registry.table import Lists


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    known = _people(registry.lists)
    if not known:
        return
    values = registry.models.value("owner")
    distinct = [people for people in set(values) if people]
    wanted = {people: names for people in distinct if (names := [name for name in people if _key(name) not in known])}
    for index, names in rows_with(values, wanted):
        words = next((words for name in names if (words := _words(name, registry.lists))), None)
        if words:
            yield Hit(index, "owner", *words)


def _people(lists: Lists) -> frozenset[str]:
    """Names and e-mail addresses, normalised."""
    return frozenset(_key(text) for owner in lists.owners for text in (owner.name, owner.email) if text)


def _key(text: str) -> str:
    return normalise(text)


def _words(name: str, lists: Lists) -> tuple[str, str] | None:
    if is_placeholder(name):
        return None
    near = closest(name, [owner.name for owner in lists.owners if owner.name])
    hint = f"If {quote(near)} is meant, type that. Otherwise add" if near else "Add"
    return f"{quote(name)} is not an owner in Lists.", f"{hint} the person to the tab Lists, below Owner."


RULE = Rule(
    id="unknown-owner",
    title="An owner whom Lists does not know",
    group="form",
    severity=Severity.WARNING,
    finds=(
        "An owner who does not stand in the tab Lists, by name or e-mail address. Judged only if Lists holds any owner."
    ),
    why="The weekly mail goes to the address in Lists; nobody is told about a version whose owner is not there.",
    what_to_do="Choose the owner from the dropdown, or add the person and the e-mail address to Lists.",
    bad=Example({"Owner": "Ana Meier"}, lists={"Owner": ("Anna Meier", "Jonas Weber")}),
    good=Example({"Owner": "Anna Meier"}, lists={"Owner": ("Anna Meier", "Jonas Weber")}),
    check=check,
)
