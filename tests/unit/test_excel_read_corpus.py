"""Hostile workbooks from other projects' test suites: each reads, or is refused in one sentence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from registry_sheets.errors import RegistrySheetsError, UnreadableWorkbook
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.workbooks.excel.snapshot import ExcelSnapshot, read_snapshot

CORPUS = Path(__file__).parents[2].parent / "shared" / "xlsx-corpus"
MANIFEST = CORPUS / "MANIFEST.tsv"
DAMAGED_TABS = {
    # One or more tabs do not match their checksum; calamine reads on regardless, or fails.
    "libreoffice__forcepoint107.xlsx",
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5937385319563264.xlsx",
}


def entries() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


needs_corpus = pytest.mark.skipif(
    not MANIFEST.exists(), reason="the corpus of hostile workbooks is not beside the repository"
)


def readable(entry: dict[str, str]) -> bool:
    return entry["python_calamine_0.9.1"] == "ok" or entry["openpyxl_3.1.5_load"].startswith("ok")


@needs_corpus
@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["file"])
def test_it_reads_or_is_one_sentence(entry: dict[str, str]) -> None:
    path = CORPUS / entry["file"]
    if not readable(entry) and path.name not in DAMAGED_TABS:
        with pytest.raises(UnreadableWorkbook) as caught:
            read_snapshot(path)
        assert caught.value.fix
        assert "\n" not in str(caught.value)
        return
    snapshot = read_snapshot(path)
    assert snapshot.titles
    for title in snapshot.titles:
        try:
            _holds_together(snapshot.grid(title))
        except UnreadableWorkbook:
            assert path.name in DAMAGED_TABS


def _holds_together(grid: Grid) -> None:
    assert len({len(row) for row in grid.rows}) <= 1
    for row, column in [*grid.errors, *grid.uncached]:
        if row < len(grid.rows) and column < len(grid.rows[row]):
            assert grid.rows[row][column] == ""


@needs_corpus
@pytest.mark.parametrize("entry", [e for e in entries() if readable(e)], ids=lambda entry: entry["file"])
def test_both_readers_agree(entry: dict[str, str]) -> None:
    snapshot = read_snapshot(CORPUS / entry["file"])
    exact = read_snapshot(CORPUS / entry["file"])
    _stream_only(exact)
    for title in snapshot.titles:
        try:
            one, other = snapshot.grid(title), exact.grid(title)
        except RegistrySheetsError:
            assert entry["file"] in DAMAGED_TABS
            continue
        assert _trimmed(one.rows) == _trimmed(other.rows)
        assert (one.errors, one.uncached, one.beyond) == (other.errors, other.uncached, other.beyond)


def _stream_only(snapshot: ExcelSnapshot) -> None:
    snapshot._reader.__dict__["_calamine"] = None


def _trimmed(rows: list[list[Cell]]) -> list[list[tuple[type, Cell]]]:
    """Without blank cells at the end of rows and of the tab; 1, 1.0 and True told apart."""
    kept = [[(type(cell), cell) for cell in row] for row in rows]
    for row in kept:
        while row and row[-1][1] == "":
            row.pop()
    while kept and not kept[-1]:
        kept.pop()
    return kept
