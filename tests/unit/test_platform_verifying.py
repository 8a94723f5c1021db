"""What platforms say to each line of what is live."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from registry_sheets.registry.platforms.reconciling import Reconciled
from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms
from registry_sheets.registry.platforms.verifying import LiveCheck, Verdict
from registry_sheets.registry.table import Lists
from registry_sheets.registry.table_settings import TableSettings
from tests.rules.answers import CLOUD, DOWN, answer, platforms, registry_answer, serves, unregistered, version
from tests.rules.support import table

T1, T2 = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
ROW = {"Version": "3", "Location": "Cloud"}


def checks(rows: list[dict[str, Any]], *answers: Any, on: Any = "Cloud", **more: Any) -> list[LiveCheck]:
    said = platforms(*answers, on=on, **more)
    return list(Reconciled(table(rows), Lists(), said, TableSettings().vocabulary()).live)


def told(*args: Any, **more: Any) -> tuple[Verdict, str, str]:
    (one,) = checks(*args, **more)
    return one.verdict, one.platform, one.told


def test_confirmed_with_since_when() -> None:
    (one,) = checks([ROW], answer(version("3"), serves("3", share=0.9, since=T2), serves("3", "b", since=T1)))
    assert one == LiveCheck(0, "Cloud", Verdict.CONFIRMED, CLOUD, "endpoint 'front' serves it (90 %)", T2)
    champion = registry_answer(version("3"), serves("3", "@champion", None))
    assert told([ROW], champion) == (Verdict.CONFIRMED, "our mlflow", "it is @champion")


def test_every_place_of_every_row_in_production() -> None:
    rows = [{**ROW, "Location": "Cloud; Berlin"}, {**ROW, "Stage": "Testing"}, {**ROW, "Location": ""}]
    found = checks(rows, answer(version("3"), serves("3")))
    assert [(one.index, one.location, one.verdict) for one in found] == [
        (0, "Cloud", Verdict.CONFIRMED),
        (0, "Berlin", Verdict.NO_PLATFORM),
    ]


def test_differs() -> None:
    (one,) = checks([ROW], answer(version("3"), version("4"), serves("4", share=0.7), serves("3", share=0.3)))
    assert (one.verdict, one.shares) == (Verdict.DIFFERS, True)
    assert told([ROW], answer(version("3"))) == (Verdict.DIFFERS, CLOUD, "nothing serves 'AC failure'")


def test_not_told() -> None:
    assert told([ROW], registry_answer(version("3"))) == (
        Verdict.UNTOLD, "our mlflow", "it calls no version of 'AC failure' live"
    )  # fmt: skip
    place = [LocationTerms("Cloud", CLOUD, "front")]
    assert told([ROW], answer(unregistered()), on=(), locations=place) == (
        Verdict.UNTOLD, CLOUD, "endpoint 'front' serves a model that is not registered (s3://models/x.tar.gz)"
    )  # fmt: skip
    assert told([{**ROW, "Version": ""}], answer(serves("4")))[::2] == (Verdict.UNTOLD, "the row names no version")
    assert told([{**ROW, "Name": ""}], answer(unregistered()))[::2] == (Verdict.UNTOLD, "the row names no model")
    left = [PlatformTerms(CLOUD, leave_out=("ac-failure",))]
    said = answer(version("3"), serves("4"))
    assert told([ROW], said, terms=left)[::2] == (Verdict.UNTOLD, "the config leaves this model out")


def test_not_answered_says_why() -> None:
    down = answer(missed=("It is down.", "It is slow."), missed_versions=True, missed_deployments=True)
    assert told([ROW], down) == (Verdict.UNANSWERED, CLOUD, "It is down. It is slow.")


def test_of_half_an_answer_what_is_certain_counts() -> None:
    half = {"missed": DOWN, "missed_deployments": True}
    for share, verdict in ((0.6, "confirmed"), (None, "confirmed"), (0.5, "not answered"), (0.1, "not answered")):
        assert told([ROW], answer(version("3"), serves("3", share=share), **half))[0] == verdict


def test_several_platforms_for_one_place() -> None:
    places = [LocationTerms("Cloud", CLOUD), LocationTerms("Cloud", "b")]
    right, wrong = answer(version("3"), serves("3")), answer(version("4"), serves("4"), platform="b")
    assert told([ROW], right, wrong, on=(), locations=places)[:2] == (Verdict.CONFIRMED, CLOUD)
    down = answer(missed=DOWN, missed_versions=True, missed_deployments=True)
    assert told([ROW], down, wrong, on=(), locations=places)[:2] == (Verdict.UNANSWERED, CLOUD)
    silent = answer(version("3"), tells_live=False)
    assert told([ROW], silent, wrong, on=(), locations=places)[:2] == (Verdict.DIFFERS, "b")


def test_a_name_that_two_platforms_have_accuses_nobody_where_one_cannot_tell() -> None:
    row = {**ROW, "Location": "Front"}
    wrong, unknown = answer(version("4"), serves("4")), answer(unregistered(), platform="b")
    assert told([row], wrong, unknown, on=())[0] == Verdict.UNTOLD


def test_shares_in_words() -> None:
    for share, words in ((0.999, " (above 99 %)"), (0.004, " (below 1 %)"), (0.5, " (50 %)"), (1.0, ""), (None, "")):
        serving = answer(version("3"), serves("3", share=share))
        assert told([ROW], serving)[2] == f"endpoint 'front' serves it{words}"
