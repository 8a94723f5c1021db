"""Azure ML: strange answers, the ways in which a deployment names its model, the sign-in, and what is said of failures.

What Azure itself says in its usual ways is tried over its stand-in, in contracts and system.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms import azureml_signin
from registry_sheets.platforms.azureml import AzureMlPlatform
from registry_sheets.platforms.azureml_models import Catalogue, Running
from registry_sheets.platforms.azureml_signin import SignIn
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion

EMULATOR = "http://127.0.0.1:9"
BASE = "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws"
SOME = {"createdAt": "2026-03-01T00:00:00.1234567+00:00", "lastModifiedAt": "2026-03-09T00:00:00Z"}
MADE, CHANGED = datetime(2026, 3, 1, 0, 0, 0, 123456, UTC), datetime(2026, 3, 9, tzinfo=UTC)
HUGE = int("1" + "0" * 400)

Answers = Mapping[str, Any]
"""Path below the workspace -> what is answered: the resources of a collection, or a whole answer."""


def platform(answers: Answers, asked: list[str] | None = None, **more: Any) -> AzureMlPlatform:
    """The adapter, to which ``answers`` are given; everything else is an empty list."""

    def answer(request: httpx.Request) -> httpx.Response:
        where = request.url.path.removeprefix(f"{BASE}/")
        if asked is not None:
            asked.append(f"{where}?{request.url.query.decode()}")
        said = answers.get(where, [])
        if isinstance(said, httpx.Response):
            return said
        return httpx.Response(200, content=json.dumps({"value": said} if isinstance(said, list) else said))

    more = {"url": EMULATOR, "transport": httpx.MockTransport(answer), **more}
    return AzureMlPlatform("ours", "s-1", "rg", ["ws"], Deadline(20), **more)


def versions(answers: Answers, **more: Any) -> list[PlatformVersion]:
    return list(platform(answers, **more).versions("ws"))


def serves(answers: Answers, known: list[PlatformVersion] | None = None) -> list[Deployment]:
    return list(platform(answers).deployments("ws", known or []))


def one_version(version: dict[str, Any], container: dict[str, Any] | None = None) -> PlatformVersion:
    (found,) = versions({"models": [{"name": "m", **(container or {})}], "models/m/versions": [version]})
    return found


def online(deployments: list[dict[str, Any]], **properties: Any) -> Answers:
    return {
        "onlineEndpoints": [{"name": "front", "properties": properties}],
        "onlineEndpoints/front/deployments": deployments,
    }


def deployed(name: str, model: Any, state: Any = "Succeeded", **more: Any) -> dict[str, Any]:
    properties = {"model": model, "provisioningState": state, **more}
    return {"name": name, "properties": properties, "systemData": SOME}


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


KNOWN = [
    PlatformVersion("Churn", "1", "ws", created=MADE, source="azureml://a"),
    PlatformVersion("Churn", "2", "ws", created=CHANGED),
    PlatformVersion("churn", "2", "ws"),
]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"{BASE}/models/Churn/versions/1", ("Churn", "1")),
        (f"{BASE}/models/Churn/versions/1/".upper(), ("Churn", "1")),
        (f"azureml:{BASE}/models/churn/versions/1", ("Churn", "1")),
        ("azureml://subscriptions/s/resourcegroups/rg/workspaces/WS/models/Churn/versions/1", ("Churn", "1")),
        ("azureml://locations/westeurope/workspaces/0af3/models/Churn/versions/2", ("Churn", "2")),
        ("azureml:churn:2", ("churn", "2")),
        ("azureml:Churn:2", ("Churn", "2")),
        ("azureml:Gone:9", ("Gone", "9")),
        (f"{BASE}/models/Gone/versions/9", ("Gone", "9")),
        ({"referenceType": "Id", "assetId": f"{BASE}/models/Churn/versions/1"}, ("Churn", "1")),
        ({"referenceType": "Id", "assetId": "azureml:Churn:1"}, ("Churn", "1")),
    ],
)
def test_names_of_registered_models(said: Any, expected: tuple[str, str]) -> None:
    running = Catalogue("ws", KNOWN, {}).running(said, (MADE, CHANGED))
    assert (running.model, running.version) == expected


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("azureml://registries/r/models/Churn/versions/1", None),
        ("azureml://locations/westeurope/workspaces/0af3/models/Other/versions/2", None),
        (f"{BASE}-other/models/Churn/versions/1", None),
        ("azureml:Churn@prod", None),
        ("azureml://datastores/ws/paths/model/", None),
        ("https://store.blob.core.windows.net/m/model.pkl", None),
        ("azureml:", None),
        (
            {"referenceType": "DataPath", "datastoreId": f"{BASE}/datastores/lake", "path": "/m/1"},
            "azureml://datastores/lake/paths/m/1",
        ),
        ({"referenceType": "DataPath", "path": "https://x/y"}, "https://x/y"),
        ({"referenceType": "OutputPath", "jobId": f"{BASE}/jobs/j1", "path": "outputs/m"}, f"{BASE}/jobs/j1/outputs/m"),
        ({"referenceType": "Id", "assetId": None}, ""),
        ({}, ""),
        (None, ""),
        (7, ""),
        (["azureml:Churn:1"], ""),
    ],
)
def test_what_is_not_registered_here_is_told_by_its_source(said: Any, source: str | None) -> None:
    expected = said if source is None else source
    assert Catalogue("ws", KNOWN, {}).running(said, (MADE, CHANGED)) == Running("", "", expected)


def test_what_is_anonymous_is_told_by_its_files() -> None:
    anonymous = {"name": "h4sh", "properties": {"isAnonymous": True, "modelUri": "azureml://files"}}
    answers = {
        "models": [{"name": "made-up"}],
        "models/made-up/versions": [anonymous],
        **online([deployed("blue", f"{BASE}/models/Made-Up/versions/h4sh")], traffic={"blue": 100}),
    }
    asking = platform(answers)
    assert list(asking.versions("ws")) == []
    (found,) = asking.deployments("ws", [])
    assert found == Deployment("", "", "front", "ws", share=1.0, since=MADE, source="azureml://files")


def test_the_latest_is_told_where_it_is_certain() -> None:
    first, second = KNOWN[:2]
    between = datetime(2026, 3, 5, tzinfo=UTC)
    latest = "azureml:Churn@latest"
    catalogue = Catalogue("ws", [first, second], {})
    assert catalogue.running(latest, (MADE, between)).known is first
    assert catalogue.running(latest, (CHANGED, CHANGED)).known is second
    for moments in ((between, CHANGED), (None, None), (None, CHANGED), (datetime(2020, 1, 1, tzinfo=UTC),) * 2):
        assert catalogue.running(latest, moments) == Running("", "", latest)
    assert Catalogue("ws", KNOWN, {}).running(latest, (MADE, between)) == Running("", "", latest)  # one has no date


def test_shares_of_traffic() -> None:
    deployments = [deployed(f"D{number}", f"azureml:m:{number}") for number in range(9)]
    traffic = {"d0": 60, "D1": "30", "d2": None, "d3": True, "d4": -1, "d5": HUGE, "D6": 101, "d7": [1]}
    found = serves(online(deployments, traffic=traffic, mirrorTraffic={"D8": 20}))
    assert [one.share for one in found] == [0.6, 0.3, None, None, None, None, None, None, 0.0]


@pytest.mark.parametrize("traffic", [None, 7, [], "blue"])
def test_traffic_that_is_not_told(traffic: Any) -> None:
    assert [one.share for one in serves(online([deployed("blue", "azureml:m:1")], traffic=traffic))] == [None]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("Succeeded", 1),
        ("Scaling", 1),
        ("updating", 1),
        (None, 1),
        ("New", 1),
        ("Failed", 0),
        ("DELETING", 0),
        ("Creating", 0),
        ("Canceled", 0),
    ],
)
def test_what_failed_does_not_serve(state: Any, counts: int) -> None:
    assert len(serves(online([deployed("blue", "azureml:m:1", state)], traffic={"blue": 100}))) == counts


def test_an_endpoint_that_goes_away_does_not_serve() -> None:
    assert serves(online([deployed("blue", "azureml:m:1")], provisioningState="Deleting")) == []
    assert len(serves(online([deployed("blue", "azureml:m:1")], provisioningState="Failed"))) == 1


def test_deployments_of_one_version_are_one() -> None:
    later = {**deployed("green", "azureml:m:1"), "systemData": {"createdAt": "2026-04-01T00:00:00Z"}}
    found = serves(online([later, deployed("blue", "azureml:m:1")], traffic={"blue": 30, "green": 70}))
    assert found == [Deployment("m", "1", "front", "ws", share=1.0, since=MADE)]
    undated = {**deployed("green", "azureml:m:1"), "systemData": None}
    assert [one.since for one in serves(online([undated, deployed("blue", "azureml:m:1")]))] == [None]


def test_since_when() -> None:
    answers = online([deployed("blue", "azureml:Churn:1")], traffic={"blue": 100})
    for registered, since in (
        (None, MADE),
        (datetime(2026, 2, 1, tzinfo=UTC), MADE),
        (datetime(2026, 3, 5, tzinfo=UTC), CHANGED),  # it was put into the deployment afterwards
        (datetime(2026, 3, 10, tzinfo=UTC), None),
    ):
        (found,) = serves(answers, [PlatformVersion("Churn", "1", "ws", created=registered)])
        assert found.since == since


def test_a_model_in_the_image_is_told_by_its_environment() -> None:
    (found,) = serves(online([deployed("blue", None, environmentId="azureml:env:3")]))
    assert (found.model, found.version, found.source) == ("", "", "azureml:env:3")


def test_batch_endpoints_serve_by_their_default() -> None:
    def batch(default: Any, model: Any = "azureml:m:1") -> list[Deployment]:
        return serves(
            {
                "batchEndpoints": [{"name": "night", "properties": {"defaults": default}}],
                "batchEndpoints/night/deployments": [deployed("Nightly", model), deployed("old", "azureml:m:0")],
            }
        )

    (found,) = batch({"deploymentName": "nightly"})
    assert found == Deployment("m", "1", "night", "ws", since=MADE)
    assert batch({"deploymentName": "nightly"}, model=None) == []  # a pipeline
    for none in (None, {}, {"deploymentName": None}, {"deploymentName": "gone"}, 7):
        assert batch(none) == []


@pytest.mark.parametrize(
    ("properties", "counts"),
    [
        ({"modelSettings": {"modelId": "azureml://registries/r/models/n"}}, 1),
        ({"modelSettings": None}, 1),
        ({"endpointState": "Online", "provisioningState": "Succeeded"}, 1),
        ({"endpointState": "Suspended"}, 0),
        ({"provisioningState": "Failed"}, 0),
    ],
)
def test_serverless_endpoints(properties: dict[str, Any], counts: int) -> None:
    found = serves({"serverlessEndpoints": [{"name": "llama", "properties": properties}]})
    assert len(found) == counts
    assert all(one.model == "" and one.endpoint == "llama" and one.share is None for one in found)


def refusal(status: int, code: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message}})


def test_a_cloud_without_serverless_endpoints() -> None:
    message = "The resource type could not be found in the namespace 'Microsoft.MachineLearningServices'."
    assert serves({"serverlessEndpoints": refusal(404, "InvalidResourceType", message)}) == []
    with pytest.raises(PlatformUnanswered):
        serves({"serverlessEndpoints": refusal(404, "ResourceNotFound", "The workspace was not found.")})
    with pytest.raises(PlatformUnanswered):
        serves({"onlineEndpoints": refusal(404, "InvalidResourceType", message)})


def test_what_is_not_there_says_what_to_check() -> None:
    with pytest.raises(PlatformUnanswered) as caught:
        versions({"models": refusal(404, "ResourceGroupNotFound", "Resource group 'rg' could not be found.")})
    assert "Resource group 'rg' could not be found." in caught.value.message
    assert "resource_group" in caught.value.fix


@pytest.mark.parametrize(("status", "fix"), [(401, "az login"), (403, "AzureML Data Scientist")])
def test_refusals_say_how_to_mend_them(status: int, fix: str) -> None:
    with pytest.raises(PlatformUnanswered) as caught:
        versions({"models": refusal(status, "AuthorizationFailed", "The client has no authorization.")})
    assert fix in caught.value.fix


def lineage(job: Any, run: str = "j 1") -> Lineage:
    version = PlatformVersion("m", "1", "ws", run=run)
    ((_, told),) = platform({f"jobs/{run}": job}).lineage([version])
    return told


def test_training_ends_where_the_job_says_so() -> None:
    moments = {"EndTimeUtc": "2026-03-04T05:06:07Z", "StartTimeUtc": "2026-03-04 04:00:00"}
    job = {"properties": {"status": "Completed", "properties": moments}}
    began = datetime(2026, 3, 4, 4, tzinfo=UTC)
    assert lineage(job) == Lineage(datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC), began)
    job["properties"]["status"] = "Failed"
    assert lineage(job) == Lineage(None, began)
    assert lineage({"properties": {"status": "Completed"}, "systemData": SOME}) == Lineage()


@pytest.mark.parametrize("strange", [None, 7, "x", [], {"properties": {"EndTimeUtc": HUGE}, "inputs": [1]}])
def test_whatever_stands_in_a_job(strange: Any) -> None:
    assert lineage({"properties": strange}) == Lineage()
    job = {"properties": {"status": "Completed", "properties": strange, "inputs": strange, "taskDetails": strange}}
    assert lineage(job).trained is None


def test_data_of_a_job() -> None:
    inputs = {
        "a": {"jobInputType": "uri_folder", "uri": "azureml://a"},
        "b": {"jobInputType": "mlflow_model", "uri": "azureml:m:1"},
        "c": {"jobInputType": "literal", "value": "3"},
        "d": {"jobInputType": "uri_file", "uri": "azureml://a"},
        "e": None,
        "f": {"jobInputType": "mltable", "uri": None},
    }
    task = {"trainingData": {"jobInputType": "mltable", "uri": "azureml:t:1"}, "testData": None}
    assert lineage({"properties": {"inputs": inputs, "taskDetails": task}}).data == ("azureml://a", "azureml:t:1")


def test_a_job_is_asked_for_once_and_may_be_gone() -> None:
    asked: list[str] = []
    runs = ("j1", "j1", "", "gone")
    found = [PlatformVersion("m", str(number), "ws", run=run) for number, run in enumerate(runs)]
    moments = {"StartTimeUtc": "2026-03-04T04:00:00Z"}
    job = {"properties": {"properties": moments}}
    answers = {"jobs/j1": job, "jobs/gone": refusal(404, "UserError", "not found")}
    told = list(platform(answers, asked).lineage(found))
    assert [one for one, _ in told] == found
    assert [bool(how.began) for _, how in told] == [True, True, False, False]
    assert len(asked) == 2
    with pytest.raises(PlatformUnanswered):
        list(platform({"jobs/j1": refusal(403, "AuthorizationFailed", "no")}).lineage(found))


class Credential:
    """Gives tokens that last so many seconds after 1970, or raises."""

    def __init__(self, *answers: float | Exception) -> None:
        self.answers = list(answers) or [4e9]
        self.scopes: list[str] = []

    def get_token(self, scope: str) -> Any:
        self.scopes.append(scope)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(token=f"t{len(self.scopes)}", expires_on=answer)


def test_the_sign_in_goes_with_every_question_and_is_asked_for_once() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"value": []})

    credential = Credential()
    more: dict[str, Any] = {"url": "https://management.azure.com", "credential": credential}
    asking = platform({}, transport=httpx.MockTransport(answer), **more)
    list(asking.versions("ws"))
    list(asking.deployments("ws", []))
    assert seen == ["Bearer t1"] * 4
    assert credential.scopes == ["https://management.azure.com/.default"]


def test_a_token_is_renewed_before_it_ends() -> None:
    now = [0.0]
    sign_in = SignIn("https://a.example/", Deadline(20), Credential(1000.0, 5000.0), clock=lambda: now[0])
    assert sign_in.headers() == {"Authorization": "Bearer t1"}
    now[0] = 699
    assert sign_in.headers() == {"Authorization": "Bearer t1"}
    now[0] = 701
    assert sign_in.headers() == {"Authorization": "Bearer t2"}


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9/x"])
def test_an_emulator_gets_no_sign_in(url: str) -> None:
    credential = Credential(ValueError("must not be asked"))
    assert SignIn(url, Deadline(20), credential).headers() == {}
    assert credential.scopes == []


@pytest.mark.parametrize("url", ["http://azure.example", "http://127.0.0.1.evil.example"])
def test_a_sign_in_is_not_sent_unencrypted(url: str) -> None:
    credential = Credential()
    with pytest.raises(PlatformUnanswered, match="not encrypted"):
        SignIn(url, Deadline(20), credential).headers()
    assert credential.scopes == []


def test_a_sign_in_that_takes_too_long_is_left_behind() -> None:
    release = threading.Event()
    slow = SimpleNamespace(get_token=lambda scope: release.wait(30))
    sign_in = SignIn("https://a.example", Deadline(0.3), slow)
    with pytest.raises(PlatformUnanswered) as caught:
        sign_in.headers()
    release.set()
    assert "longer than 0.3 s" in caught.value.message
    assert "az login" in caught.value.fix


def test_a_sign_in_that_failed_is_not_tried_again() -> None:
    credential = Credential(ValueError("s3cret"))
    sign_in = SignIn("https://a.example", Deadline(20), credential)
    for _ in range(3):
        with pytest.raises(PlatformUnanswered, match=r"failed \(ValueError\)"):
            sign_in.headers()
    assert len(credential.scopes) == 1


def failures() -> list[tuple[Exception, str, str]]:
    from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
    from azure.identity import CredentialUnavailableError

    wrong = (
        "Authentication failed: AADSTS7000215: Invalid client secret provided. Ensure it is the value. "
        "Trace ID: 1234 Correlation ID: 5678 Timestamp: 2026\nmore"
    )
    return [
        (CredentialUnavailableError("no"), "There is no sign-in to Azure", "az login"),
        (ClientAuthenticationError("DefaultAzureCredential failed\n..."), "no sign-in", "AZURE_CLIENT_ID"),
        (ClientAuthenticationError(wrong), "AADSTS7000215: Invalid client secret provided.", "AZURE_CLIENT_SECRET"),
        (ServiceRequestError("no route; secret=s3cret"), "ServiceRequestError", "AZURE_TENANT_ID"),
        (OSError("az: s3cret"), "OSError", "az login"),
    ]


@pytest.mark.parametrize("number", range(5))
def test_every_failed_sign_in_says_what_to_do(number: int) -> None:
    error, message, fix = failures()[number]
    with pytest.raises(PlatformUnanswered) as caught:
        SignIn("https://a.example", Deadline(20), Credential(error)).headers()
    assert message in caught.value.message
    assert fix in caught.value.fix
    assert "s3cret" not in str(caught.value)
    assert "Trace ID" not in caught.value.message


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How azure-identity's chain was made."""
    made: list[dict[str, Any]] = []

    def default(**said: Any) -> Credential:
        made.append(said)
        return Credential()

    monkeypatch.setattr("azure.identity.DefaultAzureCredential", default)
    return made


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("management.azure.com", None),
        ("management.usgovcloudapi.net", "login.microsoftonline.us"),
        ("management.chinacloudapi.cn", "login.chinacloudapi.cn"),
    ],
)
def test_the_usual_chain_opens_no_browser(
    chain: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str, authority: str | None
) -> None:
    monkeypatch.delenv("AZURE_AUTHORITY_HOST", raising=False)
    assert SignIn(f"https://{host}", Deadline(5.5)).headers() == {"Authorization": "Bearer t1"}
    (said,) = chain
    assert said["exclude_interactive_browser_credential"] is True
    assert said.get("authority") == authority
    assert 0 < said["process_timeout"] <= 5


def test_an_authority_of_the_environment_goes_first(
    chain: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "login.example")
    SignIn("https://management.usgovcloudapi.net", Deadline(5)).headers()
    assert "authority" not in chain[0]


def test_a_chain_that_finds_nothing_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The real chain of azure-identity, on a machine without any sign-in."""
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "dev")  # asks no metadata service
    with pytest.raises(PlatformUnanswered, match="no sign-in"):
        SignIn("https://management.azure.com", Deadline(20)).headers()
    assert logging.getLogger("azure").handlers
    assert capfd.readouterr() == ("", "")


def test_without_azure_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(PlatformUnanswered) as caught:
        azureml_signin.default_credential("https://a.example", 5)
    assert "registry-sheets[azure]" in caught.value.fix


def test_importing_the_adapter_loads_nothing_of_azure() -> None:
    code = "import sys, registry_sheets.platforms.azureml; print({'httpx', 'azure.identity'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


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
