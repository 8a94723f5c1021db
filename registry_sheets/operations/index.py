"""The page that lists the reports of several registries, made from the numbers that each has published."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from registry_sheets.operations.publishing import write_if_changed
from registry_sheets.reports.content import Report
from registry_sheets.reports.page import IndexEntry, render_index

_LARGEST = 1 << 20  # bytes; a larger file is none of ours


def numbers_of(report: Report) -> bytes:
    """A report's numbers as JSON: {"registry", "day", "complete", "models", "versions", "live", "gaps", "overdue",
    "completeness": from 0 to 1, or null where there is nothing to fill, "failed": why the last pass since then failed,
    '' where it did not}."""
    told = {
        "registry": report.registry,
        "day": report.today.isoformat(),
        "complete": report.complete,
        "models": report.models,
        "versions": len(report.rows),
        "live": report.live_models,
        "gaps": report.gaps,
        "overdue": len(report.overdue),
        "completeness": None if report.completeness.share is None else round(report.completeness.share, 4),
        "failed": "",
    }
    return (json.dumps(told, indent=2) + "\n").encode()


def with_failure(path: Path, why: str) -> None:
    """Note in published numbers that a pass failed since; where there are none, nothing is noted. Raises CannotSave."""
    with suppress(OSError, ValueError, TypeError, RecursionError):
        told = {**json.loads(_content(path)), "failed": why}
        write_if_changed(path, (json.dumps(told, indent=2) + "\n").encode())


def write_index(path: Path, members: Sequence[tuple[str, Path]], page: str, numbers: str) -> bool:
    """Write the page for members (name, output folder) at ``path``; whether it changed. Raises CannotSave.

    A member whose numbers are not there, or cannot be read, is listed as never checked.
    """
    entries = [_entry(path.parent, name, folder, page, numbers) for name, folder in members]
    return write_if_changed(path, render_index(entries).encode("utf-8", "replace"))


def _entry(base: Path, name: str, folder: Path, page: str, numbers: str) -> IndexEntry:
    href = _relative(folder / page, base) if (folder / page).exists() else ""
    try:
        return _told(name, href, json.loads(_content(folder / numbers)))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return IndexEntry(name, href, None, 0, 0, 0, 0, None, complete=False)


def _told(name: str, href: str, told: dict[str, Any]) -> IndexEntry:
    share = told["completeness"]
    return IndexEntry(
        name=name,
        href=href,
        day=date.fromisoformat(told["day"]),
        models=int(told["models"]),
        live=int(told["live"]),
        gaps=int(told["gaps"]),
        overdue=int(told["overdue"]),
        share=None if share is None else float(share),
        complete=bool(told["complete"]) and not told.get("failed"),
    )


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LARGEST)


def _relative(path: Path, base: Path) -> str:
    try:
        return quote(Path(os.path.relpath(path, base)).as_posix())
    except ValueError:  # another drive
        return path.absolute().as_uri()
