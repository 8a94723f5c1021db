"""Old lists of models as CSV files, read as the text that they are: encoding, separator and title lines found out.

A CSV file says neither how its letters are coded nor what separates its cells, so both are told from the
content: by the marks at its beginning, by which codes it can be, and by what its lines agree on.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.errors import NotChecked, UnreadableWorkbook
from registry_sheets.registry.grid import Cell, Grid

SEPARATORS = (",", ";", "\t")
CSV_ENDINGS = frozenset((".csv", ".tsv", ".txt"))
LONGEST_LIST, WIDEST_LIST = 1_048_575, 16_000
"""So many rows and columns fit on a tab, with room for the registry's own."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_QUOTED = re.compile(r'(?:^|(?<=[,;\t])) *"(?:[^"]|"")*"', re.MULTILINE)
_EXCEL_HINT = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_SAMPLE_LINES = 200
_SAVE_AGAIN = "Open it in a spreadsheet and save it again as CSV UTF-8, or as .xlsx."


@dataclass(frozen=True, slots=True)
class TextList:
    """A CSV file, understood: its cells as text, and how it was read."""

    grid: Grid
    encoding: str
    separator: str


def is_csv(path: Path) -> bool:
    """Whether a path names a text list."""
    return path.suffix.lower() in CSV_ENDINGS


def read_csv(path: Path) -> TextList:
    """Read a CSV file; every cell is the text that stands there. Raises UnreadableWorkbook, NotChecked."""
    data = _bytes(path)
    text, encoding = decoded(data, path.name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # in a cell too, where Excel knows no other line break
    separator, text = separator_of(text)
    rows = _rows(text, separator, path.name)
    return TextList(Grid(path.stem, rows), encoding, separator)


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableWorkbook(f"There is no file {path}.", "Check the path.") from None
    except IsADirectoryError:
        raise UnreadableWorkbook(f"{path} is a folder.", "Give the path of the list in it.") from None
    except OSError as error:
        raise NotChecked(f"{path.name} could not be read: {error.strerror or error}.", "Try again later.") from None
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableWorkbook(f"{path.name} is a workbook by its content.", "Rename it to end in .xlsx.")
    if not data.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise UnreadableWorkbook(f"{path.name} is empty.", "Give a list with a row of headings.")
    return data


def decoded(data: bytes, label: str) -> tuple[str, str]:
    """The text, and the name of its encoding: UTF-8, UTF-16 with or without a mark, else cp1252.

    cp1252 comes last: nearly any bytes can be read as cp1252, hardly any other text as UTF-8.
    """
    for encoding in _candidates(data):
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeDecodeError:
            continue
    raise UnreadableWorkbook(f"{label} is not text in UTF-8, UTF-16 or Windows-1252.", _SAVE_AGAIN)


def _candidates(data: bytes) -> Sequence[str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    head = data[:4096]
    # A list has commas and digits whatever its language; in UTF-16 each has a zero for its other half.
    low, high = head[0::2].count(0), head[1::2].count(0)
    if low or high:
        return ("utf-16-le",) if high > low else ("utf-16-be",)
    return ("utf-8", "cp1252")


def separator_of(text: str) -> tuple[str, str]:
    """What separates the cells, and the text without Excel's own line about it ('sep=;')."""
    if hint := _EXCEL_HINT.match(text):
        return hint[1], text[hint.end() :]
    return max(SEPARATORS, key=lambda separator: _agreement(text, separator)), text


def _agreement(text: str, separator: str) -> tuple[int, int]:
    """How many lines have the same number of this separator outside quotes, and that number."""
    lines = _lines(text)[:_SAMPLE_LINES]
    counts = Counter(count for line in lines if (count := line.count(separator)))
    number, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return times, number


def _lines(text: str) -> list[str]:
    """The lines without their quoted cells, which may hold anything."""
    return re.split(r"\r\n|\r|\n", _QUOTED.sub("", text))


def _rows(text: str, separator: str, label: str) -> list[list[Cell]]:
    """The cells from the first line on; rows are made equally long."""
    import pandas

    # Title lines above the header are shorter than the rest, so the width is told beforehand.
    width = 1 + max(line.count(separator) for line in _lines(text))
    if width > WIDEST_LIST:
        raise UnreadableWorkbook(f"{label} has {width:,} columns, more than a tab holds.", "Take some out first.")
    try:
        frame = pandas.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            names=range(width + 1),  # one more, which stays blank, because pandas drops what does not fit
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            # '"a", "b"': the space before a quote is no part of the cell.
            skipinitialspace=bool(re.search(f'{re.escape(separator)} +"', text)),
        )
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
        raise UnreadableWorkbook(f"{label} cannot be read as CSV: {error}.", _SAVE_AGAIN) from None
    if len(frame) > LONGEST_LIST:
        raise UnreadableWorkbook(f"{label} has {len(frame):,} lines, more than a tab holds.", "Take some out first.")
    cells: list[list[Cell]] = frame.fillna("").to_numpy(dtype=object).tolist()
    if any(row[width] != "" for row in cells):
        raise UnreadableWorkbook(f"{label} has lines whose quotes do not match.", _SAVE_AGAIN)
    return [row[:width] for row in cells]
