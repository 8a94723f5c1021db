"""A report as a workbook, an audit pack: a summary with charts, the registry, what is live, findings, what changed.

pandas makes the sections and the figures, openpyxl the workbook. A pass over the finished package puts right what
openpyxl cannot: it stamps the time into the file, and has no ignored errors. The same report is the same file.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from registry_sheets.registry.grid import a1
from registry_sheets.registry.text import one_line, xml_safe
from registry_sheets.reports.content import Report
from registry_sheets.reports.headings import heading
from registry_sheets.reports.spreadsheet_frames import sections
from registry_sheets.reports.spreadsheet_styles import Pen
from registry_sheets.reports.spreadsheet_summary import add_figures, add_summary
from registry_sheets.reports.spreadsheet_tabs import add_tab, footer_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

CREATOR = "Registry Sheets"
_TITLE_LONGEST = 200
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_AFTER_IGNORED_ERRORS = re.compile(rb"<(?:smartTags|drawing|legacyDrawing|picture|tableParts|extLst)\b|</worksheet>")


def report_workbook(report: Report) -> bytes:
    """The report as the content of an .xlsx file: Summary, Registry, Live, Findings, Changes, Live periods, Figures.

    Texts stay texts whatever they start with, days are days (yyyy-mm-dd), moments are in UTC. A text longer than a
    cell can hold (32,767) is cut.
    """
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    pen, footer = Pen(), footer_text(report.registry.strip() or report.label, report.today.isoformat())
    summary = workbook.create_sheet("Summary")
    for section in sections(report):
        add_tab(workbook, section, pen, footer)
    figures = add_figures(workbook, report, pen, footer)
    add_summary(summary, report, pen, footer, figures)
    _properties(workbook, report)
    raw = io.BytesIO()
    workbook.save(raw)
    return _finished(raw, workbook, report)


def _properties(workbook: Workbook, report: Report) -> None:
    title = one_line(xml_safe(f"{heading(report)}, {report.today}"))
    workbook.properties.title = title[:_TITLE_LONGEST]
    workbook.properties.creator = CREATOR
    workbook.calculation.fullCalcOnLoad = False  # there is no formula in it
    workbook.security = None  # written empty, it would read as a protection


def _finished(raw: io.BytesIO, workbook: Workbook, report: Report) -> bytes:
    extents = {
        f"xl/worksheets/sheet{number}.xml": _extent(sheet) for number, sheet in enumerate(workbook.worksheets, 1)
    }
    stamp = datetime.combine(report.today, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0").encode()
    finished = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename in extents:
                content = _with_ignored_errors(content, extents[entry.filename])
            elif entry.filename == "docProps/core.xml":
                content = _STAMPS.sub(rb"\g<1>" + stamp, content)
            info = zipfile.ZipInfo(entry.filename, _ZIP_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(info, content)
    return finished.getvalue()


def _extent(sheet: Worksheet) -> str:
    return f"A1:{a1(max(sheet.max_row, 1) - 1, max(sheet.max_column, 1) - 1)}"


def _with_ignored_errors(content: bytes, extent: str) -> bytes:
    """So that Excel does not offer to turn the version '3.10' into a number."""
    after = _AFTER_IGNORED_ERRORS.search(content, content.rindex(b"</sheetData>"))
    assert after is not None, "a sheet part has an end"
    markup = f'<ignoredErrors><ignoredError sqref="{extent}" numberStoredAsText="1"/></ignoredErrors>'
    return content[: after.start()] + markup.encode() + content[after.start() :]
