"""Kubeflow's own Python clients fill the stand-in; the adapter must see in it what they see, field for field.

0.3.18 speaks v1, 0.3.9 v1alpha3. Every request and reply of both is held against the registry's OpenAPI document,
where that is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.kubeflow import KubeflowPlatform
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.kubeflow import KubeflowServer, kubeflow_server
from tests.support.platforms.kubeflow.clients import seen_by_client
from tests.support.platforms.kubeflow.routes import OLDER, V1

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "specs" / "kubeflow-model-registry-openapi.yaml"


@dataclass
class Both:
    """What a client saw, and what the adapter."""

    server: KubeflowServer
    seen: dict[str, Any]
    versions: list[PlatformVersion]
    deployments: list[Deployment]
    lineage: list[tuple[PlatformVersion, Lineage]]


@pytest.fixture(scope="module", params=[V1, OLDER])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    with kubeflow_server() as server:
        server.token = "sesame"
        server.versions = (request.param,)
        seen = seen_by_client(server.url, older=request.param == OLDER)
        platform = KubeflowPlatform("k", server.url, Deadline(60), environment={"T": "sesame"}, token_env="T")
        versions = list(platform.versions(""))
        yield Both(server, seen, versions, list(platform.deployments("", versions)), list(platform.lineage(versions)))
        platform.close()


def _moment(millis: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)


def test_the_same_versions(both: Both) -> None:
    assert len(both.seen["versions"]) == 5
    assert both.versions == [
        PlatformVersion(
            model=one["model"],
            version=one["version"],
            id=one["id"],
            created=_moment(one["created"]),
            stage="Archived" if one["archived"] else "",
            created_by=one["author"],
            owner=one["owner"],
            description=one["description"],
            tags={key: str(value).lower() if value is True else str(value) for key, value in one["properties"].items()},
        )
        for one in sorted(both.seen["versions"], key=lambda one: int(one["id"]))
    ]
    assert {(one.model, one.version) for one in both.versions if one.stage} == {("churn", "1.0"), ("old", "1")}


def test_the_same_files_and_runs(both: Both) -> None:
    told = {(one["model"], one["version"]): one for one in both.seen["versions"]}
    assert len(both.lineage) == len(told)
    for version, _ in both.lineage:
        one = told[version.model, version.version]
        assert [version.source] == one["uris"]
        if one["runs"]:
            assert [version.run] == one["runs"]
    runs = {version.version: version.run for version, _ in both.lineage if version.model == "churn"}
    assert runs == {"1.0": "", "2.0": "nightly" if OLDER in both.server.versions else ""}


def test_the_same_services(both: Both) -> None:
    assert [
        (one.endpoint, one.model, one.version, one.environment, one.since, one.share) for one in both.deployments
    ] == [
        (
            one["endpoint"].partition("/")[0],
            one["model"],
            one["version"],
            one["environment"],
            _moment(one["created"]),
            None,
        )
        for one in both.seen["services"]
    ]
    assert [(one.endpoint, one.version) for one in both.deployments] == [("churn-old", "1.0"), ("churn-new", "2.0")]


def test_what_trained_it_is_known_of_an_experiment_run_only(both: Both) -> None:
    (lineage,) = [lineage for one, lineage in both.lineage if (one.model, one.version) == ("churn", "2.0")]
    if V1 in both.server.versions:
        assert lineage == Lineage(data=("s3://data/churn/2026",), metrics={"auc": 0.93})
    else:
        assert lineage == Lineage(
            trained=datetime(2026, 1, 1, 2, tzinfo=UTC),
            began=datetime(2026, 1, 1, tzinfo=UTC),
            data=("s3://data/customers", "s3://data/churn/2026"),
            metrics={"loss": 0.25, "auc": 0.93},
        )
    others = [lineage for one, lineage in both.lineage if (one.model, one.version) != ("churn", "2.0")]
    assert others == [Lineage()] * 4


def test_every_request_and_reply_is_as_the_specification_says(both: Both) -> None:
    if not DOCUMENT.exists():
        pytest.skip("the registry's OpenAPI document is not at hand")
    yaml = pytest.importorskip("yaml")
    from tests.support.platforms.kubeflow.specification import Specification

    specification = Specification(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")))
    exchanges = [one for one in both.server.exchanges if one.reply is not None]
    assert {one.method for one in exchanges} == {"GET", "POST", "PATCH"}
    assert [fault for one in exchanges for fault in specification.faults(one)] == []
    unknown = {one.path for one in both.server.exchanges if one.reply is None}
    assert unknown <= {f"{V1}/registered_models", f"{OLDER}/registered_models"}
