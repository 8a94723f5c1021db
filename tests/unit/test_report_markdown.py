"""A report as GitHub Markdown: what it says, and that no cell of a sheet is more than letters on the page."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.text import terminal_safe
from registry_sheets.reports.markdown import LIMIT, escaped, link_to, report_markdown
from tests.support.made_reports import (
    BEN,
    empty_report,
    live_line,
    open_finding,
    period,
    report,
    told_change,
    version_row,
)

UNSEEN = "\u200b"
TAG = re.compile(r"<[^>]+>")


def page(text: str) -> str:
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def cells_of(made: str) -> list[list[str]]:
    """The texts of all cells, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page(made), re.DOTALL)
    return [[unescape(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows]


def test_it_says_what_the_report_says() -> None:
    made = report_markdown(report(notes=("The workbook has been open since Monday.",)))
    titles = re.findall(r"^#+ .*$", made, re.MULTILINE)
    assert titles == [
        "# forecasts: model registry",
        "## Live now",
        "## Findings",
        "## Changes since 2026-06-01",
        "## Live periods",
        "## Versions",
    ]
    rows = cells_of(made)
    assert ["Cells filled, of those that count", "86%"] in rows
    assert ["2026-06-30", "Demand 1", "3.10", "Stage", "Testing", "Production", "sam, promote"] in rows
    assert "The workbook has been open since Monday." in made
    assert any(
        row[3:5] == ["3.10", '<a href="https://example.com/models.xlsx#Models!E2">Location, cell E2</a>']
        for row in rows
    )
    assert any("Demand 1" in row[0] and row[-1] == "Fewer false alarms in the pilot" for row in rows)


def test_what_is_not_checked_is_said_first() -> None:
    made = report_markdown(report(complete=False, unchecked=("Not checked: https://a.example: no answer.",)))
    assert made.index("Not everything could be checked.") < made.index("| Models |")
    assert "<a" not in page(made.split("| Models |")[0].split("**")[-1])


def test_an_empty_registry_says_so() -> None:
    made = report_markdown(empty_report())
    for said in ("No version is in Production.", "None.", "There is no history yet.", "The sheet has no rows yet."):
        assert said in made


def test_nothing_found_is_not_said_of_what_was_not_checked() -> None:
    assert "None in what could be checked." in report_markdown(empty_report(complete=False))


@pytest.mark.parametrize(
    "typed",
    [
        "a | b", "a\nb", "`rm -rf`", "``", "<script>alert(1)</script>", "<!-- x", "&lt;b&gt;", "&copy;",
        "**bold** __b__",
        "[a](https://evil.example)", "![x](https://evil.example/x.png)", "[^1]", "[[Home]]", "https://evil.example/x",
        "www.evil.example", "ftp://evil.example", "ana@example.com", "@everyone", "org/repo#1", "#123", "GH-12",
        "org/repo@0123456789abcdef", ":tada:", "~~gone~~", "$x^2$", "a \\", "\\| a", "- item", "1. item", "+ 2",
        "# title",
        "> quote", "---", "=", ":-", "| --- |", "\u202eevil", "x" * 500, "10:30:45", "C#", "1.5", "2026-05-02",
    ],
)  # fmt: skip
def test_a_cell_is_its_letters(typed: str) -> None:
    made = report_markdown(
        report(
            label=typed,
            headings=(typed,),
            rows=(version_row(1)._replace(cells=(typed,), link=""),),
            live=(live_line(1, why=typed),),
            changes=(told_change(1, old=typed),),
            periods=(period(1, why=typed),),
            findings=(open_finding(1, message=typed),),
        )
    )
    said = terminal_safe(typed)
    whole = said if len(said) <= 80 else f"{said[:79]}…"
    rows = [[cell.replace(UNSEEN, "") for cell in row] for row in cells_of(made)]
    assert ["2", whole] in rows
    assert rows.count(["Row", whole if len(said) <= 40 else f"{said[:39]}…"]) == 1
    assert {len(row) for row in rows} == {2, 7, 8, 9}, "no cell became two"
    assert len(re.findall(r"<h[12]>", page(made))) == 6
    assert not re.search(r"<(?:script|img|strong|em|code|s|li|blockquote)\b", page(made))


@pytest.mark.parametrize(
    "living",
    ["@user", "a@b.example", "#12", "org/repo#12", "gh-12", "https://x.example", "www.x.example", ":tada:", "$x$"],
)
def test_what_github_would_make_live_is_broken_where_nobody_sees_it(living: str) -> None:
    shown = unescape(TAG.sub("", page(escaped(living))))
    assert shown.strip().replace(UNSEEN, "") == living
    patterns = (r"@\w", r"#\d", r"(?i)\bgh-\d", r"\w://", r"\bwww\.", r":\w+:")
    assert not [pattern for pattern in patterns if re.search(pattern, shown)]
    assert "$" not in escaped(living)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@example("&#64;user")
@example("@&#8203;")
@example("a  \\")
@example("\\")
def test_any_text_is_its_letters(text: str) -> None:
    made = page(f"| a | b |\n| --- | --- |\n| {escaped(text)} | end |\n")
    (cell, end) = re.findall(r"<td>(.*?)</td>", made, re.DOTALL)
    said = re.sub(r"\s+", " ", terminal_safe(text))
    assert unescape(cell).replace(UNSEEN, "").split() == said.replace(UNSEEN, "").split()
    assert end == "end"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "https://" + "x" * 600]
)
def test_a_link_that_a_page_does_not_follow_is_no_link(link: str) -> None:
    assert link_to("Location", link) == "Location"


def test_a_link_stays_inside_its_brackets() -> None:
    link = "https://example.com/a b(c)|d<e>[f]\\g\n#Models!A1"
    made = page(link_to("x", link))
    assert made == ('<p><a href="https://example.com/a%20b%28c%29%7Cd%3Ce%3E%5Bf%5D%5Cg%0A#Models!A1">x</a></p>\n')


def test_a_long_report_is_cut_and_says_so() -> None:
    wide = ("@" * 200,) * 40
    made = report_markdown(
        report(
            2_000,
            headings=wide,
            rows=tuple(version_row(number)._replace(cells=wide) for number in range(2_000)),
            live=tuple(live_line(number, why="@" * 500) for number in range(1, 900)),
            unchecked=("#1" * 400,) * 400,
            complete=False,
        )
    )
    assert len(made) < LIMIT
    assert made.count("registry-sheets report --format xlsx") >= 5
    assert re.search(r"And [\d,]+ more\.", made)


def test_the_worst_stay_where_findings_are_cut() -> None:
    many = [open_finding(number, (BEN,), message="x" * 300) for number in range(1, 300)]
    last = open_finding(999, (), severity=Severity.INFO, message="nothing much")
    made = report_markdown(report(findings=(*many, last)))
    assert "Demand 1" in made
    assert "nothing much" not in made
