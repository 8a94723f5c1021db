"""Is a path in a folder that a cloud client syncs, or on a network drive?

Cloud clients show no lock and make conflict copies, so a workbook there is better not written in place.
They are known by what they leave on disk: environment variables of OneDrive for Windows, marker files
and folders, the folder names that the clients choose, and macOS's CloudStorage.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

from registry_sheets.workbooks.excel.machine import file_system, is_network

_ONEDRIVE_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_MARKERS: Mapping[str, str] = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",  # in a folder that the OneDrive client keeps
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
    ".sync_folder_is_nextcloud": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud",
}
_FOLDERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"onedrive(?: - .+|-.+)?", re.I), "OneDrive"),
    (re.compile(r"sharepoint(?: - .+)?|.+ - sharepoint", re.I), "SharePoint"),
    (re.compile(r"dropbox(?: \(.+\))?", re.I), "Dropbox"),
    (re.compile(r"google ?drive(?:-.+)?|googledrive-.+|drivefs", re.I), "Google Drive"),
    (re.compile(r"icloud ?drive|com~apple~clouddocs|mobile documents", re.I), "iCloud"),
    (re.compile(r"box(?:-box| sync)", re.I), "Box"),
    (re.compile(r"nextcloud", re.I), "Nextcloud"),
)
_GOOGLE_STREAM = frozenset({"my drive", "shared drives"})


def cloud_synced(
    path: Path,
    environ: Mapping[str, str] | None = None,
    kind_of: Callable[[Path], str] = file_system,
) -> str | None:
    """What syncs or serves the folder of a path: 'OneDrive', 'Dropbox', 'a network drive', ...; None: a local folder.

    Symlinks are followed. ``environ`` and ``kind_of`` (the kind of file system of a path) are for tests.
    """
    environ = os.environ if environ is None else environ
    found = None
    for candidate in dict.fromkeys((path.absolute(), path.resolve())):
        found = found or _by_variable(candidate, environ) or _by_folder(candidate) or _by_marker(candidate)
    return found or _by_disk(path.resolve(), kind_of)


def _by_variable(path: Path, environ: Mapping[str, str]) -> str | None:
    values = (environ.get(name, "") for name in _ONEDRIVE_VARIABLES)
    return "OneDrive" if any(value and path.is_relative_to(value) for value in values) else None


def _by_folder(path: PurePath) -> str | None:
    folders = path.parts[:-1]
    for part in folders:
        for pattern, name in _FOLDERS:
            if pattern.fullmatch(part):
                return name
    # Google Drive for desktop shows a drive of its own, or a folder, with these at its top.
    if any(part.casefold() in _GOOGLE_STREAM for part in folders[1:3]):
        return "Google Drive"
    return None


def _by_marker(path: Path) -> str | None:
    for folder in path.parents:
        for marker, name in _MARKERS.items():
            # Dropbox keeps its own settings in ~/.dropbox: a home folder is not a synced folder.
            if (folder / marker).exists() and not (marker == ".dropbox" and (folder / marker).is_dir()):
                return name
    return None


def _by_disk(path: Path, kind_of: Callable[[Path], str]) -> str | None:
    if str(path).startswith("\\\\") or (sys.platform == "win32" and _remote_drive(path)):
        return "a network drive"
    kind = kind_of(path)
    if "drivefs" in kind or "google-drive" in kind:
        return "Google Drive"
    if "onedriver" in kind:
        return "OneDrive"
    return "a network drive" if kind and is_network(kind) else None


def _remote_drive(path: Path) -> bool:
    """Whether a Windows drive letter is a mapped network drive (GetDriveTypeW gives DRIVE_REMOTE, 4)."""
    import ctypes

    windows = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    return bool(windows.GetDriveTypeW(path.anchor) == 4)
