"""How a version of MLflow came to be: what its run, or its logged model, tells."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.mlflow_refusals import MlflowRefused, pages
from registry_sheets.platforms.reading import objects, of_millis, table, text
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion

MOST_RUNS = 250
"""Runs in one question: a list of names in a filter has its limits (sqlparse's tokens, 999 variables in old sqlite)."""

_MOST_EXPERIMENTS = 500
_FEW = 3
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOGGED = re.compile(r"models:/(m-[A-Za-z0-9-]{1,64})/?")
_NOT_FOUND = frozenset((400, 404))
_DENIED = 403
_ADDRESSES = ("uri", "url", "path", "delta_table_name", "table_name")
"""What the sources of mlflow.data call where they are (mlflow/data/*_source.py)."""


class Runs:
    """Asks for runs, many at a time.

    Where the server does not search by names of runs, or there are few, they are asked for one by one.
    """

    def __init__(self, api: JsonApi) -> None:
        self._api = api
        self._experiments: Sequence[str] | None = None
        self._searches = True
        self._denied: set[str] = set()

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        """Of each version; a run that was deleted tells nothing.

        Raises PlatformUnanswered, after all that could be told, where the account may not see a run.
        """
        for start in range(0, len(versions), MOST_RUNS):
            some = versions[start : start + MOST_RUNS]
            found = self._found({one.run for one in some if one.run})
            for one in some:
                if one.run:
                    yield one, found.get(one.run, Lineage())
                else:
                    yield one, self._of_logged_model(one)
        if self._denied:
            raise PlatformUnanswered(
                f"It does not let this account see the run {min(self._denied)} (403), so that it is not known how its "
                "version was trained, nor maybe others.",
                "Give the account READ on its experiment.",
            )

    def _found(self, names: Collection[str]) -> dict[str, Lineage]:
        safe = sorted(name for name in names if _SAFE.fullmatch(name))
        if len(safe) <= _FEW or not self._searches:
            return self._one_by_one(sorted(names))
        try:
            found = self._searched(safe)
        except MlflowRefused as refused:
            if refused.status not in (400, 404, 405, 501):
                raise
            self._searches = False
            return self._one_by_one(sorted(names))
        # A search leaves out what the account may not see, as if it were deleted: a few are asked for by themselves.
        unfound = [name for name in safe if name not in found][:_FEW]
        unsafe = [name for name in names if not _SAFE.fullmatch(name)]
        return {**found, **self._one_by_one([*unfound, *unsafe])}

    def _searched(self, names: Sequence[str]) -> dict[str, Lineage]:
        found: dict[str, Lineage] = {}
        experiments = self._all_experiments()
        for start in range(0, len(experiments), _MOST_EXPERIMENTS):
            left = [name for name in names if name not in found]
            if left:
                found.update(self._searched_in(experiments[start : start + _MOST_EXPERIMENTS], left))
        return found

    def _searched_in(self, experiments: Sequence[str], names: Sequence[str]) -> dict[str, Lineage]:
        listed = ", ".join(f"'{name}'" for name in names)
        asked = {
            "experiment_ids": experiments,
            "filter": f"attributes.run_id IN ({listed})",
            "max_results": 1000,
        }
        runs = pages("runs", lambda page: self._api.ask("runs/search", {**asked, **page}))
        return {_name(run): lineage_of(run) for run in runs}

    def _all_experiments(self) -> Sequence[str]:
        if self._experiments is None:
            asked = {"max_results": 1000}
            listed = pages("experiments", lambda page: self._api.ask("experiments/search", {**asked, **page}))
            self._experiments = [text(one, "experiment_id") for one in listed]
        return self._experiments

    def _one_by_one(self, names: Sequence[str]) -> dict[str, Lineage]:
        return {name: lineage_of(table(self._seen("runs/get", {"run_id": name}, name), "run")) for name in names}

    def _of_logged_model(self, version: PlatformVersion) -> Lineage:
        """Of a version without a run that was registered from a logged model of MLflow 3 ('models:/m-...')."""
        named = _LOGGED.fullmatch(version.source)
        if not named:
            return Lineage()
        model = table(self._seen(f"logged-models/{named[1]}", {}, named[1]), "model")
        run = text(table(model, "info"), "source_run_id")
        return self._one_by_one([run])[run] if run else Lineage(metrics=_metrics(model))

    def _seen(self, path: str, params: Mapping[str, str], name: str) -> Mapping[str, Any]:
        """What is there; nothing where it is not, or may not be seen, which is remembered."""
        try:
            return self._api.get(path, params)
        except MlflowRefused as refused:
            if refused.status == _DENIED:
                self._denied.add(name)
            elif refused.status not in _NOT_FOUND:
                raise
            return {}


def lineage_of(run: Mapping[str, Any]) -> Lineage:
    """What a run tells; nothing where it was deleted, as then it is not in a search either."""
    info = table(run, "info")
    if text(info, "lifecycle_stage") == "deleted":
        return Lineage()
    return Lineage(
        trained=of_millis(info.get("end_time")),
        began=of_millis(info.get("start_time")),
        data=_data(table(run, "inputs")),
        metrics=_metrics(run),
    )


def _name(run: Mapping[str, Any]) -> str:
    info = table(run, "info")
    return text(info, "run_id") or text(info, "run_uuid")


def _data(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Where its datasets are. If some are said to be for training ('mlflow.data.context'), only those."""
    listed = list(objects(inputs, "dataset_inputs"))
    training = [one for one in listed if _context(one).startswith("train")]
    found = (_address(table(one, "dataset")) for one in training or listed)
    return tuple(dict.fromkeys(address for address in found if address))


def _context(dataset: Mapping[str, Any]) -> str:
    tags = {text(tag, "key"): text(tag, "value") for tag in objects(dataset, "tags")}
    return tags.get("mlflow.data.context", "").casefold()


def _address(dataset: Mapping[str, Any]) -> str:
    """Where a dataset is: its source is JSON in a text, whose keys go by the kind of source."""
    said = text(dataset, "source")
    try:
        source = json.loads(said)
    except (ValueError, RecursionError):
        return said if "://" in said else ""
    return next(filter(None, (text(source, key) for key in _ADDRESSES)), "") if isinstance(source, dict) else ""


def _metrics(told: Mapping[str, Any]) -> dict[str, float]:
    """The last value of each metric; what is no finite number is left out. MLflow keeps infinity as the largest."""
    listed = [(text(one, "key"), _number(one.get("value")), one) for one in objects(table(told, "data"), "metrics")]
    listed.sort(key=lambda known: (_number(known[2].get("timestamp")) or 0, _number(known[2].get("step")) or 0))
    return {key: value for key, value, _ in listed if key and value is not None and abs(value) < sys.float_info.max}


def _number(said: Any) -> float | None:
    try:
        number = float(said)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
