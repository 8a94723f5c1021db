"""The time zone of a registry: the config's, else this machine's with all its changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


def zone_of(name: str) -> tzinfo:
    """The zone of a name such as 'Europe/Berlin'; this machine's for ''."""
    if not name:
        return SystemZone()
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def zone_name(zone: tzinfo, now: datetime) -> str:
    """What to write behind a time: 'Europe/Berlin', or what the system calls its zone."""
    key: str = getattr(zone, "key", "") or now.astimezone(zone).tzname() or ""
    return key or "local time"


class SystemZone(tzinfo):
    """This machine's zone, as the C library knows it; it has no name that zoneinfo would surely find (Windows)."""

    def utcoffset(self, local: datetime | None) -> timedelta:
        return self._seen(local).utcoffset() or timedelta()

    def dst(self, local: datetime | None) -> timedelta | None:
        del local
        return None

    def tzname(self, local: datetime | None) -> str:
        return self._seen(local).tzname() or ""

    def fromutc(self, instant: datetime) -> datetime:
        """The local time; of two times that look alike it is not told which."""
        return instant.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    def _seen(self, local: datetime | None) -> datetime:
        return (local.replace(tzinfo=None) if local else datetime.now()).astimezone()
