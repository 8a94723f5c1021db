"""What the config says of the service, for one registry, in a form to reckon with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta, tzinfo

from registry_sheets.config import RegistryConfig
from registry_sheets.registry.times import WeeklyTime, interval, nightly_time, weekly_time
from registry_sheets.service.zones import zone_of
from registry_sheets.wiring import sends_mail

_LIMIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Plan:
    """When a registry's jobs are due, each None where it is off; how long one may take; who is told of failures."""

    nightly: time | None
    weekly: WeeklyTime | None
    every: timedelta | None
    zone: tzinfo
    limit: timedelta
    alert_to: tuple[str, ...]


def plan_of(registry: RegistryConfig) -> Plan:
    """The plan of a registry whose settings are checked already."""
    said = registry.settings
    return Plan(
        nightly=nightly_time(said.nightly),
        weekly=weekly_time(said.weekly) if sends_mail(registry) else None,
        every=interval(said.check_every),
        zone=zone_of(said.time_zone),
        limit=interval(said.time_limit) or _LIMIT,
        alert_to=tuple(said.alert_to),
    )
