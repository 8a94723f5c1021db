"""The address of a Google spreadsheet, as people paste it: from the browser, from a mail, or its id alone. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

_HOST = "docs.google.com"
_DRIVE_HOSTS = ("drive.google.com", "spreadsheets.google.com")
_WEB = re.compile(r"https?:/|(?:docs|drive|spreadsheets|sheets)\.google\.com(?:[/:?#]|$)", re.I)
_ID = re.compile(r"[A-Za-z0-9_-]{25,200}")
_SIGNS = (re.compile(r"[0-9]"), re.compile(r"[A-Z]"), re.compile(r"[a-z]"))
_PATH = re.compile(r"(?:/a/[^/]+)?/spreadsheets(?:/u/\d+)?/d/([^/]*)")
_PUBLISHED = re.compile(r"/spreadsheets(?:/u/\d+)?/d/e/")
_GID = re.compile(r"[0-9]{1,10}")
_LARGEST_GID = 2**31 - 1
_OTHERS = {
    "document": "a Google document",
    "presentation": "a Google presentation",
    "forms": "a Google form",
    "drawings": "a Google drawing",
}
_COPY = "Open the spreadsheet in the browser and copy the whole address from the browser's bar."


class GoogleAddress(NamedTuple):
    """Which spreadsheet, and the tab that was open when the address was copied (its sheetId); None where none is told.

    Browsers put the open tab into every address, so ``gid`` says where somebody looked, not always what they mean.
    """

    id: str
    gid: int | None = None

    @property
    def url(self) -> str:
        """The address in its plain form, without anything that a shell or a mail may break."""
        place = "" if self.gid is None else f"#gid={self.gid}"
        return f"https://{_HOST}/spreadsheets/d/{self.id}/edit{place}"

    @property
    def usual_name(self) -> str:
        """What a registry in it is called where nobody named it."""
        return f"google-{self.id[:8]}"

    @property
    def short(self) -> str:
        """Enough of the id to tell it from others: '1AbC…9xYz'."""
        return f"{self.id[:4]}…{self.id[-4:]}"


def google_address(said: str) -> GoogleAddress | None:
    """The spreadsheet that an address or a bare id names; None for anything else (see fault_of()).

    Any form goes: /edit, /view, /copy, ?gid=0#gid=0, #gid=5&range=B3, /u/1/, a Workspace domain's /a/example.com/,
    http, no scheme, white space or <> around it. A bare id has at least 25 of [A-Za-z0-9_-], with a digit, a capital
    and a small letter; whether a file has that name is for the caller to ask.
    """
    text = _bare(said)
    if _ID.fullmatch(text) and all(sign.search(text) for sign in _SIGNS):
        return GoogleAddress(text)
    parts = _parts(text)
    if parts is None or parts.hostname != _HOST or _PUBLISHED.match(parts.path):
        return None
    found = _PATH.match(parts.path)
    return GoogleAddress(found[1], _gid(parts)) if found and _ID.fullmatch(found[1]) else None


def is_web_address(said: str) -> bool:
    """Whether this is meant as an address, of whatever, and not as a file's path."""
    return _WEB.match(_bare(said)) is not None


def fault_of(said: str) -> str:
    """What is wrong with an address that is not of a Google spreadsheet, and what to do; '' for paths and good ones."""
    if not is_web_address(said) or google_address(said):
        return ""
    parts = _parts(_bare(said))
    if parts is None:
        return f"This address cannot be read. {_COPY}"
    return _fault_at_google(parts) if parts.hostname == _HOST else _fault_elsewhere(parts)


def _fault_at_google(parts: SplitResult) -> str:
    if _PUBLISHED.match(parts.path):
        return f"This is the address of a page that was published to the web, which cannot be written to. {_COPY}"
    kind = next((part for part in parts.path.split("/") if part in _OTHERS), "")
    if kind:
        return f"This is the address of {_OTHERS[kind]}, not of a spreadsheet. {_COPY}"
    return f"This address of a Google spreadsheet is not whole: after /d/ it must have the spreadsheet's id. {_COPY}"


def _fault_elsewhere(parts: SplitResult) -> str:
    if parts.hostname in _DRIVE_HOSTS:
        if "folders" in parts.path.split("/"):
            return f"This is the address of a folder in Google Drive, not of a spreadsheet. {_COPY}"
        return f"This address of Google Drive does not say that it is of a spreadsheet. {_COPY}"
    return (
        "This is a web address, but not that of a Google spreadsheet "
        f"(https://{_HOST}/spreadsheets/d/...). For a workbook on SharePoint or OneDrive, name the file in the folder "
        "that is kept in step with it, and set link to the address."
    )


def _bare(said: str) -> str:
    return said.strip().strip("<>\"'\u2018\u2019\u201c\u201d").strip()


def _parts(text: str) -> SplitResult | None:
    """The parts of an address; None where it is none, or cannot be taken apart.

    A path that swallowed the second slash ('https:/docs...') is read as what it was.
    """
    if not _WEB.match(text):
        return None
    rest = re.sub(r"^https?:/+", "", text, flags=re.I)
    try:
        parts = urlsplit(f"https://{rest}")
        _ = parts.hostname
    except ValueError:
        return None
    return parts


def _gid(parts: SplitResult) -> int | None:
    """The tab, by the fragment, which the browser keeps up to date, else by the query."""
    for said in (parts.fragment, parts.query):
        for value in parse_qs(said).get("gid", []):
            if _GID.fullmatch(value) and int(value) <= _LARGEST_GID:
                return int(value)
    return None
