"""Names of resources in Vertex AI: 'projects/91/locations/us-central1/models/7@2', and where they are asked for."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

_NAME = re.compile(r"projects/([^/]+)/locations/([^/]+)/([A-Za-z]+)/([^/@]+)(?:@([^/]+))?")
_LOCATION = re.compile(r"[a-z][a-z0-9-]{0,62}")
_CONSOLE = "https://console.cloud.google.com"


class Name(NamedTuple):
    """A resource's name, in parts.

    ``project`` is a number where Google tells it, though people call the project by its id. ``version`` is the id or
    alias after '@', '' where there is none.
    """

    project: str
    location: str
    collection: str
    id: str
    version: str = ""

    @property
    def whole(self) -> str:
        """The name without a version."""
        return f"projects/{self.project}/locations/{self.location}/{self.collection}/{self.id}"


def parsed(said: str) -> Name | None:
    """The parts of a name; None for whatever is none."""
    found = _NAME.fullmatch(said)
    if found is None or any(part in (".", "..") for part in found.groups()):
        return None
    return Name(*(part or "" for part in found.groups()))


def path_of(name: str) -> str:
    """A resource's name as a path: with what a path cannot hold escaped."""
    return quote(name, safe="/@:")


def is_location(said: str) -> bool:
    """Whether it may be a location's name: it becomes part of a host's name, so nothing else may."""
    return _LOCATION.fullmatch(said) is not None


def host_of(location: str) -> str:
    """Google's own address for a location (the endpoints of the discovery document aiplatform.v1)."""
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in ("us", "eu"):
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def link_of(run: str) -> str:
    """The page of a run in Google's console (as python-aiplatform's _dashboard_uri has it); '' for none."""
    name = parsed(run)
    if name is None:
        return ""
    location, own, project = (quote(part, safe="") for part in (name.location, name.id, name.project))
    if name.collection == "pipelineJobs":
        return f"{_CONSOLE}/vertex-ai/locations/{location}/pipelines/runs/{own}?project={project}"
    return f"{_CONSOLE}/ai/platform/locations/{location}/training/{own}?project={project}"
