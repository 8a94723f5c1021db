"""Hostile workbooks of other projects: made registries in place, they lose nothing; unreadable ones are left alone."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from registry_sheets.cli.init_steps import Wish, in_place
from registry_sheets.config import load
from registry_sheets.errors import RegistrySheetsError, UnreadableWorkbook, WriteRefused
from registry_sheets.wiring.passes import pass_over
from registry_sheets.workbooks.excel.obstacles import obstacles
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from registry_sheets.workbooks.excel.zipcopy import Archive

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "xlsx-corpus"
DAY = date(2026, 7, 1)
SLOW_IN_OPENPYXL = 100_000
"""openpyxl takes minutes over some files of the corpus; sheets are compared up to so many bytes of XML a part."""

needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of hostile workbooks is not beside the repo")


@cache
def _sorted_files() -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The files that can be read, and those that cannot."""
    if not CORPUS.exists():
        return (), ()
    files = sorted(path for path in CORPUS.iterdir() if path.name != "MANIFEST.tsv")
    good = tuple(path for path in files if _reads(path))
    return good, tuple(path for path in files if path not in good)


def _reads(path: Path) -> bool:
    try:
        read_snapshot(path)
    except RegistrySheetsError:
        return False
    return True


def made(path: Path, folder: Path) -> Path:
    """A copy that went through init --add-tab and sync. Raises WriteRefused where it must not be written."""
    copy = folder / path.name
    shutil.copyfile(path, copy)
    in_place(Wish(str(copy), "", {}, add_tab=True, marks=None, config=None, dry_run=False))
    (registry,) = load(sheet=copy, environment={}).registries
    pass_over(registry, DAY)
    return copy


@needs_corpus
@pytest.mark.parametrize("path", _sorted_files()[0], ids=lambda path: path.name)
def test_nothing_is_lost(path: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        copy = made(path, tmp_path)
    except (WriteRefused, UnreadableWorkbook):
        assert _must_not_be_written(path) or _damaged(path), "only what must not be written in place is refused"
        assert hashlib.sha256((tmp_path / path.name).read_bytes()).hexdigest() == before
        return
    marked = read_snapshot(copy)
    if not read_snapshot(path).obstacles:
        assert {"findings", "live", "guide"} <= set(marked.own_tabs)
        assert marked.marked_tab
    _same_parts(path, copy, marked.marked_tab or "")
    _same_for_us(path, copy)
    if not any(read_snapshot(path).grid(title).beyond for title in _sound_titles(path)):
        _same_in_calamine(path, copy)
    _same_in_openpyxl(path, copy)


def _must_not_be_written(path: Path) -> bool:
    try:
        with Archive(path) as archive:
            return any(obstacles(Package(archive)))
    except WriteRefused:  # a part that is there twice
        return True


def _damaged(path: Path) -> bool:
    """Whether a part does not match its checksum."""
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is not None


# Parts


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        found = {}
        for info in archive.infolist():
            try:
                found[_key(info.filename)] = archive.read(info)
            except (zipfile.BadZipFile, NotImplementedError, EOFError):
                found[_key(info.filename)] = repr((info.CRC, info.file_size)).encode()  # damaged: told by its record
        return found


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _same_parts(before: Path, after: Path, marked: str) -> None:
    old, new = _contents(before), _contents(after)
    declared = _declared(old, new, marked)
    lost = set(old) - set(new)
    assert all("calcchain" in key for key in lost), lost
    changed = {key for key in set(old) & set(new) if old[key] != new[key]}
    assert changed <= declared, changed - declared


def _declared(old: dict[str, bytes], new: dict[str, bytes], marked: str) -> set[str]:
    """The parts that a registry's making may change: the book, its index, its looks, and the marked tab."""
    book = next(target for kind, target in _relations(old, "") if kind == "officeDocument")
    rels = posixpath.join(posixpath.dirname(book), "_rels", f"{posixpath.basename(book)}.rels")
    looks = {target for kind, target in _relations(old, book) if kind == "styles"}
    declared = {"[content_types].xml", book, rels, *looks}
    tab = _part_of(new, book, marked)
    if tab in old:
        declared.add(tab)
        assert _without_marks(old[tab]) == _without_marks(new[tab]), "only marks were added to the tab"
    return declared


def _without_marks(content: bytes) -> bytes:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16").encode()
    marks = rb"<(\w+:)?conditionalFormatting\b.*?</(\w+:)?conditionalFormatting>"
    return re.sub(marks, b"", content, flags=re.S)


def _relations(parts: dict[str, bytes], source: str) -> list[tuple[str, str]]:
    folder, name = posixpath.split(source)
    content = parts.get(posixpath.join(folder, "_rels", f"{name}.rels").lstrip("/"))
    if content is None:
        return []
    found = []
    for item in ElementTree.fromstring(content):
        if item.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, item.get("Target", "").replace("\\", "/")))
            found.append((item.get("Type", "").rpartition("/")[2], _key(target)))
    return found


def _part_of(parts: dict[str, bytes], book: str, title: str) -> str:
    """The part of a tab."""
    folder, name = posixpath.split(book)
    rels = ElementTree.fromstring(parts[posixpath.join(folder, "_rels", f"{name}.rels")])
    targets = {item.get("Id"): item.get("Target", "").replace("\\", "/") for item in rels}
    for item in ElementTree.fromstring(parts[book]).iter():
        if item.tag.endswith("}sheet") and item.get("name") == title:
            id_ = next((value for key, value in item.attrib.items() if key.endswith("}id")), None)
            return _key(posixpath.normpath(posixpath.join("/", folder, targets.get(id_, ""))))
    return ""


# Cells, by three readers


def _sound_titles(path: Path) -> list[str]:
    snapshot = read_snapshot(path)
    return [title for title in snapshot.titles if not isinstance(_tab(snapshot, title), str)]


def _tab(snapshot: Any, title: str) -> Any:
    try:
        grid = snapshot.grid(title)
    except RegistrySheetsError as error:
        return error.message
    cells = {(r, c): (type(cell), cell) for r, row in enumerate(grid.rows) for c, cell in enumerate(row) if cell != ""}
    return cells, dict(grid.errors), grid.uncached, grid.beyond


def _same_for_us(before: Path, after: Path) -> None:
    old, new = read_snapshot(before), read_snapshot(after)
    for title in old.titles:
        assert _tab(old, title) == _tab(new, title)


def _same_in_calamine(before: Path, after: Path) -> None:
    import python_calamine

    try:
        old = python_calamine.load_workbook(str(before))
    except Exception:  # calamine cannot read it
        return
    new = python_calamine.load_workbook(str(after))
    assert new.sheet_names[: len(old.sheet_names)] == old.sheet_names
    for title in old.sheet_names:
        assert _calamine_rows(new, title) == _calamine_rows(old, title)


def _calamine_rows(workbook: Any, title: str) -> Any:
    try:
        return workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except Exception as error:  # a chart sheet, or a damaged one: the same before and after
        return type(error)


def _same_in_openpyxl(before: Path, after: Path) -> None:
    import openpyxl

    if any(len(content) > SLOW_IN_OPENPYXL for key, content in _contents(before).items() if "/worksheets/" in key):
        return
    try:
        old = openpyxl.load_workbook(before)
    except Exception:  # openpyxl cannot read it
        return
    new = openpyxl.load_workbook(after)
    for tab in old.worksheets:
        assert _openpyxl_cells(new[tab.title]) == _openpyxl_cells(tab)


def _openpyxl_cells(tab: Any) -> Any:
    return {place: (cell.data_type, _plain(cell.value), cell.number_format) for place, cell in tab._cells.items()}


def _plain(value: Any) -> Any:
    """Array formulas and data tables are objects without an equality of their own."""
    return vars(value) if hasattr(value, "__dict__") else value


# LibreOffice


@needs_corpus
@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_libreoffice_opens_what_it_opened_before(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    for path in _sorted_files()[0]:
        folder = tmp_path / "work" / path.name
        folder.mkdir(parents=True)
        try:
            copy = made(path, folder)
        except (WriteRefused, UnreadableWorkbook):
            continue
        name = path.name.replace("~$", "note-")
        shutil.copyfile(path, before / name)
        shutil.copyfile(copy, after / name)
    assert _opened(before, tmp_path) <= _opened(after, tmp_path)


def _opened(folder: Path, profiles: Path) -> set[str]:
    """The workbooks that LibreOffice opens, shown by what it saves of them; a crash does not hide the rest."""
    out = folder / "out"
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for at in range(0, len(files), 10):
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(profiles / 'profile').as_uri()}", "--headless",
             "--convert-to", "csv", "--outdir", str(out), *map(str, files[at : at + 10])],
            capture_output=True, timeout=600, check=False,
        )  # fmt: skip
    return {path.stem for path in out.iterdir()}


# What cannot be read


@needs_corpus
@pytest.mark.parametrize("path", _sorted_files()[1], ids=lambda path: path.name)
def test_an_unreadable_file_is_one_sentence_and_stays_as_it_is(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copyfile(path, copy)
    os.utime(copy, (1e9, 1e9))  # long ago, so nobody is still saving it
    for command in (["init", str(copy), "--add-tab"], ["sync", str(copy)]):
        done = subprocess.run(
            [sys.executable, "-m", "registry_sheets", *command],
            capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert "Traceback" not in done.stderr
    assert copy.read_bytes() == path.read_bytes()
    assert not (tmp_path / "config.toml").exists()
