"""Hostile workbooks from other projects: rewritten, they keep every part and every cell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.registry.sheets import Mark, Sheet
from registry_sheets.workbooks.base import AppendRow, RowEdit, SetCell
from registry_sheets.workbooks.excel.package import Changes
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from registry_sheets.workbooks.excel.zipcopy import Archive
from tests.support.packages import changed, differing, findings, lists, models

CORPUS = Path(__file__).parents[2].parent / "shared" / "xlsx-corpus"
MARKS = (Mark("A2:C1048576", "SUMPRODUCT(--EXACT(_registry_sheets.keys,$A2))>0", "error"),)
REFUSED = {
    # What must not be written in place, whatever the change.
    "libreoffice__tdf118938.xlsx": "reserved",
    "oxmlsdk__Revision_NameCommentChange.xlsx": "tracks changes",
    "poi__ms-office-2010-signed.xlsx": "signed",
    "poi__sample-beta.xlsx": "beta",
    "poi__duplicate-filename.xlsx": "twice",
}
CLOCK = {"poi__stress024"}
"""Workbooks that show the time of day, so that no two looks are alike."""

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of hostile workbooks is not beside the repo")


def files() -> list[Path]:
    """Those that our reader reads and that are whole."""
    if not CORPUS.exists():
        return []
    return [path for path in sorted(CORPUS.iterdir()) if path.suffix != ".tsv" and _first_tab(path)]


def _first_tab(path: Path) -> str:
    try:
        with Archive(path) as archive:
            package = Package(archive)
            tabs = [sheet for sheet in package.sheets if sheet.kind == "worksheet" and sheet.part]
            for sheet in tabs:
                archive.read(package.entry(sheet.part))
            read_snapshot(path)
    except RegistrySheetsError:
        return ""
    return tabs[0].title if tabs else ""


def whole(path: Path) -> Changes:
    """Everything that a rewrite can do to tabs."""
    own: tuple[Sheet, ...] = (findings(5),)
    return Changes(own=own, people=(models(), lists()), marks_tab=_first_tab(path), marks=MARKS)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_registry_is_made_of_it_and_made_again(path: Path, tmp_path: Path) -> None:
    if path.name in REFUSED:
        with pytest.raises(RegistrySheetsError, match=REFUSED[path.name]):
            changed(path, whole(path), tmp_path / path.name)
        return
    new, done = changed(path, whole(path), tmp_path / path.name)
    declared = {*done.changed, *done.added, *done.removed}
    assert {name.replace("\\", "/").casefold() for name in differing(path, new)} == declared
    read = read_snapshot(new)
    assert read.own_tabs["findings"] == done.titles["findings"]
    again, done = changed(new, whole(path), tmp_path / f"again-{path.name}")
    assert (dict(done.changed), done.added, done.removed) == ({}, (), ())
    assert again.read_bytes() == new.read_bytes()


SETS = (SetCell(2, 1, date(2026, 1, 2)), SetCell(300, 20, "new & <old>"), SetCell(4, 0, ""))
ROWS = (AppendRow({0: "Name", 1: "3.10", 2: date(2026, 1, 2)}), AppendRow({0: "Other", 1: "3.11"}))


@pytest.mark.parametrize("edits", [SETS, ROWS], ids=["cells", "rows"])
@pytest.mark.parametrize("path", [p for p in files() if p.name not in REFUSED], ids=lambda path: path.name)
def test_only_the_edited_cells_differ(path: Path, edits: Sequence[RowEdit], tmp_path: Path) -> None:
    title = _first_tab(path)
    changes = Changes(edits_tab=title, edits=tuple(edits))
    if _left_alone(path, changes, tmp_path / path.name):
        return
    new, done = changed(path, changes, tmp_path / path.name)
    before, after = read_snapshot(path), read_snapshot(new)
    places = {place for cells in done.cells.values() for place in cells}
    for tab in before.titles:
        old, now = before.grid(tab), after.grid(tab)
        cells = [
            {(r, c): (type(v), v) for r, row in enumerate(grid.rows) for c, v in enumerate(row) if v != ""}
            for grid in (old, now)
        ]
        differ = {place for place in cells[0].keys() | cells[1].keys() if cells[0].get(place) != cells[1].get(place)}
        # The area that is read at once may take in or leave out a far cell.
        assert differ - {*old.beyond, *now.beyond} <= (places if tab == title else set())
        assert old.errors.items() - now.errors.items() <= {(place, old.errors.get(place, "")) for place in places}


def _left_alone(path: Path, changes: Changes, target: Path) -> bool:
    """Whether formulas, merged cells, headers or totals stand in the way, which a sentence says."""
    try:
        changed(path, changes, target)
    except RegistrySheetsError as error:
        return bool(error.fix) and not target.exists()
    return False


SHEETS_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
SAMPLE = 3
"""Every so many files; all of them take minutes."""


@pytest.mark.libreoffice
@pytest.mark.slow
def test_libreoffice_shows_the_same_cells(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    sample = [path for path in files() if path.name not in REFUSED][::SAMPLE]
    (tmp_path / "new").mkdir()
    made = [changed(path, whole(path), tmp_path / "new" / path.name)[0] for path in sample]
    before, after = _shown(sample, tmp_path / "a"), _shown(made, tmp_path / "b")
    opened = {path.stem for path in sample if any(name.startswith(f"{path.stem}-") for name in before)}
    assert len(opened) > len(sample) // 2
    assert all(any(name.startswith(f"{stem}-Findings") for name in after) for stem in opened)
    steady = {name: text for name, text in before.items() if name.partition("-")[0] not in CLOCK}
    assert {name for name, text in steady.items() if after.get(name) != text} == set()


def _shown(paths: Sequence[Path], folder: Path) -> dict[str, str]:
    """What LibreOffice shows in each tab: file and tab -> its cells as CSV."""
    for at in range(0, len(paths), 10):  # a file on which it dies takes only few others with it
        arguments = ["--convert-to", SHEETS_AS_CSV, "--outdir", str(folder / "out"), *map(str, paths[at : at + 10])]
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *arguments],
            capture_output=True,
            timeout=240,
            check=False,
        )
    return {path.stem: path.read_text("utf-8") for path in sorted((folder / "out").iterdir())}
