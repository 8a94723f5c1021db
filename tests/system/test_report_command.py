"""`report` as it is run: what it writes where, what it refuses, and what it leaves alone."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.command import run
from tests.support.workbooks import GAP, HEADINGS, RIGHT, make

TODAY = ("--today", "2026-06-30")
TWO = '[[registry]]\nname = "North"\nsheet = "a.xlsx"\n[[registry]]\nname = "South"\nsheet = "b.xlsx"\n'


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make(tmp_path / "models.xlsx", (*RIGHT, GAP))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    make(tmp_path / "a.xlsx")
    make(tmp_path / "b.xlsx", (*RIGHT, GAP))
    (tmp_path / "config.toml").write_text(TWO)
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_page_by_default_and_nothing_else(sheet: Path, tmp_path: Path) -> None:
    before = sha256(sheet.read_bytes()).digest()
    done = run("report", "models.xlsx", *TODAY, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Written: models report.html\n"), done.stderr
    assert "No-shows" in (tmp_path / "models report.html").read_text("utf-8")
    assert names(tmp_path) == {"models.xlsx", "models report.html"}
    assert sha256(sheet.read_bytes()).digest() == before


def test_the_workbook_opens_and_holds_the_sections(sheet: Path, tmp_path: Path) -> None:
    done = run("report", "models.xlsx", "--out", "audit.xlsx", *TODAY, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Written: audit.xlsx\n"), done.stderr
    book = load_workbook(tmp_path / "audit.xlsx")
    assert book.sheetnames == ["Summary", "Registry", "Live", "Findings", "Changes", "Live periods", "Figures"]
    assert [cell.value for cell in book["Registry"][1]][:3] == ["Row", "Name", "Version"]
    assert book["Registry"].max_row == 4


def test_running_it_again_makes_the_same_workbook(sheet: Path, tmp_path: Path) -> None:
    def made() -> bytes:
        assert run("report", "models.xlsx", "--format", "xlsx", *TODAY, folder=tmp_path).returncode == 0
        return (tmp_path / "models report.xlsx").read_bytes()

    assert made() == made()


def test_json_is_one_object(sheet: Path, tmp_path: Path) -> None:
    done = run("report", "models.xlsx", "--format", "json", *TODAY, folder=tmp_path)
    told = json.loads(done.stdout)
    assert (told["registry"], told["today"], told["complete"], told["models"]) == ("models", "2026-06-30", True, 2)
    assert told["headings"] == [*HEADINGS]
    assert [row["cells"][:2] for row in told["versions"]] == [
        ["AC failure", "3.1"],
        ["AC failure", "3.2"],
        ["No-shows", "2"],
    ]
    assert names(tmp_path) == {"models.xlsx"}


def test_csv_is_versions_or_the_section_that_was_asked_for(sheet: Path, tmp_path: Path) -> None:
    done = run("report", "models.xlsx", "--format", "csv", *TODAY, folder=tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["Version"] for row in rows] == ["3.1", "3.2", "2"]
    found = run("report", "models.xlsx", "--section", "findings", *TODAY, folder=tmp_path).stdout
    assert {row["rule"] for row in csv.DictReader(io.StringIO(found))} >= {"missing-value"}
    run("report", "models.xlsx", "--section", "live", "--out", "live.csv", *TODAY, folder=tmp_path)
    written = (tmp_path / "live.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbfregistry,name,version,")
    assert b"\r" not in written


def test_markdown_goes_to_standard_output(sheet: Path, tmp_path: Path) -> None:
    done = run("report", "models.xlsx", "--format", "md", *TODAY, folder=tmp_path)
    assert done.stdout.startswith("# models: model registry\n\nmodels.xlsx, checked 2026-06-30")
    assert "| AC failure | 3.2 |" in done.stdout


def test_a_folder_gets_a_file_for_each_registry(two: Path) -> None:
    done = run("report", "--out", "reports", *TODAY, folder=two)
    assert done.returncode == 0, done.stderr
    assert names(two / "reports") == {"North report.html", "South report.html"}
    assert "No-shows" not in (two / "reports" / "North report.html").read_text("utf-8")


@pytest.mark.parametrize("folder", ["d1", "d1/", "v1.0/"])
def test_a_new_folder_is_made_and_then_is_one(sheet: Path, tmp_path: Path, folder: str) -> None:
    for _ in range(2):
        done = run("report", "models.xlsx", "--out", folder, *TODAY, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    inside = tmp_path / folder
    assert names(inside) == {"models report.html"}
    done = run("report", "models.xlsx", "--out", f"{inside}/x.json", *TODAY, folder=tmp_path)
    assert (done.returncode, names(inside)) == (0, {"models report.html", "x.json"}), done.stderr
    assert json.loads((inside / "x.json").read_text("utf-8"))["registry"] == "models"


def test_changes_are_told_since_the_day_that_was_asked_for(sheet: Path, tmp_path: Path) -> None:
    told = run("report", "models.xlsx", "--format", "md", *TODAY, folder=tmp_path).stdout
    assert "## Changes since 2026-05-31\n" in told
    told = run("report", "models.xlsx", "--format", "md", "--since", "2026-01-01", *TODAY, folder=tmp_path).stdout
    assert "## Changes since 2026-01-01\n" in told


def test_json_of_several_is_an_array_and_none_hides_another(two: Path) -> None:
    (two / "b.xlsx").write_bytes(b"not a workbook")
    done = run("report", "--format", "json", *TODAY, folder=two)
    told = json.loads(done.stdout)
    assert [(one["registry"], one["complete"]) for one in told] == [("North", True), ("South", False)]
    assert list(told[0]) == list(told[1])
    assert done.returncode == 2
    assert "b.xlsx" in done.stderr


def test_the_others_are_written_where_one_fails(two: Path) -> None:
    (two / "a.xlsx").write_bytes(b"not a workbook")
    done = run("report", "--out", "reports", *TODAY, folder=two)
    assert done.returncode == 2
    assert names(two / "reports") == {"South report.html"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("models.xlsx", "--out", "models.xlsx"), "the registry's workbook itself"),
        (("models.xlsx", "--out", "linked.xlsx"), "the registry's workbook itself"),
        (("models.xlsx", "--format", "html", "--out", "report.xlsx"), "Name it report.html"),
        (("models.xlsx", "--format", "json", "--section", "live"), "--format csv"),
        (("models.xlsx", "--out", "report.pdf"), "There is no PDF. Name it .html, .xlsx, .json, .csv or .md, or print"),
        (("models.xlsx", "--out", "report.TXT"), "no report is a .TXT file. Name it .html"),
        (("models.xlsx", "--out", "v1.0", "--format", "csv"), "write a / after it"),
        (("models.xlsx", "--out", "gone/report.html"), "The folder gone is not there."),
        (("models.xlsx", "--out", "gone/deeper/"), "The folder gone is not there."),
        (("models.xlsx", "--out", "plain"), "plain is a file"),
        (("models.xlsx", "--out", "plain/report.html"), "plain is a file"),
        (("models.xlsx", "--since", "last week"), "--since last week is not a date"),
    ],
)
def test_what_is_refused(sheet: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "linked.xlsx").symlink_to(sheet)
    (tmp_path / "plain").write_text("a file")
    before = sheet.read_bytes()
    done = run("report", *arguments, *TODAY, folder=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert sheet.read_bytes() == before
    assert names(tmp_path) == {"models.xlsx", "linked.xlsx", "plain"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "one.html"), "one file, and the config has 2 registries"),
        (("--format", "xlsx", "--out", "-"), "takes one report"),
        (("--out", "b.xlsx"), "one file, and the config has 2 registries"),
        (("--registry", "North", "--out", "linked.html"), "is the config"),
        (("--registry", "North", "--out", "config.toml"), "no report is a .toml file"),
    ],
)
def test_what_is_refused_of_several(two: Path, arguments: tuple[str, ...], said: str) -> None:
    (two / "linked.html").symlink_to(two / "config.toml")
    before = names(two)
    done = run("report", *arguments, *TODAY, folder=two)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert names(two) == before
    assert (two / "config.toml").read_text() == TWO


def test_a_workbook_to_standard_output(sheet: Path, tmp_path: Path) -> None:
    done = run("report", "models.xlsx", "--format", "xlsx", "--out", "-", *TODAY, folder=tmp_path)
    assert (done.returncode, done.stdout[:2], names(tmp_path)) == (0, "PK", {"models.xlsx"})


def test_what_cannot_be_written_exits_3(sheet: Path, tmp_path: Path) -> None:
    done = run("report", "models.xlsx", "--out", f"{'x' * 300}.html", *TODAY, folder=tmp_path)
    assert done.returncode == 3
    assert "could not be written" in done.stderr
