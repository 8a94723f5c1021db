"""Google's calls at a pace that leaves room, within its quota, for whoever else uses the account."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry_sheets.workbooks.google.api import FileState, Json, SheetsApi

MINUTE = 60.0
A_MINUTE = 40
"""So many reads, and so many writes, begin in a minute; Google lets 60 pass (documented)."""


class PacedApi(SheetsApi):
    """SheetsApi that waits where the last minute was full. ``sleep`` and ``clock`` are the machine's, or a test's.

    ``writes`` counts the write requests.
    """

    def __init__(
        self,
        api: SheetsApi,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._sleep, self._clock = api, sleep, clock
        self._begun: dict[str, deque[float]] = {"read": deque(maxlen=A_MINUTE), "write": deque(maxlen=A_MINUTE)}
        self.writes = 0

    @property
    def account(self) -> str:
        return self._api.account

    def file(self, spreadsheet: str) -> FileState:
        self._wait("read")
        return self._api.file(spreadsheet)

    def spreadsheet(self, spreadsheet: str, fields: str, ranges: Sequence[str] = ()) -> Json:
        self._wait("read")
        return self._api.spreadsheet(spreadsheet, fields, ranges)

    def batch_update(self, spreadsheet: str, body: Mapping[str, Any], *, fields: str = "", repeatable: bool) -> Json:
        self._wait("write")
        return self._api.batch_update(spreadsheet, body, fields=fields, repeatable=repeatable)

    def values_by_filter(self, spreadsheet: str, body: Mapping[str, Any], *, repeatable: bool) -> Json:
        self._wait("write")
        return self._api.values_by_filter(spreadsheet, body, repeatable=repeatable)

    def _wait(self, kind: str) -> None:
        begun = self._begun[kind]
        if len(begun) == A_MINUTE:
            left = begun[0] + MINUTE - self._clock()
            if left > 0:
                self._sleep(left)
        begun.append(self._clock())
        self.writes += kind == "write"
