"""What a pass publishes beside the findings: the page, its numbers, and the index where the config asks for one."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import html

from tests.support.command import run
from tests.support.registries import version
from tests.support.reported import workbook

TODAY = ("--today", "2026-07-01")


def two_registries(folder: Path, index: str = "") -> None:
    workbook(folder / "a.xlsx", [version(name="Alpha", data_source="")])
    workbook(folder / "b.xlsx", [version(name="Beta")])
    text = f'index = "{index}"\n[[registry]]\nname = "Client <A>"\nsheet = "a.xlsx"\n'
    (folder / "config.toml").write_text(text + '[[registry]]\nname = "b"\nsheet = "b.xlsx"\n', encoding="utf-8")


def test_a_page_each_with_nothing_of_the_other_and_no_index(tmp_path: Path) -> None:
    two_registries(tmp_path)
    run("sync", *TODAY, folder=tmp_path)
    pages = {path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("output/*/report.html")}
    assert sorted(pages) == ["b", "client--a"]
    assert "Beta" not in pages["client--a"]
    assert "Client" not in pages["b"]
    assert "Alpha" not in pages["b"]
    assert not list(tmp_path.glob("**/index.html"))


def test_the_numbers_are_for_other_programs(tmp_path: Path) -> None:
    two_registries(tmp_path)
    run("sync", *TODAY, folder=tmp_path)
    told = json.loads((tmp_path / "output" / "client--a" / "summary.json").read_text(encoding="utf-8"))
    assert (told["registry"], told["day"], told["models"], told["live"], told["versions"]) == (
        "Client <A>", "2026-07-01", 1, 1, 1,
    )  # fmt: skip
    assert told["gaps"] > 0
    assert 0 < told["completeness"] < 1


def test_an_index_links_the_pages(tmp_path: Path) -> None:
    two_registries(tmp_path, "output/index.html")
    run("sync", *TODAY, folder=tmp_path)
    page = html.fromstring((tmp_path / "output" / "index.html").read_text(encoding="utf-8"))
    links = [(link.text_content(), link.get("href")) for link in page.iter("a") if "report" in link.get("href", "")]
    assert links == [("Client <A>", "client--a/report.html"), ("b", "b/report.html")]
    assert all((tmp_path / "output" / href).exists() for _, href in links)


def test_a_registry_that_was_never_checked_is_in_the_index(tmp_path: Path) -> None:
    two_registries(tmp_path, "output/index.html")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    run("sync", *TODAY, folder=tmp_path)
    page = html.fromstring((tmp_path / "output" / "index.html").read_text(encoding="utf-8"))
    assert "b" in [cell.text_content().strip() for cell in page.iter("th", "td")]


def test_a_registry_whose_last_pass_failed_is_not_shown_as_well(tmp_path: Path) -> None:
    two_registries(tmp_path, "output/index.html")
    run("sync", *TODAY, folder=tmp_path)
    well = (tmp_path / "output" / "index.html").read_text(encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    run("sync", *TODAY, folder=tmp_path)
    told = json.loads((tmp_path / "output" / "b" / "summary.json").read_text(encoding="utf-8"))
    assert ("b.xlsx" in told["failed"], told["models"]) == (True, 1)
    assert (tmp_path / "output" / "index.html").read_text(encoding="utf-8") != well
    workbook(tmp_path / "b.xlsx", [version(name="Beta")])
    run("sync", *TODAY, folder=tmp_path)
    assert (tmp_path / "output" / "index.html").read_text(encoding="utf-8") == well


def test_no_page_where_none_is_wanted(tmp_path: Path) -> None:
    two_registries(tmp_path)
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")
    (tmp_path / "config.toml").write_text("report = false\n" + text, encoding="utf-8")
    run("sync", *TODAY, folder=tmp_path)
    assert sorted(path.name for path in tmp_path.glob("output/b/*")) == ["findings.csv", "findings.json"]
