"""README's Python and its shell for a training script, run as they stand, on a small registry."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.editing import texts
from tests.support.readme import README
from tests.support.workbooks import HEADINGS, make

NOT_RUN = "# not run"
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str, mention: str) -> list[str]:
    """The blocks of README in a language that mention something."""
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    return [block for block in found if mention in block and NOT_RUN not in block]


SCRIPTS = blocks("python", "import registry_sheets")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a models.xlsx that holds earlier versions of the models that README speaks of."""
    rows = [
        (name, version, day, f"Data {day}", "Dispatch desk", stage, "ana@example.com")
        for name in ("AC failure", "Churn")
        for version, day, stage in (
            ("3.0", date(2026, 1, 4), "Archived"),
            ("3.1", date(2026, 3, 4), "Production"),
        )
    ]
    make(tmp_path / "models.xlsx", rows, HEADINGS)
    return tmp_path


def python(script: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def recorded(folder: Path) -> dict[str, str]:
    """The row that came to those of the fixture: heading -> text, blank cells left out."""
    head, *rows = texts(folder / "models.xlsx", "Models")
    assert len(rows) == 5
    return {heading: cell for heading, cell in zip(head, rows[-1], strict=True) if cell}


def test_there_is_python_for_a_training_script() -> None:
    assert any("record(" in script for script in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS)
def test_python_in_readme_runs(script: str, folder: Path) -> None:
    python(script, folder)


def test_the_shell_records_what_python_does(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    script = next(script for script in SCRIPTS if "record(" in script)
    command = next(block for block in blocks("sh", "registry-sheets record") if block.startswith("registry-sheets"))
    other = tmp_path_factory.mktemp("shell")
    (other / "models.xlsx").write_bytes((folder / "models.xlsx").read_bytes())
    python(script, folder)
    name, *arguments = shlex.split(command.replace("\\\n", " "))
    assert name == "registry-sheets"
    done = run(*arguments, folder=other)
    assert done.returncode == 0, done.stderr
    assert recorded(other) == recorded(folder)
