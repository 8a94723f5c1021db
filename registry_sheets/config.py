"""Settings: a TOML file, over it a few environment variables. Unknown keys are errors.

A file holds defaults at its top level and a ``[[registry]]`` block for each registry; a block takes what
it does not say from the defaults. ``include`` names more files, which take the defaults too.
Paths in a file are relative to that file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from registry_sheets.config_problems import problem_of, problem_of_toml
from registry_sheets.errors import ConfigProblem
from registry_sheets.settings import Defaults, File, RegistrySettings, known_keys, nearest

CONFIG_NAME = "config.toml"
ENV_PREFIX = "REGISTRY_SHEETS_"
ENV_KEYS = ("state", "output", "time_zone", "write_back", "fail_on")
"""Settings that an environment variable (REGISTRY_SHEETS_STATE, ...) puts over whatever the file says."""

_NOT_OVERLAID = (ENV_PREFIX + "CONFIG", ENV_PREFIX + "SMTP_PASSWORD")
_PATHS = ("sheet", "output", "state", "index")
_SMTP_PATHS = ("password_file", "ca_file")
_TABLES = ("columns", "synonyms", "stages", "metrics", "rules", "limits", "smtp")


@dataclass(frozen=True)
class Index:
    """The page that lists the reports of a config's registries: where it is, and each one's name and output folder."""

    path: Path
    members: tuple[tuple[str, Path], ...]


@dataclass(frozen=True)
class RegistryConfig:
    """One registry as configured. ``home`` is the folder of its config, or of its sheet without one.

    Paths are absolute. ``output`` None: nothing is published. ``state`` None: nobody said; see
    operations.places.state_folder. ``index`` None: no page lists it.
    """

    name: str
    sheet: Path
    settings: RegistrySettings
    home: Path
    file: Path | None = None
    index: Index | None = None

    @property
    def output(self) -> Path | None:
        """Where the findings are published for this registry, a folder of its own."""
        return self._folder(self.settings.output)

    @property
    def state(self) -> Path | None:
        """The state folder of this registry, where the config names one."""
        return self._folder(self.settings.state)

    @property
    def slug(self) -> str:
        """The name as a folder's name."""
        kept = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in self.name.strip())
        return kept.strip("-.").lower() or "registry"

    def _folder(self, said: str) -> Path | None:
        return self.home / Path(said).expanduser() / self.slug if said else None


@dataclass(frozen=True)
class Config:
    """All registries of a config file and of those it includes. ``path`` None: there is no file."""

    registries: tuple[RegistryConfig, ...]
    path: Path | None = None


def load(
    config: Path | None = None,
    sheet: Path | None = None,
    names: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Config:
    """The registries that a command is about.

    Args:
        config: --config, if given; else REGISTRY_SHEETS_CONFIG; else config.toml in the current
            folder, then beside the sheet.
        sheet: the workbook named on the command line; a config that is merely found counts only if
            it names this workbook or, for its defaults, stands beside it.
        names: --registry; empty for all.
        environment: variables to put over the file; None for the process's own.

    Raises ConfigProblem.
    """
    variables = os.environ if environment is None else environment
    overlay = _overlay(variables)
    named = config or _path_in(variables)
    found = _of_file(named, sheet, overlay) if named else _found(sheet, overlay)
    return replace(found, registries=_chosen(found, tuple(names)))


def read_file(path: Path, overlay: Mapping[str, str] | None = None) -> Config:
    """All registries of one file and of those it includes. Raises ConfigProblem."""
    registries = tuple(_registries(path.absolute(), {}, overlay or {}, frozenset()))
    _check_names(registries, path)
    if index := _parse(path).get("index", ""):
        members = tuple((one.name, one.output) for one in registries if one.output and one.settings.report)
        registries = tuple(replace(one, index=Index(Path(index), members)) for one in registries)
    return Config(registries, path)


def _of_file(path: Path, sheet: Path | None, overlay: Mapping[str, str]) -> Config:
    found = read_file(path, overlay)
    if sheet is None:
        if not found.registries:
            raise ConfigProblem(
                f"{path} names no registry.", 'Add a block: [[registry]] and under it sheet = "models.xlsx".'
            )
        return found
    named = _naming(found, sheet)
    return Config(named or (_bare(sheet, overlay, _parse(path), path),), path)


def _found(sheet: Path | None, overlay: Mapping[str, str]) -> Config:
    """The config that nobody named: in the current folder, then beside the sheet, else none."""
    here = Path(CONFIG_NAME)
    if sheet is None:
        if not here.is_file():
            raise ConfigProblem(
                "No workbook was named, and there is no config.toml in this folder.",
                "Name the workbook (registry-sheets check models.xlsx), name a config with --config, "
                "or make a registry with: registry-sheets init models.xlsx",
            )
        return _of_file(here, None, overlay)
    beside = sheet.parent / CONFIG_NAME
    for path in dict.fromkeys((here.absolute(), beside.absolute())):
        if path.is_file() and is_ours(path):
            found = read_file(path, overlay)
            named = _naming(found, sheet)
            if not named and path == beside.absolute():
                named = (_bare(sheet, overlay, _parse(path), path),)
            if named:
                return Config(named, path)
    return Config((_bare(sheet, overlay, {}, None),))


def is_ours(path: Path) -> bool:
    """Whether a config.toml that nobody named is one of ours at all: other programs use that name too.

    One that cannot be read counts: a slip of the pen must not switch a config off unseen.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return True
    return not raw or not raw.keys().isdisjoint(File.model_fields)


def _naming(config: Config, sheet: Path) -> tuple[RegistryConfig, ...]:
    return tuple(registry for registry in config.registries if _same_file(registry.sheet, sheet))


def _same_file(one: Path, other: Path) -> bool:
    return os.path.normcase(one.resolve()) == os.path.normcase(other.resolve())


def _bare(sheet: Path, overlay: Mapping[str, str], raw: Mapping[str, Any], file: Path | None) -> RegistryConfig:
    """A registry that no block names: the file's defaults, if there is a file."""
    defaults = {key: said for key, said in raw.items() if key in Defaults.model_fields}
    home = (file or sheet).absolute().parent
    return _registry({**defaults, **overlay, "sheet": str(sheet.absolute())}, home, file)


def _chosen(config: Config, names: tuple[str, ...]) -> tuple[RegistryConfig, ...]:
    by_name = {registry.name.casefold(): registry for registry in config.registries}
    for name in names:
        if name.casefold() not in by_name:
            known = ", ".join(registry.name for registry in config.registries)
            raise ConfigProblem(f"There is no registry named '{name}'.", f"The config knows: {known}.")
    return tuple(by_name[name.casefold()] for name in names) or config.registries


def _registries(
    path: Path, inherited: Mapping[str, Any], overlay: Mapping[str, str], above: frozenset[Path]
) -> Iterable[RegistryConfig]:
    if path in above:
        raise ConfigProblem(f"{path} includes itself.", "Take it out of include.")
    raw = _parse(path)
    defaults = _merged(inherited, {key: raw[key] for key in raw if key in Defaults.model_fields})
    blocks = raw.get("registry", [])
    if not blocks and "sheet" in raw:
        blocks = [{key: raw[key] for key in ("name", "sheet") if key in raw}]
    for block in blocks:
        yield _registry({**_merged(defaults, block), **overlay}, path.parent, path)
    for included in _included(path, raw.get("include", [])):
        yield from _registries(included, defaults, overlay, above | {path})


def _registry(raw: Mapping[str, Any], home: Path, file: Path | None) -> RegistryConfig:
    settings = RegistrySettings.model_validate(raw)
    if not settings.sheet:
        raise ConfigProblem(
            f"{file}: a [[registry]] block does not say which workbook it is.", 'Add: sheet = "models.xlsx".'
        )
    sheet = home / Path(settings.sheet).expanduser()
    return RegistryConfig(settings.name or sheet.stem, sheet, settings, home, file)


def _parse(path: Path) -> dict[str, Any]:
    """One file, checked by itself so that an error names its line; its paths made absolute."""
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


def _absolute(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    for table in (raw, *raw.get("registry", [])):
        table.update(_paths(table, _PATHS, folder))
        if isinstance(smtp := table.get("smtp"), dict):
            smtp.update(_paths(smtp, _SMTP_PATHS, folder))
    return raw


def _paths(table: Mapping[str, Any], keys: Iterable[str], folder: Path) -> dict[str, str]:
    return {key: str(folder / Path(table[key]).expanduser()) for key in keys if table.get(key)}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``above`` over ``below``; tables are merged key by key, a rule's option by option."""
    merged = {**below, **above}
    for table in _TABLES:
        if table in below and table in above:
            merged[table] = {**below[table], **above[table]}
    for rule in {*below.get("rules", {})} & {*above.get("rules", {})}:
        merged["rules"][rule] = {**below["rules"][rule], **above["rules"][rule]}
    return merged


def _included(path: Path, patterns: Iterable[str]) -> Iterable[Path]:
    for pattern in patterns:
        anchor = Path(pattern).expanduser()
        folder = Path(anchor.anchor) if anchor.is_absolute() else path.parent
        found = sorted(folder.glob(str(anchor.relative_to(anchor.anchor))))
        if not found:
            raise ConfigProblem(f"{path}: include: no file matches '{pattern}'.", "Correct the path, or take it out.")
        yield from found


def _overlay(variables: Mapping[str, str]) -> dict[str, str]:
    overlay = {}
    for name in sorted(variables):
        if not name.startswith(ENV_PREFIX) or name in _NOT_OVERLAID:
            continue
        key = name.removeprefix(ENV_PREFIX).lower()
        if key not in ENV_KEYS:
            raise ConfigProblem(
                f"The environment variable {name} is not a setting.",
                nearest(key, (*ENV_KEYS, "config", "smtp_password")),
            )
        overlay[key] = str(Path(variables[name]).absolute()) if key in _PATHS and variables[name] else variables[name]
    _check_overlay(overlay)
    return overlay


def _check_overlay(overlay: Mapping[str, str]) -> None:
    if not overlay:
        return
    try:
        Defaults.model_validate(overlay)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigProblem(
            f"The environment variable {ENV_PREFIX}{str(first['loc'][0]).upper()} cannot be used: {first['msg']}."
        ) from None


def _path_in(variables: Mapping[str, str]) -> Path | None:
    said = variables.get(ENV_PREFIX + "CONFIG", "")
    return Path(said) if said else None


def _check_names(registries: Iterable[RegistryConfig], path: Path) -> None:
    seen: dict[str, RegistryConfig] = {}
    for registry in registries:
        other = seen.setdefault(registry.slug, registry)
        if other is not registry:
            raise ConfigProblem(
                f"{path}: two registries go by the name '{registry.name}' ({other.sheet} and {registry.sheet}).",
                'Give one of them another name = "...".',
            )
