from __future__ import annotations

import pytest
from pydantic import ValidationError

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.rules.gaps import GAPS
from registry_sheets.registry.table import Stage

from .support import FAULTLESS, checked, hits

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def graded(stage: object, **blank: object) -> dict[str | None, Severity | None]:
    row = {"Name": "", "Version": "", "Training date": "", "Data source": "", "Location": "", "Owner": "", **blank}
    return {hit.field: hit.severity for hit in hits("missing-value", [{**row, "Stage": stage}])}


def test_production_needs_the_five_and_an_owner() -> None:
    needed = ("name", "version", "training_date", "data_source", "location", "owner")
    assert graded("Production") == dict.fromkeys(needed, ERROR)
    assert set(GAPS[Stage.PRODUCTION]) == {c.field for c in COLUMNS if c.need == "required"} | {"owner"}


@pytest.mark.parametrize("stage", ["Testing", "", "some unknown word", None])
def test_testing_waits_for_the_location(stage: object) -> None:
    expected = dict.fromkeys(("name", "version", "training_date", "data_source"), ERROR) | {"location": WARNING}
    assert graded(stage) == expected


def test_archived_needs_only_its_identity() -> None:
    assert graded("Archived") == {"name": ERROR, "version": ERROR}


def test_a_filled_row_and_blank_recommended_cells_are_fine() -> None:
    assert hits("missing-value", [FAULTLESS, {"Why": "", "Used for": "", "Last reviewed": "", "Run link": ""}]) == []


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u200b", "\n"])
def test_white_space_is_no_value(blank: str) -> None:
    assert [hit.field for hit in hits("missing-value", [{"Data source": blank}])] == ["data_source"]


@pytest.mark.parametrize("cell", ["spring", 46203, "#N/A", "=A1", True])
def test_what_is_not_understood_is_not_blank(cell: object) -> None:
    assert hits("missing-value", [{"Training date": cell}]) == []


@pytest.mark.parametrize("cell", [0, "0", False])
def test_nought_is_a_value(cell: object) -> None:
    assert hits("missing-value", [{"Version": cell, "Name": cell, "Data source": cell}]) == []


def test_further_columns_can_be_asked_for() -> None:
    rows = [{"Why": ""}, {"Why": "", "Stage": "Archived"}, {"Why": "because"}]
    found = hits("missing-value", rows, options={"also": ["why", "What changed"]})
    assert [(hit.index, hit.field, hit.severity) for hit in found] == [(0, "why", WARNING)]
    assert found[0].message == "Why is blank."


def test_a_column_that_the_sheet_lacks_is_not_named_row_by_row() -> None:
    result = checked([{"Location": None}, {"Location": None, "Version": "4"}])
    assert [(f.rule, f.row) for f in result.findings if f.severity is ERROR] == [("missing-column", None)]


def test_a_column_that_does_not_exist_cannot_be_asked_for() -> None:
    with pytest.raises(ValidationError, match="'Reason why' is not a column"):
        hits("missing-value", [{}], options={"also": ["Reason why"]})
