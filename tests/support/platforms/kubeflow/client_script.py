"""The registry's own Python client at work, in a process of its own: it fills a registry and prints what it sees.

    python client_script.py http://127.0.0.1:41234

Runs with model-registry 0.3.18 (API v1) and with 0.3.9 (v1alpha3). Experiments are only in the latter. What the client
has no method for (inference services) is asked through mr_openapi, which is generated from the OpenAPI document and
comes with it. It imports nothing of this project: of two clients only one can be in a process.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine, Iterator
from typing import Any

import mr_openapi as api  # type: ignore[import-untyped]
from model_registry import ModelRegistry  # type: ignore[import-untyped]
from model_registry.types import DataSet, DocArtifact, ModelArtifact  # type: ignore[import-untyped]

METADATA = {"team": "risk", "trees": 300, "auc": 0.91, "signed off": True}


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def _older(client: ModelRegistry) -> bool:
    """Whether it speaks v1alpha3."""
    return hasattr(client, "start_experiment_run")


async def _called(client: ModelRegistry, name: str, *arguments: Any) -> Any:
    async with client._api.get_client() as calls:
        return await getattr(calls, name)(*arguments)


def _fill(client: ModelRegistry) -> None:
    def register(name: str, uri: str, version: str, **more: Any) -> None:
        client.register_model(name, uri, version=version, model_format_name="onnx", model_format_version="1", **more)

    register("churn", "s3://models/churn/1", "1.0", metadata=METADATA, version_description="The first.")
    register("churn", "s3://models/churn/2", "2.0", author="bo", owner="never taken: the model is there")
    register("a'b\"c<d> 100%/..", "https://models/x?y=%20", "../v 1", owner="cem")
    register(
        "forecast",
        "pvc://volume/forecast",
        "3",
        **{f"model_source_{key}": value for key, value in (("kind", "kfp"), ("class", "pipelinerun"), ("id", "run-7"))},
    )
    register("old", "s3://models/old", "1")
    version = client.get_model_version("churn", "1.0")
    version.state = "ARCHIVED"
    client.update(version)
    model = client.get_registered_model("old")
    model.state = "ARCHIVED"
    client.update(model)
    latest = client.get_model_version("churn", "2.0")
    for artifact in (
        DocArtifact(name="card", uri="s3://models/churn/card.md"),
        DataSet(name="training", uri="s3://data/churn/2026", source="unused where there is a uri"),
    ):
        _run(client._api.upsert_model_version_artifact(artifact, latest.id))
    # 0.3.18 cannot send its own Metric: its step is a number and v1 takes a text.
    step = 3 if _older(client) else "3"
    metric = api.Artifact(api.Metric.from_dict({"name": "auc", "value": 0.93, "step": step, "artifactType": "metric"}))
    _run(_called(client, "upsert_model_version_artifact", latest.id, metric))


def _serve(client: ModelRegistry) -> None:
    model, version = client.get_registered_model("churn"), client.get_model_version("churn", "1.0")
    environment = _run(_called(client, "create_serving_environment", api.ServingEnvironmentCreate(name="production")))
    for name, more in (
        ("churn-old", {"modelVersionId": version.id}),
        ("churn-new/3f2504e0-4f89-41d3-9a0c-0305e82c3301", {}),
        ("churn-gone", {"desiredState": "UNDEPLOYED"}),
    ):
        told = {"name": name, "registeredModelId": model.id, "servingEnvironmentId": environment.id, **more}
        _run(_called(client, "create_inference_service", api.InferenceServiceCreate.from_dict(told)))


def _experiment(client: ModelRegistry) -> None:
    """A run that made churn 2.0."""
    experiment = client.create_experiment("churn")
    began = {"name": "nightly", "experimentId": experiment.id, "startTimeSinceEpoch": "1767225600000"}
    made = _run(_called(client, "create_experiment_run", api.ExperimentRunCreate.from_dict(began)))
    with client.start_experiment_run(experiment_name="churn", run_id=made.id) as run:
        run.log_metric("loss", 0.25, step=1)
        run.log_param("depth", 7)
        run.log_dataset(name="customers", uri="s3://data/customers", source_type="s3", source="s3://data")
    ended = {"endTimeSinceEpoch": "1767232800000", "status": "FINISHED"}
    _run(_called(client, "update_experiment_run", run.info.id, api.ExperimentRunUpdate.from_dict(ended)))
    artifact = client.get_model_artifact("churn", "2.0")
    told = api.Artifact(api.ModelArtifact(id=artifact.id, name=artifact.name, artifactType="model-artifact"))
    _run(_called(client, "upsert_experiment_run_artifact", run.info.id, told))


def _versions(client: ModelRegistry) -> Iterator[dict[str, Any]]:
    for model in client.get_registered_models().page_size(2).order_by_id():
        for version in client.get_model_versions(model.name).page_size(1).order_by_id():
            artifacts = _run(client._api.get_model_artifacts(version.id))
            yield {
                "model": model.name,
                "version": version.name,
                "id": version.id,
                "created": int(version.create_time_since_epoch),
                "archived": "ARCHIVED" in (version.state.value, model.state.value),
                "owner": model.owner or "",
                "author": version.author or "",
                "description": version.description or "",
                "properties": dict(version.custom_properties or {}),
                "uris": [one.uri for one in artifacts if isinstance(one, ModelArtifact)],
                "runs": [one.model_source_id for one in artifacts if one.model_source_id],
            }


def _services(client: ModelRegistry) -> Iterator[dict[str, Any]]:
    environments = {one.id: one.name for one in _run(_called(client, "get_serving_environments")).items}
    for service in _run(_called(client, "get_inference_services")).items:
        if service.desired_state.value == "DEPLOYED":
            version = _run(_called(client, "get_inference_service_version", service.id))
            model = _run(_called(client, "get_inference_service_model", service.id))
            yield {
                "endpoint": service.name,
                "model": model.name,
                "version": version.name,
                "environment": environments[service.serving_environment_id],
                "created": int(service.create_time_since_epoch),
            }


def _seen(client: ModelRegistry) -> dict[str, Any]:
    return {"versions": list(_versions(client)), "services": list(_services(client))}


if __name__ == "__main__":
    registry = ModelRegistry(sys.argv[1], author="ana", is_secure=False, user_token="sesame", async_runner=_run)
    _fill(registry)
    _serve(registry)
    if _older(registry):
        _experiment(registry)
    print("SEEN " + json.dumps(_seen(registry)))
