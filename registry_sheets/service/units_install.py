"""Putting a unit where it belongs and taking it away again; a file that is not ours is never touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.registry.text import one_line
from registry_sheets.service.units import MARKER, Command, Service, Unit
from registry_sheets.whole_files import write_whole

Run = Callable[[Command], str]
"""Runs a command of the system and gives its output. Raises NotInstalled."""

_SECONDS = 60


class NotInstalled(RegistrySheetsError):
    """The system did not take the unit, or did not let it go."""


def install(unit: Unit, service: Service, run: Run) -> bool:
    """Write the unit, and make the folders that it needs; True if one of ours stood there before.

    Raises NotInstalled where the file is somebody else's or cannot be written; then nothing was changed.
    """
    before = is_there(unit, run)
    for folder in service.makes:
        _make(folder, service.user)
    if unit.place is not None:
        _write(unit.place, unit.text.encode(unit.encoding))
    for command in unit.register:
        _register((*command, *(unit.overwrite if before else ())), unit, run)
    return before


def uninstall(unit: Unit, run: Run) -> bool:
    """Remove the unit, with what starts it by itself; False if there is none.

    Raises NotInstalled where it is somebody else's or cannot be removed.
    """
    if not is_there(unit, run):
        return False
    if unit.place is not None:
        with _as_problem(unit.place):
            unit.place.unlink()
            for link in unit.links:
                link.unlink(missing_ok=True)
    return True


def stop(unit: Unit, run: Run) -> None:
    """Stop the service; that it does not run is no trouble."""
    for command in unit.stop:
        with suppress(NotInstalled):
            run(command)


def is_there(unit: Unit, run: Run) -> bool:
    """Whether a unit of ours is installed. Raises NotInstalled where one stands there that is not ours."""
    found = _found(unit, run)
    if found is None:
        return False
    if MARKER in found:
        return True
    where = unit.place or f"The task {unit.query[3]}"
    raise NotInstalled(
        f"{where} is there already and was not made by this command, so it is left alone.",
        "Move it away if it is no longer needed, then run this again.",
    )


def run_command(command: Command) -> str:
    """Run a command of the system. Raises NotInstalled with what it said."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{command[0]} cannot be run: {error}.", _INSTEAD) from None
    if done.returncode:
        said = one_line((done.stderr or done.stdout).decode(errors="replace")).rstrip(".")
        fix = _NO_BUS if "--user" in command and _no_bus(said) else _INSTEAD
        raise NotInstalled(f"`{shell_line(command)}` failed: {said or f'exit code {done.returncode}'}.", fix)
    return decoded(done.stdout)


def start(unit: Unit, run: Run) -> None:
    """Start the service, now and from now on. Raises NotInstalled; the unit is in place all the same."""
    for command in unit.start:
        try:
            run(command)
        except NotInstalled as error:
            fix = error.fix if error.fix == _NO_BUS else f"Mend that, then run: {' && '.join(commands(unit.start))}"
            raise NotInstalled(f"The unit is in place, but was not started. {error.message}", fix) from None


def _no_bus(said: str) -> bool:
    """Whether systemctl found no systemd of this person: 'Failed to connect to bus: …' (systemd 249 to 257), or to
    'user scope bus' as newer ones say."""
    return "Failed to connect to" in said and "bus" in said


_NO_BUS = "This login has no systemd of its own (as over su or sudo): log in directly, or use --system."
_INSTEAD = "Print the unit with `registry-sheets service show` and put it in place by hand."


def decoded(output: bytes) -> str:
    """What a command printed: schtasks prints XML as UTF-16 or in the console's code page."""
    if output.startswith((b"\xff\xfe", b"\xfe\xff")):
        return output.decode("utf-16", "replace")
    if b"\0" in output[:100]:
        return output.decode("utf-16-le", "replace")
    return output.decode(errors="replace")


def shell_line(command: Command) -> str:
    """A command as a person pastes it, on the system that has it."""
    if os.name == "nt" or command[0] == "schtasks":
        return subprocess.list2cmdline(command)
    import shlex

    return shlex.join(command)


def _found(unit: Unit, run: Run) -> str | None:
    if unit.place is None:
        try:
            return run(unit.query)
        except NotInstalled:
            return None
    if unit.place.is_symlink():
        return ""  # somebody put a link there: replacing it would surprise
    try:
        return unit.place.read_bytes().decode(unit.encoding, "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _problem(unit.place, error) from None


def _write(place: Path, content: bytes) -> None:
    """The whole file or none."""
    with _as_problem(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, content, 0o644)


def _make(folder: Path, user: str) -> None:
    """The folder, with those above it that are missing, for the account that is to write there."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    with _as_problem(folder):
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            if user:
                shutil.chown(path, user)


def _register(command: Command, unit: Unit, run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "unit.xml"
        file.write_bytes(unit.text.encode(unit.encoding))
        run(tuple(str(file) if word == "{file}" else word for word in command))


@contextmanager
def _as_problem(path: Path) -> Iterator[None]:
    """What the system refuses becomes a sentence."""
    try:
        yield
    except (OSError, LookupError) as error:
        raise _problem(path, error) from None


def _problem(path: Path, error: Exception) -> NotInstalled:
    said = getattr(error, "strerror", None) or one_line(str(error))
    fix = (
        "With --system it must be run by the administrator (sudo)." if isinstance(error, PermissionError) else _INSTEAD
    )
    return NotInstalled(f"{path} cannot be written: {said}.", fix)


def commands(lines: Iterable[Command]) -> tuple[str, ...]:
    """Commands as a person pastes them; the file that is handed over has a name then."""
    return tuple(shell_line(tuple(_FILE if word == "{file}" else word for word in line)) for line in lines)


_FILE = "registry-sheets.xml"
