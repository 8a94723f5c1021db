"""Settings that fit nothing on a platform are named; those that do their work are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry_sheets.operations.doctor_platforms import platforms
from registry_sheets.registry.platforms.idle import idle_settings
from registry_sheets.registry.platforms.reconciling import Reconciled
from registry_sheets.registry.platforms.terms import LocationTerms, Platforms, PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, PlatformAnswer, PlatformVersion
from registry_sheets.registry.table import Lists
from tests.rules.support import table

VERSIONS = (PlatformVersion("ac-failure", "3.1", tags={"release": "3.1"}), PlatformVersion("scratch", "1"))
ANSWER = PlatformAnswer(
    "ours", "mlflow", datetime(2026, 7, 1, tzinfo=UTC), VERSIONS, (Deployment("ac-failure", "3.1", "@champion"),)
)
DESK = LocationTerms("Service desk app", "ours", "@champion")
ROWS = [{"Name": "AC failure", "Version": "3.1", "Location": "Service desk app"}]


def reconciled(terms: PlatformTerms, *locations: LocationTerms, answer: PlatformAnswer = ANSWER) -> Reconciled:
    return Reconciled(table(ROWS), Lists(), Platforms((answer,), (terms,), locations), {})


def idle(terms: PlatformTerms, *locations: LocationTerms, answer: PlatformAnswer = ANSWER) -> list[str]:
    return list(idle_settings(reconciled(terms, *locations, answer=answer)))


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (
            PlatformTerms("ours", models=("zz*",)),
            'models = ["zz*"] fits none of its 2 models, so that nothing is compared',
        ),
        (PlatformTerms("ours", leave_out=("x",)), "leave_out: 'x' fits none"),
        (PlatformTerms("ours", version_tag="relase"), "none of its versions has the tag 'relase'"),
        (PlatformTerms("ours", names={"ac-failre": "AC failure"}), "no model 'ac-failre'. Did you mean 'ac-failure'?"),
        (PlatformTerms("ours", names={"ac-failure": "AC failur"}), "no model 'AC failur'. Did you mean 'AC failure'?"),
    ],
)
def test_what_fits_nothing_is_named(terms: PlatformTerms, told: str) -> None:
    (sentence,) = idle(terms)
    assert told in sentence


@pytest.mark.parametrize(
    "terms",
    [
        PlatformTerms("ours"),
        PlatformTerms("ours", models=("ac*",), leave_out=("scratch",), version_tag="release"),
        PlatformTerms("ours", names={"ac-failure": "AC failure", "none-*": "None *"}),
    ],
)
def test_what_does_its_work_is_not(terms: PlatformTerms) -> None:
    assert idle(terms, DESK) == []


def test_a_location_or_an_endpoint_that_is_not_there() -> None:
    nowhere = idle(PlatformTerms("ours"), replace(DESK, name="Service desk ap"))
    assert nowhere == [
        "[[location]] 'Service desk ap': no row is there, nor is it in Lists. Did you mean 'Service desk app'?"
    ]
    (sentence,) = idle(PlatformTerms("ours"), replace(DESK, endpoint="@campion"))
    assert sentence.endswith("nothing serves at '@campion' of ours; there is @champion.")


def test_of_a_platform_that_did_not_tell_all_nothing_is_said() -> None:
    half = replace(ANSWER, missed=("It failed.",), missed_versions=True)
    assert idle(PlatformTerms("ours", models=("zz*",)), replace(DESK, endpoint="@campion"), answer=half) == []


def test_doctor_tells_what_belongs_there_and_what_may_be_hidden() -> None:
    told = [item.message for item in platforms(reconciled(PlatformTerms("ours"), DESK))]
    assert told == [
        "ours (mlflow) has 2 versions of 2 models, 1 deployment; 1 of the models in the sheet",
        "ours (mlflow), locations there: Service desk app",
    ]
    (nowhere,) = [item for item in platforms(reconciled(PlatformTerms("ours"))) if item.state == "note"]
    assert "no location of the sheet is on it" in nowhere.message
    (empty,) = platforms(reconciled(PlatformTerms("ours"), answer=replace(ANSWER, versions=(), deployments=())))
    assert "no right to read" in empty.fix
