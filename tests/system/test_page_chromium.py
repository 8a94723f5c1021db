"""The report page in a browser without a network: looked at, sorted, filtered, printed, and attacked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry_sheets.registry.text import shown
from registry_sheets.reports.content import Report, VersionRow
from registry_sheets.reports.page import IndexEntry, render_index, render_page
from tests.support.chromium import Chromium, running
from tests.support.page_reports import BEGINS, HOSTILE, big_report, empty_report, report_of_texts

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.chromium

VERSIONS, PERIODS = "#versions", "#periods"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with running() as started:
        yield started


def written(folder: Path, report: Report) -> Path:
    """The page of a report, in a file."""
    path = folder / "report.html"
    path.write_text(render_page(report), encoding="utf-8")
    return path


def expect(place: Locator) -> Any:
    """Playwright's assertions, which wait. Its own wait_for_function needs eval, and the page's policy forbids that."""
    from playwright.sync_api import expect as expected

    return expected(place)


def column(page: Page, section: str, place: int) -> list[str]:
    """The texts of a column (from 0) of the rows that are shown."""
    found: list[str] = page.eval_on_selector_all(
        f"{section} tbody tr:not([hidden])", "(rows, at) => rows.map(row => row.cells[at].textContent)", place
    )
    return found


def status(page: Page, section: str) -> Locator:
    """The place where a table says how many rows it shows."""
    return page.locator(f"{section} [role=status]")


def versions(*cells: tuple[Any, ...]) -> Report:
    """A report of a few rows: version, day, number, text."""
    rows = tuple(VersionRow(number, one, (), "") for number, one in enumerate(cells, 2))
    return replace(empty_report(), headings=("Version", "Day", "Metric: MAE", "Name"), rows=rows, models=1)


@pytest.mark.parametrize("rows", [500, 5_000])
def test_every_cell_is_there_and_nothing_is_fetched(browser: Chromium, tmp_path: Path, rows: int) -> None:
    report = big_report(rows, rows // 2, rows // 12, rows // 8, 60)
    with browser.page() as opened:
        page = opened.open(written(tmp_path, report))
        told = page.eval_on_selector_all(
            f"{VERSIONS} tbody tr",
            "rows => rows.map(row => [...row.cells].slice(1).map(cell => cell.textContent))",
        )
        assert told == [[shown(cell) for cell in row.cells] for row in report.rows]
        assert opened.troubles == []
        assert opened.overflow <= 0
        links = page.eval_on_selector_all(f"{VERSIONS} td a", "links => links.map(link => link.getAttribute('href'))")
        assert links == [row.link for row in report.rows]


def test_rows_sort_by_click_and_by_key(browser: Chromium, tmp_path: Path) -> None:
    report = versions(
        ("3.10", date(2026, 3, 1), 0.5, "b"), ("", "", "", ""), ("3.9", date(2025, 12, 31), 0.12, "Äb"),
        ("2", date(2026, 1, 2), -3, "C"), ("v10", "soon", 1e-7, "a"),
    )  # fmt: skip
    with browser.page() as opened:
        page = opened.open(written(tmp_path, report))
        head = page.locator(f"{VERSIONS} th", has_text="Version")
        head.get_by_role("button").click()
        assert column(page, VERSIONS, 1) == ["2", "3.9", "3.10", "v10", ""]
        assert head.get_attribute("aria-sort") == "ascending"
        head.get_by_role("button").click()
        assert column(page, VERSIONS, 1) == ["v10", "3.10", "3.9", "2", ""]
        assert head.get_attribute("aria-sort") == "descending"

        page.get_by_role("button", name="Metric: MAE").focus()
        page.keyboard.press("Enter")
        assert column(page, VERSIONS, 3) == ["-3", "0.0000001", "0.12", "0.5", ""]
        assert head.get_attribute("aria-sort") is None
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        assert column(page, VERSIONS, 2) == ["2025-12-31", "2026-01-02", "2026-03-01", "soon", ""]
        page.get_by_role("button", name="Name").click()
        assert column(page, VERSIONS, 4) == ["a", "Äb", "b", "C", ""]
        page.get_by_role("button", name="Row").click()
        assert column(page, VERSIONS, 0) == ["2", "3", "4", "5", "6"]
        assert opened.troubles == []


def test_rows_are_filtered_by_words(browser: Chromium, tmp_path: Path) -> None:
    report = big_report(500)
    with browser.page() as opened:
        page = opened.open(written(tmp_path, report))
        assert status(page, VERSIONS).text_content() == "500 rows"
        page.locator(f"{VERSIONS} input").fill("churn  PRODUCTION")
        wanted = [row for row in report.rows if str(row.cells[0]).startswith("Churn") and row.stage == "Production"]
        expect(status(page, VERSIONS)).to_have_text(f"{len(wanted)} of 500 rows")
        assert column(page, VERSIONS, 0) == [str(row.row) for row in wanted]
        page.get_by_role("button", name="Version", exact=True).first.click()
        assert len(column(page, VERSIONS, 0)) == len(wanted)
        page.locator(f"{VERSIONS} input").fill("")
        expect(status(page, VERSIONS)).to_have_text("500 rows")
        assert len(column(page, VERSIONS, 0)) == 500
        assert opened.troubles == []


@pytest.mark.parametrize(
    ("day", "certain", "perhaps"),
    [
        ("2025-01-01", [], ["long ago", "open"]),
        ("2025-09-01", ["open"], ["long ago"]),
        ("2026-01-01", ["open", "whole"], []),
        ("2026-02-01", ["open", "whole", "live"], ["fuzzy"]),
        ("2026-03-01", ["open", "live"], ["fuzzy"]),
        ("2026-07-01", ["live"], []),
        ("2026-07-02", [], []),
    ],
)
def test_an_auditor_asks_what_ran_on_a_day(
    browser: Chromium, tmp_path: Path, day: str, certain: list[str], perhaps: list[str]
) -> None:
    first = big_report(24).periods[0]._replace(start=date(2026, 2, 1), end=None, end_known=True, basis="stated")
    periods = (
        first._replace(name="long ago", start=None, end=date(2025, 9, 1), end_known=False),
        first._replace(name="open", start=None, end=date(2026, 3, 1)),
        first._replace(name="whole", start=date(2026, 1, 1), end=date(2026, 2, 1)),
        first._replace(name="fuzzy", end=date(2026, 3, 1), end_known=False),
        first._replace(name="live"),
    )
    report = replace(big_report(24), periods=periods, begins=BEGINS)
    with browser.page() as opened:
        page = opened.open(written(tmp_path, report))
        page.get_by_label("Live on the day").fill(day)
        expect(status(page, PERIODS)).to_contain_text(day)
        told = status(page, PERIODS).text_content() or ""
        assert told.startswith(f"{len(certain)} live on {day}")
        assert (f"{len(perhaps)} perhaps" in told) == bool(perhaps)
        maybe = page.eval_on_selector_all(
            f"{PERIODS} tr.maybe:not([hidden])", "rows => rows.map(row => row.cells[0].textContent)"
        )
        assert maybe == perhaps
        assert sorted(column(page, PERIODS, 0)) == sorted([*certain, *perhaps])
        assert opened.troubles == []


def test_dark_is_dark(browser: Chromium, tmp_path: Path) -> None:
    path = written(tmp_path, big_report(60))
    colours, pictures = [], []
    for dark in (False, True):
        with browser.page(dark=dark) as opened:
            page = opened.open(path)
            colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            pictures.append(page.screenshot())
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 24, 25)"]
    assert pictures[0] != pictures[1]


CONTRAST = """() => {
  const channel = value => (value /= 255) <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(channel);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || element.closest("script, svg")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
    const contrast = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (contrast < 4.5) found.push(`${element.tagName} ${contrast} ${element.textContent.slice(0, 30)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_enough(browser: Chromium, tmp_path: Path, dark: bool) -> None:
    report = replace(big_report(60), complete=False, unchecked=("Not checked: links.",), notes=("Open for days.",))
    with browser.page(dark=dark) as opened:
        page = opened.open(written(tmp_path, report))
        assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize(
    "report", [big_report(60), report_of_texts(HOSTILE), empty_report()], ids=["big", "hostile", "none"]
)
@pytest.mark.parametrize("width", [320, 360, 800])
def test_the_page_never_scrolls_sideways(browser: Chromium, tmp_path: Path, report: Report, width: int) -> None:
    with browser.page(width, 740) as opened:
        page = opened.open(written(tmp_path, report))
        assert opened.overflow <= 0
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert opened.overflow <= 0


def test_wide_tables_scroll_by_keyboard_in_their_own_region(browser: Chromium, tmp_path: Path) -> None:
    with browser.page(360, 740) as opened:
        page = opened.open(written(tmp_path, big_report(60)))
        region = page.get_by_role("region", name="All versions")
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert page.evaluate("document.activeElement.scrollLeft") > 0
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.type") == "search"


def test_the_first_tab_leads_past_the_head(browser: Chromium, tmp_path: Path) -> None:
    with browser.page() as opened:
        page = opened.open(written(tmp_path, big_report(24)))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")


@pytest.mark.parametrize("scripts", [True, False])
def test_without_scripts_everything_is_there_and_no_control_that_does_nothing(
    browser: Chromium, tmp_path: Path, scripts: bool
) -> None:
    report = big_report(60)
    with browser.page(scripts=scripts) as opened:
        page = opened.open(written(tmp_path, report))
        assert page.locator("input, button").count() == (0 if not scripts else page.locator("th").count() + 3)
        assert page.locator(f"{VERSIONS} tbody tr").count() == 60
        text = page.locator("main").inner_text()
        for row in report.rows:
            assert shown(row.cells[2]) in text
        for one in report.findings:
            assert one.finding.fix in text
        assert opened.troubles == []


@pytest.mark.parametrize("scripts", [True, False])
def test_hostile_texts_do_nothing(browser: Chromium, tmp_path: Path, scripts: bool) -> None:
    with browser.page(scripts=scripts) as opened:
        page = opened.open(written(tmp_path, report_of_texts(HOSTILE)))
        if scripts:
            page.get_by_role("button", name="Row", exact=True).click()
            page.locator(f"{VERSIONS} input").fill("alert")
        page.wait_for_timeout(300)
        assert opened.troubles == []
        assert page.locator("script").count() == 1
        assert page.locator("img, iframe, svg[onload], [onerror]").count() == 0
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.protocol)")
        assert set(links) <= {"file:", "https:", "mailto:"}


def test_a_script_that_got_in_would_not_run(browser: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    page_of = render_page(big_report(24))
    attack = "<script>document.title = 'got in'</script><img src=x onerror=\"document.title = 'got in'\">"
    path.write_text(page_of.replace("<main", f"{attack}<main"), encoding="utf-8")
    with browser.page() as opened:
        page = opened.open(path)
        assert "got in" not in page.title()
        assert any("Content Security Policy" in error for error in opened.errors)
        assert status(page, VERSIONS).text_content() == "24 rows"


def test_texts_that_turn_the_direction_turn_only_themselves(browser: Chromium, tmp_path: Path) -> None:
    with browser.page() as opened:
        page = opened.open(written(tmp_path, versions(("1", "", 1, "שלום 3.1 עולם"), ("2", "", 2, "\u202eexe"))))
        sides = page.eval_on_selector_all(
            f"{VERSIONS} tbody tr",
            """rows => rows.map(row => {
              const range = document.createRange();
              range.selectNodeContents(row.cells[4]);
              const [text, cell] = [range.getBoundingClientRect(), row.cells[4].getBoundingClientRect()];
              return text.left - cell.left > cell.right - text.right ? "right" : "left";
            })""",
        )
        assert sides == ["right", "left"]
        assert "exe" in page.locator(VERSIONS).inner_text()


def test_it_prints_every_row_with_its_table_head_on_each_page(browser: Chromium, tmp_path: Path) -> None:
    if not shutil.which("pdftotext") and os.environ.get("CI") != "true":
        pytest.skip("pdftotext is not installed")
    report = big_report(200)
    with browser.page() as opened:
        page = opened.open(written(tmp_path, report))
        page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    command = ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = told.split("\f")
    assert "Filter rows" not in told
    assert "https://example.sharepoint.com/sites/ml/models.xlsx" in pages[0]
    of_versions = [page for page in pages if re.search(r"^ *\d+ .*(Archived|Production|Testing)", page, re.MULTILINE)]
    assert len(of_versions) > 3
    assert all("Deployed" in page and "Data source" in page for page in of_versions)
    numbers = {int(n) for page in of_versions for n in re.findall(r"^ *(\d+) .*20\d\d-\d\d-\d\d", page, re.MULTILINE)}
    assert numbers >= {row.row for row in report.rows}


@pytest.mark.parametrize("changes", [0, 40])
def test_paper_breaks_no_day_and_ends_with_what_it_tells(browser: Chromium, tmp_path: Path, changes: int) -> None:
    if not shutil.which("pdftotext") and os.environ.get("CI") != "true":
        pytest.skip("pdftotext is not installed")
    link = "https://mlflow.example.com/#/experiments/12/runs/0123456789abcdef0123456789abcdef"
    big = big_report(60, 30, 12, 40, changes)
    more = ("Metric: F1", "Metric: Bias", "Metric: RMSE", "Metric: MAE (slow weeks)", "Run link", "Data link")
    numbers = (0.5, 0.25, 12.5, 3)
    rows = [row._replace(cells=(*row.cells, *numbers, "" if at else link, "")) for at, row in enumerate(big.rows)]
    report = replace(big, headings=(*big.headings, *more), rows=tuple(rows))
    with browser.page() as opened:
        opened.open(written(tmp_path, report)).pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    command = ["pdftotext", "-bbox", str(tmp_path / "report.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = [re.findall(r">([^<]+)</word>", page) for page in told.split("<page ")[1:]]
    assert not [word for page in pages for word in page if re.fullmatch(r"\d{4}-(\d\d-)?", word)]
    assert min(map(len, pages)) > 10
    (periods,) = [page for page in pages if " ".join(page).startswith("Live periods: what ran")]
    assert "Rooftop" in periods
    (heading,) = [page for page in pages if "Changes" in page]
    assert len(heading) > heading.index("Changes") + 3 + 8
    assert heading.index("Changes") > 4


def test_versions_without_a_label_are_told_at_every_width(browser: Chromium, tmp_path: Path) -> None:
    first = big_report(24).periods[0]._replace(start=date(2025, 1, 1), end=date(2026, 5, 1), end_known=True)
    periods = (
        first._replace(version="1.0"),
        first._replace(version="1.1", start=date(2026, 5, 1), end=date(2026, 5, 3)),
        first._replace(version="final_v3", start=date(2026, 5, 3), end=None),
    )
    path = written(tmp_path, replace(big_report(24), periods=periods))
    for width in (320, 390, 800, 1280):
        with browser.page(width) as opened:
            page = opened.open(path)
            shown_ = page.locator("#timeline .lanes").evaluate(
                "lanes => [...lanes.querySelectorAll('text, .rest li')].filter(one => one.getClientRects().length)"
                ".map(one => one.textContent.trim().split(' ')[0])"
            )
            assert {"1.0", "1.1", "final_v3"} <= set(shown_), width
            assert len(shown_) == len(set(shown_)), width


def test_a_phone_shows_the_state_of_every_registry(browser: Chromium, tmp_path: Path) -> None:
    names = ("Kestrel_Cooling_and_more_systems", "W" * 60, "Harrow & Finch LLP, contracts")
    entries = [replace(IndexEntry.of(big_report(24), "a.html"), name=name, complete=name == names[0]) for name in names]
    index = tmp_path / "index.html"
    index.write_text(render_index(entries), encoding="utf-8")
    with browser.page(390, 740) as opened:
        page = opened.open(index)
        boxes = [cell.bounding_box() for cell in page.locator("tbody td:nth-child(2)").all()]
        assert len(boxes) == 3
        assert all(box and box["x"] + box["width"] <= 390 for box in boxes)
        assert page.locator("tbody td:nth-child(2)").all_inner_texts()[2] == "checked"


def test_a_table_shows_that_there_is_more(browser: Chromium, tmp_path: Path) -> None:
    with browser.page(390, 740, scripts=False) as opened:
        region = opened.open(written(tmp_path, big_report(60))).locator(f"{VERSIONS} .scroll")
        region.scroll_into_view_if_needed()
        begin = region.evaluate("box => getComputedStyle(box).backgroundAttachment")
        assert {"local", "scroll"} <= set(begin.replace(",", "").split())


def test_the_index_works_by_itself(browser: Chromium, tmp_path: Path) -> None:
    (tmp_path / "heating").mkdir()
    written(tmp_path / "heating", big_report(24))
    index = tmp_path / "index.html"
    never = IndexEntry("never", "", None, 0, 0, 0, 0, None, complete=False)
    index.write_text(render_index([IndexEntry.of(big_report(24), "heating/report.html"), never]), encoding="utf-8")
    with browser.page(360, 740) as opened:
        page = opened.open(index)
        assert opened.overflow <= 0
        page.get_by_role("button", name="Gaps").click()
        assert column(page, ".scroll", 5) == ["126", "–"]
        page.get_by_role("link", name="heating").click()
        assert page.title() == "heating: model registry"
        assert opened.troubles == []
