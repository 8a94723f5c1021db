"""Start: init, in its three forms: a new registry, a workbook that is there already, an old list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry_sheets.cli import flags


def init(
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK.xlsx", help="A new registry, or a workbook to turn into one in place.")
    ],
    old: Annotated[
        Path | None, typer.Option("--from", metavar="OLD", help="Make a new one from this list (.xlsx or .csv).")
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
    """Make a registry: a new workbook, from an old list with --from, or in place."""
    from registry_sheets.cli import init_steps as steps
    from registry_sheets.operations.create import columns_said

    said = columns_said(columns or ())
    wish = steps.Wish(workbook, tab, said, add_tab, marks, config, dry_run)
    if old is not None:
        steps.from_old(wish, old)
    elif workbook.exists() or workbook.is_symlink():
        steps.in_place(wish)
    else:
        steps.new(wish)
