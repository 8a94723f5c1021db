"""What an export noted at a platform's version, as rows again: what people's sheet said goes before what is guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from registry_sheets.operations.transfer_limits import EXCEL
from registry_sheets.operations.transfer_rows import compare_rows
from registry_sheets.registry.platforms.marks import digest
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion
from registry_sheets.registry.table import Stage
from registry_sheets.registry.table_settings import TableSettings
from tests.support.platforms.rows import brought, cells, serves, version

EMPTY = ({"Name": "", "Version": "", "Owner": ""},)


def exported(said: Mapping[str, str], **more: Any) -> PlatformVersion:
    tags = {"id": "0" * 16, "name": "Vans", "version": "v1", **said}
    marked = {f"registry-sheets.{key}": text for key, text in tags.items()}
    return version("7", "Vans", tags={**marked, "owner": "x"}, **more)


def test_what_the_sheet_said_comes_and_of_the_export_itself_nothing() -> None:
    there = exported(
        {
            "training_date": "2026-03-04",
            "data_source": "CRM export",
            "stage": "Testing",
            "owner": "Ana; Ben",
            "what_changed": "Spring",
            "why": "Better",
            "retrain_every": "90",
            "metric.MAPE -holidays-": "0.10",
            "metric.auc": "0.5",
            "column.Team": "007",
            "described": "x",
            "alias.champion": "1",
            "nonsense": "x",
        },
        description="Better\n\nWhat changed: Spring",
        created_by="svc-export",
        owner="someone",
        lineage=Lineage(data=("s3://guess",), metrics={"AUC": 0.9, "loss": 1.0}),
    )
    found = cells(there, rows=EMPTY, serving=[serves("7", "@champion", "Vans")], tells_live=False)
    assert found == {
        "name": "Vans",
        "version": "v1",
        "training_date": date(2026, 3, 4),
        "data_source": "CRM export",
        "stage": "Testing",
        "owner": "Ana; Ben",
        "what_changed": "Spring",
        "why": "Better",
        "retrain_every": 90,
        "data_link": "s3://guess",
        "Metric: MAPE (holidays)": 0.1,
        "Metric: auc": 0.5,
        "Metric: loss": 1.0,
        "Team": "007",
    }


def test_several_rows_of_a_version_are_several_rows_again() -> None:
    rows = [
        {"Location": "Oslo", "Stage": "Production", "Notes (own)": "a", "Metric: F1 (all)": "0.5"},
        {"Location": "Rome", "Used for": "Cellar", "Notes (own)": "b"},
    ]
    there = exported({"location": "Oslo; Rome", "column.Notes -own-": "a; b", "rows": json.dumps(rows)})
    incoming, seen = brought(there, rows=EMPTY, serving=[serves("7", "@champion", "Vans")], tells_live=False)
    first, second = (dict(step.cells) for step in compare_rows(seen, incoming.rows, EXCEL).steps)
    same = {"name": "Vans", "version": "v1", "owner": "x"} if "owner" in first else {"name": "Vans", "version": "v1"}
    assert first == {
        **same,
        "location": "Oslo",
        "stage": "Production",
        "+Notes (own)": "a",
        "+Metric: F1 (all)": 0.5,
    }
    assert second == {**same, "location": "Rome", "used_for": "Cellar", "+Notes (own)": "b"}


@pytest.mark.parametrize(
    "rows",
    ["[", "null", "{}", "[1]", '"x"', "[" * 90_000, '[{"Location": "Oslo"}, null]', "[]", '[{"Location": "Oslo"}…'],
)
def test_rows_that_are_cut_or_somebody_elses_leave_what_is_joined(rows: str) -> None:
    found = cells(exported({"location": "Oslo; Rome", "stage": "Production; Testing", "rows": rows}), rows=EMPTY)
    assert (found["location"], found["stage"]) == ("Oslo; Rome", "Production")


@pytest.mark.parametrize("rows", ['[{"Location": ["x"], "Name": "Y", "Owner": 3}]', '[{}, {"": "x", "Check": "y"}]'])
def test_rows_that_say_nothing_that_can_be_read_are_blank(rows: str) -> None:
    incoming, _ = brought(exported({"rows": rows}), rows=EMPTY)
    for row in incoming.rows:
        assert (row.name, row.version) == ("Vans", "v1")
        assert not {"location", "Check", ""} & {*row.cells, *row.own} or row.own == {"Name": "Y"}


def test_headings_are_those_of_the_sheet_and_the_stage_is_in_its_words() -> None:
    there = exported({"column.Notes -own-": "x", "metric.f1 -all-": "0.5", "stage": "Production"})
    rows = [{"Name": "A", "Version": "1", "Stage": "Live", "notes [own]": "", "metric: F1 (all)": 1}]
    found = cells(there, rows=rows, settings=TableSettings(stage_words={Stage.PRODUCTION: ("Live",)}))
    assert (found["notes [own]"], found["metric: F1 (all)"], found["stage"]) == ("x", 0.5, "Live")


def test_a_heading_that_the_platform_could_not_take_is_as_any_version_has_it() -> None:
    rows = [{"Notes (a/b): own": "x", "Metric: p-99": "1"}, {"Location": "Rome"}]
    several = exported({"rows": json.dumps(rows)})
    single = exported({"version": "v2", "column.Notes -a-b-- own": "y", "metric.p-99": "2"})._replace(version="8")
    incoming, _ = brought(several, single, rows=EMPTY)
    assert [dict(row.own) for row in incoming.rows] == [
        {"Notes (a/b): own": "x", "Metric: p-99": 1},
        {},
        {"Notes (a/b): own": "y", "Metric: p-99": 2},
    ]


def test_of_two_headings_that_were_one_for_the_platform_the_digest_is_taken_off() -> None:
    mark = digest("Notes")[:8]
    found = cells(exported({f"column.Notes-{mark}": "x", "column.notes-0badbeef": "y"}), rows=EMPTY)
    assert (found["Notes"], found["notes-0badbeef"]) == ("x", "y")


def test_a_platform_that_takes_no_semicolon_has_another_sign_between() -> None:
    from registry_sheets.operations.platform_exported import ExportedRows
    from tests.support.edits import view

    there = exported({"owner": "a@x_ b@x", "training_date": "2026-01-01_ 2026-02-02", "why": "a_ b"})
    (said,) = ExportedRows(view(EMPTY).table, "sagemaker").of(there)
    assert said.fields == {"owner": "a@x; b@x", "training_date": "2026-01-01", "why": "a_ b"}
    (said,) = ExportedRows(view(EMPTY).table, "mlflow").of(there)
    assert said.fields["owner"] == "a@x_ b@x"


def test_a_heading_longer_than_any_and_hostile_texts_stop_nothing() -> None:
    there = exported(
        {"column." + "h" * 400: "=1+1", "metric.": "1", "column.": "x", "column.Check": "y", "why": "\x00"}
    )
    incoming, seen = brought(there, rows=EMPTY)
    (step,) = compare_rows(seen, incoming.rows, EXCEL).steps
    assert {key: cell for key, cell in step.cells.items() if key[0] == "+"} == {"+" + "h" * 255: "=1+1"}
