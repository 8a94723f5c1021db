"""The real command, run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(*arguments: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `registry-sheets` in ``folder``; gives its exit code and what it printed, as UTF-8."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_SHEETS_", "COV_"))}
    return subprocess.run(
        [sys.executable, "-m", "registry_sheets", *map(str, arguments)],
        cwd=folder,
        env={**own, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
