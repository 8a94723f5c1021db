"""What leaves a registry for a platform."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.platforms.leaving import Leaving, LeavingModel, LivePlace, leaving_of
from registry_sheets.registry.platforms.leaving_aliases import aliases_of
from registry_sheets.registry.table import Stage
from tests.support.platforms.leaving import HEADINGS, HOSTILE, live, table


def leaving(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> Leaving:
    return leaving_of(table(*rows, headings=headings))


def only(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> LeavingModel:
    (model,) = leaving(*rows, headings=headings).models
    return model


def aliases(*rows: Sequence[Any]) -> dict[str, str]:
    model = only(*rows)
    versions = {one.id: one.version for one in model.versions}
    return {alias: versions[id_] for alias, id_ in aliases_of(model).items()}


def test_every_filled_column_leaves_in_the_order_of_columns() -> None:
    headings = ("Name", "Version", "Notes (ours)", "Metric: MAPE (holidays)", "Owner", "Training date")
    model = only(("AC", "1", True, 0.125, "ana; ben", date(2026, 3, 4)), headings=headings)
    assert [(fact.key, fact.text) for fact in model.versions[0].facts] == [
        ("training_date", "2026-03-04"),
        ("owner", "ana; ben"),
        ("metric.MAPE (holidays)", "0.125"),
        ("column.Notes (ours)", "TRUE"),
    ]


def test_rows_of_one_version_are_joined_and_kept_apart() -> None:
    model = only(
        ("AC", "1", "", "Munich", "Archived", "ana", "", "", "old"),
        ("ac ", "1", "", "Berlin; munich", "Production", "Ana; ben", "", "", "new"),
    )
    (version,) = model.versions
    said = {fact.key: fact.text for fact in version.facts}
    assert said["location"] == "Munich; Berlin"
    assert said["owner"] == "ana; ben"
    assert said["stage"] == "Production; Archived"
    assert version.stage is Stage.PRODUCTION
    assert version.rows == (2, 3)
    assert [row["Why"] for row in version.apart] == ["old", "new"]
    assert only(("AC", "1"), ("AC", "1")).versions[0].apart == ()


@pytest.mark.parametrize(
    ("said", "ordered"),
    [
        (["1.10", "1.9", "1.2"], ["1.2", "1.9", "1.10"]),
        (["final", "first"], ["final", "first"]),
        (["2", "draft", "1"], ["2", "draft", "1"]),
    ],
)
def test_versions_are_in_version_order_where_they_have_one(said: list[str], ordered: list[str]) -> None:
    assert [one.version for one in only(*(("AC", one) for one in said)).versions] == ordered


def test_versions_that_do_not_compare_are_in_the_order_of_their_training() -> None:
    model = only(("AC", "final", date(2026, 5, 1)), ("AC", "draft", date(2026, 1, 1)))
    assert [one.version for one in model.versions] == ["draft", "final"]


def test_rows_without_name_or_version_stay_and_say_why() -> None:
    found = leaving(("AC", "1"), ("AC", ""), ("", "2"), ("", "", "", "Munich"))
    assert [(one.row, one.why) for one in found.staying] == [
        (3, "it has no version that can be read"),
        (4, "it has no name that can be read"),
        (5, "it has no name and no version that can be read"),
    ]
    assert leaving(("AC", "")).models == ()


def test_descriptions_say_why_and_what_changed() -> None:
    model = only(("AC", "2", "", "Munich", "Production", "", "Cars", "Retrained", "Fewer alarms"))
    assert model.versions[0].description == "Fewer alarms\n\nWhat changed: Retrained"
    assert model.description == "Live: 2 (Cars at Munich): Fewer alarms"
    assert only(("AC", "2", "", "", "Testing")).description == ""


def test_one_live_version_is_the_champion_wherever_it_is() -> None:
    assert aliases(live("1", "Munich; Berlin"), ("AC", "2", "", "Paris", "Testing")) == {"champion": "1"}
    assert aliases(("AC", "2", "", "Paris", "Testing")) == {}


def test_several_live_versions_go_by_what_tells_them_apart() -> None:
    by_use = aliases(live("1", "Munich", "Rooftop Units"), live("2", "Munich", "Lärm/Autos"))
    assert by_use == {"champion-rooftop-units": "1", "champion-lärm-autos": "2"}
    assert aliases(live("1", "Munich"), live("2", "Berlin")) == {"champion-munich": "1", "champion-berlin": "2"}
    by_both = aliases(
        live("1", "Munich", "Cars"), live("2", "Berlin", "Cars"), live("2", "Munich", "Vans"), live("1", "Rome", "Vans")
    )
    assert by_both["champion-rome"] == "1"
    assert by_both["champion-cars-munich"] == "1"
    assert aliases(live("1", "Munich"), live("2", "Munich")) == {"champion-munich-1": "1", "champion-munich-2": "2"}
    assert aliases(live("1"), live("2")) == {"champion-1": "1", "champion-2": "2"}


def test_labels_that_look_alike_as_aliases_are_two() -> None:
    found = aliases(live("1", "A B"), live("2", "A-B"))
    assert len(found) == 2
    assert sorted(found.values()) == ["1", "2"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("123"), st.text(max_size=80), st.text(max_size=80)), max_size=8))
def test_aliases_are_legal_and_tell_versions_apart(said: list[tuple[str, str, str]]) -> None:
    from mlflow.utils.validation import _validate_model_alias_name, _validate_model_alias_name_reserved

    places = tuple(LivePlace(use, location, id_) for id_, use, location in said)
    versions = only(("AC", "1"), ("AC", "2"), ("AC", "3")).versions
    known = tuple(replace(one, id=one.version) for one in versions)
    found = aliases_of(LeavingModel("AC", "ac", "x", known, places, "", ()))
    assert set(found.values()) == {place.id for place in places}
    for alias in found:
        _validate_model_alias_name(alias)
        _validate_model_alias_name_reserved(alias)
    assert found == aliases_of(LeavingModel("AC", "ac", "x", known, places, "", ()))


def test_hostile_texts_leave_as_texts_that_any_platform_can_be_sent() -> None:
    for text in HOSTILE:
        model = only((text, text, text, text, "Production", text, text, text, text))
        told = [model.name, model.description, *(fact.text for one in model.versions for fact in one.facts)]
        json.dumps(told).encode()
        assert not any(sign in one for one in told for sign in "\x07\ud800")
