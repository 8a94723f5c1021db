"""promote, planned on tables: which rows change, and how, for every way in which rows speak for places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.choosing import Promotion
from registry_sheets.registry.edits.codec import from_plain, to_plain
from registry_sheets.registry.edits.promoting import plan_promotion
from registry_sheets.registry.edits.resolving import resolve
from registry_sheets.registry.table import Lists, Stage
from registry_sheets.registry.table_settings import TableSettings
from tests.support.edits import TODAY, Row, after, edit, page, view

OLD = {"Name": "AC failure", "Version": "3.4", "Location": "Desk", "Stage": "Production", "Used for": ""}
NEW = {"Name": "AC failure", "Version": "3.5", "Location": "Desk", "Stage": "Testing", "Used for": ""}
BLANK = {"Deployed on": "", "Why": ""}
LIVE = {"Stage": "Production", "Deployed on": TODAY, "Why": "better"}


def rows(*given: Row) -> list[dict[str, Any]]:
    return [{**BLANK, **row} for row in given]


def promoted(given: Sequence[Row], version: str = "3.5", **wish: Any) -> list[dict[str, Any]]:
    wanted = Promotion(**{"name": "AC failure", "version": version, "why": "better", **wish})
    table = rows(*given)
    return after(table, plan_promotion(view(table), wanted))


def refused(given: Sequence[Row], version: str = "3.5", **wish: Any) -> str:
    wanted = Promotion(**{"name": "AC failure", "version": version, "why": "better", **wish})
    with pytest.raises(EditRefused) as caught:
        plan_promotion(view(rows(*given)), wanted)
    return str(caught.value)


def filled(row: Row, **cells: Any) -> dict[str, Any]:
    named = {key.replace("_", " "): cell for key, cell in cells.items()}
    return {key: cell for key, cell in {**row, **named}.items() if cell != ""}


def test_the_version_goes_live_and_the_one_it_replaces_is_archived() -> None:
    assert promoted([OLD, NEW]) == [filled(OLD, Stage="Archived"), filled({**NEW, **LIVE})]


def test_what_is_replaced_can_go_back_to_testing() -> None:
    assert promoted([OLD, NEW], replaced=Stage.TESTING)[0] == filled(OLD, Stage="Testing")


def test_the_day_can_be_given() -> None:
    assert promoted([OLD, NEW], deployed=date(2026, 6, 1))[1]["Deployed on"] == date(2026, 6, 1)


def test_other_models_other_uses_and_other_places_are_left_alone() -> None:
    others = [
        {**OLD, "Name": "No-shows"},
        {**OLD, "Version": "3.3", "Location": "Elsewhere"},
        {**OLD, "Version": "3.2", "Used for": "Heat pumps"},
        {**OLD, "Version": "3.1", "Stage": "Testing"},
    ]
    assert promoted([*others, {**NEW, "Used for": "Rooftop"}])[:4] == [filled(row) for row in others]


def test_places_and_names_are_compared_as_identity_does() -> None:
    old = {**OLD, "Name": "ac  failure", "Location": "DESK "}
    assert promoted([old, NEW])[0]["Stage"] == "Archived"


def test_the_sheets_own_words_are_used() -> None:
    given = rows({**OLD, "Stage": "live"}, {**OLD, "Version": "3.0", "Stage": "Retired"}, {**NEW, "Stage": "shadow"})
    plan = plan_promotion(view(given), Promotion("AC failure", "3.5", "better"))
    assert [row["Stage"] for row in after(given, plan)] == ["Retired", "Retired", "live"]


def test_of_several_words_the_one_used_most_is_taken() -> None:
    given = [
        {**OLD, "Name": "a", "Stage": "Prod"},
        {**OLD, "Name": "b", "Stage": "Live"},
        {**OLD, "Name": "c", "Stage": "Live"},
    ]
    assert promoted([*given, NEW])[3]["Stage"] == "Live"


def test_without_a_word_in_the_sheet_the_configs_is_taken() -> None:
    settings = TableSettings(stage_words={Stage.PRODUCTION: ("Im Einsatz",), Stage.ARCHIVED: ("Abgelöst",)})
    given = rows({**OLD, "Stage": "Testing", "Version": "1"}, NEW)
    plan = plan_promotion(view(given, settings), Promotion("AC failure", "3.5", "better"))
    assert after(given, plan, settings)[1]["Stage"] == "Im Einsatz"


def test_a_sheet_without_stage_and_why_gets_the_columns() -> None:
    given = [{"Name": "AC failure", "Version": "3.5", "Training date": "", "Data source": "x", "Location": "Desk"}]
    plan = plan_promotion(view(given), Promotion("AC failure", "3.5", "better"))
    assert after(given, plan)[0] == filled({**given[0], **LIVE})


# Where it goes


def test_a_row_without_a_location_takes_the_one_where_the_model_is_live() -> None:
    assert promoted([OLD, {**NEW, "Location": ""}])[1] == filled({**NEW, **LIVE, "Location": "Desk"})


def test_a_row_without_a_location_takes_the_one_that_is_named() -> None:
    found = promoted([OLD, {**NEW, "Location": ""}], location="Van")
    assert found == [filled(OLD), filled({**NEW, **LIVE, "Location": "Van"})]


def test_without_a_location_and_with_several_to_choose_from_it_asks() -> None:
    given = [OLD, {**OLD, "Version": "3.3", "Location": "Van"}, {**NEW, "Location": ""}]
    assert "--location, one of: Desk and Van" in refused(given)


def test_without_any_location_it_asks_for_one_and_names_those_in_lists() -> None:
    wanted = Promotion("AC failure", "3.5", "better")
    with pytest.raises(EditRefused, match="one of: Desk and Van"):
        plan_promotion(view(rows({**NEW, "Location": ""}), lists=Lists(locations=("Desk", "Van"))), wanted)


def test_a_sheet_that_never_names_locations_needs_none() -> None:
    found = promoted([{**OLD, "Location": ""}, {**NEW, "Location": ""}])
    assert [row["Stage"] for row in found] == ["Archived", "Production"]
    assert "Location" not in found[1]


def test_a_row_without_a_use_takes_the_one_of_what_is_live_there() -> None:
    found = promoted([{**OLD, "Used for": "Rooftop"}, NEW])
    assert (found[0]["Stage"], found[1]["Used for"], found[1]["Stage"]) == ("Archived", "Rooftop", "Production")


def test_with_several_uses_live_there_it_asks() -> None:
    given = [{**OLD, "Used for": "Rooftop"}, {**OLD, "Version": "3.3", "Used for": "Split"}, NEW]
    assert "--used-for, one of: Rooftop and Split" in refused(given)


def test_a_location_is_spelled_as_the_sheet_spells_it() -> None:
    assert promoted([OLD, {**NEW, "Location": ""}], location="desk")[1]["Location"] == "Desk"


def test_a_location_that_lists_does_not_have_is_mentioned() -> None:
    lists = Lists(tab="Lists", locations=("Desk",))
    plan = plan_promotion(view(rows(OLD, NEW), lists=lists), Promotion("AC failure", "3.5", "better", location="Desc"))
    assert plan.notices[0] == "The tab 'Lists' has no location Desc. Did you mean Desk?"


def test_several_places_in_one_flag_are_refused() -> None:
    assert "one after the other" in refused([OLD, NEW], location="Desk; Van")


# Rows that speak for several places


def test_the_version_gives_up_one_of_its_places_to_a_copy() -> None:
    new = {**NEW, "Location": "Desk; Van", "Metric: MAPE": 0.12, "Ticket": "T-7"}
    found = promoted([OLD, new], location="Van")
    assert found == [
        filled(OLD),
        filled(new, Location="Desk"),
        filled({**new, **LIVE, "Location": "Van"}),
    ]


def test_a_live_row_at_other_places_is_left_alone() -> None:
    new = {**NEW, "Stage": "Production", "Why": "first", "Deployed on": date(2026, 1, 1)}
    old = {**OLD, "Location": "Van"}
    found = promoted([old, new], location="Van")
    assert found == [filled(old, Stage="Archived"), filled(new), filled({**new, **LIVE, "Location": "Van"})]


def test_a_row_that_is_tested_elsewhere_is_left_alone() -> None:
    found = promoted([OLD, {**NEW, "Location": "Lab"}], location="Desk")
    assert found == [
        filled(OLD, Stage="Archived"),
        filled(NEW, Location="Lab"),
        filled({**NEW, **LIVE, "Location": "Desk"}),
    ]


def test_what_is_replaced_only_gives_up_the_place() -> None:
    found = promoted([{**OLD, "Location": "Van\nDesk\nLab"}, NEW])
    assert found[0] == filled(OLD, Location="Van\nLab")


def test_what_is_replaced_only_gives_up_the_use() -> None:
    found = promoted([{**OLD, "Used for": "Rooftop; Split"}, {**NEW, "Used for": "Split"}])
    assert found[0] == filled(OLD, **{"Used for": "Rooftop"})


def test_what_two_cells_cannot_say_is_refused() -> None:
    old = {**OLD, "Used for": "Rooftop; Split", "Location": "Desk; Van"}
    said = refused([old, {**NEW, "Used for": "Split"}])
    assert "cannot say what is left" in said
    assert "Split that row" in said


def test_a_row_with_two_uses_replaces_both() -> None:
    given = [{**OLD, "Used for": "Rooftop"}, {**OLD, "Version": "3.3", "Used for": "Split"}]
    found = promoted([*given, {**NEW, "Used for": "Rooftop; Split"}])
    assert [row["Stage"] for row in found] == ["Archived", "Archived", "Production"]


def test_formulas_are_not_copied() -> None:
    given = rows({**NEW, "Location": "Desk; Van", "Age": 12})
    at = list(given[0]).index("Age")
    plan = plan_promotion(view(given, formulas=[(1, at)]), Promotion("AC failure", "3.5", "better", location="Van"))
    found = after(given, plan)
    assert (found[0]["Age"], found[1].get("Age")) == (12, None)


# Which row of the version


def test_several_rows_of_the_version_need_a_place() -> None:
    given = [{**NEW, "Location": "Desk"}, {**NEW, "Location": "Van"}]
    assert "several rows: row 2 at Desk and row 3 at Van" in refused(given)
    assert [row["Stage"] for row in promoted(given, location="Van")] == ["Testing", "Production"]


def test_doubled_rows_are_refused() -> None:
    assert "several rows" in refused([NEW, NEW], location="Desk")


def test_a_new_place_for_a_version_with_several_rows_gets_a_copy() -> None:
    given = [{**NEW, "Location": "Desk"}, {**NEW, "Location": "Van"}]
    assert promoted(given, location="Lab")[2] == filled({**NEW, **LIVE, "Location": "Lab"})


def test_but_not_where_they_disagree_about_the_version() -> None:
    given = [{**NEW, "Location": "Desk", "Data source": "a"}, {**NEW, "Location": "Van", "Data source": "b"}]
    assert "They differ" in refused(given, location="Lab")


def test_an_unknown_model_names_a_near_one() -> None:
    assert "Did you mean AC failure?" in refused([NEW], name="AC failur")


def test_an_unknown_version_names_the_known_ones() -> None:
    said = refused([OLD, NEW], version="3.50")
    assert "Did you mean 3.5?" in said
    assert "Its versions are 3.5 and 3.4" in said


# What is live already


def test_live_already_is_no_change() -> None:
    new = {**NEW, **LIVE}
    plan = plan_promotion(view(rows(new)), Promotion("AC failure", "3.5", "better"))
    assert plan.steps == ()


def test_live_already_with_another_reason_only_changes_the_reason() -> None:
    new = {**NEW, **LIVE, "Why": "first", "Deployed on": date(2026, 1, 1)}
    assert promoted([new]) == [filled(new, Why="better")]


def test_live_already_among_other_places_is_no_change() -> None:
    new = {**NEW, **LIVE, "Location": "Desk; Van"}
    assert plan_promotion(view(rows(new)), Promotion("AC failure", "3.5", "x", location="Van")).steps == ()


def test_of_two_that_are_live_the_other_goes() -> None:
    found = promoted([OLD, {**NEW, "Stage": "Production"}])
    assert [row["Stage"] for row in found] == ["Archived", "Production"]


def test_an_archived_version_goes_live_again() -> None:
    old = {**OLD, "Stage": "Archived", "Why": "first", "Deployed on": date(2026, 1, 1)}
    found = promoted([old, {**NEW, "Stage": "Production"}], version="3.4")
    assert found == [filled({**old, **LIVE}), filled(NEW, Stage="Archived")]


def test_what_stays_live_without_a_location_is_mentioned() -> None:
    plan = plan_promotion(view(rows({**OLD, "Location": ""}, NEW)), Promotion("AC failure", "3.5", "better"))
    assert plan.notices == (
        "AC failure 3.4 (row 2) stays in Production: it names no location. "
        "Archive it in the sheet if it is replaced too.",
    )


def test_the_plan_says_what_it_is_and_where_to_switch() -> None:
    new = {**NEW, "Used for": "Split"}
    plan = plan_promotion(view(rows(OLD, new)), Promotion("AC failure", "3.5", "better"))
    assert plan.what == "promote AC failure 3.5 at Desk (Split)"
    assert plan.places == ("Desk",)


@pytest.mark.parametrize("why", ["", "  ", "\u200b"])
def test_without_a_reason_it_is_refused(why: str) -> None:
    assert "promote needs a reason" in refused([OLD, NEW], why=why)


def notices(given: Sequence[Row], **wish: Any) -> tuple[str, ...]:
    wanted = Promotion(**{"name": "AC failure", "version": "3.5", "why": "better", **wish})
    return plan_promotion(view(rows(*given)), wanted).notices


def test_what_stays_live_elsewhere_is_told_where_nothing_is_replaced() -> None:
    trial = {**NEW, "Location": "Desk (test)"}
    assert promoted([OLD, trial]) == [filled(OLD), filled({**trial, **LIVE})]
    assert notices([OLD, trial]) == (
        "Nothing is replaced: 3.4 stays live at Desk. If 3.5 is to replace it there: --location 'Desk'.",
    )
    others = [OLD, {**OLD, "Version": "3.3", "Location": "Van"}]
    (told,) = notices([*others, trial])
    assert "3.4 stays live at Desk and 3.3 stays live at Van" in told
    assert "--location 'Desk' or --location 'Van'" in told


@pytest.mark.parametrize(
    "given",
    [
        [OLD, NEW],  # it is replaced
        [{**OLD, "Used for": "Rooftop"}, {**NEW, "Location": "Van", "Used for": "Heat pumps"}],  # another use
        [{**OLD, "Name": "No-shows"}, NEW],
        [OLD, {**NEW, "Stage": "Production", "Location": "Van"}],  # it is live there already
    ],
)
def test_where_something_is_replaced_or_nothing_could_be_it_is_not_told(given: Sequence[Row]) -> None:
    assert notices(given) == ()


def test_a_place_that_was_named_is_meant() -> None:
    assert notices([OLD, {**NEW, "Location": ""}], location="Van") == ()


def test_a_day_to_come_is_written_and_told() -> None:
    day = date(2026, 7, 2)
    assert promoted([OLD, NEW], deployed=day)[1]["Deployed on"] == day
    (told,) = notices([OLD, NEW], deployed=day)
    assert "2026-07-02 has not come yet" in told
    assert "future-date" in told


def unfit(then: Sequence[Row], now: Sequence[Row], **wish: Any) -> str:
    """Why a promotion that was planned on one table does not fit another; '' where it does."""
    wanted = Promotion(**{"name": "AC failure", "version": "3.5", "why": "better", **wish})
    plan = plan_promotion(view(rows(*then)), wanted)
    return resolve(page(rows(*now)), from_plain(to_plain(edit(plan)))).reason


def test_a_version_that_went_live_there_meanwhile_stops_it() -> None:
    other = {**NEW, "Version": "3.6"}
    told = "3.6 is live at Desk now, which this edit does not know; look, then promote again."
    assert not unfit([OLD, NEW, other], [OLD, NEW, other])
    assert unfit([OLD, NEW, other], [{**OLD, "Stage": "Archived"}, NEW, {**other, "Stage": "Production"}]) == told
    assert unfit([OLD, NEW], [OLD, NEW, {**OLD, "Version": "3.6", "Location": "Desk; Van"}]) == told
    assert not unfit([OLD, NEW], [OLD, NEW, {**OLD, "Version": "3.6", "Location": "Van"}])
    assert not unfit([OLD, NEW], [OLD, NEW, {**OLD, "Version": "3.6", "Used for": "Rooftop"}])
    assert not unfit([OLD, NEW], [OLD, NEW, {**OLD, "Name": "No-shows", "Version": "3.6"}])


def test_what_is_in_the_sheet_already_is_not_stopped() -> None:
    done = [{**OLD, "Stage": "Archived"}, {**NEW, **LIVE}, {**OLD, "Version": "3.6"}]
    assert not unfit([OLD, NEW], done)


def test_an_edit_of_a_version_that_expected_nothing_is_written_as_it_says() -> None:
    plan = plan_promotion(view(rows(OLD, NEW)), Promotion("AC failure", "3.5", "better"))
    plain = to_plain(edit(plan))
    del plain["expected"]
    now = page(rows({**OLD, "Stage": "Archived"}, NEW, {**OLD, "Version": "3.6"}))
    assert not resolve(now, from_plain(plain)).reason
