"""Vertex AI (Google Cloud): models and versions of its Model Registry, and what its endpoints serve.

REST as the discovery document aiplatform.v1 describes it; the sign-in is google-auth's. Google's own client would be
273 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.at_once import at_once
from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.reading import Pages, objects, of_iso, text, texts
from registry_sheets.platforms.vertex_lineage import lineage_of
from registry_sheets.platforms.vertex_names import Name, host_of, is_location, link_of, parsed, path_of
from registry_sheets.platforms.vertex_refusals import NotThere, refusals
from registry_sheets.platforms.vertex_serving import KnownModels, served
from registry_sheets.platforms.vertex_sign_in import SignIn
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion

PAGE = 100
"""How many are asked for at once: no limit is documented, and this many Google gives without asking."""

_AT_ONCE = 6
_TRIES = 8  # the quota is by the minute (600 requests), so one that is used up is waited for
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class VertexPlatform(Platform):
    """One project in Vertex AI.

    A model goes by its display name (by its id where that is blank), which need not be the only one of this name:
    ``id`` of a version is its resource name with '@' and the version. All versions of a model go by the name that the
    model itself has in the listing. The alias 'default', which one version of every model has, is among the aliases.

    Args:
        name: how people call it.
        project: its id or number.
        locations: the locations that are asked, such as 'europe-west4'.
        deadline: until when it has to have answered, all questions together.
        url: instead of Google's address of a location: a private endpoint, '{location}' in it is filled in. Without
            a path it is followed by /v1. To http://127.0.0.1 or http://localhost (an emulator) no sign-in is looked
            for and none sent, not even ``credentials``; to any other address without TLS nothing is asked.
        credentials: google-auth's; None: the application default (google.auth.default).
    """

    kind: ClassVar[str] = "vertex"

    def __init__(
        self,
        name: str,
        project: str,
        locations: Sequence[str],
        deadline: Deadline,
        *,
        url: str = "",
        credentials: Any = None,
    ) -> None:
        super().__init__(name)
        self._project = project
        self._locations = tuple(dict.fromkeys(locations))
        self._deadline = deadline
        self._url = url
        self._sign_in = SignIn(credentials, deadline)
        self._apis: dict[str, JsonApi] = {}

    @property
    def scopes(self) -> tuple[str, ...]:
        """The locations."""
        return self._locations

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        models = self._listed(scope, f"{self._parent(scope)}/models", "models")
        for found in at_once(lambda model: self._versions_of(scope, model), models, _AT_ONCE):
            yield from found

    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        known = KnownModels(scope, self._project, versions, lambda name: self._called(scope, name))
        for endpoint in self._listed(scope, f"{self._parent(scope)}/endpoints", "endpoints"):
            known.owns(text(endpoint, "name"))
            yield from served(endpoint, scope, known.version)

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        kept: dict[tuple[str, str], Mapping[str, Any]] = {}  # one data set trains many versions

        def made(version: PlatformVersion) -> tuple[PlatformVersion, Lineage]:
            def get(name: str) -> Mapping[str, Any]:
                if (version.scope, name) not in kept:
                    kept[version.scope, name] = self._found(version.scope, name)
                return kept[version.scope, name]

            return version, lineage_of(version, get, lambda path, key: self._if_there(version.scope, path, key))

        return at_once(made, versions, _AT_ONCE)

    def close(self) -> None:
        for api in self._apis.values():
            api.close()

    def _parent(self, scope: str) -> str:
        return f"projects/{self._project}/locations/{scope}"

    def _versions_of(self, scope: str, model: Mapping[str, Any]) -> list[PlatformVersion]:
        name = parsed(text(model, "name"))
        if name is None or name.collection != "models":
            raise _strange(f"It names a model '{text(model, 'name')}', which is no name of a model.")
        called = _label(model, name)
        listed = self._listed(scope, f"{name.whole}:listVersions", "models")
        found = [_version(one, name, called, scope) for one in listed]
        if not found and text(model, "versionId"):
            raise _strange(f"It tells no version of the model '{called}', which has one.")
        return found

    def _called(self, scope: str, name: Name) -> str:
        """What a model is called that was not listed; '' where there is none of this name."""
        model = self._found(scope, name.whole)
        return _label(model, name) if model else ""

    def _listed(self, scope: str, path: str, key: str) -> Iterator[Mapping[str, Any]]:
        """All that is listed, to the last page. Raises PlatformUnanswered."""
        pages = Pages()
        while pages.more:
            answer = self._api(scope).get(path_of(path), {"pageSize": PAGE, **pages.params("pageToken")})
            yield from objects(answer, key)
            pages.turn(_token(answer))

    def _found(self, scope: str, name: str) -> Mapping[str, Any]:
        """A resource; an empty one where it is not there (any more). Raises PlatformUnanswered."""
        try:
            return self._api(scope).get(path_of(name))
        except NotThere:
            return {}

    def _if_there(self, scope: str, path: str, key: str) -> Iterator[Mapping[str, Any]]:
        """As _listed, and nothing where what it belongs to is not there (any more)."""
        try:
            yield from self._listed(scope, path, key)
        except NotThere:
            return

    def _api(self, scope: str) -> JsonApi:
        if scope not in self._apis:
            base, signed = self._address(scope)
            headers = self._sign_in.headers if signed else dict
            self._apis[scope] = JsonApi(base, self._deadline, refusals(self._project), headers, tries=_TRIES)
        return self._apis[scope]

    def _address(self, scope: str) -> tuple[str, bool]:
        """(base, whether to sign in). Raises PlatformUnanswered for one to which no sign-in may be sent."""
        if not is_location(scope):
            fix = "Correct locations in its [[platform]] block; they look like us-central1 or europe-west4."
            raise PlatformUnanswered(f"'{scope}' is no location of Vertex AI.", fix)
        base = (self._url or host_of(scope)).replace("{location}", scope).rstrip("/")
        address = urlsplit(base)
        emulator = address.scheme == "http" and address.hostname in _LOOPBACK
        if address.scheme != "https" and not emulator:
            raise PlatformUnanswered(
                f"{address.hostname} is not asked over https, and the sign-in is not sent in the clear.",
                "Write https:// into url in its [[platform]] block.",
            )
        return base if address.path else f"{base}/v1", not emulator


def _version(told: Mapping[str, Any], name: Name, called: str, scope: str) -> PlatformVersion:
    own = parsed(text(told, "name"))
    number = text(told, "versionId") or (own.version if own else "")
    if not number:
        raise _strange(f"It tells a version of the model '{called}' without its number.")
    run = text(told, "trainingPipeline") or text(told, "pipelineJob")
    return PlatformVersion(
        model=called,
        version=number,
        scope=scope,
        id=f"{name.whole}@{number}",
        created=of_iso(told.get("versionCreateTime")),
        aliases=_aliases(told),
        source=text(told, "artifactUri"),
        run=run,
        run_link=link_of(run),
        description=text(told, "versionDescription") or text(told, "description"),
        tags=texts(told, "labels"),
    )


def _aliases(told: Mapping[str, Any]) -> tuple[str, ...]:
    listed = told.get("versionAliases")
    return tuple(one for one in listed if isinstance(one, str) and one) if isinstance(listed, list) else ()


def _label(model: Mapping[str, Any], name: Name) -> str:
    said = text(model, "displayName")
    return said if said.strip() else name.id


def _token(answer: Mapping[str, Any]) -> str:
    """The next page's token, '' after the last. Raises PlatformUnanswered for one that is no text."""
    token = answer.get("nextPageToken")
    if token is not None and not isinstance(token, str):
        raise _strange("It says that there is a next page, and not which.")
    return token or ""


def _strange(message: str) -> PlatformUnanswered:
    return PlatformUnanswered(message, "Check that its address is that of the Vertex AI API, or try again later.")
