from __future__ import annotations

from .support import checked, hits


def test_the_cell_is_named() -> None:
    (hit,) = hits("far-cell", [{}], beyond=["XFD1048576"])
    assert hit.message == "There is content far outside the table, at XFD1048576. It was not read."
    assert "type XFD1048576" in hit.fix


def test_many_cells_are_one_finding() -> None:
    (hit,) = hits("far-cell", [{}], beyond=[f"XFD{n}" for n in range(900_000, 900_005)])
    assert hit.message.endswith("at XFD900000, XFD900001, XFD900002 and 2 more. It was not read.")


def test_it_is_a_finding_of_the_sheet() -> None:
    (finding,) = [f for f in checked([{}], beyond=["XFD1048576"]).findings if f.rule == "far-cell"]
    assert (finding.row, finding.column) == (None, None)


def test_a_sheet_without_such_a_cell() -> None:
    assert hits("far-cell", [{}]) == []
