"""The commands and their groups."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from registry_sheets.cli import edit, everyday, nightly, reference, start
from registry_sheets.cli.compare import compare
from registry_sheets.cli.failures import code_of
from registry_sheets.cli.history import history
from registry_sheets.cli.init import init
from registry_sheets.cli.mail import mail
from registry_sheets.cli.reconcile import reconcile
from registry_sheets.cli.report import report
from registry_sheets.cli.serve import serve, status
from registry_sheets.cli.service import service
from registry_sheets.cli.transfer import export, import_

GROUPS = (
    ("Start", (start.demo, init, start.doctor)),
    ("Every day", (everyday.check, everyday.live, compare, everyday.changes, report)),
    ("Edit", (edit.record, edit.promote, edit.rollback, edit.fix, edit.outbox)),
    ("Platforms", (reconcile, import_, export)),
    ("Run nightly", (nightly.sync, mail, serve, status, service)),
    ("Reference", (reference.rules, reference.schema, history)),
)


_WHOLE = 500
"""Short helps are shown whole."""


class Commands(TyperGroup):
    """All commands: shown by group, every error worded in one place."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn whatever goes wrong into a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except BaseException as error:
            _without_prefix(error)
            code = code_of(error, sys.argv[1:])
            if code is None:
                raise
        raise typer.Exit(code)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """The commands under their groups, without rich, which costs more than a check of 50 rows."""
        width = max(len(command) for command in self.commands)
        for group, members in GROUPS:
            with formatter.section(group):
                names = [member.__name__ for member in members]
                formatter.write_dl(
                    [(name.ljust(width), self.commands[name].get_short_help_str(_WHOLE)) for name in names]
                )


def _without_prefix(error: Any) -> None:
    """pydantic, by which typer reads values, puts 'Value error, ' before what typer says of a wrong choice."""
    if isinstance(said := getattr(error, "message", None), str):
        error.message = said.removeprefix("Value error, ")


_TYPE = re.compile(r" <(?:\w+|list\[\w+\])>$")


class Command(TyperCommand):
    """One command. Its help names the arguments and not their types, which say nothing to a person."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """As typer gives them, without an argument that has no name: it is there only to be refused in words."""
        return [piece for piece in super().collect_usage_pieces(ctx) if piece != "[]"]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options, as typer writes them, without '<str>' after a name."""
        write = formatter.write_dl

        def write_untyped(rows: Any, *args: Any, **kwargs: Any) -> None:
            write([(_TYPE.sub("", name), said) for name, said in rows], *args, **kwargs)

        formatter.write_dl = write_untyped
        super().format_options(ctx, formatter)


def _version(asked: bool) -> None:
    if asked:
        from registry_sheets import __version__

        print(f"registry-sheets {__version__}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """A model registry that lives in a spreadsheet: checks it and says in the sheet what is missing or wrong."""


def _build() -> typer.Typer:
    built = typer.Typer(
        cls=Commands,
        callback=_top,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    for _, members in GROUPS:
        for member in members:
            built.command(member.__name__, cls=Command)(member)
    return built


app = _build()
