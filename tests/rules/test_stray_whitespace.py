from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity

from .support import hits


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("AC failure ", "a space after it"),
        (" AC failure", "a space before it"),
        ("AC  failure", "a doubled space"),
        ("AC\u00a0failure", "a space of a special kind"),
        ("AC\u200b failure", "an invisible character"),
        ("AC\nfailure", "a line break"),
        ("AC\tfailure", "a tab"),
    ],
)
def test_spaces_that_nobody_sees(typed: str, kind: str) -> None:
    (hit,) = hits("stray-whitespace", [{"Name": typed}])
    assert (hit.message, hit.severity) == (f"'AC failure' has {kind}.", Severity.INFO)
    assert hit.fix == "Retype it: AC failure"


def test_two_spellings_in_one_column_are_a_warning() -> None:
    (hit,) = hits("stray-whitespace", [{"Location": "Berlin plant"}, {"Location": "Berlin plant "}])
    assert (hit.index, hit.severity) == (1, Severity.WARNING)
    assert "take them for two" in hit.message


@pytest.mark.parametrize(
    "places", ["Berlin; Munich", "Berlin;Munich", "Berlin\nMunich", "Berlin ;\n Munich", "Berlin\r\nMunich"]
)
def test_between_several_values_spaces_are_in_order(places: str) -> None:
    assert hits("stray-whitespace", [{"Location": places}]) == []


@pytest.mark.parametrize("places", ["Berlin  plant; Munich", "Berlin; Munich ", "Berlin\u00a0plant\nMunich"])
def test_within_several_values_they_are_not(places: str) -> None:
    assert len(hits("stray-whitespace", [{"Location": places}])) == 1


def test_running_text_may_be_laid_out_as_one_likes() -> None:
    assert hits("stray-whitespace", [{"Why": "first \n\n second  ", "What changed": " x"}]) == []


def test_blank_looking_cells_and_numbers_are_not_judged() -> None:
    assert hits("stray-whitespace", [{"Name": "  ", "Version": 3, "Location": "\n"}]) == []


@pytest.mark.parametrize("name", ["👩‍🔬 lab model", "नमस्ते मॉडल", "Modèle été"])
def test_signs_that_need_their_joiners_are_left_alone(name: str) -> None:
    assert hits("stray-whitespace", [{"Name": name}]) == []
