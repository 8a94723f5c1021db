"""Findings as CSV and JSON, and the files of the output folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from registry_sheets.errors import CannotSave
from registry_sheets.operations.looking import Look
from registry_sheets.registry.findings import Severity, finding_object
from registry_sheets.registry.text import csv_safe
from registry_sheets.whole_files import write_whole

FINDING_KEYS = ("rule", "severity", "name", "version", "row", "column", "cell", "message", "fix")


NO_PAGES: Mapping[str, bytes] = MappingProxyType({})


def findings_object(look: Look) -> dict[str, Any]:
    """The findings of one registry as one JSON object."""
    return {
        "registry": look.name,
        "sheet": look.label,
        "rows": look.rows,
        "complete": look.complete,
        "counts": {severity.value: look.result.counts.get(severity, 0) for severity in Severity},
        "findings": [finding_object(finding) for finding in look.result.findings],
    }


def findings_csv(looks: Sequence[Look]) -> str:
    """The findings of registries as CSV, safe to open in a spreadsheet."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("registry", *FINDING_KEYS))
    for look in looks:
        for finding in look.result.findings:
            writer.writerow([csv_safe(look.name), *map(_csv_cell, finding_object(finding).values())])
    return text.getvalue()


def publish(look: Look, folder: Path, pages: Mapping[str, bytes] = NO_PAGES) -> tuple[Path, ...]:
    """Write findings.csv, findings.json and ``pages`` into the folder; files that would not change are not touched.

    Returns the files that were written. Raises CannotSave.
    """
    contents = {
        # The mark at the beginning lets Excel see that the file is UTF-8.
        "findings.csv": b"\xef\xbb\xbf" + findings_csv([look]).encode("utf-8", "replace"),
        "findings.json": (json.dumps(findings_object(look), indent=2) + "\n").encode(),
        **pages,
    }
    return tuple(folder / name for name, content in contents.items() if write_if_changed(folder / name, content))


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all, and only if it does not hold this already. Raises CannotSave."""
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask())
    except OSError as error:
        raise CannotSave(
            f"{path} could not be written: {error.strerror}.", "Check the folder's permissions and free space."
        ) from None
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _csv_cell(value: Any) -> Any:
    return csv_safe(value) if isinstance(value, str) else ("" if value is None else value)
