"""File paths: which texts are paths, and whether something is there.

A path is called broken only where this machine can judge it. A drive that is not connected, a share that is
not mounted or a folder of another machine looks exactly like a missing file, so those are 'not known'.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from registry_sheets.probes.answers import LeadsNowhereError, NotKnownError

_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\|//")
_STARTS = ("/", "./", "../", ".\\", "..\\", "~/")
_FILE_NAME = re.compile(r"[^/\\]+\.[A-Za-z][A-Za-z0-9]{0,7}")


def path_in(text: str) -> str | None:
    """The path that a text is, or None: 'data/x.csv', './x', '/srv/x', 'x.csv', 'C:\\x', 'file:///srv/x'."""
    if text.lower().startswith("file:"):
        return _path_of_address(text)
    if _WINDOWS.match(text) or text.startswith(_STARTS):
        return text
    if _OTHER_SCHEME.match(text) or _is_host(text):
        return None
    return text if _FILE_NAME.fullmatch(re.split(r"[/\\]", text)[-1]) else None


def _path_of_address(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    host = "" if parts.netloc.lower() in ("", "localhost") else f"//{parts.netloc}"
    return host + url2pathname(parts.path)


def _is_host(text: str) -> bool:
    """'www.example.com' and 'wiki.example.com/page.html' are addresses without https://, not files."""
    first, slash, _ = text.partition("/")
    return text.startswith("www.") or (bool(slash) and "." in first.strip("."))


def ask_path(text: str, folder: Path) -> None:
    """Raises LeadsNowhereError or NotKnownError; returns where something is there."""
    if _WINDOWS.match(text) and os.name != "nt":
        raise NotKnownError("it is a path of another machine")
    try:
        path = Path(text.replace("\\", "/")).expanduser()
        full = path if path.is_absolute() else folder / path
        there = full.exists()
        judged = there or _is_visible(full if path.is_absolute() else folder)
    except (OSError, ValueError, RuntimeError) as error:
        raise NotKnownError("this machine may not look there") from error
    if not judged:
        raise NotKnownError("its drive or folder is not connected to this machine")
    if not there:
        raise LeadsNowhereError("there is no such file or folder")


def _is_visible(full: Path) -> bool:
    """Whether the top of the path is on this machine and holds something.

    /srv/models/x.csv can only be missing where /srv/models is; an empty /mnt/share is a share that is not
    mounted. On Windows the drive's first folder, or the share itself, is the top.
    """
    below = 2 if os.name != "nt" else 0 if full.drive.startswith("\\\\") else 1
    top = Path(*full.parts[: below + 1]) if len(full.parts) > below + 1 else full.parent
    return top.is_dir() and next(top.iterdir(), None) is not None
