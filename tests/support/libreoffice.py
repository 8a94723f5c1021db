"""LibreOffice as a person uses it: open a workbook, type, sort, insert, and see what it shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

DRIVER = Path(__file__).with_name("libreoffice_driver.py")
BUNDLED = ("/usr/bin/python3", "/usr/lib/libreoffice/program/python", "/opt/libreoffice/program/python")


@cache
def uno_python() -> str | None:
    """A Python that can drive LibreOffice (the module uno comes with LibreOffice, not from PyPI)."""
    for python in (os.environ.get("UNO_PYTHON", ""), *BUNDLED, shutil.which("python3") or ""):
        if python and Path(python).exists() and _has_uno(python):
            return python
    return None


def _has_uno(python: str) -> bool:
    return subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0


def require_libreoffice() -> None:
    """Skip where there is no LibreOffice; in CI that is a failure."""
    if shutil.which("soffice") and uno_python():
        return
    message = "LibreOffice with its Python module uno is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def drive(path: Path, steps: Sequence[dict[str, Any]], folder: Path, locale: str = "") -> list[Any]:
    """Open a workbook and do the steps; gives each step's answer. The steps are told in the driver.

    ``folder`` is for LibreOffice's profile; ``locale`` such as 'de' sets the language of numbers.
    """
    require_libreoffice()
    job = {"path": str(path), "profile": str(folder / "profile"), "steps": list(steps), "locale": locale}
    done = subprocess.run(
        [str(uno_python()), str(DRIVER)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


class _Table(HTMLParser):
    """The colours and texts of the first table of a page that LibreOffice wrote of a tab."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str]]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self._in_cell = True
            self.rows[-1] += [((values.get("bgcolor") or "").lstrip("#").upper(), "")]

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            color, text = self.rows[-1][-1]
            self.rows[-1][-1] = (color, text + data.strip())


def shown_cells(page: Path) -> list[list[tuple[str, str]]]:
    """(colour, text) of each cell of the first tab on an exported page; '' is no colour."""
    table = _Table()
    text = page.read_text("utf-8", "replace")
    table.feed(text[text.index("<table") : text.index("</table>")])
    return table.rows
