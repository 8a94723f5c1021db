"""Reference: rules, schema."""

from __future__ import annotations

from typing import Annotated

import typer

from registry_sheets.cli import flags


def rules(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The rule to explain; without it, all are listed.")] = "",
    format_: flags.Listing = flags.Format.TABLE,
) -> None:
    """List the rules, or explain one: what it finds, why it matters, what to do."""
    from registry_sheets.cli.rules_output import explain_rule, list_rules

    if rule:
        explain_rule(rule, format_)
    else:
        list_rules(format_)


def schema() -> None:
    """Print the JSON Schema of a model version."""
    import json

    from registry_sheets.registry.columns import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
