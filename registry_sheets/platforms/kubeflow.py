"""Kubeflow: its Model Registry over its REST API, without its package, which knows no inference services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.kubeflow_api import KubeflowApi, base_address, kubeflow_refusals, segment
from registry_sheets.platforms.kubeflow_lineage import KubeflowLineage
from registry_sheets.platforms.kubeflow_sign_in import KubeflowSignIn
from registry_sheets.platforms.reading import of_millis, table, text
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion

_UID = re.compile(r"(.+)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.DOTALL)
_VALUES = ("string_value", "int_value", "double_value", "bool_value")

Told = Mapping[str, Any]


class _Model(NamedTuple):
    """What a registered model adds to its versions."""

    name: str
    owner: str
    archived: bool


class _Served(NamedTuple):
    """What an inference service serves; ``model`` and ``version`` '' where that is no version of the registry."""

    model: str
    version: str
    source: str


class KubeflowPlatform(Platform):
    """A Kubeflow Model Registry.

    It knows of inference services what they are meant to serve (desiredState); KServe's own word is not asked for.

    Args:
        name: how people call it.
        url: its address ('http://model-registry-service.kubeflow.svc.cluster.local:8080').
        deadline: until when it has to have answered.
        environment: the environment variables (KubeflowSignIn).
        token_env: the variable with the token of this registry.
        token_file: the file with it. Neither: as the registry's own client finds one.
        ca_file: certificates of an authority to trust.
        transport: instead of the network, for tests.
    """

    kind: ClassVar[str] = "kubeflow"

    def __init__(
        self,
        name: str,
        url: str,
        deadline: Deadline,
        *,
        environment: Mapping[str, str],
        token_env: str = "",
        token_file: str = "",
        ca_file: str = "",
        transport: Any = None,
    ) -> None:
        super().__init__(name)
        self._url = base_address(url)
        self._deadline = deadline
        self._sign_in = KubeflowSignIn(self._url, environment, token_env, token_file, ca_file)
        self._transport = transport
        self._models: dict[str, _Model | None] = {}

    @cached_property
    def _api(self) -> KubeflowApi:
        return KubeflowApi(
            JsonApi(
                self._url,
                self._deadline,
                kubeflow_refusals(self._sign_in.how()),
                headers=self._sign_in.headers,
                verify=self._sign_in.verify(),
                transport=self._transport,
            )
        )

    def close(self) -> None:
        if "_api" in self.__dict__:
            self._api.close()

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        self._models.update((_id(one), _model(one)) for one in self._api.listed("registered_models"))
        for told in self._api.listed("model_versions"):
            model = self._model(text(told, "registeredModelId"))
            if model:  # else it vanished together with its model while it was listed
                yield _version(scope, model, told)

    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        known = {one.id: one for one in versions}
        serving = [one for one in self._api.listed("inference_services") if _deployed(one)]
        environments: dict[str, str] = {}
        if serving:
            environments = {_id(one): text(one, "name") for one in self._api.listed("serving_environments")}
        for told in serving:
            served = self._served(told, known)
            if served:
                yield Deployment(
                    model=served.model,
                    version=served.version,
                    endpoint=_endpoint(told),
                    scope=scope,
                    environment=self._environment(text(told, "servingEnvironmentId"), environments),
                    since=of_millis(told.get("createTimeSinceEpoch")),
                    source=served.source,
                )

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        return KubeflowLineage(self._api).of(versions)

    def _served(self, told: Told, known: Mapping[str, PlatformVersion]) -> _Served | None:
        """None where the inference service vanished while it was listed."""
        wanted = text(told, "modelVersionId")
        if wanted in known:
            return _listed(known[wanted])
        if wanted:
            return self._as_told(self._api.found(f"model_versions/{segment(wanted)}"), known) or _Served(
                "", "", f"model version {wanted}, which the registry does not have"
            )
        return self._latest(told, known)

    def _latest(self, told: Told, known: Mapping[str, PlatformVersion]) -> _Served | None:
        """What a service serves that names no version: the latest of its model, and which one the registry says."""
        path = f"inference_services/{segment(_id(told))}"
        if served := self._as_told(self._api.found(f"{path}/version"), known):
            return served
        if self._api.found(path) is None:
            return None
        model = self._model(text(told, "registeredModelId"))
        return _Served("", "", f"the model {model.name}, which has no version" if model else "no model that it has")

    def _as_told(self, version: Told | None, known: Mapping[str, PlatformVersion]) -> _Served | None:
        """A version that the registry was asked for; None where there is none."""
        if version is None:
            return None
        if (identifier := _id(version)) in known:
            return _listed(known[identifier])
        model = self._model(text(version, "registeredModelId"))
        return _Served(model.name, text(version, "name") or identifier, "") if model else None

    def _model(self, identifier: str) -> _Model | None:
        """A registered model; asked for where it is newer than the listing. None where the registry has it no more."""
        if not identifier:
            raise PlatformUnanswered(
                "It lists something without saying of which model it is.",
                "Check that its address is that of a Kubeflow Model Registry with the API v1 or v1alpha3.",
            )
        if identifier not in self._models:
            told = self._api.found(f"registered_models/{segment(identifier)}")
            self._models[identifier] = None if told is None else _model(told)
        return self._models[identifier]

    def _environment(self, identifier: str, names: dict[str, str]) -> str:
        """The name of a serving environment; '' where the registry has it no more."""
        if identifier and identifier not in names:
            told = self._api.found(f"serving_environments/{segment(identifier)}")
            names[identifier] = "" if told is None else text(told, "name")
        return names.get(identifier, "")


def _version(scope: str, model: _Model, told: Told) -> PlatformVersion:
    archived = model.archived or text(told, "state") == "ARCHIVED"
    return PlatformVersion(
        model=model.name,
        version=text(told, "name") or _id(told),
        scope=scope,
        id=_id(told),
        created=of_millis(told.get("createTimeSinceEpoch")),
        stage="Archived" if archived else "",
        created_by=text(told, "author"),
        owner=model.owner,
        description=text(told, "description"),
        tags=dict(_tags(told)),
    )


def _id(told: Told) -> str:
    """The id. Raises PlatformUnanswered where there is none: then nothing can be joined."""
    if identifier := text(told, "id"):
        return identifier
    raise PlatformUnanswered(
        "It lists something without an id.", "Check that its address is that of a Kubeflow Model Registry."
    )


def _model(told: Told) -> _Model:
    return _Model(text(told, "name") or _id(told), text(told, "owner"), text(told, "state") == "ARCHIVED")


def _listed(version: PlatformVersion) -> _Served:
    return _Served(version.model, version.version, version.source)


def _deployed(told: Told) -> bool:
    """DEPLOYED is the specification's default for a state that is not told."""
    return text(told, "desiredState") in ("DEPLOYED", "")


def _endpoint(told: Told) -> str:
    """The service as people call it: the registry's controller for KServe adds '/' and Kubernetes' uid to its name."""
    name = text(told, "name")
    with_uid = _UID.fullmatch(name)
    return (with_uid[1] if with_uid else name) or _id(told)


def _tags(told: Told) -> Iterator[tuple[str, str]]:
    """The custom properties that are texts, numbers and truths, as texts; structures are left out."""
    for name, value in table(told, "customProperties").items():
        if isinstance(value, dict):
            yield from ((name, _text(value[key])) for key in _VALUES if isinstance(value.get(key), str | int | float))


def _text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
