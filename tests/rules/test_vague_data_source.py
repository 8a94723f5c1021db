from __future__ import annotations

import pytest

from registry_sheets.registry.table import Lists

from .support import checked, hits


def found(*sources: str, **how: object) -> list[tuple[int | None, str]]:
    rows = [{"Data source": source} for source in sources]
    return [(hit.index, hit.message) for hit in hits("vague-data-source", rows, **how)]


def test_a_text_of_general_words_is_found_with_what_to_do() -> None:
    (hit,) = hits("vague-data-source", [{}, {"Data source": "data from last year"}])
    assert (hit.index, hit.field) == (1, "data_source")
    assert hit.message == "'data from last year' does not say which data."
    assert hit.fix == "Name the table, file or snapshot, such as 'CRM export 2026-06-30'."


def test_a_pointer_is_told_why_it_will_not_hold() -> None:
    (hit,) = hits("vague-data-source", [{"Data source": "same as before"}])
    assert hit.message == "'same as before' only points elsewhere; it does not say which data."
    assert "rows move" in hit.fix


def test_every_row_with_it_is_found() -> None:
    assert [index for index, _ in found("misc", "CRM export 2026-06-30", "misc")] == [0, 2]


def test_what_lists_names_is_never_vague() -> None:
    lists = Lists(tab="Lists", data_sources=("Customer data",))
    assert found("customer  data", "misc data", lists=lists) == [(1, "'misc data' does not say which data.")]


@pytest.mark.parametrize("source", ["", " ", "crm.customers", "Zendesk tickets", "s3://exports/2026"])
def test_blanks_and_names_are_not_found(source: str) -> None:
    assert found(source) == []


@pytest.mark.parametrize("source", ["n/a", "TBD", "unknown", "see above", "ditto", "no data", "same as above"])
def test_a_cell_is_never_found_both_vague_and_a_placeholder(source: str) -> None:
    rules = [finding.rule for finding in checked([{"Data source": source}]).findings if finding.field == "data_source"]
    assert len(rules) == 1


def test_archived_rows_are_left_alone() -> None:
    result = checked([{"Data source": "misc", "Stage": "Archived"}])
    assert "vague-data-source" not in {finding.rule for finding in result.findings}
