"""The mails themselves: what they say, that texts stay texts, that they stay small."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.owners import Person
from registry_sheets.reports.digest import MOST_CHANGES, MOST_FINDINGS, MOST_LIVE, MOST_OVERDUE, Digest
from registry_sheets.reports.digest_lines import ChangeTold, FindingTold, LiveTold, OverdueTold, Part
from registry_sheets.reports.digest_summary import (
    MOST_OWNERS,
    MOST_TROUBLES,
    MOST_UNMAILED,
    OwnerCount,
    Summary,
    summary,
)
from registry_sheets.reports.digest_unmailed import Trouble, Unmailed, uncertain
from registry_sheets.reports.mail_texts import WIDTH, mail_link, mail_text, wrap
from registry_sheets.reports.mail_words import Around
from registry_sheets.reports.mails import HTML_LIMIT, Rendered, alert, render
from tests.support.mails import WEEK, busy_report, digests, mailed_report
from tests.support.registries import TODAY, version

LINK = "https://files.example.com/m.xlsx?web=1&cell='Models'!C4"
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><b>', "' style='x", "{{ 7*7 }}", "{% raw %}",
    "<!-- x -->", "-->", "]]>", "<![CDATA[x]]>", '<mj-include path="/etc/passwd"/>', "</mj-text>", "</mjml>",
    "&lt;b&gt;", "&#60;b&#62;", "&amp;", "\x00\x01\x1b[31m", "\ud800", "\ufffe", "\u202egnp", "\r\nBcc: x@y.z",
    "<a href=https://evil.example>", "javascript:alert(1)", "<![endif]-->", "2026-06-30", "W" * 500,
)  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=6).map("".join)
AROUND = Around("https://reports.example.com/demo.html", True, "registry@example.com")


def filled(text: str, link: str = LINK, lines: int = 1) -> Summary:
    """A summary with this text wherever a person's text may stand."""
    return Summary(
        registry=text,
        label=text,
        week=WEEK,
        today=TODAY,
        since=date(2026, 6, 25),
        recipient=None,
        rows=3,
        link=link,
        findings=Part((FindingTold(Severity.ERROR, text, text, text, link),) * min(lines, MOST_FINDINGS), 3),
        overdue=Part((OverdueTold("review", text, text, text, link, 3, text),) * min(lines, MOST_OVERDUE), 3),
        changes=Part((ChangeTold("2026-06-30", text, text, text, text, text, False),) * min(lines, MOST_CHANGES), 3),
        live=Part((LiveTold(text, text, text, text, text, text, 0.5, True, link),) * min(lines, MOST_LIVE), 3),
        unchecked=Part((text,) * min(lines, 3), 3),
        to_mend=4,
        models=2,
        live_models=2,
        share=0.5,
        share_before=0.4,
        owners=Part((OwnerCount(text, 1, 1, 1, False),) * min(lines, MOST_OWNERS), 3),
        unmailed=Part((Unmailed(text, text, text, text, text),) * min(lines, MOST_UNMAILED), 3),
        troubles=Part((Trouble(text, text, text),) * min(lines, MOST_TROUBLES), 3),
    )


def owners_mail(whole: Summary) -> Digest:
    """The same as an owner's mail."""
    fields = {name: getattr(whole, name) for name in Digest.__dataclass_fields__}
    return Digest(**{**fields, "recipient": Person("a@example.com", whole.registry, "a@example.com")})


def page_of(rendered: Rendered) -> Any:
    """The HTML part, parsed."""
    return lxml.html.document_fromstring(rendered.html)


def elements(rendered: Rendered) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element with its attributes, but for what marks a date and what repeats the title."""
    for element in page_of(rendered).iter():
        attributes = {name: value for name, value in element.attrib.items() if name != "aria-label"}
        if attributes != {"class": "day"}:
            yield str(element.tag), attributes


def words(rendered: Rendered) -> str:
    """All texts of the HTML part, on one line."""
    return " ".join(page_of(rendered).text_content().split())


@settings(max_examples=60, deadline=None)
@given(texts)
def test_hostile_texts_stay_texts(hostile: str) -> None:
    text = f"x{hostile}y"
    for make in (lambda whole: whole, owners_mail):
        rendered, plain = (render(make(filled(one)), AROUND) for one in (text, "plain"))
        assert list(elements(rendered)) == list(elements(plain))
        shown = " ".join(mail_text(text, 60).split())
        assert shown.removesuffix("…")[:60] in words(rendered)


@settings(max_examples=40, deadline=None)
@given(texts)
def test_a_subject_is_one_short_line(hostile: str) -> None:
    subject = render(filled(hostile)).subject
    alerted = alert(hostile, hostile, hostile, TODAY)
    for line in (subject, alerted.subject):
        assert not {unicodedata.category(sign) for sign in line} & {"Cc", "Cs", "Zl", "Zp"}
        assert len(line) < 160
    assert list(elements(alerted)) == list(elements(alert("x", "x", "x", TODAY))) or not mail_text(hostile, 1000)


def test_nothing_of_the_sheet_stands_in_the_subject() -> None:
    one = replace(filled("CELL"), registry="demo")
    assert "CELL" not in render(one).subject
    assert render(owners_mail(one)).subject == (
        "Model registry demo: 4 things to mend, 4 overdue, not everything checked"
    )


@pytest.mark.parametrize(
    ("findings", "overdue", "changes", "unchecked", "told"),
    [
        (3, 1, 9, 0, "3 things to mend, 1 overdue"),
        (1, 0, 0, 0, "1 thing to mend"),
        (0, 2, 0, 0, "2 overdue"),
        (0, 0, 4, 0, "4 changes"),
        (0, 0, 0, 0, "nothing found to mend"),
        (0, 0, 0, 1, "nothing found to mend, not everything checked"),
        (1200, 0, 0, 0, "1,200 things to mend"),
    ],
)
def test_subjects(findings: int, overdue: int, changes: int, unchecked: int, told: str) -> None:
    def counted(number: int) -> Part[Any]:
        return Part((), number)

    one = replace(
        owners_mail(filled("demo")),
        findings=counted(findings), overdue=counted(overdue), changes=counted(changes), unchecked=counted(unchecked),
    )  # fmt: skip
    assert render(one).subject == f"Model registry demo: {told}"


@pytest.mark.parametrize("sign", ['"', "&", "<", "漢", "😀", "x", "2026-06-30 ", "& "])
@pytest.mark.parametrize("link", ["https://example.com/" + "&'" * 480, "https://example.com/" + "x" * 900, ""])
def test_the_html_part_stays_below_what_gmail_cuts(sign: str, link: str) -> None:
    whole = filled(sign * 30_000, link, lines=100)
    for one in (whole, owners_mail(whole)):
        html = render(one, replace_report(link)).html
        assert len(html.encode()) < HTML_LIMIT
        assert html.rstrip().endswith("</html>")


def replace_report(link: str) -> Around:
    """Around with a report at this link, and an endless contact."""
    return Around(link, True, "x" * 30_000)


def test_all_lines_of_an_ordinary_mail_are_there() -> None:
    for one in (*digests(busy_report(), WEEK), summary(busy_report(["Open."]), WEEK)):
        rendered = render(one, AROUND)
        flat = " ".join(rendered.text.split())
        told = [(line.place, line.message) for line in one.findings.told]
        told += [(line.place, line.message) for line in one.overdue.told]
        for text in (text for line in told for text in line):
            assert text in words(rendered)
            assert text in flat
        for live in one.live.told:
            assert live.model in words(rendered)
            assert live.model in flat


def test_what_is_left_out_is_counted() -> None:
    rendered = render(owners_mail(filled("x")), AROUND)
    for told in (words(rendered), " ".join(rendered.text.split())):
        assert "and 3 more: the tab Findings lists all; the attached report too" in told
        assert "and 3 more: the tab Changes lists them" in told
        assert "and 3 more: the tab Live lists them" in told


def test_links_are_those_of_the_cells() -> None:
    html = page_of(render(owners_mail(filled("x")), AROUND))
    assert {element.get("href") for element in html.iter("a")} == {LINK, AROUND.report}
    assert LINK in render(owners_mail(filled("x")), AROUND).text


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example",
        "https://x/\n", "https://x/ y", 'https://x/"y', "https://x/<y", " https://x/", "https://", "vbscript:x",
        "https://x/\u202ey", "https://x/\x01", "https://x/\ud800", "https://x/" + "y" * 1000, "",
    ],
)  # fmt: skip
def test_what_is_no_link_for_a_mail_is_left_out(link: str) -> None:
    assert mail_link(link, 1000) == ""
    rendered = render(owners_mail(filled("x", link)))
    assert not list(page_of(rendered).iter("a"))
    assert "http" not in rendered.text


@pytest.mark.parametrize(
    "link", [LINK, "http://x/y", "HTTPS://x/y#%27a%27!A1", "mailto:ana@example.com", "https://x/é"]
)
def test_links_for_a_mail_stay_as_they_are(link: str) -> None:
    assert mail_link(link, 1000) == link


def test_a_mail_fetches_nothing_and_follows_nobody() -> None:
    for one in (render(filled("x"), AROUND), render(owners_mail(filled("x"))), alert("demo", "x", "y", TODAY)):
        page = page_of(one)
        assert not list(page.iter("img", "script", "link", "iframe", "form", "svg", "object"))
        assert "url(" not in one.html
        assert "src=" not in one.html


def test_a_mail_can_be_read_aloud_and_in_the_dark() -> None:
    page = page_of(render(filled("x"), AROUND))
    assert page.get("lang") == "en"
    assert page.xpath("//title/text()")
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}
    assert page.xpath('//meta[@name="color-scheme"]/@content') == ["light dark"]
    assert len(page.xpath("//h1")) == 1
    assert "prefers-color-scheme: dark" in page.xpath("string(//head)")


def test_outlook_gets_its_tables() -> None:
    assert "<!--[if mso | IE]>" in render(filled("x")).html


def test_the_preheader_is_the_first_thing_to_do() -> None:
    report = mailed_report([version(owner="Ana Kovač", data_source="", **{"last_reviewed": TODAY})])
    hidden = page_of(render(digests(report, WEEK)[0])).xpath('//div[contains(@style, "display:none")]')
    assert [one.text_content() for one in hidden] == [
        "AC failure 3.1, Data source (row 2): The data source is missing."
    ]


def test_plain_text_is_narrow_and_readable() -> None:
    for one in (*digests(busy_report(), WEEK), summary(busy_report(), WEEK)):
        text = render(one, AROUND).text
        for line in text.splitlines():
            assert len(line) <= WIDTH or "://" in line
            assert line == "-- " or line == line.rstrip()
        assert "\n\n\n" not in text
        assert not re.search(r"<\w|&\w+;|None", text)


def test_plain_text_begins_with_what_matters() -> None:
    lines = render(digests(busy_report(), WEEK)[1], AROUND).text.splitlines()
    assert lines[:5] == [
        "Model registry demo",
        "1 thing to mend, 2 overdue",
        "For Bo Lind, week 2026-W27, as of 2026-07-01",
        "",
        "2 live, 1 to mend, 2 overdue, 2 changed",
    ]
    assert lines[lines.index("TO MEND") + 2] == " 1. Parts demand 12, Data source (row 4) - error"


def test_a_text_cannot_forge_lines_of_the_plain_part() -> None:
    text = render(owners_mail(filled("x\n-- \nTO MEND\r\n\x0b\u2028y"))).text
    assert text.count("\n-- \n") == 1
    assert "\nTO MEND\nx" not in text.replace("TO MEND\n-------\n", "")


def test_a_quiet_mail_says_that_nothing_was_found() -> None:
    report = mailed_report(
        [
            version(
                owner="Ana Kovač", training_date=date(2026, 6, 10), last_reviewed=TODAY, deployed_on=date(2026, 6, 12)
            )
        ]
    )
    (one,) = digests(report, WEEK)
    assert one.nothing_to_say
    rendered = render(one)
    assert rendered.subject == "Model registry demo: nothing found to mend"
    assert "TO MEND\n" not in rendered.text
    assert "AC failure 3.1: Service desk app" in rendered.text


def test_what_could_not_be_checked_is_told_to_owners_too() -> None:
    one = replace(owners_mail(filled("x")), unchecked=Part(("3 links could not be tried: the network is down.",), 0))
    rendered = render(one)
    assert "Not everything could be checked" in words(rendered)
    assert "3 links could not be tried" in rendered.text


def test_the_foot_says_why_and_how_to_change_it() -> None:
    one = digests(busy_report(), WEEK)[1]
    for told in (words(render(one, AROUND)), " ".join(render(one, AROUND).text.split())):
        assert "because 2 rows name you as owner in the model registry demo (models.xlsx)." in told
        assert "Owner column" in told
        assert "write to registry@example.com" in told
    assert "summary_to" in render(summary(busy_report(), WEEK)).text


def test_the_command_for_a_doubtful_mail_is_whole() -> None:
    command = "registry-sheets mail weekly --registry demo --week 2026-W26 --to " + "k" * 60 + "@" + "e" * 180 + ".com"
    whole = summary(busy_report(), WEEK, [uncertain("k@example.com", "2026-06-22 07:30", command)])
    assert command in render(whole).text
    assert command in words(render(whole))
    crowded = replace(filled('"' * 30_000, lines=100), unmailed=whole.unmailed)
    assert command in render(crowded).text


@pytest.mark.parametrize("well", [False, True])
def test_alerts(well: bool) -> None:
    one = alert("demo", "It is encrypted.", "Take the password off.", datetime(2026, 6, 29, 2, 0), well)
    assert one.subject == f"Model registry demo: the nightly check {'works again' if well else 'failed'}"
    for told in (words(one), one.text):
        assert "2026-06-29 02:00" in told
        assert "It is encrypted." in told
        assert ("Take the password off." in told) is not well
        assert "alert_to" in told


@given(st.text(max_size=400).map(lambda text: " ".join(text.split())), st.sampled_from(["", "    ", "      "]))
def test_wrapping_keeps_every_word(text: str, indent: str) -> None:
    lines = wrap(text, indent).split("\n")
    assert " ".join(line.removeprefix(indent) for line in lines).split(" ") == text.split(" ")
    assert all(len(line) <= WIDTH or " " not in line.removeprefix(indent) for line in lines)


@given(texts, st.integers(2, 200))
def test_texts_are_cut_to_their_length(text: str, most: int) -> None:
    shown = mail_text(text, most)
    assert len(shown) <= most
    assert isinstance(shown.encode(), bytes)  # no lone surrogates
    assert not set(shown) & set("\x00\x1b\n\r\u202e\ufffe")
