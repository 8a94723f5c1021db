"""The stand-in itself: one call in, one answer out, over spreadsheets in memory.

It imitates what behaviours.py lists and answers 501 to everything else. It evaluates few formulas (see formulas.py)
and no conditional formats. Tokens, scopes, quotas and the network are other modules' concern, around ``handle``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.google import csvfiles, drive, sharing, spreadsheets, values, valuewrites
from tests.support.google.asked import Asked
from tests.support.google.cellvalues import cell_of
from tests.support.google.errors import NotImitated, Refused
from tests.support.google.formulas import calculate
from tests.support.google.people import Person, plain_cells
from tests.support.google.state import Json, Sheet
from tests.support.google.wire import Answer, Call, answer_json
from tests.support.google.world import World

SHEETS = "sheets.googleapis.com"
DRIVE = "www.googleapis.com"
ID = r"([^/:]+)"
LONG = 200_000
When = int | str | Callable[[Call], bool]


def routes() -> Sequence[tuple[str, str, str, Callable[..., Json | Answer]]]:
    """(method, host, path, what answers) of every call that is imitated."""
    book, file = f"/v4/spreadsheets/{ID}", f"/drive/v3/files/{ID}"
    return (
        ("GET", SHEETS, book, spreadsheets.get),
        ("POST", SHEETS, "/v4/spreadsheets", spreadsheets.create),
        ("POST", SHEETS, f"{book}:batchUpdate", spreadsheets.batch_update),
        ("POST", SHEETS, f"{book}:getByDataFilter", spreadsheets.get_by_data_filter),
        ("POST", SHEETS, f"{book}/developerMetadata:search", spreadsheets.search_metadata),
        ("POST", SHEETS, rf"{book}/sheets/(\d+):copyTo", spreadsheets.copy_to),
        ("GET", SHEETS, f"{book}/values:batchGet", values.batch_get),
        ("POST", SHEETS, f"{book}/values:batchUpdate", valuewrites.batch_update),
        ("POST", SHEETS, f"{book}/values:batchClear", valuewrites.batch_clear),
        ("POST", SHEETS, f"{book}/values:batchGetByDataFilter", values.batch_get_by_filter),
        ("POST", SHEETS, f"{book}/values:batchUpdateByDataFilter", valuewrites.batch_update_by_filter),
        ("POST", SHEETS, f"{book}/values/(.+):append", valuewrites.append),
        ("POST", SHEETS, f"{book}/values/(.+):clear", valuewrites.clear),
        ("GET", SHEETS, f"{book}/values/(.+)", values.get),
        ("PUT", SHEETS, f"{book}/values/(.+)", valuewrites.update),
        ("GET", DRIVE, "/drive/v3/files", drive.listing),
        ("POST", DRIVE, "/drive/v3/files", drive.create),
        ("GET", DRIVE, file, drive.get),
        ("PATCH", DRIVE, file, drive.update),
        ("DELETE", DRIVE, file, drive.delete),
        ("POST", DRIVE, f"{file}/copy", drive.copy),
        ("GET", DRIVE, f"{file}/export", csvfiles.export),
        ("GET", DRIVE, f"{file}/comments", drive.comments),
        ("GET", DRIVE, f"{file}/permissions", sharing.permissions),
        ("POST", DRIVE, f"{file}/permissions", sharing.share),
        ("DELETE", DRIVE, f"{file}/permissions/{ID}", sharing.unshare),
        ("PUT", DRIVE, f"/upload/drive/v2/files/{ID}", csvfiles.upload),
    )


def _laid_out(value: Json) -> Answer:
    """An answer laid out as Google lays it out, but for a long one, which would take too long."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) < LONG:
        return answer_json(200, value)
    return Answer(200, body, {"Content-Type": "application/json; charset=UTF-8"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StandIn:
    """Google Sheets and Drive for one account, in memory.

    ``calls`` is the log of what was answered. ``lag`` is how far what Drive says of a file stays behind; with
    ``omit_zeros`` an answer leaves out cells' values of 0 and FALSE. ``calculate`` gives the value of a formula, None
    for those that it leaves to the stand-in.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = _utc_now,
        account: str = "registry@project.iam.gserviceaccount.com",
        sort_moves_metadata: bool = False,
        *,
        calculate: Callable[[str], Any] | None = None,
        omit_zeros: bool = False,
    ) -> None:
        self.world = World(now, account, sort_moves_metadata, calculate=calculate)
        self.calls: list[Call] = []
        self.omit_zeros = omit_zeros
        self._one_at_a_time = RLock()
        self._before: list[tuple[Callable[[Call], bool], Callable[[], object]]] = []
        self._routes = [(method, host, re.compile(path), answer) for method, host, path, answer in routes()]

    @property
    def account(self) -> str:
        """The address of the account that calls."""
        return self.world.account

    @property
    def lag(self) -> timedelta:
        return self.world.lag

    @lag.setter
    def lag(self, lag: timedelta) -> None:
        self.world.lag = lag

    def handle(self, call: Call) -> Answer:
        """Answer one call, one at a time. Its body is taken to fit Google's schema: guard.py sees to that."""
        with self._one_at_a_time:
            self._run_hooks(call)
            self.calls.append(call)
            try:
                answer = self._answer(call)
            except (Refused, NotImitated) as error:
                return error.answer()
        return answer if isinstance(answer, Answer) else _laid_out(answer)

    def _answer(self, call: Call) -> Json | Answer:
        url = urlsplit(call.url)
        for method, host, path, answer in self._routes:
            found = path.fullmatch(url.path)
            if found and method == call.method and url.hostname == host:
                return answer(Asked(call, self.world, self.omit_zeros), *map(unquote, found.groups()))
        raise NotImitated(f"{call.method} {url.hostname}{url.path}")

    def before_call(self, when: When, action: Callable[[], object]) -> None:
        """Run an action, such as somebody's edit, just before a call; once.

        ``when`` is a number (1: the next call), a text that the call's 'METHOD url' holds (as 'PUT ' or
        ':batchUpdate'), or a function that tells the call.
        """
        self._before.append((_test(when), action))

    def _run_hooks(self, call: Call) -> None:
        due = [hook for hook in list(self._before) if hook[0](call)]
        for hook in due:
            self._before.remove(hook)
            hook[1]()

    def create(
        self,
        title: str,
        tabs: Mapping[str, Sequence[Sequence[Any]]],
        *,
        locale: str = "en_US",
        time_zone: str = "Etc/GMT",
        shared: bool = True,
        owner: str = "ana@example.com",
    ) -> str:
        """A person's spreadsheet; gives its id. Values are str, bool, numbers, dates, and those of cellvalues.py."""
        file = self.world.new_file(title, owner)
        book = file.book
        book.locale, book.time_zone = locale, time_zone
        book.sheets = [_tab(0 if not at else book.new_id(), name, rows) for at, (name, rows) in enumerate(tabs.items())]
        book.sheets = book.sheets or [Sheet(0, "Sheet1")]
        book.has_formulas = any(cell.formula for sheet in book.sheets for row in sheet.rows for cell in row)
        if shared:
            file.roles[self.account] = "writer"
        calculate(book)
        return book.id

    def person(self, spreadsheet_id: str, email: str = "") -> Person:
        """Somebody at the spreadsheet in the browser; its owner if not told otherwise."""
        return Person(self.world, spreadsheet_id, email or self.world.files[spreadsheet_id].owner)

    def cells(self, spreadsheet_id: str, tab: str) -> list[list[Any]]:
        """A tab's values, '' for empty cells, dates as date or datetime, errors as Error; trailing empties left out."""
        return plain_cells(self.world.files[spreadsheet_id].book, tab)


def _tab(number: int, title: str, rows: Sequence[Sequence[Any]]) -> Sheet:
    sheet = Sheet(number, title)
    for at, row in enumerate(rows):
        sheet.put_row(at, 0, tuple(cell_of(value) for value in row))
    sheet.row_count = max(sheet.row_count, len(rows))
    sheet.column_count = max(sheet.column_count, max((len(row) for row in rows), default=0))
    return sheet


def _test(when: When) -> Callable[[Call], bool]:
    if callable(when):
        return when
    if isinstance(when, str):
        text = when
        return lambda call: text in f"{call.method} {call.url}"
    left = [when]

    def counted(_: Call) -> bool:
        left[0] -= 1
        return left[0] == 0

    return counted
