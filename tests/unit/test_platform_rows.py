"""A platform's answer as rows: which versions, and what goes into their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from registry_sheets.errors import EditRefused
from registry_sheets.operations.hearing import Heard, heard
from registry_sheets.operations.hearing import Settled as SettledTerms
from registry_sheets.operations.platform_metrics import MOST_METRICS
from registry_sheets.operations.platform_rows import Wanted, bring_platform
from registry_sheets.operations.transfer_limits import EXCEL
from registry_sheets.operations.transfer_rows import Incoming, compare_rows
from registry_sheets.registry.edits.edit import NewRow, Plan
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion
from registry_sheets.registry.table import Lists, Stage
from registry_sheets.registry.table_settings import TableSettings
from tests.support.edits import after, view

ASKED = datetime(2026, 7, 1, 2, tzinfo=UTC)
EVERY = Wanted(every=True)
ROW = {"Name": "AC failure", "Version": "3", "Location": "Service desk app", "Stage": "Production", "Owner": "Ana"}


def version(number: str = "4", model: str = "ac-failure", **said: Any) -> PlatformVersion:
    return PlatformVersion(model, number, **said)


def serves(number: str = "4", endpoint: str = "front", model: str = "ac-failure", **said: Any) -> Deployment:
    return Deployment(model, number, endpoint, **said)


def brought(
    *versions: PlatformVersion,
    serving: Sequence[Deployment] = (),
    wanted: Wanted = EVERY,
    rows: Sequence[Mapping[str, Any]] = (ROW,),
    settings: TableSettings | None = None,
    lists: Lists | None = None,
    locations: Sequence[LocationTerms] = (),
    terms: PlatformTerms | None = None,
    zone: str = "UTC",
    **said: Any,
) -> tuple[Incoming, View]:
    """What comes from 'our cloud', and the sheet that it comes into."""
    seen = view(rows, settings, lists)
    answer = PlatformAnswer("our cloud", "vertex", ASKED, versions, tuple(serving), **said)
    settled = SettledTerms((terms,) if terms else (), tuple(locations), ZoneInfo(zone))

    def hearing(*_: Any) -> Heard:
        return heard(settled, (answer,))

    return bring_platform(seen, hearing, wanted), seen


def cells(*versions: PlatformVersion, **how: Any) -> dict[str, Cell]:
    """The cells of the one row that comes."""
    incoming, _ = brought(*versions, **how)
    (row,) = incoming.rows
    return {**row.cells, **row.own}


def names(incoming: Incoming) -> list[str]:
    return [f"{row.name} {row.version}" for row in incoming.rows]


# Which versions


PLAIN = (version("1"), version("2", aliases=("shadow",)), version("4"), version("5", stage="Approved"))


def test_what_serves_or_is_promoted_comes_and_the_rest_is_counted() -> None:
    incoming, _ = brought(version("3"), *PLAIN, serving=[serves("4")], wanted=Wanted())
    assert names(incoming) == ["AC failure 2", "AC failure 4", "AC failure 5"]
    assert incoming.platform
    assert (incoming.platform.here, incoming.platform.others) == (1, 1)


def test_of_a_named_model_all_versions_come() -> None:
    other = version("1", "forecast")
    for name in ("ac-failure", "AC failure", "AC_FAILURE"):
        assert len(brought(*PLAIN, other, wanted=Wanted((name,)))[0].rows) == len(PLAIN)
    both, _ = brought(*PLAIN, other, wanted=Wanted(("forecast", "ac-failure")))
    assert len(both.rows) == len(PLAIN) + 1
    assert len(brought(*PLAIN, other)[0].rows) == len(PLAIN) + 1


def test_a_version_that_the_sheet_spells_otherwise_is_there() -> None:
    rows = [{**ROW, "Version": "v4"}, {**ROW, "Name": "ac FAILURE", "Version": "Version 1"}]
    assert names(brought(*PLAIN, rows=rows)[0]) == ["AC failure 2", "AC failure 5"]


def test_names_and_versions_are_as_the_config_and_tags_say() -> None:
    terms = PlatformTerms("our cloud", names={"acf": "AC failure", "fc-*": "Forecast *"}, version_tag="release")
    incoming, _ = brought(
        version("7", "acf", tags={"release": "3"}),
        version("8", "acf", tags={"release": "3.1"}),
        version("1", "fc-no-shows"),
        terms=terms,
    )
    assert names(incoming) == ["AC failure 3.1", "Forecast no-shows 1"]


def test_a_model_that_the_platform_does_not_have_is_refused_unless_it_did_not_tell_all() -> None:
    with pytest.raises(EditRefused, match=r"our cloud has no model ac failur\. Did you mean ac-failure\?"):
        brought(*PLAIN, wanted=Wanted(("ac failur",)))
    with pytest.raises(EditRefused, match="our cloud has no model x"):
        brought(wanted=Wanted(("x",)))
    incoming, _ = brought(*PLAIN, wanted=Wanted(("x",)), missed=("It is down.",), missed_versions=True)
    assert not incoming.rows
    assert incoming.notices == (
        "Not checked: our cloud: It is down.",
        "our cloud named no model x, as far as it answered.",
    )


def test_what_serves_unregistered_comes_by_its_version_and_without_one_is_told() -> None:
    serving = [serves("9", "front", since=ASKED), serves("9", "back"), serves("", "odd", ""), serves("8", share=0.0)]
    incoming, _ = brought(serving=serving, wanted=Wanted())
    assert [dict(row.cells) for row in incoming.rows] == [
        {
            "name": "AC failure",
            "version": "9",
            "location": "front; back",
            "stage": "Production",
            "deployed_on": date(2026, 7, 1),
        }
    ]
    assert "what serves at odd" in incoming.notices[0]
    later, _ = brought(serving=serving, wanted=Wanted(), missed=("Half.",), missed_versions=True)
    assert not later.rows


def test_a_model_that_may_be_several_of_the_sheet_is_left_out_and_told() -> None:
    rows = [{"Name": "AC failure", "Version": "1"}, {"Name": "ac-failure.", "Version": "1"}]
    incoming, _ = brought(version("2", "ac_failure"), rows=rows)
    assert not incoming.rows
    assert "ac_failure may be AC failure or ac-failure. of the sheet" in incoming.notices[0]


# Cells


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
    assert cells(version(created=ASKED, lineage=Lineage(began=ASKED))) == {"name": "AC failure", "version": "4"}


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


# Locations

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
        ((), "our cloud"),
        ((LocationTerms(PORTAL, "our cloud"),), PORTAL),
        ((LocationTerms(PORTAL, "our cloud"), LocationTerms("Intranet", "our cloud")), "our cloud"),
        ((LocationTerms(PORTAL, "our cloud"), LocationTerms(DESK, "our cloud")), DESK),
        ((LocationTerms(PORTAL, "our cloud", "champion"), LocationTerms(DESK, "our cloud")), PORTAL),
        ((LocationTerms(PORTAL, "our cloud", "@champion-b"),), "our cloud"),
    ],
)
def test_without_endpoints_it_is_the_platforms_one_location_else_the_platform(
    locations: tuple[LocationTerms, ...], place: str
) -> None:
    found = cells(version(), serving=[serves(endpoint="@champion")], locations=locations, tells_live=False)
    assert found["location"] == place


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


# Hostile


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


# Metrics


def test_metrics_go_into_the_columns_that_are_there() -> None:
    rows = [{**ROW, "metric: f1 (Holidays)": 0.5}]
    metrics = {"F1 (holidays)": 0.7, "f1 (HOLIDAYS)": 0.6, "system/cpu": 3.0, "nan": float("nan"), "huge": 1e308}
    incoming, seen = brought(version(lineage=Lineage(metrics=metrics)), rows=rows)
    (step,) = compare_rows(seen, incoming.rows, EXCEL).steps
    written = after(rows, Plan("import", (step,)))[1]
    assert {header: cell for header, cell in written.items() if "etric" in header} == {
        "metric: f1 (Holidays)": 0.7,
        "Metric: nan": "nan",
        "Metric: huge": "1E+308",
    }


def test_a_run_with_hundreds_of_metrics_does_not_flood_the_sheet() -> None:
    many = {f"m{number:03}": 1.0 for number in range(300)}
    common = {"loss": 0.1, "x" * 400: 2.0, "": 3.0, "a\nb": 4.0}
    incoming, _ = brought(
        version("4", lineage=Lineage(metrics=many | common)), version("5", lineage=Lineage(metrics=common))
    )
    first, second = incoming.rows
    assert len(first.own) == MOST_METRICS
    assert set(second.own) == {"Metric: loss", "Metric: a b"}
    (told,) = incoming.notices
    assert told.startswith("284 metrics have no column here, as a sheet gets at most 20 by itself")
    full = [{**ROW, **{f"Metric: k{number}": 1 for number in range(MOST_METRICS)}}]
    assert not brought(version(lineage=Lineage(metrics={"new": 1.0})), rows=full)[0].rows[0].own


# Into the sheet


def test_twice_is_once() -> None:
    incoming, seen = brought(*PLAIN, serving=[serves("4")])
    plan = Plan("import", tuple(compare_rows(seen, incoming.rows, EXCEL).steps))
    assert all(isinstance(step, NewRow) and step.alone for step in plan.steps)
    written = after([ROW], plan)
    assert written[0] == ROW
    again, _ = brought(*PLAIN, serving=[serves("4")], rows=written)
    assert not again.rows
    assert again.platform
    assert (again.platform.here, again.platform.others) == (4, 0)
