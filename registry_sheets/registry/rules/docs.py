"""What a rule says of itself, as text for `rules ID` and as a table for README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from inspect import getdoc
from textwrap import fill
from typing import TYPE_CHECKING, Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from registry_sheets.registry.rules import RULES
from registry_sheets.registry.rules.base import Example, MailTerms, Options, Rule

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.terms import Platforms
    from registry_sheets.registry.platforms.values import PlatformVersion

_WIDTH = 88
_NO_CELLS = "(a row with nothing wrong)"


def explain(rule: Rule) -> str:
    """All about one rule, under headings that are the same for each."""
    sections = {
        "What it finds": _wrapped(rule.finds),
        "Why it matters": _wrapped(rule.why),
        "Example": _examples(rule),
        "What to do": _wrapped(rule.what_to_do),
        "Options": _options(rule),
        "Severity": _severity(rule),
    }
    parts = [f"{rule.id}: {rule.title}", *(f"{heading}\n{text}" for heading, text in sections.items())]
    return "\n\n".join(parts) + "\n"


def rules_table(rules: Sequence[Rule] = RULES) -> str:
    """The rules as a Markdown table."""
    lines = ["| Rule | Group | Severity | What it finds |", "|---|---|---|---|"]
    for rule in rules:
        cells = (f"`{rule.id}`", rule.group, _short_severity(rule), rule.finds)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> str:
    return fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _examples(rule: Rule) -> str:
    """The wrong row and the right one, each with the rows above it and what Lists holds."""
    return "\n".join((*_example("Wrong", rule.bad), *_example("Right", rule.good)))


def _heading(header: str) -> str:
    return "Owner, not active" if header == "No longer active" else header


def _mail(terms: MailTerms) -> list[str]:
    return [f"mail goes to {', '.join(terms.domains)}", *(f"refused: {reply}" for reply in terms.refused.values())]


def _said(platforms: Platforms) -> list[str]:
    """What the platform of an example says, and which location is its."""
    from registry_sheets.registry.platforms.telling import percent

    answer = platforms.answers[0]
    told = [f"{one.model} {one.version}{_known(one)}" for one in answer.versions]
    told += [f"endpoint '{one.endpoint}' serves {one.version}{percent(one.share)}" for one in answer.deployments]
    whose = [f"location '{one.name}' is on {one.platform}" for one in platforms.locations]
    said = f"{answer.platform} says: {', '.join(told) or 'nothing'}"
    return [*whose, said, *(f"it was asked: {reason}" for reason in answer.missed)]


def _known(version: PlatformVersion) -> str:
    lineage = version.lineage
    trained = f", trained {lineage.trained.date()}" if lineage and lineage.trained else ""
    data = f", read {', '.join(lineage.data)}" if lineage and lineage.data else ""
    return f"{f', {version.stage}' if version.stage else ''}{trained}{data}"


def _example(label: str, example: Example) -> Iterable[str]:
    setting = [f"Lists, {_heading(header)}: {', '.join(values)}" for header, values in example.lists.items()]
    setting += [f"row above: {_cells(row)}" for row in example.others]
    setting += [f"recorded before: {_cells(row) or 'the same'}" for row in example.before or ()]
    setting += [f"edit that {_STANDS[edit.kind]}: {edit.what}" for edit in example.edits]
    setting += _mail(example.mail) if example.mail else []
    setting += [f"asked: {problem}" for problem in (example.links or {}).values() if problem]
    setting += _said(example.platforms()) if example.platforms else []
    setting += [f"a cell with content at {address}" for address in example.beyond]
    above = f"  [{'; '.join(setting)}]" if setting else ""
    cells = _cells(example.row) or ("" if above else _NO_CELLS)
    return (f"  {label}:  {cells}{above}".rstrip(),)


_STANDS = {"lost": "was written and is gone", "unfit": "does not fit"}


def _cells(row: Mapping[str, Any]) -> str:
    return " | ".join(f"{header}: {_cell(cell)}" for header, cell in row.items())


def _cell(cell: Any) -> str:
    if cell is None:
        return "(no such column)"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and cell != cell.strip():
        return f"'{cell}'"
    return str(cell) if cell != "" else "(blank)"


def _options(rule: Rule) -> str:
    fields = rule.options.model_fields
    if not fields:
        return "  None but its severity."
    about = [] if all(info.description for info in fields.values()) else [_about(rule.options)]
    return "\n".join([*filter(None, about), *(_option(name, info) for name, info in fields.items())])


def _about(options: type[Options]) -> str:
    """What the options' own docstring says, where it says it for all of them at once."""
    text = "" if options.__doc__ == Options.__doc__ else getdoc(options) or ""
    return _wrapped(" ".join(text.replace("``", "").split())) if text else ""


def _option(name: str, info: FieldInfo) -> str:
    default = info.get_default(call_default_factory=True)
    shown = "must be given" if default is PydanticUndefined else f"default: {_toml(default)}"
    said = f": {info.description}" if info.description else ""
    return _wrapped(f"{name}{said} ({shown})")


def _toml(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list, frozenset)):
        return f"[{', '.join(map(_toml, sorted(value) if isinstance(value, frozenset) else value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _severity(rule: Rule) -> str:
    off = f" Off until it is asked for: {rule.needs}." if not rule.on and rule.needs else ""
    archived = "Archived rows are judged too." if rule.archived else "Archived rows are left alone."
    change = f'In config.toml: rules.{rule.id} = {{ severity = "error" }}, or "warning", "info", "off".'
    return f"{_wrapped(f'{rule.severity.value}.{off} {archived}')}\n  {change}"


def _short_severity(rule: Rule) -> str:
    return rule.severity.value if rule.on else f"{rule.severity.value}, off by default"
