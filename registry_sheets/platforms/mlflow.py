"""MLflow: its registry over its REST API (https://mlflow.org/docs/latest/rest-api.html), without its package.

Azure ML workspaces and Databricks speak this API too, below the address that MLflow's own client is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.mlflow_refusals import MlflowRefused, mlflow_refusals, pages
from registry_sheets.platforms.mlflow_runs import Runs
from registry_sheets.platforms.mlflow_sign_in import MlflowSignIn
from registry_sheets.platforms.reading import objects, of_millis, text
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion

_PAGE = ("max_results", "1000")
_ORDER = (("order_by", "name ASC"), ("order_by", "version_number ASC"))
_PROMPT = "mlflow.prompt.is_prompt"
_ELSEWHERE = (".azureml.ms", ".databricks.com", ".azuredatabricks.net")
"""Hosts that speak MLflow's API and show its runs on other pages than MLflow does."""


class _Model(NamedTuple):
    """What a registered model adds to its versions; ``aliases`` by version."""

    aliases: Mapping[str, Sequence[str]]
    owner: str
    prompt: bool


_UNKNOWN = _Model({}, "", False)


class MlflowPlatform(Platform):
    """An MLflow server.

    It has no endpoints: a version counts as live by an alias, or by the stage Production.

    Args:
        name: how people call it.
        url: its address, as MLflow's own client takes it ('http://mlflow.internal:5000').
        deadline: until when it has to have answered.
        live: patterns of the aliases of live versions ('champion', 'champion-*'); case does not matter.
        environment: the environment variables, with the sign-in (MlflowSignIn).
        token_env: the variable with the sign-in of this server; '' goes by MLflow's own chain.
        ca_file: certificates of an authority to trust.
        transport: instead of the network, for tests.
    """

    kind: ClassVar[str] = "mlflow"
    tells_live: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        url: str,
        deadline: Deadline,
        *,
        live: Sequence[str] = ("champion", "champion-*"),
        environment: Mapping[str, str],
        token_env: str = "",
        ca_file: str = "",
        transport: Any = None,
    ) -> None:
        super().__init__(name)
        self._url = url.rstrip("/")
        self._deadline = deadline
        self._live = tuple(pattern.casefold() for pattern in live)
        self._sign_in = MlflowSignIn(environment, token_env, ca_file)
        self._transport = transport

    @cached_property
    def _api(self) -> JsonApi:
        return JsonApi(
            f"{self._url}/api/2.0/mlflow",
            self._deadline,
            mlflow_refusals(self._sign_in.how()),
            headers=self._sign_in.headers,
            verify=self._sign_in.verify(),
            transport=self._transport,
        )

    def close(self) -> None:
        if "_api" in self.__dict__:
            self._api.close()

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        models = {
            text(one, "name"): _model(one) for one in self._listed("registered-models/search", "registered_models")
        }
        seen: set[tuple[str, str]] = set()
        for told in self._listed("model-versions/search", "model_versions", _ORDER):
            key = _key(told)
            if key not in seen:  # one may come again on the next page when another was registered meanwhile
                seen.add(key)
                yield from self._version(scope, *key, told, models.get(key[0], _UNKNOWN))

    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        for one in versions:
            marks = [f"@{alias}" for alias in one.aliases if self._is_live(alias)]
            if one.stage.casefold() == "production":
                marks.append(one.stage)
            yield from (Deployment(one.model, one.version, mark, scope=scope, source=one.source) for mark in marks)

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        return Runs(self._api).lineage(versions)

    def _listed(self, path: str, key: str, order: Sequence[tuple[str, str]] = ()) -> Iterator[Mapping[str, Any]]:
        """All of a listing, in this order where the server can: then what is changed meanwhile stays in its place."""
        ordered = order

        def ask(page: Mapping[str, str]) -> Mapping[str, Any]:
            nonlocal ordered
            try:
                return self._api.get(f"{path}?{urlencode((_PAGE, *ordered, *page.items()))}")
            except MlflowRefused as refused:
                if refused.status != 400 or not ordered or page:
                    raise
                ordered = ()
                return ask(page)

        return pages(key, ask)

    def _version(
        self, scope: str, name: str, version: str, told: Mapping[str, Any], model: _Model
    ) -> Iterator[PlatformVersion]:
        """The version; none for a prompt, which MLflow keeps in the same table."""
        tags = _tags(told)
        if model.prompt or _is_prompt(tags):
            return
        run = text(told, "run_id")
        stage = text(told, "current_stage")
        yield PlatformVersion(
            model=name,
            version=version,
            scope=scope,
            id=f"models:/{name}/{version}",
            created=of_millis(told.get("creation_timestamp")),
            stage="" if stage == "None" else stage,
            aliases=tuple(sorted({*model.aliases.get(version, ()), *_own_aliases(told)})),
            source=text(told, "source"),
            run=run,
            run_link=self._run_link(text(told, "run_link"), run),
            created_by=text(told, "user_id"),
            owner=_owner(tags) or model.owner,
            description=text(told, "description"),
            tags=tags,
        )

    def _run_link(self, told: str, run: str) -> str:
        """The run's page: what was said when it was registered, else MLflow's page that goes by the run alone."""
        if told.startswith(("https://", "http://")):
            return told
        host = urlsplit(self._url).hostname or ""
        return f"{self._url}/#/runs/{quote(run, safe='')}" if run and not host.endswith(_ELSEWHERE) else ""

    def _is_live(self, alias: str) -> bool:
        return any(fnmatchcase(alias.casefold(), pattern) for pattern in self._live)


def _model(told: Mapping[str, Any]) -> _Model:
    aliases: dict[str, list[str]] = {}
    for one in objects(told, "aliases"):
        aliases.setdefault(text(one, "version"), []).append(text(one, "alias"))
    tags = _tags(told)
    return _Model(aliases, _owner(tags), _is_prompt(tags))


def _key(told: Mapping[str, Any]) -> tuple[str, str]:
    """Model and version. Raises PlatformUnanswered where there is none: then it is not MLflow that answers."""
    name, version = text(told, "name"), text(told, "version")
    if not name or not version:
        raise PlatformUnanswered(
            "It lists a version without a name or a number.", "Check that its address is that of an MLflow server."
        )
    return name, version


def _tags(told: Mapping[str, Any]) -> dict[str, str]:
    return {text(tag, "key"): text(tag, "value") for tag in objects(told, "tags")}


def _is_prompt(tags: Mapping[str, str]) -> bool:
    return tags.get(_PROMPT, "").casefold() == "true"


def _owner(tags: Mapping[str, str]) -> str:
    return next((value for key, value in tags.items() if key.casefold() == "owner" and value.strip()), "")


def _own_aliases(told: Mapping[str, Any]) -> Sequence[str]:
    """Aliases at the version itself: MLflow's search says none, other servers of its API may."""
    listed = told.get("aliases")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
