"""An unmodified gspread in a process of its own, against the Google stand-in, over TLS and with a key file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.google import gspread_scenario
from tests.support.google.core import StandIn
from tests.support.google.key_file import ServiceAccountKey, service_account_key
from tests.support.google.served import served
from tests.support.google.stack import Stack, whole

LIMIT = 120.0
SERIAL = (date(2026, 6, 30) - date(1899, 12, 30)).days


class Ran:
    """The scenario, run once: what it printed, what the stand-in saw and holds, whom else it tried to reach."""

    def __init__(self, folder: Path) -> None:
        self.key: ServiceAccountKey = service_account_key()
        self.stand_in = StandIn(account=self.key.email)
        self.stack: Stack = whole(self.stand_in.handle, keys=[self.key])
        key = self.key.written(folder / "key.json")
        # -P: the folder of the script is no place to import from
        command = [sys.executable, "-P", gspread_scenario.__file__, str(key)]
        with served(self.stack.handler) as google:
            environment = {**os.environ, **google.environment}
            ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT)
        assert ran.returncode == 0, ran.stderr
        self.refused = google.refused
        self.seen: dict[str, Any] = json.loads(ran.stdout)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("gspread"))


def test_it_creates_shares_and_deletes(ran: Ran) -> None:
    seen = ran.seen
    assert seen["created"] == {"id": seen["created"]["id"], "title": "Registry of models", "tabs": ["Sheet1"]}
    assert seen["shared"] == [["ada@example.com", "writer"], [ran.key.email, "owner"]]
    assert seen["shared no more"] == [ran.key.email]
    assert seen["by name"] is True
    assert seen["listed"] == ["Registry of models"]
    assert seen["deleted"] == "not found"


def test_it_reads_what_it_wrote_raw_or_as_if_typed(ran: Ran) -> None:
    seen = ran.seen
    assert seen["raw"] == [["Name", "Version", "Trained"], ["churn", "3.10", "2026-06-30"]]
    assert seen["raw values"] == [["churn", "3.10", "2026-06-30"]]
    assert seen["typed"] == [[3.1, SERIAL]]
    assert seen["formula"] == "=1+2"
    assert seen["cell"] == "007"
    assert seen["cleared"] == [["007"]]
    assert seen["found"] == "A2"


def test_it_appends_and_batches(ran: Ran) -> None:
    seen = ran.seen
    assert seen["appended"] == "Sheet1!A4:C4"
    assert seen["all"] == [
        ["Name", "Version", "Trained"],
        ["churn", "3.10", "2026-06-30"],
        ["007", "", ""],
        ["fraud", "1.0", "2026-07-01"],
        ["fraud", "1.1", ""],
        ["ranking", "2", "x"],
    ]
    assert seen["batch"] == [[["Owner", "Stage"], ["Ada"]], [["Name"]]]
    assert seen["replies"][0] == {}
    assert seen["replies"][1]["findReplace"]["occurrencesChanged"] == 1
    status, message = seen["refused"]
    assert status == 400
    assert message == "Invalid JSON payload received. Unknown name \"makeCoffee\" at 'requests[0]': Cannot find field."


def test_it_protects_and_formats(ran: Ran) -> None:
    seen = ran.seen
    assert seen["protected"] == ["the header"]
    assert seen["protected no more"] == []
    assert seen["sorted"] == ["007", "churn", "fraud", "fraud", "ranker"]
    assert seen["size"] == [40, 8, 1]
    assert seen["note"] == "which model"


def test_it_moves_tabs(ran: Ran) -> None:
    assert ran.seen["tabs"] == ["Twin", "Owners", "Sheet1"]
    assert ran.seen["tabs left"] == ["Owners", "Sheet1"]
    assert ran.seen["no such tab"] == [400, "Unable to parse range: Nowhere!A1"]


def test_it_reached_google_alone_and_signed_in_once(ran: Ran) -> None:
    assert ran.refused == []
    assert [one.method for one in ran.stack.seen].count("token") == 1
    assert {one.status for one in ran.stack.seen} == {200, 204, 400, 404}
    assert "" not in ran.stack.requests()


def test_the_spreadsheet_is_left_as_the_program_made_it(ran: Ran) -> None:
    world = ran.stand_in.world
    (book,) = [file.book for file in world.files.values() if not file.trashed]
    assert book.id == ran.seen["created"]["id"]
    assert ran.stand_in.cells(book.id, "Sheet1") == [
        ["Name", "Version", "Trained", "", "Owner", "Stage"],
        ["new"],
        ["churn", "3.10", "2026-06-30", "", "Ada"],
        ["fraud", "1.0", "2026-07-01"],
        ["fraud", "1.1"],
        ["ranker", "2", "x"],
    ]
    tab = next(sheet for sheet in book.sheets if sheet.title == "Sheet1")
    assert (tab.row_count, tab.column_count, tab.protected) == (40, 8, [])
    header, version = tab.cell(0, 0), tab.cell(4, 1)
    assert (header.format or {})["textFormat"]["bold"] is True
    assert version.number_format["type"] == "TEXT"
    assert tab.basic_filter is not None
    assert tab.cell(3, 5).validation is not None
