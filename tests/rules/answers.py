"""What platforms say, as tests of the rules about them need it: 'our cloud' serves, 'our mlflow' is a mere registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from registry_sheets.registry.platforms.terms import LocationTerms, Platforms, PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion

ASKED = datetime(2026, 7, 1, 2, tzinfo=UTC)
CLOUD = "our cloud"
MLFLOW = "our mlflow"
MODEL = "ac-failure"
DOWN = ("It does not answer.",)


def version(number: str, model: str = MODEL, **more: Any) -> PlatformVersion:
    return PlatformVersion(model, number, **more)


def trained(number: str, *data: str, at: datetime | None = None, began: datetime | None = None) -> PlatformVersion:
    return version(number, lineage=Lineage(at, began, data))


def serves(
    number: str, endpoint: str = "front", share: float | None = 1.0, model: str = MODEL, **more: Any
) -> Deployment:
    return Deployment(model, number, endpoint, share=share, **more)


def unregistered(
    endpoint: str = "front", share: float | None = 1.0, source: str = "s3://models/x.tar.gz"
) -> Deployment:
    return Deployment("", "", endpoint, share=share, source=source)


def answer(*said: PlatformVersion | Deployment, **more: Any) -> PlatformAnswer:
    """An answer of what is registered and what serves."""
    versions = tuple(one for one in said if isinstance(one, PlatformVersion))
    deployments = tuple(one for one in said if isinstance(one, Deployment))
    told = {"platform": CLOUD, "kind": "vertex", "asked": ASKED, **more}
    return PlatformAnswer(versions=versions, deployments=deployments, **told)


def registry_answer(*said: PlatformVersion | Deployment, **more: Any) -> PlatformAnswer:
    """An answer of a registry without endpoints."""
    return answer(*said, platform=MLFLOW, kind="mlflow", tells_live=False, **more)


def live(*numbers: str, **more: Any) -> list[PlatformVersion]:
    """Versions with the alias by which they are live."""
    return [version(number, aliases=("champion",), **more) for number in numbers]


def platforms(
    *answers: PlatformAnswer,
    on: str | Iterable[str] = (),
    locations: Sequence[LocationTerms] = (),
    terms: Sequence[PlatformTerms] = (),
    **more: Any,
) -> Platforms:
    """Their answers; locations ``on`` belong to the first of them."""
    names = [on] if isinstance(on, str) else on
    mine = [LocationTerms(name, answers[0].platform) for name in names]
    return Platforms(tuple(answers), tuple(terms), (*mine, *locations), **more)
