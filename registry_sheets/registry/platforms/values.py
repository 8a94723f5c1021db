"""What a platform says, in one shape for all of them. Moments are aware and in UTC; shares go from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

NO_TAGS: Mapping[str, str] = {}
NO_METRICS: Mapping[str, float] = {}


class Lineage(NamedTuple):
    """How a version came to be, as far as the platform knows.

    ``trained`` is the end of its training and ``began`` its start; None where the platform does not tell, which is
    never filled from when a version was registered. ``data`` are the data sources, as URIs where they have one.
    """

    trained: datetime | None = None
    began: datetime | None = None
    data: tuple[str, ...] = ()
    metrics: Mapping[str, float] = NO_METRICS


class PlatformVersion(NamedTuple):
    """A model version in a platform's registry; '' and None where the platform does not tell.

    ``scope`` is the region, location or workspace in which it is, one of Platform.scopes; ``id`` is how the platform
    itself calls it (an ARN, a resource name, a number). ``stage`` is the platform's own word for where it stands
    ('Production', 'Approved'). ``source`` is the URI of the model's files, ``run`` the run or job that made it and
    ``run_link`` a page of it. ``lineage`` None: it has to be asked for (Platform.lineage).
    """

    model: str
    version: str
    scope: str = ""
    id: str = ""
    created: datetime | None = None
    stage: str = ""
    aliases: tuple[str, ...] = ()
    source: str = ""
    run: str = ""
    run_link: str = ""
    created_by: str = ""
    owner: str = ""
    description: str = ""
    tags: Mapping[str, str] = NO_TAGS
    lineage: Lineage | None = None


class Deployment(NamedTuple):
    """A version that serves, at one endpoint.

    ``model`` and ``version`` are those of a PlatformVersion in the same scope; both '' where the platform does not
    know of which registered version it is ('unregistered': ``source`` then says what runs). ``endpoint`` is what people
    call it; for a registry without endpoints the alias or stage by which a version counts as live ('@champion').
    ``environment`` is the serving environment or project where the platform has such a thing. ``share`` is its part
    of the endpoint's traffic, None where the platform does not split traffic, or does not tell. ``since`` is since when
    it serves there.
    """

    model: str
    version: str
    endpoint: str
    scope: str = ""
    environment: str = ""
    share: float | None = None
    since: datetime | None = None
    source: str = ""


@dataclass(frozen=True)
class PlatformAnswer:
    """All that one platform said when it was asked at ``asked`` (UTC).

    ``missed`` are reasons for which its answer is incomplete, each a sentence: of such a platform nothing is said to be
    missing. ``missed_versions`` and ``missed_deployments`` tell of which part. ``tells_live`` False: a version that the
    platform does not call live may be live all the same (a registry without endpoints).
    """

    platform: str
    kind: str
    asked: datetime
    versions: tuple[PlatformVersion, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    missed: tuple[str, ...] = ()
    missed_versions: bool = False
    missed_deployments: bool = False
    tells_live: bool = True

    @property
    def complete(self) -> bool:
        """Whether it said all."""
        return not self.missed
