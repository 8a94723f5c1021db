"""What serves, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from registry_sheets.registry.platforms.pairing import Serving
from registry_sheets.registry.platforms.serving import place_of
from registry_sheets.registry.platforms.values import Deployment
from registry_sheets.registry.wording import clipped, listed

_SHOWN = 4
_LONGEST = 56


def served(there: Deployment, marks: bool = False) -> str:
    """'endpoint 'front' serves it (90 %)'. ``marks``: a registry without endpoints, then 'it is @champion'."""
    if marks:
        return f"it is {mark(there.endpoint)}"
    return f"endpoint {quoted(there.endpoint)} serves it{percent(there.share)}"


def what_serves(at: Sequence[Serving], name_key: str = "", marks: bool = False) -> str:
    """'endpoint 'front' serves 4 (90 %) and 3 (10 %)', of several endpoints each; of ``name_key`` only the version.

    ``marks``: a registry without endpoints, then '4 is @champion'.
    """
    endpoints: dict[tuple[str, str, str], list[Serving]] = {}
    for one in at:
        endpoints.setdefault(place_of(one.there), []).append(one)
    named = [name for _, _, name in endpoints]
    told = []
    for place in sorted(endpoints, key=lambda place: (place[2], place)):
        where = [part for part in place[:2] if part] if named.count(place[2]) > 1 else []
        told.append(_endpoint(place[2], where, endpoints[place], name_key, marks))
    more = len(told) - _SHOWN
    if more > 0:
        told[_SHOWN:] = ["and 1 endpoint more" if more == 1 else f"and {more} endpoints more"]
    return "; ".join(told)


def _endpoint(name: str, where: Sequence[str], serving: Iterable[Serving], name_key: str, marks: bool) -> str:
    order = sorted(serving, key=lambda one: (-share_of(one.there), one.version))
    versions = [f"{_version(one, name_key)}{percent(one.there.share)}" for one in order]
    what = joined(versions, _SHOWN)
    if marks:
        return f"{what} {'is' if len(versions) == 1 else 'are'} {mark(name)}"
    place = f" ({', '.join(map(clipped, where))})" if where else ""
    return f"endpoint {quoted(name)}{place} serves {what}"


def mark(name: str) -> str:
    """By what a registry without endpoints calls a version live: '@champion', 'in stage 'Production''."""
    return clipped(name) if name.startswith("@") else f"in stage {quoted(name)}"


def _version(one: Serving, name_key: str) -> str:
    if not one.name_key:
        return f"a model that is not registered{source_of(one.there)}"
    version = clipped(one.version) or "a version without a name"
    return version if one.name_key == name_key else f"{clipped(one.name)} {version}"


def source_of(there: Deployment) -> str:
    """' (s3://models/x)': what runs, where it is not registered; '' where nobody tells."""
    return f" ({clipped(without_secrets(there.source))})" if there.source.strip() else ""


def without_secrets(uri: str) -> str:
    """A URI without what may be a key to it: what follows '?' or '#', and a password."""
    bare = uri.partition("?")[0].partition("#")[0]
    scheme, found, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    user, at, name = host.rpartition("@")
    if not found or ":" not in user:
        return bare
    return f"{scheme}://{user.partition(':')[0]}{at}{name}{slash}{path}"


def share_of(there: Deployment) -> float:
    """The share of traffic, all of it where nobody tells."""
    return 1.0 if there.share is None else there.share


def percent(share: float | None) -> str:
    """' (90 %)'; '' for all of the traffic, and where nobody tells."""
    if share is None or share >= 1:
        return ""
    if share < 0.01:
        return " (below 1 %)"
    return " (above 99 %)" if share > 0.99 else f" ({share:.0%})".replace("%", " %")


def quoted(text: str) -> str:
    """A name in quotation marks, so short that it is not cut again in a list."""
    line = clipped(text)
    return f"'{line}'" if len(line) <= _LONGEST else f"'{line[: _LONGEST - 1].rstrip()}…'"


def joined(texts: Sequence[str], most: int = 3) -> str:
    """As wording.listed(), of texts that are short already."""
    if all(len(text) <= _LONGEST + 4 for text in texts[:most]):
        return listed(texts, most)
    more = [f"{len(texts) - most} more"] if len(texts) > most else []
    parts = [*texts[:most], *more]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def day_of(moment: datetime, zone: tzinfo = UTC, shift: timedelta = timedelta()) -> date:
    """The day of a moment in a time zone, as clocks show it that are ahead of that by ``shift``."""
    try:
        return (moment.astimezone(zone) + shift).date()
    except (OverflowError, ValueError):  # at the ends of the calendar
        return moment.date()


NUMBERED = "If it counts versions its own way, name the tag that holds the sheet's in the config: version_tag."
"""What to do where a platform's numbers are not the sheet's."""


def mapped(there: str, here: str) -> str:
    """The line of a platform's block in the config by which a model there is one of the sheet."""
    from json import dumps  # a text of TOML is spelled as one of JSON

    shown = (name if len(name) <= _LONGEST else "..." for name in (there, here))
    return f"names = {{ {' = '.join(dumps(name, ensure_ascii=False) for name in shown)} }}"
