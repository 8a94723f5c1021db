"""Move: export and import, between an Excel registry and a Google registry, and from old lists."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from registry_sheets.cli import flags
from registry_sheets.cli.start import Shape

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.errors import ConfigProblem
    from registry_sheets.wiring.leaving import Departure

One = Annotated[str, typer.Option("--registry", metavar="NAME", help="Which registry, where the config has several.")]
Told = Annotated[Shape, typer.Option("--format", help="How to write it.")]


def export(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A new .xlsx, the address of a blank Google spreadsheet, mlflow, sagemaker, or a platform's name.",
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="", hidden=True)] = "",
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="To mlflow: where it is, if not as the config says.")
    ] = "",
    region: Annotated[
        str, typer.Option("--region", metavar="REGION", help="To sagemaker: its region, if not as the config says.")
    ] = "",
    apply: Annotated[
        bool, typer.Option("--apply", help="To a platform: write there; without it what would be done is only shown.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Write nothing, and say what would be: to a copy (.xlsx, Google), or to a platform."
        ),
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="To a platform: show every change, not only the first twenty.")
    ] = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Copy a registry whole into a blank Google spreadsheet or a new .xlsx, or into MLflow or SageMaker.

    Or show what a platform's registry (MLflow, SageMaker) lacks of it; with --apply write it there.
    """
    from registry_sheets.cli.transfer_output import print_exported
    from registry_sheets.operations.transfer import export as do
    from registry_sheets.wiring import open_workbook, terms
    from registry_sheets.wiring.transfer import target_of

    if second:
        raise _two(target, second)
    one = _chosen(config, sheet, registry)
    from registry_sheets.wiring.leaving import departure

    if (platform := departure(target, one, url, region)) is not None:
        _leave(one, platform, (url, region), apply and not dry_run, everything, shape)
    if apply or everything:
        raise _platforms_only("--apply" if apply else "--all", target)
    goal = target_of(target, one)
    done = do(open_workbook(one), terms(one), goal, dry_run)
    print_exported(done, one, target, dry_run, shape is Shape.JSON)


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A platform of the config by its name, an .xlsx, a .csv, or the address of a Google spreadsheet.",
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", metavar="NAME", help="From a platform: all versions of this model; may be given again."
        ),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--every-version", help="From a platform: all versions, not only what serves or is promoted."),
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="From a platform or a list: add the rows; without it they are only shown.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="From a platform or a list: only show them, as without --apply.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="From a platform or a list: show all rows, not only the first twenty.")
    ] = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for a workbook that is open.")
    ] = 10.0,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: One = "",
    shape: Told = Shape.TABLE,
) -> None:
    """Show which versions of a platform, or rows of another list, are missing here; with --apply add them."""
    from registry_sheets.cli.asking_told import tell_asking
    from registry_sheets.cli.transfer_output import exit_code, print_imported
    from registry_sheets.operations.transfer_import import import_brought
    from registry_sheets.operations.transfer_limits import EXCEL, GOOGLE
    from registry_sheets.wiring.editing import desk_of
    from registry_sheets.wiring.importing import bringing, is_platform

    one = _chosen(config, sheet, registry)
    bring = bringing(source, one, tuple(model or ()), every)
    limits = GOOGLE if one.sheet.path is None else EXCEL
    if is_platform(source, one):
        tell_asking([one], source)
    done = import_brought(desk_of(one, wait), bring, limits, apply and not dry_run)
    print_imported(done, everything, shape is Shape.JSON)
    raise typer.Exit(exit_code(done))


import_.__name__ = "import"


def _leave(
    one: RegistryConfig, platform: Departure, where: tuple[str, str], apply: bool, everything: bool, shape: Shape
) -> NoReturn:
    """Export to a platform; ``where`` is the URL and the region that were given. Raises typer.Exit."""
    from registry_sheets.cli.leaving_checked import checked_by
    from registry_sheets.cli.leaving_output import print_left, tell_progress
    from registry_sheets.operations.transfer_platform import export_platform, leaving_table
    from registry_sheets.wiring import open_workbook, terms
    from registry_sheets.wiring.leaving import exporting

    try:
        table = leaving_table(open_workbook(one), terms(one))
        with exporting(one) if apply else nullcontext():
            done = export_platform(table, platform.target, platform.terms, apply, tell_progress)
    finally:
        platform.target.close()
    last = checked_by(done, one, platform.terms.name, *where) if done.created else ()
    raise typer.Exit(print_left(done, everything, shape is Shape.JSON, last))


def _platforms_only(flag: str, target: str) -> ConfigProblem:
    from registry_sheets.errors import ConfigProblem

    return ConfigProblem(f"{flag} is about an export to a platform, and {target} is none.", f"Leave {flag} out.")


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
