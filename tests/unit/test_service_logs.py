"""The service's log: one event, one line, never a secret, never an end of the service."""

from __future__ import annotations

import io
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.service.logs import MESSAGE_LIMIT, Event, fit, goes_to_journal, json_log, open_log, text_log

DONE = Event(
    "pass-done",
    "demo",
    {"rows": 31, "errors": 4, "seconds": 2.1},
    message="nightly pass of 2026-11-26 done: 31 rows, 4 errors, 2.1 s",
)


def _now() -> datetime:
    return datetime(2026, 11, 26, 2, 0, 3, 999, tzinfo=ZoneInfo("Asia/Kathmandu"))


def _text(event: Event, journal: bool = False) -> str:
    stream = io.StringIO()
    text_log(stream, _now, journal)(event)
    return stream.getvalue()


def _json(event: Event, journal: bool = False) -> Any:
    stream = io.StringIO()
    json_log(stream, _now, journal)(event)
    assert stream.getvalue().count("\n") == 1
    return json.loads(stream.getvalue())


def test_a_line_for_people() -> None:
    assert _text(DONE) == "2026-11-26 02:00:03+05:45 demo: nightly pass of 2026-11-26 done: 31 rows, 4 errors, 2.1 s\n"


def test_a_line_says_its_level_and_stands_without_registry() -> None:
    assert _text(Event("config", level="error", message="Not read.")) == "2026-11-26 02:00:03+05:45 error: Not read.\n"
    assert _text(Event("started", "demo", level="warning")) == "2026-11-26 02:00:03+05:45 demo: warning: started\n"


def test_a_time_without_a_zone_is_the_machines() -> None:
    stream = io.StringIO()
    text_log(stream, datetime.now)(DONE)
    offset = f"{datetime.now().astimezone():%z}"
    assert stream.getvalue()[19:25] == f"{offset[:3]}:{offset[3:5]}"


def test_journald_adds_the_time_and_reads_the_level() -> None:
    assert _text(DONE, journal=True).startswith("<6>demo: nightly")
    assert _text(Event("x", level="warning", message="w"), journal=True) == "<4>warning: w\n"
    assert _text(Event("x", level="error", message="e"), journal=True) == "<3>error: e\n"


def test_a_line_for_machines() -> None:
    line = _json(DONE)
    assert list(line) == ["time", "level", "event", "registry", "message", "rows", "errors", "seconds"]
    assert datetime.fromisoformat(line["time"]) == _now().replace(microsecond=0)
    assert (line["level"], line["event"], line["registry"]) == ("info", "pass-done", "demo")
    assert (line["rows"], line["errors"], line["seconds"]) == (31, 4, 2.1)


def test_a_field_cannot_take_the_place_of_a_key() -> None:
    line = _json(Event("x", fields={"level": "error", "time": "never", "odd": float("nan")}))
    assert (line["level"], line["event"]) == ("info", "x")
    assert (line["field_level"], line["field_time"], line["odd"]) == ("error", "never", "nan")


HOSTILE = "ok\n2026-11-26 02:00:03 demo: all is well\x1b[31m\u202e\ud800 " + "x" * 10_000


@given(st.text() | st.just(HOSTILE))
def test_an_event_is_one_line_of_bounded_length(text: str) -> None:
    event = Event(text, text, {text: text}, message=text)
    lines = _text(event)
    assert lines.count("\n") == 1
    assert len(lines.splitlines()) == 1
    assert "\x1b" not in lines
    assert len(lines) < 3 * MESSAGE_LIMIT
    lines.encode()
    _json(event)


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach smtp://robot:hunter2@mail.example.com",
        "GET https://x.example/?a=1&token=hunter2&b=2",
        "PASSWORD=hunter2 refused",
        "sent Authorization: Bearer hunter2hunter2",
        "auth basic hunter2hunter2==",
    ],
)
def test_what_looks_like_a_secret_is_not_told(text: str) -> None:
    assert "hunter2" not in fit(text)
    assert "hunter2" not in json.dumps(_json(Event("x", text, {"text": text}, message=text)))


def test_what_is_no_secret_stays() -> None:
    text = "mail to ann@example.com: the password was refused (535); see token_command, https://x.example/a@b"
    assert fit(text) == text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_stream_takes_every_text(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    text_log(stream, _now)(Event("x", message="Prüfung ✓ 😀"))
    assert raw.getvalue().endswith(b"\n")


def test_a_stream_that_is_gone_stops_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    text_log(closed, _now)(DONE)
    if Path("/dev/full").exists():
        with open("/dev/full", "w", encoding="utf-8", buffering=1) as full:  # noqa: PTH123 - a device
            json_log(full, _now)(DONE)
            with pytest.raises(OSError, match="space"):
                full.close()


def test_only_the_very_socket_to_journald_counts(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w", encoding="utf-8") as stream:
        found = os.fstat(stream.fileno())
        here = f"{found.st_dev}:{found.st_ino}"
        assert goes_to_journal(stream, {"JOURNAL_STREAM": here})
        assert not goes_to_journal(stream, {"JOURNAL_STREAM": "1:2"})
        assert not goes_to_journal(stream, {})
        open_log("text", stream, _now, {"JOURNAL_STREAM": here})(DONE)
        open_log("json", stream, _now, {})(DONE)
    first, second = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert first.startswith("<6>demo: ")
    assert json.loads(second)["registry"] == "demo"
    assert not goes_to_journal(io.StringIO(), {"JOURNAL_STREAM": "1:2"})
