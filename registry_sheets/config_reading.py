"""One config file: read, checked, its paths made absolute; what it includes; how a block goes over its defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from registry_sheets.config_problems import problem_of, problem_of_toml
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.google_address import google_address, is_web_address
from registry_sheets.setting_tables import GoogleSettings
from registry_sheets.settings import Defaults, File, known_keys

_PATHS = ("output", "state", "index")
_TABLE_PATHS: Mapping[str, tuple[str, ...]] = {
    "smtp": ("password_file", "ca_file"),
    "google": ("key_file", "client_file", "user_file"),
    "platform": ("token_file", "ca_file"),
}
_TABLES = ("columns", "synonyms", "stages", "metrics", "rules", "limits", "smtp", "google")


def parse(path: Path) -> dict[str, Any]:
    """One file, checked by itself so that an error names its line; its paths made absolute. Raises ConfigProblem."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise problem_of_toml(path, error) from None
    try:
        File.model_validate(raw)
    except ValidationError as error:
        raise problem_of(path, text, error, known_keys) from None
    return _absolute(raw, path.absolute().parent)


def is_ours(path: Path) -> bool:
    """Whether a config.toml that nobody named is one of ours at all: other programs use that name too.

    One that cannot be read counts: a slip of the pen must not switch a config off unseen.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return True
    known = raw.keys() & File.model_fields.keys()
    if known == {"google"}:  # a word that others use as well
        known = raw["google"].keys() & GoogleSettings.model_fields.keys() if isinstance(raw["google"], dict) else set()
    return not raw or bool(known)


def defaults_in(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says for every registry."""
    return {key: said for key, said in raw.items() if key in Defaults.model_fields}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``above`` over ``below``; tables are merged key by key, a rule's option by option."""
    both = {**below, **above}
    for table in _TABLES:
        if table in below and table in above:
            both[table] = {**below[table], **above[table]}
    for rule in {*below.get("rules", {})} & {*above.get("rules", {})}:
        both["rules"][rule] = {**below["rules"][rule], **above["rules"][rule]}
    return both


def included(path: Path, patterns: Iterable[str]) -> Iterable[Path]:
    """The files that a config includes. Raises ConfigProblem where a pattern finds none."""
    for pattern in patterns:
        anchor = Path(pattern).expanduser()
        folder = Path(anchor.anchor) if anchor.is_absolute() else path.parent
        found = sorted(folder.glob(str(anchor.relative_to(anchor.anchor))))
        if not found:
            raise ConfigProblem(f"{path}: include: no file matches '{pattern}'.", "Correct the path, or take it out.")
        yield from found


def address_or(path: Path, said: str) -> str:
    """What is said of a sheet where it is an address or the id of a Google spreadsheet, else the file's ``path``.

    What looks like an id is the name of a file where there is such a file.
    """
    return said if is_web_address(said) or (google_address(said) and not path.exists()) else str(path)


def _absolute(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    for table in (raw, *raw.get("registry", [])):
        table.update(_paths(table, _PATHS, folder))
        if said := table.get("sheet"):
            table["sheet"] = said if is_web_address(said) else address_or(folder / Path(said).expanduser(), said)
        for name, keys in _TABLE_PATHS.items():
            inner = table.get(name, [])
            for one in inner if isinstance(inner, list) else [inner]:
                one.update(_paths(one, keys, folder))
    return raw


def _paths(table: Mapping[str, Any], keys: Iterable[str], folder: Path) -> dict[str, str]:
    return {key: str(folder / Path(table[key]).expanduser()) for key in keys if table.get(key)}
