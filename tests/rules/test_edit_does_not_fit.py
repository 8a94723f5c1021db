from __future__ import annotations

from dataclasses import replace

from registry_sheets.registry.rules.edit_does_not_fit import RULE

from .support import checked, hits

(UNFIT,) = RULE.bad.edits


def test_the_edit_and_the_reason_are_named() -> None:
    (hit,) = hits("edit-does-not-fit", [{}], edits=(UNFIT,))
    assert (hit.index, hit.field) == (0, None)
    assert hit.message == (
        "'promote AC failure 3.1 at Berlin plant', given by jonas@training-1 on 2026-06-30, waited in the outbox and "
        "does not fit the sheet any more. Row 2, Stage holds Archived now; when the command was given it held Testing."
    )
    assert f"outbox retry {UNFIT.id}" in hit.fix


def test_a_row_that_is_gone_is_told_by_its_name() -> None:
    found = checked([{}], edits=(replace(UNFIT, version="9", index=None),)).findings
    (finding,) = (one for one in found if one.rule == "edit-does-not-fit")
    assert (finding.rule, finding.severity, finding.row, finding.name, finding.version) == (
        "edit-does-not-fit",
        "warning",
        None,
        "AC failure",
        "9",
    )


def test_a_lost_edit_is_another_rules() -> None:
    assert hits("edit-does-not-fit", [{}], edits=(replace(UNFIT, kind="lost"),)) == []
