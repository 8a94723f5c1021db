"""A row's facts and their text: however it is put together, it is encode()'s."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.facts import coded_facts_of_all, decode, encode

HEADERS = ["Name", "Version", "Training date", "Location", "Stage", "Metric: MAPE", "Zebra", 'Say "so"']
cells = st.one_of(
    st.text(max_size=4),
    st.sampled_from(["Berlin; Ulm", "Production", "3.4", "a\ud800", 'tab\t"', "é\u2028", "\xa0"]),
    st.sampled_from([0, 1, 1.0, 2.5, True, False, date(2026, 7, 1)]),
)


@given(st.lists(st.lists(cells, min_size=len(HEADERS), max_size=len(HEADERS)), min_size=1, max_size=6))
def test_the_text_of_a_rows_facts_is_that_of_encode(rows: list[list[Any]]) -> None:
    grid = Grid("Models", [HEADERS, *[["AC", "1", *row[2:]] for row in rows]])
    for facts, code in coded_facts_of_all(parse_models(grid, find_header(grid))):
        assert code == encode(facts)
        assert decode(code) == facts


def test_what_looks_alike_and_is_not_is_told_apart() -> None:
    grid = Grid("Models", [["Name", "Version", "Zebra"], ["AC", "1", 1], ["AC", "2", True], ["AC", "3", ""]])
    told = [facts.get("+Zebra") for facts, _ in coded_facts_of_all(parse_models(grid, find_header(grid)))]
    assert told == ["1", "TRUE", None]
