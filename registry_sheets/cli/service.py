"""Run nightly: service."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry_sheets.cli import flags
from registry_sheets.errors import ConfigProblem

if TYPE_CHECKING:
    from registry_sheets.service.units import Service, Unit


class Action(StrEnum):
    """What is done with the unit."""

    SHOW = "show"
    INSTALL = "install"
    UNINSTALL = "uninstall"


class By(StrEnum):
    """Who starts the service; the same words as units.Kind, which costs time to import."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    WINDOWS = "windows"


def service(
    action: Annotated[
        Action,
        typer.Argument(help="show: print what the system needs; install: put it in place; uninstall: remove it."),
    ] = Action.SHOW,
    kind: Annotated[By | None, typer.Option("--kind", help="Who starts it, if not this system's usual.")] = None,
    system: Annotated[
        bool, typer.Option("--system/--user", help="For the whole machine, from its start on; or for you alone.")
    ] = False,
    config: flags.ConfigFile = None,
    now: Annotated[
        bool, typer.Option("--now", help="Start it at once as well; with uninstall: stop it first.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Have the system run `serve` by itself: systemd, macOS (launchd) or Windows (Task Scheduler)."""
    from registry_sheets.service.units import Kind, default_kind

    chosen = Kind(kind) if kind else default_kind()
    if action is Action.UNINSTALL:
        _uninstall(_unit(chosen, _nothing(system)), now, dry_run)
        return
    wanted = _service(config, system)
    unit = _unit(chosen, wanted)
    _caution(wanted)
    if action is Action.SHOW:
        _show(unit)
    else:
        _refuse_wrong_account(system)
        _install(unit, wanted, now, dry_run)


def _caution(wanted: Service) -> None:
    from registry_sheets.cli.failures import say

    for caution in wanted.cautions:
        say(caution)


def _unit(kind: str, wanted: Service) -> Unit:
    import os

    from registry_sheets.service.units import Kind, unit_of

    return unit_of(Kind(kind), wanted, os.environ, Path.home())


def _service(config: Path | None, system: bool) -> Service:
    """The service for a config. Raises ConfigProblem."""
    import os
    import sys

    from registry_sheets.config import load
    from registry_sheets.service.units import Service, passwords_left_behind, sign_ins_left_behind, written_folders
    from registry_sheets.wiring import state_of

    loaded = load(config)
    file = (loaded.path or Path("config.toml")).absolute()
    folders = written_folders(loaded.registries, state_of)
    user = _owner(file) if system else ""
    makes = folders.own if system else ()
    cautions = (*passwords_left_behind(loaded.registries), *sign_ins_left_behind(loaded.registries, os.environ))
    return Service(Path(sys.executable).absolute(), file, folders.all, makes, system, user, cautions)


def _nothing(system: bool) -> Service:
    """Enough to know where the unit stands, without a config: that may be gone already."""
    import sys

    from registry_sheets.service.units import Service

    python = Path(sys.executable).absolute()
    return Service(python, python.parent / "config.toml", system=system)


def _owner(file: Path) -> str:
    """Whose config it is: the machine's service runs as that account; '' for the administrator and on Windows."""
    try:
        number = file.stat().st_uid
        return file.owner() if number else ""
    except KeyError:  # an account that has no name here
        return str(number)
    except (OSError, NotImplementedError):
        return ""


def _refuse_wrong_account(system: bool) -> None:
    """`sudo` without --system would install the service for the administrator. Raises ConfigProblem."""
    import os

    if not system and os.environ.get("SUDO_USER") and hasattr(os, "geteuid") and os.geteuid() == 0:
        raise ConfigProblem(
            "With sudo, this would install the service for the administrator alone.",
            "Run it without sudo for yourself, or with --system for the whole machine.",
        )


def _show(unit: Unit) -> None:
    from registry_sheets.cli.failures import say

    print(unit.text, end="")
    where = f"It belongs into {unit.place}" if unit.place else "It must be saved as UTF-16 to be taken"
    say(f"{where}; `registry-sheets service install` with the same flags puts it there.")
    for hint in unit.hints:
        say(hint)


def _install(unit: Unit, wanted: Service, now: bool, dry_run: bool) -> None:
    from registry_sheets.service.units_install import commands, install, is_there, run_command, start, stop

    if dry_run:
        there = is_there(unit, run_command)
        print(f"Would {'replace' if there else 'write'} {_where(unit)}.")
        _list("Would make", [str(folder) for folder in wanted.makes if not folder.exists()])
        _list("Would run", commands((*unit.register, *(unit.start if now else ()))))
        print("\n".join(unit.hints))
        return
    there = install(unit, wanted, run_command)
    print(f"{'Replaced' if there else 'Wrote'} {_where(unit)}.")
    if now:
        if there:
            stop(unit, run_command)
        start(unit, run_command)
        print("It runs now, and starts by itself from now on. See how it is: registry-sheets status")
    else:
        _list("Start it, now and from now on:", commands(unit.start))
    for hint in unit.hints:
        print(hint)


def _uninstall(unit: Unit, now: bool, dry_run: bool) -> None:
    from registry_sheets.service.units_install import commands, is_there, run_command, stop, uninstall

    if not is_there(unit, run_command):
        print(f"There is nothing to remove: {_where(unit)} is not there.")
        return
    if dry_run:
        print(f"Would remove {_where(unit)}.")
        _list("Would run", commands((*(unit.stop if now else ()), *unit.unregister)))
        return
    if now:
        stop(unit, run_command)
    uninstall(unit, run_command)
    print(f"Removed {_where(unit)}. Registries, history and reports are as they were.")
    if now or not unit.place:
        for command in unit.unregister:
            run_command(command)
    if not now:
        _list("If it runs, stop it:", commands((*unit.stop, *(unit.unregister if unit.place else ()))))


def _where(unit: Unit) -> str:
    return str(unit.place) if unit.place else "the task “Registry Sheets” of Windows' Task Scheduler"


def _list(title: str, lines: list[str] | tuple[str, ...]) -> None:
    if lines:
        print("\n  ".join((title, *lines)))
