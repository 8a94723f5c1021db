from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms
from registry_sheets.registry.table import Lists

from .answers import CLOUD, DOWN, MLFLOW, answer, platforms, registry_answer, serves, unregistered, version
from .support import hits

V3 = {"Version": "3", "Location": "Cloud"}
V4 = {"Version": "4", "Location": "Cloud"}
BOTH = (version("3"), version("4"))


def found(rows: list[dict[str, Any]], *answers: Any, on: Any = "Cloud", **more: Any) -> list[str]:
    said = hits("live-mismatch", rows, platforms=platforms(*answers, on=on, **more))
    assert all(hit.field == "location" for hit in said)
    return [hit.message for hit in said]


def test_another_version_has_the_larger_share() -> None:
    said = platforms(answer(*BOTH, serves("4", share=0.9), serves("3", share=0.1)), on="Cloud")
    (hit,) = hits("live-mismatch", [V3], platforms=said)
    assert (hit.index, hit.field) == (0, "location")
    assert hit.message == (
        "3 is said to be in Production at 'Cloud'; on our cloud endpoint 'front' serves 4 (90 %) and 3 (10 %)."
    )
    assert "put the other in Production here as well" in hit.fix


def test_another_version_serves_alone() -> None:
    (hit,) = hits("live-mismatch", [V3], platforms=platforms(answer(*BOTH, serves("4")), on="Cloud"))
    assert hit.message == "3 is said to be in Production at 'Cloud'; on our cloud endpoint 'front' serves 4."
    assert hit.fix.startswith("Correct the sheet to what runs (`registry-sheets promote`), or let the endpoint")


def test_nothing_of_the_model_serves() -> None:
    assert found([V3], answer(*BOTH)) == [
        "3 is said to be in Production at 'Cloud'; on our cloud nothing serves 'AC failure'."
    ]


def test_another_model_serves_at_the_very_endpoint() -> None:
    said = answer(*BOTH, version("9", "churn"), serves("9", model="churn"))
    place = [LocationTerms("Cloud", CLOUD, "front")]
    assert found([V3], said, on=(), locations=place) == [
        "3 is said to be in Production at 'Cloud'; on our cloud endpoint 'front' serves churn 9."
    ]
    assert found([V3], answer(*BOTH), on=(), locations=place) == [
        "3 is said to be in Production at 'Cloud'; on our cloud nothing serves 'AC failure' there."
    ]


@pytest.mark.parametrize(
    "serving",
    [
        [serves("3")],
        [serves("3", share=None)],
        [serves("3", share=0.9), serves("4", share=0.1)],  # a canary
        [serves("3", share=0.5), serves("4", share=0.5)],  # blue and green
        [serves("3"), serves("4", share=0.0)],  # a shadow
        [serves("3", share=None), serves("4", share=None)],  # nobody tells shares
        [serves("3", share=0.3), serves("3", share=0.3), serves("4", share=0.4)],  # on two kinds of machine
        [serves("3", share=0.1), serves("3", share=0.2), serves("4", share=0.3)],
        [serves("3", "a"), serves("4", "b")],
        [serves("3", scope="eu", share=0.6), serves("4", scope="eu", share=0.4), serves("4", scope="us")],
        [serves("3", share=0.1), serves("9", share=0.9, model="churn")],  # an endpoint of several models
        [serves("3", share=float("nan")), serves("4", share=0.6)],
        [serves("3", share=-1.0), serves("4", share=0.6)],
        [serves("3", share=90.0), serves("4", share=10.0)],  # no shares at all
        [serves("3", share=float("inf")), serves("4", share=1.0)],
    ],
)
def test_what_leads_or_may_lead_is_no_mismatch(serving: list[Any]) -> None:
    assert found([V3], answer(*BOTH, version("9", "churn"), *serving)) == []


def test_shares_of_one_version_count_together() -> None:
    serving = [serves("4", share=0.3), serves("4", share=0.3), serves("3", share=0.4)]
    assert found([V3], answer(*BOTH, *serving)) == [
        "3 is said to be in Production at 'Cloud'; on our cloud endpoint 'front' serves 4 (60 %) and 3 (40 %)."
    ]


def test_two_versions_that_share_the_traffic_are_both_live() -> None:
    said = answer(*BOTH, serves("4", share=0.9), serves("3", share=0.1))
    assert found([V3, V4], said) == []
    assert found([V3, {**V4, "Used for": "Chillers"}], said) == []
    at_front = LocationTerms("Front door", CLOUD, "front")
    assert found([V3, {**V4, "Location": "Front door"}], said, locations=[at_front]) == []
    assert len(found([V3, {**V4, "Stage": "Testing"}], said)) == 1
    assert len(found([V3, {**V4, "Location": "Munich office"}], said)) == 1


def test_places_of_two_endpoints_are_told_apart() -> None:
    both = [LocationTerms("A", CLOUD, "a"), LocationTerms("B", CLOUD, "b")]
    rows = [{**V3, "Location": "A"}, {**V4, "Location": "B"}]
    right = answer(*BOTH, serves("3", "a"), serves("4", "b"))
    wrong = answer(*BOTH, serves("4", "a"), serves("3", "b"))
    assert found(rows, right, locations=both) == []
    assert len(found(rows, wrong, locations=both)) == 2


def test_a_row_at_several_places_is_judged_at_each() -> None:
    row = {**V3, "Location": "Cloud; Berlin plant"}
    assert found([row], answer(*BOTH, serves("3"))) == []
    assert len(found([row], answer(*BOTH, serves("4")))) == 1


def test_one_endpoint_name_in_two_regions_and_on_two_platforms() -> None:
    front = [LocationTerms("Front", CLOUD, "front"), LocationTerms("Front", "their cloud", "front")]
    here, there = answer(*BOTH, serves("4", scope="eu")), answer(*BOTH, serves("3"), platform="their cloud")
    row = {**V3, "Location": "Front"}
    assert found([row], here, there, on=(), locations=front) == []
    assert found([row], there, here, on=()) == []
    regions = answer(*BOTH, serves("4", scope="eu"), serves("4", scope="us"))
    assert found([row], regions, on=(), locations=front) == [
        "3 is said to be in Production at 'Front'; on our cloud endpoint 'front' (eu) serves 4; "
        "endpoint 'front' (us) serves 4."
    ]
    down = replace(there, deployments=(), missed=DOWN, missed_deployments=True)
    assert found([row], here, down, on=(), locations=front) == []


@pytest.mark.parametrize("missed", ["missed_versions", "missed_deployments"])
def test_who_did_not_tell_all_is_not_held_against_a_row(missed: str) -> None:
    for said in ([serves("4")], [serves("4", share=0.9), serves("3", share=0.1)], []):
        assert found([V3], answer(*BOTH, *said, missed=DOWN, **{missed: True})) == []


@pytest.mark.parametrize(
    "place",
    ["Berlin plant", "front desk", "FRONT", "prod", "Excel model", "our-other-cloud"],
)
def test_a_location_that_nobody_says_is_on_a_platform(place: str) -> None:
    """Somebody else's endpoint may bear its name."""
    other = [serves("9", "front", model="churn"), serves("9", "x", model="churn", environment="prod")]
    assert found([{**V3, "Location": place}], answer(*BOTH, version("9", "churn"), *other), on=()) == []


def test_an_endpoint_of_the_locations_name_that_serves_the_model_counts() -> None:
    row = {**V3, "Location": "Front Desk"}
    assert len(found([row], answer(*BOTH, serves("4", "front-desk")), on=())) == 1
    assert len(found([row], answer(*BOTH, serves("4", "x", environment="front_desk")), on=())) == 1
    assert found([row], answer(*BOTH, serves("3", "front-desk")), on=()) == []


def test_a_named_endpoint_without_the_model_does_not_hide_another_of_the_platform() -> None:
    said = answer(*BOTH, version("9", "churn"), serves("9", "cloud", model="churn"), serves("3", "elsewhere"))
    assert found([V3], said) == []


def test_lists_say_which_platform_a_location_is_on() -> None:
    said = platforms(answer(*BOTH, serves("4")))
    for typed in ("our cloud", "Our Cloud ", "our-cloud"):
        lists = Lists(tab="Lists", platforms={"cloud": typed})
        assert len(hits("live-mismatch", [V3], platforms=said, lists=lists)) == 1
    lists = Lists(tab="Lists", platforms={"Cloud": "none"})
    front = {**V3, "Location": "Front"}
    assert len(hits("live-mismatch", [front], platforms=said)) == 1
    assert hits("live-mismatch", [front], platforms=said, lists=Lists(tab="L", platforms={"Front": "a script"})) == []
    assert hits("live-mismatch", [V3], platforms=said, lists=lists) == []


@pytest.mark.parametrize("typed", ["3", "v3", "V 3", "Version 3", "ver. 3", "3.0", "03"])
def test_a_version_is_one_however_it_is_spelled(typed: str) -> None:
    assert found([{**V3, "Version": typed}], answer(*BOTH, serves("3"))) == []


def test_versions_that_only_look_alike_are_two() -> None:
    for typed in ("3.1", "30", "2024v3", "13"):
        assert len(found([{**V3, "Version": typed}], answer(*BOTH, serves("3")))) == 1, typed
    there = answer(version("3"), version("3.0"), serves("3.0"))
    assert len(found([V3], there)) == 1


@pytest.mark.parametrize("row", [{"Version": ""}, {"Name": ""}, {"Location": ""}, {"Stage": "Testing"}, {"Stage": ""}])
def test_rows_that_cannot_be_compared_are_left_alone(row: dict[str, str]) -> None:
    assert found([{**V3, **row}], answer(*BOTH, serves("4"), unregistered("other"))) == []


def test_rows_of_one_version_two_places_one_on_a_platform() -> None:
    rows = [V3, {**V3, "Location": "Berlin plant"}, {**V3, "Stage": "Archived", "Used for": "Chillers"}]
    assert found(rows, answer(*BOTH, serves("3"))) == []
    assert len(found(rows, answer(*BOTH, serves("4")))) == 1


def test_a_model_that_is_not_registered_may_be_it() -> None:
    assert found([V3], answer(unregistered("ac-failure-endpoint"))) == []
    place = [LocationTerms("Cloud", CLOUD, "front")]
    assert found([V3], answer(*BOTH, unregistered()), on=(), locations=place) == []
    assert found([V3], answer(*BOTH, unregistered(share=0.9), serves("4", share=0.1)), on=(), locations=place) == []
    both = answer(*BOTH, unregistered(share=0.9), serves("3", share=0.1))
    assert found([V3], both, on=(), locations=place) == [
        "3 is said to be in Production at 'Cloud'; on our cloud endpoint 'front' serves "
        "a model that is not registered (s3://models/x.tar.gz) (90 %) and 3 (10 %)."
    ]


def test_a_registry_without_any_alias_says_nothing() -> None:
    assert found([V3], registry_answer(*BOTH)) == []


def test_a_registry_that_calls_another_version_live() -> None:
    (hit,) = hits(
        "live-mismatch", [V3], platforms=platforms(registry_answer(*BOTH, serves("4", "@champion", None)), on="Cloud")
    )
    assert hit.message == "3 is said to be in Production at 'Cloud'; on our mlflow 4 is @champion."
    assert "alias" in hit.fix
    said = registry_answer(*BOTH, serves("4", "Production", None))
    assert found([V3], said) == ["3 is said to be in Production at 'Cloud'; on our mlflow 4 is in stage 'Production'."]


def test_one_alias_cannot_name_all_that_is_live() -> None:
    said = registry_answer(*BOTH, serves("4", "@champion", None))
    assert found([V3, {**V4, "Location": "Munich office"}], said) == []
    assert found([V3, {**V4, "Location": "Munich office", "Stage": "Testing"}], said) != []


def test_two_in_production_at_one_place_are_not_both_right_where_one_alias_names_one() -> None:
    said = registry_answer(*BOTH, serves("4", "@champion", None))
    (told,) = found([V3, V4], said)
    assert "3 is said to be in Production" in told
    assert found([{**V3, "Used for": ""}, V4], said) == [told]
    assert found([{**V3, "Used for": "Leases"}, {**V4, "Used for": "Mergers"}], said) == []


def test_an_alias_for_each_place() -> None:
    places = [LocationTerms("Berlin", MLFLOW, "champion-berlin"), LocationTerms("Munich", MLFLOW, "@champion-munich")]
    said = registry_answer(*BOTH, serves("3", "@champion-berlin", None), serves("4", "@champion-munich", None))
    right = [{**V3, "Location": "Berlin"}, {**V4, "Location": "Munich"}]
    assert found(right, said, on=(), locations=places) == []
    assert found([{**V4, "Location": "Berlin"}], said, on=(), locations=places) != []


def test_a_model_that_the_config_leaves_out_is_not_missed() -> None:
    said = answer(*BOTH, serves("4"))
    for terms in (PlatformTerms(CLOUD, leave_out=("ac-*",)), PlatformTerms(CLOUD, models=("team-*",))):
        assert found([V3], said, terms=[terms]) == []


def test_a_name_that_may_be_two_models_is_held_against_neither() -> None:
    rows = [{**V3, "Name": "AC failure"}, {**V3, "Name": "AC-Failure"}]
    there = answer(version("3", "ac_failure"), version("4", "ac_failure"), serves("4", model="ac_failure"))
    assert found(rows, there) == []


def test_versions_that_a_tag_names() -> None:
    there = [version("17", tags={"sheet": "3"}), version("18", tags={"sheet": "4"}), version("3")]
    terms = [PlatformTerms(CLOUD, version_tag="sheet")]
    assert found([V3], answer(*there, serves("17")), terms=terms) == []
    assert found([V3], answer(*there, serves("18")), terms=terms) == [
        "3 is said to be in Production at 'Cloud'; on our cloud endpoint 'front' serves 4."
    ]


def test_a_version_registered_in_another_region_than_it_serves_in() -> None:
    there = answer(version("3", scope="eu", tags={"registry-sheets.version": "3.1"}), serves("3", scope="us"))
    assert found([{**V3, "Version": "3.1"}], there) == []


def test_many_endpoints_are_told_shortly() -> None:
    there = answer(*BOTH, *(serves("4", f"endpoint-{n}") for n in range(40)))
    (message,) = found([V3], there)
    assert message.endswith("; and 36 endpoints more.")
    assert message.count(";") == 5
