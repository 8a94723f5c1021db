"""What an export leaves as it is, as somebody else has put it there."""

from __future__ import annotations

from dataclasses import replace

from registry_sheets.platforms.exporting.base import ThereModel, ThereVersion
from registry_sheets.registry.platforms.leaving import VERSION_TAG
from tests.support.platforms.leaving import live, table
from tests.support.platforms.memory_target import MemoryTarget, export

FOREIGN = ThereModel(
    "ac",
    {"team": "hvac"},
    "Their description",
    {"champion": "2"},
    (
        ThereVersion("1", {"theirs": "x"}, "Their words", "Rejected"),
        ThereVersion("2", {"theirs": "y"}, "", "Approved"),
    ),
)


def test_other_peoples_versions_get_our_tags_and_stay_as_they_are() -> None:
    target = MemoryTarget(FOREIGN)
    rows = table(("AC", "v1", "", "Munich", "Production", "", "", "", "Because"), ("AC", "2", "", "", "Testing"))
    done = export(rows, target)
    there = target.there["ac"]
    assert list(target.there) == ["ac"]
    assert len(there.versions) == 2
    assert (there.versions[0].description, there.versions[0].status) == ("Their words", "Rejected")
    assert there.versions[0].tags["theirs"] == "x"
    assert there.versions[0].tags[VERSION_TAG] == "v1"
    assert there.description == "Their description"
    assert there.aliases == {"champion": "2"}
    assert there.tags["team"] == "hvac"
    assert any("champion stands for version 2" in one for one in done.conflicts)
    assert any("v1 has a description" in one for one in done.conflicts)
    assert any("v1 is Rejected there, not Approved" in one for one in done.conflicts)
    assert export(rows, target).steps == ()


def test_a_description_where_there_was_none_is_ours_from_then_on() -> None:
    target = MemoryTarget(ThereModel("AC", versions=(ThereVersion("1"),)))
    for why in ("Because", "For another reason", ""):
        export(table(("AC", "1", "", "", "Testing", "", "", "", why)), target)
        assert target.there["AC"].versions[0].description == why


def test_an_alias_that_people_moved_stays_where_they_put_it() -> None:
    target = MemoryTarget()
    export(table(live("1"), ("AC", "2", "", "", "Testing")), target)
    model = target.there["AC"]
    target.there["AC"] = replace(model, aliases={"champion": "2"})
    done = export(table(live("1"), ("AC", "2", "", "", "Testing")), target)
    assert target.there["AC"].aliases == {"champion": "2"}
    assert done.steps == ()
    assert done.conflicts
    export(table(("AC", "1", "", "", "Archived"), live("2")), target)
    assert export(table(("AC", "1", "", "", "Archived"), live("2")), target).conflicts == ()


def test_a_status_that_people_changed_stays() -> None:
    target = MemoryTarget()
    export(table(live("1")), target)
    model = target.there["AC"]
    target.there["AC"] = replace(model, versions=(replace(model.versions[0], status="Rejected"),))
    done = export(table(("AC", "1", "", "", "Testing")), target)
    assert target.there["AC"].versions[0].status == "Rejected"
    assert any("is Rejected there, not Pending" in one for one in done.conflicts)
