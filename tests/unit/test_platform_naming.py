"""Names and versions of platforms, as the sheet may spell them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.platforms.naming import (
    Nearest,
    SheetNames,
    is_looked_at,
    loose,
    loose_version,
    name_in_sheet,
    nearest_name,
    whole_version,
)
from registry_sheets.registry.platforms.terms import PlatformTerms


def terms(**said: Any) -> PlatformTerms:
    return PlatformTerms("our cloud", **said)


def test_rules_load_nothing_of_platforms_until_there_are_some() -> None:
    loaded = "[name for name in sys.modules if name.startswith('registry_sheets.registry.platforms')]"
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, registry_sheets.registry.rules; print({loaded})"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "text", ["AC failure", "ac-failure", "ac_failure", "AC..Failure", " ac/failure ", "ＡＣ failure"]
)
def test_names_that_mean_the_same(text: str) -> None:
    assert loose(text) == "ac failure"


@pytest.mark.parametrize(
    ("text", "key", "whole"),
    [
        ("3", "3", "3"), ("v3", "3", "3"), ("V. 3", "3", "3"), ("Version 3", "3", "3"), ("3.0", "3.0", "3"),
        ("v3.0.0", "3.0.0", "3"), ("003", "003", "3"), ("0", "0", "0"), ("3.1", "3.1", "3.1"),
        ("3.10", "3.10", "3.10"), ("2024v3", "2024v3", "2024v3"), ("prev3", "prev3", "prev3"), ("v", "v", "v"),
        ("3.0rc1", "3.0rc1", "3.0rc1"), ("", "", ""), ("3.", "3.", "3"),
    ],
)  # fmt: skip
def test_versions_that_mean_the_same(text: str, key: str, whole: str) -> None:
    assert (loose_version(text), whole_version(text)) == (key, whole)


@pytest.mark.parametrize(
    ("said", "model", "looked_at"),
    [
        ({}, "x", True),
        ({"models": ("ac-*",)}, "AC-failure", True),
        ({"models": ("ac-*",)}, "churn", False),
        ({"leave_out": ("tmp-*", "test")}, "tmp-1", False),
        ({"leave_out": ("tmp-*", "test")}, "testing", True),
        ({"models": ("ac-*",), "leave_out": ("ac-old",)}, "ac-old", False),
        ({"leave_out": ("x[1]",)}, "x[1]", False),
        ({"leave_out": ("x[1]",)}, "x1", False),
        ({"leave_out": ("(a+)+$", "?")}, "aaaa", True),
    ],
)
def test_which_models_are_the_sheets_concern(said: dict[str, Any], model: str, looked_at: bool) -> None:
    assert is_looked_at(terms(**said), model) is looked_at


@pytest.mark.parametrize(
    ("names", "model", "name"),
    [
        ({}, "ac-failure", "ac-failure"),
        ({"ac-failure": "AC failure"}, "AC-Failure", "AC failure"),
        ({"team-*": "*"}, "Team-churn", "churn"),
        ({"*-prod": "The * model"}, "churn-PROD", "The churn model"),
        ({"team-*": "*"}, "team-", "team-"),  # nothing is no name
        ({"a*a": "*"}, "a", "a"),
        ({"*": "x *"}, "y", "x y"),
        ({"team-*": "*", "team-x": "Whole"}, "team-x", "Whole"),
        ({"t*": "first *", "te*": "second *"}, "team", "first eam"),
        ({"ß*": "*"}, "SSx", "SSx"),
        ({"x.[*": "*"}, "x.[y", "y"),
    ],
)
def test_what_people_say_a_model_is_called(names: dict[str, str], model: str, name: str) -> None:
    assert name_in_sheet(terms(names=names), model) == name


def test_a_sheets_model_by_a_platforms_name() -> None:
    names = SheetNames({"ac failure": "AC failure", "churn-a": "Churn-A", "churn a": "Churn A"})
    assert names.key_of("AC-FAILURE") == "ac failure"
    assert names.key_of("churn a") == "churn a"
    assert names.key_of("churn_a") == "churn_a"  # it may be either
    assert list(names.keys_of("churn_a")) == ["churn-a", "churn a"]
    assert list(names.keys_of("other")) == []


def test_a_name_that_may_be_meant() -> None:
    known = ["AC failure", "Forecast 1", "Forecast 2"]
    assert nearest_name("ac-failures", known) == "AC failure"
    assert nearest_name("forecast-3", known) == ""
    assert nearest_name("forecasts-2", known) == "Forecast 2"
    assert nearest_name("ночь", known) == ""
    assert nearest_name("x", []) == ""


def test_looking_for_near_names_has_an_end() -> None:
    near = Nearest([f"model number {'x' * (n % 90)}{n}" for n in range(10_000)])
    assert near.of("model number 10") == near.of("model-number-10")
    found = [near.of(f"model numbr x{n}") for n in range(1, 500, 90)]
    assert any(found)
    assert [near.of(f"model numbr {n} {n}") for n in range(2000)][-1] == ""


hostile = st.text(max_size=30) | st.sampled_from(
    ["*", "[", "[!", "**", "x[", "(a+)+", "\\", "\x00", "v", "v1", "@", "\u200b", "İ", "ß", "a" * 100_000]
)


@settings(deadline=None)
@given(hostile, hostile, hostile)
def test_nothing_is_too_strange(pattern: str, name: str, model: str) -> None:
    said = terms(names={pattern: name}, models=(pattern,), leave_out=(name,))
    is_looked_at(said, model)
    name_in_sheet(said, model)
    nearest_name(model, [pattern, name])
    SheetNames({pattern: name}).key_of(model)
    assert loose_version(loose_version(model)) is not None
    assert whole_version(model) is not None
