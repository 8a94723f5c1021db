"""A platform's answer as rows: what goes into their cells."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from registry_sheets.operations.transfer_limits import EXCEL
from registry_sheets.operations.transfer_rows import compare_rows
from registry_sheets.registry.platforms.terms import LocationTerms
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from registry_sheets.registry.table import Lists, Stage
from registry_sheets.registry.table_settings import TableSettings
from tests.support.platforms.rows import ASKED, ROW, brought, cells, names, serves, version


def test_all_that_the_platform_knows_is_filled_in() -> None:
    lineage = Lineage(
        trained=datetime(2026, 3, 4, 23, 30, tzinfo=UTC), data=("s3://crm/march.csv",), metrics={"F1": 0.9, "auc": 1e-9}
    )
    found = cells(
        version(
            created=ASKED,
            owner="ana@example.com",
            created_by="Ben",
            description="Spring\nseason",
            run_link="https://x/run",
            lineage=lineage,
        ),
        serving=[
            serves(since=datetime(2026, 3, 9, tzinfo=UTC)),
            serves(endpoint="back", since=datetime(2026, 3, 8, 23, tzinfo=UTC)),
        ],
        zone="Europe/Zurich",
    )
    assert found == {
        "name": "AC failure",
        "version": "4",
        "training_date": date(2026, 3, 5),
        "data_source": "s3://crm/march.csv",
        "location": "front; back",
        "stage": "Production",
        "owner": "ana@example.com",
        "what_changed": "Spring\nseason",
        "changed_by": "Ben",
        "deployed_on": date(2026, 3, 9),
        "run_link": "https://x/run",
        "data_link": "s3://crm/march.csv",
        "Metric: F1": 0.9,
        "Metric: auc": 1e-9,
    }


def test_what_it_does_not_know_stays_blank_and_is_never_the_day_of_registration() -> None:
    found = cells(version(created=ASKED, lineage=Lineage(began=ASKED)))
    assert found == {"name": "AC failure", "version": "4", "owner": "Ana"}  # the owner is that of the model's rows


@pytest.mark.parametrize(
    ("rows", "owner"),
    [
        ([{"Owner": "Ana; Ben"}, {"Owner": "BEN\nana"}], "Ana; Ben"),
        ([{"Owner": "Ana"}, {"Owner": "Ben"}], None),
        ([{"Owner": "Ana"}, {"Owner": "Ben", "Stage": "Archived"}], "Ana"),
        ([{"Owner": "Ana"}, {"Owner": ""}], None),
        ([{"Owner": "Ana", "Stage": "Archived"}], None),
        ([{"Owner": "Ana", "Name": "Vans"}], None),
    ],
)
def test_the_owner_is_the_models_where_all_of_its_rows_say_the_same(
    rows: list[dict[str, str]], owner: str | None
) -> None:
    there = [{**ROW, "Version": str(number), **row} for number, row in enumerate(rows)]
    assert cells(version("9"), rows=there).get("owner") == owner
    assert cells(version("9", owner="Kim"), rows=there)["owner"] == "Kim"


def test_several_sources_of_data_are_one_text_and_no_link() -> None:
    found = cells(version(lineage=Lineage(data=("s3://a/1", "s3://a/2"))))
    assert (found["data_source"], found.get("data_link")) == ("s3://a/1; s3://a/2", None)
    assert "data_link" not in cells(version(lineage=Lineage(data=("CRM export",))))


def test_a_key_in_an_address_of_data_does_not_get_into_the_sheet() -> None:
    found = cells(version(lineage=Lineage(data=("https://ana:pw@blob.example.com/crm.csv?sig=SECRET",))))
    assert found["data_source"] == found["data_link"]
    assert "SECRET" not in str(found)
    assert "pw" not in str(found)


@pytest.mark.parametrize(
    ("there", "serving", "stage"),
    [
        (version(), [serves(share=0.9), serves("3", share=0.1)], "Production"),
        (version(), [serves(share=0.1), serves("3", share=0.9)], "Testing"),
        (version(), [serves(share=0.1), serves("3", share=0.9), serves(endpoint="back", share=1.0)], "Production"),
        (version(), [serves()], "Production"),
        (version(stage="Archived"), [serves()], "Production"),
        (version(stage="Archived", aliases=("old",)), [], "Archived"),
        (version(aliases=("shadow",)), [], "Testing"),
        (version(aliases=("default",)), [], None),
        (version(stage="Staging"), [], "Testing"),
        (version(stage="Production"), [], "Production"),
        (version(stage="Approved"), [], None),
        (version(stage="None"), [], None),
        (version(stage="anything"), [], None),
    ],
)
def test_the_stage_goes_by_what_serves_then_by_the_platforms_word(
    there: PlatformVersion, serving: list[Deployment], stage: str | None
) -> None:
    assert cells(version("3"), there, serving=serving).get("stage") == stage


def test_the_stage_is_in_the_words_of_the_sheet() -> None:
    settings = TableSettings(stage_words={Stage.PRODUCTION: ("Live",), Stage.TESTING: ("Trial",)})
    rows = [{**ROW, "Stage": "LIVE"}]
    assert cells(version(), serving=[serves()], settings=settings, rows=rows)["stage"] == "LIVE"
    assert cells(version(aliases=("b",)), settings=settings, rows=rows)["stage"] == "Trial"


def test_what_a_registry_without_endpoints_calls_live_is_live() -> None:
    live = [serves(endpoint="@champion"), serves("5", endpoint="@champion")]
    incoming, _ = brought(version(), version("5"), serving=live, tells_live=False)
    assert [row.cells["stage"] for row in incoming.rows] == ["Production", "Production"]


DESK, PORTAL = "Service desk app", "Portal"


@pytest.mark.parametrize(
    ("locations", "lists", "place"),
    [
        ((), Lists(), "front"),
        ((LocationTerms("Desk", "our cloud", "front"),), Lists(), "Desk"),
        ((LocationTerms("Desk", "our cloud", "FRONT"),), Lists(locations=("DESK",)), "DESK"),
        ((LocationTerms("Desk", "our cloud", "back"),), Lists(), "front"),
        ((LocationTerms("Desk", "our cloud"),), Lists(), "front"),
        ((LocationTerms(DESK, "our cloud"),), Lists(), DESK),  # where the model is already
        ((), Lists(locations=("Front",)), "Front"),
        ((), Lists(locations=(DESK,), platforms={DESK: "our cloud"}), DESK),
        ((LocationTerms("A", "our cloud", "front"), LocationTerms("B", "our cloud", "front")), Lists(), "front"),
        ((LocationTerms("A", "our cloud", "front"), LocationTerms(DESK, "our cloud", "front")), Lists(), DESK),
    ],
)
def test_a_location_is_the_sheets_own_that_is_the_endpoint_else_its_name(
    locations: tuple[LocationTerms, ...], lists: Lists, place: str
) -> None:
    assert cells(version(), serving=[serves()], locations=locations, lists=lists)["location"] == place


@pytest.mark.parametrize(
    ("locations", "place"),
    [
        ((), None),
        ((LocationTerms(PORTAL, "our cloud"),), PORTAL),
        ((LocationTerms(PORTAL, "our cloud"), LocationTerms("Intranet", "our cloud")), None),
        ((LocationTerms(PORTAL, "our cloud"), LocationTerms(DESK, "our cloud")), DESK),
        ((LocationTerms(PORTAL, "our cloud", "champion"), LocationTerms(DESK, "our cloud")), PORTAL),
        ((LocationTerms(PORTAL, "our cloud", "@champion-b"),), None),
        ((LocationTerms(PORTAL, "our cloud", "@champion-b"), LocationTerms("Intranet", "our cloud")), None),
        ((LocationTerms(PORTAL, "our cloud", "@champion"), LocationTerms("B", "our cloud", "champion")), None),
    ],
)
def test_without_endpoints_it_is_only_what_people_say_and_never_the_platform(
    locations: tuple[LocationTerms, ...], place: str | None
) -> None:
    found = cells(version(), serving=[serves(endpoint="@champion")], locations=locations, tells_live=False)
    assert found.get("location") == place


def test_a_location_that_only_bears_the_name_of_an_alias_or_the_platform_is_no_guess() -> None:
    live = [serves(endpoint="@champion")]
    for name in ("champion", "our cloud"):
        lists = Lists(locations=(name,))
        assert "location" not in cells(version(), serving=live, lists=lists, tells_live=False)
        there = [{**ROW, "Location": name}]
        assert cells(version(), serving=live, rows=there, tells_live=False)["location"] == name


def test_one_version_in_two_regions_is_one_row_at_all_its_locations() -> None:
    europe = version(scope="eu", lineage=Lineage(data=("s3://eu",)))
    america = version(scope="us", owner="Ben", lineage=Lineage(data=("s3://us",)))
    serving = [serves(endpoint="b", scope="us"), serves(endpoint="b", scope="us", environment="x")]
    found = cells(europe, america, version("v4", scope="asia", created_by="Kim"), serving=serving)
    assert found == {
        "name": "AC failure",
        "version": "4",
        "location": "b",
        "stage": "Production",
        "owner": "Ben",
        "changed_by": "Kim",
        "data_source": "s3://us",
        "data_link": "s3://us",
    }


def test_texts_that_are_no_texts_for_a_sheet_go_in_as_texts() -> None:
    found = cells(
        version(
            "=1+1",
            "+41 fun",
            description="=HYPERLINK(1)\x00\x08\r\nb",
            owner="@ana\n\tx",
            created_by="-1",
            run_link="\ud800x",
        ),
        rows=(ROW,),
    )
    assert found == {
        "name": "+41 fun",
        "version": "=1+1",
        "what_changed": "=HYPERLINK(1)\nb",
        "owner": "@ana x",
        "changed_by": "-1",
        "run_link": "x",
    }


@pytest.mark.parametrize(
    ("model", "number"), [("a\x01b", "1"), ("x" * 40_000, "1"), ("a", "9" * 40_000), ("#N/A", "1"), ("a", "#REF!")]
)
def test_a_name_that_no_cell_can_hold_is_left_out_and_told(model: str, number: str) -> None:
    incoming, _ = brought(version(number, model), version("1", "fine"))
    assert names(incoming) == ["fine 1"]
    assert "Left out, as a cell cannot hold their name or version as it is" in incoming.notices[0]


def test_a_text_that_is_too_long_is_cut_and_told() -> None:
    long = "\U0001f600" * 100_000
    incoming, seen = brought(version(description=long, lineage=Lineage(data=tuple(f"s3://{n}" for n in range(9_999)))))
    told = compare_rows(seen, incoming.rows, EXCEL)
    assert len(str(told.steps[0].cells["what_changed"]).encode("utf-16-le")) // 2 <= 32_767
    assert incoming.notices == ("2 texts are longer than a cell holds (32,767 characters), so the end is cut off.",)


def test_days_at_the_ends_of_time_stop_nothing() -> None:
    for moment in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        assert cells(version(lineage=Lineage(trained=moment)), zone="Asia/Tokyo")["training_date"]
