from __future__ import annotations

from typing import Any

import pytest

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms

from .answers import CLOUD, DOWN, answer, platforms, registry_answer, serves, unregistered, version
from .support import checked, hits

ROW = {"Version": "3", "Location": "Cloud", "Stage": "Testing"}


def found(rows: list[dict[str, Any]], *answers: Any, on: Any = "Cloud", **more: Any) -> list[str]:
    said = hits("not-on-platform", rows, platforms=platforms(*answers, on=on, **more))
    assert all(hit.field == "version" for hit in said)
    return [hit.message for hit in said]


def test_a_version_that_the_platform_lacks() -> None:
    said = platforms(answer(version("4")), on="Cloud")
    (hit,) = hits("not-on-platform", [ROW], platforms=said)
    assert (hit.index, hit.field, hit.severity) == (0, "version", Severity.WARNING)
    assert hit.message == "our cloud has no version 3 of ac-failure."
    assert hit.fix.startswith("Register it there, or correct the version or the location here.")
    assert "version_tag" in hit.fix


def test_a_model_that_the_platform_lacks() -> None:
    assert found([ROW], answer()) == ["our cloud has no model 'AC failure'."]


def test_in_production_it_is_an_error() -> None:
    said = platforms(registry_answer(version("4")), on="Cloud")
    (hit,) = hits("not-on-platform", [{**ROW, "Stage": "Production"}], platforms=said)
    assert hit.severity is Severity.ERROR


def test_a_near_name_there_is_offered_as_it_goes_into_the_config() -> None:
    said = platforms(answer(version("3", 'ac-failures"')), on="Cloud")
    (hit,) = hits("not-on-platform", [ROW], platforms=said)
    assert hit.fix.endswith(r"""say so in the config: names = { "ac-failures\"" = "AC failure" }.""")
    said = platforms(answer(version("3", "ac-failure-2")), on="Cloud")
    (hit,) = hits("not-on-platform", [ROW], platforms=said)
    assert "config" not in hit.fix  # digits tell models apart


def test_one_row_has_one_finding_where_nothing_serves_either() -> None:
    said = platforms(answer(version("4"), serves("4")), on="Cloud")
    result = checked([{**ROW, "Stage": "Production"}], platforms=said)
    rules = [finding.rule for finding in result.findings if finding.row]
    assert "not-on-platform" not in rules
    assert "live-mismatch" in rules


@pytest.mark.parametrize(
    "row",
    [
        {"Version": ""},
        {"Name": ""},
        {"Location": ""},
        {"Location": "Berlin plant"},
        {"Stage": "Archived"},
        {"Version": "v4"},
        {"Version": "4.0"},
        {"Name": "ac_FAILURE", "Version": "4"},
    ],
)
def test_rows_that_are_no_concern_of_it_or_are_there(row: dict[str, str]) -> None:
    assert found([{**ROW, **row}], answer(version("4"))) == []


@pytest.mark.parametrize("missed", ["missed_versions", "missed_deployments"])
def test_who_did_not_tell_all_lacks_nothing(missed: str) -> None:
    assert found([ROW], answer(missed=DOWN, **{missed: True})) == []


def test_what_serves_without_being_registered_is_there() -> None:
    assert found([ROW], answer(serves("3", "test-bench", 0.1))) == []
    assert found([ROW], answer(unregistered("ac-failure-7"))) == []
    front = [LocationTerms("Cloud", CLOUD, "front")]
    assert found([ROW], answer(unregistered()), on=(), locations=front) == []
    assert found([ROW], answer(unregistered("other")), on=(), locations=front) != []


def test_a_place_with_the_name_of_somebodys_endpoint_is_not_on_the_platform() -> None:
    there = answer(
        version("9", "churn"), serves("9", model="churn"), serves("9", "x", model="churn", environment="Lab")
    )
    for place in ("front", "Lab", "lab"):
        assert found([{**ROW, "Location": place}], there, on=()) == []


def test_a_place_with_the_platforms_own_name_is_on_it() -> None:
    assert found([{**ROW, "Location": "Our cloud"}], answer(version("4")), on=()) == [
        "our cloud has no version 3 of ac-failure."
    ]


def test_on_one_of_two_platforms_is_enough() -> None:
    places = [LocationTerms("Cloud", CLOUD), LocationTerms("Cloud", "their cloud")]
    here, there = answer(version("4")), answer(version("3"), platform="their cloud")
    assert found([ROW], here, there, on=(), locations=places) == []
    down = answer(platform="their cloud", missed=DOWN, missed_versions=True, missed_deployments=True)
    assert found([ROW], here, down, on=(), locations=places) == []
    assert len(found([ROW], here, answer(platform="their cloud"), on=(), locations=places)) == 1


def test_a_mixed_sheet_is_judged_place_by_place() -> None:
    rows = [
        {"Name": "Script", "Version": "1", "Location": "cron on host 7"},
        {"Name": "Vendor", "Version": "1", "Location": "vendor's API"},
        {"Name": "Prices", "Version": "1", "Location": "prices.xlsx"},
        {**ROW, "Location": "Cloud; Berlin plant"},
    ]
    assert found(rows, answer(version("3"), serves("3", "test-bench"))) == []
    assert found(rows, answer(version("2"))) == ["our cloud has no version 3 of ac-failure."]


def test_models_that_the_config_leaves_out_and_names_that_may_be_two() -> None:
    there = answer(version("4"), version("4", "ac_failure"))
    assert found([ROW], there, terms=[PlatformTerms(CLOUD, leave_out=("AC[-_]*",))]) == []
    two = [{**ROW, "Name": "AC failure"}, {**ROW, "Name": "ac.failure"}]
    assert found(two, answer(version("4"))) == []


def test_every_spelling_of_a_version_in_the_sheet_is_there() -> None:
    rows = [ROW, {**ROW, "Version": "v3", "Location": "Cloud; Munich"}, {**ROW, "Version": "3.0"}]
    assert found(rows, answer(version("3"))) == []
    assert found(rows[:2], answer(version("v3"), version("3"))) == []
