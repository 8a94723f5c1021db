from __future__ import annotations

from dataclasses import replace

from registry_sheets.registry.rules.recorded_edit_lost import RULE

from .support import checked, hits

(LOST,) = RULE.bad.edits


def test_a_row_that_is_gone_is_named() -> None:
    (hit,) = hits("recorded-edit-lost", [{}], edits=(LOST,))
    assert (hit.index, hit.field, hit.name, hit.version) == (None, None, "AC failure", "3.2")
    assert hit.message == (
        "'record AC failure 3.2', given by jonas@training-1 on 2026-06-30, was written and is lost again: its row is "
        "not in the sheet. Somebody may have saved an older copy of the workbook over it."
    )
    assert f"registry-sheets outbox retry {LOST.id}" in hit.fix
    assert f"registry-sheets outbox drop {LOST.id}" in hit.fix


def test_a_row_that_is_there_is_told_by_its_place() -> None:
    found = checked([{}], edits=(replace(LOST, version="3.1", index=0),)).findings
    (finding,) = (one for one in found if one.rule == "recorded-edit-lost")
    assert (finding.rule, finding.severity, finding.row, finding.version) == (
        "recorded-edit-lost",
        "warning",
        2,
        "3.1",
    )


def test_archived_rows_are_judged_too() -> None:
    found = checked([{"Stage": "Archived"}], edits=(replace(LOST, index=0),)).findings
    assert [one.rule for one in found] == ["recorded-edit-lost"]


def test_an_edit_that_does_not_fit_is_another_rules() -> None:
    assert hits("recorded-edit-lost", [{}], edits=(replace(LOST, kind="unfit"),)) == []
