"""A report as JSON and CSV: the documented keys, always there, and nothing that a program or spreadsheet mistakes."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.text import csv_safe
from registry_sheets.reports.content import Report
from registry_sheets.reports.tabular import SECTIONS, Section, report_csv, report_json, report_object, unseen
from tests.support.made_reports import (
    DAY,
    HEADINGS,
    empty_report,
    live_line,
    open_finding,
    period,
    report,
    told_change,
    version_row,
)

KEYS = [
    "format", "registry", "sheet", "today", "link", "complete", "unchecked", "notes", "models", "live_models", "rows",
    "gaps", "overdue", "counts", "completeness", "trend", "history_begins", "changes_since", "headings", "versions",
    "live", "findings", "changes", "periods",
]  # fmt: skip


def table(made: Report, section: Section) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report_csv([made], section))))


def test_the_object_has_the_documented_keys() -> None:
    told = report_object(report(notes=("It has been open for days.",)))
    assert list(told) == KEYS
    assert all(re.search(rf"\b{key}\b", report_object.__doc__ or "") for key in KEYS)
    assert (told["today"], told["history_begins"], told["rows"], told["gaps"], told["overdue"]) == (
        "2026-07-01", "2026-02-01", 3, 3, 1,
    )  # fmt: skip
    assert told["counts"] == {"error": 3, "warning": 1, "info": 1}
    assert told["completeness"] == {"filled": 77, "cells": 90, "share": 0.8556}
    assert told["trend"][0] == {"day": "2026-02-01", "filled": 50, "cells": 90, "share": 0.5556}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_docstring_names_every_key_of_a_section(section: Section) -> None:
    (documented,) = re.findall(rf"- {section}: ([^;.(]*(?:\([^)]*\)[^;.(]*)*)[;.]", report_object.__doc__ or "")
    known = re.findall(r"[a-z_]+", re.sub(r"\([^)]*\)", "", documented))
    assert list(report_object(report())[section][0]) == known


@pytest.mark.parametrize("made", [empty_report(), unseen("forecasts", "models.xlsx", DAY, "It could not be read.")])
def test_the_keys_are_there_where_there_is_nothing(made: Report) -> None:
    told = report_object(made)
    assert list(told) == KEYS
    assert all(told[section] == [] for section in SECTIONS)
    assert (told["completeness"]["share"], told["history_begins"]) == (None, None)
    for section in SECTIONS:
        assert len(report_csv([made], section).splitlines()) == 1
    for section in SECTIONS[1:]:
        assert report_csv([made], section).splitlines()[0].split(",")[1:] == list(report_object(report())[section][0])


def test_what_nobody_says_is_null_and_a_blank_text_is_a_text() -> None:
    line = live_line(since=None, training_date=None, why="", row=0)._replace(age=None, retrain_every=None)
    told = report_object(report(live=(line,), periods=(period(start=None, end=None),)))
    live, one = told["live"][0], told["periods"][0]
    assert [live[key] for key in ("since", "training_date", "row", "age_days", "why")] == [None, None, None, None, ""]
    assert (one["since"], one["until"], one["until_known"]) == (None, None, True)


def test_moments_are_in_utc() -> None:
    at = datetime.fromisoformat("2026-06-29T18:30:00+02:00")
    assert report_object(report(changes=(told_change(edited_at=at),)))["changes"][0]["last_saved_at"] == (
        "2026-06-29T16:30:00Z"
    )


def test_cells_keep_what_they_are() -> None:
    cells = ("3.10", 3.5, 90.0, True, " ", date(2026, 3, 4), datetime(2026, 3, 4, 5, 6))
    made = report(rows=(version_row(1, *cells),))
    assert report_object(made)["versions"][0]["cells"] == [
        "3.10",
        3.5,
        90,
        True,
        None,
        "2026-03-04",
        "2026-03-04 05:06:00",
    ]
    odd = (time(3, 4), timedelta(hours=30), float("inf"), "", "", "", "")
    assert report_object(report(rows=(version_row(1, *odd),)))["versions"][0]["cells"][:3] == [
        "03:04:00", "1 day, 6:00:00", "inf",
    ]  # fmt: skip


def test_csv_of_versions_has_the_sheets_own_columns() -> None:
    (row, *_) = table(report(), "versions")
    assert list(row) == ["registry", "registry_row", "registry_stage", "registry_owners", "registry_link", *HEADINGS]
    assert (row["registry_row"], row["Version"], row["Training date"], row["Metric: MAPE"], row["registry_owners"]) == (
        "2", "3.10", "2026-03-04", "0.125", "Ana Silva",
    )  # fmt: skip


def test_csv_has_no_two_columns_that_differ_in_case_only() -> None:
    made = report(headings=("Row", "Stage", "Owners", "Link", "Name"))
    head = next(csv.reader(io.StringIO(report_csv([made], "versions"))))
    assert len({heading.casefold() for heading in head}) == len(head)


def test_whole_numbers_are_whole_and_those_beyond_stay() -> None:
    made = report(rows=(version_row(1, 90.0, -0.0, 2.0**53, 1e300),))
    told = report_json(report_object(made)["versions"])
    assert re.findall(r"^ {6}(-?\d.*?),?$", told, re.MULTILINE) == [
        "90", "0", "9007199254740992.0", "1e+300", "0.125",
    ]  # fmt: skip
    assert table(made, "versions")[0][HEADINGS[0]] == "90"


def test_csv_takes_doubled_and_blank_headings() -> None:
    headings = ("Name", "Notes", "Notes", "", "")
    made = report(headings=headings, rows=(version_row(1)._replace(cells=("A", "1", "2", "3", "4")),))
    head, row = csv.reader(io.StringIO(report_csv([made], "versions")))
    assert head[5:] == [*headings]
    assert row[5:] == ["A", "1", "2", "3", "4"]


def test_csv_of_several_registries_puts_a_heading_that_both_have_into_one_column() -> None:
    one = report(headings=("Name", "Notes"), rows=(version_row(1)._replace(cells=("A", "x")),))
    other = report(registry="b", headings=("Team", "Name"), rows=(version_row(1)._replace(cells=("ops", "B")),))
    rows = list(csv.DictReader(io.StringIO(report_csv([one, other]))))
    assert [(row["registry"], row["Name"], row["Notes"], row["Team"]) for row in rows] == [
        ("forecasts", "A", "x", ""),
        ("b", "B", "", "ops"),
    ]


def test_csv_says_owners_days_and_yes_or_no_as_texts() -> None:
    made = report(live=(live_line(since=None, observed=True),), changes=(told_change(),))
    assert (table(made, "live")[0]["since"], table(made, "live")[0]["since_observed"]) == ("", "true")
    assert table(made, "changes")[0]["owners"] == "Ana Silva; Ben"


HOSTILE = st.text(st.characters(exclude_categories=()), max_size=20).map(lambda text: text.replace("\x00", ""))


@given(HOSTILE, st.sampled_from(["=", "+", "-", "@", "\t", "\r", ""]))
def test_no_text_of_csv_begins_a_formula(text: str, start: str) -> None:
    said = start + text
    made = report(
        registry=said,
        headings=(said,),
        rows=(version_row(1)._replace(cells=(said,)),),
        live=(live_line(1, name=said),),
        findings=(open_finding(1, message=said),),
        changes=(told_change(1, old=said),),
        periods=(period(1, why=said),),
    )
    for section in SECTIONS:
        rows = list(csv.reader(io.StringIO(report_csv([made], section), newline="")))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell]
        safe = csv_safe(said).replace("\r\n", "\n").replace("\r", "\n")
        assert safe in {cell for row in rows for cell in row}


@given(HOSTILE)
def test_json_is_read_back_as_it_was(text: str) -> None:
    made = report(label=text, headings=(text,), findings=(open_finding(1, message=text),))
    told = report_object(made)
    written = report_json(told)
    assert written.isascii()
    assert json.loads(written) == told
    assert json.loads(report_json([told], ascii_only=False)) == [told]


def test_numbers_that_json_has_not_are_texts() -> None:
    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    made = report(rows=(version_row(1, float("nan"), float("-inf")),))
    assert json.loads(report_json(report_object(made)), parse_constant=refuse)["versions"][0]["cells"][0] == "nan"
