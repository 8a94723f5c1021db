"""Edit: record, promote, rollback, fix, outbox. The only commands that write rows, and only the cells they name."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from registry_sheets.cli import flags
from registry_sheets.cli.start import Shape

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.operations.settling import Desk
    from registry_sheets.registry.table import Stage

Name = Annotated[str, typer.Argument(metavar="NAME", help="The model, as its rows call it.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="The version, such as 3.10.")]
One = Annotated[str, typer.Option("--registry", metavar="NAME", help="Which registry, where the config has several.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]
Wait = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for a workbook that is open.")
]
Told = Annotated[Shape, typer.Option("--format", help="How to write it.")]
At = Annotated[str, typer.Option("--location", metavar="PLACE", help="Where, if the sheet does not tell.")]
For = Annotated[str, typer.Option("--used-for", metavar="USE", help="For which use, where a model has several.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason for the change.")]
Deployed = Annotated[str, typer.Option("--deployed", metavar="DATE", help="The day it went live; today if not given.")]
ToTesting = Annotated[bool, typer.Option("--to-testing", help="What is replaced becomes Testing, not Archived.")]


def _text(flag: str, what: str, metavar: str = "TEXT") -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, metavar=metavar, help=what)
    return option


def record(
    name: Name,
    version: Version,
    trained: Annotated[str | None, _text("--trained", "The training date, as 2026-06-30.", "DATE")] = None,
    data: Annotated[str | None, _text("--data", "What it was trained on.")] = None,
    location: Annotated[
        list[str] | None, _text("--location", "Where it is deployed; may be given again.", "PLACE")
    ] = None,
    stage: Annotated[str | None, _text("--stage", "Production, Testing or Archived.")] = None,
    owner: Annotated[list[str] | None, _text("--owner", "Who answers for it; may be given again.", "WHO")] = None,
    used_for: Annotated[list[str] | None, _text("--used-for", "What it is used for; may be given again.")] = None,
    changed: Annotated[str | None, _text("--changed", "What is different from the version before.")] = None,
    by: Annotated[str | None, _text("--by", "Who made this version.", "WHO")] = None,
    why: Annotated[str | None, _text("--why", "Why it is the one in use.")] = None,
    deployed: Annotated[str | None, _text("--deployed", "The day it went live.", "DATE")] = None,
    reviewed: Annotated[str | None, _text("--reviewed", "The day its owner last looked at it.", "DATE")] = None,
    run: Annotated[str | None, _text("--run", "A link or path to the training run.", "LINK")] = None,
    data_link: Annotated[str | None, _text("--data-link", "A link or path to the data.", "LINK")] = None,
    metric: Annotated[
        list[str] | None,
        _text("--metric", "A figure, such as 'MAPE (holidays)=0.12'; may be given again.", "NAME=VALUE"),
    ] = None,
    set_: Annotated[
        list[str] | None, _text("--set", "Any other column by its heading; may be given again.", "COLUMN=VALUE")
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Change the version's row, if it has one.")] = False,
    another_place: Annotated[
        bool, typer.Option("--another-place", help="Add a row of a known version for another location or use.")
    ] = False,
    wait: Wait = 10.0,
    dry_run: DryRun = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Record a version: add its row to the sheet, or with --update change the row that is there."""
    from registry_sheets.operations.edit import record as do
    from registry_sheets.registry.edits.recording import Recording, facts_said

    facts = facts_said(locals())
    metrics, others = _pairs("--metric", metric), _pairs("--set", set_)
    wish = Recording(name, version, facts, metrics, others, update, another_place)
    one = _chosen(config, sheet, registry)
    _finish(do(_desk(one, wait), wish, dry_run), one, shape)


def promote(
    name: Name,
    version: Version,
    why: Why,
    location: At = "",
    used_for: For = "",
    deployed: Deployed = "",
    to_testing: ToTesting = False,
    wait: Wait = 10.0,
    dry_run: DryRun = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Write down that a version goes into Production, and that the one it replaces there is archived."""
    from registry_sheets.operations.edit import promote as do
    from registry_sheets.registry.edits.choosing import Promotion

    day = flags.day(deployed, "--deployed")
    wish = Promotion(name, version, why, location, used_for, day, _becomes(to_testing))
    one = _chosen(config, sheet, registry)
    _finish(do(_desk(one, wait), wish, dry_run), one, shape)


def rollback(
    name: Name,
    why: Why,
    location: At = "",
    used_for: For = "",
    to: Annotated[str, typer.Option("--to", metavar="VERSION", help="Which version, where that is not clear.")] = "",
    deployed: Deployed = "",
    to_testing: ToTesting = False,
    wait: Wait = 10.0,
    dry_run: DryRun = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Write down that what was in Production before is so again."""
    from registry_sheets.operations.edit import rollback as do
    from registry_sheets.registry.edits.going_back import Rollback
    from registry_sheets.wiring.editing import live_past

    day = flags.day(deployed, "--deployed")
    wish = Rollback(name, why, location, used_for, to, day, _becomes(to_testing))
    one = _chosen(config, sheet, registry)
    _finish(do(_desk(one, wait), wish, live_past(one), dry_run), one, shape)


def fix(
    apply: Annotated[bool, typer.Option("--apply", help="Write the repairs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show them, as without --apply.")] = False,
    wait: Wait = 10.0,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    shape: Told = Shape.TABLE,
) -> None:
    """Show what can be repaired safely: stray spaces, dates and whole-number versions of the wrong type."""
    from registry_sheets.operations.edit import fix as do

    apply = apply and not dry_run
    several = _several(config, sheet, registry)
    if len(several) > 1 and not apply:
        _show_repairs(several, shape)
    one = _only(several)
    _finish(do(_desk(one, wait), apply), one, shape)


def _show_repairs(registries: Sequence[RegistryConfig], shape: Shape) -> NoReturn:
    """What `fix` would repair in each. Raises typer.Exit."""
    from registry_sheets.cli.edit_output import print_repairs
    from registry_sheets.cli.failures import worst
    from registry_sheets.cli.running import answers
    from registry_sheets.operations.edit import fix as do

    given = answers(registries, lambda one: (one, do(_desk(one, 0))))
    print_repairs(given.found, shape is Shape.JSON)
    raise typer.Exit(worst(given.failures))


def outbox(
    action: Annotated[
        str,
        typer.Argument(metavar="retry|drop", help="Write an edit again, or let go of it; without it they are listed."),
    ] = "",
    id_: Annotated[str, typer.Argument(metavar="ID", help="Which one: its id, or the beginning or end of it.")] = "",
    wait: Wait = 10.0,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: flags.Listing = flags.Format.TABLE,
) -> None:
    """List recorded edits that are not yet seen in the sheet; write one again, or let go of it."""
    from registry_sheets.cli.edit_output import print_dropped
    from registry_sheets.errors import ConfigProblem
    from registry_sheets.operations.edit import drop, retry

    if action not in ("", "retry", "drop") or bool(action) != bool(id_):
        raise ConfigProblem(
            f"outbox {action} {id_}".rstrip() + " is not understood.",
            "See the ids with: registry-sheets outbox; then: registry-sheets outbox retry ID (or drop ID)",
        )
    several = _several(config, sheet, registry)
    if not action:
        _list_outboxes(several, format_)
    one = _only(several)
    if action == "retry":
        _finish(retry(_desk(one, wait), id_), one, Shape.JSON if format_ is flags.Format.JSON else Shape.TABLE)
    else:
        print_dropped(drop(_desk(one, wait), id_))


def _list_outboxes(registries: Sequence[RegistryConfig], format_: flags.Format) -> NoReturn:
    """What lies in each outbox. Raises typer.Exit; not everything was checked where something could not be read."""
    from registry_sheets.cli.edit_output import print_outbox
    from registry_sheets.cli.failures import ExitCode, worst
    from registry_sheets.cli.running import answers
    from registry_sheets.wiring.editing import inventory_of

    given = answers(registries, lambda one: (one, inventory_of(one)))
    print_outbox(given.found, format_)
    unseen = [ExitCode.NOT_CHECKED for _, found in given.found if found.unseen or found.contents.notices]
    raise typer.Exit(worst([*given.failures, *unseen]))


def _desk(one: RegistryConfig, wait: float) -> Desk:
    """What an edit command works with; a person at a terminal is told what it waits for."""
    from registry_sheets.cli.failures import say
    from registry_sheets.wiring.editing import desk_of

    desk = desk_of(one, wait)
    return replace(desk, tell=say) if sys.stderr.isatty() else desk


def _finish(done: object, one: RegistryConfig, shape: Shape) -> None:
    from registry_sheets.cli.edit_output import print_done
    from registry_sheets.operations.edit import Done

    assert isinstance(done, Done)
    print_done(done, done.sheet or one.sheet.label, shape is Shape.JSON)


def _becomes(to_testing: bool) -> Stage:
    from registry_sheets.registry.table import Stage

    return Stage.TESTING if to_testing else Stage.ARCHIVED


def _chosen(config: Path | None, sheet: str | None, name: str) -> RegistryConfig:
    """The one registry that an edit is about. Raises ConfigProblem where there are several."""
    return _only(_several(config, sheet, (name,) if name else ()))


def _several(config: Path | None, sheet: str | None, names: Sequence[str] | None) -> Sequence[RegistryConfig]:
    from registry_sheets.config import load

    return load(config, sheet, names or ()).registries


def _only(found: Sequence[RegistryConfig]) -> RegistryConfig:
    from registry_sheets.errors import ConfigProblem

    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in found)
    raise ConfigProblem(
        f"There are several registries ({names}), and an edit goes into one.", "Say which with --registry NAME."
    )


def _pairs(flag: str, said: Iterable[str] | None) -> dict[str, str]:
    """NAME=VALUE flags. Raises ConfigProblem."""
    from registry_sheets.errors import ConfigProblem

    pairs: dict[str, str] = {}
    for text in said or ():
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise ConfigProblem(f"{flag} {text} is not understood.", f"Write it as NAME=VALUE: {flag} 'MAPE=0.12'")
        if pairs.setdefault(name.strip(), value) != value:
            raise ConfigProblem(f"{flag} names {name.strip()} twice, with two values.", "Say it once.")
    return pairs
