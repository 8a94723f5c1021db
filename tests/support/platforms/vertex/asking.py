"""Asking the adapter about the stand-in, and putting words into the stand-in's mouth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.line import Fault, line_to
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer

MODEL = "projects/591020730428/locations/us-central1/models/7"


@contextmanager
def empty_lab(server: VertexServer) -> Iterator[VertexLab]:
    """The stand-in with nothing in it, behind a new line. Fails where it answered what Google does not describe."""
    server.empty()
    with line_to(server.url) as line:
        yield VertexLab(server, line)
    assert server.faults == []


def said(lab: VertexLab, where: str, answer: Any) -> None:
    """Let the platform say this, whatever it is, to requests of this kind in us-central1."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    lab.line.faults.append(Fault("answer", 200, body, where=f"us-central1/{where}"))


def versions_said(lab: VertexLab, *told: Any) -> list[PlatformVersion]:
    said(lab, r"models\?", {"models": [{"name": MODEL, "displayName": "churn"}]})
    said(lab, r"models/7:listVersions", {"models": [*told]})
    return lab.all_versions()


def unanswered(lab: VertexLab) -> str:
    with pytest.raises(PlatformUnanswered) as caught:
        lab.all_deployments(8.0)
    assert caught.value.fix
    return caught.value.message


def served_said(lab: VertexLab, deployed: Any, **endpoint: Any) -> list[Deployment]:
    """What is made of one endpoint in front of 'churn' with versions 1 and 2, of which 1 is 'default'."""
    lab.add("churn", 2)
    told = {"name": MODEL.replace("models/7", "endpoints/5"), "displayName": "front", "deployedModels": deployed}
    said(lab, "endpoints", {"endpoints": [told | endpoint]})
    return lab.all_deployments()


def lineage(lab: VertexLab) -> list[Lineage]:
    platform = lab.open()
    found = list(platform.lineage(tuple(platform.versions(HERE))))
    platform.close()
    return [told for _, told in found]
