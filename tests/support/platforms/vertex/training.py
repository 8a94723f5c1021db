"""What trained a version in the stand-in: pipelines, jobs, data sets, evaluations, put there as Google tells them."""

from __future__ import annotations

from tests.support.platforms.vertex.world import Json, World

BEGAN, ENDED, WHOLE = "2026-03-04T01:02:03.456789Z", "2026-03-04T05:06:07.123456789Z", "2026-03-05T00:00:01Z"


def train(world: World, name: str, pipeline: Json | None = None, job: Json | None = None) -> str:
    """Let a training pipeline have uploaded the version 'models/…@2'; gives the pipeline's name.

    ``job`` is the custom job behind it, where it is custom training (trainingTaskMetadata.backingCustomJob, as the
    schema CustomJobMetadata describes it).
    """
    model, version = world.version(name)
    parent = model.rpartition("/models/")[0]
    times: Json = {"createTime": BEGAN, "startTime": BEGAN, "endTime": ENDED if job is None else WHOLE}
    told: Json = {"displayName": "training", "trainingTaskDefinition": "gs://g/custom_task_1.0.0.yaml", **times}
    told |= {"state": "PIPELINE_STATE_SUCCEEDED", "trainingTaskInputs": {}, **(pipeline or {})}
    if job is not None:
        own = f"{parent}/customJobs/{world.new_id()}"
        told["trainingTaskMetadata"] = {"backingCustomJob": own}
        times = {"startTime": BEGAN, "endTime": ENDED}
        world.others[own] = {"name": own, "displayName": "job", "state": "JOB_STATE_SUCCEEDED", **times, **job}
    name = f"{parent}/trainingPipelines/{world.new_id()}"
    world.others[name] = told | {"name": name}
    version["trainingPipeline"] = name
    return name


def data_set(world: World, parent: str, config: Json) -> str:
    """A tabular data set with an inputConfig (tabular_1.0.0.yaml); gives its id."""
    own = world.new_id()
    name = f"{parent}/datasets/{own}"
    schema = "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml"
    told = {"name": name, "displayName": "data", "metadataSchemaUri": schema, "metadata": {"inputConfig": config}}
    world.others[name] = told
    return own


def evaluate(world: World, name: str, metrics: Json) -> None:
    """One more evaluation of the version 'models/…@2'."""
    held = world.evaluations.setdefault(name, [])
    own = f"{name.partition('@')[0]}/evaluations/{world.new_id()}"
    held.append({"name": own, "createTime": world.now(), "metrics": metrics})
