"""Mails as they look: in a real browser, narrow and wide, light and dark, with hostile texts in every place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry_sheets.reports.digest_summary import summary
from registry_sheets.reports.digest_unmailed import Trouble, uncertain
from registry_sheets.reports.mail_words import Around
from registry_sheets.reports.mails import Rendered, alert, render
from tests.support.chromium import Chromium, running
from tests.support.mails import WEEK, busy_report, digests, mailed_report
from tests.support.registries import TODAY, version

pytestmark = pytest.mark.chromium

HOSTILE = "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>\"'{{7*7}}<!-- -->]]>" + "W" * 400
AROUND = Around("https://reports.example.com/demo.html", True, "registry@example.com")
CONTRAST = """() => {
  const lightness = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(one => one / 255)
      .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), of = texts.currentNode.parentElement;
    if (!text || text === "\\u00a0" || of.closest("[style*='display:none']")) continue;
    const pair = [getComputedStyle(of).color, behind(of)].map(lightness).sort((a, b) => b - a);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), text]);
  }
  return found.sort((a, b) => a[0] - b[0])[0];
}"""
"""The least contrast between a text and what is behind it (WCAG 2, 1.4.3), with the text."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with running() as one:
        yield one


@pytest.fixture(scope="module")
def mails() -> dict[str, Rendered]:
    """One of each kind."""
    much, little, _ = digests(busy_report(), WEEK)
    command = "registry-sheets mail weekly --registry demo --week 2026-W26 --to kim@example.com"
    doubtful = uncertain("kim@example.com", "2026-06-22 07:30", command)
    troubles = [Trouble("The check failed.", "Open the workbook once in Excel and save it.", "2026-06-29 02:00")]
    bad = [
        version(name=f"{HOSTILE}{number}", version="9" * 90, owner="Ana Kovač", data_source=HOSTILE, location=HOSTILE,
                used_for=HOSTILE, why=HOSTILE * 50, training_date=HOSTILE)
        for number in range(12)
    ]  # fmt: skip
    hostile = mailed_report(bad, {TODAY.replace(month=6, day=26): bad[:4]}, [HOSTILE])
    return {
        "much": render(much, AROUND),
        "little": render(little),
        "summary": render(summary(busy_report(["The workbook is open."]), WEEK, [doubtful], troubles), AROUND),
        "hostile": render(digests(hostile, WEEK)[0], Around(contact=HOSTILE)),
        "hostile summary": render(summary(hostile, WEEK), AROUND),
        "alert": alert("demo", "models.xlsx is encrypted.", "Take the password off in Excel.", TODAY),
        "hostile alert": alert(HOSTILE, HOSTILE, HOSTILE, TODAY, well_again=True),
    }


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 800])
def test_mails_fit_their_window_and_can_be_read(
    browser: Chromium, mails: dict[str, Rendered], width: int, dark: bool
) -> None:
    for name, mail in mails.items():
        with browser.page(width, 900, dark) as opened:
            page = opened.show(mail.html)
            assert opened.overflow <= 0, name
            assert opened.troubles == [], name
            contrast, text = page.evaluate(CONTRAST)
            assert contrast >= 4.5, (name, text)


def test_a_hostile_text_does_nothing(browser: Chromium, mails: dict[str, Rendered]) -> None:
    with browser.page(800, 900) as opened:
        page = opened.show(mails["hostile"].html)
        assert page.locator("script, img, svg, iframe").count() == 0
        assert page.get_by_text("<script>alert(1)</script>").count() > 0
        assert opened.troubles == []


def test_what_is_to_be_done_stands_at_the_top(browser: Chromium, mails: dict[str, Rendered]) -> None:
    with browser.page(360, 640) as opened:
        page = opened.show(mails["much"].html)
        assert page.get_by_role("heading", level=1).inner_text() == "10 things to mend, 4 overdue"
        first = page.get_by_text("AC failure 3.2, Training date (row 3)", exact=True).bounding_box()
        assert first
        assert first["y"] < 640
        assert page.get_by_role("link", name="Go to the cell").first.is_visible()


def test_a_day_is_not_cut_at_its_hyphens(browser: Chromium, mails: dict[str, Rendered]) -> None:
    with browser.page(360, 900) as opened:
        page = opened.show(mails["much"].html)
        heights = {round(box["height"]) for day in page.locator(".day").all() if (box := day.bounding_box())}
        assert max(heights) < 25
