"""What people settled about platforms: what their models are called in the sheet, and which location is where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from registry_sheets.registry.platforms.values import PlatformAnswer


@dataclass(frozen=True)
class PlatformTerms:
    """One platform's. ``names`` maps a model's name there, or a pattern with one '*', to its name in the sheet.

    ``models`` are patterns of the only models that are looked at (none: all), ``leave_out`` of those that are not.
    ``version_tag`` names a tag that holds the sheet's version where the platform numbers versions its own way.
    """

    name: str
    kind: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    version_tag: str = ""


@dataclass(frozen=True)
class LocationTerms:
    """A location of the sheet that belongs to a platform; ``endpoint`` '': to any of its endpoints."""

    name: str
    platform: str
    endpoint: str = ""


@dataclass(frozen=True)
class Platforms:
    """What the platforms of a registry said, and what people settled about them.

    ``zone`` is the registry's time zone, in which a moment is a day.
    """

    answers: tuple[PlatformAnswer, ...]
    terms: tuple[PlatformTerms, ...] = ()
    locations: tuple[LocationTerms, ...] = ()
    zone: tzinfo = UTC

    def terms_of(self, platform: str) -> PlatformTerms:
        """What is settled about a platform, by its name."""
        wanted = platform.casefold()
        return next((one for one in self.terms if one.name.casefold() == wanted), PlatformTerms(platform))
