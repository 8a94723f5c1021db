"""Settings: a TOML file, over it a few environment variables. Unknown keys are errors.

A file holds defaults at its top level and a ``[[registry]]`` block for each registry; a block takes what
it does not say from the defaults. ``include`` names more files, which take the defaults too.
Paths in a file are relative to that file.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from registry_sheets.config_problems import SettingFault, problem_of, problem_of_toml, wanted
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.directions import Direction
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.table import Stage

CONFIG_NAME = "config.toml"
ENV_PREFIX = "REGISTRY_SHEETS_"
ENV_KEYS = ("state", "output", "time_zone", "write_back", "fail_on")
"""Settings that an environment variable (REGISTRY_SHEETS_STATE, ...) puts over whatever the file says."""

FailOn = Literal["error", "warning", "info", "never"]
RuleSeverity = Literal["error", "warning", "info", "off"]
_PATHS = ("sheet", "output", "state")
_TABLES = ("columns", "synonyms", "stages", "metrics", "rules", "limits")


class _Strict(BaseModel):
    # Validators are built when one is needed: without a config, a check of a small workbook is mostly start-up.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LimitSettings(_Strict):
    """How large a workbook may grow when it is unpacked; a larger one is refused unread."""

    max_uncompressed: int = Field(4 * 2**30, gt=0)
    max_ratio: float = Field(200.0, gt=0)
    ratio_from: int = Field(100 * 2**20, ge=0)
    max_area: int = Field(4_000_000, gt=0)


class RuleSettings(BaseModel):
    """One rule: its severity, and whatever options the rule itself has."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    severity: RuleSeverity | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What stands beside the severity; the rule's own model judges it."""
        return dict(self.model_extra or {})


class Defaults(_Strict):
    """What may stand at the top of a file, as a default for every registry, and in each block."""

    tab: str = ""
    lists_tab: str = ""
    header_row: int = Field(0, ge=0)
    columns: dict[str, str] = {}
    synonyms: dict[str, list[str]] = {}
    stages: dict[Stage, list[str]] = {}
    metrics: dict[str, Direction] = {}
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    time_zone: str = ""
    write_back: Literal["in place", "beside", "off"] = "in place"
    output: str = "output"
    state: str = ""
    fail_on: FailOn = "error"
    rules: dict[str, RuleSettings] = {}
    limits: LimitSettings = LimitSettings.model_construct()

    @field_validator("columns", "synonyms")
    @classmethod
    def _known_columns(cls, value: Mapping[str, Any]) -> dict[str, Any]:
        return {_field_of(key): said for key, said in value.items()}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value:
            _check_zone(value)
        return value

    @field_validator("rules")
    @classmethod
    def _known_rules(cls, value: dict[str, RuleSettings]) -> dict[str, RuleSettings]:
        if value:
            _check_rules(value)
        return value


class RegistrySettings(Defaults):
    """One registry: a ``[[registry]]`` block with the defaults filled in."""

    name: str = ""
    sheet: str = ""


class _File(RegistrySettings):
    registry: list[RegistrySettings] = []
    include: list[str] = []


@dataclass(frozen=True)
class RegistryConfig:
    """One registry as configured. ``home`` is the folder of its config, or of its sheet without one.

    Paths are absolute. ``output`` None: nothing is published. ``state`` None: nobody said; see
    operations.places.state_folder.
    """

    name: str
    sheet: Path
    settings: RegistrySettings
    home: Path
    file: Path | None = None

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
    return Config(_chosen(found, tuple(names)), found.path)


def read_file(path: Path, overlay: Mapping[str, str] | None = None) -> Config:
    """All registries of one file and of those it includes. Raises ConfigProblem."""
    registries = tuple(_registries(path.absolute(), {}, overlay or {}, frozenset()))
    _check_names(registries, path)
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
    return not raw or not raw.keys().isdisjoint(_File.model_fields)


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
        _File.model_validate(raw)
    except ValidationError as error:
        raise problem_of(path, text, error, _known_keys) from None
    return _absolute(raw, path.absolute().parent)


def _absolute(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    for table in (raw, *raw.get("registry", [])):
        table.update({key: str(folder / Path(table[key]).expanduser()) for key in _PATHS if table.get(key)})
    return raw


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
        if not name.startswith(ENV_PREFIX) or name == ENV_PREFIX + "CONFIG":
            continue
        key = name.removeprefix(ENV_PREFIX).lower()
        if key not in ENV_KEYS:
            raise ConfigProblem(f"The environment variable {name} is not a setting.", _near(key, (*ENV_KEYS, "config")))
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


def _field_of(said: str) -> str:
    """The field of a column called by its header or its field name."""
    wanted = " ".join(said.split()).casefold()
    for column in COLUMNS:
        if wanted in (column.field, column.header.casefold()):
            return column.field
    raise SettingFault(f"'{said}' is not a column. {_near(said, [column.header for column in COLUMNS])}", said)


def _check_zone(value: str) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'{value}' is not a time zone. {_near(value, available_timezones())}") from None


def _check_rules(said: Mapping[str, RuleSettings]) -> None:
    from registry_sheets.registry.rules import RULES

    rules = {rule.id: rule for rule in RULES}
    for id_, setting in said.items():
        if id_ not in rules:
            raise SettingFault(f"'{id_}' is not a rule. {_near(id_, rules)}", id_)
        try:
            rules[id_].options.model_validate(setting.options)
        except ValidationError as error:
            first = error.errors()[0]
            known = ", ".join(("severity", *rules[id_].options.model_fields))
            where = tuple(map(str, first["loc"]))
            said_so = "is not an option" if first["type"] == "extra_forbidden" else wanted(first)
            raise SettingFault(f"{id_}: {'.'.join(where)} {said_so}. It takes: {known}.", id_, *where) from None


def _known_keys(location: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand in the table in which ``location`` stands."""
    inner = location[2:] if location[:1] == ("registry",) else location
    if len(inner) > 1:
        return tuple(LimitSettings.model_fields) if inner[0] == "limits" else ()
    return tuple((RegistrySettings if len(inner) < len(location) else _File).model_fields)


def _near(said: str, known: Iterable[str]) -> str:
    choices = list(known)
    close = difflib.get_close_matches(said, choices, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(sorted(choices)[:20])}."
