"""Start: demo, doctor (and init, in a file of its own)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from registry_sheets.cli import flags
from registry_sheets.errors import ConfigProblem

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.operations.doctor_items import Item
    from registry_sheets.operations.doctor_place import Place
    from registry_sheets.registry.past.records import Held


class Shape(StrEnum):
    """How doctor's answer is written."""

    TABLE = "table"
    JSON = "json"


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="A new folder for it; ./registry-sheets-demo if you name none."),
    ] = None,
    today: flags.Today = "",
) -> None:
    """Make a registry to try things on, check it, and say what to open. Needs no network."""
    from datetime import datetime

    from registry_sheets.cli.demo_output import print_demo
    from registry_sheets.config import load
    from registry_sheets.operations.demo import FOLDER, make_demo, play
    from registry_sheets.wiring import terms
    from registry_sheets.wiring.history import writable_history
    from registry_sheets.wiring.passes import pass_over
    from registry_sheets.workbooks.excel.new import write_workbook

    day = flags.day(today) or datetime.now().astimezone().date()
    made = make_demo(folder or FOLDER, day, write_workbook)
    (registry,) = load(made.config).registries
    with writable_history(registry) as history:
        play(history, terms(registry), day)
    print_demo(pass_over(registry, day), made, folder or FOLDER)


def doctor(
    sheet: flags.Sheet = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Try on a hidden scratch tab of a Google spreadsheet what Google is assumed to do."
        ),
    ] = False,
    shape: Annotated[Shape, typer.Option("--format", help="How to write it.")] = Shape.TABLE,
    today: flags.Today = "",
) -> None:
    """Say what is configured, whether the sheet can be read and written, and what would be checked."""
    if live:
        _live(config, sheet, registry or (), shape)
    from functools import partial

    from registry_sheets.cli.asking_told import tell_asking
    from registry_sheets.cli.doctor_output import exit_code, print_doctor
    from registry_sheets.config import load
    from registry_sheets.operations.doctor import examine
    from registry_sheets.wiring import open_workbook, terms, today_of

    day = flags.day(today)
    chosen = load(config, sheet, registry or ()).registries
    tell_asking(chosen)
    seen = [examine(partial(open_workbook, one), terms(one), day or today_of(one), _place(one)) for one in chosen]
    print_doctor(seen, shape is Shape.JSON)
    raise typer.Exit(exit_code(seen))


def _live(config: Path | None, sheet: str | None, names: Sequence[str], shape: Shape) -> NoReturn:
    """doctor --live. Raises ConfigProblem where it is not told which Google spreadsheet to try it on."""
    from registry_sheets.cli.doctor_live_output import announce, live_exit_code, print_live_report, progress
    from registry_sheets.config import load
    from registry_sheets.operations.doctor_live import try_out
    from registry_sheets.wiring.google import scratch_of

    registries = load(config, sheet, names).registries
    if len(registries) > 1:
        raise ConfigProblem("--live tries one spreadsheet at a time.", "Name it: registry-sheets doctor --live URL")
    scratch = scratch_of(registries[0])
    announce(registries[0].sheet)
    with progress() as tell:
        report = try_out(scratch, tell)
    print_live_report(report, registries[0].sheet, shape is Shape.JSON)
    raise typer.Exit(live_exit_code(report))


def _place(registry: RegistryConfig) -> Place:
    """Where a registry stands, for doctor."""
    from registry_sheets.operations.doctor_place import Place
    from registry_sheets.wiring import state_of
    from registry_sheets.wiring.editing import inventory_of
    from registry_sheets.wiring.history import history_of
    from registry_sheets.wiring.mail import password_trouble

    def waiting() -> tuple[str, ...]:
        seen = inventory_of(registry)
        edits = seen.contents.edits
        told = (f"{edit.what}, by {edit.by}: {edit.reason}" for edit in edits if edit.state != "applied")
        lost = (f"{edit.what}, by {edit.by}, is lost: {seen.lost[edit.id]}" for edit in edits if edit.id in seen.lost)
        return (*told, *lost, *seen.contents.notices)

    def held() -> Held | None:
        with history_of(registry) as history:
            return history.held() if history else None

    return Place(
        sheet=registry.sheet,
        state=state_of(registry),
        output=registry.output,
        config=registry.file,
        write_back=registry.settings.write_back,
        time_zone=registry.settings.time_zone,
        holder=lambda: _holder(registry.sheet.path),
        synced=lambda: _synced(registry.sheet.path),
        signed_in=lambda: _signed_in(registry),
        waiting=waiting,
        history=held,
        mail_server=registry.settings.smtp.host,
        mail_trouble=password_trouble(registry),
        service=lambda: _service(registry),
        platforms=lambda: _platforms(registry),
    )


def _holder(path: Path | None) -> str:
    """Who has the file open, '' for nobody."""
    from registry_sheets.workbooks.excel.locks import who_has_open

    found = who_has_open(path) if path else None
    return found.sentence if found else ""


def _synced(path: Path | None) -> str:
    """What syncs the file's folder, '' for nothing."""
    from registry_sheets.workbooks.excel.cloud import cloud_synced

    return (cloud_synced(path) if path else None) or ""


def _signed_in(registry: RegistryConfig) -> Sequence[tuple[str, str]]:
    """Who signs in with Google, and how; () for a file. Raises RegistrySheetsError."""
    if registry.sheet.path is not None:
        return ()
    from registry_sheets.wiring.google import signed_in

    return signed_in(registry)


def _platforms(registry: RegistryConfig) -> Sequence[Item]:
    """What the platforms say when they are asked; () where there are none."""
    if not registry.settings.platform:
        return ()
    from registry_sheets.operations.doctor_platforms import platforms
    from registry_sheets.wiring.platforms import reconciled_now

    found, lists = reconciled_now(registry)
    return tuple(platforms(found, lists.locations))


def _service(registry: RegistryConfig) -> str:
    """What the service did last. Raises StateUnusable."""
    from registry_sheets.state.ledger import Ledger
    from registry_sheets.wiring.state import store_of

    with store_of(registry, read_only=True) as store:
        last = Ledger(store).last("nightly")
    if last is None or last.finished_at is None:
        return "no nightly pass by `registry-sheets serve` yet"
    how = "failed" if last.failure_kind else "went well"
    return f"the nightly pass of {last.period} {how}; see: registry-sheets status"
