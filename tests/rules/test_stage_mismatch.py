from __future__ import annotations

from typing import Any

import pytest

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.platforms.terms import LocationTerms

from .answers import CLOUD, DOWN, MLFLOW, answer, live, platforms, registry_answer, serves, unregistered, version
from .support import hits

ARCHIVED = {"Version": "3", "Stage": "Archived"}
TESTING = {"Version": "3", "Stage": "Testing"}
LIVE = {"Version": "3", "Stage": "Production"}


def found(rows: list[dict[str, Any]], *answers: Any, **more: Any) -> list[Hit]:
    said = hits("stage-mismatch", rows, platforms=platforms(*answers, **more))
    assert all(hit.field == "stage" for hit in said)
    return said


def test_an_archived_version_that_serves() -> None:
    (hit,) = found([ARCHIVED], answer(version("3"), serves("3")))
    assert (hit.index, hit.severity) == (0, Severity.ERROR)
    assert hit.message == "It is Archived here, but on our cloud endpoint 'front' serves it."
    assert hit.fix == "Correct the stage here, or let it serve no longer."
    (hit,) = found([ARCHIVED], answer(version("3"), version("4"), serves("3", share=0.1), serves("4", share=0.9)))
    assert hit.message == "It is Archived here, but on our cloud endpoint 'front' serves it (10 %)."


def test_an_archived_version_that_is_the_champion() -> None:
    (hit,) = found([ARCHIVED], registry_answer(*live("3"), serves("3", "@champion", None)))
    assert hit.message == "It is Archived here, but on our mlflow it is @champion."


def test_a_version_in_testing_that_leads() -> None:
    (hit,) = found([TESTING], answer(version("3"), version("4"), serves("3", share=0.9), serves("4", share=0.1)))
    assert hit.severity is Severity.WARNING
    assert hit.message == "It is Testing here, but on our cloud endpoint 'front' serves it (90 %)."
    assert hit.fix == "Correct the stage here. If that is an endpoint for tests, name it as this row's location."


@pytest.mark.parametrize(
    "serving",
    [
        [serves("3", share=0.1), serves("4", share=0.9)],  # a canary
        [serves("3", share=0.5), serves("4", share=0.5)],
        [serves("3", share=0.0), serves("4")],  # a shadow
        [serves("3", share=None), serves("4", share=None)],
        [serves("3", share=0.4), serves("4", share=0.3), serves("4", share=0.3)],
        [serves("3", share=float("nan")), serves("4")],
        [serves("3", share=0.4), unregistered(share=None)],
        [serves("3", "ac-failure-staging")],
        [serves("3", "TEST_bench")],
        [serves("3", "x", environment="dev")],
        [serves("3", "a", share=0.3, scope="eu"), serves("4", "a", share=0.7, scope="eu")],
    ],
)
def test_a_version_in_testing_where_tests_are_done(serving: list[Any]) -> None:
    assert found([TESTING], answer(version("3"), version("4"), *serving)) == []


def test_a_version_in_testing_at_its_own_endpoint() -> None:
    said = answer(version("3"), version("4"), serves("3", "bench"), serves("4", "front"))
    rows = [{**TESTING, "Location": "Bench"}, {**LIVE, "Version": "4", "Location": "Front"}]
    assert found(rows, said) == []
    assert found([{**TESTING, "Location": "Lab"}], said, locations=[LocationTerms("Lab", CLOUD, "bench")]) == []
    assert found([{**TESTING, "Location": "Lab"}], said, on="Lab") == []
    assert len(found([{**TESTING, "Location": "Lab"}], said, locations=[LocationTerms("Lab", CLOUD, "front")])) == 1


def test_to_name_a_registry_is_not_to_name_an_endpoint_for_tests() -> None:
    said = registry_answer(*live("3"), serves("3", "@champion", None))
    assert len(found([{**TESTING, "Location": "Cloud"}], said, on="Cloud")) == 1


def test_the_row_nearest_to_production_speaks_for_a_version() -> None:
    serving = answer(version("3"), serves("3"))
    assert found([ARCHIVED, LIVE], serving) == []
    assert [hit.index for hit in found([ARCHIVED, {**TESTING, "Location": "Lab"}], serving)] == [1]
    assert found([ARCHIVED, {**TESTING, "Location": "front"}], serving) == []
    assert found([ARCHIVED, {**ARCHIVED, "Stage": ""}], serving) == []


def test_words_that_say_another_stage() -> None:
    (hit,) = found([LIVE], registry_answer(version("3", stage="Staging")))
    assert hit.message == "It is Production here, but 'Staging' on our mlflow."
    assert hit.fix == "Correct the stage here, or there."
    assert len(found([TESTING], answer(version("3", stage="Archived")))) == 1
    assert len(found([ARCHIVED], answer(version("3", stage="Production")))) == 1


@pytest.mark.parametrize("word", ["", "None", "Approved", "PendingManualApproval", "Production", "prod", "что-то"])
def test_words_that_say_no_other_stage(word: str) -> None:
    assert found([LIVE], answer(version("3", stage=word))) == []


def test_words_of_which_any_copy_or_row_says_the_same() -> None:
    copies = answer(version("3", stage="Staging", scope="eu"), version("3", stage="Production", scope="us"))
    assert found([LIVE], copies) == []
    elsewhere = answer(version("3", stage="Production"), platform="their cloud")
    assert found([LIVE], answer(version("3", stage="Staging")), elsewhere) == []
    assert found([LIVE, {**TESTING, "Location": "Lab"}], answer(version("3", stage="Staging"))) == []


def test_one_finding_for_one_version() -> None:
    copies = answer(
        version("3", scope="eu"), version("3", scope="us"), serves("3", scope="eu"), serves("3", scope="us")
    )
    assert len(found([ARCHIVED, {**ARCHIVED, "Location": "Lab"}], copies, answer(*copies.versions, platform="x"))) == 1


@pytest.mark.parametrize("missed", ["missed_versions", "missed_deployments"])
def test_who_did_not_tell_all(missed: str) -> None:
    more = {"missed": DOWN, missed: True}
    assert found([LIVE], answer(version("3", stage="Staging"), **more)) == []
    for share in (None, 0.3, 0.5):
        assert found([TESTING], answer(version("3"), serves("3", share=share), **more)) == []
    assert len(found([TESTING], answer(version("3"), serves("3", share=0.6), **more))) == 1
    assert len(found([ARCHIVED], answer(version("3"), serves("3", share=0.1), **more))) == 1


def test_a_row_that_is_on_one_platform_is_not_judged_by_another_that_counts_by_itself() -> None:
    row = {**ARCHIVED, "Location": "Cloud"}
    mlflow = registry_answer(*live("3"), serves("3", "@champion", None))
    assert found([row], answer(version("3")), mlflow, on="Cloud") == []
    assert found([row], mlflow, locations=[LocationTerms("Cloud", "one that was not asked")]) == []
    tagged = registry_answer(version("8", tags={"registry-sheets.version": "3"}), serves("8", "@champion", None))
    assert len(found([row], answer(version("3")), tagged, on="Cloud")) == 1
    assert len(found([row], mlflow, locations=[LocationTerms("Cloud", MLFLOW)])) == 1


def test_rows_without_a_stage_say_nothing() -> None:
    assert found([{**LIVE, "Stage": ""}], answer(version("3", stage="Archived"), serves("3"))) == []
    assert found([{**LIVE, "Stage": None}], answer(version("3", stage="Archived"), serves("3"))) == []
