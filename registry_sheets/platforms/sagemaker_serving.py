"""What SageMaker serves: endpoints, their variants with their weights, inference components, and of which version.

An endpoint says only the names of its variants: its config says which model each runs, and the model which package.
Endpoints that are updated, patched or rolled back serve all the while. Shadow variants get copies of requests and
answer nobody: they are left out. A variant of weight 0 answers who names it: its share is 0. Callers name an
inference component, so the endpoint's traffic is not split among them: their share is None, and 0 without a copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from registry_sheets.platforms.reading import objects, table, text
from registry_sheets.platforms.sagemaker_asking import Region
from registry_sheets.platforms.sagemaker_reading import data_of, moment, named_by, number
from registry_sheets.platforms.sagemaker_refusals import Absent
from registry_sheets.registry.platforms.values import Deployment, PlatformVersion

SERVE = frozenset(("InService", "Updating", "SystemUpdating", "RollingBack", "UpdateRollbackFailed"))
"""The states in which an endpoint answers (API_DescribeEndpoint, EndpointStatus)."""

_NO_VARIANT: Mapping[str, Any] = {}
"""Of an endpoint that serves and does not tell what: nothing is known of it but that it is there."""

_COMPONENTS_SERVE = frozenset(("InService", "Updating"))


class Running(NamedTuple):
    """What one variant or component runs: a version, or only a source."""

    model: str
    version: str
    source: str = ""


class Serving:
    """What serves in a region, in one asking: each model and config is described once."""

    def __init__(self, region: Region, scope: str, versions: Sequence[PlatformVersion]) -> None:
        self._region = region
        self._scope = scope
        self._by_arn = {one.id.lower(): one for one in versions if one.id}
        self._by_source: dict[str, list[PlatformVersion]] = defaultdict(list)
        for one in versions:
            if one.source:
                self._by_source[one.source].append(one)
        self._models: dict[str, tuple[tuple[Running, ...], datetime | None]] = {}
        self._configs: dict[str, Mapping[str, Any]] = {}
        self._components: dict[str, list[str]] | None = None

    def deployments(self) -> Iterator[Deployment]:
        """One for each version at each endpoint. Raises PlatformUnanswered."""
        for listed in self._region.pages("ListEndpoints", "Endpoints", always=True):
            if listed.get("EndpointStatus") not in SERVE:
                continue
            name = text(listed, "EndpointName")
            endpoint = self._region.find("DescribeEndpoint", EndpointName=name)
            if endpoint is not None:  # else it was deleted since it was listed
                yield from _together(self._of(name, endpoint))

    def _of(self, name: str, endpoint: Mapping[str, Any]) -> Iterator[Deployment]:
        config = self._config(text(endpoint, "EndpointConfigName"))
        runs = {text(one, "VariantName"): text(one, "ModelName") for one in objects(config, "ProductionVariants")}
        variants = list(objects(endpoint, "ProductionVariants")) or [_NO_VARIANT]
        began = _latest(moment(endpoint.get("CreationTime")), moment(config.get("CreationTime")))
        for variant, share in zip(variants, _shares(variants), strict=True):
            variant_name = text(variant, "VariantName")
            if runs.get(variant_name):
                running, since = self._model(runs[variant_name])
                yield from self._served(name, running or (_image(variant),), share, _latest(began, since))
            elif variant_name not in runs:  # its config was deleted while it serves
                yield from self._served(name, (_image(variant),), share, began)
        if "" in runs.values():  # a variant without a model is there for components
            yield from self._components_of(name)

    def _components_of(self, endpoint: str) -> Iterator[Deployment]:
        for name in self._components_by_endpoint().get(endpoint, ()):
            found = self._region.find("DescribeInferenceComponent", InferenceComponentName=name)
            if found is None:
                continue
            running, since = self._component(found)
            copies = number(table(found, "RuntimeConfig").get("CurrentCopyCount"))
            share = 0.0 if copies == 0 else None
            yield from self._served(endpoint, running, share, _latest(moment(found.get("CreationTime")), since))

    def _components_by_endpoint(self) -> Mapping[str, Sequence[str]]:
        """The components that serve; listed once, and only where an endpoint has room for some."""
        if self._components is None:
            self._components = defaultdict(list)
            try:
                for one in self._region.pages("ListInferenceComponents", "InferenceComponents", always=True):
                    if one.get("InferenceComponentStatus") in _COMPONENTS_SERVE:
                        self._components[text(one, "EndpointName")].append(text(one, "InferenceComponentName"))
            except Absent:  # a region without them
                pass
        return self._components

    def _component(self, found: Mapping[str, Any]) -> tuple[tuple[Running, ...], datetime | None]:
        """What a component runs: a model, or a container of its own."""
        specification = table(found, "Specification") or next(objects(found, "Specifications"), {})
        if name := text(specification, "ModelName"):
            running, since = self._model(name)
            return running or (_nameless(name),), since
        container = table(specification, "Container")
        image = text(table(container, "DeployedImage"), "SpecifiedImage")
        return (self._of_source(text(container, "ArtifactUrl") or image),), None

    def _config(self, name: str) -> Mapping[str, Any]:
        if name not in self._configs:
            self._configs[name] = self._region.find("DescribeEndpointConfig", EndpointConfigName=name) or {}
        return self._configs[name]

    def _model(self, name: str) -> tuple[tuple[Running, ...], datetime | None]:
        """What a model runs, and when it was made; of one that was deleted while it serves only its name."""
        if name not in self._models:
            found = self._region.find("DescribeModel", ModelName=name)
            running = (_nameless(name),) if found is None else self._running(found)
            self._models[name] = running, moment((found or {}).get("CreationTime"))
        return self._models[name]

    def _running(self, model: Mapping[str, Any]) -> tuple[Running, ...]:
        """Its containers' versions; where none is registered their sources. What only prepares is not told beside."""
        primary = table(model, "PrimaryContainer")
        containers = [*([primary] if primary else ()), *objects(model, "Containers")]
        running = dict.fromkeys(self._container(one) for one in containers)
        return tuple(one for one in running if one.model) or tuple(one for one in running if one.source)

    def _container(self, container: Mapping[str, Any]) -> Running:
        package = text(container, "ModelPackageName")
        if not package:
            return self._of_source(data_of(container) or text(container, "Image"))
        if known := self._by_arn.get(package.lower()):
            return Running(known.model, known.version, known.source)
        # Of another account or region, or not in the registry any more: its ARN says what it is all the same.
        model, version = named_by(package)
        return Running(model, version, package) if version else Running("", "", package)

    def _of_source(self, source: str) -> Running:
        """By its files; what several versions have in common tells of none."""
        known = self._by_source.get(source, ())
        return Running(known[0].model, known[0].version, source) if len(known) == 1 else Running("", "", source)

    def _served(
        self, endpoint: str, running: Iterable[Running], share: float | None, since: datetime | None
    ) -> Iterator[Deployment]:
        for one in running:
            yield Deployment(one.model, one.version, endpoint, self._scope, "", share, since, one.source)


def _image(variant: Mapping[str, Any]) -> Running:
    """Of a variant whose model cannot be known: its image."""
    return Running("", "", next((text(one, "SpecifiedImage") for one in objects(variant, "DeployedImages")), ""))


def _nameless(model: str) -> Running:
    return Running("", "", f"model/{model}")


def _shares(variants: Sequence[Mapping[str, Any]]) -> list[float | None]:
    """Each one's part of the endpoint's traffic, by weight; None for all where one has no weight or all have 0."""
    if len(variants) == 1:
        return [1.0]
    weights = [number(one.get("CurrentWeight")) for one in variants]
    known = [weight for weight in weights if weight is not None]
    total = sum(known)
    return [weight / total for weight in known] if total and len(known) == len(weights) else [None] * len(weights)


def _together(deployments: Iterable[Deployment]) -> Iterator[Deployment]:
    """Those of one version at one endpoint as one: their shares together, since the first of them."""
    found: dict[tuple[str, ...], Deployment] = {}
    for one in deployments:
        # A version is one whatever it is called; what is not registered is told apart by its source.
        key = (one.model, one.version, "" if one.model else one.source)
        before = found.get(key)
        found[key] = (
            one
            if before is None
            else before._replace(share=_sum(before.share, one.share), since=_earliest(before.since, one.since))
        )
    yield from found.values()


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else min(1.0, first + second)


def _latest(*moments: datetime | None) -> datetime | None:
    """When a thing can serve at the earliest: when the last of its parts was made. It is the same night after night,
    unlike an endpoint's LastModifiedTime, which moves with every change of its scale."""
    return max((one for one in moments if one), default=None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one), default=None)
