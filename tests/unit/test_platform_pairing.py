"""A platform's versions and deployments, paired with the rows of a sheet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.registry.platforms.pairing import Pairing
from registry_sheets.registry.platforms.reconciling import Reconciled, lineage_wanted
from registry_sheets.registry.platforms.rows import SheetRows
from registry_sheets.registry.platforms.serving import endpoint_key, is_most, leads, leads_alone, merged
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.platforms.values import Deployment
from registry_sheets.registry.table import Lists
from registry_sheets.registry.table_settings import TableSettings
from tests.rules.answers import CLOUD, answer, live, platforms, registry_answer, serves, trained, unregistered, version
from tests.rules.support import table

T1, T2 = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)


def paired(rows: list[dict[str, Any]], *said: Any, **terms: Any) -> Pairing:
    return Pairing(answer(*said), PlatformTerms(CLOUD, **terms), SheetRows(table(rows)))


def rows_of(pairing: Pairing) -> dict[str, tuple[int, ...]]:
    return {one.there.version: one.rows for one in pairing.versions}


def test_the_very_spelling_wins_and_every_row_finds_its_version() -> None:
    rows = [{"Version": "3"}, {"Version": "v3"}, {"Version": "3.0"}]
    assert rows_of(paired(rows, version("3"))) == {"3": (0, 1, 2)}
    assert rows_of(paired(rows, version("3"), version("v3"))) == {"3": (0, 2), "v3": (1, 2)}  # "3.0" may be either
    assert rows_of(paired(rows, version("3"), version("v3"), version("3.0"))) == {"3": (0,), "v3": (1,), "3.0": (2,)}


def test_where_tags_say_versions_a_number_is_no_chance_match() -> None:
    rows = [{"Version": "2.0"}, {"Version": "2"}]
    assert rows_of(paired(rows[:1], version("2"), version_tag="sheet")) == {"2": ()}
    assert rows_of(paired(rows, version("2"), version_tag="sheet")) == {"2": (1,)}
    tagged = paired(rows, version("7", tags={"sheet": "2.0"}), version("8", tags={"sheet": " "}), version_tag="sheet")
    assert [(one.version, one.rows, one.tagged) for one in tagged.versions] == [("2.0", (0,), True), ("8", (), False)]


def test_a_version_is_paired_in_every_region() -> None:
    pairing = paired([{"Version": "3"}], version("3", scope="eu"), version("3", scope="us"), serves("3", scope="us"))
    assert [(one.there.scope, one.rows, len(one.serves)) for one in pairing.versions] == [
        ("eu", (0,), 0),
        ("us", (0,), 1),
    ]
    assert pairing.known_rows == {0}


def test_rows_without_name_or_version_are_nobodys() -> None:
    pairing = paired([{"Version": ""}, {"Name": "", "Version": "3"}], version("3"), version(""), version("", ""))
    assert pairing.known_rows == frozenset()


def test_what_serves() -> None:
    said = (version("3"), serves("3"), serves("9"), unregistered("b"), serves("3", "shadow", 0.0))
    pairing = paired([{"Version": "3"}, {"Version": "9"}], *said)
    assert [(one.name, one.version, one.rows) for one in pairing.serving] == [
        ("AC failure", "3", (0,)),
        ("AC failure", "9", (1,)),
        ("", "", ()),
    ]
    assert set(pairing.at_endpoint) == {"front", "b"}
    assert pairing.known_rows == {0, 1}
    assert pairing.models == {"ac failure": "ac-failure"}


def test_models_without_a_name_that_can_be_seen_are_not_the_unregistered() -> None:
    pairing = paired([{}], version("1", "\u200b"), serves("1", model="\u200b"))
    assert all(one.name_key for one in pairing.versions)
    assert all(one.name_key for one in pairing.serving)


def test_why_nothing_can_be_said_of_a_model() -> None:
    rows = [{"Name": "a b", "Version": "1"}, {"Name": "a-b", "Version": "1"}, {"Name": "left", "Version": "1"}]
    pairing = paired(rows, version("1", "a_b"), version("1", "left"), version("1", "fine"), leave_out=("left",))
    assert (
        pairing.silence("a b") == pairing.silence("a-b") == ("its model 'a_b' may be this one or another of the sheet")
    )
    assert pairing.silence("left") == "the config leaves this model out"
    assert pairing.silence("fine") == ""
    assert list(pairing.candidates("a_b")) == ["a b", "a-b"]
    assert list(pairing.candidates("fine")) == []


def test_a_version_at_an_endpoint_several_times_is_one() -> None:
    found = merged([serves("3", share=0.3, since=T2), serves("3", share=0.4, since=T1), serves("3", "b", None)])
    assert [(one.endpoint, one.share, one.since) for one in found] == [("front", 0.7, T1), ("b", None, None)]
    unknown = merged([serves("3", share=0.3), serves("3", share=None)])
    assert [one.share for one in unknown] == [None]
    assert len(merged([unregistered(source="a"), unregistered(source="b")])) == 2


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        (0.0, []),
        (-0.0, []),
        (0.5, [0.5]),
        (2.0, [1.0]),
        (None, [None]),
        (-1.0, [None]),
        (float("nan"), [None]),
        (float("inf"), [None]),
    ],
)
def test_shares_that_are_none(said: float | None, counted: list[float | None]) -> None:
    assert [one.share for one in merged([Deployment("m", "1", "e", share=said)])] == counted


def test_who_leads() -> None:
    assert leads(0.5, [0.5, 0.5])
    assert leads(0.1 + 0.2, [0.3])
    assert leads(0.3, [0.1 + 0.2])
    assert leads(None, [0.9])
    assert leads(0.1, [None])
    assert not leads(0.1, [0.9])
    assert leads_alone(0.6, [0.4])
    assert not leads_alone(0.5, [0.5])
    assert not leads_alone(0.9, [None])
    assert leads_alone(None, [])
    assert not leads_alone(None, [0.1])
    assert [is_most(share) for share in (None, 0.5, 0.51)] == [False, False, True]


def test_the_key_of_an_endpoint() -> None:
    assert endpoint_key("@champion") == endpoint_key("Champion") == "champion"
    assert endpoint_key("Front_Desk") == "front desk"
    assert endpoint_key("@") == ""


def wanted(rows: list[dict[str, Any]], *said: Any, **more: Any) -> list[str]:
    found = Reconciled(table(rows), Lists(), platforms(*said, **more), TableSettings().vocabulary())
    return [one.there.version for one in lineage_wanted(found, found.platforms[0])]


def test_the_lineage_that_is_worth_asking_for() -> None:
    there = answer(version("1"), version("2"), version("3"), version("4"))
    bare = {"Training date": "", "Data source": "CRM export"}
    rows = [
        {**bare, "Version": "1"},
        {**bare, "Version": "2", "Data source": "dbfs:/x"},
        {**bare, "Version": "3", "Training date": "2026-01-01"},
        {"Version": "4", "Stage": "Archived"},
    ]
    assert wanted(rows, there) == ["2", "3"]
    here = [{**row, "Location": "Cloud"} for row in rows]
    assert wanted(here, there, registry_answer(), on="Cloud") == ["2", "3"]
    assert wanted(here, registry_answer(*there.versions), there, on=()) == ["2", "3"]


def test_what_counts_as_promoted() -> None:
    found = Reconciled(table([{}]), Lists(), platforms(answer()), TableSettings().vocabulary())
    pairing = paired([{}], *live("1"), version("2", stage="Production"), version("3", stage="approved"), trained("4"))
    assert [found.is_promoted(one, pairing) for one in pairing.versions] == [True, True, True, False]
