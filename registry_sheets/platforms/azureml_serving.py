"""What serves in an Azure ML workspace: online, batch and serverless endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from registry_sheets.platforms.azureml_asking import Absent, WorkspaceApi, below, each, named
from registry_sheets.platforms.azureml_models import Catalogue, Running
from registry_sheets.platforms.reading import of_iso, table, text
from registry_sheets.registry.platforms.values import Deployment

_IDLE = frozenset(("creating", "deleting", "failed", "canceled"))
"""States of a deployment or a serverless endpoint in which it does not serve; one that is scaled or updated does."""

_OFF = frozenset(("creating", "creationfailed", "deleting", "suspended"))

Resource = Mapping[str, Any]


def serving(api: WorkspaceApi, catalogue: Catalogue, workspace: str) -> Iterator[Deployment]:
    """What serves, one for each version at each endpoint. Raises PlatformUnanswered.

    An online deployment without traffic counts, with share 0: it runs, and answers whoever names it. Mirrored
    traffic is none: nobody gets its answers. Of a batch endpoint the default deployment counts, which is what runs
    where none is named.
    """
    for endpoint, deployments in _endpoints(api, "onlineEndpoints"):
        yield from _merged(_online(endpoint, deployments, catalogue, workspace))
    for endpoint, deployments in _endpoints(api, "batchEndpoints"):
        yield from _batch(endpoint, deployments, catalogue, workspace)
    for endpoint in _serverless_endpoints(api):
        yield from _serverless(endpoint, catalogue, workspace)


def _endpoints(api: WorkspaceApi, kind: str) -> Iterator[tuple[Resource, list[Resource]]]:
    """Each endpoint of a kind, with its deployments that serve."""

    def deployments(endpoint: Resource) -> list[Resource]:
        found = api.all(below(kind, named(endpoint), "deployments"))
        return [one for one in found if _state(one) not in _IDLE]

    yield from each(deployments, (one for one in api.all(kind) if _state(one) != "deleting"))


def _online(
    endpoint: Resource, deployments: Iterable[Resource], catalogue: Catalogue, workspace: str
) -> Iterator[Deployment]:
    traffic = table(endpoint, "properties").get("traffic")
    percents = {name.casefold(): percent for name, percent in traffic.items()} if isinstance(traffic, dict) else None
    for deployment in deployments:
        share = None if percents is None else _share(percents.get(named(deployment).casefold(), 0))
        properties = table(deployment, "properties")
        running = catalogue.running(properties.get("model"), _moments(deployment))
        if not running.model and not running.source:  # the model is in the image
            running = running._replace(source=text(properties, "environmentId"))
        yield _deployed(running, endpoint, deployment, workspace, share)


def _batch(
    endpoint: Resource, deployments: Iterable[Resource], catalogue: Catalogue, workspace: str
) -> Iterator[Deployment]:
    default = text(table(table(endpoint, "properties"), "defaults"), "deploymentName").casefold()
    for deployment in deployments:
        model = table(deployment, "properties").get("model")
        if default and named(deployment).casefold() == default and model:  # one without runs a pipeline
            yield _deployed(catalogue.running(model, _moments(deployment)), endpoint, deployment, workspace, None)


def _serverless_endpoints(api: WorkspaceApi) -> list[Resource]:
    """The serverless endpoints; none in a cloud that does not know of them."""
    try:
        return list(api.all("serverlessEndpoints"))
    except Absent as absent:
        if "resource type" in absent.message.lower():
            return []
        raise


def _serverless(endpoint: Resource, catalogue: Catalogue, workspace: str) -> Iterator[Deployment]:
    properties = table(endpoint, "properties")
    if _state(endpoint) in _IDLE or text(properties, "endpointState").casefold() in _OFF:
        return
    model = table(properties, "modelSettings").get("modelId")
    running = catalogue.running(model, _moments(endpoint))
    yield _deployed(running, endpoint, endpoint, workspace, None)


def _deployed(
    running: Running, endpoint: Resource, deployment: Resource, workspace: str, share: float | None
) -> Deployment:
    since = _since(running, _moments(deployment))
    return Deployment(
        running.model, running.version, named(endpoint), workspace, share=share, since=since, source=running.source
    )


def _since(running: Running, moments: tuple[datetime | None, datetime | None]) -> datetime | None:
    """When the deployment was made; a version that is younger than it came with its last change."""
    made, changed = moments
    registered = running.known.created if running.known else None
    if made and registered and registered > made:
        return changed if changed and changed >= registered else None
    return made


def _merged(deployments: Iterable[Deployment]) -> Iterator[Deployment]:
    """Several deployments of one version at one endpoint ('blue' and 'green') are one, with their traffic together."""
    found: dict[tuple[str, str, str], Deployment] = {}
    for one in deployments:
        key = (one.model, one.version, one.source)
        found[key] = _together(found[key], one) if key in found else one
    yield from found.values()


def _together(first: Deployment, second: Deployment) -> Deployment:
    shares = [share for share in (first.share, second.share) if share is not None]
    moments = [since for since in (first.since, second.since) if since is not None]
    return first._replace(
        share=min(1.0, sum(shares)) if shares else None, since=min(moments) if len(moments) == 2 else None
    )


def _state(resource: Resource) -> str:
    return text(table(resource, "properties"), "provisioningState").casefold()


def _moments(resource: Resource) -> tuple[datetime | None, datetime | None]:
    """When it was made and when it was last changed."""
    system = table(resource, "systemData")
    return of_iso(system.get("createdAt")), of_iso(system.get("lastModifiedAt"))


def _share(percent: Any) -> float | None:
    """A percentage of traffic as a share; None for what is none."""
    try:
        share = float(percent) / 100
    except (TypeError, ValueError, OverflowError):
        return None
    return share if not isinstance(percent, bool) and 0 <= share <= 1 else None
