"""What people's sheets and platforms did to the rules about platforms, to import and to export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry_sheets.operations.platform_rows import Wanted
from registry_sheets.operations.transfer_limits import EXCEL
from registry_sheets.operations.transfer_rows import compare_rows
from registry_sheets.platforms.exporting.base import ThereModel, ThereVersion
from registry_sheets.platforms.exporting.planning import NewModel, NewVersion, VersionChange
from registry_sheets.registry.edits.edit import Plan
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.platforms.leaving import leaving_of
from registry_sheets.registry.platforms.terms import LocationTerms, Platforms, PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.table import Lists
from tests.rules.answers import CLOUD, MLFLOW, answer, registry_answer
from tests.rules.support import registry
from tests.support.edits import after
from tests.support.platforms.leaving import table
from tests.support.platforms.memory_target import MemoryTarget, export
from tests.support.platforms.rows import ROW, brought, version

RULED = [rule for rule in RULES if rule.id.endswith("-mismatch") or rule.id in ("not-in-sheet", "not-on-platform")]


def row(name: str, version: Any, stage: str = "Production", place: str = "") -> dict[str, Any]:
    return {"Name": name, "Version": version, "Stage": stage, "Location": place}


def there(model: str, number: str, trained: date | None = None, *data: str, **more: Any) -> PlatformVersion:
    ended = datetime(trained.year, trained.month, trained.day, 12, tzinfo=UTC) if trained else None
    lineage = Lineage(ended, None, data) if trained or data else None
    return PlatformVersion(model, number, lineage=lineage, **more)


def at(model: str, number: str, endpoint: str, share: float | None = 1.0, **more: Any) -> Deployment:
    return Deployment(model, number, endpoint, share=share, **more)


def champion(model: str, number: str) -> Deployment:
    return at(model, number, "@champion", None)


def told(
    rows: Sequence[dict[str, Any]],
    *answers: PlatformAnswer,
    places: Iterable[tuple[str, ...]] = (),
    terms: Sequence[PlatformTerms] = (),
) -> list[tuple[str, int | None, str | None, str]]:
    """(rule, index of the row, field, message and fix) of every finding that is more than information."""
    located = tuple(LocationTerms(*place) for place in places)
    judged = registry(rows, lists=Lists("Lists"), platforms=Platforms(tuple(answers), tuple(terms), located))
    return [
        (rule.id, hit.index, hit.field, f"{hit.message} {hit.fix}")
        for rule in RULED
        for hit in rule.check(judged, rule.options())
        if hit.severity is not Severity.INFO
    ]


def cells(found: Iterable[tuple[str, int | None, str | None, str]]) -> list[tuple[str, int | None, str | None]]:
    return [one[:3] for one in found]


# Companies whose sheet and platforms agree in a human's eyes

D1, D2, D3, D4 = date(2025, 1, 1), date(2025, 3, 1), date(2025, 6, 1), date(2026, 1, 1)
AGREEING: dict[str, tuple[Any, ...]] = {
    "two registries that count apart, joined by a tag": (
        [row("Churn", "7", place="churn-endpoint"), row("Churn", "8", "Testing")],
        [
            registry_answer(
                there("churn", "7", aliases=("champion",)),
                there("churn", "8", aliases=("challenger",)),
                champion("churn", "7"),
            ),
            answer(there("churn", "3", tags={"v": "7"}, stage="Approved"), at("churn", "3", "churn-endpoint")),
        ],
        {"terms": [PlatformTerms(CLOUD, version_tag="v")]},
    ),
    "one location on MLflow, a script beside it": (
        [row("AC", "3", place="Berlin"), row("AC", "2", place="Cron on etl-01"), row("Macro", "1", place="Excel")],
        [registry_answer(there("ac", "3"), there("ac", "2"), champion("ac", "3"))],
        {"places": [("Berlin", MLFLOW)]},
    ),
    "blue and green": (
        [row("Price NL", "12", place="price-nl"), row("Price NL", "13", "Testing", "price-nl")],
        [
            answer(
                there("price_nl", "12"),
                there("price_nl", "13"),
                at("price_nl", "12", "price-nl", 0.9),
                at("price_nl", "13", "price-nl", 0.1),
            )
        ],
        {},
    ),
    "two workspaces whose endpoints are called alike": (
        [row("Fraud", "9", place="fraud"), row("Fraud", "10", "Testing", "fraud")],
        [
            answer(there("fraud", "9"), at("fraud", "9", "fraud"), platform="prod"),
            answer(there("fraud", "9"), there("fraud", "10"), at("fraud", "10", "fraud"), platform="dev"),
        ],
        {},
    ),
    "brackets that no platform takes in a name": (
        [row("AC failure (EU)", "3", place="ep"), row("Price: spot, day", "2", place="day")],
        [
            answer(
                there("AC-failure-EU", "3"),
                at("AC-failure-EU", "3", "ep"),
                there("price_spot_day", "2"),
                at("price_spot_day", "2", "day"),
            )
        ],
        {},
    ),
    "stages left behind when aliases came": (
        [row("Vans", "3", place="Depot"), row("Vans", "2", "Archived", "Depot")],
        [
            registry_answer(
                there("vans", "1", stage="Staging"),
                there("vans", "2", stage="Production"),
                there("vans", "3", aliases=("champion",), stage="Staging"),
                at("vans", "2", "Production", None),
                champion("vans", "3"),
            )
        ],
        {"places": [("Depot", MLFLOW)]},
    ),
    "versions by parts, beside a platform that counts": (
        [
            {**row("Churn", "1.0", "Archived"), **{"Training date": D1}},
            {**row("Churn", "1.1", "Archived"), **{"Training date": D2}},
            {**row("Churn", "2.0", "Testing"), **{"Training date": D3}},
        ],
        [registry_answer(there("churn", "1", D1), there("churn", "2", D2), there("churn", "3", D3))],
        {},
    ),
    "one version spelled in two ways in two regions": (
        [row("AC", "3", place="front")],
        [
            answer(
                there("ac", "3", scope="eu"),
                there("ac", "v3", scope="us"),
                at("ac", "3", "front", scope="eu"),
                at("ac", "v3", "front", scope="us"),
            )
        ],
        {},
    ),
    "Kubeflow with an environment for each plant": (
        [row("Yield", "2.1.0", place="line-3"), row("Yield", "2.2.0", "Testing", "staging")],
        [
            answer(
                there("yield", "v2.1.0"),
                there("yield", "2.2.0"),
                at("yield", "v2.1.0", "yield-isvc", None, environment="line-3"),
                at("yield", "2.2.0", "yield-isvc", None, environment="staging"),
            )
        ],
        {},
    ),
    "rolled back, and the newer one archived": (
        [row("AC", 3, place="ep"), row("AC", 4, "Archived", "ep")],
        [answer(there("ac", "3"), there("ac", "4", aliases=("default",)), at("ac", "3", "ep"), at("ac", "4", "ep", 0))],
        {},
    ),
    "groups by a pattern, approvals that say nothing": (
        [row("Vans", "3", place="vans-prod"), row("Vans", "2", "Archived", "vans-prod")],
        [
            answer(
                there("prod-vans-group", "2", stage="Approved"),
                there("prod-vans-group", "3", stage="Approved"),
                there("prod-vans-group", "4", stage="Rejected"),
                at("prod-vans-group", "3", "vans-prod"),
            )
        ],
        {"terms": [PlatformTerms(CLOUD, names={"prod-*-group": "*"})]},
    ),
    "an evening in Zurich, data in a folder": (
        [
            {
                **row("AC", "1", place="ep"),
                **{"Training date": date(2026, 3, 5), "Data source": "s3://lake/crm/2026-02/"},
            }
        ],
        [
            answer(
                PlatformVersion(
                    "ac",
                    "1",
                    lineage=Lineage(datetime(2026, 3, 4, 23, 30, tzinfo=UTC), None, ("s3a://lake/crm/2026-02/p-0",)),
                ),
                at("ac", "1", "ep"),
            )
        ],
        {},
    ),
}


@pytest.mark.parametrize("company", AGREEING)
def test_a_company_whose_sheet_agrees_hears_nothing(company: str) -> None:
    rows, answers, settled = AGREEING[company]
    assert told(rows, *answers, **settled) == []


# Companies where reality moved

X3 = row("X", "3", place="e")
MOVED: dict[str, tuple[Any, ...]] = {
    "another serves": (
        [X3, row("X", "4", "Testing")],
        [answer(there("x", "3"), there("x", "4"), at("x", "4", "e"))],
        {},
        [("live-mismatch", 0, "location"), ("stage-mismatch", 1, "stage")],
    ),
    "rolled back to what is archived": (
        [X3, row("X", "2", "Archived", "e")],
        [answer(there("x", "3"), there("x", "2"), at("x", "2", "e"))],
        {},
        [("live-mismatch", 0, "location"), ("stage-mismatch", 1, "stage")],
    ),
    "the canary grew": (
        [X3, row("X", "4", "Testing", "e")],
        [answer(there("x", "3"), there("x", "4"), at("x", "4", "e", 0.6), at("x", "3", "e", 0.4))],
        {},
        [("live-mismatch", 0, "location")],
    ),
    "the endpoint is gone": (
        [X3],
        [answer(there("x", "3"))],
        {"places": [("e", CLOUD, "e")]},
        [("live-mismatch", 0, "location")],
    ),
    "the model was deleted": ([X3], [answer()], {"places": [("e", CLOUD)]}, [("live-mismatch", 0, "location")]),
    "a tested version was deleted": (
        [row("X", "3", "Testing", "e")],
        [answer(there("x", "2"))],
        {"places": [("e", CLOUD)]},
        [("not-on-platform", 0, "version")],
    ),
    "swapped": (
        [row("X", "3", place="a"), row("X", "4", place="b")],
        [answer(there("x", "3"), there("x", "4"), at("x", "4", "a"), at("x", "3", "b"))],
        {},
        [("live-mismatch", 0, "location"), ("live-mismatch", 1, "location")],
    ),
    "served by nobody who is in the sheet": (
        [X3],
        [answer(there("x", "3"), at("x", "3", "e"), there("z", "1"), at("z", "1", "z-ep"), at("", "", "ghost"))],
        {},
        [("not-in-sheet", None, None), ("not-in-sheet", None, None)],
    ),
    "trained again on other data": (
        [{**row("X", "3", place="e"), **{"Training date": D1, "Data source": "s3://a/jan"}}],
        [answer(there("x", "3", D4, "s3://a/apr"), at("x", "3", "e"))],
        {},
        [("date-mismatch", 0, "training_date"), ("data-source-mismatch", 0, "data_source")],
    ),
    "the champion moved": (
        [row("X", "3", place="Berlin"), row("X", "4", "Archived")],
        [
            registry_answer(
                there("x", "3", stage="Production"), there("x", "4", aliases=("champion",)), champion("x", "4")
            )
        ],
        {"places": [("Berlin", MLFLOW)]},
        [("live-mismatch", 0, "location"), ("stage-mismatch", 1, "stage")],
    ),
    "archived there by its stage": (
        [row("X", "3", place="Berlin")],
        [registry_answer(there("x", "3", stage="Archived"))],
        {},
        [("stage-mismatch", 0, "stage")],
    ),
}


@pytest.mark.parametrize("company", MOVED)
def test_where_reality_moved_exactly_that_is_said_at_the_right_cell(company: str) -> None:
    rows, answers, settled, expected = MOVED[company]
    assert sorted(cells(told(rows, *answers, **settled)), key=str) == sorted(expected, key=str)


def test_a_stage_says_something_again_where_no_alias_of_the_model_is_live() -> None:
    stages = registry_answer(there("x", "2", stage="Production"), at("x", "2", "Production", None), champion("y", "1"))
    assert ("stage-mismatch", 0, "stage") in cells(told([row("X", "2", "Archived")], stages))


@pytest.mark.parametrize("typed", ["2.1", "2026-06-30"])
def test_where_a_platform_counts_its_own_way_it_is_told_how_to_join_them(typed: str) -> None:
    found = told([row("X", typed, place="e")], answer(there("x", "1"), there("x", "2"), at("x", "2", "e")))
    assert cells(found) == [("not-in-sheet", None, None), ("live-mismatch", 0, "location")]
    assert all("version_tag" in message for *_, message in found)
    plain = told([row("X", "1", place="e")], answer(there("x", "1"), there("x", "2"), at("x", "2", "e")))
    assert not any("version_tag" in message for *_, message in plain)


def test_a_whole_version_is_judged_where_the_sheet_counts_too() -> None:
    rows = [row("X", "1.0", "Archived"), {**row("X", "2.0"), **{"Training date": D1}}]
    assert cells(told(rows, registry_answer(there("x", "1", D1), there("x", "2", D4)))) == [
        ("date-mismatch", 1, "training_date")
    ]
    spelled = [row("X", "1.1"), {**row("X", "2.0"), **{"Training date": D1}}]
    kubeflow = answer(there("x", "v2.0", D4))
    assert cells(told(spelled, kubeflow)) == [("date-mismatch", 1, "training_date")]


# What was exported is known again, whatever became of its texts on the way


def exported(*rows: tuple[str, str], lose: str = "_") -> PlatformAnswer:
    """As SageMaker has it: what its metadata do not take is '_', and its groups have names of their own."""
    found = []
    for model in leaving_of(table(*rows)).models:
        for number, one in enumerate(model.versions, 1):
            tags = {
                "registry-sheets.id": one.id,
                "registry-sheets.version": "".join(s if s.isalnum() or s in ". " else lose for s in one.version),
                "registry-sheets.name": "".join(s if s.isalnum() or s in ". " else lose for s in model.name),
            }
            found.append(PlatformVersion(f"group-{model.id[:8]}", str(number), tags=tags, aliases=("x",)))
    return answer(*found)


def test_a_name_and_version_that_the_platform_could_not_hold_are_found_by_their_mark() -> None:
    rows = [("Loss % (EU)", "3,1"), ("Loss % (EU)", "3;1"), ("1=1", "“final”"), ("模型&é", "v1")]
    sheet = [row(name, number, place="Cloud") for name, number in rows]
    assert told(sheet, exported(*rows), places=[("Cloud", CLOUD)]) != []  # nothing serves
    tested = [row(name, number, "Testing", "Cloud") for name, number in rows]
    assert told(tested, exported(*rows), places=[("Cloud", CLOUD)]) == []


def test_a_mark_does_not_go_before_what_people_say_nor_bring_in_what_they_leave_out() -> None:
    there_is = exported(("A", "1"))
    group = there_is.versions[0].model
    mapped = told(
        [row("A", "1", "Testing", "Cloud"), row("B", "1", "Testing", "Cloud")],
        there_is,
        places=[("Cloud", CLOUD)],
        terms=[PlatformTerms(CLOUD, names={group: "B"})],
    )
    assert cells(mapped) == [("not-on-platform", 0, "version")]
    left = [PlatformTerms(CLOUD, leave_out=("group-*",))]
    assert cells(told([row("A", "1", "Testing", "Cloud")], there_is, places=[("Cloud", CLOUD)], terms=left)) in (
        [],
        [("not-on-platform", 0, "version")],
    )


# Import


def imported_twice(*versions: PlatformVersion, rows: Sequence[Any] = (ROW,), **how: Any) -> list[str]:
    """The versions that come, then (after '|') those that would come again."""
    incoming, seen = brought(*versions, rows=rows, **how)
    steps = compare_rows(seen, incoming.rows, EXCEL).steps
    written = after(rows, Plan("import", tuple(steps)))
    again, seen = brought(*versions, rows=written, **how)
    more = compare_rows(seen, again.rows, EXCEL)
    assert more.conflicts == []
    return [*(step.version for step in steps), "|", *(step.version for step in more.steps)]


def test_a_version_that_comes_in_two_spellings_comes_once() -> None:
    spellings = [version(number) for number in ("1", "v1", "Version 1")]
    assert imported_twice(*spellings) == ["1", "|"]
    assert imported_twice(*spellings, rows=[{**ROW, "Version": "V1"}]) == ["|"]
    assert imported_twice(*spellings, rows=[{**ROW, "Version": 1}]) == ["|"]
    assert imported_twice(version("1"), version("1.0"), version("01")) == ["1", "1.0", "01", "|"]


def test_an_archived_row_is_there_and_is_not_proposed_again() -> None:
    incoming, _ = brought(version("3"), rows=[{**ROW, "Stage": "Archived"}], wanted=Wanted())
    assert not incoming.rows


def test_metrics_whose_names_are_those_of_columns_do_not_touch_them() -> None:
    metrics = {"Version": 1.0, "version": 2.0, "=1+1": 3.0, "Name": 1.0, "Check": 4.0, "": 5.0, " ": 6.0}
    incoming, seen = brought(version("4", lineage=Lineage(metrics=metrics)))
    assert incoming.notices == ()
    (step,) = compare_rows(seen, incoming.rows, EXCEL).steps
    (_, new) = after([ROW], Plan("import", (step,)))
    assert new == {
        "Name": "AC failure",
        "Version": "4",
        "Owner": "Ana",
        "Metric: Version": 1.0,
        "Metric: =1+1": 3.0,
        "Metric: Name": 1.0,
        "Metric: Check": 4.0,
    }


@pytest.mark.parametrize(
    ("ended", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), date(2026, 3, 29)),  # the clocks went forward that night
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # and back
    ],
)
def test_days_around_midnight_where_clocks_change(ended: datetime, day: date) -> None:
    incoming, _ = brought(version("4", lineage=Lineage(trained=ended)), zone="Europe/Zurich")
    assert incoming.rows[0].cells["training_date"] == day


# Export


def steps_of(rows: Sequence[tuple[str, str]], *numbers: str, **tags: Any) -> list[tuple[str, str]]:
    """(step, version of the sheet) where another team's versions of these numbers are there."""
    theirs = tuple(ThereVersion(number, tags.get(f"n{number}", {})) for number in numbers)
    done = export(table(*rows), MemoryTarget(ThereModel("ac", versions=theirs)))
    steps = [one.step for one in done.steps]
    return [(type(s).__name__, s.wanted.version) for s in steps if isinstance(s, (NewVersion, VersionChange))]


def test_an_export_takes_for_one_what_a_check_takes_for_one() -> None:
    rows = [("AC", "1.0"), ("AC", "2.0"), ("AC", "3.0")]
    assert steps_of(rows, "1", "2", "3") == [("VersionChange", one) for _, one in rows]
    assert steps_of([("AC", "03")], "3") == [("VersionChange", "03")]


def test_a_version_by_parts_is_not_written_onto_one_of_that_number() -> None:
    rows = [("AC", "1.0"), ("AC", "1.1"), ("AC", "2.0")]
    assert steps_of(rows, "1", "2", "3") == [("NewVersion", one) for _, one in rows]
    assert steps_of([("AC", "2.0")], "2", n2={"registry-sheets.version": "1.1"}) == [("NewVersion", "2.0")]


def test_a_team_s_live_version_stays_the_one_after_an_export() -> None:
    """What the export left there is read back: nothing that agreed before is told now."""
    target = MemoryTarget(
        ThereModel("ac", aliases={"champion": "3"}, versions=tuple(ThereVersion(str(number)) for number in (1, 2, 3))),
        statuses={},
    )
    rows = [("AC", "1.0", "", "", "Archived"), ("AC", "3.0", "", "Berlin", "Production")]
    done = export(table(*rows), target)
    assert done.conflicts == ()
    model = target.there["ac"]
    said = [PlatformVersion("ac", one.number, tags=one.tags) for one in model.versions]
    live = [champion("ac", number) for alias, number in model.aliases.items() if alias == "champion"]
    sheet = [row("AC", "1.0", "Archived"), row("AC", "3.0", place="Berlin")]
    aliased = [replace_aliases(one, model.aliases) for one in said]
    assert told(sheet, registry_answer(*aliased, *live), places=[("Berlin", MLFLOW)]) == []


def replace_aliases(one: PlatformVersion, aliases: Any) -> PlatformVersion:
    return one._replace(aliases=tuple(alias for alias, number in aliases.items() if number == one.version))


def test_a_model_that_was_renamed_in_the_sheet_is_told_and_renamed_there_it_is_the_same() -> None:
    target = MemoryTarget(statuses={})
    rows = [("Vans", "1"), ("Vans", "2", "", "Berlin", "Production")]
    assert export(table(*rows, ("AC", "1")), target).former == ()
    renamed = table(*(("Vans EU", *one[1:]) for one in rows), ("AC", "1"))
    shown = export(renamed, target, apply=False)
    assert shown.former == ("Vans",)
    target.there["Vans EU"] = replace(target.there.pop("Vans"), name="Vans EU")
    done = export(renamed, target)
    assert (done.former, done.conflicts) == ((), ())
    assert not [one for one in done.steps if isinstance(one.step, (NewVersion, NewModel))]
    assert len(target.there["Vans EU"].versions) == 2
    assert export(renamed, target).steps == ()


def test_a_model_made_for_another_of_the_sheet_is_not_taken_for_one_that_is_called_alike() -> None:
    target = MemoryTarget(statuses={})
    export(table(("a/b", "1")), target)
    both = table(("a/b", "1"), ("a-b", "1"))
    assert [one.step for one in export(both, target).steps if isinstance(one.step, NewModel)]
    assert export(both, target).steps == ()
    assert len(target.there) == 2


def test_names_that_are_alike_are_in_no_doubt_where_an_export_marked_them() -> None:
    rows = [("a/b", "1"), ("a-b", "1")]
    there_are = exported(*rows)
    alike = [one._replace(model=name) for one, name in zip(there_are.versions, ("a-b", "a-b-2"), strict=True)]
    serving = [at("a-b", "1", "e"), at("a-b-2", "1", "f")]
    sheet = [row("a/b", "1", place="f"), row("a-b", "1", place="f")]
    assert cells(told(sheet, answer(*alike, *serving), places=[("f", CLOUD, "f")])) == [
        ("live-mismatch", 0, "location")
    ]


def test_peoples_own_tag_goes_before_the_mark_of_an_export() -> None:
    (one,) = exported(("A", "1")).versions
    moved = one._replace(model="A", tags={**one.tags, "release": "2"}, aliases=())
    rows = [row("A", "1", "Testing", "Cloud"), row("A", "2", "Testing", "Cloud")]
    found = told(rows, answer(moved), places=[("Cloud", CLOUD)], terms=[PlatformTerms(CLOUD, version_tag="release")])
    assert cells(found) == [("not-on-platform", 0, "version")]


def test_a_name_of_which_no_sign_can_be_sent_stays_and_stops_nothing() -> None:
    target = MemoryTarget(statuses={})
    done = export(table(("\x07", "1"), ("A", "\x07"), ("\u200b", "1"), ("A", "2")), target)
    assert [(one.row, one.why) for one in done.staying] == [
        (2, "it has no name that can be read"),
        (3, "it has no version that can be read"),
        (4, "it has no name that can be read"),
    ]
    assert list(target.there) == ["A"]
    assert len(target.there["A"].versions) == 1
