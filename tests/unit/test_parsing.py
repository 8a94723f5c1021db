"""From cells to model versions: what each kind of cell means, and which rows are model versions."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.errors import DoubtfulHeaders
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.model_versions import model_version
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.table import CellProblem, ModelTable, Stage
from registry_sheets.registry.table_settings import STAGE_WORDS, TableSettings

HEADERS = ["Name", "Version", "Training date", "Data source", "Location"]
ROW: list[Any] = ["AC failure", "3.1", date(2026, 3, 4), "CRM export", "Berlin"]


def parsed(rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS, **grid: Any) -> ModelTable:
    table = Grid("Models", [[*headers], *[[*row] for row in rows]], **grid)
    return parse_models(table, find_header(table))


def one(header: str, cell: Cell, settings: TableSettings | None = None, **grid: Any) -> tuple[Any, list[CellProblem]]:
    """The value of one cell under a header, and what is wrong with it."""
    others = [word for word in HEADERS if word != header]
    row: list[Any] = [cell, *(ROW[HEADERS.index(word)] for word in others)]
    table = Grid("Models", [[header, *others], row], **grid)
    found = parse_models(table, find_header(table), settings)
    field = next(column.field for column in found.columns.values() if column.index == 0)
    return found.value(field)[0], list(found.problems)


# Values


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("AC failure", "AC failure"),
        (" AC failure\u00a0", "AC failure"),
        ("AC\nfailure", "AC\nfailure"),
        (42.0, "42"),
        (3.5, "3.5"),
        (True, "TRUE"),
        (date(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, 9), "2026-03-04 09:00:00"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=2), "2:00:00"),
        ("=1+1", "=1+1"),
        ("\u200b", None),
        (" \n\u00a0", None),
        ("", None),
    ],
)
def test_text(cell: Cell, value: str | None) -> None:
    assert one("Name", cell) == (value, [])
    assert one("What changed", cell) == (value, [])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Berlin", ("Berlin",)),
        ("Berlin; Ulm ;;", ("Berlin", "Ulm")),
        ("Berlin\nUlm\r\nBerlin", ("Berlin", "Ulm")),
        ("Berlin, Germany", ("Berlin, Germany")),
        (";", ()),
        ("", ()),
        (7.0, ("7",)),
    ],
)
def test_several_values(cell: Cell, value: Any) -> None:
    expected = (value,) if isinstance(value, str) else value
    for header in ("Location", "Used for", "Owner"):
        assert one(header, cell) == (expected, [])


@pytest.mark.parametrize("cell", ["ana@example.com", "Ana Meier", "Ana Meier <ana@example.com>"])
def test_an_owner_is_kept_as_written(cell: str) -> None:
    assert one("Owner", cell) == ((cell,), [])


@pytest.mark.parametrize("cell", [date(2026, 3, 4), datetime(2026, 3, 4, 9), "2026-03-04", " 2026-03-04\u00a0"])
def test_dates(cell: Cell) -> None:
    assert one("Training date", cell) == (date(2026, 3, 4), [])


def test_a_doubtful_date_keeps_what_it_may_be() -> None:
    value, problems = one("Training date", "03/04/2026")
    assert value is None
    assert problems == [
        CellProblem("ambiguous-date", 0, "training_date", "03/04/2026", ("2026-04-03", "2026-03-04"), "")
    ]


def test_the_config_settles_the_order_of_dates() -> None:
    assert one("Training date", "03/04/2026", TableSettings(date_order="dmy")) == (date(2026, 4, 3), [])


def test_serial_numbers_from_1900_and_1904() -> None:
    for date1904, number in ((False, 46085.0), (True, 44623.0)):
        value, problems = one("Training date", number, date1904=date1904)
        assert value is None
        assert [(p.kind, p.typed, p.suggestions) for p in problems] == [("not-a-date", f"{number:g}", ("2026-03-04",))]


@pytest.mark.parametrize("cell", ["3.1", "3.10", "v2", "2026-02", 3.0, 3, "1E3", 12.25])
def test_versions_that_lost_nothing(cell: Cell) -> None:
    value, problems = one("Version", cell)
    assert value == (cell if isinstance(cell, str) else f"{cell:g}")
    assert problems == []


@pytest.mark.parametrize(("cell", "suggestions"), [(3.1, ("3.1", "3.10")), (2026.1, ("2026.1", "2026.10"))])
def test_a_version_that_arrived_as_a_number(cell: float, suggestions: tuple[str, ...]) -> None:
    value, problems = one("Version", cell)
    assert value == suggestions[0]
    assert [(p.kind, p.suggestions) for p in problems] == [("version-as-number", suggestions)]


@pytest.mark.parametrize("cell", [date(2026, 2, 1), datetime(2026, 2, 1)])
def test_a_version_that_became_a_date(cell: Cell) -> None:
    value, problems = one("Version", cell)
    assert value == "2026-02-01"
    assert [p.kind for p in problems] == ["version-as-date"]
    assert problems[0].suggestions == ("1-2", "1.2", "2-1", "2.1", "2026-02")


@pytest.mark.parametrize(("stage", "words"), STAGE_WORDS.items())
def test_stage_words(stage: Stage, words: tuple[str, ...]) -> None:
    for word in words:
        assert one("Stage", f" {word.upper()} ") == (stage, []), word


def test_no_stage_word_means_two_stages() -> None:
    words = [word.casefold() for words in STAGE_WORDS.values() for word in words]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("cell", "suggestions"),
    [
        ("Prodution", ("Production",)),
        ("Deployed – in use at two sites", ("Production",)),
        ("approved", ()),
        ("yes", ()),
        (1.0, ()),
        (True, ()),
        ("x" * 32_767, ()),
    ],
)
def test_an_unknown_stage(cell: Cell, suggestions: tuple[str, ...]) -> None:
    value, problems = one("Stage", cell)
    assert value is None
    assert [(p.kind, p.suggestions) for p in problems] == [("unknown-stage", suggestions)]


def test_stage_words_of_the_config_win() -> None:
    settings = TableSettings(stage_words={Stage.TESTING: ["Live"], Stage.PRODUCTION: ["En service"]})
    assert one("Stage", "live", settings)[0] is Stage.TESTING
    assert one("Stage", "en service", settings)[0] is Stage.PRODUCTION


@pytest.mark.parametrize(
    ("cell", "value"),
    [(90.0, 90), ("90", 90), ("90 days", 90), ("3 months", None), (0.0, None), (-1.0, None), (1.5, None), (True, None),
     (float("nan"), None), (float("inf"), None), (1e300, None), ("", None), (date(2026, 1, 1), None)],
)  # fmt: skip
def test_days(cell: Cell, value: int | None) -> None:
    assert one("Retrain every (days)", cell) == (value, [])


@pytest.mark.parametrize("header", ["Name", "Version", "Training date", "Location", "Stage", "Retrain every (days)"])
def test_an_error_pasted_as_text_is_an_error(header: str) -> None:
    value, problems = one(header, "#REF!")
    assert not value
    assert [(p.kind, p.typed) for p in problems] == [("error-value", "#REF!")]


def test_true_one_and_one_point_nought_are_told_apart() -> None:
    table = parsed([[True, 1.0, *ROW[2:]], [1, 1, *ROW[2:]], [1.0, True, *ROW[2:]]])
    assert table.value("name") == ["TRUE", "1", "1"]
    assert table.value("version") == ["1", "1", "TRUE"]


# Cells that a value cannot tell


def test_errors_and_formulas_without_a_value() -> None:
    table = parsed(
        [ROW, ["", "", "", "", ""], ["", "2", "", "x", "y"]],
        errors={(1, 2): "#N/A", (2, 1): "#REF!", (0, 0): "#REF!", (9, 9): "#REF!"},
        uncached=frozenset({(3, 0), (3, 77)}),
    )
    assert list(table.row_numbers) == [2, 3, 4]
    assert [(p.index, p.field, p.kind, p.typed) for p in table.problems] == [
        (0, "training_date", "error-value", "#N/A"),
        (1, "version", "error-value", "#REF!"),
        (2, "name", "formula-without-value", ""),
    ]
    assert (2, "name") in table.problem_fields


def test_places_are_right_when_rows_are_left_out() -> None:
    blank = [""] * 5
    table = parsed([blank, ROW, blank, blank, ROW, blank], errors={(5, 3): "#N/A"})
    assert list(table.row_numbers) == [3, 6]
    assert [(p.index, p.field) for p in table.problems] == [(1, "data_source")]


# Rows


def test_rows_after_a_gap_count() -> None:
    table = parsed([ROW, *[[""] * 5] * 500, ROW])
    assert list(table.row_numbers) == [2, 503]


def test_white_space_starts_no_row() -> None:
    assert list(parsed([ROW, [" ", "\u00a0", "", "\u200b", "\n"], ROW]).row_numbers) == [2, 4]


def test_a_row_with_content_in_own_columns_only_is_no_row() -> None:
    table = parsed([[*ROW, "ours"], ["", "", "", "", "", "ours too"]], [*HEADERS, "Budget"])
    assert list(table.row_numbers) == [2]
    assert table.own == {"Budget": ["ours"]}


def test_a_metric_starts_a_row() -> None:
    table = parsed([[*ROW, 0.1], ["", "", "", "", "", 0.2]], [*HEADERS, "Metric: MAPE"])
    assert list(table.row_numbers) == [2, 3]
    assert table.own == {"Metric: MAPE": [0.1, 0.2]}


def test_no_rows() -> None:
    table = parsed([])
    assert len(table) == 0
    assert table.value("name") == []


@pytest.mark.parametrize("last", ["Total", "TOTALS:", "Grand total"])
def test_a_total_is_no_row(last: str) -> None:
    assert list(parsed([ROW, ROW, [last, "", "", "", ""]]).row_numbers) == [2, 3]


@pytest.mark.parametrize(
    "remark", ["Note: all dates are UTC", "* in review", "This list is kept by " + "x" * 60, "Notes"]
)
def test_a_remark_below_the_table_is_no_row(remark: str) -> None:
    below = [[""] * 5, [remark, "", "", "", ""], ["Note: another", "", "", "", ""]]
    assert list(parsed([ROW, *below]).row_numbers) == [2]


@pytest.mark.parametrize(
    "rows",
    [
        [ROW, ["Churn", "", "", "", ""]],
        [ROW, [""] * 5, ["Churn", "", "", "", ""]],
        [ROW, [""] * 5, ["Notebook ranking", "", "", "", ""]],
        [ROW, ["Note: all dates are UTC", "", "", "", ""]],
        [["Note: all dates are UTC", "", "", "", ""], ROW],
        [[""] * 5, ["x" * 70, "", "", "", ""], ROW],
        [ROW, ["Total", "1", "", "", ""]],
    ],
)
def test_what_may_be_a_row_is_a_row(rows: list[list[Any]]) -> None:
    assert len(parsed(rows)) == sum(any(row) for row in rows)


def test_with_few_columns_a_name_by_itself_is_a_row() -> None:
    assert list(parsed([["a", "1"], ["Total", ""]], ["Name", "Version"]).row_numbers) == [2, 3]


def test_a_name_that_is_a_number_by_itself_is_a_row() -> None:
    assert list(parsed([ROW, [""] * 5, [7.0, "", "", "", ""]]).row_numbers) == [2, 4]


def test_a_header_repeated_on_each_printed_page_is_no_row() -> None:
    table = Grid("Models", [HEADERS, ROW, list(HEADERS), ROW])
    settings = TableSettings(header_row=1)
    assert list(parse_models(table, find_header(table, settings), settings).row_numbers) == [2, 4]


def test_a_table_without_names_is_refused_with_the_line_to_add() -> None:
    table = Grid("Models", [["Title", "Version", "Training date"], ["a", "1", date(2026, 1, 1)]])
    with pytest.raises(DoubtfulHeaders) as caught:
        parse_models(table, find_header(table))
    assert 'under [registry.columns]: "Name" = "Title".' in caught.value.fix


def test_what_the_table_tells_of_the_sheet() -> None:
    table = Grid("My models", [["x"] + [""] * 4, HEADERS, ROW], beyond=((1048575, 16383),), date1904=True)
    found = parse_models(table, find_header(table))
    assert (found.tab, found.header_row, list(found.row_numbers)) == ("My models", 2, [3])
    assert (found.beyond, found.date1904) == (("XFD1048576",), True)
    assert found.cells("name") == ["AC failure"]
    assert found.cells("owner") == [""]


# As objects


def test_a_row_as_an_object() -> None:
    headers = [*HEADERS, "Stage", "Metric: MAPE (holidays)", "Metric: note"]
    table = parsed([[*ROW, "Live", 0.12, "ok"], ["", *ROW[1:], "", "", ""]], headers)
    made = model_version(table, 0)
    assert made is not None
    assert (made.name, made.version, made.location, made.stage) == ("AC failure", "3.1", ("Berlin",), Stage.PRODUCTION)
    assert made.metrics == {"MAPE (holidays)": 0.12, "note": "ok"}
    assert model_version(table, 1) is None


# Anything whatsoever

odd = st.sampled_from(
    ["", " ", "\u00a0", "\u200b", "#N/A", "=1+1", "TBD", "3.10", "2026-03-04", "03/04/2026", "Live", "a; b\nc",
     "\x00\x1f", "😀" * 100, "x" * 32_767, "\ud800", "total", "Name", "Version", "9" * 5000, "-0", "1e999"]
)  # fmt: skip
anything = (
    st.text(alphabet=st.characters(), max_size=30)
    | odd
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
ALL = [column.header for column in COLUMNS]


@given(st.lists(st.lists(anything, min_size=len(ALL), max_size=len(ALL)), max_size=6), st.booleans())
def test_any_cells_whatsoever_are_records_or_problems(rows: list[list[Any]], date1904: bool) -> None:
    grid = Grid("Models", [[*ALL], *rows], date1904=date1904)
    settings = TableSettings(header_row=1)
    table = parse_models(grid, find_header(grid, settings), settings)
    assert all(len(vector) == len(table) for vector in (*table.raw.values(), *table.values.values()))
    for index, number in enumerate(table.row_numbers):
        cells = [table.cells(column.field)[index] for column in COLUMNS]
        assert all(a == b or repr(a) == repr(b) for a, b in zip(cells, rows[number - 2], strict=True))
        made = model_version(table, index)
        assert (made is None) == (not table.value("name")[index] or not table.value("version")[index])
    for problem in table.problems:
        assert problem.field in table.columns
        assert 0 <= problem.index < len(table)


# Speed


def test_a_hundred_thousand_rows_are_parsed_by_their_different_cells() -> None:
    stages = ["Production", "Testing", "Archived"]
    rows = [
        [f"Model {n // 8}", f"1.{n % 8}", date(2026, 1, 1 + n % 28), f"export {n}", f"Site {n % 40}", stages[n % 3]]
        for n in range(100_000)
    ]
    grid = Grid("Models", [[*HEADERS, "Stage"], *rows])
    match = find_header(grid)
    start = clock.process_time()
    table = parse_models(grid, match)
    assert clock.process_time() - start < 2.0  # a tenth of that on a quiet machine; a slip costs far more
    assert len(table) == 100_000
    assert len({id(value) for value in table.value("location")}) == 40
