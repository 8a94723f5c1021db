"""The REST API of a Kubeflow Model Registry: which of its two versions there is, its listings, what it has no more.

Source: https://www.kubeflow.org/docs/components/hub/reference/rest-api/. ``v1`` has what ``v1alpha3`` has except
experiments: their runs, and in an artifact the run that made it (kubeflow/hub#2992).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.reading import Pages, objects, text
from registry_sheets.platforms.refusals import Refusals

_BELOW = "/api/model_registry"
_V1, _OLDER = "v1", "v1alpha3"
_NOT_THERE = (401, 403, 404, 410)
_LISTING = {"pageSize": "500", "orderBy": "ID", "sortOrder": "ASC"}
"""In the order of their ids what is registered meanwhile comes last, and nothing moves to a page that was read.
Without an order some servers give the first page again and again."""


class KubeflowRefused(PlatformUnanswered):
    """It answered with a ``status`` other than 200; ``said`` is what the registry itself says of it, '' nothing.

    A 404 that says nothing is of a web server that knows no such path; of something that is not in it the registry
    says so.
    """

    def __init__(self, message: str, fix: str, status: int, said: str) -> None:
        super().__init__(message, fix)
        self.status = status
        self.said = said


class KubeflowRefusals(Refusals):
    """The words of the registry, with the status beside them."""

    def of(self, status: int, address: str, said: str) -> PlatformUnanswered:
        """What is wrong with an answer of this status."""
        told = super().of(status, address, said)
        return KubeflowRefused(told.message, told.fix, status, said)


def kubeflow_refusals(sign_in: str) -> KubeflowRefusals:
    """How to mend what it refuses; ``sign_in`` says how to sign in."""
    return KubeflowRefusals(
        what="a Kubeflow Model Registry (its REST service, not Kubeflow's pages)",
        sign_in=sign_in,
        rights="Let the token's account in: with Istio by an AuthorizationPolicy, on OpenShift AI by the role "
        "registry-user-NAME of the registry. It needs nothing but GET.",
    )


def base_address(url: str) -> str:
    """The address before the API: people also write down that of a call, or of the API itself."""
    return url.partition(_BELOW)[0].rstrip("/")


def segment(identifier: str) -> str:
    """An id in a path: ids are free text."""
    return quote(identifier, safe="", errors="replace").replace(".", "%2E")


class KubeflowApi:
    """A registry behind ``api``, which asks below its base address."""

    def __init__(self, api: JsonApi) -> None:
        self._api = api

    def close(self) -> None:
        """Let go of its connections."""
        self._api.close()

    def listed(self, path: str) -> Iterator[Mapping[str, Any]]:
        """All of a listing, page after page. Raises PlatformUnanswered."""
        return self._listed(self._version, path)

    def found(self, path: str) -> Mapping[str, Any] | None:
        """The object at a path, None where the registry says it has none. Raises PlatformUnanswered."""
        return self._found(self._version, path)

    def found_with_runs(self, path: str) -> Mapping[str, Any] | None:
        """As ``found``, in the version of the API that knows experiments; None where there is none."""
        return self._found(_OLDER, path) if self.knows_runs else None

    def listed_with_runs(self, path: str) -> Iterator[Mapping[str, Any]]:
        """As ``listed``, in the version of the API that knows experiments where there is one.

        Nothing where the registry has no such thing as ``path`` is below of.
        """
        try:
            yield from self._listed(_OLDER if self.knows_runs else self._version, path)
        except KubeflowRefused as refused:
            if not _has_none(refused):
                raise

    @cached_property
    def knows_runs(self) -> bool:
        """Whether the API that knows experiments can be asked. Raises PlatformUnanswered."""
        return self._version == _OLDER or self._answers(_OLDER, without=_NOT_THERE)

    @cached_property
    def _version(self) -> str:
        """Raises PlatformUnanswered. A v1 that is denied or fails is there all the same."""
        if self._answers(_V1, without=(404,)):
            return _V1
        self._answers(_OLDER)
        return _OLDER

    def _answers(self, version: str, without: tuple[int, ...] = ()) -> bool:
        """Whether there is this version of the API; a status of ``without`` says no. Raises PlatformUnanswered."""
        try:
            self._page(f"{_BELOW}/{version}/registered_models", {**_LISTING, "pageSize": "1"})
        except KubeflowRefused as refused:
            if refused.status in without:
                return False
            raise
        return True

    def _listed(self, version: str, path: str) -> Iterator[Mapping[str, Any]]:
        pages = Pages()
        while pages.more:
            answer = self._page(f"{_BELOW}/{version}/{path}", {**_LISTING, **pages.params("nextPageToken")})
            yield from objects(answer, "items")
            pages.turn(text(answer, "nextPageToken"))

    def _page(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        answer = self._api.get(path, params)
        if "items" not in answer:  # it is required, also in an empty page: whoever leaves it out is no registry
            raise PlatformUnanswered(
                f"What it answers at {path} is no listing of a Kubeflow Model Registry.",
                "Check that its address is that of the registry's REST service.",
            )
        return answer

    def _found(self, version: str, path: str) -> Mapping[str, Any] | None:
        try:
            return self._api.get(f"{_BELOW}/{version}/{path}")
        except KubeflowRefused as refused:
            if _has_none(refused):
                return None
            raise


def _has_none(refused: KubeflowRefused) -> bool:
    return refused.status == 404 and bool(refused.said)
