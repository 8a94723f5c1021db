from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity

from .support import checked, hits


@pytest.mark.parametrize("header", ["Version", "Training date", "Data source", "Location"])
def test_one_finding_for_the_sheet(header: str) -> None:
    (hit,) = hits("missing-column", [{header: None}, {header: None}])
    assert (hit.index, hit.severity, hit.message) == (None, None, f"The sheet has no column '{header}'.")


def test_the_finding_names_the_column_and_no_cell() -> None:
    (finding,) = [f for f in checked([{"Location": None}]).findings if f.rule == "missing-column"]
    assert finding.severity is Severity.ERROR
    assert (finding.row, finding.column, finding.cell, finding.tab) == (None, "Location", None, "Models")


def test_no_stage_is_mentioned() -> None:
    (hit,) = hits("missing-column", [{"Stage": None}])
    assert (hit.field, hit.severity) == ("stage", Severity.INFO)
    assert hit.fix.endswith("Until then every row is read as Testing.")


@pytest.mark.parametrize(("stage", "found"), [("Production", [Severity.WARNING]), ("Testing", [])])
def test_no_owner_matters_once_something_is_live(stage: str, found: list[Severity]) -> None:
    assert [hit.severity for hit in hits("missing-column", [{"Owner": None, "Stage": stage}])] == found


def test_other_columns_may_be_missing() -> None:
    lacking = ("Why", "Used for", "What changed", "Changed by", "Deployed on", "Last reviewed")
    assert hits("missing-column", [dict.fromkeys(lacking)]) == []
