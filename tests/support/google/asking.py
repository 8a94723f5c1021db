"""Putting calls to the stand-in the short way, for tests of the stand-in itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tests.support.google.core import StandIn
from tests.support.google.guard import assert_allowed
from tests.support.google.methods import find
from tests.support.google.wire import Answer, Call

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
DRIVE = "https://www.googleapis.com/drive/v3/files"


@dataclass(frozen=True)
class Asking:
    """Calls about one spreadsheet."""

    stand_in: StandIn
    spreadsheet: str

    def call(self, method: str, url: str, body: Any = None, **query: Any) -> Answer:
        """One call; a parameter may be a list. Raises AssertionError for an answer that Google's schema forbids."""
        full = f"{url}?{urlencode(query, doseq=True)}" if query else url
        told = Call(method, full, {}, b"" if body is None else json.dumps(body).encode())
        answer = self.stand_in.handle(told)
        described = find(method, full)
        if described is not None:
            assert_allowed(described, answer)
        return answer

    def sheets(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """A call to Sheets, its path told from the spreadsheet's."""
        return self.call(method, f"{SHEETS}/{self.spreadsheet}{quote(path, safe='/:')}", body, **query)

    def drive(self, method: str, path: str = "", body: Any = None, **query: Any) -> Answer:
        """A call to Drive, its path told from the file's."""
        return self.call(method, f"{DRIVE}/{self.spreadsheet}{path}", body, **query)

    def get(self, fields: str = "", **query: Any) -> Any:
        """spreadsheets.get."""
        answer = self.sheets("GET", "", **({"fields": fields} if fields else {}), **query)
        assert answer.status == 200, answer.body
        return answer.json()

    def batch(self, *requests: Any, **more: Any) -> Any:
        """spreadsheets.batchUpdate; gives the replies."""
        answer = self.sheets("POST", ":batchUpdate", {"requests": list(requests), **more})
        assert answer.status == 200, answer.body
        return answer.json()["replies"]

    def refused(self, *requests: Any) -> Any:
        """A batchUpdate that must be refused; gives the error."""
        answer = self.sheets("POST", ":batchUpdate", {"requests": list(requests)})
        assert answer.status >= 400, answer.body
        return answer.json()["error"]

    def tab(self, fields: str, at: int = 0) -> Any:
        """A field of a tab as spreadsheets.get tells it; None where it is left out."""
        return self.get(f"sheets({fields})")["sheets"][at].get(fields.split("(")[0])

    def values(self, text: str, **query: Any) -> Any:
        """values.get; gives the values alone."""
        answer = self.sheets("GET", f"/values/{text}", **query)
        assert answer.status == 200, answer.body
        return answer.json().get("values", [])


def rows(start: int, end: int, sheet: int = 0) -> dict[str, Any]:
    """A DimensionRange of rows, from 0, the end excluded."""
    return {"sheetId": sheet, "dimension": "ROWS", "startIndex": start, "endIndex": end}


def columns(start: int, end: int, sheet: int = 0) -> dict[str, Any]:
    """A DimensionRange of columns."""
    return {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": start, "endIndex": end}


def box(top: int, bottom: int, left: int, right: int, sheet: int = 0) -> dict[str, Any]:
    """A GridRange, ends excluded."""
    ends = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}
    return {"sheetId": sheet, **ends}


def text(*values: str) -> dict[str, Any]:
    """A RowData of texts; '' is an empty cell."""
    return {"values": [{"userEnteredValue": {"stringValue": one}} if one else {} for one in values]}
