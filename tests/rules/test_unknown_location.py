from __future__ import annotations

import pytest

from .support import hits

PLACES = ("Berlin plant", "Munich office")


def test_a_slip_gets_a_suggestion() -> None:
    (hit,) = hits("unknown-location", [{"Location": "Berlin plnt"}], locations=PLACES)
    assert hit.message == "'Berlin plnt' is not a location in Lists."
    assert hit.fix.startswith("If 'Berlin plant' is meant, type that.")


def test_another_place_is_to_be_added() -> None:
    (hit,) = hits("unknown-location", [{"Location": "Cape Town"}], locations=PLACES)
    assert hit.fix == "Add it to the tab Lists, below Location."


def test_several_places_are_one_finding() -> None:
    (hit,) = hits("unknown-location", [{"Location": "Berlin plant; Oslo\nRome"}], locations=PLACES)
    assert hit.message == "'Oslo', 'Rome' are not locations in Lists."


@pytest.mark.parametrize("place", ["berlin  PLANT", "Munich office;Berlin plant", "", "TBD", "-"])
def test_known_places_blanks_and_placeholders(place: str) -> None:
    assert hits("unknown-location", [{"Location": place}], locations=PLACES) == []


def test_an_empty_list_judges_nothing() -> None:
    assert hits("unknown-location", [{"Location": "anywhere"}]) == []
