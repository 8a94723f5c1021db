"""Months of edits by people, with a sync on some of the days: what was live on each day, what changed, what is told.

The days lie in the past of the machine's clock, as history takes no day that has not come.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.command import run
from tests.support.editing import editing, texts
from tests.support.workbooks import make

HEADINGS = (
    "Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Used for", "Deployed on", "Why",
)  # fmt: skip
KEYS = ["registry", "name", "version", "used_for", "location", "since", "training_date", "data_source", "why"]
KEYS += ["replaced"]
CHANGE_KEYS = ["registry", "seen_on", "recorded", "kind", "name", "version", "column", "old", "new", "by"]
CHANGE_KEYS += ["last_saved_by", "last_saved_at"]
TODAY = ("--today", "2024-12-31")
ROWS = (
    ("Churn", "0", date(2023, 5, 1), "CRM 2023-04", "Berlin", "Archived", "kim", "", date(2023, 6, 1), "the first"),
    ("Churn", "1", date(2023, 9, 1), "CRM 2023-08", "Berlin", "Production", "kim", "", "", "fewer calls"),
    ("Churn", "2", date(2023, 12, 20), "CRM 2023-11", "Berlin", "Testing", "kim", "", "", ""),
    ("Scoring", "1", date(2023, 10, 1), "Leads 2023-09", "Ulm", "Production", "bob", "", date(2023, 11, 1), "pilot"),
)
CHURN_3 = ("Churn", "3", date(2024, 1, 10), "CRM 2023-12", "Berlin", "Testing", "kim")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class Registry:
    """A registry in a folder, and what came of each day on which it was synced."""

    folder: Path
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    live: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tabs: dict[str, list[list[str]]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "models.xlsx"

    def sync(self, day: str, ask: bool = False) -> None:
        """A pass of a day; with ``ask`` what is live is asked then too."""
        done = run("sync", "models.xlsx", "--today", day, "--fail-on", "never", "--format", "json", folder=self.folder)
        assert done.returncode == 0, done.stderr
        self.found[day] = json.loads(done.stdout)["findings"]
        self.files[day] = digest(self.path)
        if ask:
            self.live[day] = live(self.folder, "--today", day)
            self.tabs[day] = texts(self.path, "Live")

    def rules(self, day: str) -> set[tuple[str, str]]:
        """(rule, version) of the findings of a day."""
        return {(one["rule"], one["version"]) for one in self.found[day]}

    def copy(self, to: Path) -> Registry:
        shutil.copytree(self.folder, to)
        return Registry(to)


def live(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run("live", *arguments, "--sheet", "models.xlsx", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def changes(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run("changes", *arguments, "--sheet", "models.xlsx", *TODAY, "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def cells(row: Sequence[Any]) -> Mapping[str, Any]:
    return dict(zip(HEADINGS, row, strict=False))


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Half a year: a promotion, a way back, a rename, a new version, a row that goes, a row that is rewritten."""
    registry = Registry(tmp_path_factory.mktemp("months"))
    path = make(registry.path, ROWS, HEADINGS)
    registry.sync("2024-01-05")
    registry.sync("2024-01-06")
    with editing(path, "Ana") as rows:
        rows.set("Churn", "1", {"Stage": "Archived"})
        rows.set("Churn", "2", {"Stage": "Production", "Deployed on": date(2024, 2, 8), "Why": "better recall"})
    registry.sync("2024-02-10")
    registry.sync("2024-02-11")
    with editing(path, "Ben") as rows:
        rows.set("Churn", "2", {"Stage": "Archived"})
        rows.set("Churn", "1", {"Stage": "Production", "Why": "2 misses the coast"})
    registry.sync("2024-03-15", ask=True)
    with editing(path, "Ben") as rows:
        rows.rename("Scoring", "Lead scoring")
    registry.sync("2024-04-01")
    with editing(path, "Ana") as rows:
        rows.add(cells(CHURN_3))
    registry.sync("2024-04-20")
    with editing(path, "Ana") as rows:
        rows.set("Churn", "1", {"Stage": "Archived"})
        rows.set("Churn", "3", {"Stage": "Production", "Deployed on": date(2024, 5, 1)})
    registry.sync("2024-05-02")
    with editing(path, "Ana") as rows:
        rows.set("Churn", "3", {"Why": "new features"})
    registry.sync("2024-05-10")
    with editing(path, "Cleo") as rows:
        rows.remove("Lead scoring", "1")
        rows.set("Churn", "3", {"Data source": "CRM 2024-01"})
    registry.sync("2024-06-01", ask=True)
    registry.copy(registry.folder / "on 2024-06-01")
    registry.sync("2024-06-14")
    registry.sync("2024-06-15")
    registry.sync("2024-12-24")
    return registry


# What was live on a day

CHURN_0 = ("Churn", "0", "2023-06-01", "stated in the sheet", "", "the first")
CHURN_1_AT_FIRST = ("Churn", "1", None, "observed", "", "fewer calls")
CHURN_1_AGAIN = ("Churn", "1", "2024-03-15", "observed", "2", "2 misses the coast")
CHURN_2 = ("Churn", "2", "2024-02-08", "stated in the sheet", "1", "better recall")
CHURN_3_LIVE = ("Churn", "3", "2024-05-01", "stated in the sheet", "1", "new features")
SCORING = ("Lead scoring", "1", "2023-11-01", "stated in the sheet", "", "pilot")


def told(lines: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(line[key] for key in ("name", "version", "since", "basis", "replaced", "why")) for line in lines]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2023-06-01", [CHURN_0]),
        ("2024-02-07", [CHURN_1_AT_FIRST, SCORING]),
        ("2024-02-08", [CHURN_1_AT_FIRST, CHURN_2, SCORING]),
        ("2024-02-09", [CHURN_2, SCORING]),
        ("2024-03-15", [CHURN_2, CHURN_1_AGAIN, SCORING]),
        ("2024-05-01", [CHURN_1_AGAIN, CHURN_3_LIVE, SCORING]),
        ("2024-06-02", [CHURN_3_LIVE]),
    ],
)
def test_a_day_is_answered_by_what_is_stated_else_by_what_was_seen(
    months: Registry, day: str, wanted: list[tuple[Any, ...]]
) -> None:
    """The day of a swap lists both; each time that a version was live keeps its own reason."""
    assert told(live(months.folder, "--on", day, *TODAY)) == wanted


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2024-02-09", [("Churn", "1", "CRM 2023-08"), ("Scoring", "1", "Leads 2023-09")]),
        (
            "2024-02-10",
            [("Churn", "1", "CRM 2023-08"), ("Churn", "2", "CRM 2023-11"), ("Scoring", "1", "Leads 2023-09")],
        ),
        ("2024-05-20", [("Churn", "3", "CRM 2023-12"), ("Lead scoring", "1", "Leads 2023-09")]),
    ],
)
def test_as_recorded_is_what_the_registry_said_on_that_day(
    months: Registry, day: str, wanted: list[tuple[str, str, str]]
) -> None:
    lines = live(months.folder, "--on", day, "--as-recorded", *TODAY)
    assert [(line["name"], line["version"], line["data_source"]) for line in lines] == wanted


def test_a_day_for_a_person_says_how_it_is_known(months: Registry) -> None:
    done = run("live", "Churn", "--on", "2024-03-15", "--sheet", "models.xlsx", *TODAY, folder=months.folder)
    assert done.stdout.splitlines() == [
        "Live on 2024-03-15 in models.xlsx:",
        "",
        "Churn",
        "  2, at Berlin, since 2024-02-08 (stated in the sheet), until 2024-03-15, replaced 1",
        "      trained 2023-12-20 (86 days before) on CRM 2023-11",
        "      why: better recall",
        "  1, at Berlin, since 2024-03-15 (observed), until 2024-05-01, replaced 2",
        "      trained 2023-09-01 (196 days before) on CRM 2023-08",
        "      why: 2 misses the coast",
    ]


def test_now_tells_place_day_training_data_reason_and_what_was_replaced(months: Registry) -> None:
    done = run("live", "--sheet", "models.xlsx", *TODAY, folder=months.folder)
    assert done.stdout.splitlines()[2:] == [
        "Churn",
        "  3, at Berlin, since 2024-05-01, replaced 1",
        "      trained 2024-01-10 (356 days ago) on CRM 2024-01",
        "      why: new features",
    ]


@pytest.mark.parametrize("how", ["table", "json"])
def test_where_history_begins_is_said_plainly(months: Registry, how: str) -> None:
    done = run("live", "--on", "2023-12-01", "--sheet", "models.xlsx", *TODAY, "--format", how, folder=months.folder)
    said = done.stdout if how == "table" else done.stderr
    assert "History begins on 2024-01-05: for a day before that, only what Deployed on states is known." in said
    assert "Live on 2024-01-05, and not stated since when: Churn 1 at Berlin." in said


def test_before_history_nothing_was_recorded_and_that_is_not_called_nothing(months: Registry) -> None:
    done = run("live", "--on", "2024-01-04", "--as-recorded", "--sheet", "models.xlsx", *TODAY, folder=months.folder)
    assert done.stdout.splitlines() == [
        "What models.xlsx said on 2024-01-04 is not known.",
        "",
        "History begins on 2024-01-05: for a day before that, what the registry said was not recorded.",
    ]


def test_a_registry_that_was_never_synced_has_no_history(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", ROWS, HEADINGS)
    done = run("live", "--on", "2023-12-01", "--sheet", "models.xlsx", *TODAY, folder=tmp_path)
    assert "There is no history to ask: only what Deployed on states is known." in done.stdout
    assert "Live now, and not stated since when: Churn 1 at Berlin." in done.stdout
    done = run("changes", "--sheet", "models.xlsx", *TODAY, folder=tmp_path)
    assert "There is no history yet" in done.stdout
    assert sorted(file.name for file in tmp_path.iterdir()) == ["models.xlsx"]


def test_a_renamed_model_is_found_by_both_names(months: Registry) -> None:
    """The old one is what people and scripts remember."""
    lines = live(months.folder, "scoring", "--on", "2024-05-01", *TODAY)
    assert [(line["name"], line["version"]) for line in lines] == [("Lead scoring", "1")]
    lines = live(months.folder, "LEAD  scoring", "--on", "2024-02-20", "--as-recorded", *TODAY)
    assert [line["name"] for line in lines] == ["Scoring"]
    for name in ("scoring", "lead scoring"):
        assert [change["kind"] for change in changes(months.folder, name)] == ["removed", "changed"]


# Formats


def test_json_and_csv_have_the_keys_that_scripts_rely_on(months: Registry) -> None:
    (line,) = live(months.folder, *TODAY)
    assert list(line) == KEYS
    assert line == {
        "registry": "models",
        "name": "Churn",
        "version": "3",
        "used_for": "",
        "location": "Berlin",
        "since": "2024-05-01",
        "training_date": "2024-01-10",
        "data_source": "CRM 2024-01",
        "why": "new features",
        "replaced": "1",
    }
    done = run("live", "--sheet", "models.xlsx", *TODAY, "--format", "csv", folder=months.folder)
    assert list(csv.DictReader(io.StringIO(done.stdout))) == [line]


@pytest.mark.parametrize(
    ("arguments", "code", "printed", "said"),
    [
        (("churn",), 0, "3\n", ""),
        (("--on", "2024-03-20"), 1, "", "Not one version but 2"),
        (("Lead scoring",), 1, "", "No version of that is live"),
        (("Chrn",), 2, "", "There is no model 'Chrn' in models.xlsx. Did you mean Churn?"),
        (("Churn", "--on", "2025-01-01"), 2, "", "has not come yet"),
    ],
)
def test_the_bare_version_is_given_only_where_there_is_exactly_one(
    months: Registry, arguments: tuple[str, ...], code: int, printed: str, said: str
) -> None:
    done = run("live", *arguments, "--sheet", "models.xlsx", *TODAY, "--format", "version", folder=months.folder)
    assert (done.returncode, done.stdout) == (code, printed)
    assert said in done.stderr


# What changed


def test_changes_are_listed_newest_first_with_who_saved_last(months: Registry) -> None:
    found = changes(months.folder)
    assert all(list(change) == CHANGE_KEYS for change in found)
    assert [
        tuple(change[key] for key in ("seen_on", "name", "version", "column", "old", "new", "last_saved_by"))
        for change in found
    ] == [
        ("2024-06-01", "Churn", "3", "Data source", "CRM 2023-12", "CRM 2024-01", "Cleo"),
        ("2024-06-01", "Lead scoring", "1", None, "Production at Ulm, trained 2023-10-01", None, "Cleo"),
        ("2024-05-10", "Churn", "3", "Why", None, "new features", "Ana"),
        ("2024-05-02", "Churn", "1", "Stage", "Production", "Archived", "Ana"),
        ("2024-05-02", "Churn", "3", "Stage", "Testing", "Production", "Ana"),
        ("2024-05-02", "Churn", "3", "Deployed on", None, "2024-05-01", "Ana"),
        ("2024-04-20", "Churn", "3", None, None, "Testing at Berlin, trained 2024-01-10", "Ana"),
        ("2024-04-01", "Lead scoring", "1", "Name", "Scoring", "Lead scoring", "Ben"),
        ("2024-03-15", "Churn", "1", "Stage", "Archived", "Production", "Ben"),
        ("2024-03-15", "Churn", "1", "Why", "fewer calls", "2 misses the coast", "Ben"),
        ("2024-03-15", "Churn", "2", "Stage", "Production", "Archived", "Ben"),
        ("2024-02-10", "Churn", "1", "Stage", "Production", "Archived", "Ana"),
        ("2024-02-10", "Churn", "2", "Stage", "Testing", "Production", "Ana"),
        ("2024-02-10", "Churn", "2", "Deployed on", None, "2024-02-08", "Ana"),
        ("2024-02-10", "Churn", "2", "Why", None, "better recall", "Ana"),
    ]
    assert all(change["recorded"] and change["by"] is None and change["last_saved_at"] for change in found)


def test_changes_of_one_model_since_a_day_in_each_format(months: Registry) -> None:
    asked = ("changes", "churn", "--since", "2024-05-10", "--sheet", "models.xlsx", *TODAY)
    found = changes(months.folder, "churn", "--since", "2024-05-10")
    assert [(change["seen_on"], change["column"]) for change in found] == [
        ("2024-06-01", "Data source"),
        ("2024-05-10", "Why"),
    ]
    done = run(*asked, "--format", "csv", folder=months.folder)
    assert list(csv.DictReader(io.StringIO(done.stdout))) == [
        {key: "" if value is None else str(value) for key, value in change.items()} for change in found
    ]
    lines = run(*asked, folder=months.folder).stdout.splitlines()
    assert lines[0] == "Changes of churn since 2024-05-10 in models.xlsx"
    assert lines[2].startswith("2024-06-01 (last saved by Cleo on ")
    assert lines[3] == "  Churn 3 Data source: CRM 2023-12 → CRM 2024-01"
    assert lines[6] == "  Churn 3 Why: (blank) → new features"
    assert lines[-1] == "2 changes. History begins on 2024-01-05."


def test_changes_of_a_model_that_nobody_knows_are_refused(months: Registry) -> None:
    done = run("changes", "Chrn", "--sheet", "models.xlsx", *TODAY, folder=months.folder)
    assert done.returncode == 2
    assert "There is no model 'Chrn' in models.xlsx. Did you mean Churn?" in done.stderr


def test_what_is_not_recorded_yet_is_told_and_marked(months: Registry, tmp_path: Path) -> None:
    registry = months.copy(tmp_path / "copy")
    with editing(registry.path, "Dora") as rows:
        rows.set("Churn", "3", {"Stage": "Archived"})
    (newest, *_) = changes(registry.folder, "Churn")
    assert (newest["recorded"], newest["new"], newest["last_saved_by"]) == (False, "Archived", "Dora")
    done = run("changes", "Churn", "--sheet", "models.xlsx", *TODAY, folder=registry.folder)
    assert done.stdout.splitlines()[2].startswith("Not recorded yet; the next sync does (last saved by Dora on ")
    assert live(registry.folder, *TODAY) == []


# What is found


def test_a_row_recorded_long_after_its_training_is_mentioned(months: Registry) -> None:
    (found,) = (one for one in months.found["2024-04-20"] if one["rule"] == "recorded-late")
    assert (found["severity"], found["cell"]) == ("info", "C6")
    assert found["message"] == "First seen on 2024-04-20, 101 days after the training on 2024-01-10."
    assert not any(one["rule"] == "recorded-late" for one in months.found["2024-04-01"])


def test_going_live_without_a_reason_is_told_until_there_is_one(months: Registry) -> None:
    (found,) = (one for one in months.found["2024-05-02"] if one["rule"] == "live-without-why")
    assert (found["version"], found["cell"]) == ("3", "J6")
    assert found["message"] == "Seen going live on 2024-05-02, and Why is empty."
    assert all(
        one["rule"] != "live-without-why" for day in months.found for one in months.found[day] if day != "2024-05-02"
    )


def test_what_was_removed_and_rewritten_is_told_for_fourteen_days(months: Registry) -> None:
    both = {("live-row-removed", "1"), ("version-rewritten", "3")}
    told_on = [day for day in months.found if both & months.rules(day)]
    assert told_on == ["2024-06-01", "2024-06-14"]
    assert both <= months.rules("2024-06-14")
    messages = {one["rule"]: f"{one['message']} {one['fix']}" for one in months.found["2024-06-01"]}
    assert "live at Ulm, is gone from the sheet since 2024-06-01" in messages["live-row-removed"]
    assert "Data source = Leads 2023-09" in messages["live-row-removed"]
    assert "Was 'CRM 2023-12' until 2024-06-01" in messages["version-rewritten"]


def test_accepting_it_in_lists_ends_it(months: Registry, tmp_path: Path) -> None:
    registry = Registry(months.folder / "on 2024-06-01").copy(tmp_path / "copy")
    book = load_workbook(registry.path)
    lists = book.create_sheet("Lists")
    lists.append(["Model", "Version", "Column", "Why", "Until"])
    lists.append(["Lead scoring", "1", None, "Sold to another company", None])
    lists.append(["Churn", "3", "Data source", "The export was named wrongly", None])
    book.save(registry.path)
    registry.sync("2024-06-02")
    assert not {("live-row-removed", "1"), ("version-rewritten", "3")} & registry.rules("2024-06-02")


def test_a_row_that_was_put_back_is_not_gone(months: Registry, tmp_path: Path) -> None:
    registry = Registry(months.folder / "on 2024-06-01").copy(tmp_path / "copy")
    with editing(registry.path, "Cleo") as rows:
        rows.add(cells(("Lead scoring", *ROWS[-1][1:])))
    registry.sync("2024-06-05")
    assert ("live-row-removed", "1") not in registry.rules("2024-06-05")
    assert ("recorded-late", "1") not in registry.rules("2024-06-05")


# The tabs


def test_the_live_tab_and_the_command_say_the_same(months: Registry) -> None:
    assert set(months.live) == {"2024-03-15", "2024-06-01"}
    for day, lines in months.live.items():
        wanted = [
            [
                line["name"], line["used_for"], line["location"], line["version"], line["since"] or "",
                line["training_date"], line["data_source"], "", line["why"], line["replaced"],
            ]
            for line in lines
        ]  # fmt: skip
        head = next(at for at, row in enumerate(months.tabs[day]) if row[0] == "Model")
        assert months.tabs[day][head + 1 :] == wanted
        assert months.tabs[day][1][0].startswith(f"{len({line['name'] for line in lines})} model")


def test_the_changes_tab_and_the_command_say_the_same(months: Registry) -> None:
    tab = texts(months.path, "Changes")
    head = next(at for at, row in enumerate(tab) if row[0] == "Seen on")
    assert (
        tab[1][0] == "11 changes since 2024-03-15. History begins on 2024-01-05; all changes: registry-sheets changes"
    )
    assert tab[head + 1 :] == [
        [
            change["seen_on"], change["name"], change["version"],
            change["column"] or {"added": "(new row)", "removed": "(row gone)"}[change["kind"]],
            change["old"] or "", change["new"] or "", change["by"] or "", change["last_saved_by"],
        ]
        for change in changes(months.folder, "--since", "2024-03-15")
    ]  # fmt: skip


def test_the_findings_tab_tells_since_when(months: Registry) -> None:
    tab = texts(months.folder / "on 2024-06-01" / "models.xlsx", "Findings")
    (head,) = (row for row in tab if "Since" in row)
    rule, since = head.index("Rule"), head.index("Since")
    days = {row[rule]: row[since] for row in tab if row[0] in ("Warning", "Info")}
    assert days == {
        "live-row-removed": "2024-06-01",
        "version-rewritten": "2024-06-01",
        "recorded-late": "2024-04-20",
    }


def test_an_unchanged_registry_is_an_unchanged_file_for_months(months: Registry) -> None:
    assert months.files["2024-01-05"] == months.files["2024-01-06"]
    assert months.files["2024-02-10"] == months.files["2024-02-11"]
    assert months.files["2024-06-01"] == months.files["2024-06-14"]
    assert months.files["2024-06-14"] != months.files["2024-06-15"]
    assert months.files["2024-06-15"] == months.files["2024-12-24"]


def test_what_a_command_wrote_is_credited_at_once_and_the_file_rests(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    make(registry.path, ROWS, HEADINGS)
    registry.sync("2024-01-05")
    done = run("promote", "Churn", "2", "--why", "better", "--sheet", "models.xlsx", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    days = [run("sync", "models.xlsx", "--fail-on", "never", folder=tmp_path) for _ in range(2)]
    assert [day.returncode for day in days] == [0, 0], days[0].stderr
    assert "models.xlsx is up to date; nothing was written." in days[1].stderr
    who = {row[6] for row in texts(registry.path, "Changes") if row[1] == "Churn" and row[3]}
    assert len(who) == 1
    assert who.pop().endswith(", promote")


# A law firm: one version for each practice area

CONTRACTS = ("Contract review", "7.0", date(2023, 9, 1), "Contracts 2023-08", "Lawyers' desk", "Production", "kim")
AREAS = ("Employment", "Real estate", "Litigation")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    registry = Registry(tmp_path_factory.mktemp("firm"))
    rows = [
        (CONTRACTS[0], f"7.{number}", *CONTRACTS[2:4], CONTRACTS[4], CONTRACTS[5], "kim", area, "", f"best for {area}")
        for number, area in enumerate(AREAS)
    ]
    make(registry.path, rows, HEADINGS)
    registry.sync("2024-01-05")
    with editing(registry.path, "John") as tab:
        tab.set("Contract review", "7.2", {"Stage": "Archived"})
        tab.add({**cells(CONTRACTS), "Version": "8.0", "Used for": "Litigation", "Why": "reads handwriting"})
    registry.sync("2024-02-05", ask=True)
    return registry


def test_three_practice_areas_are_three_live_versions_and_right(firm: Registry) -> None:
    lines = [(one["used_for"], one["version"], one["since"], one["replaced"]) for one in firm.live["2024-02-05"]]
    assert lines == [
        ("Employment", "7.0", None, ""),
        ("Litigation", "8.0", "2024-02-05", "7.2"),
        ("Real estate", "7.1", None, ""),
    ]
    assert not any(rule == "two-live" for day in firm.found for rule, _ in firm.rules(day))
    assert [row[:4] for row in firm.tabs["2024-02-05"][4:]] == [
        ["Contract review", use, "Lawyers' desk", version] for use, version, _, _ in lines
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "printed", "said"),
    [
        (("--used-for", "litigation"), 0, "8.0\n", ""),
        (("--used-for", "Litigation", "--on", "2024-01-20"), 0, "7.2\n", ""),
        (("--used-for", "Employment", "--location", "lawyers' desk"), 0, "7.0\n", ""),
        ((), 1, "", "Not one version but 3"),
    ],
)
def test_a_script_asks_for_its_area(
    firm: Registry, arguments: tuple[str, ...], code: int, printed: str, said: str
) -> None:
    done = run(
        "live", "Contract review", *arguments, "--sheet", "models.xlsx", *TODAY, "--format", "version",
        folder=firm.folder,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (code, printed)
    assert said in done.stderr


def test_an_area_that_nobody_has_is_answered_with_those_that_are(firm: Registry) -> None:
    done = run("live", "Contract review", "--used-for", "Tax", "--sheet", "models.xlsx", *TODAY, folder=firm.folder)
    assert done.stdout == (
        "Nothing of that is live in models.xlsx. What is live is used for Employment, Litigation, Real estate.\n"
    )
