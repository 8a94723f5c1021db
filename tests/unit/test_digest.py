"""What the weekly mails are about: who gets what, and what goes to the summary alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.owners import Person
from registry_sheets.reports.content import OpenFinding
from registry_sheets.reports.digest import MOST_CHANGES, MOST_FINDINGS, MOST_LIVE, Digest, who
from registry_sheets.reports.digest_lines import place
from registry_sheets.reports.digest_summary import summary
from registry_sheets.reports.digest_unmailed import Trouble, outside_domains, refused, uncertain
from tests.support.mails import WEEK, busy_report, digests, mailed_report
from tests.support.registries import TODAY, version

REVIEWED: dict[str, Cell] = {"last_reviewed": TODAY}
FRESH: dict[str, Cell] = {**REVIEWED, "training_date": date(2026, 6, 10), "deployed_on": date(2026, 6, 12)}


def of(name: str, rows: list[dict[str, Cell]], **past: Any) -> Digest:
    """The mail of one owner."""
    return next(
        one for one in digests(mailed_report(rows, **past), WEEK) if one.recipient and one.recipient.name == name
    )


def test_each_active_owner_with_an_address_gets_one() -> None:
    told = {whom.person.name: whom.unmailed.why if whom.unmailed else "" for whom in who(busy_report(), WEEK)}
    assert told == {
        "Ana Kovač": "",
        "Bo Lind": "",
        "Cleo": "No e-mail address is known.",
        "Dag Moe": "The tab Lists says that this owner is not active any more.",
        "eve@other.org": "",
    }
    assert [one.recipient.name for one in digests(busy_report(), WEEK) if one.recipient] == [
        "Ana Kovač", "Bo Lind", "eve@other.org",
    ]  # fmt: skip


def test_a_dry_run_says_who_gets_what() -> None:
    told = {whom.person.name: whom.told for whom in who(busy_report(), WEEK)}
    assert told["Bo Lind"] == "1 to mend, 2 overdue, 2 changed"
    assert told["Cleo"] == "no mail: No e-mail address is known."
    quiet = mailed_report([version(owner="Bo Lind", **FRESH)])
    assert [whom.told for whom in who(quiet, WEEK)] == ["nothing to say"]


def test_nobody_is_told_of_another_ones_rows() -> None:
    for one in digests(busy_report(), WEEK):
        rows = {"Ana Kovač": {2, 3, 4, 5, 6, 12}, "Bo Lind": {4, 7}, "eve@other.org": {11}}[one.recipient.name]  # type: ignore[union-attr]
        places = [line.place for line in one.findings.told] + [line.place for line in one.overdue.told]
        assert places
        assert {int(told.rpartition("(row ")[2][:-1]) for told in places} <= rows
        assert one.rows == len(rows)


def test_a_row_of_two_owners_is_told_to_both() -> None:
    places = [{line.place for line in one.findings.told} for one in digests(busy_report(), WEEK)]
    assert "Parts demand 12, Data source (row 4)" in places[0] & places[1]


def test_errors_come_first_and_ten_are_told() -> None:
    rows = [version(version=str(number), location="", what_changed="", why="") for number in range(20)]
    rows += [version(name="Other", version="1", stage="Testing", location="", **REVIEWED)]
    for row in rows:
        row["owner"] = "Ana Kovač"
    findings = of("Ana Kovač", rows).findings
    assert len(findings.told) == MOST_FINDINGS
    assert findings.total == findings.more + MOST_FINDINGS > 20
    ranks = [line.severity.rank for line in findings.told]
    assert ranks == sorted(ranks)


def test_what_is_for_information_never_goes_into_a_mail() -> None:
    report = busy_report()
    ana = report.findings[0].owners
    for rule in ("no-fallback", "review-overdue"):
        info = OpenFinding(Finding(rule, Severity.INFO, "Only so you know.", "Nothing.", row=2, name="A"), ana, "")
        for one in (
            *digests(replace(report, findings=(info,)), WEEK),
            summary(replace(report, findings=(info,)), WEEK),
        ):
            assert one.findings.total == one.overdue.total == 0


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (
            {"name": "AC failure", "version": "3.4", "column": "Location", "row": 14},
            "AC failure 3.4, Location (row 14)",
        ),
        ({"name": "AC failure", "version": "3.4", "row": 14}, "AC failure 3.4 (row 14)"),
        ({"name": "AC failure", "version": "3.4"}, "AC failure 3.4"),
        ({"version": "9", "column": "Name", "row": 12}, "(no name) 9, Name (row 12)"),
        ({"column": "Name", "row": 12}, "A row without a name, Name (row 12)"),
        ({"column": "Owner"}, "The sheet as a whole, Owner"),
        ({}, "The sheet as a whole"),
        ({"name": "two\nlines", "version": "1", "row": 2}, "two lines 1 (row 2)"),
    ],
)
def test_a_place_is_named_by_model_first_and_row_last(finding: dict[str, Any], told: str) -> None:
    assert place(Finding("rule", Severity.ERROR, "", "", **finding)) == told


def test_overdue_is_told_in_days_with_what_settles_it() -> None:
    row = version(owner="Ana Kovač", retrain_every=90, training_date=TODAY - timedelta(days=132))
    overdue = of("Ana Kovač", [version(**{**row, "last_reviewed": TODAY - timedelta(days=61)})]).overdue
    retraining, review = overdue.told
    assert retraining.message == "Trained 132 days ago, to be retrained every 90 days: 42 days overdue."
    assert retraining.fix.startswith("Train a new version")
    assert review.message == f"Last reviewed 61 days ago: 1 day overdue, since {TODAY - timedelta(days=1)}."
    assert review.fix == f"Look through the row. If it is right, put today's date, {TODAY}, under Last reviewed."
    assert (retraining.days, review.days) == (42, 1)


def test_what_was_never_reviewed_is_called_so() -> None:
    (review,) = of("Ana Kovač", [version(owner="Ana Kovač", training_date=TODAY - timedelta(days=9))]).overdue.told
    assert review.message.startswith("Never reviewed: 51 days overdue, since 2026-05-11")


@pytest.mark.parametrize(
    ("age", "told", "overdue"),
    [
        (30, "Trained 30 days ago, to be retrained every 90 days: due in 60 days", False),
        (89, "Trained 89 days ago, to be retrained every 90 days: due in 1 day", False),
        (90, "Trained 90 days ago, to be retrained every 90 days: due today", False),
        (91, "Trained 91 days ago, to be retrained every 90 days: 1 day overdue", True),
        (0, "Trained today, to be retrained every 90 days: due in 90 days", False),
    ],
)
def test_a_live_version_tells_its_age(age: int, told: str, overdue: bool) -> None:
    row = version(owner="Ana Kovač", retrain_every=90, training_date=TODAY - timedelta(days=age), **REVIEWED)
    (line,) = of("Ana Kovač", [row]).live.told
    assert (line.age, line.overdue) == (told, overdue)
    assert line.share == min(1, age / 90)


def test_a_live_version_is_one_line_for_all_its_places() -> None:
    places = "Dispatch desk\nPortal\nService desk app\nA\nB"
    row = version(owner="Ana Kovač", location=places, used_for="Heat pumps; Rooftop units", **REVIEWED)
    (line,) = of("Ana Kovač", [row]).live.told
    assert line.where == "A, B, Dispatch desk, Portal and 1 more"
    assert line.used_for == "Heat pumps and Rooftop units"
    assert line.since == "live since 2026-03-12"


def test_many_live_versions_are_counted() -> None:
    rows = [version(name=f"Model {number}", owner="Ana Kovač", **REVIEWED) for number in range(300)]
    live = of("Ana Kovač", rows).live
    assert (len(live.told), live.more, live.total) == (MOST_LIVE, 300 - MOST_LIVE, 300)


def test_the_changes_of_seven_days_are_told() -> None:
    row = version(owner="Ana Kovač", **REVIEWED)
    past = {date(2026, 6, day): [version(**{**row, "why": f"Why of {day}"})] for day in (1, 24, 25)}
    one = of("Ana Kovač", [row], before=past)
    assert one.since == date(2026, 6, 25)
    assert [(line.day, line.old, line.new) for line in one.changes.told] == [
        ("2026-07-01", "Why of 25", "Fewer false alarms in the pilot"),
        ("2026-06-25", "Why of 24", "Why of 25"),
    ]


def test_a_late_mail_may_begin_earlier() -> None:
    row = version(owner="Ana Kovač", **REVIEWED)
    past = {date(2026, 6, day): [version(**{**row, "why": f"Why of {day}"})] for day in (1, 24, 25)}
    (one,) = digests(mailed_report([row], past), WEEK, since=date(2026, 6, 24))
    assert [line.day for line in one.changes.told] == ["2026-07-01", "2026-06-25", "2026-06-24"]


def test_many_changes_are_counted() -> None:
    rows = [version(name=f"Model {number}", owner="Ana Kovač", **REVIEWED) for number in range(40)]
    before = {date(2026, 6, 26): [{**row, "why": "Before"} for row in rows]}
    changes = of("Ana Kovač", rows, before=before).changes
    assert (len(changes.told), changes.total) == (MOST_CHANGES, 40)


def test_what_is_live_is_no_news() -> None:
    assert of("Ana Kovač", [version(owner="Ana Kovač", **FRESH)]).nothing_to_say
    assert not of("Ana Kovač", [version(owner="Ana Kovač", location="", **FRESH)]).nothing_to_say


def test_the_summary_tells_what_reaches_no_owner() -> None:
    whole = summary(busy_report(), WEEK)
    names = [line.place.split()[0] for line in whole.findings.told]
    assert set(names) == {"Solo", "Nobody", "Old"}
    assert whole.to_mend > whole.findings.total
    assert [one.who for one in whole.unmailed.told] == ["Cleo", "Dag Moe (dag@example.com)"]
    assert whole.recipient is None


def test_the_summary_tells_what_those_without_mail_would_have_been_told() -> None:
    report = busy_report()
    eve = next(whom.person for whom in who(report, WEEK) if whom.person.name == "eve@other.org")
    whole = summary(report, WEEK, [outside_domains(eve, ["example.com"])])
    assert "Eves 1, Data source (row 11)" in {line.place for line in whole.findings.told}
    assert {one.name: one.mailed for one in whole.owners.told}["eve@other.org"] is False


def test_the_summary_tells_what_concerns_no_row() -> None:
    report = busy_report()
    finding = OpenFinding(Finding("missing-column", Severity.ERROR, "There is no Location.", "Add it."), (), "")
    whole = summary(replace(report, findings=(finding, *report.findings)), WEEK)
    assert whole.findings.told[0].place == "The sheet as a whole"
    assert "The sheet as a whole" not in {line.place for one in digests(report, WEEK) for line in one.findings.told}


def test_the_summary_counts_for_each_owner_and_for_nobody() -> None:
    owners = {one.name: one for one in summary(busy_report(), WEEK).owners.told}
    assert next(iter(owners)) == "Ana Kovač"
    assert list(owners)[-1] == ""
    assert (owners["Bo Lind"].rows, owners["Bo Lind"].to_mend, owners["Bo Lind"].overdue) == (2, 1, 2)
    assert (owners[""].rows, owners[""].to_mend) == (1, 2)


def test_the_summary_names_troubles_before_notes() -> None:
    whole = summary(busy_report(["The workbook is open."]), WEEK, troubles=[Trouble("The check failed.", "Look.")])
    assert [one.message for one in whole.troubles.told] == ["The check failed.", "The workbook is open."]


def test_the_summary_compares_completeness_with_four_weeks_ago() -> None:
    half = version(what_changed="", why="", used_for="", owner="Ana Kovač")
    whole = summary(mailed_report([version(**REVIEWED)], {date(2026, 6, 1): [half]}), WEEK)
    assert whole.share is not None
    assert whole.share_before is not None
    assert whole.share_before < whole.share
    assert summary(mailed_report([version(**REVIEWED)], {date(2026, 6, 30): [half]}), WEEK).share_before is None


def test_the_summary_of_an_untroubled_registry_says_nothing() -> None:
    report = mailed_report([version(owner="Ana Kovač", **FRESH)])
    assert summary(report, WEEK).nothing_to_say
    assert not summary(report, WEEK, troubles=[Trouble("The check failed.")]).nothing_to_say
    assert not summary(report, WEEK, [refused("bo@example.com", "550 no such user")]).nothing_to_say
    assert not summary(replace(report, complete=False, unchecked=("A link.",)), WEEK).nothing_to_say


def test_a_mail_that_may_have_arrived_comes_with_its_command() -> None:
    one = uncertain("bo@example.com", "2026-06-29 07:30", "registry-sheets mail weekly --to bo@example.com")
    assert one.command == "registry-sheets mail weekly --to bo@example.com"
    assert "nobody knows" in one.why


def test_two_people_of_one_name_are_two() -> None:
    rows = [version(owner="ana@one.org", **REVIEWED), version(name="B", owner="ana@two.org", **REVIEWED)]
    report = mailed_report(rows)
    same = {"ana@one.org": "Ana", "ana@two.org": "Ana"}
    renamed = tuple(
        row._replace(owners=tuple(Person(one.key, same[one.key], one.address) for one in row.owners))
        for row in report.rows
    )
    assert [whom.person.key for whom in who(replace(report, rows=renamed), WEEK)] == ["ana@one.org", "ana@two.org"]


@pytest.mark.parametrize("rule", ["retraining-overdue", "review-overdue"])
def test_what_is_overdue_and_not_among_the_live_is_told_in_the_words_of_its_finding(rule: str) -> None:
    report = busy_report()
    finding = Finding(rule, Severity.WARNING, "It is due since 2026-05-01.", "Look.", name="A", version="1", row=99)
    one = OpenFinding(finding, report.rows[0].owners, "")
    (line,) = digests(replace(report, findings=(one,)), WEEK)[0].overdue.told
    assert (line.place, line.message, line.fix, line.days) == ("A 1 (row 99)", finding.message, "Look.", 0)


def test_a_training_date_to_come_is_called_so() -> None:
    row = version(owner="Ana Kovač", training_date=date(2026, 9, 1), retrain_every=90, **REVIEWED)
    (line,) = of("Ana Kovač", [row]).live.told
    assert line.age.startswith("Training date 2026-09-01, to come")
    assert not line.overdue
    assert line.share == 0
