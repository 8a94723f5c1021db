"""Which platform a location belongs to."""

from __future__ import annotations

from typing import Any

from registry_sheets.registry.platforms.expecting import Expecting
from registry_sheets.registry.platforms.pairing import Pairing
from registry_sheets.registry.platforms.rows import SheetRows
from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms
from tests.rules.answers import CLOUD, MLFLOW, answer, registry_answer, serves, version
from tests.rules.support import table

SHEET = SheetRows(table([{"Version": "3"}]))
KEY = "ac failure"
CLOUDY = Pairing(
    answer(version("3"), serves("3", "Front-Desk"), serves("9", "shop", model="churn")), PlatformTerms(CLOUD), SHEET
)
MERE = Pairing(registry_answer(version("3"), serves("3", "@champion", None)), PlatformTerms(MLFLOW), SHEET)


def expecting(
    *locations: LocationTerms, listed: dict[str, str] | None = None, among: Any = (CLOUDY, MERE)
) -> Expecting:
    return Expecting(among, locations, listed or {})


def told(asked: Expecting, location: str) -> list[tuple[str, str, bool]]:
    return [(one.platform.answer.platform, one.endpoint, one.stated) for one in asked.of_model(location, KEY)]


def test_what_the_config_says() -> None:
    asked = expecting(LocationTerms("Berlin", "Our  CLOUD"), LocationTerms("Munich", CLOUD, "front_desk"))
    assert told(asked, "berlin ") == [(CLOUD, "", True)]
    assert told(asked, "Munich") == [(CLOUD, "front desk", True)]
    assert told(asked, "Ulm") == []
    assert told(expecting(LocationTerms("Main-Plant", CLOUD)), "main plant") == [(CLOUD, "", True)]


def test_the_config_wins_over_lists() -> None:
    asked = expecting(LocationTerms("Berlin", CLOUD), listed={"berlin": MLFLOW, "Ulm": "our-mlflow"})
    assert told(asked, "Berlin") == [(CLOUD, "", True)]
    assert told(asked, "Ulm") == [(MLFLOW, "", True)]


def test_a_location_on_two_platforms() -> None:
    asked = expecting(LocationTerms("Berlin", CLOUD), LocationTerms("Berlin", MLFLOW, "champion"))
    assert told(asked, "Berlin") == [(CLOUD, "", True), (MLFLOW, "champion", True)]


def test_a_location_on_a_platform_that_is_not_here_is_on_none_of_these() -> None:
    asked = expecting(listed={"Front desk": "none"})
    assert told(asked, "Front desk") == []
    assert asked.is_stated("front  DESK")
    assert not asked.is_stated("Berlin")


def test_names_of_endpoints_and_platforms() -> None:
    asked = expecting()
    assert told(asked, "front desk") == [(CLOUD, "front desk", False)]
    assert told(asked, "Our MLflow") == [(MLFLOW, "", False)]
    assert told(asked, "shop") == []  # somebody else's: the model does not serve there
    assert asked.of("shop") != ()
    for nothing in ("", " ", "-", "@", "\u200b"):
        assert told(asked, nothing) == []


def test_an_endpoint_of_the_locations_name_under_a_platform_that_people_name() -> None:
    (one,) = expecting(LocationTerms("Front desk", CLOUD)).of("Front desk")
    assert (one.endpoint, one.named) == ("front desk", True)
    (shop,) = expecting(LocationTerms("Shop", CLOUD)).of("Shop")
    assert [served.there.endpoint for served in shop.serving(KEY)] == ["Front-Desk"]
    assert [served.there.endpoint for served in shop.serving("churn")] == ["shop"]
