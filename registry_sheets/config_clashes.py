"""What does not go together in a config: registries of one name or in one workbook, locations without a platform."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.registry_sheet import GoogleSheet, RegistrySheet

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.settings import RegistrySettings

Place = tuple[str, str]


def place_of(sheet: RegistrySheet) -> Place:
    """What is equal for two names of one spreadsheet, whichever tab is named, or of one file by two ways."""
    return ("id", sheet.address.id) if isinstance(sheet, GoogleSheet) else _file(sheet.path)


def see_apart(registries: Iterable[RegistryConfig], path: Path) -> None:
    """Raises ConfigProblem where two registries have one name, or would write over each other's tabs at every pass."""
    names: dict[str, RegistryConfig] = {}
    written: dict[Place, RegistryConfig] = {}
    for registry in registries:
        if (other := names.setdefault(registry.slug, registry)) is not registry:
            raise ConfigProblem(
                f"{path}: two registries go by the name '{registry.name}' ({other.sheet} and {registry.sheet}).",
                'Give one of them another name = "...".',
            )
        place = _written(registry)
        if place and (other := written.setdefault(place, registry)) is not registry:
            raise _over_each_other(other, registry, path)


def known_platforms(settings: RegistrySettings, path: Path | None) -> None:
    """Raises ConfigProblem where a location belongs to a platform that the registry does not have."""
    known = {said.label.casefold(): said.label for said in settings.platform}
    for location in settings.location:
        if location.platform.casefold() not in known:
            names = ", ".join(known.values()) or "none"
            raise ConfigProblem(
                f"{path}: the location '{location.name}' belongs to '{location.platform}', which is no platform of the "
                f"registry (those are: {names}).",
                "Correct its platform, or add a [[platform]] block with that name.",
            )


def _written(registry: RegistryConfig) -> Place | None:
    """Which workbook gets the registry's findings."""
    how, sheet = registry.settings.write_back, registry.sheet
    if how == "off":
        return None
    return place_of(sheet) if how == "in place" else _file(sheet.beside)


def _over_each_other(one: RegistryConfig, other: RegistryConfig, path: Path) -> ConfigProblem:
    in_place = other.settings.write_back == "in place"
    ways = '"beside" or "off"' if in_place else '"off"'
    kind = "workbook" if other.sheet.path or not in_place else "spreadsheet"
    return ConfigProblem(
        f"{path}: the registries '{one.name}' and '{other.name}' would write over each other's tabs: the findings of "
        f"both go into one {kind} ({other.sheet if in_place else other.sheet.beside}).",
        f"Give each registry a {kind} of its own, or set write_back = {ways} in all of their blocks but one.",
    )


def _file(path: Path) -> Place:
    return "file", os.path.normcase(os.path.realpath(path))
