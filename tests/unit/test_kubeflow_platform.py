"""The adapter of Kubeflow where the registry is not as it should be: strange answers, things that vanish, sign-in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.base import with_lineage
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.kubeflow import KubeflowPlatform
from registry_sheets.platforms.kubeflow_api import base_address
from registry_sheets.platforms.kubeflow_sign_in import KubeflowSignIn
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.kubeflow import KubeflowServer, Store, kubeflow_server
from tests.support.platforms.kubeflow.routes import OLDER, V1

IN_CLUSTER = "http://model-registry-service.kubeflow.svc.cluster.local:8080"
NONE = (404, {"code": "", "message": "not found"})
NO_PATH = (404, None)

Answer = tuple[int, Any]


def page(*items: Any, token: str = "") -> Answer:
    return 200, {"items": list(items), "nextPageToken": token, "pageSize": 500, "size": len(items)}


class Answers:
    """A registry that answers by path (below v1 unless it says another version): what is not told is empty."""

    def __init__(self, told: Mapping[str, Answer | list[Answer]]) -> None:
        self.told = {path if path.startswith("v1") else f"v1/{path}": answer for path, answer in told.items()}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.raw_path.decode().partition("?")[0].removeprefix("/api/model_registry/")
        empty = page() if path.endswith("s") else NONE
        answer = self.told.get(path, empty if path.startswith("v1/") else NO_PATH)
        status, body = answer.pop(0) if isinstance(answer, list) else answer
        if body is None or isinstance(body, str):
            return httpx.Response(status, text=body or "404 page not found")
        return httpx.Response(status, json=body)

    def paths(self) -> list[str]:
        return [one.url.raw_path.decode().partition("?")[0].removeprefix("/api/model_registry/") for one in self.asked]


def opened(answers: Callable[[httpx.Request], httpx.Response], **more: Any) -> KubeflowPlatform:
    deadline = Deadline(30, sleep=lambda _seconds: None)
    more = {"environment": {}, "url": IN_CLUSTER, **more}
    return KubeflowPlatform("k", deadline=deadline, transport=httpx.MockTransport(answers), **more)


def versions(told: Mapping[str, Any], **more: Any) -> list[PlatformVersion]:
    return list(opened(Answers(told), **more).versions(""))


def deployments(told: Mapping[str, Any], *known: PlatformVersion) -> list[Deployment]:
    return list(opened(Answers(told)).deployments("", known))


def lineage(told: Mapping[str, Any], version: PlatformVersion | None = None) -> tuple[PlatformVersion, Lineage]:
    ((one, found),) = opened(Answers(told)).lineage([version or KNOWN])
    return one, found


def unanswered(call: Callable[[], object]) -> PlatformUnanswered:
    with pytest.raises(PlatformUnanswered) as caught:
        call()
    assert caught.value.message
    assert caught.value.fix
    return caught.value


CHURN = {"id": "1", "name": "churn", "owner": "ana", "state": "LIVE"}
FIRST = {"id": "2", "name": "v1", "registeredModelId": "1", "state": "LIVE"}
KNOWN = PlatformVersion("churn", "v1", id="2")
SERVICE = {
    "id": "7",
    "name": "front",
    "registeredModelId": "1",
    "servingEnvironmentId": "5",
    "desiredState": "DEPLOYED",
}


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


@pytest.fixture
def store(server: KubeflowServer) -> Store:
    server.reset()
    return server.store


def asking(server: KubeflowServer) -> KubeflowPlatform:
    return KubeflowPlatform("k", server.url, Deadline(60), environment={})


# ------------------------------------------------------------------------------------------------------ its versions


@pytest.mark.parametrize("status", [401, 403, 400])
def test_a_denied_v1_is_not_an_older_registry(status: int) -> None:
    answers = Answers({"registered_models": (status, {"message": "no"}), f"{OLDER}/registered_models": page(CHURN)})
    assert str(status) in unanswered(lambda: list(opened(answers).versions(""))).message
    assert set(answers.paths()) == {"v1/registered_models"}


def test_a_failing_v1_is_not_an_older_registry() -> None:
    answers = Answers({"registered_models": (500, {"message": "database is gone"}), f"{OLDER}/model_versions": page()})
    assert "database is gone" in unanswered(lambda: list(opened(answers).versions(""))).message


@pytest.mark.parametrize("missing", [NO_PATH, (404, {"message": "no Route matched"})])
def test_without_v1_the_older_is_asked(missing: Answer) -> None:
    told = {f"{V1}/registered_models": missing, f"{OLDER}/registered_models": page(CHURN)}
    (one,) = versions({**told, f"{OLDER}/model_versions": page(FIRST)})
    assert (one.model, one.version) == ("churn", "v1")


def test_neither_is_no_registry() -> None:
    told = unanswered(lambda: versions({"registered_models": NO_PATH}))
    assert "404" in told.message
    assert "Kubeflow Model Registry" in told.fix


@pytest.mark.parametrize("below", ["", "/", "/api/model_registry", "/api/model_registry/v1alpha3/registered_models"])
def test_an_address_may_be_that_of_the_api(below: str) -> None:
    assert base_address(f"https://mr.example.com/kubeflow{below}") == "https://mr.example.com/kubeflow"


# ------------------------------------------------------------------------------------------------------ its listings


def test_5000_versions_are_not_5000_calls(server: KubeflowServer, store: Store) -> None:
    store.seed("churn", 5000)
    store.deploy("churn", "v17", "front")
    platform = asking(server)
    found = list(platform.versions(""))
    assert len({one.id for one in found}) == 5000
    assert [one.version for one in platform.deployments("", found)] == ["v17"]
    assert len(server.exchanges) <= 16


def test_a_short_page_is_not_the_last_and_an_empty_one_neither() -> None:
    second = {**FIRST, "id": "3", "name": "v2"}
    pages = [page(FIRST, token="a"), page(token="b"), page(second)]
    assert [one.version for one in versions({"registered_models": page(CHURN), "model_versions": pages})] == [
        "v1",
        "v2",
    ]


def test_pages_that_go_round_in_a_circle() -> None:
    told = {"registered_models": page(CHURN), "model_versions": page(FIRST, token="again")}
    assert "circle" in unanswered(lambda: versions(told)).message


@pytest.mark.parametrize("reply", [{}, {"registered_models": []}, {"message": "hello"}])
def test_an_answer_without_items_is_no_empty_listing(reply: Any) -> None:
    unanswered(lambda: versions({"registered_models": (200, reply)}))


@pytest.mark.parametrize("items", ["x", 7, [1], [None], {"a": 1}])
def test_items_that_are_no_list_of_objects(items: Any) -> None:
    unanswered(lambda: versions({"model_versions": (200, {"items": items, "nextPageToken": ""})}))


def test_null_is_what_go_says_for_an_empty_list() -> None:
    assert versions({"model_versions": (200, {"items": None, "nextPageToken": "", "size": 0})}) == []


def test_a_page_that_fails_for_good_after_others() -> None:
    pages = [page(FIRST, token="a"), *[(500, {"message": "oops"})] * 5]
    found: list[PlatformVersion] = []
    platform = opened(Answers({"registered_models": page(CHURN), "model_versions": pages}))
    unanswered(lambda: found.extend(platform.versions("")))
    assert [one.version for one in found] == ["v1"]


# ------------------------------------------------------------------------------------------------------ its versions


@pytest.mark.parametrize(
    ("model", "version", "stage"),
    [("LIVE", "LIVE", ""), ("ARCHIVED", "LIVE", "Archived"), ("LIVE", "ARCHIVED", "Archived"), (None, None, "")],
)
def test_archived_is_a_version_or_its_model(model: str | None, version: str | None, stage: str) -> None:
    told = {"registered_models": page({**CHURN, "state": model}), "model_versions": page({**FIRST, "state": version})}
    assert [one.stage for one in versions(told)] == [stage]


def test_custom_properties_are_tags() -> None:
    properties = {
        "text": {"metadataType": "MetadataStringValue", "string_value": "наука"},
        "int": {"metadataType": "MetadataIntValue", "int_value": "300"},
        "double": {"metadataType": "MetadataDoubleValue", "double_value": 0.5},
        "bool": {"metadataType": "MetadataBoolValue", "bool_value": False},
        "struct": {"metadataType": "MetadataStructValue", "struct_value": "e30="},
        "null": None,
        "list": [1],
        "nothing": {"string_value": None},
    }
    told = {"registered_models": page(CHURN), "model_versions": page({**FIRST, "customProperties": properties})}
    assert [one.tags for one in versions(told)] == [{"text": "наука", "int": "300", "double": "0.5", "bool": "false"}]


@pytest.mark.parametrize("strange", [None, [], {}, "", "x", "-5", 10**400, "9" * 400, 1e308])
def test_no_moment_is_none(strange: Any) -> None:
    told = {"registered_models": page(CHURN), "model_versions": page({**FIRST, "createTimeSinceEpoch": strange})}
    (one,) = versions(told)
    assert one.created is None


@pytest.mark.parametrize("strange", [None, 7, [], {"a": 1}, True])
def test_fields_of_another_kind_break_nothing(strange: Any) -> None:
    more = dict.fromkeys(("author", "description", "state", "customProperties", "name"), strange)
    model = {"id": 1, "name": "churn", "owner": strange, "state": strange}
    (one,) = versions({"registered_models": page(model), "model_versions": page({**FIRST, **more})})
    said = "7" if strange == 7 else ""
    assert (one.owner, one.created_by, one.version, one.tags) == (said, said, said or "2", {})


@pytest.mark.parametrize("listed", [{"name": "v1", "registeredModelId": "1"}, {"id": "2", "name": "v1"}])
def test_what_cannot_be_joined_is_not_left_out_in_silence(listed: Any) -> None:
    unanswered(lambda: versions({"registered_models": page(CHURN), "model_versions": page(listed)}))


def test_a_model_newer_than_the_listing_is_asked_for_once() -> None:
    answers = Answers(
        {
            "model_versions": page(FIRST, {**FIRST, "id": "3", "name": "v2"}),
            "registered_models/1": (200, {**CHURN, "state": "ARCHIVED"}),
        }
    )
    found = list(opened(answers).versions(""))
    assert [(one.model, one.owner, one.stage) for one in found] == [("churn", "ana", "Archived")] * 2
    assert answers.paths().count("v1/registered_models/1") == 1


def test_a_version_whose_model_vanished_meanwhile() -> None:
    gone = {**FIRST, "id": "3", "registeredModelId": "9"}
    found = versions({"registered_models": page(CHURN), "model_versions": page(gone, FIRST)})
    assert [one.id for one in found] == ["2"]


def test_a_model_at_which_the_server_fails_has_not_vanished() -> None:
    told = {"model_versions": page(FIRST), "registered_models/1": NO_PATH}
    assert "404" in unanswered(lambda: versions(told)).message


@pytest.mark.parametrize(
    ("identifier", "path"),
    [("a/b?c#d%", "a%2Fb%3Fc%23d%25"), ("..", "%2E%2E"), ("модель", "%D0%BC%D0%BE%D0%B4%D0%B5%D0%BB%D1%8C")],
)
def test_ids_are_free_text(identifier: str, path: str) -> None:
    version = {**FIRST, "registeredModelId": identifier}
    told = {"model_versions": page(version), f"registered_models/{path}": (200, {**CHURN, "id": identifier})}
    assert [one.model for one in versions(told)] == ["churn"]


def test_an_id_that_no_address_can_hold() -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/model_versions"):
            return httpx.Response(200, text='{"items": [{"id": "2", "registeredModelId": "\\ud800"}], "size": 1}')
        return (
            httpx.Response(200, json=page()[1]) if request.url.path.endswith("s") else httpx.Response(404, json=NONE[1])
        )

    assert list(opened(answers).versions("")) == []


# -------------------------------------------------------------------------------------------------------- what serves


def test_what_serves_and_where(server: KubeflowServer, store: Store) -> None:
    store.seed("churn", 2)
    store.deploy("churn", "v1", "front/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "prod")
    undeployed = store.deploy("churn", "v1", "back")
    store.update("InferenceService", undeployed["id"], {"desiredState": "UNDEPLOYED"})
    store.deploy("churn", "", "latest", "test")
    platform = asking(server)
    found = list(platform.deployments("", list(platform.versions(""))))
    assert [(one.endpoint, one.environment, one.version, one.share) for one in found] == [
        ("front", "prod", "v1", None),
        ("latest", "test", "v2", None),
    ]
    assert all(one.since and one.since.tzinfo is UTC for one in found)


@pytest.mark.parametrize(("state", "serves"), [("DEPLOYED", 1), ("UNDEPLOYED", 0), (None, 1), ("PAUSED", 0)])
def test_deployed_is_the_default(state: str | None, serves: int) -> None:
    told = {"inference_services": page({**SERVICE, "modelVersionId": "2", "desiredState": state})}
    assert len(deployments(told, KNOWN)) == serves


def test_environments_are_not_asked_for_where_nothing_serves() -> None:
    answers = Answers({"inference_services": page({**SERVICE, "desiredState": "UNDEPLOYED"})})
    assert list(opened(answers).deployments("", [])) == []
    assert "v1/serving_environments" not in answers.paths()


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("front/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "front"),
        ("a/b", "a/b"),
        ("/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "/3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        (None, "7"),
    ],
)
def test_a_service_goes_by_its_name(name: str | None, endpoint: str) -> None:
    told = {"inference_services": page({**SERVICE, "name": name, "modelVersionId": "2"})}
    assert [one.endpoint for one in deployments(told, KNOWN)] == [endpoint]


def test_a_service_without_a_version_serves_what_the_registry_says() -> None:
    told = {"inference_services": page(SERVICE), "inference_services/7/version": (200, FIRST)}
    (one,) = deployments(told, KNOWN._replace(source="s3://a"))
    assert (one.model, one.version, one.source) == ("churn", "v1", "s3://a")


def test_a_service_of_a_model_without_versions_serves_nothing_registered() -> None:
    told = {"inference_services": page(SERVICE), "inference_services/7": (200, SERVICE)}
    (one,) = deployments({**told, "registered_models/1": (200, CHURN)})
    assert (one.model, one.version, one.endpoint) == ("", "", "front")
    assert "churn" in one.source


def test_a_service_that_vanished_meanwhile_serves_nothing() -> None:
    assert deployments({"inference_services": page(SERVICE)}) == []


def test_a_version_that_the_registry_does_not_have_serves_all_the_same() -> None:
    (one,) = deployments({"inference_services": page({**SERVICE, "modelVersionId": "99"})}, KNOWN)
    assert (one.model, one.version, one.endpoint) == ("", "", "front")
    assert "99" in one.source


def test_a_version_newer_than_the_listing_is_asked_for() -> None:
    told = {
        "inference_services": page({**SERVICE, "modelVersionId": "3"}),
        "model_versions/3": (200, {**FIRST, "id": "3", "name": "v2"}),
        "registered_models/1": (200, CHURN),
    }
    assert [(one.model, one.version) for one in deployments(told, KNOWN)] == [("churn", "v2")]


def test_a_path_that_nobody_serves_is_not_a_version_that_vanished() -> None:
    told = {"inference_services": page(SERVICE), "inference_services/7/version": NO_PATH}
    assert "404" in unanswered(lambda: deployments(told)).message


@pytest.mark.parametrize(("answer", "name"), [((200, {"id": "5", "name": "prod"}), "prod"), (NONE, "")])
def test_an_environment_that_is_not_in_the_listing(answer: Answer, name: str) -> None:
    services = page({**SERVICE, "modelVersionId": "2"}, {**SERVICE, "id": "8", "modelVersionId": "2"})
    answers = Answers({"inference_services": services, "serving_environments/5": answer})
    found = list(opened(answers).deployments("", [KNOWN]))
    assert [one.environment for one in found] == [name, name]
    assert answers.paths().count("v1/serving_environments/5") == 1


def test_environments_that_are_denied_make_the_answer_incomplete() -> None:
    told = {"inference_services": page({**SERVICE, "modelVersionId": "2"}), "serving_environments": (403, {})}
    assert "403" in unanswered(lambda: deployments(told, KNOWN)).message


# ------------------------------------------------------------------------------------------------------- its lineage

OLD = f"{OLDER}/registered_models"
RUN = {"id": "9", "name": "nightly", "startTimeSinceEpoch": "1767225600000", "endTimeSinceEpoch": "1767232800000"}
MODEL = {"artifactType": "model-artifact", "uri": "s3://m/1", "state": "LIVE"}


def of_run(run: Answer, *artifacts: Any) -> dict[str, Answer]:
    """A version whose artifact is of run 9."""
    return {
        OLD: page(),
        f"{OLDER}/model_versions/2/artifacts": page({**MODEL, "experimentRunId": "9"}),
        f"{OLDER}/experiment_runs/9": run,
        f"{OLDER}/experiment_runs/9/artifacts": page(*artifacts),
    }


def test_a_registration_is_no_training_date(server: KubeflowServer, store: Store) -> None:
    store.seed("churn", 1)
    (version,) = asking(server).versions("")
    store.attach(version.id, MODEL)
    ((one, found),) = asking(server).lineage([version])
    assert one == version._replace(source="s3://m/1")
    assert found == Lineage()


@pytest.mark.parametrize(("status", "known"), [("FINISHED", True), (None, True), ("FAILED", False), ("KILLED", False)])
def test_a_run_tells_when_training_ended(status: str | None, known: bool) -> None:
    one, found = lineage(of_run((200, {**RUN, "status": status})))
    assert found.began == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.trained == (datetime(2026, 1, 1, 2, tzinfo=UTC) if known else None)
    assert one.run == "nightly"


def test_a_run_that_has_not_ended() -> None:
    _, found = lineage(
        of_run((200, {"id": "9", "createTimeSinceEpoch": "1767225600000", "lastUpdateTimeSinceEpoch": "1"}))
    )
    assert (found.trained, found.began) == (None, None)


def test_data_and_metrics_of_the_run() -> None:
    data = {"artifactType": "dataset-artifact"}
    metric = {"artifactType": "metric", "name": "auc"}
    artifacts = (
        {**data, "uri": "s3://d/1", "source": "other"},
        {**data, "source": "SELECT 1"},
        {**data, "uri": "s3://d/1"},
        {**data, "uri": "s3://gone", "state": "DELETED"},
        {**data},
        *(
            {**metric, "name": name, "value": value}
            for name, value in {"a": 10**400, "b": True, "c": "1", "d": 1}.items()
        ),
        {**metric, "value": None},
        {"artifactType": "metric", "value": 2},
        {"artifactType": ["metric"], "value": 2, "name": "x"},
    )
    _, found = lineage(of_run((200, RUN), *artifacts))
    assert (found.data, found.metrics) == (("s3://d/1", "SELECT 1"), {"d": 1.0})


@pytest.mark.parametrize("value", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_metric_that_is_no_number(value: str) -> None:
    reply = '{"items": [{"artifactType": "metric", "name": "a", "value": %s}], "nextPageToken": ""}'
    assert lineage({"model_versions/2/artifacts": (200, reply % value)})[1].metrics == {}


def test_a_run_that_vanished() -> None:
    one, found = lineage(of_run(NONE))
    assert (one.source, one.run, found) == ("s3://m/1", "", Lineage())


def test_a_run_is_asked_for_once() -> None:
    told = {**of_run((200, RUN)), f"{OLDER}/model_versions/3/artifacts": page({**MODEL, "experimentRunId": "9"})}
    answers = Answers(told)
    found = list(opened(answers).lineage([KNOWN, KNOWN._replace(version="v2", id="3")]))
    assert [one.run for one, _ in found] == ["nightly", "nightly"]
    assert answers.paths().count(f"{OLDER}/experiment_runs/9") == 1


@pytest.mark.parametrize(
    ("told", "run"),
    [
        ({"modelSourceKind": "kfp", "modelSourceId": "r1"}, "r1"),
        ({"modelSourceKind": "pipelines", "modelSourceName": "named"}, "named"),
        ({"modelSourceClass": "PipelineRun", "modelSourceId": "r2"}, "r2"),
        ({"modelSourceKind": "catalog", "modelSourceId": "granite"}, ""),
    ],
)
def test_a_source_is_a_run_where_it_says_so(told: Any, run: str) -> None:
    assert lineage({"model_versions/2/artifacts": page({**MODEL, **told})})[0].run == run


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_without_the_older_api_v1_tells_of_artifacts(status: int) -> None:
    told = {OLD: (status, {"message": "no"}), "model_versions/2/artifacts": page(MODEL)}
    assert lineage(told)[0].source == "s3://m/1"


def test_an_older_api_that_fails_makes_the_answer_incomplete() -> None:
    unanswered(lambda: lineage({OLD: (500, {"message": "no"}), "model_versions/2/artifacts": page(MODEL)}))


def test_artifacts_of_a_version_that_vanished_and_of_one_that_is_denied() -> None:
    assert lineage({"model_versions/2/artifacts": NONE}) == (KNOWN, Lineage())
    unanswered(lambda: lineage({"model_versions/2/artifacts": NO_PATH}))
    unanswered(lambda: lineage({"model_versions/2/artifacts": (403, {})}))


def test_artifacts_come_in_pages_too() -> None:
    data = {"artifactType": "dataset-artifact", "uri": "s3://d"}
    pages = [page(data, token="a"), page(MODEL)]
    one, found = lineage({"model_versions/2/artifacts": pages})
    assert (one.source, found.data) == ("s3://m/1", ("s3://d",))


def test_the_source_that_lineage_tells_gets_into_the_answer() -> None:
    other = KNOWN._replace(version="v2", id="3")
    told = lineage({"model_versions/2/artifacts": page(MODEL)})
    assert with_lineage([KNOWN, other], [told]) == (KNOWN._replace(source="s3://m/1", lineage=Lineage()), other)


# ------------------------------------------------------------------------------------------------------- its sign-in


def sign_in(url: str = IN_CLUSTER, **more: Any) -> KubeflowSignIn:
    return KubeflowSignIn(url, **{"environment": {}, "pod_token": Path("/nowhere"), **more})


def token_file(folder: Path, said: str = "tok") -> Path:
    (folder / "token").write_text(said + "\n")
    return folder / "token"


def test_the_token_is_sent_with_every_question() -> None:
    answers = Answers({})
    list(opened(answers, environment={"T": " tok "}, token_env="T").versions(""))
    assert {one.headers["Authorization"] for one in answers.asked} == {"Bearer tok"}


def test_without_a_token_none_is_sent() -> None:
    assert sign_in().headers() == {}


def test_a_file_is_read_again_for_every_question(tmp_path: Path) -> None:
    one = sign_in(token_file=str(token_file(tmp_path, "a")))
    assert one.headers() == {"Authorization": "Bearer a"}
    token_file(tmp_path, "b")
    assert one.headers() == {"Authorization": "Bearer b"}


def test_what_the_config_names_comes_first(tmp_path: Path) -> None:
    pod = token_file(tmp_path, "pod")
    named = tmp_path / "named"
    named.write_text("named")
    environment = {"T": "variable", "KF_PIPELINES_SA_TOKEN_PATH": str(named)}
    assert (
        sign_in(environment=environment, token_env="T", pod_token=pod).headers()["Authorization"] == "Bearer variable"
    )
    assert sign_in(environment=environment, pod_token=pod).headers()["Authorization"] == "Bearer named"
    assert sign_in(pod_token=pod).headers()["Authorization"] == "Bearer pod"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (IN_CLUSTER, True),
        ("http://mr.kubeflow.svc:8080", True),
        ("http://mr.kubeflow.svc.:8080", True),
        ("https://mr.example.com", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://mr.example.com", False),
        ("http://mr.kubeflow.svc.cluster.local@evil.example.com", False),
        ("http://evil.example.com/x.svc", False),
        ("http://localhost.example.com", False),
        ("http://mr.kubeflow.svc.example.com", False),
        ("http://notsvc", False),
    ],
)
@pytest.mark.parametrize("variable", [False, True])
def test_a_clusters_own_token_goes_over_no_open_line(url: str, sent: bool, variable: bool, tmp_path: Path) -> None:
    own = token_file(tmp_path, "pod")
    one = (
        sign_in(url, environment={"KF_PIPELINES_SA_TOKEN_PATH": str(own)}) if variable else sign_in(url, pod_token=own)
    )
    assert bool(one.headers()) is sent
    assert ("plain http" in one.how()) is not sent


def test_a_token_of_the_config_goes_where_the_config_says() -> None:
    one = sign_in("http://mr.example.com", environment={"T": "tok"}, token_env="T")
    assert one.headers() == {"Authorization": "Bearer tok"}


@pytest.mark.parametrize("said", ["", "  ", "two words", "a\nb", "ключ", "a\x00b"])
def test_what_is_no_token_is_said_without_saying_it(said: str, tmp_path: Path) -> None:
    for one in (
        sign_in(environment={"T": said}, token_env="T"),
        sign_in(token_file=str(token_file(tmp_path, said))),
        sign_in(pod_token=token_file(tmp_path, said)),
    ):
        told = unanswered(one.headers)
        assert not said.strip() or said not in str(told)
        assert "holds no" in told.message or "no token" in told.message


def test_a_variable_that_is_not_set_is_named() -> None:
    assert "MR_TOKEN" in unanswered(sign_in(token_env="MR_TOKEN").headers).message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "binary"):
        assert str(path) in unanswered(sign_in(token_file=str(path)).headers).message
    variable = sign_in(environment={"KF_PIPELINES_SA_TOKEN_PATH": str(tmp_path / "none")})
    assert "KF_PIPELINES_SA_TOKEN_PATH" in unanswered(variable.headers).fix


def test_a_refused_token_says_where_it_came_from(server: KubeflowServer, store: Store) -> None:
    server.token = "right"
    told = unanswered(
        lambda: list(
            KubeflowPlatform("k", server.url, Deadline(9), environment={"T": "wrong"}, token_env="T").versions("")
        )
    )
    assert "401" in told.message
    assert "variable T " in told.fix
    assert "wrong" not in str(told)
    assert sign_in(token_file="/x/token").how().count("/x/token") == 1
    assert "token_env" in sign_in().how()


@pytest.mark.parametrize("name", ["ca.pem", "none.pem"])
def test_certificates_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    told = unanswered(lambda: versions({}, ca_file=str(tmp_path / name)))
    assert str(tmp_path / name) in told.message


def test_a_certificate_authority_of_its_own(tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    assert versions({}, ca_file=str(tmp_path / "ca.pem")) == []


# ------------------------------------------------------------------------------------------------------- and besides


def test_closing_what_was_never_asked_opens_nothing() -> None:
    platform = opened(Answers({}), token_env="NOT_SET", ca_file="/nowhere")
    assert platform.scopes == ("",)
    platform.close()


def test_a_configured_adapter_costs_nothing_until_it_asks() -> None:
    code = "import sys, registry_sheets.platforms.kubeflow as k; assert k and 'httpx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_denial_names_the_rights() -> None:
    told = unanswered(lambda: versions({"registered_models": (403, {"message": "RBAC: access denied"})}))
    assert re.search("AuthorizationPolicy|registry-user", told.fix)
    assert "RBAC: access denied" in told.message
