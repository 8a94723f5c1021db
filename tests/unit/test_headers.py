"""Which row is the header, and which column is which field."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.errors import DoubtfulHeaders
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.header_words import header_key, metric_of
from registry_sheets.registry.headers import LIKELY, HeaderMatch, config_line, find_header, models_likeness
from registry_sheets.registry.table import Stage
from registry_sheets.registry.table_settings import TableSettings

PLAIN = ["Name", "Version", "Training date", "Data source", "Location"]
ROW: list[Any] = ["AC failure", "3.1", date(2026, 3, 4), "CRM export", "Berlin"]


def grid(*rows: Sequence[Any]) -> Grid:
    width = max(map(len, rows), default=0)
    return Grid("Models", [[*row, *[""] * (width - len(row))] for row in rows])


def headers(match: HeaderMatch) -> dict[str, str]:
    return {name: found.header for name, found in match.columns.items()}


# Words


@pytest.mark.parametrize(
    "text",
    [
        "Training date",
        "training  date",
        "TRAINING\nDATE",
        "Training\u00a0date",
        "Training date *",
        "Training date (required)",
        "Training date* (YYYY-MM-DD)",
        "Training date\nyyyy-mm-dd",
        "Training_Date",
        "training-date:",
        "trainingDate",
        " \ufeffTraining\u00addate".replace("\u00ad", "\u00ad "),
        "Ｔraining date",
    ],
)
def test_one_key_for_what_reads_the_same(text: str) -> None:
    assert header_key(text) == "training date"


@pytest.mark.parametrize("text", ["Training data", "Training date (first)", "Training date 2", "Date"])
def test_another_key_for_what_reads_otherwise(text: str) -> None:
    assert header_key(text) != "training date"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Metric: MAPE (holidays)", ("MAPE", "holidays")),
        ("metric:MAPE", ("MAPE", "")),
        ("METRIC : F1 (micro) (2025)", ("F1 (micro)", "2025")),
        ("Metric:\nRecall @ 10", ("Recall @ 10", "")),
        ("Metric: MAPE ()", ("MAPE", "")),
        ("Metric：MAPE", ("MAPE", "")),
        ("Metric", None),
        ("Metric:", None),
        ("Metrics: all", None),
        ("MAPE", None),
    ],
)
def test_metric_columns(header: str, expected: tuple[str, str] | None) -> None:
    assert metric_of(header) == expected


# Which row


def test_the_plain_table() -> None:
    match = find_header(grid(PLAIN, ROW))
    assert match.header_row == 1
    assert list(match.columns) == ["name", "version", "training_date", "data_source", "location"]
    assert match.missing_required == ()
    assert match.suggestions == ()


@pytest.mark.parametrize("declared", COLUMNS, ids=lambda c: c.field)
def test_every_header_and_synonym_is_taken(declared: Any) -> None:
    others = [c.header for c in COLUMNS if c.field != declared.field]
    for word in (declared.header, *declared.synonyms):
        match = find_header(grid([*others, word.upper()]))
        assert match.columns[declared.field].index == len(others), word
        assert len(match.columns) == len(COLUMNS)


def test_titles_above_and_any_order() -> None:
    rows = grid(
        ["Model registry of ACME", "", "", "", ""],
        ["", "", "", "", ""],
        ["Owner: Anna", "", "", "as of", date(2026, 1, 1)],
        ["Deployed to", "Dataset", "Ver.", "Notes of ours", "Model"],
        ["Berlin", "CRM", "1", "x", "AC failure"],
    )
    match = find_header(rows)
    assert match.header_row == 4
    assert {name: found.index for name, found in match.columns.items()} == {
        "name": 4,
        "version": 2,
        "data_source": 1,
        "location": 0,
    }
    assert [column.header for column in match.own] == ["Notes of ours"]
    assert match.missing_required == ("training_date",)


def test_groups_above_the_header_are_not_the_header() -> None:
    match = find_header(grid(["Model", "", "Training", "", "Deployment"], PLAIN, ROW))
    assert match.header_row == 2


def test_a_header_that_comes_again_is_refused() -> None:
    with pytest.raises(DoubtfulHeaders, match=r"Rows 1 and 4 .*header_row = 1"):
        find_header(grid(PLAIN, ROW, [""] * 5, PLAIN, ROW))


def test_a_header_that_comes_again_far_below_is_refused() -> None:
    with pytest.raises(DoubtfulHeaders, match=r"Rows 1 and 202"):
        find_header(grid(PLAIN, *[ROW] * 200, PLAIN, ROW))


def test_two_tables_one_under_the_other_are_refused() -> None:
    with pytest.raises(DoubtfulHeaders, match=r"Rows 1 and 3 "):
        find_header(grid(["Model", "Version", "Owner"], ["a", "1", "b"], ["Name", "Version", "Training date"], ROW))


def test_a_summary_above_with_few_columns_does_not_hide_the_table() -> None:
    match = find_header(grid(["Model", "Owner"], ["AC failure", "Anna"], [""], [*PLAIN, "Stage", "Owner"], ROW))
    assert match.header_row == 4


def test_the_config_says_which_row() -> None:
    rows = grid(PLAIN, ROW, [""] * 5, PLAIN, ROW)
    assert find_header(rows, TableSettings(header_row=4)).header_row == 4
    match = find_header(rows, TableSettings(header_row=1))
    assert (match.header_row, match.repeated) == (1, (4,))


@pytest.mark.parametrize("row", [0, 3, -1])
def test_the_config_says_a_row_that_is_not_there(row: int) -> None:
    with pytest.raises(DoubtfulHeaders, match="header_row"):
        find_header(grid(PLAIN, ROW), TableSettings(header_row=row))


@pytest.mark.parametrize("rows", [[], [[]], [["", ""]], [["hello"]], [[1.0, 2.0]], [["Name"], ["a"]]])
def test_no_header(rows: list[list[Any]]) -> None:
    with pytest.raises(DoubtfulHeaders, match="no row that looks like"):
        find_header(grid(*rows))


def test_no_header_but_a_row_that_might_be_says_the_lines() -> None:
    with pytest.raises(DoubtfulHeaders) as caught:
        find_header(grid(["Section 1", ""], ["Use Case Name", "Stage of Development"], ["x", "y"]))
    assert "header_row = 2" in caught.value.fix
    assert '"Name" = "Use Case Name"' in caught.value.fix


@pytest.mark.parametrize("row", [["Date", "Amount"], ["Name", "Street"], ["Remarks", "Team"]])
def test_a_row_that_is_hardly_a_header_gets_no_config_line(row: list[str]) -> None:
    with pytest.raises(DoubtfulHeaders) as caught:
        find_header(grid(row, ["x", "y"]))
    assert "columns =" not in caught.value.fix


def test_many_repeats_are_not_all_named() -> None:
    with pytest.raises(DoubtfulHeaders, match="Rows 1, 3, 5, 7, 9 and 10 more of"):
        find_header(grid(*[PLAIN, ROW] * 21))


# Which columns


def test_a_name_in_a_data_row_is_no_header() -> None:
    assert find_header(grid(PLAIN, ["Model", "Version", "", "", ""], ROW, ROW)).header_row == 1


def test_two_columns_for_a_required_field_are_refused() -> None:
    with pytest.raises(DoubtfulHeaders, match=r"'Model' \(column A\) and 'Model name' \(column B\)") as caught:
        find_header(grid(["Model", "Model name", *PLAIN[1:]], ["", *ROW]))
    assert 'config.toml which one it is, under [registry.columns]: "Name" = "Model".' in caught.value.fix


def test_the_same_header_twice_cannot_be_told_by_config() -> None:
    with pytest.raises(DoubtfulHeaders, match="another heading"):
        find_header(grid(["Version", *PLAIN], ["", *ROW]))


def test_the_own_header_wins_over_a_synonym() -> None:
    match = find_header(grid([*PLAIN, "Model"], [*ROW, "x"]))
    assert match.columns["name"].index == 0
    assert [column.header for column in match.own] == ["Model"]


def test_two_columns_for_a_recommended_field_are_both_suggested() -> None:
    match = find_header(grid([*PLAIN, "Purpose", "Use case"], ROW))
    assert "used_for" not in match.columns
    assert [(s.field, s.header) for s in match.suggestions if s.field == "used_for"] == [
        ("used_for", "Purpose"),
        ("used_for", "Use case"),
    ]


def test_the_config_settles_it() -> None:
    rows = grid(["Model", "Model name", *PLAIN[1:]], ["", *ROW])
    match = find_header(rows, TableSettings(columns={"name": "model  NAME"}))
    assert headers(match)["name"] == "Model name"


def test_the_config_takes_a_column_from_another_field() -> None:
    match = find_header(grid([*PLAIN, "Owner"], ROW), TableSettings(columns={"changed_by": "Owner"}))
    assert headers(match)["changed_by"] == "Owner"
    assert "owner" not in match.columns


def test_the_config_takes_one_header_for_two_columns() -> None:
    with pytest.raises(DoubtfulHeaders, match=r"'Name' for Name and for Version as well"):
        find_header(grid(PLAIN, ROW), TableSettings(columns={"name": "Name", "version": "Name"}))


def test_the_config_names_a_header_that_is_not_there() -> None:
    with pytest.raises(DoubtfulHeaders, match="no such heading") as caught:
        find_header(grid(PLAIN, ROW), TableSettings(columns={"owner": "Besitzer"}))
    assert "'Location'" in caught.value.fix


def test_the_config_names_a_header_that_no_row_has() -> None:
    with pytest.raises(DoubtfulHeaders, match="'Besitzer' for Owner"):
        find_header(grid(["Device", "Company"], ["x", "y"]), TableSettings(columns={"owner": "Besitzer"}))


def test_the_config_names_a_header_that_is_there_twice() -> None:
    with pytest.raises(DoubtfulHeaders, match="in columns F and G"):
        find_header(grid([*PLAIN, "Boss", "Boss"], ROW), TableSettings(columns={"owner": "boss"}))


def test_with_a_config_one_known_column_is_enough() -> None:
    match = find_header(grid(["Title"], ["Device", "Company"], ["x", "y"]), TableSettings(columns={"name": "Device"}))
    assert (match.header_row, headers(match)) == (2, {"name": "Device"})


def test_synonyms_of_other_languages() -> None:
    settings = TableSettings(synonyms={"name": ["Modell"], "training_date": ["Trainiert am"]})
    match = find_header(grid(["Modell", "Version", "TRAINIERT  am"], ROW), settings)
    assert list(match.columns) == ["name", "version", "training_date"]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Trained on", {"training_date", "data_source"}),
        ("Trainning date", {"training_date"}),
        ("Model version ID", set()),
        ("Date", {"training_date"}),
        ("Environment", {"location", "stage"}),
        ("Primary location", {"location"}),
        ("Risk", set()),
        ("Budget", set()),
        ("Publication date", set()),
    ],
)
def test_what_is_doubtful_is_suggested_and_not_taken(header: str, fields: set[str]) -> None:
    match = find_header(grid(["Name", "Version", header], ["a", "1", "x"]))
    assert list(match.columns) == ["name", "version"]
    assert {s.field for s in match.suggestions} == fields
    assert [column.header for column in match.own] == [header]


def test_a_suggestion_is_accepted_by_its_config_line() -> None:
    rows = grid(["Name", "Version", 'Trained "on"'], ["a", "1", date(2026, 1, 1)])
    where, _, line = config_line({"training_date": 'Trained "on"'}).partition(": ")
    assert where == "under [registry.columns]"
    said = tomllib.loads(line)
    assert said == {"Training date": 'Trained "on"'}
    match = find_header(rows, TableSettings(columns={"training_date": said["Training date"]}))
    assert match.columns["training_date"].index == 2


@pytest.mark.parametrize("words", [["Live", "Retired"], ["live ", "", "UAT"]])
def test_status_is_the_stage_when_all_its_words_are_stages(words: list[str]) -> None:
    match = find_header(grid(["Name", "Version", "Status"], *[["a", "1", word] for word in words]))
    assert headers(match)["stage"] == "Status"


@pytest.mark.parametrize("words", [["Live", "Approved"], ["", ""], ["yes"], [1.0], ["Live", True]])
def test_status_is_only_suggested_otherwise(words: list[Any]) -> None:
    match = find_header(grid(["Name", "Version", "Status"], *[["a", "1", word] for word in words]))
    assert "stage" not in match.columns
    assert "stage" in {s.field for s in match.suggestions}


def test_status_in_the_words_of_the_config() -> None:
    settings = TableSettings(stage_words={Stage.PRODUCTION: ["Approved"]})
    match = find_header(grid(["Name", "Version", "Status"], ["a", "1", "approved"]), settings)
    assert headers(match)["stage"] == "Status"


def test_check_is_ours_and_metrics_are_known() -> None:
    match = find_header(
        grid([*PLAIN, "Check", "Metric: MAPE (holidays)", "Metric: MAPE (holidays)", "Ours", "Ours"], ROW)
    )
    assert [(m.metric, m.period, m.index) for m in match.metrics] == [("MAPE", "holidays", 6), ("MAPE", "holidays", 7)]
    assert len({m.header for m in match.metrics}) == 2
    assert [column.header for column in match.own] == ["Ours", "Ours (J)"]


def test_headers_that_are_no_text() -> None:
    match = find_header(grid([*PLAIN, 2025.0, date(2026, 1, 1), True], ROW))
    assert [column.header for column in match.own] == ["2025", "2026-01-01", "TRUE"]


# Which tab


@pytest.mark.parametrize(
    "row",
    [
        PLAIN,
        ["Model", "Version"],
        ["Model name", "Training data"],
        ["Name", "Version", "Training date"],
        ["Name", "Trained", "Metric: MAPE"],
    ],
)
def test_looks_like_a_list_of_models(row: list[str]) -> None:
    assert models_likeness(grid(["Title"], row, ROW)) >= LIKELY


@pytest.mark.parametrize(
    "row",
    [
        ["Name", "Owner", "Location"],
        ["Name", "E-mail", "Stage"],
        ["Version", "Changes", "Changed by"],
        [
            "Location",
            "",
            "Owner",
            "E-mail",
            "Active",
            "",
            "Data source",
            "",
            "Model",
            "Version",
            "Column",
            "Why",
            "Until",
        ][:7],
        ["Device", "Company"],
        [],
    ],
)
def test_does_not_look_like_a_list_of_models(row: list[str]) -> None:
    assert models_likeness(grid(row, ROW)) < LIKELY


def test_more_columns_look_more_like_it() -> None:
    assert models_likeness(grid(PLAIN)) > models_likeness(grid(PLAIN[:3])) > models_likeness(grid(PLAIN[:2]))


cells = st.text(max_size=20) | st.sampled_from([w for c in COLUMNS for w in (c.header, *c.synonyms, *c.doubtful)])
others = st.floats() | st.booleans() | st.dates() | st.integers()


@given(st.lists(st.lists(cells | others, min_size=3, max_size=3), max_size=40))
def test_any_rows_are_a_match_or_doubtful(rows: list[list[Any]]) -> None:
    table = Grid("T", rows)
    assert 0 <= models_likeness(table) <= 1
    try:
        match = find_header(table)
    except DoubtfulHeaders:
        return
    places = [c.index for c in (*match.columns.values(), *match.metrics, *match.own)]
    assert len(places) == len(set(places))
