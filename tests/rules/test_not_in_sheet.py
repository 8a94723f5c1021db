from __future__ import annotations

from typing import Any

import pytest

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms

from .answers import CLOUD, DOWN, answer, live, platforms, registry_answer, serves, unregistered, version
from .support import checked, hits

ROW = {"Version": "3", "Location": "Cloud"}


def found(rows: list[dict[str, Any]], *answers: Any, **more: Any) -> list[Hit]:
    said = hits("not-in-sheet", rows, platforms=platforms(*answers, **more))
    assert all((hit.index, hit.field) == (None, None) for hit in said)
    return said


def told(*answers: Any, **more: Any) -> list[str]:
    return [hit.message for hit in found([ROW], *answers, **more) if hit.severity is not Severity.INFO]


def test_a_version_that_serves_is_an_error_that_names_it() -> None:
    (hit,) = found([ROW], answer(version("4"), serves("4", share=0.9)))
    assert (hit.severity, hit.name, hit.version) == (Severity.ERROR, "AC failure", "4")
    assert hit.message == (
        "our cloud has version 4 of ac-failure, which serves at endpoint 'front' (90 %), "
        "and the sheet has no row for it."
    )
    assert hit.fix == 'Add a row for it; `registry-sheets import "our cloud"` proposes one.'


def test_a_promoted_version_is_a_warning() -> None:
    (hit,) = found([ROW], answer(*live("4")))
    assert hit.severity is Severity.WARNING
    assert "which has the alias 'champion'," in hit.message
    (hit,) = found([ROW], answer(version("4", aliases=("champion", "b"))))
    assert "which has the aliases 'champion' and 'b'," in hit.message
    (hit,) = found([ROW], answer(version("4", stage="Approved")))
    assert "which is 'Approved' there," in hit.message


def test_in_a_registry_without_endpoints() -> None:
    assert told(registry_answer(*live("4"), serves("4", "@champion", None), serves("4", "Production", None))) == [
        "our mlflow has version 4 of ac-failure, which is @champion and in stage 'Production', "
        "and the sheet has no row for it."
    ]


@pytest.mark.parametrize(
    "there",
    [
        {"aliases": ("default",)},  # Vertex gives it to one version of every model
        {"aliases": ("Latest",)},
        {"stage": "Archived", "aliases": ("champion",)},
        {"stage": "None"},
        {"stage": "PendingManualApproval"},
        {"stage": "Development"},
        {},
    ],
)
def test_plain_experiments_are_one_line_with_their_count(there: dict[str, Any]) -> None:
    (hit,) = found([ROW], answer(version("4", **there), version("5", **there)))
    assert hit.severity is Severity.INFO
    assert hit.message == (
        "our cloud has 2 more versions that are not in the sheet: neither serving, nor with an alias, nor promoted."
    )
    (hit,) = found([ROW], answer(version("4", **there)))
    assert hit.message.startswith("our cloud has 1 more version that is not in the sheet")


def test_a_shadow_gets_no_traffic() -> None:
    assert told(answer(version("4"), serves("4", share=0.0))) == []


@pytest.mark.parametrize("missed", ["missed_versions", "missed_deployments"])
def test_of_half_an_answer_what_was_seen_is_told_and_nothing_counted(missed: str) -> None:
    said = answer(version("4"), version("5"), serves("5"), serves("17"), missed=DOWN, **{missed: True})
    hits_ = found([ROW], said)
    assert Severity.INFO not in {hit.severity for hit in hits_}
    assert [hit.version for hit in hits_] == (["5"] if missed == "missed_versions" else ["5", "17"])


def test_a_version_in_two_regions_is_one_finding_with_the_worst_of_both() -> None:
    there = answer(*live("4", scope="eu"), version("4", scope="us"), serves("4", scope="us"))
    (hit,) = found([ROW], there)
    assert hit.severity is Severity.ERROR
    assert "serves at endpoint 'front'" in hit.message


def test_a_version_in_the_sheet_in_any_spelling_or_stage_is_not_missing() -> None:
    there = answer(*live("4"), serves("4"))
    for row in ({"Version": "v4"}, {"Version": "4.0"}, {"Version": "4", "Stage": "Archived"}):
        assert found([row], there) == []
    assert found([{"Version": "4", "Name": "AC_Failure"}], there) == []
    assert found([{"Version": "v4", "Name": "AC_Failure"}, ROW], there) == []


def test_a_name_that_may_be_two_models_asks_which() -> None:
    rows = [{**ROW, "Name": "AC failure"}, {**ROW, "Name": "AC-Failure"}]
    (hit,) = found(rows, answer(version("4", "ac_failure"), serves("4", model="ac_failure")))
    assert hit.fix == (
        "Say in the config which model of the sheet it is, 'AC failure' or 'AC-Failure': "
        'names = { "ac_failure" = "AC failure" }.'
    )


def test_a_name_that_is_near_is_offered() -> None:
    (hit,) = found([ROW], answer(version("4", "ac-failures"), serves("4", model="ac-failures")))
    assert (
        'If it is the model \'AC failure\', say so in the config: names = { "ac-failures" = "AC failure" }.' in hit.fix
    )
    (hit,) = found([ROW], answer(version("4", "churn"), serves("4", model="churn")))
    assert "leave_out" in hit.fix


def test_a_name_is_not_offered_to_two() -> None:
    (hit,) = found([ROW], answer(version("3"), version("4", "ac-failures"), serves("4", model="ac-failures")))
    assert "names" not in hit.fix


@pytest.mark.parametrize(
    "terms",
    [
        {"leave_out": ("other-*",)},
        {"leave_out": ("OTHER-team",)},
        {"models": ("ac-*",)},
        {"models": ("ac-failure",)},
    ],
)
def test_models_of_other_teams(terms: dict[str, Any]) -> None:
    there = answer(version("4", "other-team"), serves("4", model="other-team"), version("3"))
    assert told(there, terms=[PlatformTerms(CLOUD, **terms)]) == []


def test_a_pattern_with_signs_of_patterns_is_also_a_name() -> None:
    there = answer(version("4", "x[1]*"), serves("4", model="x[1]*"))
    assert told(there, terms=[PlatformTerms(CLOUD, leave_out=("x[1]*",))]) == []
    assert len(told(answer(version("4", "x[1]"), serves("4", model="x[1]")))) == 1


def test_names_by_a_pattern() -> None:
    terms = [PlatformTerms(CLOUD, names={"team-*-prod": "*"})]
    there = answer(version("3", "team-ac-failure-prod"), serves("3", model="team-ac-failure-prod"))
    assert told(there, terms=terms) == []
    (hit,) = found(
        [ROW], answer(version("4", "team-ac-failure-prod"), serves("4", model="team-ac-failure-prod")), terms=terms
    )
    assert (hit.name, hit.version) == ("AC failure", "4")
    assert "version 4 of team-ac-failure-prod" in hit.message


def test_a_version_that_a_tag_names() -> None:
    there = answer(version("17", tags={"registry-sheets.version": "4"}), serves("17"))
    (hit,) = found([ROW], there)
    assert hit.version == "4"
    assert "version 17 (4 by its tag) of ac-failure" in hit.message
    assert found([{"Version": "4"}], there) == []


def test_what_was_exported_is_known_by_its_tags() -> None:
    tags = {"registry-sheets.version": "3", "registry-sheets.name": "Prognose für Köln"}
    there = answer(version("1", "m-77f", tags=tags), serves("1", model="m-77f"))
    assert found([{"Name": "Prognose für Köln", "Version": "3"}], there) == []
    (hit,) = found([ROW], there)
    assert hit.name == "m-77f"


def test_what_serves_and_is_registered_nowhere() -> None:
    (hit,) = found([ROW], answer(version("3"), serves("9", share=0.5), serves("9", "b")))
    assert hit.message == (
        "On our cloud version 9 of ac-failure serves at endpoint 'front' (50 %) and 'b'. "
        "It is not registered there, and the sheet has no row for it."
    )
    assert (hit.severity, hit.name, hit.version) == (Severity.ERROR, "AC failure", "9")


def test_a_model_that_is_not_registered() -> None:
    (hit,) = found([ROW], answer(unregistered("shop", source="s3://m/x?sig=secret"), unregistered("shop", source="y")))
    assert hit.message == (
        "Endpoint 'shop' of our cloud serves a model that is not registered there (s3://m/x), and no row is at it."
    )
    assert hit.severity is None


def test_a_row_at_its_endpoint_speaks_for_it() -> None:
    said = answer(unregistered("front-desk"))
    assert found([{**ROW, "Location": "Front desk"}], said) == []
    place = [LocationTerms("Cloud", CLOUD, "Front-Desk")]
    assert found([ROW], said, locations=place) == []
    assert len(found([{**ROW, "Stage": "Archived"}], said, locations=place)) == 1


def test_endpoints_of_other_teams_are_no_concern() -> None:
    other = answer(unregistered("team-b-shop"))
    assert told(other, terms=[PlatformTerms(CLOUD, models=("ac-*",))]) == []
    assert told(other, terms=[PlatformTerms(CLOUD, leave_out=("team-b-*",))]) == []
    ours = answer(version("3"), serves("3", "team-b-shop", 0.5), unregistered("team-b-shop", 0.5))
    assert len(told(ours, terms=[PlatformTerms(CLOUD, models=("ac-*",))])) == 1


def test_a_version_without_a_number() -> None:
    assert told(answer(version(""), serves(""))) == [
        "our cloud has a version of ac-failure that it does not name, which serves at endpoint 'front', "
        "and the sheet has no row for it."
    ]


def test_names_out_of_all_proportion() -> None:
    huge = "x\x00\x1b[31m*[" * 20_000
    (hit,) = found([ROW], answer(version(huge, huge, aliases=(huge,)), serves(huge, huge, model=huge)))
    assert len(hit.message) + len(hit.fix) < 900
    assert len(hit.name) <= 255


def test_a_finding_can_be_accepted_by_name_and_version() -> None:
    from datetime import date

    from registry_sheets.registry.table import Accepted, Lists

    said = platforms(answer(version("3"), version("4"), serves("4")))
    lists = Lists("Lists", accepted=(Accepted("ac failure", "4", "", "known", date(2027, 1, 1), 5),))
    assert [one.rule for one in checked([ROW], platforms=said, lists=lists).accepted] == ["not-in-sheet"]
