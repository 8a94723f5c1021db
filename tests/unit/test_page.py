"""The report page and the index: what they hold, that texts stay texts, and that they stay small."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from html import unescape
from itertools import pairwise
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.completeness import Completeness, Point
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.text import shown
from registry_sheets.reports.content import OpenFinding, Report, ToldChange, VersionRow
from registry_sheets.reports.page import IndexEntry, render_index, render_page
from registry_sheets.reports.page_charts import end_text, percent, start_text, timeline, trend
from registry_sheets.reports.page_findings import MOST, owner_tasks
from registry_sheets.reports.page_links import CellLinks
from registry_sheets.reports.page_tables import merged_rows
from registry_sheets.reports.page_text import KEPT, LONGEST, safe_link
from registry_sheets.reports.page_widths import ROW, print_widths
from registry_sheets.reports.templates import environment
from tests.support.page_reports import (
    BEGINS,
    HOSTILE,
    TODAY,
    WORKBOOK,
    big_report,
    change,
    empty_report,
    person,
    report_of_texts,
)

SIZE = 150_000
TAKEN_AWAY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""What no HTML holds, and what turns the reading direction."""


def parsed(html: str) -> Any:
    """The page as a browser's tree; a page is bytes in UTF-8."""
    return lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))


def text_of(html: str, section: str = "main") -> str:
    """A part of the page as one line of text."""
    told = " ".join(" ".join(parsed(html).get_element_by_id(section).itertext()).split())
    return re.sub(" ([,:;.])", r"\1", told)


def table_of(html: str, section: str) -> list[list[str]]:
    """The rows of a table as its script sees them: tall cells are one cell a row."""
    table = parsed(html).get_element_by_id(section).find(".//table")
    width = len(table.findall(".//thead/tr/th"))
    tall: dict[int, tuple[int, str]] = {}
    rows = []
    for row in table.findall(".//tbody/tr"):
        own, cells = iter(row.findall("td")), []
        for place in range(width):
            left, said = tall.get(place, (0, ""))
            if not left:
                cell = next(own, None)
                left, said = (1, "") if cell is None else (int(cell.get("rowspan", 1)), cell.text_content())
            tall[place] = (left - 1, said)
            cells.append(said)
        assert next(own, None) is None
        rows.append(cells)
    return rows


def finding(owner: str = "Ana", **told: Any) -> OpenFinding:
    """A finding of one owner ('' for none), as one likes."""
    base: dict[str, Any] = {
        "rule": "missing-value",
        "severity": Severity.ERROR,
        "message": "Location is blank.",
        "fix": "Write where this version is deployed.",
        "name": "Churn",
        "version": "3.10",
        "row": 4,
        "column": "Location",
        "column_index": 4,
        "since": date(2026, 6, 1),
    }
    link = told.pop("link", "https://example.com/x?cell=E4")
    title = told.pop("title", "A required cell is blank")
    return OpenFinding(Finding(**{**base, **told}), (person(owner),) if owner else (), title, link)


def report(**values: Any) -> Report:
    """A small report with some things replaced."""
    return replace(big_report(24, 8, 3, 9, 6), **values)


# The document


def test_a_realistic_page_is_small() -> None:
    page = render_page(big_report()).encode()
    assert len(page) < SIZE
    assert len(parsed(page.decode()).findall(".//*[@id='versions']//tbody/tr")) == 500


def test_the_same_report_is_the_same_page() -> None:
    assert render_page(big_report(60)) == render_page(big_report(60))


def test_the_policy_allows_the_page_its_own_style_and_script_and_nothing_else() -> None:
    for html in (render_page(big_report(30)), render_index([])):
        policy = re.search('Content-Security-Policy" content="([^"]+)"', html)
        assert policy
        parts = (part.strip().partition(" ") for part in unescape(policy[1]).split(";"))
        allowed = {name: sources for name, _, sources in parts}
        assert allowed == {
            "default-src": "'none'",
            "style-src": f"'{_hash('style', html)}'",
            "script-src": f"'{_hash('script', html)}'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        assert html.index("Content-Security-Policy") < html.index("<style")


def _hash(tag: str, html: str) -> str:
    texts = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    assert len(texts) == 1
    return f"sha256-{b64encode(sha256(texts[0].encode()).digest()).decode()}"


@pytest.mark.parametrize(
    "values", [{}, {"complete": False, "unchecked": ("Not checked: links.",), "notes": ("Open.",)}]
)
def test_nothing_on_the_page_needs_what_the_policy_forbids(values: dict[str, Any]) -> None:
    tree = parsed(render_page(report(**values)))
    for element in tree.iter(lxml.html.etree.Element):
        forbidden = {"style", "src", "srcset", "action", "background"} | {
            a for a in element.attrib if a.startswith("on")
        }
        assert not forbidden & set(element.attrib), element.tag
        assert element.tag not in ("link", "img", "iframe", "object", "base", "form")


def test_the_page_is_told_to_screen_readers() -> None:
    tree = parsed(render_page(report()))
    assert tree.get("lang") == "en"
    assert [len(tree.findall(f".//{tag}")) for tag in ("h1", "main", "header", "footer", "nav")] == [1] * 5
    assert tree.body[0].get("href") == "#main"
    for table in tree.iter("table"):
        assert table.find("caption").text
        assert {head.get("scope") for head in table.findall("thead/tr/th")} == {"col"}
        region = table.getparent()
        assert region.get("tabindex") == "0"
        assert region.get("role") == "region"
        assert region.get("aria-label")
    ids = [element.get("id") for element in tree.findall(".//*[@id]")]
    assert len(ids) == len(set(ids))
    for link in tree.findall(".//a[@href]"):
        if link.get("href").startswith("#"):
            assert link.get("href")[1:] in ids
    levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_it_says_on_top_what_could_not_be_checked() -> None:
    html = render_page(report(complete=False, unchecked=("Not checked: 3 links.",), findings=()))
    text = text_of(html)
    assert text.startswith(
        "Not everything could be checked What is missing below is not known to be right. Not checked"
    )
    assert "Nothing was found in what could be checked." in text
    assert "Nothing is missing or wrong." not in text
    assert "Not everything could be checked" not in render_page(report())


def test_an_empty_registry_reads_well() -> None:
    html = render_page(empty_report())
    text = text_of(html)
    assert "0 models 0 versions" in text
    assert "The registry has no versions yet." in text
    assert "Nothing is missing or wrong." in text
    assert "There is no history yet" in text
    assert not parsed(html).findall(".//table")
    assert "None" not in text


def test_numbers_go_with_their_nouns() -> None:
    one = big_report(1, 0, 1, 1, 0)
    text = text_of(render_page(replace(one, findings=(finding(),))))
    assert "1 model 1 version" in text
    assert "1 live model 1 live version" in text
    assert "1 gap 1 error" in text
    assert "1 period" in text
    assert "1 models" not in text
    assert "1,200 versions" in text_of(render_page(big_report(1200, 0, 0, 0, 0)))


def test_the_numbers_count_gaps_without_what_is_overdue() -> None:
    late = finding(rule="retraining-overdue", severity=Severity.WARNING)
    note = finding(severity=Severity.INFO)
    text = text_of(render_page(report(findings=(finding(), late, note))))
    assert "1 gap 1 error" in text
    assert "1 overdue 1 retraining" in text


def test_a_page_is_called_by_its_registry() -> None:
    tree = parsed(render_page(replace(big_report(24), registry="Client <A>")))
    assert [tree.findtext(".//title"), tree.find(".//h1").text_content()] == ["Client <A>: model registry"] * 2
    assert tree.find(".//header/p").text_content().startswith("Model registry.xlsx, checked 2026-07-01")
    unnamed = parsed(render_page(replace(big_report(24), registry=" ")))
    assert unnamed.findtext(".//title") == "Model registry.xlsx: model registry"


def test_the_live_versions_are_as_many_as_stand_below() -> None:
    html = render_page(big_report(500, live=37))
    lines = parsed(html).findall(".//ul[@class='live']/li")
    assert f"{len(lines)} live versions" in text_of(html)


def test_changes_are_told_since_a_day() -> None:
    assert "Changes since 2026-06-01" in text_of(render_page(big_report(24)))
    assert "Changes since 2025-01-01" in text_of(render_page(replace(big_report(24), changes_since=date(2025, 1, 1))))
    assert "Changes since 0001-01-01" in text_of(render_page(replace(empty_report(), today=date(1, 1, 3))))


# Sections


def test_what_is_live_says_where_since_when_and_why() -> None:
    text = text_of(render_page(big_report(30, 0, 4, 0, 0)), "live")
    assert "AC failure 2.0 Ana Ruiz Rooftop units · Service desk app since 2026-06-19" in text
    assert "Churn 1.9 Ben Okafor Consumers · Berlin warehouse first seen on 2026-06-10, replaced 1.7" in text
    assert "Why Fewer false alarms in the pilot" in text
    assert "Why nobody wrote down why" in text


def test_a_live_version_without_a_location_says_so() -> None:
    line = big_report(24).live[0]
    nowhere = line._replace(version=replace(line.version, location=" "))
    assert "Rooftop units · (no location)" in text_of(render_page(report(live=(nowhere,))))
    neither = line._replace(version=replace(line.version, location="", used_for=""))
    assert "(no location) since 2026-06-19" in text_of(render_page(report(live=(neither,))))


def test_a_version_that_is_live_at_several_places_is_told_once() -> None:
    line = big_report(30, 0, 1, 0, 0).live[0]
    there = line._replace(version=replace(line.version, location="Berlin", since=None))
    html = render_page(report(live=(line, there)))
    assert len(parsed(html).findall(".//ul[@class='live']/li")) == 1
    assert "Rooftop units · Berlin since before 2025-09-01" in text_of(html, "live")


def test_findings_stand_by_owner_with_what_to_do_once() -> None:
    found = (
        finding("Ben", version="1", column_index=4, link=WORKBOOK + "?c=E4"),
        finding("Ben", version="2", row=5, link=WORKBOOK + "?c=E5"),
        finding("Ana", severity=Severity.WARNING, fix="Name the table.", title="A data source says little"),
        finding(
            "", name="", version="", message="The sheet has no Owner column.", row=None, column=None, link=WORKBOOK
        ),
    )
    html = render_page(report(findings=found, rows=(), live=()))
    text = text_of(html, "findings")
    assert [h.text_content() for h in parsed(html).findall(".//div[@class='owner']/h3/i")] == ["Ana", "Ben", "No owner"]
    assert text.count("Write where this version is deployed.") == 2  # Ben's two together, and nobody's
    assert "Location is blank. Since 2026-06-01. Churn 1 Churn 2" in text
    assert "The sheet: The sheet has no Owner column. since 2026-06-01" in text
    links = [a.get("href") for a in parsed(html).findall(".//ul[@class='spots short']//a")]
    assert links == [WORKBOOK + "?c=E4", WORKBOOK + "?c=E5"]


def test_a_link_that_opens_no_cell_is_not_repeated_and_the_row_is_named() -> None:
    html = render_page(report(findings=(finding(link=WORKBOOK),), live=(), rows=()))
    assert html.count(f'href="{WORKBOOK}"') == 1
    assert "Churn 3.10: Location is blank. since 2026-06-01, row 4" in text_of(html, "findings")


def test_days_that_most_places_have_in_common_are_said_once() -> None:
    other = finding(version="9", since=date(2026, 6, 20))
    text = text_of(render_page(report(findings=(finding(version="1"), finding(version="2"), other))), "findings")
    assert "Since 2026-06-01 where no other day is given. Churn 1 Churn 2 Churn 9 since 2026-06-20" in text


def test_of_one_owner_no_more_than_so_many_findings_are_shown() -> None:
    html = render_page(report(findings=tuple(finding(version=str(n)) for n in range(MOST + 7))))
    assert len(parsed(html).findall(".//ul[@class='spots short']/li")) == MOST
    assert "And 7 more in the tab Findings" in text_of(html, "findings")


def test_an_owner_who_has_left_is_told_as_such() -> None:
    gone = Person("dora", "Dora", "", active=False)
    assert "Dora has left; 1 error" in text_of(render_page(report(findings=(finding()._replace(owners=(gone,)),))))


def test_changes_stand_by_day() -> None:
    told = (
        ToldChange(change("changed", TODAY, "Churn", "3", "Location", "Web shop", "", by=""), ()),
        ToldChange(change("added", TODAY, "Churn", "4", "", "", "Testing, trained 2026-06-06", by="sam, record"), ()),
        ToldChange(change("removed", date(2026, 6, 30), "Old", "1", "", "Archived", ""), ()),
        ToldChange(change("column", date(2026, 6, 30), "", "", "", "Trained", "Training date"), ()),
    )
    text = text_of(render_page(report(changes=told)), "changes")
    assert "2026-07-01 Churn 3, Location: Web shop → (blank) saved by Ana" in text
    assert "Churn 4, new row: Testing, trained 2026-06-06 by sam, record" in text
    assert "2026-06-30 Old 1, row gone: Archived saved by Ana heading changed: Trained → Training date" in text


def test_age_stands_against_the_days_after_which_to_train_again() -> None:
    line = big_report(30, 0, 1, 0, 0).live[0]
    late = line._replace(age=200, retrain_every=180, retraining_due=TODAY - timedelta(days=20))
    review = line._replace(
        version=replace(line.version, version="9"), retrain_every=None, retraining_due=None, review_due=TODAY
    )
    free = line._replace(version=replace(line.version, version="8"), retrain_every=None, retraining_due=None)
    html = render_page(report(live=(review, late, free)))
    text = text_of(html, "age")
    assert "AC failure 2.0 200 days of 180; overdue since 2026-06-11" in text
    assert "never reviewed; review due 2026-07-01" in text
    assert "AC failure 8 (20 days)" in text
    assert [bar.get("width") for bar in parsed(html).findall(".//ul[@class='ages']//rect")] == ["100%"]


# Tables


@given(st.lists(st.lists(st.sampled_from(["", "a", "Ana Ruiz", "b" * 30]), min_size=4, max_size=4), max_size=30))
def test_tall_cells_tell_the_same_as_their_rows(rows: list[list[str]]) -> None:
    html = (
        "<div id=t><table><thead><tr><th>1<th>2<th>3<th>4</tr></thead>"
        f"<tbody>{merged_rows(rows, apart=(1,))}</tbody></table></div>"
    )
    assert table_of(html, "t") == rows


def test_the_table_of_versions_holds_every_cell() -> None:
    big = big_report(500)
    rows = table_of(render_page(big), "versions")
    assert rows == [[shown(cell) for cell in row.cells] for row in big.rows]


def test_rows_know_their_numbers_and_links() -> None:
    rows = big_report(30).rows
    apart = (
        *rows[:10],
        *(row._replace(row=row.row + 5, link=row.link.replace(f"A{row.row}", f"A{row.row + 5}")) for row in rows[10:]),
    )
    table = parsed(render_page(report(rows=apart))).get_element_by_id("versions").find(".//table")
    assert table.get("data-rows") == "2+10 17+20"
    assert f"{table.get('data-before')}17{table.get('data-after')}" == apart[10].link


def test_columns_of_numbers_sort_as_numbers() -> None:
    rows = (VersionRow(2, ("3.10", 0.9, "0,5"), (), ""), VersionRow(3, ("3.9", 12, "91 %"), (), ""))
    html = render_page(report(headings=("Version", "Weight", "Metric: AUC"), rows=rows, live=()))
    heads = parsed(html).get_element_by_id("versions").findall(".//th")
    assert [head.get("class") for head in heads] == [None, "n", "n"]


def test_many_links_are_one_pattern() -> None:
    html = render_page(big_report())
    tree = parsed(html)
    main, spots = tree.get_element_by_id("main"), tree.findall(".//ul/li/a[@data-c]")
    made = {main.get("data-before") + spot.get("data-c") + main.get("data-after") for spot in spots}
    assert made == {one.link for one in big_report().findings}


@pytest.mark.parametrize(
    "links",
    [
        ["https://a.example/x?cell=A1", "https://b.example/x?cell=A2"],
        ["https://a.example/xA1", "https://a.example/xA1/edit"],
        ["javascript:alert('A1", "javascript:alert('A2"],
        ["https://a.example/A1", "https://a.example/A1"],
    ],
)
def test_links_without_a_pattern_stay_as_they_are(links: list[str]) -> None:
    found = tuple(finding(link=link) for link in links) * 200
    of = CellLinks(report(findings=found, rows=(), live=()))
    assert (of.before, of.after) == ("", "")
    assert of.href(links[0]) == safe_link(links[0])
    assert of.cell(links[0]) == ""


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", " https://x", "data:text/html,x", "//x", "x", "https://a b", "http:x"]
)
def test_unsafe_links_are_none(link: str) -> None:
    assert safe_link(link) == ""


@pytest.mark.parametrize("link", ["https://x/?a='b'!A1", "HTTP://x", "file:///s/m.xlsx#'Models'!A1", "mailto:a@b.c"])
def test_safe_links_stay(link: str) -> None:
    assert safe_link(link) == link


# Charts

PERIOD = LivePeriod("Churn", "3", "", "Berlin", date(2026, 1, 1), date(2026, 3, 1), "stated")


def test_periods_that_overlap_lie_on_tracks() -> None:
    later = PERIOD._replace(version="4", start=date(2026, 2, 1), end=None)
    after = PERIOD._replace(version="5", start=date(2026, 3, 1), end=date(2026, 4, 1))
    chart = timeline([PERIOD, later, after], TODAY, BEGINS)
    assert chart
    assert [lane.height for lane in chart.lanes] == [41]
    assert chart.lanes[0].told == "3, 4 live now, 5"


def test_what_is_not_known_is_drawn_and_said_as_such() -> None:
    unknown = PERIOD._replace(start=None, end_known=False)
    chart = timeline([unknown], TODAY, BEGINS)
    assert chart
    assert chart.first == BEGINS
    assert [fade.fill for fade in chart.lanes[0].fades] == ["past-lr"]
    assert (chart.lanes[0].stated, chart.lanes[0].observed) == ("", "")
    assert (start_text(unknown, BEGINS), end_text(unknown)) == ("before 2025-09-01", "by 2026-03-01")
    assert (start_text(unknown, None), end_text(PERIOD._replace(end=None))) == ("not known", "still live")


def test_the_timeline_is_bounded_and_says_so() -> None:
    old = [PERIOD._replace(start=date(1, 1, 1), end=date(2, 1, 1))]
    many = [PERIOD._replace(name=f"m{n:03}", end=date(2026, 1, 1) + timedelta(days=n)) for n in range(100)]
    text = text_of(render_page(report(periods=tuple(old + many))), "timeline")
    assert "The 60 lanes that changed last; 40 more are not drawn. 1 earlier period is not drawn." in text
    chart = timeline([PERIOD._replace(version=str(n)) for n in range(500)], TODAY, None)
    assert chart
    assert chart.lanes[0].more == 460


@given(
    st.lists(
        st.builds(
            LivePeriod,
            st.sampled_from("ab"),
            st.text(max_size=4),
            st.just(""),
            st.sampled_from("xy"),
            st.none() | st.dates(),
            st.none() | st.dates(),
            st.sampled_from(["stated", "observed"]),
            st.booleans(),
        ),
        max_size=12,
    ),
    st.dates(),
    st.none() | st.dates(),
)
def test_any_days_are_drawn_inside_the_chart(periods: list[LivePeriod], today: date, begins: date | None) -> None:
    chart = timeline(periods, today, begins)
    if chart is None:
        return
    assert chart.first <= chart.last
    for lane in chart.lanes:
        assert all(0 <= float(label.x) <= 100 for label in lane.labels)
        paths = lane.live + lane.past + "".join(fade.path for fade in lane.fades)
        for left, width in re.findall(r"M(-?\d+) \d+h(-?\d+)", paths):
            assert 0 <= int(left) <= 1000
            assert 3 <= int(width) <= 1000
    assert all(0 <= tick.x <= 100 for tick in chart.ticks)


def test_versions_whose_bars_have_no_room_are_told_below() -> None:
    def days(version: str, start: date, end: date | None, **more: Any) -> LivePeriod:
        return PERIOD._replace(version=version, start=start, end=end, **more)

    periods = [
        days("1.0", date(2025, 1, 1), date(2026, 3, 16)),
        days("1.1", date(2026, 3, 16), date(2026, 3, 20)),
        days("final_v3", date(2026, 3, 20), date(2026, 6, 27), end_known=False),
        days("1.2", date(2026, 6, 27), None),
    ]
    chart = timeline(periods, TODAY, BEGINS)
    assert chart
    (lane,) = chart.lanes
    assert lane.rest == [
        ("1.1 from 2026-03-16 to 2026-03-20", False),
        ("final_v3 from 2026-03-20 over by 2026-06-27", True),
        ("1.2 live now since 2026-06-27", False),
    ]
    assert [label.text for label in (*lane.labels, *lane.more_labels)] == ["1.0", "final_v3"]
    html = render_page(report(periods=tuple(periods)))
    told = [(one.get("class"), one.text_content().strip()) for one in parsed(html).findall(".//ul[@class='rest']/li")]
    assert told == [("slim" if slim else None, text) for text, slim in lane.rest]


def test_paper_has_room_for_days_and_sentences_and_little_for_links() -> None:
    long = "Fewer false alarms in the pilot than the version before"
    link = "https://mlflow.example.com/#/experiments/12/runs/0123456789abcdef"
    columns: Any = [
        ("Day", [date(2026, 4, 14)] * 9), ("Run link", [link] + [""] * 8), ("Why", [long] * 9), ("Blank", [""]),
    ]  # fmt: skip
    day, run, why, blank = (float(width.removesuffix("%")) for width in print_widths(columns))
    assert why > day > run > 0
    assert blank < day
    assert sum((day, run, why, blank)) == pytest.approx(100 - ROW, abs=0.3)
    many: Any = [("Day", [date(2026, 4, 14)]), *[("Text", [long, link])] * 17]
    assert float(print_widths(many)[0].removesuffix("%")) * 228 / 100 > len("2026-04-14")
    assert print_widths([]) == []


def test_the_trend_needs_two_days() -> None:
    half, most = Completeness(5, 10), Completeness(9, 10)
    assert trend([Point(TODAY, half)], TODAY) is None
    found = trend([Point(BEGINS, half), Point(TODAY, most)], TODAY)
    assert found
    assert found.line == "M0 22H100V6H100"
    assert found.first == "50 %"


def test_only_what_is_complete_is_a_hundred_percent() -> None:
    assert [percent(share) for share in (None, 0.0, 0.999999, 1.0, 0.29)] == ["–", "0 %", "99 %", "100 %", "29 %"]


# Hostile texts


def test_hostile_texts_are_texts() -> None:
    html = render_page(report_of_texts(HOSTILE))
    html.encode()
    tree = parsed(html)
    assert len(list(tree.iter("script"))) == len(list(tree.iter("style"))) == 1
    for element in tree.iter(lxml.html.etree.Element):
        assert not any(name.startswith("on") for name in element.attrib)
        assert re.match("#|https://|mailto:", element.get("href", "#"))
    rows = table_of(html, "versions")
    for text, row in zip(HOSTILE, rows, strict=True):
        del row
        if len(text) <= LONGEST:
            assert any(_same(text, cell) for cell in rows[0]), text
    assert not TAKEN_AWAY.search(html)


def _same(text: str, shown_: str) -> bool:
    return TAKEN_AWAY.sub("", text).replace("\r\n", "\n").strip() == shown_.strip()


def test_long_texts_open_and_end() -> None:
    html = render_page(report_of_texts(["x" * 30_000]))
    assert len(html) < 40 * KEPT
    assert "30,000 characters in all; the sheet holds them" in html
    assert parsed(html).findall(".//td/details/summary")


ANY = st.text(st.characters(), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=3))
def test_any_text_comes_out_as_it_went_in(texts: list[str]) -> None:
    html = render_page(report_of_texts(texts))
    html.encode()
    tree = parsed(html)
    assert len(list(tree.iter("script"))) == 1
    for element in tree.iter(lxml.html.etree.Element):
        assert not any(name.startswith("on") or name == "style" for name in element.attrib)
        assert re.match("#|(https?|mailto|file):", element.get("href", "#"), re.IGNORECASE)
    said = [_plain(text) for text in texts]
    assert [[_plain(cell) for cell in row] for row in table_of(html, "versions")] == [said] * len(texts)
    for text in said:
        assert text in _plain(tree.get_element_by_id("findings").text_content())


def _plain(text: str) -> str:
    """A text as browsers keep it: without what is taken away; white space is one, and C1 controls are Windows'."""
    return " ".join(TAKEN_AWAY.sub("", text).split())


# The index


def test_the_index_links_pages_and_says_what_is_incomplete() -> None:
    entries = [
        IndexEntry.of(big_report(24), "clients/heating.html"),
        IndexEntry("<b>x</b>", "javascript:alert(1)", None, 0, 0, 0, 0, None, False),
        replace(IndexEntry.of(big_report(24), ""), name="half", complete=False),
    ]
    tree = parsed(render_index(entries))
    assert [a.get("href") for a in tree.findall(".//td/a")] == ["clients/heating.html"]
    cells = [[" ".join(td.text_content().split()) for td in row.findall("td")] for row in tree.findall(".//tbody/tr")]
    assert cells == [
        ["<b>x</b>", "never checked", "–", "–", "–", "–", "–", "–"],
        ["half", "not everything could be checked", "2026-07-01", "2", "40", "126", "62", "90 %"],
        ["heating", "checked", "2026-07-01", "2", "40", "126", "62", "90 %"],
    ]
    assert [row.get("class") for row in tree.findall(".//tbody/tr")] == ["bad", "bad", None]
    assert len(tree.findall(".//td/b[@class='due']")) == 2
    assert "3 registries, as of 2026-07-01" in tree.text_content()


def test_an_empty_index_says_so() -> None:
    assert "There are no registries yet." in render_index([])


# Templates


def test_texts_are_escaped_in_all_templates_but_plain_text() -> None:
    env = environment()
    assert env.from_string("{{ x }}").render(x="<") == "&lt;"
    escape = env.autoescape
    assert callable(escape)
    assert [escape(name) for name in ("report.html.j2", "weekly.mjml.j2", "weekly.txt.j2")] == [True, True, False]


def test_owner_tasks_are_the_findings_and_no_more() -> None:
    big = big_report()
    tasks = owner_tasks(big, CellLinks(big))
    assert sum(one.total for one in tasks) == len(big.findings)
    assert sum(len(task.spots) for one in tasks for task in one.tasks) + sum(one.more for one in tasks) == 250
