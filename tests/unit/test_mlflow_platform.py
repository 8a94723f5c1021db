"""Listings that a real MLflow server is not made to give."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.mlflow_answers import URL, Answers, refused

HUGE = 10**400


def of_versions(*versions: Any, models: Any = None) -> Answers:
    return Answers(model_versions__search={"model_versions": versions}, registered_models__search=models or {})


class TestStrangeListings:
    def test_nothing_where_something_is_expected(self) -> None:
        keys = ("creation_timestamp", "current_stage", "source", "run_id", "user_id", "tags", "aliases", "description")
        for nothing in ({}, dict.fromkeys(keys)):
            (found,) = of_versions({"name": "fraud", "version": "1", **nothing}).versions()
            assert found == PlatformVersion("fraud", "1", id="models:/fraud/1")

    def test_other_kinds_of_values(self) -> None:
        told = {
            "name": "fraud",
            "version": 3,
            "source": {"a": 1},
            "run_id": 12,
            "user_id": ["x"],
            "aliases": "champion",
        }
        (found,) = of_versions({**told, "creation_timestamp": "1772600767089", "current_stage": 5}).versions()
        assert (found.version, found.source, found.run, found.created_by) == ("3", "", "12", "")
        assert (found.aliases, found.stage) == ((), "5")
        assert found.created
        assert found.created.isoformat() == "2026-03-04T05:06:07.089000+00:00"

    @pytest.mark.parametrize("moment", [HUGE, -5, 0, "0", "soon", 1e308, "9" * 5000, [], {}])
    def test_moments_that_are_none(self, moment: Any) -> None:
        (found,) = of_versions({"name": "f", "version": "1", "creation_timestamp": moment}).versions()
        assert found.created is None

    @pytest.mark.parametrize("listed", [{}, "x", 5, [None], ["x"], [[]]])
    def test_a_list_that_is_none(self, listed: Any) -> None:
        for path in ("model_versions__search", "registered_models__search"):
            key = path.removesuffix("__search")
            with pytest.raises(PlatformUnanswered, match=key):
                Answers(**{path: {key: listed}}).versions()

    @pytest.mark.parametrize("nameless", [{}, {"name": "fraud"}, {"version": "1"}, {"name": None, "version": "1"}])
    def test_a_version_without_a_name_is_no_version(self, nameless: dict[str, Any]) -> None:
        with pytest.raises(PlatformUnanswered, match="without a name"):
            of_versions(nameless).versions()

    @pytest.mark.parametrize("error", [{"error_code": "X"}, {"detail": "Not Found"}, {"error": {"code": 5}}])
    def test_an_error_with_a_good_status_is_not_empty(self, error: dict[str, Any]) -> None:
        with pytest.raises(PlatformUnanswered, match="an error"):
            Answers(model_versions__search=error).versions()
        with pytest.raises(PlatformUnanswered, match="an error"):
            Answers(registered_models__search=error).versions()

    def test_pages_in_a_circle(self) -> None:
        page = {"model_versions": [], "next_page_token": "again"}
        with pytest.raises(PlatformUnanswered, match="circle"):
            Answers(model_versions__search=page).versions()

    def test_empty_pages_in_the_middle(self) -> None:
        one = {"name": "fraud", "version": "1"}
        pages = [{"next_page_token": "b"}, {"model_versions": [], "next_page_token": "c"}, {"model_versions": [one]}]
        assert len(Answers(model_versions__search=pages).versions()) == 1

    def test_a_version_that_comes_again_on_the_next_page(self) -> None:
        one, two = {"name": "fraud", "version": "1"}, {"name": "fraud", "version": "2"}
        pages = [{"model_versions": [one, two], "next_page_token": "b"}, {"model_versions": [two]}]
        assert [found.version for found in Answers(model_versions__search=pages).versions()] == ["1", "2"]

    def test_a_token_with_signs_goes_back_as_it_came(self) -> None:
        token = "a+b/c==&max_results=1#ü"
        server = Answers(model_versions__search=[{"next_page_token": token}, {}])
        server.versions()
        assert server.asked[-1].url.params["page_token"] == token
        assert server.asked[-1].url.params.get_list("max_results") == ["1000"]

    def test_in_an_order_that_changes_leave_alone(self) -> None:
        server = Answers()
        server.versions()
        assert server.asked[-1].url.params.get_list("order_by") == ["name ASC", "version_number ASC"]

    def test_a_server_that_knows_no_such_order(self) -> None:
        def answer(request: httpx.Request) -> Any:
            return refused(400) if "order_by" in request.url.params else {"next_page_token": "b"}

        server = Answers(model_versions__search=[answer, answer, {"model_versions": [{"name": "f", "version": "1"}]}])
        assert len(server.versions()) == 1
        assert "order_by" not in server.asked[-1].url.params

    def test_a_refusal_is_not_taken_for_an_order(self) -> None:
        server = Answers(model_versions__search=lambda _request: refused(400))
        with pytest.raises(PlatformUnanswered, match="400: no"):
            server.versions()
        assert len(server.asked) == 3


class TestModels:
    def test_prompts_are_left_out_by_their_tag_at_either_place(self) -> None:
        prompt = {"key": "mlflow.prompt.is_prompt", "value": "True"}
        models = {"registered_models": [{"name": "greeting", "tags": [prompt]}, {"name": "fraud", "tags": []}]}
        told = [{"name": name, "version": "1"} for name in ("greeting", "fraud")]
        found = of_versions(*told, {"name": "bye", "version": "1", "tags": [prompt]}, models=models).versions()
        assert [one.model for one in found] == ["fraud"]

    def test_aliases_of_both_places(self) -> None:
        aliases = [{"alias": "champion", "version": 2}, {"alias": "b", "version": "2"}, {"alias": "x", "version": "9"}]
        models = {"registered_models": [{"name": "fraud", "aliases": aliases}]}
        (found,) = of_versions({"name": "fraud", "version": "2", "aliases": ["a", 5]}, models=models).versions()
        assert found.aliases == ("a", "b", "champion")

    def test_an_owner_that_is_blank_is_none(self) -> None:
        def owner(value: str) -> list[dict[str, str]]:
            return [{"key": "OWNER", "value": value}]

        models = {"registered_models": [{"name": "fraud", "tags": owner("team")}]}
        (found,) = of_versions({"name": "fraud", "version": "1", "tags": owner(" ")}, models=models).versions()
        assert found.owner == "team"

    def test_stages_of_any_case_count_as_live(self) -> None:
        listed = (PlatformVersion("f", "1", stage="PRODUCTION"), PlatformVersion("f", "2", stage="Staging"))
        assert [one.endpoint for one in Answers().platform().deployments("", listed)] == ["PRODUCTION"]


class TestRunLinks:
    def link(self, url: str, **told: Any) -> str:
        (found,) = of_versions({"name": "f", "version": "1", **told}).versions(url)
        return found.run_link

    def test_of_mlflow(self) -> None:
        assert self.link(URL + "/", run_id="ab12") == URL + "/#/runs/ab12"
        assert self.link(URL, run_id="a/b#?") == URL + "/#/runs/a%2Fb%23%3F"

    @pytest.mark.parametrize(
        "url",
        [
            "https://westeurope.api.azureml.ms/mlflow/v1.0/subscriptions/s/resourceGroups/g",
            "https://dbc-1.cloud.databricks.com",
            "https://adb-1.2.azuredatabricks.net",
        ],
    )
    def test_none_where_mlflow_has_no_pages(self, url: str) -> None:
        assert self.link(url, run_id="ab12") == ""

    def test_only_addresses_of_the_web_are_taken_over(self) -> None:
        assert self.link(URL, run_link="https://other/runs/1", run_id="ab") == "https://other/runs/1"
        assert self.link(URL, run_link="javascript:alert(1)") == ""

    def test_paths_below_the_address(self) -> None:
        server = Answers()
        server.versions("https://x.api.azureml.ms/mlflow/v1.0/subscriptions/s")
        path = "/mlflow/v1.0/subscriptions/s/api/2.0/mlflow/registered-models/search"
        assert server.asked[0].url.path == path


def test_nothing_is_loaded_or_asked_before_it_is_needed() -> None:
    said = (
        "import sys, registry_sheets.platforms.mlflow as m; from registry_sheets.platforms.deadline import Deadline;"
        "p = m.MlflowPlatform('m', 'http://x', Deadline(1), environment={}, ca_file='/absent'); p.close();"
        "assert not {'httpx', 'mlflow', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", said], check=True)
