"""A SageMaker that runs: moto's server, and beside it what moto 5.2.5 lacks.

moto's own (stateful): groups, packages, models, endpoint configs, endpoints, training jobs. Added here, with state:

- Search in pages, with the tags of a package's group (documented: a version has its group's), over model packages and
  training jobs; filters on ModelArtifacts.S3ModelArtifacts joined by Or (documented); an index that lags (documented).
- ModelLifeCycle, SourceUri and MetadataProperties of a package (documented).
- ListInferenceComponents and DescribeInferenceComponent (documented; "Could not find" for one that is gone: assumed).
- ListArtifacts by SourceUri and QueryLineage (documented; a training job is the trial component
  NAME-aws-training-job: as sagemaker.lineage.visualizer has it; an unknown start is ResourceNotFound: documented).
- Every question and every added answer is held against the specification: what it refuses is a ValidationException.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name
from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.models import sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse
from moto.server import ThreadedMotoServer

from tests.support.platforms.sagemaker_spec import answered_wrong, asked_wrong

ACCOUNT = "123456789012"
_ADDED = (
    "Search",
    "ListModelPackages",
    "ListInferenceComponents",
    "DescribeInferenceComponent",
    "ListArtifacts",
    "QueryLineage",
)
_SUMMARY = (
    "CreationTime",
    "InferenceComponentArn",
    "InferenceComponentName",
    "EndpointArn",
    "EndpointName",
    "VariantName",
    "InferenceComponentStatus",
    "LastModifiedTime",
)


@dataclass
class Added:
    """The state of what moto lacks, of one region."""

    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """More of a package, by ARN."""
    not_indexed: set[str] = field(default_factory=set)
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As DescribeInferenceComponent tells them, by name."""
    deleted: set[str] = field(default_factory=set)
    """Components that are still listed and not there any more."""
    artifacts: dict[str, list[str]] = field(default_factory=dict)
    """Source -> artifact ARNs."""
    ascendants: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Artifact ARN -> vertices."""


@dataclass
class Server:
    """A running SageMaker: ``url``, its state by region, and what was wrong by the specification."""

    url: str
    added: dict[str, Added] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def of(self, region: str) -> Added:
        return self.added.setdefault(region, Added())

    def backend(self, region: str) -> Any:
        """moto's own state."""
        return sagemaker_backends[ACCOUNT][region]

    def clear(self) -> None:
        """Empty, as if new."""
        sagemaker_backends[ACCOUNT].reset()
        self.added.clear()
        self.wrong.clear()


@contextmanager
def sagemaker_server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    behind = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    told = Server("")
    with pytest.MonkeyPatch.context() as patch:
        _extend(patch, told)
        behind.start()
        told.url = "http://{}:{}".format(*behind.get_host_and_port())
        try:
            yield told
        finally:
            behind.stop()


def _extend(patch: pytest.MonkeyPatch, server: Server) -> None:
    """Put what is added into moto's own class of answers, as long as ``patch`` lasts."""
    added = _Answers(server, SageMakerResponse.list_model_packages, SageMakerResponse.call_action)
    for name in ("call_action", *map(xform_name, _ADDED)):
        patch.setattr(SageMakerResponse, name, _as_function(getattr(added, name)), raising=False)


def _as_function(method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda response: method(response)  # moto looks for plain functions


class _Answers:
    """What is answered in moto's stead, each to moto's own object for one question."""

    def __init__(self, server: Server, moto_lists: Callable[[Any], Any], moto_calls: Callable[[Any], Any]) -> None:
        self._server = server
        self._moto_lists = moto_lists
        self._moto_calls = moto_calls

    def call_action(self, response: Any) -> Any:
        operation = response.headers["X-Amz-Target"].rpartition(".")[2]
        if faults := asked_wrong(operation, json.loads(response.body or "{}")):
            self._server.wrong += faults
            refusal = {"__type": "ValidationException", "message": "; ".join(faults)}
            return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(refusal)
        status, headers, body = self._moto_calls(response)
        if operation in _ADDED and status == 200:
            self._server.wrong += answered_wrong(operation, json.loads(body))
        return status, headers, body

    def search(self, response: Any) -> ActionResult:
        found = {"ModelPackage": _packages, "TrainingJob": _jobs}[response._get_param("Resource")]
        return _page(response, "Results", found(response, self._server), 10)

    def list_model_packages(self, response: Any) -> ActionResult:
        answer: Any = self._moto_lists(response)
        more = self._server.of(response.region).packages
        for one in answer.result["ModelPackageSummaryList"]:
            one.update({key: value for key, value in more.get(one["ModelPackageArn"], {}).items() if "Cycle" in key})
        return answer  # type: ignore[no-any-return]

    def list_inference_components(self, response: Any) -> ActionResult:
        components = self._server.of(response.region).components.values()
        listed = [{key: one[key] for key in _SUMMARY if key in one} for one in components]
        return _page(response, "InferenceComponents", listed, 10)

    def describe_inference_component(self, response: Any) -> ActionResult:
        name, added = response._get_param("InferenceComponentName"), self._server.of(response.region)
        if name not in added.components or name in added.deleted:
            raise ValidationError(f"Could not find inference component {name}.")
        return ActionResult(added.components[name])

    def list_artifacts(self, response: Any) -> ActionResult:
        arns = self._server.of(response.region).artifacts.get(response._get_param("SourceUri"), [])
        return _page(response, "ArtifactSummaries", [{"ArtifactArn": arn} for arn in arns], 10)

    def query_lineage(self, response: Any) -> ActionResult:
        (start,) = response._get_param("StartArns")
        known = self._server.of(response.region).ascendants
        if start not in known:
            raise ResourceNotFound(f"Lineage entity {start} not found.")
        return _page(response, "Vertices", known[start], 50)


def _packages(response: Any, server: Server) -> list[dict[str, Any]]:
    backend, added = response.sagemaker_backend, server.of(response.region)
    return [
        {"ModelPackage": {**_spelt(one), "Tags": _tags(backend, one), **added.packages.get(arn, {})}}
        for arn, one in backend.model_packages.items()
        if arn not in added.not_indexed
    ]


def _spelt(package: Any) -> dict[str, Any]:
    """Without its status details: moto puts ARNs where the specification wants names."""
    return {key: value for key, value in package.gen_response_object().items() if key != "ModelPackageStatusDetails"}


def _tags(backend: Any, package: Any) -> list[dict[str, str]]:
    group = backend.model_package_groups.get(package.model_package_group_name)
    return list(group.tags) if group else list(package.tags or [])


def _jobs(response: Any, _server: Server) -> list[dict[str, Any]]:
    expression = response._get_param("SearchExpression") or {}
    wanted = set()
    for one in expression.get("Filters", []):
        if one["Name"] != "ModelArtifacts.S3ModelArtifacts" or one["Operator"] != "Equals":
            raise ValidationError(f"Unknown property name: {one['Name']}")
        wanted.add(one["Value"])
    assert len(wanted) == 1 or expression.get("Operator") == "Or"
    jobs = response.sagemaker_backend.training_jobs.values()
    return [{"TrainingJob": one.response_object} for one in jobs if one.model_artifacts["S3ModelArtifacts"] in wanted]


def _page(response: Any, key: str, found: list[Any], most: int) -> ActionResult:
    start, size = int(response._get_param("NextToken") or 0), response._get_param("MaxResults") or most
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return ActionResult({key: found[start : start + size], **more})
