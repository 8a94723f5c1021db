"""version-in-name: 'AC failure v3' as a name makes every version a model of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.names import end_number, loose, version_word, without_version
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    bare = {key: without_version(key) for key in table.by_model}
    models = Counter(loose(name) for name in bare.values())
    for key, name in bare.items():
        if name == key:
            continue
        severity = _severity(key, table, sibling=models[loose(name)] > 1)
        if severity:
            yield _hit(table, key, severity)


def _severity(key: str, table: ModelTable, sibling: bool) -> Severity | None:
    """A warning where the sheet itself shows that it is a version; else 'Whisper v3' may be its name."""
    word = version_word(key)
    if sibling or _repeated(word or end_number(key), [table.version_keys[index] for index in table.by_model[key]]):
        return Severity.WARNING
    return Severity.INFO if word else None


def _repeated(number: str, versions: Sequence[str]) -> bool:
    """Whether the rows' Version says the number again: '3' is in 'v3', '3.1' and '3.1-beta'."""
    if not number:
        return False
    told = [version.removeprefix("v").lstrip(" .") for version in versions]
    return any(text == number or text.startswith((f"{number}.", f"{number}-", f"{number} ")) for text in told)


def _hit(table: ModelTable, key: str, severity: Severity) -> Hit:
    index = table.by_model[key][0]
    typed = str(table.value("name")[index])
    bare = quote(without_version(" ".join(typed.split())))
    message = f"{quote(typed)} has a version in its name."
    fix = f"Write {bare} in all its rows; the version goes into the Version column."
    if severity is Severity.INFO:
        fix = f"If it is the version, write {bare} and put the version into the Version column."
    return Hit(index, "name", message, fix, severity)


RULE = Rule(
    id="version-in-name",
    title="A version in the model's name",
    group="identity",
    severity=Severity.WARNING,
    finds=(
        "'v3', 'version 2' or 'final' in Name, where the Version column says the same or the model stands there under "
        "other versions too. Elsewhere a 'v3' is only mentioned. Numbers that belong to a name, as in GPT-4 and "
        "ResNet-50, are left alone."
    ),
    why="Each version then counts as a model of its own, and nobody sees which one came before.",
    what_to_do="Write the same name in all rows of the model and put the version into the Version column.",
    bad=Example({"Name": "AC failure v3", "Version": "3.1"}),
    good=Example({"Name": "GPT-4 summaries", "Version": "3.1"}),
    check=check,
    archived=True,
    explains=("near-duplicate-name",),
)
