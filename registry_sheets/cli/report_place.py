"""Where --out points: a file, told by how its name ends, or a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from registry_sheets.cli.report import ReportFormat
from registry_sheets.errors import ConfigProblem

_FORMATS = {
    ".html": ReportFormat.HTML,
    ".htm": ReportFormat.HTML,
    ".xlsx": ReportFormat.XLSX,
    ".csv": ReportFormat.CSV,
    ".json": ReportFormat.JSON,
    ".md": ReportFormat.MD,
}
_ENDINGS = ".html, .xlsx, .json, .csv or .md"


class Place(NamedTuple):
    """A file of a format, or a folder, which need not be there yet: ``format`` None."""

    path: Path
    format: ReportFormat | None


def place_of(out: str) -> Place:
    """What --out names. Raises ConfigProblem for a name that is neither, and where the folder above is not there.

    A folder is what is one, what ends with a slash, and what has no ending: 'd1' and 'd1/x.json' go together. A new
    folder is made, but none above it: that is rather a slip of the pen.
    """
    path = Path(out)
    place = Place(path, None if _is_folder(out, path) else _format_of(path))
    if not _is_there(path) and not path.parent.is_dir():
        _refuse_parent(path.parent)
    if place.format is None and _is_there(path) and not path.is_dir():
        raise ConfigProblem(
            f"--out {out} is a file, and its name does not say of which format.",
            f"Name a folder, or a file that ends in {_ENDINGS}.",
        )
    return place


def _is_folder(out: str, path: Path) -> bool:
    return out.endswith(("/", os.sep)) or not path.suffix or (_is_there(path) and path.is_dir())


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long: writing says so
        return False


def _format_of(path: Path) -> ReportFormat:
    found = _FORMATS.get(path.suffix.casefold())
    if found is None:
        if path.suffix.casefold() == ".pdf":
            raise ConfigProblem(f"{path}: There is no PDF.", f"Name it {_ENDINGS}, or print the page.")
        raise ConfigProblem(
            f"--out {path}: no report is a {path.suffix} file.",
            f"Name it {_ENDINGS}; for a folder of that name, write a / after it.",
        )
    return found


def _refuse_parent(folder: Path) -> None:
    if folder.exists():
        raise ConfigProblem(f"{folder} is a file, not a folder.", "Name another place after --out.")
    raise ConfigProblem(f"The folder {folder} is not there.", "Make it first, or mend its name after --out.")
