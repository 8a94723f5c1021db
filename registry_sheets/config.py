"""Settings: a TOML file, over it a few environment variables. Unknown keys are errors.

A file holds defaults at its top level and a ``[[registry]]`` block for each registry; a block takes what
it does not say from the defaults. ``include`` names more files, which take the defaults too.
Paths in a file are relative to that file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry_sheets.config_clashes import known_platforms, place_of, see_apart
from registry_sheets.config_environment import config_path, overlay_of
from registry_sheets.config_reading import address_or, defaults_in, included, is_ours, merged, parse
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.google_address import fault_of, google_address
from registry_sheets.registry.registry_sheet import FileSheet, GoogleSheet, RegistrySheet
from registry_sheets.settings import RegistrySettings

CONFIG_NAME = "config.toml"


@dataclass(frozen=True)
class Index:
    """The page that lists the reports of a config's registries: where it is, and each one's name and output folder."""

    path: Path
    members: tuple[tuple[str, Path], ...]


@dataclass(frozen=True)
class RegistryConfig:
    """One registry as configured.

    ``home`` is the folder of its config; without one that of its workbook, or for a Google spreadsheet the current
    folder. Paths are absolute. ``output`` None: nothing is published. ``state`` None: nobody said; see
    operations.places.state_folder. ``index`` None: no page lists it.
    """

    name: str
    sheet: RegistrySheet
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
        return slug_of(self.name)

    def _folder(self, said: str) -> Path | None:
        return self.home / Path(said).expanduser() / self.slug if said else None


@dataclass(frozen=True)
class Config:
    """All registries of a config file and of those it includes. ``path`` None: there is no file."""

    registries: tuple[RegistryConfig, ...]
    path: Path | None = None


def slug_of(name: str) -> str:
    """A registry's name as a folder's name."""
    kept = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in name.strip())
    return kept.strip("-.").lower() or "registry"


def load(
    config: Path | None = None,
    sheet: str | os.PathLike[str] | None = None,
    names: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Config:
    """The registries that a command is about.

    Args:
        config: --config, if given; else REGISTRY_SHEETS_CONFIG; else config.toml in the current
            folder, then beside the sheet.
        sheet: the workbook named on the command line, or the address or id of a Google spreadsheet; a config
            that is merely found counts only if it names this one or, for its defaults, stands beside it (for a
            Google spreadsheet: in the current folder).
        names: --registry; empty for all.
        environment: variables to put over the file; None for the process's own.

    Raises ConfigProblem.
    """
    variables = os.environ if environment is None else environment
    overlay = overlay_of(variables)
    named = config or config_path(variables)
    wanted = None if sheet is None else _named(os.fspath(sheet))
    found = _of_file(named, wanted, overlay) if named else _found(wanted, overlay)
    return replace(found, registries=_chosen(found, tuple(names)))


def read_file(path: Path, overlay: Mapping[str, str] | None = None) -> Config:
    """All registries of one file and of those it includes. Raises ConfigProblem."""
    registries = tuple(_registries(path.absolute(), {}, overlay or {}, frozenset()))
    see_apart(registries, path)
    if index := parse(path).get("index", ""):
        members = tuple((one.name, one.output) for one in registries if one.output and one.settings.report)
        registries = tuple(replace(one, index=Index(Path(index), members)) for one in registries)
    return Config(registries, path)


def same_sheet(one: RegistrySheet, other: RegistrySheet) -> bool:
    """Whether both are the same file, whatever the way to it, or the same spreadsheet, whichever tab is named."""
    return place_of(one) == place_of(other)


def _named(said: str) -> RegistrySheet:
    """What a command names as its sheet. Raises ConfigProblem for an address that is no spreadsheet's."""
    if fault := fault_of(said):
        raise ConfigProblem(f"{said} cannot be used. {fault}")
    here = Path.cwd()
    return _sheet(address_or(here / said, said), here)


def _sheet(said: str, home: Path, name: str = "", file: Path | None = None) -> RegistrySheet:
    """The sheet that a whole path, an address or an id names."""
    path = Path(said)
    address = None if path.is_absolute() else google_address(said)
    if address is None:
        return FileSheet(path)
    return GoogleSheet(address, home / slug_of(name or address.usual_name), file)


def _of_file(path: Path, sheet: RegistrySheet | None, overlay: Mapping[str, str]) -> Config:
    found = read_file(path, overlay)
    if sheet is None:
        if not found.registries:
            raise ConfigProblem(
                f"{path} names no registry.", 'Add a block: [[registry]] and under it sheet = "models.xlsx".'
            )
        return found
    named = _naming(found, sheet)
    return Config(named or (_bare(sheet, overlay, parse(path), path),), path)


def _found(sheet: RegistrySheet | None, overlay: Mapping[str, str]) -> Config:
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
    beside = sheet.folder / CONFIG_NAME
    for path in dict.fromkeys((here.absolute(), beside)):
        if path.is_file() and is_ours(path):
            found = read_file(path, overlay)
            named = _naming(found, sheet)
            if not named and path == beside:
                named = (_bare(sheet, overlay, parse(path), path),)
            if named:
                return Config(named, path)
    return Config((_bare(sheet, overlay, {}, None),))


def _naming(config: Config, sheet: RegistrySheet) -> tuple[RegistryConfig, ...]:
    """The registries of this sheet; of several in one Google spreadsheet that whose tab the address names, if any."""
    named = tuple(registry for registry in config.registries if same_sheet(registry.sheet, sheet))
    if not isinstance(sheet, GoogleSheet):
        return named
    return tuple(registry for registry in named if str(registry.sheet) == str(sheet)) or named


def _bare(
    sheet: RegistrySheet, overlay: Mapping[str, str], raw: Mapping[str, Any], file: Path | None
) -> RegistryConfig:
    """A registry that no block names: the file's defaults, if there is a file."""
    home = file.absolute().parent if file else sheet.folder
    return _registry({**defaults_in(raw), **overlay, "sheet": str(sheet)}, home, file)


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
    raw = parse(path)
    defaults = merged(inherited, defaults_in(raw))
    blocks = raw.get("registry", [])
    if not blocks and "sheet" in raw:
        blocks = [{key: raw[key] for key in ("name", "sheet") if key in raw}]
    for block in blocks:
        yield _registry({**merged(defaults, block), **overlay}, path.parent, path)
    for below in included(path, raw.get("include", [])):
        yield from _registries(below, defaults, overlay, above | {path})


def _registry(raw: Mapping[str, Any], home: Path, file: Path | None) -> RegistryConfig:
    settings = RegistrySettings.model_validate(raw)
    if not settings.sheet:
        raise ConfigProblem(
            f"{file}: a [[registry]] block does not say which workbook it is.", 'Add: sheet = "models.xlsx".'
        )
    known_platforms(settings, file)
    sheet = _sheet(settings.sheet, home, settings.name, file)
    return RegistryConfig(settings.name or sheet.usual_name, sheet, settings, home, file)
