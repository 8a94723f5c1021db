"""Kubeflow: how versions came to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.platforms.base import with_lineage
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion
from tests.support.platforms.kubeflow import KubeflowServer, Store, kubeflow_server
from tests.support.platforms.kubeflow.asking import (
    KNOWN,
    NO_PATH,
    NONE,
    Answer,
    Answers,
    asking,
    opened,
    page,
    unanswered,
)
from tests.support.platforms.kubeflow.routes import OLDER


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


@pytest.fixture
def store(server: KubeflowServer) -> Store:
    server.reset()
    return server.store


def lineage(told: Mapping[str, Any], version: PlatformVersion | None = None) -> tuple[PlatformVersion, Lineage]:
    ((one, found),) = opened(Answers(told)).lineage([version or KNOWN])
    return one, found


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
