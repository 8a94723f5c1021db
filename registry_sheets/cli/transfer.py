"""Move: export and import, between an Excel registry and a Google registry, and from old lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry_sheets.cli import flags
from registry_sheets.cli.start import Shape

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.errors import ConfigProblem

One = Annotated[str, typer.Option("--registry", metavar="NAME", help="Which registry, where the config has several.")]
Told = Annotated[Shape, typer.Option("--format", help="How to write it.")]


def export(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A new .xlsx, or the address of a blank Google spreadsheet.")
    ],
    second: Annotated[str, typer.Argument(metavar="", hidden=True)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be carried, and write nothing.")] = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Copy a registry whole: from Excel into a blank Google spreadsheet, from Google into a new .xlsx."""
    from registry_sheets.cli.transfer_output import print_exported
    from registry_sheets.operations.transfer import export as do
    from registry_sheets.wiring import open_workbook, terms
    from registry_sheets.wiring.transfer import target_of

    if second:
        raise _two(target, second)
    one = _chosen(config, sheet, registry)
    goal = target_of(target, one)
    done = do(open_workbook(one), terms(one), goal, dry_run)
    print_exported(done, one, target, dry_run, shape is Shape.JSON)


def import_(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="An .xlsx, a .csv, or the address of a Google spreadsheet.")
    ],
    apply: Annotated[bool, typer.Option("--apply", help="Add them; without it they are only shown.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show them, as without --apply.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show all of them, not only the first twenty.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for a workbook that is open.")
    ] = 10.0,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Show which rows and list entries of another list are missing here; with --apply add them."""
    from registry_sheets.cli.transfer_output import print_imported
    from registry_sheets.operations.transfer_import import import_rows
    from registry_sheets.operations.transfer_limits import EXCEL, GOOGLE
    from registry_sheets.wiring.editing import desk_of
    from registry_sheets.wiring.transfer import incoming

    one = _chosen(config, sheet, registry)
    found = incoming(source, one)
    limits = GOOGLE if one.sheet.path is None else EXCEL
    done = import_rows(desk_of(one, wait), found, limits, apply and not dry_run)
    print_imported(done, found.label, everything, shape is Shape.JSON)


import_.__name__ = "import"


def _two(source: str, target: str) -> ConfigProblem:
    """What is copied and where, as people give it to cp."""
    from registry_sheets.cli.init_output import as_typed
    from registry_sheets.errors import ConfigProblem

    fix = f"Write it so: registry-sheets export {as_typed(target)} --sheet {as_typed(source)}"
    return ConfigProblem("export takes one place, that of the copy; the registry is named with --sheet.", fix)


def _chosen(config: flags.ConfigFile, sheet: str | None, name: str) -> RegistryConfig:
    """The one registry that is meant. Raises ConfigProblem where there are several."""
    from registry_sheets.config import load
    from registry_sheets.errors import ConfigProblem

    found = load(config, sheet, (name,) if name else ()).registries
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in found)
    raise ConfigProblem(f"There are several registries ({names}).", "Say which one with --registry NAME.")
