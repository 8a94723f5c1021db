"""Asking Azure's management API: its addresses, its pages, what it refuses, and several questions at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms import azureml_signin
from registry_sheets.platforms.at_once import at_once
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.reading import Pages, objects, text
from registry_sheets.platforms.refusals import Refusals

API_VERSION = "2024-04-01"
"""The oldest stable one with serverless endpoints; see
https://learn.microsoft.com/rest/api/azureml/operation-groups?view=rest-azureml-2024-04-01."""

_AT_ONCE = 8

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Absent(PlatformUnanswered):
    """What was asked for is not there (404)."""


class AzureRefusals(Refusals):
    """Azure's words. A 404 names what is not there: the subscription, the resource group, the workspace or less."""

    def of(self, status: int, address: str, said: str) -> PlatformUnanswered:
        if status != 404:
            return super().of(status, address, said)
        usual = super().of(status, address, said)
        return Absent(
            usual.message,
            "Check subscription, resource_group and workspaces in its [[platform]] block "
            "('az ml workspace list' shows them).",
        )


def refusals() -> AzureRefusals:
    """How to mend what Azure refuses."""
    return AzureRefusals(
        "the management API of Azure (https://management.azure.com)",
        azureml_signin.HOW,
        "Give the account the role 'Reader' or 'AzureML Data Scientist' on the workspace "
        "('az role assignment create').",
    )


class WorkspaceApi:
    """The questions to one workspace. ``path`` arguments are below it ('models')."""

    def __init__(self, api: JsonApi, subscription: str, resource_group: str, workspace: str) -> None:
        self._api = api
        self._base = (
            f"subscriptions/{quote(subscription, safe='')}/resourceGroups/{quote(resource_group, safe='')}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{quote(workspace, safe='')}"
        )

    def one(self, path: str) -> Mapping[str, Any]:
        """The resource at a path. Raises PlatformUnanswered, Absent where there is none."""
        return self._api.get(f"{self._base}/{path}", {"api-version": API_VERSION})

    def all(self, path: str, **params: str) -> Iterator[Mapping[str, Any]]:
        """The resources of a collection, of all its pages. Raises PlatformUnanswered, Absent where there is none."""
        pages = Pages()
        while pages.more:
            if pages.token:
                answer = self._api.get(pages.token)
            else:
                answer = self._api.get(f"{self._base}/{path}", {"api-version": API_VERSION, **params})
            if answer.get("value") is None:  # nothing there is an empty list
                raise PlatformUnanswered(
                    f"Its answer about {path} holds no list.", "Check that its address is that of the API."
                )
            yield from objects(answer, "value")
            pages.turn(text(answer, "nextLink"))


def named(resource: Mapping[str, Any]) -> str:
    """The name of a resource. Raises PlatformUnanswered where it has none: it cannot be asked about, nor told."""
    name = text(resource, "name") or text(resource, "id").rstrip("/").rpartition("/")[2]
    if not name:
        raise PlatformUnanswered(
            "Something in its listing has no name.", "Check that its address is that of the API, or try again later."
        )
    return name


def below(*parts: str) -> str:
    """A path of names, each as it may stand in an address."""
    return "/".join(quote(part, safe="") for part in parts)


def each(ask: Callable[[Asked], Answered], about: Iterable[Asked]) -> Iterator[tuple[Asked, Answered]]:
    """Ask about each, several at a time; answers come in order. The first that fails ends it."""
    things = list(about)
    yield from zip(things, at_once(ask, things, _AT_ONCE), strict=True)
