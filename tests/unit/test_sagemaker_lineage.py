"""SageMaker: how versions came to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import Lineage
from tests.support.platforms.sagemaker_asking import asked, checked_lab
from tests.support.platforms.sagemaker_lab import REGION, SagemakerLab, files
from tests.support.platforms.sagemaker_moto import ACCOUNT, Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture
def lab(server: Server) -> Iterator[SagemakerLab]:
    with checked_lab(server) as lab:
        yield lab


class TestLineage:
    def _lineage(self, lab: SagemakerLab) -> dict[str, Lineage]:
        platform = lab.open()
        found = {
            f"{one.model} {one.version}": lineage for one, lineage in platform.lineage(tuple(platform.versions(REGION)))
        }
        platform.close()
        return found

    def _in_the_graph(self, lab: SagemakerLab, version: str, *arns: str) -> None:
        artifact = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:artifact/{version * 8}"
        added = lab.server.of(REGION)
        added.artifacts[lab.arn("churn", version)] = [artifact]
        added.ascendants[artifact] = [{"Arn": arn} for arn in arns]

    def _component(self, name: str) -> str:
        return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:experiment-trial-component/{name}"

    def test_of_the_job_that_wrote_its_files(self, lab: SagemakerLab) -> None:
        lab.add("churn", **files(lab.train("churn-7", "s3://data/train", "s3://data/eval", "s3://data/train")))
        job = lab.server.backend(REGION).training_jobs["churn-7"]
        job.training_start_time = datetime(2026, 3, 4, 5, tzinfo=UTC)
        job.training_end_time = datetime(2026, 3, 4, 6, tzinfo=UTC)
        job.final_metric_data_list = [
            {"MetricName": "auc", "Value": 0.75, "Timestamp": job.training_end_time},
            {"MetricName": "nan", "Value": float("nan"), "Timestamp": job.training_end_time},
        ]
        assert self._lineage(lab) == {
            "churn 1": Lineage(
                datetime(2026, 3, 4, 6, tzinfo=UTC),
                datetime(2026, 3, 4, 5, tzinfo=UTC),
                ("s3://data/train", "s3://data/eval"),
                {"auc": 0.75},
            )
        }

    def test_twenty_versions_in_one_question(self, lab: SagemakerLab) -> None:
        for number in range(45):
            lab.add("churn", **files(lab.train(f"job-{number}", f"s3://data/{number}")))
        found = self._lineage(lab)
        assert {key: one.data for key, one in found.items()} == {
            f"churn {number + 1}": (f"s3://data/{number}",) for number in range(45)
        }
        assert asked(lab) == {"Search": 1 + 3, "ListModelPackages": 1}

    def test_by_the_graph_where_the_files_were_moved(self, lab: SagemakerLab) -> None:
        for name, data in (("old", "s3://old"), ("new", "s3://new"), ("broken", "s3://broken")):
            lab.train(name, data)
        jobs = lab.server.backend(REGION).training_jobs
        jobs["old"].training_end_time = datetime(2026, 1, 1, tzinfo=UTC)
        jobs["new"].training_end_time = datetime(2026, 2, 1, tzinfo=UTC)
        jobs["broken"].training_end_time = datetime(2026, 3, 1, tzinfo=UTC)
        jobs["broken"].training_job_status = "Failed"
        lab.add("churn", **files("s3://moved"))
        names = ("old-aws-training-job", "new-aws-training-job", "broken-aws-training-job", "x-aws-processing-job")
        artifacts = [f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:artifact/{'d' * 32}"]
        self._in_the_graph(lab, "1", *map(self._component, (*names, "deleted-aws-training-job")), *artifacts)
        found = self._lineage(lab)["churn 1"]
        assert (found.trained, found.data) == (datetime(2026, 2, 1, tzinfo=UTC), ("s3://new",))

    def test_several_pages_of_the_graph_and_a_job_described_once(self, lab: SagemakerLab) -> None:
        lab.train("only", "s3://data")
        lab.add("churn", 2)
        others = [self._component(f"p{number}-aws-processing-job") for number in range(60)]
        for version in "12":
            self._in_the_graph(lab, version, *others, self._component("only-aws-training-job"))
        assert {one.data for one in self._lineage(lab).values()} == {("s3://data",)}
        assert asked(lab)["QueryLineage"] == 4
        assert asked(lab)["DescribeTrainingJob"] == 1

    def test_without_any(self, lab: SagemakerLab) -> None:
        lab.add("churn", 2)
        gone = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:artifact/{'e' * 32}"
        lab.server.of(REGION).artifacts[lab.arn("churn", "2")] = [gone]
        assert self._lineage(lab) == {"churn 1": Lineage(), "churn 2": Lineage()}

    def test_denied_is_not_none(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.line.denied(*lab.denial, where="ListArtifacts")
        with pytest.raises(PlatformUnanswered, match="sagemaker:ListArtifacts"):
            self._lineage(lab)
