"""Start: init: a new registry, a workbook or Google spreadsheet that is there already, an old list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry_sheets.cli import flags


def init(
    workbook: Annotated[
        str,
        typer.Argument(
            metavar="SHEET",
            help="A new .xlsx; or a workbook, or a Google spreadsheet's address, to turn into a registry in place.",
        ),
    ],
    old: Annotated[
        str | None, typer.Option("--from", metavar="OLD", help="Make a new one from this list (.xlsx or .csv).")
    ] = None,
    tab: Annotated[str, typer.Option("--tab", metavar="TAB", help="The tab that lists the models.")] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar='"Name=Model title"', help="Our column = your heading; may be given again."),
    ] = None,
    add_tab: Annotated[
        bool, typer.Option("--add-tab", help="Where no tab lists models, add an empty one, with Lists.")
    ] = False,
    marks: Annotated[
        bool | None, typer.Option("--marks/--no-marks", help="Colours on your cells that show findings; on.")
    ] = None,
    config: flags.ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
) -> None:
    """Make a registry: a new workbook, one from an old list with --from, or in place, in a file or in Google."""
    from registry_sheets.cli import init_steps as steps
    from registry_sheets.cli.init_config import config_for
    from registry_sheets.cli.init_output import Wish
    from registry_sheets.operations.create import columns_said

    if old is not None:
        _refuse_web(old, workbook)
    said = columns_said(columns or ())
    wish = Wish(workbook, tab, said, add_tab, marks, config, dry_run)
    if config_for(workbook, config).sheet.path is None:
        from registry_sheets.cli.init_google import google_from, in_google

        in_google(wish) if old is None else google_from(wish, Path(old))
    elif old is not None:
        steps.from_old(wish, Path(old))
    elif wish.path.exists() or wish.path.is_symlink():
        steps.in_place(wish)
    else:
        steps.new(wish)


def _refuse_web(old: str, new: str) -> None:
    """A spreadsheet on the web is no list to read in: it is copied whole. Raises ConfigProblem."""
    from registry_sheets.cli.init_output import as_typed
    from registry_sheets.errors import ConfigProblem
    from registry_sheets.registry.google_address import is_web_address

    if is_web_address(old):
        raise ConfigProblem(
            f"--from takes a list in a file, and {old} is on the web.",
            f"Copy a Google registry whole: registry-sheets export {as_typed(new)} --sheet {as_typed(old)}",
        )
