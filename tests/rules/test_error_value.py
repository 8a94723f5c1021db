from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity

from .support import checked, hits


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!"])
def test_an_error_cell_is_said_to_show_its_error(error: str) -> None:
    (hit,) = hits("error-value", [{"Data source": error}])
    assert hit.message.startswith(f"The cell shows {error} instead of a value.")
    assert hit.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("stage", "header", "severity"),
    [
        ("Production", "Why", Severity.WARNING),
        ("Testing", "Location", Severity.WARNING),
        ("Archived", "Version", Severity.ERROR),
        ("Archived", "Location", None),
    ],
)
def test_it_is_as_hard_as_the_gap_and_never_only_mentioned(stage: str, header: str, severity: Severity | None) -> None:
    found = hits("error-value", [{"Stage": stage, header: "#N/A"}])
    assert [hit.severity for hit in found] == ([severity] if severity else [])


@pytest.mark.parametrize("header", ["Name", "Version", "Training date", "Location", "Owner", "Data source"])
def test_it_explains_whatever_else_the_cell_would_give(header: str) -> None:
    result = checked([{header: "#REF!"}], locations=["Berlin plant"], owners=["Anna Meier"])
    assert [f.rule for f in result.findings if f.severity is not Severity.INFO] == ["error-value"]


def test_a_value_that_speaks_of_an_error_is_a_value() -> None:
    assert hits("error-value", [{"Data source": "rows with #N/A removed"}]) == []
