"""How a model package came to be: by the training job that wrote its files, else by SageMaker's lineage graph.

A package's own metrics (ModelMetrics) are files in S3, not numbers, and stay unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from registry_sheets.platforms.reading import objects, table, text
from registry_sheets.platforms.sagemaker_asking import Region
from registry_sheets.platforms.sagemaker_reading import moment
from registry_sheets.platforms.sagemaker_refusals import Gone
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion

_AT_ONCE = 20
"""Filters that one Search takes (API_SearchExpression)."""

_LONGEST_VALUE = 1024
_MOST_VERTICES = 50
_DEEPEST = 10
_OF_JOB = "-aws-training-job"
"""The graph shows a training job as the trial component of this name (sagemaker.lineage.visualizer)."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Job = Mapping[str, Any]


def lineages(region: Region, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
    """Each version's lineage; an empty one where SageMaker knows of no training job. Raises PlatformUnanswered."""
    described: dict[str, Job | None] = {}
    for start in range(0, len(versions), _AT_ONCE):
        some = versions[start : start + _AT_ONCE]
        wrote = _writers(region, {one.source for one in some})
        for one in some:
            job = wrote.get(one.source) or _latest(_ascendants(region, one, described))
            yield one, _lineage(job) if job else Lineage()


def _writers(region: Region, sources: Iterable[str]) -> dict[str, Job]:
    """Source -> the job that wrote it; of several the one that ended last."""
    filters = [
        {"Name": "ModelArtifacts.S3ModelArtifacts", "Operator": "Equals", "Value": source}
        for source in sorted(sources)
        if "://" in source and len(source) <= _LONGEST_VALUE
    ]
    if not filters:
        return {}
    expression = {"Filters": filters, "Operator": "Or"}
    wrote: dict[str, Job] = {}
    for record in region.pages("Search", "Results", Resource="TrainingJob", SearchExpression=expression):
        job = table(record, "TrainingJob")
        if source := _artifact(job):
            wrote[source] = _latest([job, *([wrote[source]] if source in wrote else ())]) or job
    return wrote


def _ascendants(region: Region, version: PlatformVersion, described: dict[str, Job | None]) -> list[Job]:
    """The jobs before a version in the lineage graph, where it stands as an artifact whose source is the package."""
    if not version.id:
        return []
    names: dict[str, None] = {}
    for artifact in region.pages("ListArtifacts", "ArtifactSummaries", SourceUri=version.id):
        names.update(dict.fromkeys(_jobs_before(region, text(artifact, "ArtifactArn"))))
    for name in names:
        if name not in described:
            described[name] = region.find("DescribeTrainingJob", TrainingJobName=name)
    return [job for name in names if (job := described[name]) is not None]


def _jobs_before(region: Region, artifact: str) -> Iterator[str]:
    """Names of training jobs that an artifact descends from; none where it is not in the graph (any more)."""
    asked: dict[str, Any] = {
        "StartArns": [artifact],
        "Direction": "Ascendants",
        "IncludeEdges": False,
        "MaxDepth": _DEEPEST,
    }
    with suppress(Gone):
        for vertex in region.pages("QueryLineage", "Vertices", _MOST_VERTICES, **asked):
            kind, _, name = text(vertex, "Arn").rpartition(":")[2].partition("/")
            if kind == "training-job" and name:
                yield name
            elif kind == "experiment-trial-component" and name.endswith(_OF_JOB):
                yield name.removesuffix(_OF_JOB)


def _latest(jobs: Sequence[Job]) -> Job | None:
    """The one that ended last; one that failed made nothing."""
    good = [job for job in jobs if text(job, "TrainingJobStatus") != "Failed"]
    return max(good, key=lambda job: moment(job.get("TrainingEndTime")) or _LONG_AGO, default=None)


def _lineage(job: Job) -> Lineage:
    return Lineage(
        trained=moment(job.get("TrainingEndTime")),
        began=moment(job.get("TrainingStartTime")),
        data=tuple(dict.fromkeys(_data(job))),
        metrics=dict(_metrics(job)),
    )


def _data(job: Job) -> Iterator[str]:
    """Its channels' sources: URIs in S3, ARNs of data sets, 'fs-0123:/folder' of a file system."""
    for channel in objects(job, "InputDataConfig"):
        source = table(channel, "DataSource")
        files = table(source, "FileSystemDataSource")
        mounted = f"{text(files, 'FileSystemId')}:{text(files, 'DirectoryPath')}" if files else ""
        found = text(table(source, "S3DataSource"), "S3Uri") or text(table(source, "DatasetSource"), "DatasetArn")
        if found or mounted.strip(":"):
            yield found or mounted


def _metrics(job: Job) -> Iterator[tuple[str, float]]:
    for metric in objects(job, "FinalMetricDataList"):
        name, value = text(metric, "MetricName"), metric.get("Value")
        if name and isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value):
            yield name, float(value)


def _artifact(job: Job) -> str:
    return text(table(job, "ModelArtifacts"), "S3ModelArtifacts")
