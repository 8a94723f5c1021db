"""Doctor: whether findings and edits can be written, and who else is at the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from registry_sheets.operations.doctor_folders import try_folder
from registry_sheets.operations.doctor_items import Item
from registry_sheets.operations.doctor_place import Place

_TO_SERVE = 'Give this account the right to write there, or set write_back = "off".'


def writing(place: Place, hindered: bool = False) -> Iterator[Item]:
    """Where findings go, and whether that can be written as far as can be told without writing.

    ``hindered``: they cannot go into the sheet, and it is told already where they go instead.
    """
    if place.sheet.path is None:
        yield from _beside(place) if hindered else [_into_spreadsheet(place)]
    elif place.sheet.path.exists():
        yield from _into_file(place, place.sheet.path, hindered)


def _beside(place: Place) -> Iterator[Item]:
    if refused := try_folder(place.sheet.folder):
        yield _refused(place.sheet.folder, refused)


def _into_file(place: Place, path: Path, hindered: bool) -> Iterator[Item]:
    if place.write_back == "off":
        yield Item("Writing", "ok", 'write_back = "off": the workbook is never written')
        return
    folder = path.resolve().parent
    if refused := try_folder(folder):
        yield _refused(folder, refused)
    elif not hindered:
        how = "into the workbook" if place.write_back == "in place" else "into a workbook beside it"
        yield Item("Writing", "ok", f'write_back = "{place.write_back}": findings go {how}; its folder can be written')
    yield from _company(place)


def _into_spreadsheet(place: Place) -> Item:
    """Whether the account may change the spreadsheet is among the store's own facts."""
    folder = place.sheet.folder
    refused = try_folder(folder)
    if place.write_back == "beside":
        told = f'write_back = "beside": findings go into {place.sheet.beside}'
        return _refused(folder, refused) if refused else Item("Writing", "ok", f"{told}, which can be written")
    told = "the spreadsheet gets no findings" if place.write_back == "off" else "findings go into the spreadsheet"
    if refused:
        message = (
            f"nothing can be written in {folder}: {refused}. Recorded edits wait there until they are in the sheet."
        )
        return Item("Writing", "note", message, "Give this account the right to write there before you record edits.")
    return Item("Writing", "ok", f'write_back = "{place.write_back}": {told}')


def _refused(folder: Path, why: str) -> Item:
    return Item("Writing", "wrong", f"nothing can be written in {folder}: {why}.", _TO_SERVE, 3)


def _company(place: Place) -> Iterator[Item]:
    """Who else is at the file: people who have it open, clients that sync its folder."""
    in_place = place.write_back == "in place"
    if holder := place.holder():
        fix = "Close it there; until then a sync writes the findings beside it." if in_place else ""
        yield Item("Open", "note", holder, fix)
    else:
        yield Item("Open", "ok", "nobody has it open, as far as can be seen from here")
    if synced := place.synced():
        fix = 'Set write_back = "beside": such folders show no locks, and make copies of files saved at once.'
        yield Item("Synced", "note" if in_place else "ok", f"its folder is on {synced}", fix if in_place else "")
