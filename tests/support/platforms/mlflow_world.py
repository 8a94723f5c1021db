"""What MLflow's own client registers at a real server: moved, deleted, renamed, copied, with runs and without."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion
from tests.support.platforms.mlflow_server import MlflowServer

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput
    from mlflow.entities.model_registry import ModelVersion

NASTY = (
    "Kältemittel 'x' \"y\"",
    "ночь",
    "模型-7 🙂",
    "a%b_c?d&e=f#g+h",
    "two\nlines\ttab",
    " blanks ",
    "<script>{{7*7}}\\",
    "x" * 250,
)
END = datetime(2026, 3, 4, 5, 6, 7, 89000, UTC)


@dataclass
class World:
    """What was registered; ``runs`` and ``models`` by a name of the tests' own."""

    server: MlflowServer
    client: MlflowClient
    runs: dict[str, str] = field(default_factory=dict)

    def platform(self, live: Sequence[str] = ("champion", "champion-*")) -> MlflowPlatform:
        return MlflowPlatform("our mlflow", self.server.url, Deadline(60), live=live, environment={})

    def listed(self) -> dict[tuple[str, str], PlatformVersion]:
        versions = list(self.platform().versions(""))
        assert len(versions) == len({(one.model, one.version) for one in versions})
        return {(one.model, one.version): one for one in versions}

    def lineage(self) -> dict[tuple[str, str], Lineage]:
        platform = self.platform()
        return {(one.model, one.version): told for one, told in platform.lineage(tuple(platform.versions("")))}

    def oracle(self) -> list[ModelVersion]:
        """Every version as the client reads it, one by one: only so it tells aliases. Pages of two."""
        found: list[ModelVersion] = []
        token = None
        while True:
            page = self.client.search_model_versions(max_results=2, page_token=token)
            found.extend(self.client.get_model_version(one.name, one.version) for one in page)
            token = page.token
            if not token:
                return found


def registered_world(server: MlflowServer) -> World:
    """The server, emptied and filled."""
    server.reset()
    world = World(server, server.client())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # stages are deprecated, and MLflow calls pandas in a way that is
        _make_runs(world)
        _register_fraud(world)
        _register_others(world)
        _register_prompts(world)
    return world


def _make_runs(world: World) -> None:
    client = world.client
    experiment = client.create_experiment("fraud Ä")
    whole = client.create_run(experiment).info.run_id
    client.log_metric(whole, "auc", 0.8, step=0)
    client.log_metric(whole, "auc", 0.91, step=1)
    client.log_metric(whole, "loss", math.nan)
    client.log_metric(whole, "worst", math.inf)
    client.log_metric(whole, "size / of_a: b-1.x", -1e-300)
    client.log_inputs(whole, _datasets(("s3://bucket/night.csv", ""), ("/srv/data/день.parquet", "")))
    contexts = client.create_run(experiment).info.run_id
    client.log_inputs(
        contexts,
        _datasets(("https://data.example/test.csv", "eval"), ("https://data.example/train.csv?v=1", "training")),
    )
    failed, deleted = client.create_run("0").info.run_id, client.create_run("0").info.run_id
    for run, status in ((whole, "FINISHED"), (contexts, "FINISHED"), (failed, "FAILED"), (deleted, "FINISHED")):
        client.set_terminated(run, status, end_time=int(END.timestamp() * 1000))
    client.delete_run(deleted)
    running = client.create_run(experiment).info.run_id
    world.runs.update(whole=whole, contexts=contexts, failed=failed, deleted=deleted, running=running)


def _datasets(*sources: tuple[str, str]) -> list[DatasetInput]:
    import pandas as pd
    from mlflow.data.pandas_dataset import from_pandas
    from mlflow.entities import DatasetInput, InputTag

    frame = pd.DataFrame({"a": [1.0]})
    return [
        DatasetInput(
            from_pandas(frame, source=source, name=f"{context} set {number}")._to_mlflow_entity(),
            [InputTag("mlflow.data.context", context)] if context else [],
        )
        for number, (source, context) in enumerate(sources)
    ]


def _register_fraud(world: World) -> None:
    client = world.client
    client.create_registered_model("fraud", tags={"Owner": "team fraud", "area": "risk"}, description="of the model")
    for run in ("whole", "contexts", "failed", "deleted", "running"):
        client.create_model_version("fraud", f"s3://models/{run}", world.runs[run], tags={"trained for": run})
    client.create_model_version("fraud", "s3://models/6", "f" * 32, description="Why: «ночь»\nand more")
    client.create_model_version("fraud", "s3://models/7", world.runs["whole"], tags={"owner": "Ana", "empty": ""})
    client.create_model_version("fraud", "s3://models/8", run_link="https://other.example/#/experiments/1/runs/2")
    client.set_registered_model_alias("fraud", "champion", "1")
    client.set_registered_model_alias("fraud", "champion", "3")
    client.set_registered_model_alias("fraud", "Champion-EU", "3")
    client.set_registered_model_alias("fraud", "challenger", "4")
    client.set_registered_model_alias("fraud", "gone", "5")
    client.delete_registered_model_alias("fraud", "gone")
    client.set_registered_model_alias("fraud", "champion-US", "2")
    client.delete_model_version("fraud", "2")
    client.transition_model_version_stage("fraud", "7", "Production")
    client.transition_model_version_stage("fraud", "1", "Archived")
    client.transition_model_version_stage("fraud", "6", "Staging")
    client.transition_model_version_stage("fraud", "6", "None")


def _register_others(world: World) -> None:
    client = world.client
    for name in NASTY:
        client.create_registered_model(name)
        client.create_model_version(name, "gs://models/ночь%20x?y", tags={"word": name})
    client.create_registered_model("empty")
    client.create_registered_model("before")
    client.create_model_version("before", "s3://models/before")
    client.set_registered_model_alias("before", "champion", "1")
    client.rename_registered_model("before", "renamed")
    client.create_registered_model("thrown away")
    client.create_model_version("thrown away", "s3://models/x")
    client.delete_registered_model("thrown away")
    client.copy_model_version("models:/fraud/1", "copied")
    client.create_registered_model("logged")
    of_run = client.create_logged_model("0", "of a run", source_run_id=world.runs["contexts"])
    alone = client.create_logged_model("0", "alone")
    for model in (of_run, alone):
        client.finalize_logged_model(model.model_id, "READY")
        client.create_model_version("logged", f"models:/{model.model_id}", model_id=model.model_id)
    with_metric = client.create_run("0").info.run_id
    client.log_metric(with_metric, "f1", 0.5, model_id=alone.model_id)


def _register_prompts(world: World) -> None:
    world.client.register_prompt("greeting", "Hello {{name}}", tags={"owner": "Ben"})
    world.client.register_prompt("greeting", "Good day {{name}}")
    world.client.set_prompt_alias("greeting", "champion", 1)
