"""What kind of file is this? One sentence for each kind that is not a workbook we can read, with what to do.

Nothing is unpacked here: a file is known by its path's ending, its first bytes and the index of its zip.
"""

from __future__ import annotations

import errno
import os
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from registry_sheets.errors import NotChecked, UnreadableWorkbook

_OTHER_ENDINGS: Mapping[str, str] = {
    ".xls": "an Excel 97-2003 workbook",
    ".xlt": "an Excel 97-2003 template",
    ".xlsb": "a binary Excel workbook",
    ".ods": "an OpenDocument spreadsheet",
    ".fods": "an OpenDocument spreadsheet",
    ".ots": "an OpenDocument template",
    ".numbers": "a Numbers spreadsheet",
    ".csv": "a CSV text file",
    ".tsv": "a text file",
    ".txt": "a text file",
    ".gsheet": "only a shortcut to a Google Sheet",
}
_SAVE_AS: Mapping[str, str] = {
    ".ods": "Open it and save it as .xlsx: File > Save As > Excel Workbook (.xlsx).",
    ".numbers": "Open it in Numbers and export it: File > Export To > Excel.",
    ".gsheet": "Open it in Google Sheets and choose File > Download > Microsoft Excel (.xlsx).",
}
_SAVE = "Open it in Excel and save it as .xlsx: File > Save As > Excel Workbook (.xlsx)."
_REPAIR = "Open it in Excel and let Excel repair it, or bring back an earlier copy."
_ENCRYPTED = 0x1
_END_RECORD = 22  # the shortest end record, without a comment
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may expand while it is read. Sizes in bytes, areas in cells.

    ``max_ratio`` compares the unpacked size with the file's; it counts only above ``ratio_from``,
    because small, very regular sheets pack extremely well. ``max_area`` is how large the rectangle
    around all content may be whatever the file's size; a larger one must be backed by content.
    """

    max_uncompressed: int = 4 << 30
    max_ratio: float = 200.0
    ratio_from: int = 100 << 20
    max_area: int = 4_000_000


class MaybeHalfSaved(UnreadableWorkbook):
    """Unreadable as a file is while another program is still writing it: empty, zeros, or without its end.

    Worth another try where the file's modification time is recent; else it is damaged.
    """


def read_file(path: Path, limits: Limits) -> bytes:
    """The file's bytes, at one moment. Raises UnreadableWorkbook, or NotChecked where the system refuses."""
    try:
        _refuse_by_name(path)
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > limits.max_uncompressed:
                raise too_large(path.name, before.st_size, "more than the limit, even packed")
            data = file.read()
            after = os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise _missing(path) from None
    except PermissionError:
        raise NotChecked(
            f"{path.name} may not be read by this user, or another program holds it.",
            "Close it elsewhere, or ask for the right to read it.",
        ) from None
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):  # no waiting makes such a path good
            raise _missing(path) from None
        raise NotChecked(f"{path.name} could not be read: {error.strerror or error}.", "Try again later.") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise MaybeHalfSaved(f"{path.name} was being saved while it was read.", "Try again when it is saved.")
    return data


def _missing(path: Path) -> UnreadableWorkbook:
    return UnreadableWorkbook(f"There is no file {path}.", "Check the path, or make the workbook with init.")


def _refuse_by_name(path: Path) -> None:
    kind = path.stat().st_mode
    ending = path.suffix.lower()
    other = _OTHER_ENDINGS.get(ending)
    if other:  # first, because a .numbers document may be a folder
        raise UnreadableWorkbook(f"{path.name} is {other}.", _SAVE_AS.get(ending, _SAVE))
    if stat.S_ISDIR(kind):
        raise UnreadableWorkbook(f"{path} is a folder.", "Give the path of the workbook in it.")
    if not stat.S_ISREG(kind):
        raise UnreadableWorkbook(f"{path} is not a file.", "Give the path of the workbook itself.")
    if path.name.startswith(("~$", ".~lock.")):
        raise _lock_note(path.name)


def _lock_note(label: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(
        f"{label} is the note that a program leaves while the workbook is open, not the workbook.",
        "Give the path of the workbook itself, without the sign in front.",
    )


def open_zip(data: bytes, label: str, limits: Limits) -> zipfile.ZipFile:
    """The file's zip, its index checked: nothing encrypted, and not more inside than the limits allow."""
    _refuse_other_content(data, label)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except Exception:  # zipfile meets hostile bytes with a dozen kinds of error
        raise _cut_short(data, label) from None
    infos = archive.infolist()
    names = {info.filename.replace("\\", "/").lower() for info in infos}
    _refuse_other_packages(names, label)
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise encrypted(label)
    _refuse_bomb(sum(info.file_size for info in infos), len(data), label, limits)
    return archive


def encrypted(label: str) -> UnreadableWorkbook:
    """The workbook wants a password."""
    return UnreadableWorkbook(
        f"{label} is protected with a password, so it cannot be read.",
        "Remove the password (in Excel: File > Info > Protect Workbook > Encrypt with Password), "
        "or save a copy without one.",
    )


def damaged(label: str, what: str) -> UnreadableWorkbook:
    """The workbook is damaged; ``what`` ends the sentence."""
    return UnreadableWorkbook(f"{label} is damaged: {what}.", _REPAIR)


def too_large(label: str, size: int, limit: str) -> UnreadableWorkbook:
    """The workbook would unpack to ``size`` bytes; ``limit`` says which limit that breaks."""
    return UnreadableWorkbook(
        f"{label} would unpack to {size / _MIB:,.0f} MB, {limit}.",
        "If it comes from someone you trust, save a copy with only the registry's tabs, "
        "or raise the limit under [limits] in config.toml.",
    )


def _refuse_bomb(unpacked: int, packed: int, label: str, limits: Limits) -> None:
    if unpacked > limits.max_uncompressed:
        raise too_large(label, unpacked, f"more than the limit of {limits.max_uncompressed / _MIB:,.0f} MB")
    if unpacked > limits.ratio_from and unpacked > limits.max_ratio * packed:
        raise too_large(label, unpacked, f"more than {limits.max_ratio:g} times the size of the file")


def _refuse_other_content(data: bytes, label: str) -> None:
    if not data:
        raise MaybeHalfSaved(f"{label} is empty (0 bytes).", "Bring back an earlier copy, or make one with init.")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _compound_file(data, label)
    if data.startswith(b"PK"):
        return
    if not data.strip(b"\0"):
        raise MaybeHalfSaved(f"{label} holds nothing but zeros.", "Bring back an earlier copy.")
    if _is_lock_note(data):
        raise _lock_note(label)
    kind = _text_kind(data[:4096])
    if kind:
        raise UnreadableWorkbook(f"{label} is {kind}, not an Excel workbook.", _SAVE)
    if b"PK\x05\x06" not in data[-70_000:]:
        raise UnreadableWorkbook(f"{label} is not an Excel workbook.", _SAVE)


def _is_lock_note(data: bytes) -> bool:
    # Excel's owner file: the length of the user's name, the name padded to 54 bytes, and once more in UTF-16.
    return len(data) == 165 and data[0] < 55 and not data[1 + data[0] : 55].strip(b" \0")


def _compound_file(data: bytes, label: str) -> UnreadableWorkbook:
    # Excel wraps an encrypted .xlsx in an OLE file with these streams (MS-OFFCRYPTO 2.3).
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        return encrypted(label)
    return UnreadableWorkbook(f"{label} is an Excel 97-2003 workbook (.xls) by its content.", _SAVE)


def _text_kind(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if start.startswith(b"%pdf"):
        return "a PDF"
    if start.startswith((b"<?xml", b"<")):
        return "an XML or HTML text"
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in head)
    return "plain text" if printable == len(head) else ""


def _cut_short(data: bytes, label: str) -> UnreadableWorkbook:
    end = data.rfind(b"PK\x05\x06")
    if end >= 0 and len(data) - end >= _END_RECORD:
        return damaged(label, "the index of its parts cannot be read")
    return MaybeHalfSaved(
        f"{label} is damaged: its end is missing, as in a download or a save that was broken off.", _REPAIR
    )


def _refuse_other_packages(names: set[str], label: str) -> None:
    for part, kind, fix in (
        ("word/document.xml", "a Word document", "Give the path of the workbook."),
        ("ppt/presentation.xml", "a PowerPoint presentation", "Give the path of the workbook."),
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", _SAVE),
        ("index/document.iwa", "a Numbers spreadsheet", _SAVE_AS[".numbers"]),
        ("index.zip", "a Numbers spreadsheet", _SAVE_AS[".numbers"]),
        ("mimetype", "an OpenDocument spreadsheet", _SAVE_AS[".ods"]),
    ):
        if part in names and "xl/workbook.xml" not in names:
            raise UnreadableWorkbook(f"{label} is {kind} by its content.", fix)
