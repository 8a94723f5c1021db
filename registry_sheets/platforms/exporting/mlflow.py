"""Writing into an MLflow server's registry, over its REST API (https://mlflow.org/docs/latest/rest-api.html).

Limits are those of mlflow/utils/validation.py and of the tables' columns in store/model_registry/dbmodels/models.py
(MLflow 3.17): a sqlite server does not hold to the latter, others do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from registry_sheets.platforms.exporting.base import (
    Change,
    RegistryTarget,
    ThereModel,
    ThereVersion,
    WantedModel,
    WantedVersion,
)
from registry_sheets.platforms.exporting.fitting import TagRules, fit_model, with_marks
from registry_sheets.platforms.exporting.patience import EachCall
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.mlflow_refusals import MlflowRefusals, MlflowRefused, pages
from registry_sheets.platforms.mlflow_sign_in import MlflowSignIn
from registry_sheets.platforms.reading import objects, table, text
from registry_sheets.registry.platforms.leaving import LeavingModel
from registry_sheets.registry.platforms.leaving_aliases import aliases_of
from registry_sheets.registry.platforms.marks import digest
from registry_sheets.registry.text import one_line, xml_safe

_PAGE = (("max_results", "1000"),)
_ORDER = (("order_by", "name ASC"), ("order_by", "version_number ASC"))
_LONGEST_NAME = 250
_LONGEST_URI = 500
_RUN = r"[0-9a-f]{32}"
_TIRED_TRIES = 5

RULES = TagRules(
    key_signs=lambda sign: sign.isalnum() or sign in "_.- ",  # no ':', which servers on Windows refuse
    key_most=250,
    value_signs=lambda _sign: True,
    value_most=100_000,
    described=5_000,
)
_MODEL_TAG_MOST = 5_000


class MlflowTarget(RegistryTarget):
    """An MLflow server's registry.

    Args:
        label: how people call it.
        url: its address, as MLflow's own client takes it.
        seconds: how long a call may take.
        environment: the environment variables, with the sign-in (MlflowSignIn).
        token_env: the variable with the sign-in of this server; '' goes by MLflow's own chain.
        ca_file: certificates of an authority to trust.
        transport: instead of the network, for tests.
    """

    kind: ClassVar[str] = "mlflow"

    def __init__(
        self,
        label: str,
        url: str,
        seconds: float,
        *,
        environment: Mapping[str, str],
        token_env: str = "",
        ca_file: str = "",
        transport: Any = None,
    ) -> None:
        self.label = label
        self._url = url.rstrip("/")
        self._deadline = EachCall(seconds)
        self._sign_in = MlflowSignIn(environment, token_env, ca_file)
        self._transport = transport

    def close(self) -> None:
        for name in ("_api", "_writing"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def models(self, _may_be: Callable[[str], bool], /) -> Sequence[ThereModel]:
        return [_model(one) for one in self._listed("registered-models/search", "registered_models", ())]

    def versions(self, models: Set[str]) -> Mapping[str, tuple[ThereVersion, ...]]:
        found: dict[str, dict[str, ThereVersion]] = {}
        for told in self._listed("model-versions/search", "model_versions", _ORDER) if models else ():
            if (name := text(told, "name")) in models:
                found.setdefault(name, {})[text(told, "version")] = _version(told)
        return {name: tuple(sorted(by.values(), key=_by_number)) for name, by in found.items()}

    def title(self, name: str) -> str:
        """Without '/' and ':', and not what would be another place if it were a path."""
        plain = re.sub(r"[/:]", "-", one_line(xml_safe(name)))
        plain = "-" + plain.lstrip(".") if plain == "." or plain.startswith("..") else plain
        return plain if len(plain) <= _LONGEST_NAME else f"{plain[: _LONGEST_NAME - 9].rstrip()}-{digest(name)[:8]}"

    def fitted(self, model: LeavingModel, title: str) -> WantedModel:
        wanted = fit_model(model, title, RULES, self.title(model.name), {})
        tags = {key: value[:_MODEL_TAG_MOST] for key, value in wanted.tags.items()}
        return replace(wanted, tags=tags, aliases=aliases_of(model))

    def create_model(self, wanted: WantedModel) -> ThereModel:
        tags = with_marks(wanted.tags, wanted.description)
        body = {"name": wanted.title, "description": wanted.description, "tags": _pairs(tags)}
        self._send("POST", "registered-models/create", body)
        return ThereModel(wanted.title, tags, wanted.description)

    def create_version(self, model: ThereModel, wanted: WantedVersion) -> ThereVersion:
        tags = with_marks(wanted.tags, wanted.description)
        run, source = self._made_by(wanted)
        body = {
            "name": model.name,
            "source": source,
            "description": wanted.description,
            "tags": _pairs(tags),
            **({"run_id": run} if run else {}),
            **({"run_link": wanted.run_link} if _is_page(wanted.run_link) else {}),
        }
        made = table(self._send("POST", "model-versions/create", body), "model_version")
        return ThereVersion(text(made, "version"), tags, wanted.description)

    def change_model(self, model: ThereModel, change: Change) -> None:
        self._change("registered-models", {"name": model.name}, change, first=not model.description)

    def change_version(self, model: ThereModel, version: ThereVersion, change: Change) -> None:
        which = {"name": model.name, "version": version.number}
        self._change("model-versions", which, change, first=not version.description)

    def set_alias(self, model: ThereModel, alias: str, number: str) -> None:
        self._send("POST", "registered-models/alias", {"name": model.name, "alias": alias, "version": number})

    def remove_alias(self, model: ThereModel, alias: str) -> None:
        self._send("DELETE", "registered-models/alias", {"name": model.name, "alias": alias})

    def _change(self, what: str, which: Mapping[str, str], change: Change, first: bool) -> None:
        """``first``: there is no description yet; see Change."""
        if not first:
            self._describe(what, which, change)
        for key, value in change.tags.items():
            self._send("POST", f"{what}/set-tag", {**which, "key": key, "value": value})
        for key in change.gone:
            self._send("DELETE", f"{what}/delete-tag", {**which, "key": key})
        if first:
            self._describe(what, which, change)

    def _describe(self, what: str, which: Mapping[str, str], change: Change) -> None:
        if change.description is not None:
            self._send("PATCH", f"{what}/update", {**which, "description": change.description})

    def _made_by(self, wanted: WantedVersion) -> tuple[str, str]:
        """(run, source): the run that its link names, if it is one of this server, with where the run's files are.

        Else no run, and an address that says no more than that the sheet does not tell where the files are: of one on
        its own disk the server takes only what belongs to a run.
        """
        run = run_of(wanted.run_link, self._url)
        if run and (files := self._files_of(run)):
            return run, files
        plain = re.sub(r"[^a-z0-9.]+", "-", wanted.version.lower()).strip("-.")[:60]
        return "", f"registry-sheets:/{wanted.id}{f'/{plain}' if plain else ''}"

    def _files_of(self, run: str) -> str:
        """Where a run's files are; '' where there is no such run."""
        self._deadline.renew()
        try:
            told = self._api.get(f"runs/get?{urlencode({'run_id': run})}")
        except MlflowRefused as refused:
            if refused.status not in (400, 404):
                raise
            return ""
        found = text(table(table(told, "run"), "info"), "artifact_uri")
        return found if len(found) <= _LONGEST_URI else ""

    def _listed(self, path: str, key: str, order: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
        """All of a listing, in this order where the server can: then what is changed meanwhile stays in its place."""

        def ask(page: Mapping[str, str]) -> Mapping[str, Any]:
            nonlocal order
            self._deadline.renew()
            try:
                return self._api.get(f"{path}?{urlencode((*_PAGE, *order, *page.items()))}")
            except MlflowRefused as refused:
                if refused.status != 400 or not order or page:
                    raise
                order = ()
                return ask(page)

        return pages(key, ask)

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A call that writes: once, but for a server that says that it has not looked at it."""
        for tried in range(1, _TIRED_TRIES + 1):
            self._deadline.renew()
            try:
                return self._writing.send(method, path, body)
            except MlflowRefused as refused:
                if refused.status != 429 or tried == _TIRED_TRIES:
                    raise
            self._deadline.wait(0.25 * 2.0**tried)
        raise AssertionError("the last try returns or raises")

    @cached_property
    def _api(self) -> JsonApi:
        return JsonApi(**self._asking)

    @cached_property
    def _writing(self) -> _Writing:
        return _Writing(**self._asking, tries=1)

    @cached_property
    def _asking(self) -> dict[str, Any]:
        refusals = MlflowRefusals(
            what="an MLflow server",
            sign_in=self._sign_in.how(),
            rights="Give the account the permission EDIT on the registered models and READ on their experiments "
            "(on Databricks: Can Edit; in Azure: the role AzureML Data Scientist).",
        )
        return {
            "base": f"{self._url}/api/2.0/mlflow",
            "deadline": self._deadline,
            "refusals": refusals,
            "headers": self._sign_in.headers,
            "verify": self._sign_in.verify(),
            "transport": self._transport,
        }


class _Writing(JsonApi):
    """An API that is told something, too."""

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a call that changes something. Raises PlatformUnanswered."""
        return self._asked(method, path, None, body)


def run_of(link: str, url: str) -> str:
    """The run of the server at ``url`` that a link names: a page of it, 'runs:/ID/…' or the bare id; '' for none."""
    if found := re.fullmatch(rf"(?:runs:/+)?({_RUN})(?:/.*)?", link):
        return found[1]
    if not link.startswith(f"{url.rstrip('/')}/") and _host(link) != _host(url):
        return ""
    page = re.search(rf"/runs/({_RUN})(?![0-9a-z])", link)
    return page[1] if page else ""


def _host(address: str) -> tuple[str, int] | None:
    """(host, port), whatever the case and whether the usual port is said."""
    try:
        parts = urlsplit(address)
        return (parts.hostname, parts.port or {"https": 443}.get(parts.scheme, 80)) if parts.hostname else None
    except ValueError:
        return None


def _is_page(link: str) -> bool:
    return link.startswith(("https://", "http://")) and len(link) <= _LONGEST_URI


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _tags(told: Mapping[str, Any]) -> dict[str, str]:
    return {text(tag, "key"): text(tag, "value") for tag in objects(told, "tags")}


def _model(told: Mapping[str, Any]) -> ThereModel:
    aliases = {text(one, "alias"): text(one, "version") for one in objects(told, "aliases")}
    return ThereModel(text(told, "name"), _tags(told), text(told, "description"), aliases)


def _version(told: Mapping[str, Any]) -> ThereVersion:
    return ThereVersion(text(told, "version"), _tags(told), text(told, "description"))


def _by_number(version: ThereVersion) -> tuple[int, str]:
    return (int(version.number) if version.number.isdecimal() else 0), version.number
