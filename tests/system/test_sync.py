"""`sync` on real files: what it writes, and what it leaves alone."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import socket
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.command import run
from tests.support.workbooks import GAP, RIGHT, VAGUE, make

DAY = ("--today", "2026-06-30")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _texts_of_backups(folder: Path) -> set[str]:
    held = (load_workbook(path) for path in folder.rglob("*.xlsx"))
    tabs = (workbook["Findings"] for workbook in held if "Findings" in workbook.sheetnames)
    return {str(cell.value) for tab in tabs for row in tab.iter_rows() for cell in row}


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A workbook with findings, already synced once."""
    path = make(tmp_path / "models.xlsx", (*RIGHT, VAGUE, GAP))
    done = run("sync", "models.xlsx", *DAY, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    return path


def test_findings_and_live_are_in_the_workbook(registry: Path) -> None:
    workbook = load_workbook(registry)
    assert {"Models", "Findings", "Live"} <= set(workbook.sheetnames)
    texts = {str(cell.value) for row in workbook["Findings"].iter_rows() for cell in row}
    assert "'data from last year' does not say which data." in texts
    assert "3.2" in {cell.value for row in workbook["Live"].iter_rows() for cell in row}


def test_the_people_s_tab_is_carried_over_byte_for_byte(tmp_path: Path) -> None:
    path = make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    before = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    run("sync", "models.xlsx", *DAY, folder=tmp_path)
    assert zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml") == before


def test_an_unchanged_sheet_is_an_unchanged_file_also_a_day_on(registry: Path) -> None:
    before, stat = _hash(registry), registry.stat()
    assert run("sync", "models.xlsx", *DAY, folder=registry.parent).returncode == 1
    assert run("sync", "models.xlsx", "--today", "2026-07-01", folder=registry.parent).returncode == 1
    assert _hash(registry) == before
    assert registry.stat().st_mtime_ns == stat.st_mtime_ns
    assert registry.stat().st_ino == stat.st_ino


def test_the_published_files_say_the_same(registry: Path) -> None:
    (folder,) = (registry.parent / "output").iterdir()
    told = json.loads((folder / "findings.json").read_text())
    rows = list(csv.DictReader((folder / "findings.csv").open(encoding="utf-8-sig")))
    assert [one["rule"] for one in told["findings"]] == [row["rule"] for row in rows]
    assert {"vague-data-source", "missing-value"} <= {row["rule"] for row in rows}


def test_a_mended_cell_leaves_the_findings(registry: Path) -> None:
    workbook = load_workbook(registry)
    workbook["Models"]["E5"] = "Clinic"
    workbook["Models"]["D4"] = "Bookings 2026-01"
    workbook.save(registry)
    run("sync", "models.xlsx", *DAY, folder=registry.parent)
    texts = {str(cell.value) for row in load_workbook(registry)["Findings"].iter_rows() for cell in row}
    assert not any("does not say which data" in text for text in texts)


def test_what_people_typed_into_an_own_tab_is_named_with_its_backup(registry: Path) -> None:
    workbook = load_workbook(registry)
    workbook["Findings"]["C30"] = "I will fix this tomorrow"
    workbook["Models"]["E5"] = "Clinic"
    workbook.save(registry)
    done = run("sync", "models.xlsx", *DAY, folder=registry.parent)
    assert "I will fix this tomorrow" in done.stderr
    assert "backup" in done.stderr
    assert "I will fix this tomorrow" in _texts_of_backups(registry.parent / ".registry-sheets")


def test_a_tab_of_people_s_that_got_our_hidden_name_is_not_written_over(registry: Path) -> None:
    """As when Findings was cut, pasted at A1 of another tab, and deleted."""
    workbook = load_workbook(registry)
    notes = workbook.create_sheet("Notes")
    notes["A1"], notes["A2"] = "Findings", "What we said in the meeting"
    del workbook["Findings"]
    workbook.defined_names["_registry_sheets.findings"].attr_text = "Notes!$A$1"
    workbook["Models"]["E5"] = "Clinic"
    workbook.save(registry)
    before = _hash(registry)
    done = run("sync", "models.xlsx", *DAY, folder=registry.parent)
    assert _hash(registry) == before
    assert "'Notes'" in done.stderr
    assert (registry.parent / "models findings.xlsx").is_file()


def test_sorting_an_own_tab_is_not_typing(registry: Path) -> None:
    workbook = load_workbook(registry)
    tab = workbook["Findings"]
    first = next(row for row in range(1, 20) if tab.cell(row, 1).value == "Severity") + 1
    for column in (2, 3, 4, 6, 7, 8):
        one, other = tab.cell(first, column), tab.cell(first + 1, column)
        one.value, other.value = other.value, one.value
    tab.cell(first, 5).value = "Z99"
    workbook["Models"]["E5"] = "Clinic"
    workbook.save(registry)
    done = run("sync", "models.xlsx", *DAY, folder=registry.parent)
    assert "Somebody typed" not in done.stderr


def test_an_open_workbook_is_left_alone_and_the_findings_go_beside(tmp_path: Path) -> None:
    path = make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    lock = tmp_path / ".~lock.models.xlsx#"
    lock.write_text(f",anna,otherhost,{'01.01.2026 10:00'},file:///home/anna;")
    before = _hash(path)
    done = run("sync", "models.xlsx", *DAY, folder=tmp_path)
    assert _hash(path) == before
    assert "anna" in done.stderr
    assert (tmp_path / "models findings.xlsx").is_file()
    lock.unlink()
    run("sync", "models.xlsx", *DAY, folder=tmp_path)
    assert "Findings" in load_workbook(path).sheetnames


def test_a_stale_lock_of_this_host_is_recognised(tmp_path: Path) -> None:
    path = make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    lock = tmp_path / ".~lock.models.xlsx#"
    lock.write_text(f",root,{socket.gethostname()},01.01.2020 10:00,file:///nowhere;")
    os.utime(lock, (1_577_836_800, 1_577_836_800))
    run("sync", "models.xlsx", *DAY, folder=tmp_path)
    assert "Findings" in load_workbook(path).sheetnames


def test_beside_and_off_never_touch_the_workbook(tmp_path: Path) -> None:
    path = make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    before = _hash(path)
    for way, beside in (("off", False), ("beside", True)):
        (tmp_path / "config.toml").write_text(f'write_back = "{way}"\n[[registry]]\nsheet = "models.xlsx"\n')
        assert run("sync", *DAY, folder=tmp_path).returncode == 1
        assert _hash(path) == before
        assert (tmp_path / "models findings.xlsx").exists() is beside
    first = _hash(tmp_path / "models findings.xlsx")
    run("sync", *DAY, folder=tmp_path)
    assert _hash(tmp_path / "models findings.xlsx") == first


def test_a_signed_workbook_is_never_written_and_the_pass_says_why(tmp_path: Path) -> None:
    path = make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    signed = tmp_path / "signed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(signed, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "_rels/.rels":
                kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
                extra = f'<Relationship Id="rIdSig" Type="{kind}" Target="_xmlsignatures/origin.sigs"/>'
                content = content.replace(b"</Relationships>", extra.encode() + b"</Relationships>")
            if entry.filename == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-package.digital-signature-origin"
                extra = f'<Default Extension="sigs" ContentType="{kind}"/>'
                content = content.replace(b"</Types>", extra.encode() + b"</Types>")
            target.writestr(entry, content)
        target.writestr("_xmlsignatures/origin.sigs", b"")
    before = _hash(signed)
    done = run("sync", "signed.xlsx", *DAY, folder=tmp_path)
    assert _hash(signed) == before
    assert "sign" in done.stderr
    assert (tmp_path / "signed findings.xlsx").is_file()


def test_two_syncs_at_once_end_well(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = make(tmp_path / "models.xlsx", (*RIGHT, VAGUE, GAP))
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: run("sync", "models.xlsx", *DAY, folder=tmp_path), range(2)))
    assert {done.returncode for done in both} <= {1, 3}
    assert not any("Traceback" in done.stderr for done in both)
    once = _hash(path)
    run("sync", "models.xlsx", *DAY, folder=tmp_path)
    assert _hash(path) == once
    assert load_workbook(path).sheetnames.count("Findings") == 1


def test_a_workbook_that_is_renamed_is_the_same_registry(registry: Path) -> None:
    moved = registry.with_name("list.xlsx")
    shutil.move(registry, moved)
    before = _hash(moved)
    run("sync", "list.xlsx", *DAY, folder=moved.parent)
    assert _hash(moved) == before


def test_a_folder_is_no_registry_not_even_the_topmost(tmp_path: Path) -> None:
    done = run("sync", tmp_path.anchor, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "is a folder" in done.stderr
