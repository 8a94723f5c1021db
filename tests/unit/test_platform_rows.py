"""A platform's answer as rows: which versions come."""

from __future__ import annotations

from datetime import date

import pytest

from registry_sheets.errors import EditRefused
from registry_sheets.operations.platform_rows import Wanted
from registry_sheets.operations.transfer_limits import EXCEL
from registry_sheets.operations.transfer_rows import compare_rows
from registry_sheets.registry.edits.edit import NewRow, Plan
from registry_sheets.registry.platforms.terms import PlatformTerms
from tests.support.edits import after
from tests.support.platforms.rows import ASKED, ROW, brought, names, serves, version

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
            "owner": "Ana",
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


def test_of_a_named_model_only_its_own_versions_are_counted() -> None:
    other = [version(str(number), "forecast") for number in range(9)]
    incoming, _ = brought(version("3"), version("4"), *other, wanted=Wanted(("ac-failure",)))
    assert incoming.platform
    assert (incoming.platform.here, incoming.platform.others, incoming.platform.versions) == (1, 0, 2)


def test_of_an_export_the_name_that_the_sheet_gave_comes_and_not_what_the_platform_made_of_it() -> None:
    tags = {"registry-sheets.id": "x", "registry-sheets.name": "Price: spot/day", "registry-sheets.version": "v1"}
    there = version("7", "Price- spot-day", tags=tags)
    assert names(brought(there)[0]) == ["Price: spot/day v1"]
    assert names(brought(there, wanted=Wanted(("Price: spot/day",)))[0]) == ["Price: spot/day v1"]
    alike = [{"Name": "Price spot day", "Version": "1"}, {"Name": "price (spot) day", "Version": "1"}]
    assert names(brought(there, rows=alike)[0]) == ["Price: spot/day v1"]
    said = PlatformTerms("our cloud", names={"Price- spot-day": "Prices"})
    assert names(brought(there, terms=said)[0]) == ["Prices v1"]
    unmarked = version("7", "Price- spot-day", tags={"registry-sheets.name": "Price: spot/day"})
    assert names(brought(unmarked)[0]) == ["Price- spot-day 7"]
