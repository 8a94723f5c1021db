"""MLflow's own client as oracle: what it registers and reads at a real server, our adapter must read the same."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform
from registry_sheets.registry.platforms.values import Lineage
from tests.support.platforms.line import line_to
from tests.support.platforms.mlflow_server import mlflow_server
from tests.support.platforms.mlflow_world import END, NASTY, World, registered_world

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion


@pytest.fixture(scope="module")
def world() -> World:
    return registered_world(mlflow_server())


def test_every_field_as_the_client_reads_it(world: World) -> None:
    listed = world.listed()
    oracle = world.oracle()
    assert sorted(listed) == sorted((one.name, one.version) for one in oracle)
    assert len(oracle) == 7 + len(NASTY) + 4
    for theirs in oracle:
        ours = listed[theirs.name, theirs.version]
        assert ours.created == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=theirs.creation_timestamp)
        assert ours.stage == ("" if theirs.current_stage == "None" else theirs.current_stage)
        assert sorted(ours.aliases) == sorted(theirs.aliases)
        assert ours.source == theirs.source
        assert ours.run == (theirs.run_id or "")
        assert ours.created_by == (theirs.user_id or "")
        assert ours.description == (theirs.description or "")
        assert ours.tags == theirs.tags
        assert ours.id == f"models:/{theirs.name}/{theirs.version}"
        assert ours.scope == ""
        assert ours.lineage is None


def test_what_was_moved_deleted_and_renamed(world: World) -> None:
    listed = world.listed()
    assert {model for model, _ in listed} == {"fraud", *NASTY, "renamed", "copied", "logged"}
    assert [version for model, version in listed if model == "fraud"] == ["1", "3", "4", "5", "6", "7", "8"]
    assert listed["fraud", "1"].aliases == ()
    assert listed["fraud", "3"].aliases == ("Champion-EU", "champion")
    assert listed["renamed", "1"].aliases == ("champion",)
    assert [listed["fraud", version].stage for version in "1367"] == ["Archived", "", "", "Production"]


def test_owners(world: World) -> None:
    listed = world.listed()
    assert listed["fraud", "7"].owner == "Ana"
    assert listed["fraud", "1"].owner == "team fraud"
    assert listed["renamed", "1"].owner == ""


def test_pages_of_runs(world: World) -> None:
    listed = world.listed()
    assert listed["fraud", "8"].run_link == "https://other.example/#/experiments/1/runs/2"
    assert listed["fraud", "1"].run_link == f"{world.server.url}/#/runs/{world.runs['whole']}"
    assert listed["renamed", "1"].run_link == ""


def test_the_page_of_a_run_is_one_of_mlflows(world: World) -> None:
    """The address without the experiment is in the routes of the pages that come with the server."""
    found = importlib.util.find_spec("mlflow")
    assert found
    assert found.origin
    scripts = Path(found.origin).parent.glob("server/js/build/static/js/main*.js")
    assert any('"/runs/:runUuid"' in script.read_text(encoding="utf-8") for script in scripts)


def test_what_counts_as_live(world: World) -> None:
    def live(*patterns: str) -> set[tuple[str, str, str]]:
        platform = world.platform(patterns)
        found = platform.deployments("", tuple(platform.versions("")))
        return {(one.model, one.version, one.endpoint) for one in found}

    production = ("fraud", "7", "Production")
    champions = {("fraud", "3", "@champion"), ("renamed", "1", "@champion")}
    assert live("champion", "champion-*") == {production, *champions, ("fraud", "3", "@Champion-EU")}
    assert live("CHAMPION") == {production, *champions}
    assert live("chall*") == {production, ("fraud", "4", "@challenger")}
    assert live() == {production}


def _expected(world: World, version: ModelVersion) -> Lineage:
    """By MLflow's own client and its own reading of where a dataset is."""
    from mlflow.exceptions import MlflowException

    try:
        run = world.client.get_run(str(version.run_id))
    except MlflowException:
        return Lineage()
    if run.info.lifecycle_stage != "active":
        return Lineage()
    assert run.inputs
    return Lineage(
        trained=_moment(run.info.end_time),
        began=_moment(run.info.start_time),
        data=tuple(_where(one.dataset) for one in run.inputs.dataset_inputs),
        metrics={key: value for key, value in run.data.metrics.items() if abs(value) < sys.float_info.max},
    )


def _moment(millis: int | None) -> datetime | None:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis) if millis else None


def _where(dataset: Any) -> str:
    from mlflow.data.dataset_source_registry import get_dataset_source_from_json

    source: Any = get_dataset_source_from_json(dataset.source, dataset.source_type)
    return str(source.url if hasattr(source, "url") else source.uri)


def test_lineage_as_the_client_reads_it(world: World) -> None:
    lineage = world.lineage()
    oracle = world.oracle()
    assert sorted(lineage) == sorted((one.name, one.version) for one in oracle)
    checked = 0
    for version in oracle:
        if version.run_id and version.run_id != world.runs["contexts"]:
            ours, theirs = lineage[version.name, version.version], _expected(world, version)
            assert ours._replace(data=()) == theirs._replace(data=())
            assert sorted(ours.data) == sorted(theirs.data)
            checked += 1
    assert checked == 7


def test_lineage_in_numbers(world: World) -> None:
    lineage = world.lineage()
    whole = lineage["fraud", "1"]
    assert whole.trained == END
    assert set(whole.data) == {"s3://bucket/night.csv", "/srv/data/день.parquet"}
    assert whole.metrics == {"auc": 0.91, "size / of_a: b-1.x": -1e-300}
    assert lineage["copied", "1"] == whole
    assert lineage["fraud", "3"].trained == END
    assert lineage["fraud", "4"] == Lineage()
    assert lineage["fraud", "5"].trained is None
    assert lineage["fraud", "5"].began is not None
    assert lineage["fraud", "6"] == lineage["fraud", "8"] == Lineage()


def test_only_the_training_data_where_runs_tell(world: World) -> None:
    assert world.lineage()["logged", "1"].data == ("https://data.example/train.csv?v=1",)


def test_a_logged_model_without_a_run(world: World) -> None:
    assert world.lineage()["logged", "2"] == Lineage(metrics={"f1": 0.5})


def test_many_runs_in_few_questions_tell_the_same(world: World) -> None:
    """The versions of above among more runs than one question takes."""
    before = world.lineage()
    seeded = world.server.seed("crowd", 600, runs=True)
    try:
        with line_to(world.server.url) as line:
            platform = MlflowPlatform("our mlflow", line.url, Deadline(60), environment={})
            versions = tuple(platform.versions(""))
            line.asked.clear()
            after = {(one.model, one.version): told for one, told in platform.lineage(versions)}
            questions = [said.split("?")[0].rpartition("/2.0/")[2] for said in line.asked]
        assert {key: after[key] for key in before} == before
        for one in versions:
            if one.model == "crowd":
                told = after["crowd", one.version]
                assert one.created
                assert told.trained == one.created - timedelta(minutes=1)
                assert told.data == (f"s3://data/crowd/{one.version}.csv",)
                assert told.metrics == {"auc": int(one.version) / 10_000}
        assert len(seeded) == 600
        assert questions.count("mlflow/experiments/search") == 1
        assert questions.count("mlflow/runs/search") == 3
        assert len(questions) <= 7
    finally:
        world.client.delete_registered_model("crowd")
