"""What a recording presupposes: spreadsheets that are read in it and were not made in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from tests.support.google.core import StandIn
from tests.support.google.matching import Names
from tests.support.google.recordings import Pair
from tests.support.google.wire import Call

ACCOUNT = re.compile(r"[\w.-]+@[\w.-]+\.gserviceaccount\.com")
FILE_ID = re.compile(r"/(?:spreadsheets|files)/([\w-]{25,})")


def before_recording(stand_in: StandIn, pairs: Sequence[Pair], names: Names) -> int:
    """Make what was there before the recording began; gives how many spreadsheets.

    A spreadsheet that a listing names and nobody has made is the account's own, blank but for its name. One that is
    answered 403 is somebody else's.
    """
    made = set(_made(pairs))
    titles = {number: title for number, title in _listed(pairs) if number not in made}
    for number, title in reversed(titles.items()):
        call = Call("POST", "https://www.googleapis.com/drive/v3/files", {}, json.dumps(_blank(title)).encode())
        names.know(number, stand_in.handle(call).json()["id"])
    private = {number for number in _refused(pairs) if number not in made}
    for number in sorted(private):
        names.know(number, stand_in.create("somebody else's", {}, shared=False))
    return len(titles) + len(private)


def account_of(pairs: Sequence[Pair]) -> str | None:
    """The service account that made a recording, where an answer names it."""
    found = (ACCOUNT.search(pair.answer.body.decode()) for pair in pairs)
    return next((one[0] for one in found if one), None)


def _blank(title: str) -> dict[str, str]:
    return {"name": title, "mimeType": "application/vnd.google-apps.spreadsheet"}


def _made(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        if pair.call.method == "POST" and "/drive/v3/files" in pair.call.url and pair.answer.status == 200:
            yield pair.answer.json()["id"]


def _listed(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        if pair.call.method == "GET" and "/drive/v3/files?" in pair.call.url:
            yield from ((one["id"], one["name"]) for one in pair.answer.json()["files"])


def _refused(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        found = FILE_ID.search(pair.call.url)
        if found and pair.answer.status == 403:
            yield found[1]
