"""All checks in one command: `python -m tests`. Arguments go on to pytest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("importlinter.cli", "lint-imports"),
)
PYTEST = ("pytest", "-n", "2", "--dist", "loadfile", "-q", "--cov", "--cov-report=term", "--cov-fail-under=85")


def main(arguments: Sequence[str]) -> int:
    """Run the checks one after the other; the first that fails ends it with its exit code."""
    for step in STEPS:
        print("==", " ".join(step), flush=True)
        if code := subprocess.call(_command(step), cwd=ROOT):
            return code
    print("==", " ".join((*PYTEST, *arguments)), flush=True)
    return subprocess.call([sys.executable, "-m", *PYTEST, *arguments], cwd=ROOT)


def _command(step: Sequence[str]) -> list[str]:
    if step[0] == "importlinter.cli":
        return [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    return [sys.executable, "-m", *step]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
