"""Azure ML: what the adapter makes of models and versions, whole listings, and strange ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.azureml import AzureMlPlatform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.azureml.asking import (
    BASE,
    EMULATOR,
    HUGE,
    Answers,
    Credential,
    one_version,
    platform,
    versions,
)


@pytest.mark.parametrize("strange", [None, 7, "", [], True, {"a": None}, HUGE, "\x00\u202e'\"<"])
def test_whatever_stands_in_a_version_it_is_told(strange: Any) -> None:
    keys = ("description", "tags", "properties", "isArchived", "isAnonymous", "jobName", "modelUri", "stage")
    version = {"name": "1", "id": strange, "properties": dict.fromkeys(keys, strange)}
    version |= {"systemData": {"createdAt": strange, "createdBy": strange}}
    if strange is True:  # then it is anonymous
        assert versions({"models": [{"name": "m"}], "models/m/versions": [version]}) == []
        return
    found = one_version(version)
    assert (found.model, found.version, found.created) == ("m", "1", None)
    assert found.tags == {}
    assert isinstance(found.description, str)


@pytest.mark.parametrize("strange", [None, 7, "x", [], {}])
def test_whatever_stands_for_its_parts(strange: Any) -> None:
    assert one_version({"name": 3, "properties": strange, "systemData": strange}) == PlatformVersion("m", "3", "ws")


def test_a_name_that_is_only_in_the_id() -> None:
    assert one_version({"id": f"{BASE}/models/m/versions/12"}).version == "12"


@pytest.mark.parametrize(
    "answers",
    [
        {"models": [{"properties": {}}]},
        {"models": [{"name": "m"}], "models/m/versions": [{"name": None}]},
        {"models": {}},
        {"models": {"value": None}},
        {"models": {"value": "none"}},
        {"models": {"value": [{"name": "m"}, None]}},
        {"models": {"value": {"name": "m"}}},
        {"models": [{"name": "m"}], "models/m/versions": {"error": "none"}},
    ],
)
def test_what_is_no_listing_is_not_an_empty_one(answers: Answers) -> None:
    with pytest.raises(PlatformUnanswered):
        versions(answers)


def test_all_views_are_asked_for_and_names_escaped() -> None:
    asked: list[str] = []
    found = list(
        platform({"models": [{"name": "a/b ?#%ü"}], "models/a/b ?#%ü/versions": [{"name": "1"}]}, asked).versions("ws")
    )
    assert [one.model for one in found] == ["a/b ?#%ü"]
    assert all("api-version=2024-04-01&listViewType=All" in said for said in asked)


def test_next_links_are_followed_as_they_are() -> None:
    link = f"{EMULATOR}{BASE}/models?api-version=2024-04-01&$skip=a%2Bb%3D&listViewType=All"
    asked: list[str] = []
    pages = iter([{"value": [{"name": "m"}], "nextLink": link}, {"value": [{"name": "n"}], "nextLink": None}])

    class Paged(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            return next(pages) if key == "models" else [{"name": "1"}]

    assert [one.model for one in platform(Paged(), asked).versions("ws")] == ["m", "n"]
    assert asked[1] == "models?" + link.partition("?")[2]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (f"{EMULATOR}{BASE}/models?$skip=1", "circle"),
        ("https://evil.example/models?$skip=1", "evil.example"),
        ("http://127.0.0.1:10/models", "127.0.0.1"),
    ],
)
def test_next_links_that_lead_nowhere(link: str, said: str) -> None:
    with pytest.raises(PlatformUnanswered) as caught:
        versions({"models": {"value": [], "nextLink": link}})
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("stage", "archived", "container", "expected"),
    [
        ("Production", False, False, "Production"),
        ("Production", True, False, "Archived"),
        ("Staging", False, True, "Archived"),
        ("None", False, False, ""),
        (None, None, None, ""),
        ("Ours", "yes", "no", "Ours"),
    ],
)
def test_stages(stage: Any, archived: Any, container: Any, expected: str) -> None:
    version = {"name": "1", "properties": {"stage": stage, "isArchived": archived}}
    assert one_version(version, {"properties": {"isArchived": container}}).stage == expected


@pytest.mark.parametrize(
    ("url", "studio"),
    [
        ("https://management.azure.com", "https://ml.azure.com"),
        ("https://management.usgovcloudapi.net", "https://ml.azure.us"),
        ("https://management.chinacloudapi.cn", "https://studio.ml.azure.cn"),
        ("https://azure.example", ""),
    ],
)
def test_pages_of_runs(url: str, studio: str) -> None:
    version = {"name": "1", "properties": {"jobName": "a b&c"}}
    answers = {"models": [{"name": "m"}], "models/m/versions": [version]}
    (found,) = versions(answers, url=url, credential=Credential())
    page = "/runs/a%20b%26c?wsid=/subscriptions/s-1/resourcegroups/rg/workspaces/ws"
    assert found.run_link == (studio + page if studio else "")
    assert found.run == "a b&c"


def test_workspaces_are_the_scopes() -> None:
    asking = AzureMlPlatform("ours", "s", "rg", ["a", "b", "a"], Deadline(5), url=EMULATOR)
    assert asking.scopes == ("a", "b")
    assert (asking.kind, asking.name, asking.tells_live) == ("azureml", "ours", True)
    asking.close()


def test_a_listing_may_be_left_in_the_middle() -> None:
    answers = {"models": [{"name": f"m{number}"} for number in range(50)]}
    answers |= {f"models/m{number}/versions": [{"name": "1"}] for number in range(50)}
    listing = platform(answers).versions("ws")
    assert next(listing).model == "m0"
    close: Callable[[], None] = listing.close  # type: ignore[attr-defined]
    close()
