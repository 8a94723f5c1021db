"""A platform's answer as rows that come into a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from registry_sheets.operations.hearing import Heard, heard
from registry_sheets.operations.hearing import Settled as SettledTerms
from registry_sheets.operations.platform_rows import Wanted, bring_platform
from registry_sheets.operations.transfer_rows import Incoming
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, PlatformAnswer, PlatformVersion
from registry_sheets.registry.table import Lists
from registry_sheets.registry.table_settings import TableSettings
from tests.support.edits import view

ASKED = datetime(2026, 7, 1, 2, tzinfo=UTC)
EVERY = Wanted(every=True)
ROW = {"Name": "AC failure", "Version": "3", "Location": "Service desk app", "Stage": "Production", "Owner": "Ana"}


def version(number: str = "4", model: str = "ac-failure", **said: Any) -> PlatformVersion:
    """A version as the platform tells of it."""
    return PlatformVersion(model, number, **said)


def serves(number: str = "4", endpoint: str = "front", model: str = "ac-failure", **said: Any) -> Deployment:
    """A version that serves at an endpoint."""
    return Deployment(model, number, endpoint, **said)


def brought(
    *versions: PlatformVersion,
    serving: Sequence[Deployment] = (),
    wanted: Wanted = EVERY,
    rows: Sequence[Mapping[str, Any]] = (ROW,),
    settings: TableSettings | None = None,
    lists: Lists | None = None,
    locations: Sequence[LocationTerms] = (),
    terms: PlatformTerms | None = None,
    zone: str = "UTC",
    **said: Any,
) -> tuple[Incoming, View]:
    """What comes from 'our cloud', and the sheet that it comes into."""
    seen = view(rows, settings, lists)
    answer = PlatformAnswer("our cloud", "vertex", ASKED, versions, tuple(serving), **said)
    settled = SettledTerms((terms,) if terms else (), tuple(locations), ZoneInfo(zone))

    def hearing(*_: Any) -> Heard:
        return heard(settled, (answer,), seen.lists)

    return bring_platform(seen, hearing, wanted), seen


def cells(*versions: PlatformVersion, **how: Any) -> dict[str, Cell]:
    """The cells of the one row that comes."""
    incoming, _ = brought(*versions, **how)
    (row,) = incoming.rows
    return {**row.cells, **row.own}


def names(incoming: Incoming) -> list[str]:
    """The names and versions of the rows that come."""
    return [f"{row.name} {row.version}" for row in incoming.rows]
