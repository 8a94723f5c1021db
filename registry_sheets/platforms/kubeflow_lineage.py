"""How versions in a Kubeflow Model Registry came to be: their artifacts, and the experiment run that made them.

Which version an artifact belongs to is told by no listing of artifacts, so that each version is asked for its own.
A training date is known only of an experiment run that tells its end; when something was registered says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from registry_sheets.platforms.kubeflow_api import KubeflowApi, segment
from registry_sheets.platforms.reading import of_millis, text
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion

_GONE = ("MARKED_FOR_DELETION", "DELETED", "ABANDONED")
_FAILED = ("FAILED", "KILLED")

Told = Mapping[str, Any]


class KubeflowLineage:
    """Asks ``api``; a run that made several versions is asked for once."""

    def __init__(self, api: KubeflowApi) -> None:
        self._api = api
        self._runs: dict[str, tuple[Told, Sequence[Told]]] = {}

    def of(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        """Each version, with its ``source`` and ``run`` as its artifact tells them. Raises PlatformUnanswered."""
        for one in versions:
            artifacts = self._artifacts(f"model_versions/{segment(one.id)}") if one.id else ()
            model = next(_models(artifacts), {})
            run, of_run = self._run(text(model, "experimentRunId"))
            source = text(model, "uri") or one.source
            yield one._replace(source=source, run=_run_name(model, run) or one.run), _lineage(run, artifacts, of_run)

    def _artifacts(self, path: str) -> Sequence[Told]:
        listed = self._api.listed_with_runs(f"{path}/artifacts")
        return tuple(one for one in listed if text(one, "state") not in _GONE)

    def _run(self, identifier: str) -> tuple[Told, Sequence[Told]]:
        """The experiment run and its artifacts; nothing where there is none, or it vanished."""
        if not identifier:
            return {}, ()
        if identifier not in self._runs:
            path = f"experiment_runs/{segment(identifier)}"
            run = self._api.found_with_runs(path)
            self._runs[identifier] = ({}, ()) if run is None else (run, self._artifacts(path))
        return self._runs[identifier]


def _models(artifacts: Iterable[Told]) -> Iterator[Told]:
    return (one for one in artifacts if text(one, "artifactType") == "model-artifact")


def _run_name(model: Told, run: Told) -> str:
    """The run that made a model: of the pipeline where the artifact names one, else of the experiment.

    ``modelSourceId`` may be whatever people agreed on; 'pipelines' and 'pipelinerun' are the specification's examples
    and 'kfp' is what Kubeflow Pipelines' users write.
    """
    kind, group = text(model, "modelSourceKind").casefold(), text(model, "modelSourceClass").casefold()
    if kind in ("kfp", "pipelines") or group.endswith("run"):
        return text(model, "modelSourceId") or text(model, "modelSourceName")
    return text(run, "name") or text(run, "id")


def _lineage(run: Told, artifacts: Sequence[Told], of_run: Sequence[Told]) -> Lineage:
    ended = text(run, "status") not in _FAILED
    both = (*of_run, *artifacts)
    return Lineage(
        trained=of_millis(run.get("endTimeSinceEpoch")) if ended else None,
        began=of_millis(run.get("startTimeSinceEpoch")),
        data=tuple(dict.fromkeys(_data(both))),
        metrics=dict(_metrics(both)),
    )


def _data(artifacts: Iterable[Told]) -> Iterator[str]:
    for one in artifacts:
        if text(one, "artifactType") == "dataset-artifact" and (where := text(one, "uri") or text(one, "source")):
            yield where


def _metrics(artifacts: Iterable[Told]) -> Iterator[tuple[str, float]]:
    for one in artifacts:
        name, value = text(one, "name"), one.get("value")
        if text(one, "artifactType") == "metric" and name and type(value) in (int, float):
            try:
                number = float(value)  # type: ignore[arg-type]
            except OverflowError:
                continue
            if math.isfinite(number):
                yield name, number
