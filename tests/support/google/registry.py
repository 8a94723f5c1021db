"""A registry in a Google spreadsheet for the real command: the stand-in behind a proxy, a config, a key, rows."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from registry_sheets.config import RegistryConfig, read_file
from tests.support.command import run
from tests.support.google.a1 import place
from tests.support.google.core import StandIn
from tests.support.google.key_file import ServiceAccountKey, service_account_key
from tests.support.google.people import Person
from tests.support.google.served import served
from tests.support.google.stack import Stack, whole

KEY = service_account_key()
HEADINGS = (
    "Name", "Version", "Training date", "Data source", "Location", "Used for", "Stage", "Deployed on", "Owner",
    "What changed", "Why", "Accuracy",
)  # fmt: skip
RIGHT = (
    ("AC failure", "3.1", date(2026, 3, 4), "CRM export 2026-02-28", "Plant A", "Rooftop units", "Archived",
     date(2026, 3, 12), "kim@example.com", "Retrained with spring", "Fewer alarms", 0.91),
    ("AC failure", "3.2", date(2026, 6, 4), "CRM export 2026-05-31", "Plant A", "Rooftop units", "Production",
     date(2026, 6, 10), "kim@example.com", "Retrained with summer", "Fewer alarms", 0.93),
    ("AC failure", "3.3", date(2026, 6, 20), "CRM export 2026-06-15", "Plant A", "Rooftop units", "Staging",
     "", "kim@example.com", "Retrained with June", "", 0.95),
)  # fmt: skip
VAGUE = ("No-shows", "1", date(2026, 2, 2), "data from last year", "Clinic", "Intake", "Production",
         date(2026, 2, 9), "bob@example.com", "First", "To plan", 0.7)  # fmt: skip
GAP = ("No-shows", "2", date(2026, 5, 2), "Bookings 2026-04", "", "Intake", "Testing", "", "bob@example.com",
       "More data", "", 0.8)  # fmt: skip
ROWS = (*RIGHT, VAGUE, GAP)
LISTS = (
    ("Location", "", "Owner", "E-mail", "Active", "", "Data source"),
    ("Plant A", "", "kim@example.com", "kim@example.com", "yes", "", "CRM"),
    ("Clinic", "", "bob@example.com", "bob@example.com", "yes", "", "Bookings"),
)
TODAY = ("--today", "2026-06-30")
_HURRIED = """\
import time
ahead, monotonic, sleep = [0.0], time.monotonic, time.sleep
def hurried(seconds):
    if seconds > 0.5:
        ahead[0] += seconds
    else:
        sleep(seconds)
time.monotonic = lambda: monotonic() + ahead[0]
time.sleep = hurried
"""


@dataclass(frozen=True)
class GoogleRegistry:
    """The stand-in with one spreadsheet of people's, and the folder with the config that names it.

    ``environment`` is what a program needs to reach the stand-in, and nothing of this machine's own sign-ins.
    ``refused`` names hosts that a program tried to reach besides Google's.
    """

    folder: Path
    google: StandIn
    stack: Stack
    spreadsheet: str
    environment: Mapping[str, str]
    refused: Sequence[str]

    @property
    def url(self) -> str:
        """The spreadsheet's address, as the browser shows it."""
        return f"https://docs.google.com/spreadsheets/d/{self.spreadsheet}/edit"

    @property
    def person(self) -> Person:
        """Its owner, in the browser."""
        return self.google.person(self.spreadsheet)

    @property
    def registry(self) -> RegistryConfig:
        """As the config has it (the first of it)."""
        return read_file(self.folder / "config.toml").registries[0]

    @property
    def state(self) -> Path:
        """Its state folder."""
        from registry_sheets.wiring import state_of

        return state_of(self.registry)

    def run(self, *arguments: str | Path, **environment: str) -> CompletedProcess[str]:
        """Run `registry-sheets` in the folder, at the stand-in. What was asked of it is counted from here."""
        self.stack.seen.clear()
        return run(*arguments, folder=self.folder, **{**self.environment, **environment})

    def config(self, *parts: str, name: str = "Clinic", sheet: str = "") -> Path:
        """Write the config: ``parts`` go over the registry, which comes last."""
        path = self.folder / "config.toml"
        said = [
            'time_zone = "UTC"\n', *parts,
            f'\n[google]\nkey_file = "key.json"\n[[registry]]\nname = "{name}"\nsheet = "{sheet or self.url}"\n',
        ]  # fmt: skip
        path.write_text("".join(said), encoding="utf-8")
        return path

    def hurried(self) -> dict[str, str]:
        """For run(): a program in which long waits are over at once, as its own clock shows them."""
        place = self.folder / "hurried"
        place.mkdir(exist_ok=True)
        (place / "sitecustomize.py").write_text(_HURRIED, encoding="utf-8")
        return {"PYTHONPATH": str(place)}

    def machine(self, name: str) -> Path:
        """The folder of another machine, with this config and key and nothing else."""
        folder = self.folder / name
        folder.mkdir()
        for file in ("config.toml", "key.json"):
            (folder / file).write_bytes((self.folder / file).read_bytes())
        return folder

    def shared_as(self, role: str) -> None:
        """Let the owner share it with the account as 'writer' or 'reader', or '' not at all."""
        roles = self.google.world.files[self.spreadsheet].roles
        roles.pop(KEY.email, None)
        if role:
            roles[KEY.email] = role

    def requests(self) -> tuple[str, ...]:
        """What was asked of Google since the last run(), sign-ins left out."""
        return tuple(name.removeprefix("sheets.spreadsheets.") for name in self.stack.requests())

    def cells(self, tab: str) -> list[list[Any]]:
        """A tab's values."""
        return self.google.cells(self.spreadsheet, tab)

    def column(self, heading: str, tab: str = "Models") -> list[Any]:
        """The values below a heading of the first row, '' for what is not there."""
        rows = self.cells(tab)
        at = rows[0].index(heading)
        return [row[at] if at < len(row) else "" for row in rows[1:]]

    @property
    def titles(self) -> list[str]:
        """The tabs' titles in order."""
        return [sheet.title for sheet in self.google.world.files[self.spreadsheet].book.sheets]

    def at(self, link: str) -> tuple[str, Any]:
        """(tab and cell, value there) of a link into the spreadsheet; checks that it is whole."""
        found = re.fullmatch(rf"{re.escape(self.url)}#gid=(\d+)&range=([A-Z]+)(\d+)", link)
        assert found, link
        tab = next(title for title in self.titles if self.gid(title) == int(found[1]))
        row, (_, column) = int(found[3]) - 1, place(f"{found[2]}1")
        cells = self.cells(tab)
        value = cells[row][column] if row < len(cells) and column < len(cells[row]) else ""
        return f"{tab}!{found[2]}{found[3]}", value

    def gid(self, tab: str) -> int:
        """The tab's number in addresses."""
        sheets = self.google.world.files[self.spreadsheet].book.sheets
        return next(sheet.id for sheet in sheets if sheet.title == tab)

    @contextmanager
    def surroundings(self) -> Iterator[None]:
        """This process' environment as a program needs it, for programs that are started with it."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def google_registry(
    folder: Path,
    rows: Sequence[Sequence[Any]] = ROWS,
    headings: Sequence[str] = HEADINGS,
    *,
    lists: Sequence[Sequence[Any]] | None = LISTS,
    notes: Sequence[Sequence[Any]] | None = None,
    keys: Sequence[ServiceAccountKey] = (KEY,),
    clock: Callable[[], float] = time.time,
    **more: Any,
) -> Iterator[GoogleRegistry]:
    """A spreadsheet of these rows at a stand-in that other processes reach, its config and key in ``folder``.

    ``notes`` are the cells of a tab of people's that stands before the others. ``keys`` are those that Google knows,
    and ``clock`` is Google's, in seconds since 1970; ``more`` as StandIn.create takes it.
    """
    google = StandIn(account=KEY.email)
    stack = whole(google.handle, keys=keys, now=clock)
    tabs = {} if notes is None else {"Notes": notes}
    tabs |= {"Models": [headings, *rows]} | ({} if lists is None else {"Lists": lists})
    spreadsheet = google.create("Models 2026", tabs, **more)
    with served(stack.handler) as reached:
        KEY.written(folder / "key.json")
        none = {
            "CLOUDSDK_CONFIG": str(folder / "no gcloud"), "NO_GCE_CHECK": "true", "GOOGLE_APPLICATION_CREDENTIALS": "",
        }  # fmt: skip
        made = GoogleRegistry(folder, google, stack, spreadsheet, {**none, **reached.environment}, reached.refused)
        made.config()
        yield made
