"""The Python API: what a notebook asks of a registry, and what a training script writes into it."""

from __future__ import annotations

import inspect
import json
import math
import pydoc
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import registry_sheets
from registry_sheets import Registry, open_registry
from registry_sheets.api import Facts
from registry_sheets.config import load
from registry_sheets.errors import (
    ConfigProblem,
    DoubtfulHeaders,
    EditRefused,
    RegistrySheetsError,
    UnreadableWorkbook,
)
from registry_sheets.registry.edits.edit import NewRow, Plan
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.table import Stage
from registry_sheets.wiring import outbox_of
from registry_sheets.wiring.passes import pass_over
from tests.support.editing import editing, texts
from tests.support.workbooks import make

HEADINGS = (
    "Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Deployed on", "Why",
    "Metric: MAPE (holidays)", "Ticket",
)  # fmt: skip
ROWS = (
    ("Churn", "3.0", date(2023, 9, 1), "CRM 2023-08", "Berlin; Ulm", "Archived", "kim", date(2023, 9, 9), "ok", 0.2, 7),
    ("Churn", "3.1", date(2023, 12, 1), "CRM 2023-11", "Berlin", "Production", "kim", "", "better", 0.1, ""),
    ("Churn", "3.2", date(2024, 2, 1), "CRM 2024-01", "Berlin", "Testing", "kim", "", "", "n/a", ""),
    ("Scoring", "1", date(2023, 10, 1), "last year's data", "Ulm", "Production", "bob", date(2023, 11, 1), "", "", ""),
)
LOCK = ".~lock.models.xlsx#"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make(tmp_path / "models.xlsx", ROWS, HEADINGS)


@pytest.fixture
def registry(path: Path) -> Registry:
    """A registry whose history begins in January; in March one version took the other's place."""
    see(path, date(2024, 1, 5))
    with editing(path, "Ana") as rows:
        rows.set("Churn", "3.1", {"Stage": "Archived"})
        rows.set("Churn", "3.2", {"Stage": "Production", "Deployed on": date(2024, 3, 1), "Why": "new features"})
    see(path, date(2024, 3, 5))
    return open_registry(path)


def see(path: Path, day: date) -> None:
    """A pass of a day."""
    (one,) = load(None, path, ()).registries
    pass_over(one, day)


def rows(path: Path) -> list[dict[str, str]]:
    head, *found = texts(path, "Models")
    return [dict(zip(head, row, strict=True)) for row in found]


# Opening


def test_a_workbook_is_a_registry(path: Path) -> None:
    for said in (path, str(path)):
        opened = open_registry(said)
        assert (opened.name, opened.sheet) == ("models", path)
    assert repr(opened) == f"Registry('models', {str(path)!r})"


def test_a_config_is_one_too_and_its_settings_count(path: Path) -> None:
    config = path.with_name("config.toml")
    config.write_text(
        '[rules.vague-data-source]\nseverity = "off"\n\n[[registry]]\nname = "Ours"\nsheet = "models.xlsx"\n'
    )
    for said in (config, path):
        opened = open_registry(said)
        assert opened.name == "Ours"
        assert not any(one.rule == "vague-data-source" for one in opened.findings())


def test_of_several_one_is_named(path: Path) -> None:
    make(path.with_name("other.xlsx"))
    config = path.with_name("config.toml")
    config.write_text('[[registry]]\nsheet = "models.xlsx"\n\n[[registry]]\nname = "Other"\nsheet = "other.xlsx"\n')
    assert [version.name for version in open_registry(config, "other").versions] == ["AC failure"] * 2
    with pytest.raises(
        ConfigProblem, match=r'has several registries: models, Other. Say which: open_registry\(path, "NAME"\)'
    ):
        open_registry(config)
    with pytest.raises(ConfigProblem, match="no registry named 'Third'"):
        open_registry(config, "Third")


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda folder: open_registry(folder / "missing.toml"), ConfigProblem),
        (lambda folder: open_registry(folder / "missing.xlsx").versions, UnreadableWorkbook),
        (lambda folder: open_registry(folder / "notes.xlsx").live(), UnreadableWorkbook),
        (lambda folder: open_registry(make(folder / "a.xlsx", (), ("Fruit", "Colour"))).findings(), DoubtfulHeaders),
        (
            lambda folder: open_registry(make(folder / "b.xlsx", (), ("Fruit", "Colour"))).record("Churn", "1"),
            RegistrySheetsError,
        ),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path, ask: Callable[[Path], object], error: type) -> None:
    (tmp_path / "notes.xlsx").write_text("not a workbook")
    with pytest.raises(error) as raised:
        ask(tmp_path)
    assert isinstance(raised.value, RegistrySheetsError)
    assert raised.value.fix


def test_a_folder_is_no_registry(path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"is a folder\. Name the workbook"):
        open_registry(path.parent)


# Asking


def test_versions_are_the_rows_understood(path: Path) -> None:
    found = open_registry(path).versions
    assert [(version.name, version.version) for version in found] == [
        ("Churn", "3.0"), ("Churn", "3.1"), ("Churn", "3.2"), ("Scoring", "1"),
    ]  # fmt: skip
    first = found[0]
    assert isinstance(first, registry_sheets.ModelVersion)
    assert first.location == ("Berlin", "Ulm")
    assert first.stage is Stage.ARCHIVED
    assert first.deployed_on == date(2023, 9, 9)
    assert first.metrics == {"MAPE (holidays)": 0.2}
    assert found[2].deployed_on is None


def test_live_now_and_on_a_day(registry: Registry) -> None:
    def told(**asked: Any) -> list[tuple[Any, ...]]:
        return [
            (one.version, one.since, one.observed, one.why, one.replaced) for one in registry.live("churn", **asked)
        ]

    new, old = ("3.2", date(2024, 3, 1), False, "new features", "3.1"), ("3.1", None, True, "better", "")
    assert told() == [new]
    for day in ("2024-03-01", date(2024, 3, 1), datetime(2024, 3, 1, 12)):
        assert told(on=day) == [old, new]
    assert told(on="2024-03-02") == [new]
    assert [one[0] for one in told(on="2024-03-02", as_recorded=True)] == ["3.1"]
    assert [one[0] for one in told(as_recorded=True)] == ["3.2"]
    assert told(on="2024-02-01", location="Berlin") == [old]
    assert told(location="Rome") == []
    assert [one.name for one in registry.live()] == ["Churn", "Scoring"]
    assert isinstance(registry.live()[0], registry_sheets.LiveVersion)


@pytest.mark.parametrize("day", ["tomorrow", date.today() + timedelta(days=2), 20260901, pd.NaT, 1.5, ["2026-09-01"]])
def test_a_day_that_is_none_is_refused(registry: Registry, day: Any) -> None:
    with pytest.raises(ConfigProblem) as caught:
        registry.live(on=day)
    assert "--" not in str(caught.value)
    for ask in (lambda: registry.changes(since=day), lambda: registry.promote("Churn", "3.1", why="x", deployed=day)):
        if not isinstance(day, date) or day is pd.NaT:
            with pytest.raises(ConfigProblem, match="Write it as year-month-day: '2026-06-30'"):
                ask()


def test_days_of_numpy_and_pandas_are_days(registry: Registry) -> None:
    for day in (pd.Timestamp("2024-03-02", tz="UTC"), np.datetime64("2024-03-02")):
        assert [one.version for one in registry.live("Churn", on=day)] == ["3.2"]


def test_a_name_that_nothing_has_gives_nothing(registry: Registry) -> None:
    assert registry.live("typo") == registry.changes("typo") == []


def test_findings_are_those_of_check(registry: Registry) -> None:
    found = registry.findings()
    assert isinstance(found[0], registry_sheets.Finding)
    assert [one.severity.rank for one in found] == sorted(one.severity.rank for one in found)
    vague = next(one for one in found if one.rule == "vague-data-source")
    assert (vague.name, vague.row, vague.cell, vague.severity) == ("Scoring", 5, "D5", Severity.WARNING)
    assert vague.since == date(2024, 1, 5)
    done = subprocess.run(
        [sys.executable, "-m", "registry_sheets", "check", str(registry.sheet), "--format", "json"],
        capture_output=True,
        check=False,
        cwd=registry.sheet.parent,
    )
    assert [one["rule"] for one in json.loads(done.stdout)["findings"]] == [one.rule for one in found]


def test_changes_newest_first(registry: Registry) -> None:
    found = registry.changes("Churn", since="2024-03-01")
    assert [(one.day, one.version, one.column, one.old, one.new, one.editor) for one in found] == [
        (date(2024, 3, 5), "3.1", "Stage", "Production", "Archived", "Ana"),
        (date(2024, 3, 5), "3.2", "Stage", "Testing", "Production", "Ana"),
        (date(2024, 3, 5), "3.2", "Deployed on", "", "2024-03-01", "Ana"),
        (date(2024, 3, 5), "3.2", "Why", "", "new features", "Ana"),
    ]
    assert isinstance(found[0], registry_sheets.Change)
    assert registry.changes(since=date(2024, 3, 6)) == []
    with pytest.raises(ConfigProblem, match="'march' is not a date"):
        registry.changes(since="march")


def test_a_frame_has_a_row_for_each_started_row(registry: Registry) -> None:
    frame = registry.to_frame()
    assert list(frame.index) == [2, 3, 4, 5]
    assert frame.loc[4, "version"] == "3.2"
    assert str(frame["training_date"].dtype) == "datetime64[s]"
    assert list(frame.loc[2, "location"]) == ["Berlin", "Ulm"]
    assert {"Metric: MAPE (holidays)", "Ticket"} <= set(frame.columns)


def test_asking_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    opened = open_registry(path)
    opened.live(), opened.changes(), opened.findings(), opened.to_frame()
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["models.xlsx"]


# Writing


def test_a_training_script_records_a_version(path: Path) -> None:
    done = registry_sheets.record(
        "Churn", "3.10", sheet=path, trained=date(2024, 6, 30), data="CRM export 2024-06-30",
        location=["Berlin", "Ulm"],
        stage="Testing", owner="kim", changed="more data", by="Ben", run="https://mlflow.example.com/1",
        metrics={"MAPE (holidays)": 0.09}, columns={"Ticket": "T-5"},
    )  # fmt: skip
    assert isinstance(done, registry_sheets.Done)
    assert (done.outcome, done.tab, done.what) == ("written", "Models", "record Churn 3.10")
    assert {write.header: write.new for write in done.writes}["Version"] == "3.10"
    added = rows(path)[4]
    assert added["Version"] == "3.10"
    assert added["Training date"] == "2024-06-30"
    assert added["Location"] == "Berlin; Ulm"
    assert added["Metric: MAPE (holidays)"] == "0.09"
    assert added["Ticket"] == "T-5"
    assert load_workbook(path)["Models"]["B6"].data_type == "s"


def test_a_version_that_is_there_is_refused_or_updated(path: Path) -> None:
    opened = open_registry(path)
    with pytest.raises(EditRefused):
        opened.record("churn", "3.2", data="CRM 2024-02")
    done = opened.record("churn", "3.2", data="CRM 2024-02", update=True)
    assert [(write.header, write.old, write.new) for write in done.writes] == [
        ("Data source", "CRM 2024-01", "CRM 2024-02")
    ]
    assert opened.record("churn", "3.2", data="CRM 2024-02", update=True).outcome == "unchanged"
    with pytest.raises(EditRefused):
        opened.record("", "1")


def test_what_is_missing_is_recorded_and_told(path: Path) -> None:
    done = open_registry(path).record("Churn", "4", stage="Production", trained="last spring")
    assert done.outcome == "written"
    assert {"not-a-date", "missing-value"} <= {one.rule for one in done.findings}
    assert rows(path)[4]["Training date"] == "last spring"


ODD: tuple[Any, ...] = (
    math.nan, math.inf, np.float32("nan"), None, pd.NA, pd.NaT, np.float32(0.1), np.int64(3), np.bool_(True),
    np.datetime64("2026-06-30"), pd.Timestamp("2026-06-30 09:00", tz="UTC"), datetime(2026, 6, 30, tzinfo=UTC),
    date(1850, 1, 1), timedelta(-1), Decimal("0.12"), Path("runs/7"), b"x", 20261121, 10**400, 1.7e308, object(),
    {"a": 1}, ["Desk", 2], ("Desk",), {"Desk"}, "\ud800", "",
)  # fmt: skip


@pytest.mark.parametrize("said", ODD, ids=lambda said: type(said).__name__)
def test_recording_never_fails_over_an_odd_value(path: Path, said: Any) -> None:
    opened = open_registry(path)
    facts = ("trained", "data", "location", "stage", "owner", "used_for", "changed", "by", "why", "deployed", "run")
    done = opened.record(
        "Odd",
        "1",
        **dict.fromkeys(facts, said),
        metrics={"Recall": said},
        columns={"Ticket": said, "Retrain every": said},
    )
    assert done.outcome == "written"
    assert opened.record("Even", "1", metrics={"Recall": 0.5}).outcome == "written"
    assert [version.name for version in opened.versions[-2:]] == ["Odd", "Even"]


def test_what_odd_values_are_recorded_as(path: Path) -> None:
    done = open_registry(path).record(
        "Churn", 3.3, trained=np.datetime64("2024-06-30"), location={"Ulm", "Berlin"}, run=Path("runs"),
        stage=Stage.TESTING, why=math.nan, metrics={"MAPE (holidays)": np.float32(0.1), "Recall": math.nan, "F1": None},
        deployed=20240701,
    )  # fmt: skip
    assert {write.header: write.new for write in done.writes} == {
        "Name": "Churn", "Version": "3.3", "Training date": date(2024, 6, 30), "Location": "Berlin; Ulm",
        "Stage": "Testing", "Deployed on": date(2024, 7, 1), "Run link": "runs", "Metric: MAPE (holidays)": 0.1,
        "Metric: Recall": "nan",
    }  # fmt: skip
    with pytest.raises(EditRefused, match="metrics takes values by name"):
        open_registry(path).record("Churn", "4", metrics=0.5)  # type: ignore[arg-type]


def test_what_is_refused_is_said_in_pythons_words(registry: Registry) -> None:
    with pytest.raises(EditRefused, match="Add update=True to change that row, or another_place=True to add a row"):
        registry.record("Churn", "3.2", data="x")
    with pytest.raises(EditRefused, match=r"promote needs a reason.*why='fewer false alarms'"):
        registry.promote("Churn", "3.1", why=" ")
    with pytest.raises(EditRefused, match=r"registry-sheets promote Churn 3\.9 --why"):
        registry.rollback("Churn", why="worse", to="3.9")
    registry.record("Churn", "4", location="Ulm", stage="Testing")
    assert registry.promote("Churn", 4, why="x", dry_run=True).notices == (
        "Nothing is replaced: 3.2 stays live at Berlin. If 4 is to replace it there: location='Berlin'.",
    )


def test_a_figure_that_no_cell_holds_holds_up_nobody(path: Path) -> None:
    """As one that an earlier version has left in the outbox."""
    opened = open_registry(path)
    (one,) = load(None, path, ()).registries
    step = NewRow("Bad", "1", {"name": "Bad", "version": "1", "+Metric: Recall": math.nan})
    outbox_of(one).add(Plan("record Bad 1", (step,)), "record", "ana@laptop")
    done = opened.record("Good", "1")
    assert done.outcome == "written"
    assert [version.name for version in opened.versions][-1] == "Good"


@pytest.mark.parametrize("edit", ["record", "promote", "rollback"])
def test_a_dry_run_writes_nothing_anywhere(registry: Registry, edit: str) -> None:
    before = {file: file.read_bytes() for file in registry.sheet.parent.rglob("*") if file.is_file()}
    done = {
        "record": lambda: registry.record("Churn", "5", dry_run=True),
        "promote": lambda: registry.promote("Churn", "3.1", why="try", dry_run=True),
        "rollback": lambda: registry.rollback("Churn", why="worse", dry_run=True),
    }[edit]()
    assert done.outcome == "planned"
    assert done.writes
    assert {file: file.read_bytes() for file in registry.sheet.parent.rglob("*") if file.is_file()} == before


def test_promote_and_rollback_write_the_record(registry: Registry) -> None:
    done = registry.promote("Churn", "3.1", why="3.2 misses the coast", deployed="2024-04-01")
    assert (done.outcome, done.places) == ("written", ("Berlin",))
    (line,) = registry.live("Churn")
    assert (line.version, line.since, line.why, line.replaced) == (
        "3.1", date(2024, 4, 1), "3.2 misses the coast", "3.2",
    )  # fmt: skip
    done = registry.rollback("Churn", why="3.1 was no better", to="3.2", to_testing=True)
    assert done.outcome == "written"
    (line,) = registry.live("Churn")
    assert (line.version, line.why, line.replaced) == ("3.2", "3.1 was no better", "3.1")
    assert {row["Version"]: row["Stage"] for row in rows(registry.sheet)[1:3]} == {
        "3.1": "Testing",
        "3.2": "Production",
    }
    assert [(one.version, one.why) for one in registry.live("Churn", on="2024-03-02")] == [("3.2", "new features")]
    assert {one.by.rpartition(", ")[2] for one in registry.changes("Churn", since=date.today())} == {"promote", ""}


def test_what_is_not_clear_is_refused_with_the_candidates(registry: Registry) -> None:
    with pytest.raises(EditRefused, match=r"3\.0"):
        registry.promote("Churn", "9", why="try")
    with pytest.raises(EditRefused, match=r"It was 3\.0 and 3\.1"):
        registry.rollback("Churn", why="worse", to="3.9")


def test_an_edit_waits_where_somebody_has_the_workbook_open(registry: Registry) -> None:
    lock = registry.sheet.with_name(LOCK)
    lock.write_text(",kim,reception,26.11.2023 08:00,file:///x;")
    before = registry.sheet.read_bytes()
    done = registry.record("Churn", "3.3", wait=0)
    assert done.outcome == "waiting"
    assert any("kim has it open" in notice for notice in done.notices)
    assert any(done.id in notice for notice in done.notices)
    assert registry.promote("Churn", "3.1", why="better", wait=0).outcome == "waiting"
    assert registry.sheet.read_bytes() == before
    lock.unlink()
    see(registry.sheet, date.today())
    assert [line.version for line in registry.live("Churn")] == ["3.1"]
    assert "3.3" in [version.version for version in registry.versions]


# Importing


def loaded(code: str, folder: Path) -> set[str]:
    """The modules that are loaded after some code, in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    return set(done.stdout.split())


def test_importing_costs_next_to_nothing(tmp_path: Path) -> None:
    modules = loaded("import registry_sheets; dir(registry_sheets)", tmp_path)
    assert {name for name in modules if name.startswith("registry_sheets")} == {"registry_sheets"}
    assert not modules & {"pandas", "numpy", "openpyxl", "pydantic", "lxml", "typer"}


def test_asking_and_recording_load_neither_pandas_nor_openpyxl(path: Path) -> None:
    code = (
        "import registry_sheets; r = registry_sheets.open_registry('models.xlsx'); r.versions; r.live(); r.findings(); "
        "r.changes(); r.record('Churn', '3.3', data='CRM 2024-02')"
    )
    assert not loaded(code, path.parent) & {"pandas", "numpy", "openpyxl", "typer"}


def test_help_says_what_there_is() -> None:
    opening, recording = (pydoc.render_doc(getattr(registry_sheets, name)) for name in ("open_registry", "record"))
    asked = {name for name in vars(Registry) if not name.startswith("_")} - {"name", "sheet"}
    assert all(name in opening for name in asked)
    assert 'registry.live("Churn")' in opening
    parameters = set(inspect.signature(Registry.record).parameters) - {"self"}
    told = inspect.getdoc(Registry.record) or ""
    assert all(re.search(rf"\b{name}\b", recording) and re.search(rf"\b{name}\b", told) for name in parameters)
    assert set(Facts.__annotations__) == parameters - {"name", "version"}
    assert "datetime64[s]" in (Registry.to_frame.__doc__ or "")


def test_everything_public_is_there_and_nothing_else() -> None:
    for name in registry_sheets.__all__:
        assert getattr(registry_sheets, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = registry_sheets.nothing


def test_the_example_in_the_documentation_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.findall(r"^    (\S.*)$", registry_sheets.__doc__ or "", re.MULTILINE)
    assert any("open_registry" in line for line in example)
    with editing(path) as tab:
        tab.remove("Churn", "3.2")
    monkeypatch.chdir(path.parent)
    scope: dict[str, Any] = {}
    exec("\n".join(example), scope)
    assert scope["registry"].live("Churn")
    assert "3.2" in {row["Version"] for row in rows(path)}


def test_the_report_and_the_live_periods(path: Path) -> None:
    registry = registry_sheets.open_registry(path)
    told = registry.report()
    assert (told["format"], told["sheet"], len(told["versions"])) == (1, path.name, len(registry.to_frame()))
    assert [line["version"] for line in told["live"]] == [line.version for line in registry.live()]
    assert {period.version for period in registry.periods() if not period.ended} >= {
        line.version for line in registry.live() if line.since
    }
    assert registry.periods("no such model") == []
