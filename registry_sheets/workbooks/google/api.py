"""The few calls that a registry makes to Google, told without who carries them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Json = dict[str, Any]
"""A JSON object, as Google's interface description names its fields."""

FILE_FIELDS = "name,version,modifiedTime,lastModifyingUser(displayName,emailAddress,me),capabilities(canEdit)"


@dataclass(frozen=True, slots=True)
class FileState:
    """What Drive says of a spreadsheet.

    ``version`` moves with every change, ours too, and never back. ``modified`` lags some minutes. ``editor`` is who
    saved last, '' where Drive does not say; ``by_us`` whether that was this very account; ``can_edit`` whether it may
    write the file at all.
    """

    title: str
    version: str
    modified: datetime | None = None
    editor: str = ""
    by_us: bool = False
    can_edit: bool = True


class SheetsApi(Protocol):
    """Google's interface, signed in. Every call raises RegistrySheetsError with what to do next (see refusals).

    Calls that change nothing, and those said to be ``repeatable``, are tried again when Google is busy or the line
    breaks; others only where it is certain that nothing was done.
    """

    @property
    def account(self) -> str:
        """The e-mail address that a spreadsheet has to be shared with; '' where it is not known (own sign-in)."""
        ...

    def file(self, spreadsheet: str) -> FileState:
        """What Drive says of the file: one request."""
        ...

    def spreadsheet(self, spreadsheet: str, fields: str, ranges: Sequence[str] = ()) -> Json:
        """spreadsheets.get with a field mask: one request. Ranges are A1, none for all tabs."""
        ...

    def batch_update(self, spreadsheet: str, body: Mapping[str, Any], *, fields: str = "", repeatable: bool) -> Json:
        """spreadsheets.batchUpdate: all of its requests or none of them. ``fields`` masks the answer."""
        ...

    def values_by_filter(self, spreadsheet: str, body: Mapping[str, Any], *, repeatable: bool) -> Json:
        """spreadsheets.values.batchUpdateByDataFilter."""
        ...
