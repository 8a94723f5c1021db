"""Faults on demand at the Google stand-in, in one process and over a real line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Thread
from typing import Any, cast

import pytest
import requests

from tests.support.google import failures, faults
from tests.support.google.faults import Faults
from tests.support.google.served import served, served_plainly
from tests.support.google.session import mount
from tests.support.google.wire import Answer, Call, Handler, answer_json
from tests.support.serving import until

SHEETS = "https://sheets.googleapis.com"
SHEET = "/v4/spreadsheets/abc"


class Counting:
    """A core that answers how often it was called."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        if call.method == "DELETE":
            return Answer(204)
        return answer_json(200, {"calls": len(self.calls), "size": len(call.body)})


Asking = Callable[..., requests.Response]


@contextmanager
def in_process(handler: Handler) -> Iterator[Asking]:
    with requests.Session() as session:
        mount(session, handler)
        yield lambda method, path, **options: session.request(method, SHEETS + path, timeout=10, **options)


@contextmanager
def over_a_line(handler: Handler) -> Iterator[Asking]:
    with served_plainly(handler) as url, requests.Session() as session:
        session.trust_env = False
        yield lambda method, path, **options: session.request(method, url + path, **{"timeout": 10, **options})


@contextmanager
def through_the_proxy(handler: Handler) -> Iterator[Asking]:
    with served(handler) as google, requests.Session() as session:
        session.trust_env = False  # the machine may have a proxy and an authority of its own
        session.proxies = {"https": google.environment["HTTPS_PROXY"]}
        session.verify = google.environment["REQUESTS_CA_BUNDLE"]
        yield lambda method, path, **options: session.request(method, SHEETS + path, **{"timeout": 10, **options})


SHELLS = [in_process, over_a_line, through_the_proxy]
Reached = Callable[[Handler], AbstractContextManager[Asking]]


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.__name__)
def reached(request: pytest.FixtureRequest) -> Reached:
    """Each way to reach a handler."""
    shell: Reached = request.param
    return shell


@pytest.fixture
def core() -> Counting:
    return Counting()


def test_every_verb_and_a_large_body_arrive_as_sent(reached: Reached, core: Counting) -> None:
    with reached(core) as ask:
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            answer = ask(method, f"{SHEET}/values/%27a%2Fb%27%21A1?q=%C3%A9", headers={"X-Thing": "Yes"})
            assert answer.status_code == (204 if method == "DELETE" else 200)
        assert ask("POST", SHEET, data=b"x" * 50_000_000).json()["size"] == 50_000_000
    seen = core.calls[0]
    assert seen.url == f"{SHEETS}{SHEET}/values/%27a%2Fb%27%21A1?q=%C3%A9"
    assert seen.headers["x-thing"] == "Yes"
    assert [call.method for call in core.calls] == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "POST"]


def test_a_call_that_is_cut_before_does_nothing(reached: Reached, core: Counting) -> None:
    stand_in = Faults(core)
    planned = stand_in.plan(faults.cut_before(), times=2)
    with reached(stand_in) as ask:
        for _ in range(2):
            with pytest.raises(requests.ConnectionError):
                ask("POST", SHEET)
        assert ask("POST", SHEET).json()["calls"] == 1
    assert planned.happened == 2


def test_a_lost_reply_is_a_cut_after_the_work_was_done(reached: Reached, core: Counting) -> None:
    stand_in = Faults(core)
    stand_in.plan(faults.reply_lost())
    with reached(stand_in) as ask:
        with pytest.raises(requests.ConnectionError):
            ask("POST", SHEET)
        assert ask("GET", SHEET).json()["calls"] == 2


def test_a_truncated_answer_is_no_answer(reached: Reached, core: Counting) -> None:
    stand_in = Faults(core)
    stand_in.plan(faults.truncated())
    stand_in.plan(faults.truncated(keep=0))
    with reached(stand_in) as ask:
        for _ in range(2):
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                ask("GET", SHEET)
        assert ask("GET", SHEET).json()["calls"] == 3


@pytest.mark.parametrize("body", [b'{"half": ', b"", b"<html>"])
def test_what_says_json_and_is_none(reached: Reached, core: Counting, body: bytes) -> None:
    stand_in = Faults(core)
    stand_in.plan(faults.garbled(body))
    with reached(stand_in) as ask:
        answer = ask("GET", SHEET)
    assert answer.status_code == 200
    assert answer.content == body
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_hang_is_a_read_that_times_out_before_or_after_the_work(reached: Reached, core: Counting) -> None:
    stand_in = Faults(core)
    stand_in.plan(faults.hangs())
    with reached(stand_in) as ask:
        with pytest.raises(requests.ReadTimeout):
            ask("POST", SHEET, **_soon(reached))
        assert not core.calls
        stand_in.plan(faults.hangs(done=True))
        with pytest.raises(requests.ReadTimeout):
            ask("POST", SHEET, **_soon(reached))
        assert len(core.calls) == 1


def _soon(reached: Reached) -> dict[str, Any]:
    return {} if reached is in_process else {"timeout": 0.3}


def test_a_hang_over_a_line_ends_with_the_right_answer(core: Counting) -> None:
    stand_in = Faults(core)
    released = Event()
    planned = stand_in.plan(faults.hangs(released=released))
    got: list[requests.Response] = []
    with through_the_proxy(stand_in) as ask:
        waiting = Thread(target=lambda: got.append(ask("GET", SHEET)))
        waiting.start()
        until(lambda: planned.happened == 1, "the call that hangs")
        assert ask("GET", SHEET).json()["calls"] == 1  # others are answered meanwhile
        assert not got
        released.set()
        waiting.join(10)
    assert got[0].json()["calls"] == 2


def test_faults_are_for_the_calls_that_match_and_as_many_as_planned(core: Counting) -> None:
    stand_in = Faults(core)
    stand_in.plan(faults.answered(failures.internal()), verb="post", url=r":batchUpdate$", times=2, skip=1)
    calls = [
        ("POST", ":batchUpdate?fields=x"),
        ("GET", ""),
        *[("POST", ":batchUpdate")] * 3,
        ("POST", "/values:batchGet"),
    ]
    statuses = [stand_in(Call(verb, SHEETS + SHEET + rest)).status for verb, rest in calls]
    assert statuses == [200, 200, 500, 500, 200, 200]
    stand_in.plan(faults.answered(failures.internal()), times=9)
    stand_in.clear()
    assert stand_in(Call("GET", SHEETS + SHEET)).status == 200


def test_someone_else_can_act_before_or_after_a_call(core: Counting) -> None:
    order: list[int] = []
    stand_in = Faults(core)
    stand_in.plan(faults.meanwhile(lambda: order.append(len(core.calls))))
    stand_in.plan(faults.meanwhile(lambda: order.append(len(core.calls)), after=True))
    assert [stand_in(Call("GET", SHEETS + SHEET)).json()["calls"] for _ in range(2)] == [1, 2]
    assert order == [0, 2]


@pytest.mark.parametrize(
    ("failure", "status", "reason"),
    [
        (failures.quota(), 429, "RATE_LIMIT_EXCEEDED"),
        (failures.internal(), 500, None),
        (failures.not_shared(), 403, None),
        (failures.not_enabled("sheets"), 403, "SERVICE_DISABLED"),
        (failures.not_enabled("drive"), 403, "accessNotConfigured"),
        (failures.scope_missing(), 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
        (failures.rate_limited(), 403, "rateLimitExceeded"),
        (failures.user_rate_limited(), 403, "userRateLimitExceeded"),
        (failures.storage_full(), 403, "storageQuotaExceeded"),
    ],
)
def test_gspread_reads_each_failure_as_one_of_googles(failure: Answer, status: int, reason: str | None) -> None:
    from gspread.exceptions import APIError
    from gspread.http_client import HTTPClient

    stand_in = Faults(Counting())
    stand_in.plan(faults.answered(failure))
    with requests.Session() as session:
        mount(session, stand_in)
        with pytest.raises(APIError) as caught:
            HTTPClient(cast("Any", None), session).request("get", SHEETS + SHEET)
    error = caught.value.response.json()["error"]
    assert (caught.value.code, error["code"]) == (status, status)
    reasons = {one.get("reason") for one in [*error.get("details", ()), *error.get("errors", ())]}
    assert reason is None or reason in reasons


def test_a_quota_names_its_metric_and_may_say_when_to_come_back() -> None:
    assert "Retry-After" not in failures.quota().headers
    answer = failures.quota("Write", retry_after=7)
    assert answer.headers["Retry-After"] == "7"
    assert "quota metric 'Write requests'" in answer.json()["error"]["message"]


def test_a_disabled_service_has_its_link_in_three_places() -> None:
    error = failures.not_enabled("drive").json()["error"]
    help_, info = error["details"]
    link = info["metadata"]["activationUrl"]
    assert link.startswith("https://console.developers.google.com/apis/api/drive.googleapis.com/overview?project=")
    assert help_["links"][0]["url"] == link
    assert link in error["message"]


def test_an_outage_is_a_page_and_no_json(reached: Reached) -> None:
    stand_in = Faults(Counting())
    stand_in.plan(faults.answered(failures.unavailable()))
    with reached(stand_in) as ask:
        answer = ask("GET", SHEET)
    assert answer.status_code == 503
    assert answer.text.startswith("<!DOCTYPE html>")


# --------------------------------------------------------------------------------------------------- the shells


def test_a_connection_stays_open_for_many_calls(core: Counting) -> None:
    opened: list[str] = []

    def noting(call: Call) -> Answer:
        opened.append(call.headers.get("connection", ""))
        return core(call)

    with through_the_proxy(noting) as ask:
        answers = [ask("GET", SHEET) for _ in range(20)]
    assert [answer.json()["calls"] for answer in answers] == list(range(1, 21))
    assert set(opened) == {"keep-alive"}
    assert {answer.raw.version for answer in answers} == {11}


def test_a_client_that_leaves_in_the_middle_is_no_defect(core: Counting) -> None:
    import socket

    with served_plainly(core) as url:
        port = int(url.rpartition(":")[2])
        for sent in (
            b"",
            b"POST /v4/x HT",
            b"POST /v4/x HTTP/1.1\r\nContent-Length: 1000\r\n\r\nhalf",
            b"\x16\x03\x01",
        ):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(sent)
        with requests.Session() as session:
            session.trust_env = False
            assert session.get(url + SHEET, timeout=10).status_code == 200


@pytest.mark.parametrize("header", ["Content-Length: -1", "Content-Length: x", "Transfer-Encoding: chunked"])
def test_a_body_of_unknown_length_is_refused(core: Counting, header: str) -> None:
    import socket

    with served_plainly(core) as url, socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as client:
        client.sendall(f"POST /v4/x HTTP/1.1\r\n{header}\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 411 ")
    assert not core.calls


def test_a_stand_in_that_fails_fails_the_test() -> None:
    def broken(call: Call) -> Answer:
        raise KeyError("sheetId")

    with pytest.raises(AssertionError, match=r"the stand-in failed: \[KeyError"), through_the_proxy(broken) as ask:
        assert ask("GET", SHEET).status_code == 500


def test_a_program_of_its_own_reaches_google_and_nobody_else(core: Counting) -> None:
    program = (
        "import requests, urllib.request\n"
        "print(requests.get('https://sheets.googleapis.com/v4/spreadsheets/abc').status_code)\n"
        "print(urllib.request.urlopen('https://www.googleapis.com/drive/v3/files/abc').status)\n"
        "for url in ('https://example.com/', 'http://example.com/', 'https://sheets.googleapis.com:8443/'):\n"
        "    try: print(requests.get(url).status_code)\n"
        "    except requests.ConnectionError: print('refused')\n"
    )
    with served(core) as google:
        environment = {**os.environ, **google.environment}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
    assert ran.stdout.split() == ["200", "200", "refused", "403", "refused"]
    assert google.refused == ["example.com:443", "http://example.com/", "sheets.googleapis.com:8443"]
    assert [call.url for call in core.calls] == [SHEETS + SHEET, "https://www.googleapis.com/drive/v3/files/abc"]
