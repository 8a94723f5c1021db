"""The command line: flags -> one operation -> exit code."""

from __future__ import annotations


def main() -> None:
    """Run the command `registry-sheets` and leave with its exit code."""
    from registry_sheets.cli.streams import steady_streams

    steady_streams()
    from registry_sheets.cli.app import app

    app(prog_name="registry-sheets")
