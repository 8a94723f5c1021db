"""How a version came to be, from runs that a real MLflow server is not made to have."""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.mlflow_runs import lineage_of
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion
from tests.support.platforms.mlflow_answers import Answers, refused

HUGE = 10**400


def version(run: str = "", source: str = "", number: int = 1) -> PlatformVersion:
    return PlatformVersion("fraud", str(number), run=run, source=source)


def run(name: str, **info: Any) -> dict[str, Any]:
    return {"info": {"run_id": name, "end_time": 1772600767089, **info}}


class TestRuns:
    def lineage(self, server: Answers, *versions: PlatformVersion) -> list[Lineage]:
        return [told for _, told in server.platform().lineage(versions)]

    def versions(self, count: int) -> list[PlatformVersion]:
        return [version(f"run{number}", number=number) for number in range(count)]

    def searched(self, request: httpx.Request) -> dict[str, Any]:
        asked = json.loads(request.content)
        names = [name for name in ("run0", "run7") if f"'{name}'" in asked["filter"]]
        return {"runs": [run(name) for name in names] if "e900" in asked["experiment_ids"] else []}

    def test_no_versions_ask_nothing(self) -> None:
        server = Answers()
        assert self.lineage(server) == []
        assert self.lineage(server, version()) == [Lineage()]
        assert server.asked == []

    def test_many_experiments_are_asked_in_turn(self) -> None:
        listed = [{"experiments": [{"experiment_id": f"e{number}"} for number in range(1200)]}]
        server = Answers(experiments__search=listed, runs__search=self.searched)
        told = self.lineage(server, *self.versions(10))
        assert [number for number, one in enumerate(told) if one.trained] == [0, 7]
        bodies = [json.loads(one.content) for one in server.asked if one.url.path.endswith("runs/search")]
        assert [len(body["experiment_ids"]) for body in bodies] == [500, 500, 200]
        assert "'run7'" in bodies[1]["filter"]
        assert "'run7'" not in bodies[2]["filter"]

    @pytest.mark.parametrize("status", [400, 404, 405, 501])
    def test_a_server_that_does_not_search_by_runs_is_asked_one_by_one(self, status: int) -> None:
        server = Answers(
            experiments__search={"experiments": [{"experiment_id": "0"}]},
            runs__search=lambda _request: refused(status),
            runs__get=lambda request: {"run": run(request.url.params["run_id"])},
        )
        assert all(one.trained for one in self.lineage(server, *self.versions(600)))
        assert server.paths().count("runs/search") == 1
        assert server.paths().count("runs/get") == 600

    @pytest.mark.parametrize("status", [401, 403])
    def test_no_sign_in_is_no_missing_run(self, status: int) -> None:
        server = Answers(experiments__search=lambda _request: refused(status))
        with pytest.raises(PlatformUnanswered):
            self.lineage(server, *self.versions(10))

    @pytest.mark.parametrize("status", [401, 500, 503])
    def test_a_run_that_fails_is_no_missing_run(self, status: int) -> None:
        with pytest.raises(PlatformUnanswered):
            self.lineage(Answers(runs__get=lambda _request: refused(status)), version("a"))

    def test_a_run_that_is_not_for_us_is_named_after_the_others(self) -> None:
        server = Answers(runs__get=[refused(403), {"run": run("b")}])
        asked = server.platform().lineage([version("a"), version("b", number=2)])
        told: list[Lineage] = []
        with pytest.raises(PlatformUnanswered, match=r"does not let this account see the run a \(403\)"):
            told.extend(lineage for _, lineage in asked)
        assert told[0] == Lineage()
        assert told[1].trained

    @pytest.mark.parametrize("status", [400, 404])
    def test_a_run_that_is_not_there(self, status: int) -> None:
        server = Answers(runs__get=[refused(status), {"run": run("b")}])
        first, second = self.lineage(server, version("a"), version("b", number=2))
        assert first == Lineage()
        assert second.trained

    def test_names_that_break_a_filter_stay_out_of_it(self) -> None:
        names = ["it's", "a') OR ('1", "ночь", "x" * 300, "ok-1", "ok_2", "ok3", "ok4"]
        server = Answers(
            experiments__search={"experiments": [{"experiment_id": "0"}]},
            runs__search={"runs": [run(name) for name in names if name.startswith("ok")]},
            runs__get=lambda request: {"run": run(request.url.params["run_id"])},
        )
        told = self.lineage(server, *(version(name, number=place) for place, name in enumerate(names)))
        assert all(one.trained for one in told)
        asked = next(json.loads(one.content) for one in server.asked if one.url.path.endswith("runs/search"))
        assert asked["filter"] == "attributes.run_id IN ('ok-1', 'ok3', 'ok4', 'ok_2')"

    def test_versions_of_one_run_ask_once(self) -> None:
        server = Answers(runs__get=lambda request: {"run": run(request.url.params["run_id"])})
        assert len(self.lineage(server, *(version("a", number=place) for place in range(40)))) == 40
        assert server.paths() == ["runs/get"]

    def test_logged_models(self) -> None:
        server = Answers()
        server.answers["logged-models/m-1"] = {"model": {"info": {"source_run_id": "a"}}}
        server.answers["logged-models/m-2"] = {"model": {"data": {"metrics": [{"key": "f1", "value": 0.5}]}}}
        server.answers["logged-models/m-3"] = refused(404)
        server.answers["runs/get"] = {"run": run("a")}
        sources = (
            "models:/m-1",
            "models:/m-2",
            "models:/m-3",
            "models:/fraud/1",
            "s3://m-1",
            "models:/m-1/../../users",
        )
        told = self.lineage(server, *(version(source=one, number=place) for place, one in enumerate(sources)))
        assert told[0].trained
        assert told[1] == Lineage(metrics={"f1": 0.5})
        assert told[2:] == [Lineage()] * 4
        assert len(server.asked) == 4


class TestOneRun:
    def data(self, *datasets: tuple[Any, str]) -> tuple[str, ...]:
        inputs = [
            {"dataset": {"source": source}, "tags": [{"key": "mlflow.data.context", "value": context}]}
            for source, context in datasets
        ]
        return lineage_of({"inputs": {"dataset_inputs": inputs}}).data

    @pytest.mark.parametrize(
        ("source", "address"),
        [
            ({"uri": "s3://b/a.csv"}, "s3://b/a.csv"),
            ({"url": "https://x/a.csv"}, "https://x/a.csv"),
            ({"path": "dbfs:/a", "delta_table_version": 3}, "dbfs:/a"),
            ({"delta_table_name": "prod.sales.nights", "is_databricks_uc_table": True}, "prod.sales.nights"),
            ({"path": "squad", "config_name": None, "split": "train"}, "squad"),
            ({"table_name": "nights"}, "nights"),
            ({"tags": {"mlflow.user": "ana"}}, ""),
            ({"dataset_id": "d-1"}, ""),
            ({"uri": None, "url": 5}, "5"),
            (["s3://b"], ""),
            ("s3://b/not-json", ""),
            (None, ""),
        ],
    )
    def test_where_a_dataset_is(self, source: Any, address: str) -> None:
        assert self.data((json.dumps(source), "")) == ((address,) if address else ())

    def test_a_source_that_is_no_json(self) -> None:
        assert self.data(("s3://b/a.csv", "")) == ("s3://b/a.csv",)
        assert self.data(("a.csv", ""), ("[" * 100_000, ""), (None, ""), ({"uri": "s3://b"}, "")) == ()

    def test_the_data_of_the_training(self) -> None:
        a, b, c = (json.dumps({"uri": uri}) for uri in ("s3://a", "s3://b", "s3://c"))
        assert self.data((a, "eval"), (b, "Training"), (c, "train")) == ("s3://b", "s3://c")
        assert self.data((a, "eval"), (b, ""), (a, "")) == ("s3://a", "s3://b")

    def test_metrics(self) -> None:
        told = [
            {"key": "auc", "value": 0.9, "timestamp": 2},
            {"key": "auc", "value": 0.8, "timestamp": "1"},
            {"key": "text", "value": "0.25"},
            {"key": "nan", "value": "NaN"},
            {"key": "inf", "value": "Infinity"},
            {"key": "mlflow's infinity", "value": sys.float_info.max},
            {"key": "huge", "value": HUGE},
            {"key": "none", "value": None, "timestamp": HUGE, "step": []},
            {"key": "", "value": 1},
        ]
        assert lineage_of({"data": {"metrics": told}}).metrics == {"auc": 0.9, "text": 0.25}

    @pytest.mark.parametrize("told", [{}, {"info": None, "data": [], "inputs": "x"}, {"info": {"end_time": HUGE}}])
    def test_nothing_known(self, told: dict[str, Any]) -> None:
        assert lineage_of(told) == Lineage()

    def test_a_run_that_was_deleted(self) -> None:
        assert lineage_of(run("a", lifecycle_stage="deleted")) == Lineage()
