"""A program of its own: an unmodified gspread does all that people do with it, and tells as JSON what it saw.

Run as ``python gspread_scenario.py KEY.json``; it knows nothing of a stand-in. Google's hosts are where the
environment's proxy leads.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import gspread
from gspread.exceptions import APIError, SpreadsheetNotFound
from gspread.utils import ValidationConditionType, ValueInputOption, ValueRenderOption


def main(key: str) -> None:
    client = gspread.service_account(filename=key)
    client.set_timeout(30)
    seen: dict[str, Any] = {}
    book = client.create("Registry of models")
    seen["created"] = {"id": book.id, "title": book.title, "tabs": [tab.title for tab in book.worksheets()]}
    share(book, seen)
    tab = book.sheet1
    write_and_read(tab, seen)
    append(tab, seen)
    batch(book, tab, seen)
    protect(tab, seen)
    shape(tab, seen)
    tabs(book, tab, seen)
    delete(client, book, seen)
    print(json.dumps(seen))


def share(book: Any, seen: dict[str, Any]) -> None:
    book.share("ada@example.com", perm_type="user", role="writer", notify=False)
    seen["shared"] = sorted((one["emailAddress"], one["role"]) for one in book.list_permissions())
    book.remove_permissions("ada@example.com")
    seen["shared no more"] = sorted(one["emailAddress"] for one in book.list_permissions())


def write_and_read(tab: Any, seen: dict[str, Any]) -> None:
    tab.update([["Name", "Version", "Trained"], ["churn", "3.10", "2026-06-30"]], "A1:C2", raw=True)
    seen["raw"] = tab.get("A1:C2")
    seen["raw values"] = tab.get("A2:C2", value_render_option=ValueRenderOption.unformatted)
    tab.update([["3.10", "2026-06-30", "=1+2"]], "B3:D3", value_input_option=ValueInputOption.user_entered)
    seen["typed"] = tab.get("B3:C3", value_render_option=ValueRenderOption.unformatted)
    seen["formula"] = tab.acell("D3", value_render_option=ValueRenderOption.formula).value
    tab.update_acell("A3", "'007")
    seen["cell"] = tab.acell("A3").value
    tab.batch_clear(["B3:D3"])
    seen["cleared"] = tab.get("A3:D3")
    found = tab.find("churn")
    seen["found"] = found and found.address


def append(tab: Any, seen: dict[str, Any]) -> None:
    answer = tab.append_row(["fraud", "1.0", "2026-07-01"], value_input_option=ValueInputOption.raw)
    seen["appended"] = answer["updates"]["updatedRange"]
    tab.append_rows([["fraud", "1.1", ""], ["ranking", "2", "x"]], value_input_option=ValueInputOption.raw)
    seen["all"] = tab.get_all_values()


def batch(book: Any, tab: Any, seen: dict[str, Any]) -> None:
    tab.batch_update([{"range": "E1:E2", "values": [["Owner"], ["Ada"]]}, {"range": "F1", "values": [["Stage"]]}])
    seen["batch"] = tab.batch_get(["E1:F2", "A1"])
    requests = [
        {"appendDimension": {"sheetId": tab.id, "dimension": "ROWS", "length": 5}},
        {"findReplace": {"find": "ranking", "replacement": "ranker", "sheetId": tab.id}},
    ]
    replies = book.batch_update({"requests": requests})["replies"]
    seen["replies"] = replies
    seen["refused"] = refusal(lambda: book.batch_update({"requests": [{"makeCoffee": {}}]}))


def protect(tab: Any, seen: dict[str, Any]) -> None:
    answer = tab.add_protected_range("A1:C1", description="the header")
    number = answer["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    seen["protected"] = [one["description"] for one in tab.spreadsheet.list_protected_ranges(tab.id)]
    tab.delete_protected_range(number)
    seen["protected no more"] = tab.spreadsheet.list_protected_ranges(tab.id)


def shape(tab: Any, seen: dict[str, Any]) -> None:
    tab.format("A1:F1", {"textFormat": {"bold": True}})
    tab.format("B1:B", {"numberFormat": {"type": "TEXT"}})
    tab.freeze(rows=1)
    tab.set_basic_filter("A1:F6")
    tab.add_validation("F2:F6", ValidationConditionType.one_of_list, ["Production", "Testing"], showCustomUi=True)
    tab.sort((1, "asc"), range="A2:F6")
    seen["sorted"] = [row[0] for row in tab.get("A2:A6")]
    tab.insert_row(["new"], index=2)
    tab.delete_rows(3)
    tab.resize(rows=40, cols=8)
    seen["size"] = [tab.row_count, tab.col_count, tab.frozen_row_count]
    tab.update_note("A1", "which model")
    seen["note"] = tab.get_note("A1")


def tabs(book: Any, tab: Any, seen: dict[str, Any]) -> None:
    other = book.add_worksheet("Lists", rows=10, cols=4)
    other.update_title("Owners")
    twin = book.duplicate_sheet(other.id, new_sheet_name="Twin")
    book.reorder_worksheets([twin, other, tab])
    seen["tabs"] = [one.title for one in book.worksheets()]
    book.del_worksheet(twin)
    seen["tabs left"] = [one.title for one in book.worksheets()]
    seen["no such tab"] = refusal(lambda: book.values_get("Nowhere!A1"))


def delete(client: Any, book: Any, seen: dict[str, Any]) -> None:
    seen["by name"] = client.open("Registry of models").id == book.id
    seen["listed"] = [one["name"] for one in client.list_spreadsheet_files()]
    other = client.create("To be deleted")
    client.del_spreadsheet(other.id)
    try:
        client.open_by_key(other.id)
    except SpreadsheetNotFound:
        seen["deleted"] = "not found"


def refusal(call: Any) -> list[Any]:
    """The status and message of a call that Google refuses."""
    try:
        call()
    except APIError as error:
        return [error.code, error.response.json()["error"]["message"]]
    return [200, ""]


if __name__ == "__main__":
    main(sys.argv[1])
