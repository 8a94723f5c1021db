"""The registry's own Python clients: the one that is installed (API v1), and the last one for v1alpha3."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

OLDER_CLIENT = "model-registry==0.3.9"
_SCRIPT = Path(__file__).with_name("client_script.py")


def seen_by_client(url: str, older: bool = False) -> dict[str, Any]:
    """Let a client fill the registry at ``url``, and what it then sees (client_script.py)."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    if older:
        environment["PYTHONPATH"] = str(_older_client())
    ran = subprocess.run(
        [sys.executable, str(_SCRIPT), url], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    told = [line for line in ran.stdout.splitlines() if line.startswith("SEEN ")]
    assert ran.returncode == 0, ran.stderr[-3000:]
    seen: dict[str, Any] = json.loads(told[-1].removeprefix("SEEN "))
    return seen


def _older_client() -> Path:
    """Where the older client is; it is fetched once for a virtual environment. Skips where it cannot be had.

    It has the same dependencies as the one that is installed, and the same name: it lives in a folder of its own.
    """
    folder = Path(sys.prefix, "cache", OLDER_CLIENT.replace("==", "-"))
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    fetched = Path(tempfile.mkdtemp(dir=folder.parent))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(fetched), OLDER_CLIENT]
    ran = subprocess.run(pip, capture_output=True, text=True, timeout=240, check=False)
    if ran.returncode:
        shutil.rmtree(fetched, ignore_errors=True)
        _missing(f"{OLDER_CLIENT} cannot be fetched: {ran.stderr.strip()[-300:]}")
    try:
        fetched.rename(folder)
    except OSError:  # another process was quicker
        shutil.rmtree(fetched, ignore_errors=True)
    return folder


def _missing(message: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
