"""Which tab of the spreadsheet each of our tabs is, or becomes; and the links between them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry_sheets.registry.sheets import Sheet, own_name
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot, Tab
from registry_sheets.workbooks.google.tabs.links import Link, linker
from registry_sheets.workbooks.titles import free_title


@dataclass(frozen=True)
class Placed:
    """A tab of ours and where it goes. ``tab`` is the one that is there, None where it is added."""

    sheet: Sheet
    sheet_id: int
    title: str
    tab: Tab | None = None


def placed(sheets: Sequence[Sheet], snapshot: GoogleSnapshot, leaving: Tab | None = None) -> list[Placed]:
    """Own tabs go where they are; others are added, under titles that are free, as that of a tab ``leaving`` is."""
    own = snapshot.own_tabs
    titles = {title for title, tab in snapshot.tabs.items() if tab is not leaving}
    found = []
    for sheet in sheets:
        if title := own.get(sheet.kind):
            found.append(Placed(sheet, snapshot.tabs[title].sheet_id, title, snapshot.tabs[title]))
            continue
        title = free_title(sheet.title, titles)
        titles.add(title)
        found.append(Placed(sheet, new_id(snapshot), title))
    return found


def link_to(snapshot: GoogleSnapshot, new: Iterable[Placed] = ()) -> Link:
    """Links to tabs by their titles and by our names for them, those that are about to be added too."""
    added = list(new)
    gids = dict(snapshot.gids)
    gids |= {own_name(kind): snapshot.tabs[title].sheet_id for kind, title in snapshot.own_tabs.items()}
    gids |= {one.title: one.sheet_id for one in added}
    gids |= {own_name(one.sheet.kind): one.sheet_id for one in added}
    return linker(gids)


def new_id(snapshot: GoogleSnapshot) -> int:
    """A number that no tab has."""
    taken = set(snapshot.gids.values())
    while (number := secrets.randbelow(2**31 - 1) + 1) in taken:
        pass
    return number
