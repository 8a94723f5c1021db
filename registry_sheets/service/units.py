"""What a system needs to start the service by itself: facts that the units of systemd, launchd and Windows share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.text import terminal_safe
from registry_sheets.state.places import outbox_folder

MARKER = "Made by: registry-sheets service install"
"""Stands in every unit of ours; a file without it is somebody else's and is not touched."""

TITLE = "Registry Sheets: checks spreadsheets of models every night"

Command = tuple[str, ...]


class Kind(StrEnum):
    """Who starts the service."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    WINDOWS = "windows"


@dataclass(frozen=True)
class Service:
    """What is to be started, and as whom.

    ``python`` and ``config`` are absolute. ``writes`` are the folders in which the service creates or replaces files;
    ``makes`` are those of them that are its own, to be made where they are missing. ``system``: started with the
    machine, for all; else with the person's own session. ``user`` is the account that a system's unit runs as, '' for
    the administrator's. ``cautions`` are sentences about what would not work as it is now.
    """

    python: Path
    config: Path
    writes: tuple[Path, ...] = ()
    makes: tuple[Path, ...] = ()
    system: bool = False
    user: str = ""
    cautions: tuple[str, ...] = ()

    def command(self) -> Command:
        """The command line. -P keeps the folder it is started in from shadowing a library (Python 3.11)."""
        return (str(self.python), "-P", "-m", "registry_sheets", *self.arguments())

    def arguments(self) -> Command:
        """What follows `registry-sheets`."""
        return ("serve", "--config", str(self.config))


@dataclass(frozen=True)
class Unit:
    """A unit as text, and what a person does with it.

    ``place``: the file where it belongs; None on Windows, where the system keeps it. ``links``: what the system puts
    beside it when it is started for good. ``register`` (with ``overwrite`` where one of ours is replaced) and
    ``unregister`` are commands that belong to writing and removing it; '{file}' is a file that holds ``text``.
    ``query`` prints the one that is installed. ``start`` and ``stop`` begin and end the service; ``hints`` are more
    sentences worth saying.
    """

    kind: Kind
    text: str
    place: Path | None
    start: tuple[Command, ...]
    stop: tuple[Command, ...]
    links: tuple[Path, ...] = ()
    register: tuple[Command, ...] = ()
    overwrite: Command = ()
    unregister: tuple[Command, ...] = ()
    query: Command = ()
    hints: tuple[str, ...] = ()
    encoding: str = "utf-8"


def default_kind(platform: str = sys.platform) -> Kind:
    """Who starts services on this system."""
    return {"win32": Kind.WINDOWS, "darwin": Kind.LAUNCHD}.get(platform, Kind.SYSTEMD)


@dataclass(frozen=True)
class Folders:
    """Where the service writes: ``all`` of it, and those of them that are its ``own``; none lies in another one."""

    all: tuple[Path, ...]
    own: tuple[Path, ...]


def written_folders(registries: Iterable[RegistryConfig], state_of: Callable[[RegistryConfig], Path]) -> Folders:
    """The folders of workbooks (where a link leads, too), or of the config for a Google spreadsheet, whose outbox is
    there; of state, of output and of the page that lists reports.

    Each by its real path: systemd passes over one with '..' in it (ReadWritePaths= in systemd.exec(5)).
    """
    books: set[Path] = set()
    own: set[Path] = set()
    for registry in registries:
        books |= {registry.sheet.folder.resolve(), outbox_folder(registry.sheet.outbox).parent.resolve()}
        index = registry.index.path.parent if registry.index else None
        own |= {folder.resolve() for folder in (state_of(registry), registry.output, index) if folder}
    kept = _outermost(books | own)
    return Folders(kept, tuple(folder for folder in kept if folder in own - books))


def passwords_left_behind(registries: Iterable[RegistryConfig]) -> tuple[str, ...]:
    """A sentence for each variable from which mail takes its password: a service starts without a login's variables."""
    settings = (registry.settings.smtp for registry in registries)
    names = {one.password_env for one in settings if one.host and one.auth == "login" and not one.password_file}
    return tuple(
        f"Mail signs in with a password from the environment variable {terminal_safe(name)}, which a service does not "
        "inherit. Put it into a file that only this account reads and set password_file under [smtp]."
        for name in sorted(names)
    )


def sign_ins_left_behind(registries: Iterable[RegistryConfig], environment: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each variable by which this login signs in with Google: a service starts without them."""
    settings = [registry.settings.google for registry in registries if registry.sheet.path is None]
    keys = {one.key_env for one in settings if not one.key_file and _by_variable(one.auth, one.key_env, environment)}
    told = {name: "The key for Google" for name in keys}
    if any(one.auth in ("", "application default") and not one.key_file for one in settings) and not keys:
        told |= {name: "The sign-in with Google" for name in (_APPLICATION_DEFAULT,) if environment.get(name)}
    return tuple(
        f"{what} comes from the environment variable {terminal_safe(name)}, which a service does not inherit. "
        'Set key_file = "..." under [google] to a file that only this account reads.'
        for name, what in sorted(told.items())
    )


def _by_variable(auth: str, name: str, environment: Mapping[str, str]) -> bool:
    return auth == "service account" or (auth == "" and bool(environment.get(name)))


_APPLICATION_DEFAULT = "GOOGLE_APPLICATION_CREDENTIALS"


def account_hint(service: Service) -> tuple[str, ...]:
    """As whom a system's unit runs, and that this is better not the administrator."""
    if not service.system:
        return ()
    if service.user:
        return (f"It runs as {service.user}, the owner of {service.config}.",)
    return (
        f"It runs as root, the owner of {service.config}. Better let an account of its own run it: give that account "
        f"the config, the state and the output (chown), and run this again.",
    )


def _outermost(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Without those that lie in another one."""
    kept: list[Path] = []
    for folder in sorted(folders, key=lambda path: len(path.parts)):
        if not any(folder.is_relative_to(other) for other in kept):
            kept.append(folder)
    return tuple(sorted(kept))


def unit_of(kind: Kind, service: Service, environment: Mapping[str, str], home: Path) -> Unit:
    """The unit of that kind. Raises ConfigProblem for a path that no unit can hold."""
    for path in (service.python, service.config, *service.writes):
        check_path(path)
    if kind is Kind.SYSTEMD:
        from registry_sheets.service.units_systemd import systemd_unit

        return systemd_unit(service, environment, home)
    if kind is Kind.LAUNCHD:
        from registry_sheets.service.units_launchd import launchd_unit

        return launchd_unit(service, home)
    from registry_sheets.service.units_windows import windows_unit

    return windows_unit(service, environment)


def check_path(path: Path) -> None:
    """Refuse what would break out of its line, or is no text at all. Raises ConfigProblem."""
    text = str(path)
    if text.isprintable() and path.is_absolute():
        return
    if not path.is_absolute():
        raise ConfigProblem(f"{text} is not a whole path.", "Name the config with its whole path.")
    raise ConfigProblem(
        f"The path {text!a} holds a character that a unit cannot hold.",
        "Rename that folder or file; letters, digits, spaces and signs are all right.",
    )
