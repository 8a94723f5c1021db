"""Azure ML: how versions came to be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion
from tests.support.platforms.azureml.asking import HUGE, SOME, platform, refusal


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
