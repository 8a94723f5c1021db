"""The parts of README that are made from the product: `python -m tests.support.readme` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def made_sections() -> Mapping[str, str]:
    """Name of the section -> what it must hold, with newlines around it."""
    from registry_sheets.cli.failures import MEANINGS
    from registry_sheets.platforms.exporting.not_carried import markdown_list
    from registry_sheets.registry.columns import markdown_table
    from registry_sheets.registry.rules.docs import rules_table

    codes = "".join(f"| {code.value} | {meaning} |\n" for code, meaning in MEANINGS.items())
    return {
        "columns": f"\n{markdown_table().strip()}\n\n",
        "rules": f"\n{rules_table().strip()}\n\n",
        "commands": f"\n{commands_table().strip()}\n\n",
        "not carried to MLflow": f"\n{markdown_list('mlflow').strip()}\n\n",
        "not carried to SageMaker": f"\n{markdown_list('sagemaker').strip()}\n\n",
        "exit codes": f"\n| Exit code | Meaning |\n|---|---|\n{codes}\n",
    }


def commands_table() -> str:
    """The commands by group, each with the first sentence of its help."""
    from inspect import getdoc

    from registry_sheets.cli.app import GROUPS

    lines = ["| Group | Command | What it does |", "|---|---|---|"]
    for group, members in GROUPS:
        for member in members:
            said = (getdoc(member) or "").split("\n\n")[0].replace("\n", " ")
            lines.append(f"| {group} | `{member.__name__}` | {said} |")
    return "\n".join(lines)


def section(text: str, name: str) -> str:
    """What stands between the marks of a section."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if not found:
        raise LookupError(f"README has no section '{name}'")
    return found[1]


def with_sections(text: str, sections: Mapping[str, str]) -> str:
    """The text with each section replaced."""
    for name, content in sections.items():
        old = f"<!-- {name} -->\n{section(text, name)}<!-- /{name} -->"
        text = text.replace(old, f"<!-- {name} -->\n{content}<!-- /{name} -->")
    return text


if __name__ == "__main__":
    README.write_text(with_sections(README.read_text(encoding="utf-8"), made_sections()), encoding="utf-8")
