"""Where a registry's rows are: a workbook file, or a Google spreadsheet. What both have, so that few need to ask which.

Only what opens a store asks (``path`` is None for a Google spreadsheet), and what speaks of files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry_sheets.registry.google_address import GoogleAddress


@dataclass(frozen=True)
class FileSheet:
    """A workbook file. ``path`` is absolute."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def label(self) -> str:
        """How people know it."""
        return self.path.name

    @property
    def usual_name(self) -> str:
        """What its registry is called where nobody named it."""
        return self.path.stem

    @property
    def folder(self) -> Path:
        """Where relative links in it start."""
        return self.path.absolute().parent

    @property
    def outbox(self) -> Path:
        """The path beside which its outbox lies (see state.places)."""
        return self.path

    @property
    def rights(self) -> Path:
        """Whoever may write this may write the outbox."""
        return self.path

    @property
    def beside(self) -> Path:
        """The workbook of findings, for when it is not written itself: 'models findings.xlsx'."""
        return self.path.parent / f"{self.path.stem} findings.xlsx"


@dataclass(frozen=True)
class GoogleSheet:
    """A Google spreadsheet. ``local`` stands for it on this disk: the path, where no file is, beside which its outbox
    and its workbook of findings lie. ``config`` is the file that names it, None where none does.
    """

    address: GoogleAddress
    local: Path
    config: Path | None = None

    def __str__(self) -> str:
        return self.address.url

    @property
    def path(self) -> None:
        """There is no file."""

    @property
    def label(self) -> str:
        """How people know it before its title is read."""
        return f"Google sheet {self.address.short}"

    @property
    def usual_name(self) -> str:
        """What its registry is called where nobody named it."""
        return self.address.usual_name

    @property
    def folder(self) -> Path:
        """Where relative links in it start: its config's home."""
        return self.local.parent

    @property
    def outbox(self) -> Path:
        """The path beside which its outbox lies (see state.places)."""
        return self.local

    @property
    def rights(self) -> Path:
        """Whoever may write this may write the outbox; without a config that is this account alone."""
        return self.config or self.local

    @property
    def beside(self) -> Path:
        """The workbook of findings, for when the spreadsheet is not written itself."""
        return self.local.with_name(f"{self.local.name} findings.xlsx")


RegistrySheet = FileSheet | GoogleSheet
