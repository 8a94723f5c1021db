"""How a version of Vertex AI came to be: its training pipeline, the data set, its evaluations."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from registry_sheets.platforms.reading import of_iso, table, text
from registry_sheets.platforms.vertex_names import Name, parsed
from registry_sheets.registry.platforms.values import NO_METRICS, Lineage, PlatformVersion

Resource = Mapping[str, Any]
Getting = Callable[[str], Resource]
"""A resource's name -> it; an empty one where it is gone."""
Listing = Callable[[str, str], Iterator[Resource]]
"""(a listing's path, its key) -> what is listed; nothing where that is gone."""

_RUNS = ("trainingPipelines", "customJobs")
_DATA_OPTION = re.compile(r"--?[\w-]*(?:data|input|train)[\w-]*", re.IGNORECASE)
_NO_DATA_OPTION = re.compile(r"out|model|log|checkpoint|export|artifact", re.IGNORECASE)
_URI = re.compile(r"(?:gs|bq|bigquery|https?|s3)://\S+")
_ENDED_ILL = ("_FAILED", "_CANCELLED", "_EXPIRED")


def lineage_of(version: PlatformVersion, get: Getting, listed: Listing) -> Lineage:
    """What Vertex AI knows of a version's training. Raises PlatformUnanswered.

    The end of training is that of the custom job behind a training pipeline where it has one: the pipeline itself
    goes on to evaluate. A run of Vertex AI Pipelines (pipelineJobs) does not tell which of its steps is training, so
    of it nothing is told.
    """
    run = parsed(version.run)
    if run is None or run.collection not in _RUNS or run.location != version.scope:
        return Lineage(metrics=_metrics(version, listed))
    made = get(run.whole)
    began, ended = _times(made, get, run.location)
    return Lineage(ended, began, tuple(dict.fromkeys(_data(made, run, get))), _metrics(version, listed))


def _times(made: Resource, get: Getting, location: str) -> tuple[datetime | None, datetime | None]:
    """(start, end) of the training."""
    job = parsed(text(table(made, "trainingTaskMetadata"), "backingCustomJob"))
    asked = get(job.whole) if job and job.collection == "customJobs" and job.location == location else {}
    for told in (asked, made):
        ended = of_iso(told.get("endTime"))
        if ended and not text(told, "state").endswith(_ENDED_ILL):
            return of_iso(told.get("startTime")), ended
    return of_iso(made.get("startTime")), None


def _data(made: Resource, run: Name, get: Getting) -> Iterator[str]:
    """Where the data of a training was: of a data set its sources, else what the options of custom training name."""
    config = table(made, "inputDataConfig")
    if not config:
        inputs = table(made, "trainingTaskInputs") or table(made, "jobSpec")
        yield from _named_in_options(inputs)
        return
    if (data_set := text(config, "datasetId")) not in ("", ".", ".."):
        name = run._replace(collection="datasets", id=data_set.rpartition("/")[2]).whole
        yield from _sources(get(name)) or [name]
    yield from _filled(text(table(config, "gcsDestination"), "outputUriPrefix"))
    yield from _filled(text(table(config, "bigqueryDestination"), "outputUri"))


def _sources(data_set: Resource) -> list[str]:
    """The files or the table of a data set (gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml)."""
    config = table(table(data_set, "metadata"), "inputConfig")
    files = table(config, "gcsSource").get("uri")
    found = files if isinstance(files, list) else [files]
    found = [*found, table(config, "bigquerySource").get("uri")]
    return [one for one in found if isinstance(one, str) and one]


def _filled(said: str) -> list[str]:
    return [said] if said else []


def _named_in_options(inputs: Resource) -> Iterator[str]:
    """The addresses that options such as --training-data=gs://… name: all that custom training tells of its data."""
    for pool in _pools(inputs):
        given = [*_arguments(table(pool, "containerSpec")), *_arguments(table(pool, "pythonPackageSpec"))]
        for option, value in _options(given):
            if _DATA_OPTION.fullmatch(option) and not _NO_DATA_OPTION.search(option) and _URI.fullmatch(value):
                yield value


def _pools(inputs: Resource) -> list[Resource]:
    pools = inputs.get("workerPoolSpecs")  # free-form: whatever is no list of objects tells nothing
    return [one for one in pools if isinstance(one, dict)] if isinstance(pools, list) else []


def _arguments(spec: Resource) -> list[str]:
    given = spec.get("args")
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []


def _options(given: list[str]) -> Iterator[tuple[str, str]]:
    """(--name, value) of --name=value and of --name value."""
    for one, after in zip(given, [*given, ""][1:], strict=True):
        name, mark, value = one.partition("=")
        yield (name, value) if mark else (one, after)


def _metrics(version: PlatformVersion, listed: Listing) -> Mapping[str, float]:
    """The numbers of a version's newest evaluation; tables and curves in it are left out."""
    told = parsed(version.id)
    evaluations = list(listed(f"{version.id}/evaluations", "modelEvaluations")) if told else []
    if not evaluations:
        return NO_METRICS
    newest = max(evaluations, key=lambda one: (of_iso(one.get("createTime")) or _NEVER).timestamp())
    numbers = ((name, _number(value)) for name, value in table(newest, "metrics").items())
    return {name: number for name, number in numbers if number is not None}


def _number(value: Any) -> float | None:
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
