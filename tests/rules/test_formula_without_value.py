from __future__ import annotations

from registry_sheets.registry.findings import Severity

from .support import checked, hits


def test_a_formula_without_its_result_is_no_blank() -> None:
    (hit,) = hits("formula-without-value", [{"Data source": "=Sources!B2"}])
    assert (hit.field, hit.severity) == ("data_source", Severity.ERROR)
    assert "save it once" in hit.fix


def test_it_is_the_one_finding_of_its_cell() -> None:
    result = checked([{"Training date": "=TODAY()"}])
    assert [f.rule for f in result.findings if f.severity is not Severity.INFO] == ["formula-without-value"]


def test_archived_rows_keep_their_identity() -> None:
    found = hits("formula-without-value", [{"Stage": "Archived", "Name": "=A1", "Location": "=A2"}])
    assert [hit.field for hit in found] == ["name"]
