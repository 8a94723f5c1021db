"""Settings that environment variables put over a config file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from registry_sheets.errors import ConfigProblem
from registry_sheets.settings import Defaults, nearest

ENV_PREFIX = "REGISTRY_SHEETS_"
ENV_KEYS = ("state", "output", "time_zone", "write_back", "fail_on")
"""Settings that an environment variable (REGISTRY_SHEETS_STATE, ...) puts over whatever the file says."""

_PATHS = ("state", "output")
_OTHER_KEYS = ("config", "smtp_password", "google_key")
"""What other variables of ours are for: the config's path, and secrets that settings name (their usual variables)."""


def overlay_of(variables: Mapping[str, str]) -> dict[str, str]:
    """The settings in these variables, paths made absolute. Raises ConfigProblem for one that is no setting."""
    overlay = {}
    for name in sorted(variables):
        key = name.removeprefix(ENV_PREFIX).lower()
        if not name.startswith(ENV_PREFIX) or key in _OTHER_KEYS:
            continue
        if key not in ENV_KEYS:
            raise ConfigProblem(
                f"The environment variable {name} is not a setting.",
                nearest(key, (*ENV_KEYS, *_OTHER_KEYS)),
            )
        overlay[key] = str(Path(variables[name]).absolute()) if key in _PATHS and variables[name] else variables[name]
    _check(overlay)
    return overlay


def config_path(variables: Mapping[str, str]) -> Path | None:
    """The config that REGISTRY_SHEETS_CONFIG names."""
    said = variables.get(ENV_PREFIX + "CONFIG", "")
    return Path(said) if said else None


def _check(overlay: Mapping[str, str]) -> None:
    if not overlay:
        return
    try:
        Defaults.model_validate(overlay)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigProblem(
            f"The environment variable {ENV_PREFIX}{str(first['loc'][0]).upper()} cannot be used: {first['msg']}."
        ) from None
