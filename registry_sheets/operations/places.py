"""Where a registry's state stands: beside its config, or in the user's own state folder."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

STATE_NAME = ".registry-sheets"


def state_folder(home: Path, slug: str, synced: bool) -> Path:
    """The state folder of a registry whose config names none.

    ``synced``: ``home`` is in a cloud-synced or network folder, where SQLite and locks do not hold; then
    it is a folder of the user's own state, told apart by the place of the config.
    """
    if not synced:
        return home / STATE_NAME / slug
    mark = hashlib.sha256(os.path.normcase(str(home.absolute())).encode()).hexdigest()[:8]
    return user_state() / f"{slug}-{mark}"


def user_state(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The folder where this user's programs keep their state, by the system's own custom."""
    variables = os.environ if environment is None else environment
    if platform == "win32":
        base = Path(variables.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(variables.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "registry-sheets"
