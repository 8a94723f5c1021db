"""A report as a workbook: read back cell by cell, a text stays a text, and LibreOffice reads it as it was meant."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.completeness import Completeness, Point
from registry_sheets.registry.text import CELL_LIMIT, cell_safe, one_line
from registry_sheets.reports.content import Report
from registry_sheets.reports.spreadsheet import report_workbook
from registry_sheets.reports.spreadsheet_frames import (
    MOST_BARS,
    age_figures,
    owner_figures,
    rule_figures,
    stage_figures,
    trend_figures,
)
from registry_sheets.reports.spreadsheet_styles import safe_link
from tests.support.libreoffice import drive
from tests.support.made_reports import (
    ANA,
    BEN,
    BOOK,
    DAY,
    HEADINGS,
    empty_report,
    live_line,
    open_finding,
    period,
    report,
    told_change,
    version_row,
)

TABS = ["Summary", "Registry", "Live", "Findings", "Changes", "Live periods", "Figures"]
HOSTILE = ('=HYPERLINK("https://evil.example","x")', "+1", "-1", "@SUM(1)", "\t=1", "=1+1", "_x0041_", "3.10", "TRUE")


def opened(made: Report) -> Any:  # openpyxl's types know no charts and no links
    return openpyxl.load_workbook(io.BytesIO(report_workbook(made)))


def calamine(made: Report, tab: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_workbook(made)))
    return book.get_sheet_by_name(tab).to_python(skip_empty_area=False)


def parts(made: Report) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(report_workbook(made))) as package:
        return {name: package.read(name) for name in package.namelist()}


def one_cell(value: Any) -> Report:
    return report(headings=("Name",), rows=(version_row(1)._replace(cells=(value,)),))


def test_the_tabs_and_their_headers() -> None:
    book = opened(report())
    assert book.sheetnames == TABS
    assert [cell.value for cell in book["Registry"][1]] == ["Row", *HEADINGS]
    assert [cell.value for cell in book["Live"][1]][:6] == [
        "Model", "Version", "Used for", "Location", "Live since", "Known by",
    ]  # fmt: skip
    for tab in TABS[1:6]:
        sheet = book[tab]
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}{sheet.max_row}"
        assert sheet.freeze_panes
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)


def test_names_are_repeated_where_a_tab_is_wider_than_a_page() -> None:
    book = opened(report())
    assert (book["Registry"].page_setup.fitToWidth, book["Registry"].print_title_cols) == (1, None)
    wide = opened(report(live=(live_line(1, why="x" * 90, what_changed="y" * 90, data_source="z" * 90),)))["Live"]
    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (2, "$A:$B")


def test_days_are_days_and_versions_texts() -> None:
    (_, *rows) = calamine(report(), "Registry")
    assert rows[0] == [2, "Demand 1", "3.10", date(2026, 3, 4), "Production", "Service desk", 0.125, ""]
    (_, live, *_) = calamine(report(), "Live")
    assert live[1] == "3.10"
    assert (live[4], live[6]) == (date(2026, 4, 24), date(2026, 4, 15))
    assert (live[7], live[8]) == (77, 180)
    sheet = opened(report())["Registry"]
    assert (sheet["D2"].number_format, sheet["C2"].number_format) == ("yyyy\\-mm\\-dd", "@")


def test_moments_have_no_time_zone() -> None:
    at = datetime.fromisoformat("2026-06-29T18:30:59.5+02:00")
    (_, row) = calamine(report(changes=(told_change(edited_at=at),)), "Changes")
    assert row[-1] == datetime(2026, 6, 29, 16, 30, 59)


def test_a_period_that_is_not_over_has_no_end() -> None:
    made = report(periods=(period(), period(end=None), period(end_known=False), period(start=None)))
    rows = calamine(made, "Live periods")[1:]
    assert [row[5:7] for row in rows] == [
        [date(2026, 3, 12), "its last day"],
        ["", "still live"],
        [date(2026, 3, 12), "over by that day"],
        [date(2026, 3, 12), "its last day"],
    ]
    assert rows[3][4] == ""


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_text_stays_a_text_on_every_tab(typed: str) -> None:
    made = report(
        label=typed,
        notes=(typed,),
        headings=(typed,),
        rows=(version_row(1)._replace(cells=(typed,)),),
        live=(live_line(1, name=typed),),
        findings=(open_finding(1, (Person("x", typed, ""),), message=typed),),
        changes=(told_change(1, old=typed),),
        periods=(period(1, why=typed),),
    )
    found = parts(made)
    sheets = [name for name in found if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 7
    assert not [name for name in sheets if re.search(rb"<f[ />]", found[name])]
    for tab in TABS:
        texts = [cell for row in calamine(made, tab) for cell in row]
        assert (one_line(typed) if tab == "Figures" else typed) in [text for text in texts if isinstance(text, str)]


def test_what_looks_like_a_formula_stays_one_when_it_is_edited() -> None:
    sheet = opened(one_cell("=1+1"))["Registry"]
    assert (sheet["B2"].value, sheet["B2"].data_type, bool(sheet["B2"].quotePrefix)) == ("=1+1", "s", True)
    assert not opened(one_cell("1+1"))["Registry"]["B2"].quotePrefix


def test_excel_offers_no_number_for_the_version() -> None:
    found = parts(report())
    order = [etree.QName(element).localname for element in etree.fromstring(found["xl/worksheets/sheet2.xml"])]
    assert order.index("ignoredErrors") == order.index("headerFooter") + 1
    assert b'<ignoredError sqref="A1:H4" numberStoredAsText="1"/>' in found["xl/worksheets/sheet2.xml"]
    summary = [etree.QName(element).localname for element in etree.fromstring(found["xl/worksheets/sheet1.xml"])]
    assert summary.index("ignoredErrors") == summary.index("drawing") - 1


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (True, True),
        (7, 7),
        (2.5, 2.5),
        (date(1900, 3, 1), date(1900, 3, 1)),
        (date(9999, 12, 31), date(9999, 12, 31)),
        (date(1899, 12, 31), "1899-12-31"),
        (date(1, 1, 1), "0001-01-01"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), datetime(2026, 1, 2, 3, 4)),
        (time(3, 4, 5), time(3, 4, 5)),
        (timedelta(hours=30), timedelta(hours=30)),
        (timedelta(hours=-1), "-1 day, 23:00:00"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (10**15 + 1, "1000000000000000"),
        ("", ""),
        ("a\r\nb", "a\nb"),
        ("\x00\x0bbell\x07", "bell"),
        ("\ud800half", "half"),
    ],
)
def test_every_kind_of_cell(value: Any, held: Any) -> None:
    found = calamine(one_cell(value), "Registry")[1][1]
    assert found == held
    assert isinstance(found, bool) == isinstance(held, bool)
    assert isinstance(found, str) == isinstance(held, str)


def test_a_text_that_no_cell_holds_is_shortened() -> None:
    found = calamine(one_cell("=" + "x" * 40_000), "Registry")[1][1]
    assert (len(found), found[-1]) == (CELL_LIMIT, "…")
    assert len(calamine(one_cell("_x0041_" * 4_000), "Registry")[1][1]) == 28_000


@given(st.text(st.characters(exclude_categories=()), max_size=30))
@example("_x005F_x0041_")
@example(" leading and trailing ")
@settings(max_examples=40, deadline=None)
def test_any_text_is_read_back(text: str) -> None:
    made = report(1, headings=(text,), rows=(version_row(1)._replace(cells=(text,)),), label=text, registry=text)
    head, row = ("".join(cells[1:]) for cells in calamine(made, "Registry"))
    assert head == row == cell_safe(text)
    opened(made)


def test_headings_of_people_may_be_doubled_or_blank() -> None:
    headings = ("Name", "Notes", "notes", "", "", "Notes")
    made = report(headings=headings, rows=(version_row(1)._replace(cells=("A", "1", "2", "3", "4", "5")),))
    assert calamine(made, "Registry") == [["Row", *headings], [2, "A", "1", "2", "3", "4", "5"]]
    assert not [name for name in parts(made) if "tables/" in name], "a table would need other headings"


def test_a_tab_without_rows_has_its_header_alone() -> None:
    for tab in TABS[1:6]:
        frame = pd.read_excel(io.BytesIO(report_workbook(empty_report())), tab, engine="openpyxl")
        assert (len(frame), len(frame.columns) > 0) == (0, True)
    assert not [name for name in parts(empty_report()) if "charts/" in name]


def test_the_summary_counts_the_changes() -> None:
    def numbers(made: Report) -> dict[Any, Any]:
        return {row[0]: row[1] for row in opened(made)["Summary"].iter_rows(max_col=2, values_only=True)}

    assert numbers(empty_report())["Changes since 2026-06-01"] == 0
    since = report(changes_since=date(2026, 1, 1))
    assert numbers(since)["Changes since 2026-01-01"] == len(since.changes)


def test_the_figures_print_on_one_page_without_the_days_of_the_trend() -> None:
    sheet = opened(report())["Figures"]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    assert re.fullmatch(r"'Figures'!\$D\$3:\$R\$\d+", sheet.print_area), sheet.print_area
    last = int(sheet.print_area.rpartition("$")[2])
    printed = [[cell.value for cell in row] for row in sheet[f"D3:R{last}"]]
    assert printed[0][0] == "Owner"
    assert printed[0][-1] == "Findings"
    assert any(cell is not None for cell in printed[-1])


def test_links_are_on_the_places() -> None:
    book = opened(report())
    links = list(_links(book))
    assert ("Summary", "A2", BOOK) in links
    assert ("Registry", "A2", f"{BOOK}#Models!A2") in links
    assert ("Live", "A2", f"{BOOK}#Models!A2") in links
    assert ("Findings", "E2", f"{BOOK}#Models!E2") in links
    assert book["Findings"]["E2"].value == "E2"
    assert not list(_links(opened(empty_report())))


def _links(book: Any) -> Iterator[tuple[str, str, str]]:
    for tab in TABS:
        for cell in (cell for row in book[tab].iter_rows() for cell in row if cell.hyperlink):
            yield (
                tab,
                cell.coordinate,
                cell.hyperlink.target + ("#" + cell.hyperlink.location if cell.hyperlink.location else ""),
            )


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://example.com/a?b=c#d!E5", "https://example.com/a?b=c#d!E5"),
        ("file:///C:/a b.xlsx#Models!A2", "file:///C:/a%20b.xlsx#Models!A2"),
        ("mailto:ana@example.com", "mailto:ana@example.com"),
        ("https://example.com/ü", "https://example.com/%C3%BC"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ms-word:ofe|u|x", ""),
        ("\\\\server\\share", ""),
        ("https://[bad", ""),
        ("https://a:port/", ""),
        ("https://example.com/" + "x" * 2_079, ""),
        ("", ""),
    ],
)
def test_which_links_a_workbook_may_hold(link: str, kept: str) -> None:
    assert safe_link(link) == kept


def test_properties_tell_what_it_is_and_of_nobody() -> None:
    book = opened(report(registry="forecasts"))
    assert book.properties.title == "forecasts: model registry, 2026-07-01"
    assert (book.properties.creator, book.properties.lastModifiedBy) == ("Registry Sheets", None)
    assert book.properties.modified == datetime(2026, 7, 1)


def test_the_foot_of_a_page_takes_no_codes_from_a_name() -> None:
    foot = opened(report(registry="A&B &P"))["Live"].oddFooter
    assert foot.left.text == "A&&B &&P, 2026-07-01"


def test_the_same_report_is_the_same_file() -> None:
    assert report_workbook(report()) == report_workbook(report())


# Charts and figures


def test_the_summary_has_its_charts_with_titles_and_axes() -> None:
    found = parts(report())
    charts = [etree.fromstring(found[name]) for name in sorted(found) if name.startswith("xl/charts/chart")]
    namespace = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
                 "a": "http://schemas.openxmlformats.org/drawingml/2006/main"}  # fmt: skip
    kinds = [
        [kind for kind in ("lineChart", "barChart") if chart.find(f".//c:{kind}", namespace) is not None]
        for chart in charts
    ]
    assert kinds == [["lineChart"], ["barChart"], ["barChart"]]
    for chart in charts:
        titles = ["".join(map(str, title.itertext())).strip() for title in chart.iterfind(".//c:title", namespace)]
        assert len(titles) == 3
        assert all(titles)
        deleted = [one.get("val") for one in chart.iterfind(".//c:delete", namespace)]
        assert deleted == ["0", "0"]
        assert all(one.get("val") == "0" for one in chart.iterfind(".//c:title/c:overlay", namespace))
        axes = {axis.get("val") for axis in chart.iterfind(".//c:axId", namespace)}
        assert {axis.get("val") for axis in chart.iterfind(".//c:crossAx", namespace)} == axes
    assert charts[0].find(".//c:dateAx", namespace) is not None


def test_the_charts_are_drawn_from_the_figures() -> None:
    made = report()
    book = opened(made)
    (line, *bars) = book["Summary"]._charts
    (series,) = line.series
    area = re.fullmatch(r"'Figures'!(\$B\$4:\$B\$\d+)", series.val.numRef.f)
    assert area
    shares = [cell.value for (cell,) in book["Figures"][area[1]]]
    assert (shares[0], shares[-1], len(shares)) == (0.5556, 0.8556, (DAY - date(2026, 2, 1)).days + 1)
    assert [one.cat.numRef.f if one.cat.numRef else one.cat.strRef.f for one in bars[0].series] == [
        "'Figures'!$D$4:$D$6"
    ] * 3


def test_completeness_holds_until_the_next_point() -> None:
    points = (Point(date(2026, 6, 1), Completeness(1, 2)), Point(date(2026, 6, 4), Completeness(2, 2)))
    frame = trend_figures(report(trend=points))
    assert list(frame["Day"]) == [date(2026, 6, day) for day in (1, 2, 3, 4)]
    assert list(frame["Completeness"]) == [0.5, 0.5, 0.5, 1.0]


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(9999, 12, 31), date(1, 1, 1)])
def test_one_point_of_the_trend_is_shown(day: date) -> None:
    made = report(trend=(Point(day, Completeness(1, 2)),), today=day)
    assert list(trend_figures(made)["Day"]) == [day]
    assert opened(made)["Summary"]._charts[0].series[0].marker.symbol == "circle"


def test_findings_by_owner_are_counted_by_severity() -> None:
    findings = (
        open_finding(1, (ANA, BEN)),
        open_finding(2, (BEN,), severity=Severity.WARNING),
        open_finding(3, ()),
        open_finding(4, (Person("other", "Ben", ""),)),
    )
    frame = owner_figures(report(findings=findings))
    assert list(frame.columns) == ["Owner", "Errors", "Warnings", "For information"]
    assert frame.to_numpy().tolist() == [
        ["Ben", 1, 1, 0],
        ["(nobody)", 1, 0, 0],
        ["Ana Silva", 1, 0, 0],
        ["Ben", 1, 0, 0],
    ]


def test_who_has_most_findings_is_first() -> None:
    notes = [open_finding(n, (BEN,), severity=Severity.INFO) for n in range(3)]
    frame = owner_figures(report(findings=(open_finding(9), *notes)))
    assert frame.to_numpy().tolist() == [["Ben", 0, 0, 3], ["Ana Silva", 1, 0, 0]]


def test_many_owners_are_told_together() -> None:
    findings = [open_finding(n, (Person(str(n), f"Owner {n}", ""),)) for n in range(30)]
    frame = owner_figures(report(findings=tuple(findings)))
    assert len(frame) == MOST_BARS
    assert frame.iloc[-1].tolist() == [f"{30 - MOST_BARS + 1} others", 30 - MOST_BARS + 1, 0, 0]


def test_the_most_overdue_version_is_first_and_each_is_there_once() -> None:
    lines = (
        live_line(1)._replace(age=100, retrain_every=90),
        live_line(1, location="Elsewhere")._replace(age=100, retrain_every=90),
        live_line(2)._replace(age=500, retrain_every=None),
        live_line(3)._replace(age=None),
        live_line(4)._replace(age=200, retrain_every=30),
    )
    frame = age_figures(report(live=lines))
    assert list(frame["Live version"]) == ["Demand 4 3.10", "Demand 1 3.10", "Demand 2 3.10"]
    assert list(frame["Retrain every (days)"]) == [30, 90, None]


def test_versions_by_stage_and_findings_by_rule() -> None:
    rows = tuple(version_row(n)._replace(stage=stage) for n, stage in enumerate(("Production", "", "Archived", "")))
    assert stage_figures(report(rows=rows)).to_numpy().tolist() == [
        ["Production", 1], ["Testing", 0], ["Archived", 1], ["(no stage)", 2],
    ]  # fmt: skip
    assert rule_figures(report()).to_numpy().tolist()[0] == ["A required cell is blank", "missing-value", 3]


def test_sentences_stand_on_the_summary() -> None:
    book = opened(report(complete=False, unchecked=("Not checked: links.",), notes=("It is open.",)))
    texts = [row[0].value for row in book["Summary"].iter_rows()]
    at = texts.index("Not everything could be checked:")
    assert texts[at : at + 3] == ["Not everything could be checked:", "Not checked: links.", "It is open."]


# LibreOffice


@pytest.mark.libreoffice
def test_libreoffice_reads_it_as_it_was_meant(tmp_path: Path) -> None:
    cells = ("=1+1", "3.10", date(2026, 3, 4), True, "-5", 0.125, "a\nb")
    made = report(rows=(version_row(1, *cells), version_row(2)), headings=("Name", "Version", "Day", "", "", "x", "x"))
    path = tmp_path / "report.xlsx"
    path.write_bytes(report_workbook(made))
    saved = tmp_path / "saved.xlsx"
    steps = [{"do": "texts", "tab": "Registry", "range": "A1:H2"}, {"do": "save", "to": str(saved)}]
    texts, _ = drive(path, steps, tmp_path)
    assert texts[1] == ["2", "=1+1", "3.10", "2026-03-04", "TRUE", "-5", "0.125", "a\nb"]
    for tab in TABS:
        assert _values(saved, tab) == _values(path, tab)
    with zipfile.ZipFile(saved) as package:
        assert len([name for name in package.namelist() if name.startswith("xl/charts/chart")]) == 3


def _values(path: Path, tab: str) -> Sequence[Sequence[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(tab).to_python(skip_empty_area=False)
