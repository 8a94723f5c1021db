"""Makes a registry workbook of any size, as Excel stores one: shared strings, dates by serial number and style.

    python -m tests.benchmarks.made 100000 models.xlsx

Written as XML by hand, streamed, because a writer that goes through cells takes minutes for a million rows.
Runs as a process of its own: a child's peak memory counts what its parent held, so the parent stays small.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

HEADERS = (
    "Name",
    "Version",
    "Training date",
    "Data source",
    "Location",
    "Stage",
    "Owner",
    "Used for",
    "What changed",
    "Deployed on",
)
TODAY = date(2026, 7, 1)
_PER_MODEL = 20
_FAULT_EVERY = 67  # 1,500 findings in 100,000 rows
_EPOCH = date(1899, 12, 30)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Models" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def write(rows: int, path: Path) -> None:
    """Write a registry of so many model versions, about one fault in 67 rows."""
    strings: dict[str, int] = {}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, part in PARTS.items():
            archive.writestr(name, _HEAD + part)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for piece in _sheet(rows, strings):
                sheet.write(piece.encode())
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            for piece in _shared(strings, 8 * rows + len(HEADERS)):
                shared.write(piece.encode())


def _sheet(rows: int, strings: dict[str, int]) -> Iterator[str]:
    last = f"{chr(64 + len(HEADERS))}{rows + 1}"
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/><sheetData>'
    yield _row(1, HEADERS, strings)
    for number in range(rows):
        yield _row(number + 2, _version(number), strings)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: tuple[str | int, ...], strings: dict[str, int]) -> str:
    written = []
    for place, cell in enumerate(cells):
        address = f"{chr(65 + place)}{number}"
        if isinstance(cell, int):
            written.append(f'<c r="{address}" s="1"><v>{cell}</v></c>')
        elif cell:
            written.append(f'<c r="{address}" t="s"><v>{strings.setdefault(cell, len(strings))}</v></c>')
    return f'<row r="{number}">{"".join(written)}</row>'


def _version(number: int) -> tuple[str | int, ...]:
    """One row. Names, versions and data differ as they do in life; places, stages and owners repeat."""
    model, version = divmod(number, _PER_MODEL)
    trained = TODAY - timedelta(days=30 * (_PER_MODEL - version))
    source = f"warehouse.events_{model} {trained - timedelta(days=1)}"
    stage = "Production" if version == _PER_MODEL - 2 else "Testing" if version == _PER_MODEL - 1 else "Archived"
    serial = (trained - _EPOCH).days
    cells: list[str | int] = [
        f"Forecast {_letters(model)}",
        f"{1 + version // 10}.{version % 10}",
        serial,
        source,
        f"Site {model % 40}",
        stage,
        f"owner{model % 25}@example.com",
        f"Product line {model % 12}",
        "Retrained with the newest month",
        serial + 7,
    ]
    if number % _FAULT_EVERY == 0:
        cells[2] = f"{trained:%d.%m.}"
    return tuple(cells)


def _letters(number: int) -> str:
    """A name without digits, so that no two names are taken for versions of one."""
    letters = ""
    for _ in range(5):
        number, rest = divmod(number, 26)
        letters = chr(65 + rest) + letters
    return letters


def _shared(strings: dict[str, int], uses: int) -> Iterator[str]:
    yield f'{_HEAD}<sst xmlns="{_MAIN}" count="{uses}" uniqueCount="{len(strings)}">'
    for text in strings:
        yield f"<si><t>{text}</t></si>"
    yield "</sst>"


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
