"""Where a registry stands, as doctor looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.operations.doctor_items import Item
from registry_sheets.operations.writing_back import WriteBack
from registry_sheets.registry.past.records import Held
from registry_sheets.registry.registry_sheet import RegistrySheet


@dataclass(frozen=True)
class Place:
    """Where a registry stands, and how to ask about it.

    ``holder`` says who has the workbook open, '' nobody; ``synced`` what syncs its folder, '' nothing: of a file only.
    ``signed_in`` says who signs in to a store on the web and how, as (topic, sentence); it raises RegistrySheetsError.
    ``waiting`` are the recorded edits that are not in the workbook yet, a sentence each; it raises the same.
    ``history`` gives what it held last. ``mail_server`` is where mail is handed in, '' where none is set;
    ``mail_trouble`` what is wrong with signing in there. ``service`` says what the service did last; it raises
    StateUnusable. ``platforms`` asks the platforms and says what each has.
    """

    sheet: RegistrySheet
    state: Path
    output: Path | None
    config: Path | None
    write_back: WriteBack
    time_zone: str
    holder: Callable[[], str] = str
    synced: Callable[[], str] = str
    signed_in: Callable[[], Sequence[tuple[str, str]]] = tuple
    waiting: Callable[[], Sequence[str]] = tuple
    history: Callable[[], Held | None] = lambda: None
    mail_server: str = ""
    mail_trouble: str = ""
    service: Callable[[], str] = str
    platforms: Callable[[], Sequence[Item]] = tuple

    @property
    def known_as(self) -> str:
        """The sheet as it is named on a command line in its folder."""
        return self.sheet.path.name if self.sheet.path else str(self.sheet)
