"""Vertex AI: how versions came to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import Lineage
from tests.support.platforms.vertex.asking import empty_lab, lineage, said
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving
from tests.support.platforms.vertex.training import data_set, evaluate, train

Json = dict[str, Any]
ENDED = datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
BEGAN = datetime(2026, 3, 4, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


@pytest.fixture
def lab(server: VertexServer) -> Iterator[VertexLab]:
    with empty_lab(server) as found:
        yield found


class TestLineage:
    def test_of_a_data_set(self, lab: VertexLab) -> None:
        lab.add("churn")
        parent = lab.world.parent(HERE)
        files = {"gcsSource": {"uri": ["gs://data/a.csv", "gs://data/b.csv"]}}
        config = {"datasetId": data_set(lab.world, parent, files), "gcsDestination": {"outputUriPrefix": "gs://out/"}}
        name = f"{lab.named('churn')}@1"
        train(lab.world, name, {"inputDataConfig": config})
        evaluate(lab.world, name, {"auPrc": 0.5})
        evaluate(
            lab.world, name, {"auPrc": 0.91, "logLoss": 1, "confusionMatrix": {"rows": []}, "note": "x", "b": True}
        )
        (told,) = lineage(lab)
        data = ("gs://data/a.csv", "gs://data/b.csv", "gs://out/")
        assert told == Lineage(ENDED, BEGAN, data, {"auPrc": 0.91, "logLoss": 1.0})

    def test_of_a_table(self, lab: VertexLab) -> None:
        lab.add("churn")
        own = data_set(lab.world, lab.world.parent(HERE), {"bigquerySource": {"uri": "bq://p.d.t"}})
        config = {"datasetId": own, "bigqueryDestination": {"outputUri": "bq://p"}}
        train(lab.world, f"{lab.named('churn')}@1", {"inputDataConfig": config})
        assert lineage(lab)[0].data == ("bq://p.d.t", "bq://p")

    def test_a_data_set_that_is_gone_or_tells_no_source_goes_by_its_name(self, lab: VertexLab) -> None:
        lab.add("churn", 2)
        own = data_set(lab.world, lab.world.parent(HERE), {})
        train(lab.world, f"{lab.named('churn')}@1", {"inputDataConfig": {"datasetId": own}})
        train(lab.world, f"{lab.named('churn')}@2", {"inputDataConfig": {"datasetId": "99"}})
        parent = f"{lab.world.parent(HERE)}/datasets"
        assert [one.data for one in lineage(lab)] == [(f"{parent}/{own}",), (f"{parent}/99",)]

    def test_a_data_set_is_asked_for_once(self, lab: VertexLab) -> None:
        lab.add("churn", 40)
        own = data_set(lab.world, lab.world.parent(HERE), {"gcsSource": {"uri": "gs://data/a.csv"}})
        for number in range(1, 41):
            train(lab.world, f"{lab.named('churn')}@{number}", {"inputDataConfig": {"datasetId": own}})
        assert {one.data for one in lineage(lab)} == {("gs://data/a.csv",)}
        assert sum("/datasets/" in asked for asked in lab.line.asked) <= 6  # those that are asked at once

    def test_custom_training_ends_with_its_job(self, lab: VertexLab) -> None:
        lab.add("churn")
        args = ["--train-data=gs://data/train.csv", "--epochs=3", "--input", "bq://p.d.t", "--model-dir=gs://out/"]
        args += ["--training-output=gs://out/", "gs://data/loose", "--data", "3", "--log-data=gs://log", "--test-data"]
        pools = [{"containerSpec": {"imageUri": "x", "args": args}}, {"pythonPackageSpec": {"args": None}}, None]
        train(lab.world, f"{lab.named('churn')}@1", {"trainingTaskInputs": {"workerPoolSpecs": pools}}, job={})
        assert lineage(lab) == [Lineage(ENDED, BEGAN, ("gs://data/train.csv", "bq://p.d.t"))]

    def test_a_custom_job_that_is_gone(self, lab: VertexLab) -> None:
        lab.add("churn")
        run = train(lab.world, f"{lab.named('churn')}@1", job={})
        del lab.world.others[lab.world.others[run]["trainingTaskMetadata"]["backingCustomJob"]]
        assert lineage(lab)[0].trained == datetime(2026, 3, 5, 0, 0, 1, tzinfo=UTC)

    @pytest.mark.parametrize("state", ["PIPELINE_STATE_FAILED", "PIPELINE_STATE_CANCELLED"])
    def test_what_ended_ill_did_not_end_training(self, lab: VertexLab, state: str) -> None:
        lab.add("churn")
        train(lab.world, f"{lab.named('churn')}@1", {"state": state})
        assert lineage(lab) == [Lineage(None, BEGAN)]

    def test_a_version_of_which_nothing_is_known(self, lab: VertexLab) -> None:
        lab.add("churn", 2)
        run = train(lab.world, f"{lab.named('churn')}@2")
        del lab.world.others[run]
        assert lineage(lab) == [Lineage(), Lineage()]

    def test_a_run_of_another_location_is_not_asked_for(self, lab: VertexLab) -> None:
        lab.add("churn")
        _, version = lab.world.version(f"{lab.named('churn')}@1")
        version["trainingPipeline"] = "projects/1/locations/asia-east1/trainingPipelines/7"
        assert lineage(lab) == [Lineage()]
        assert not any("asia" in asked for asked in lab.line.asked)

    @pytest.mark.parametrize("where", ["trainingPipelines", "datasets", "evaluations", "customJobs"])
    def test_denied_is_not_unknown(self, lab: VertexLab, where: str) -> None:
        lab.add("churn")
        train(lab.world, f"{lab.named('churn')}@1", {"inputDataConfig": {"datasetId": "9"}}, job={})
        lab.line.denied(*lab.denial, where=where)
        with pytest.raises(PlatformUnanswered, match="not let this account") as caught:
            lineage(lab)
        assert "roles/aiplatform.viewer" in caught.value.fix

    @pytest.mark.parametrize(
        "strange",
        [
            {"endTime": 10**400, "startTime": None, "inputDataConfig": {"datasetId": {"a": 1}, "gcsDestination": 7}},
            {"endTime": [], "trainingTaskMetadata": 7, "trainingTaskInputs": {"workerPoolSpecs": {"a": 1}}},
            {"trainingTaskInputs": {"workerPoolSpecs": [{"containerSpec": {"args": [1, None, "--data"]}}, 7]}},
            {"inputDataConfig": {"datasetId": ".."}, "trainingTaskMetadata": {"backingCustomJob": "../../x"}},
        ],
    )
    def test_what_is_not_what_it_should_be_is_left_out(self, lab: VertexLab, strange: Json) -> None:
        lab.add("churn")
        train(lab.world, f"{lab.named('churn')}@1")
        said(lab, "trainingPipelines", strange)
        said(lab, "models/.*/evaluations", {"modelEvaluations": [{"metrics": {"a": 10**400, "b": "1", "c": 2}}]})
        assert lineage(lab) == [Lineage(metrics={"c": 2.0})]
