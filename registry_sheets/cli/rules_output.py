"""The rules as they are printed: all of them, or one explained."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

from registry_sheets.cli.flags import Format
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.rules.base import Rule

_KEYS = ("id", "group", "severity", "on", "title")


def list_rules(format_: Format) -> None:
    """All rules, by group in the order in which they are declared."""
    if format_ is Format.JSON:
        print(json.dumps([_object(rule) for rule in RULES], indent=2))
    elif format_ is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_KEYS)
        writer.writerows([_object(rule)[key] for key in _KEYS] for rule in RULES)
    else:
        _print_table()


def explain_rule(id_: str, format_: Format) -> None:
    """Everything about one rule. Raises ConfigProblem where there is none of that id."""
    from registry_sheets.registry.rules.docs import explain

    rule = _rule(id_)
    if format_ is Format.JSON:
        said = {"finds": rule.finds, "why": rule.why, "what_to_do": rule.what_to_do, "needs": rule.needs}
        print(json.dumps({**_object(rule), **said}, indent=2))
    else:
        print(explain(rule), end="")


def _rule(id_: str) -> Rule:
    by_id = {rule.id: rule for rule in RULES}
    if id_ in by_id:
        return by_id[id_]
    import difflib

    close = difflib.get_close_matches(id_, by_id, n=1)
    raise ConfigProblem(
        f"There is no rule '{id_}'.",
        f"Did you mean {close[0]}?" if close else "All of them are listed by: registry-sheets rules",
    )


def _object(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "group": rule.group,
        "severity": rule.severity.value,
        "on": rule.on,
        "title": rule.title,
    }


def _print_table() -> None:
    width = max(len(rule.id) for rule in RULES)
    group = ""
    for rule in RULES:
        if rule.group != group:
            group = rule.group
            print(f"{'' if rule is RULES[0] else chr(10)}{group.capitalize()}")
        off = "" if rule.on else " (off by default)"
        print(f"  {rule.id.ljust(width)}  {rule.severity.value.ljust(7)}  {rule.title}{off}")
    print(f"\n{len(RULES)} rules. What one finds and what to do: registry-sheets rules ID")
