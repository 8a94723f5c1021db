"""The calls to Google over gspread's client: what is sent, tried again, counted and told."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession
from gspread.http_client import HTTPClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter

from registry_sheets.errors import NotChecked, RegistrySheetsError, UnreadableWorkbook, WriteRefused
from registry_sheets.workbooks.google.api import FILE_FIELDS, FileState
from registry_sheets.workbooks.google.transport.client import TIMEOUT, GoogleApi, file_state, sign_in
from registry_sheets.workbooks.google.transport.patience import Patience
from registry_sheets.workbooks.google.transport.refusals import LostReply
from registry_sheets.workbooks.google.transport.signin import SignIn, credentials
from tests.support.google import failures
from tests.support.google.key_file import service_account_key
from tests.support.google.session import mount
from tests.support.google.stack import whole
from tests.support.google.wire import Answer, Call, answer_json

KEY = service_account_key()
SHEET = "1AbC-d_E"
STATE = {"name": "Models", "version": "41", "modifiedTime": "2026-08-01T10:00:00.000Z"}
PRIVATE = "".join(KEY.json["private_key"].splitlines()[1:3])
Outcome = tuple[int, bytes, dict[str, str]] | Exception


def ok(value: Any, **headers: str) -> Outcome:
    return 200, json.dumps(value).encode(), headers


def of(answer: Answer, **headers: str) -> Outcome:
    return answer.status, answer.body, {**answer.headers, **headers}


TOKEN = ok({"access_token": "ya29.made", "expires_in": 3599, "token_type": "Bearer"})


class Google(BaseAdapter):
    """A transport that answers as told, one outcome a request (the last one again and again)."""

    def __init__(self, *outcomes: Outcome) -> None:
        super().__init__()
        self.outcomes = list(outcomes)
        self.seen: list[requests.PreparedRequest] = []
        self.timeouts: list[Any] = []

    def send(self, request: requests.PreparedRequest, *_: Any, timeout: Any = None, **__: Any) -> requests.Response:
        self.seen.append(request)
        self.timeouts.append(timeout)
        outcome = self.outcomes[min(len(self.seen), len(self.outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        response = requests.Response()
        response.status_code, body, headers = outcome
        response.headers.update(headers)
        response.raw = BytesIO(body)
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


class Line:
    """An API over a fake transport, with a clock that goes on by sleeping."""

    def __init__(self, *outcomes: Outcome, tokens: Google | None = None) -> None:
        self.google, self.tokens = Google(*outcomes), tokens or Google(TOKEN)
        self.time, self.pauses = 0.0, list[float]()
        self.api = self.over(
            AuthorizedSession(credentials(SignIn(key_env="KEY"), {"KEY": json.dumps(KEY.json)}).google)
        )

    def over(self, session: AuthorizedSession) -> GoogleApi:
        session.mount("https://", self.google)
        session._auth_request.session.mount("https://", self.tokens)
        http = HTTPClient(session.credentials, session=session)
        return GoogleApi(http, KEY.email, Patience(sleep=self.sleep, clock=lambda: self.time, chance=lambda: 0.5))

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def append(self) -> dict[str, Any]:
        return self.api.batch_update(SHEET, {"requests": []}, repeatable=False)

    def replace(self) -> dict[str, Any]:
        return self.api.batch_update(SHEET, {"requests": []}, repeatable=True)

    def asked(self, number: int = 0) -> tuple[str, str, dict[str, list[str]]]:
        request = self.google.seen[number]
        parts = urlsplit(request.url or "")
        return request.method or "", f"{parts.scheme}://{parts.netloc}{parts.path}", parse_qs(parts.query)


def test_what_is_asked_of_drive() -> None:
    line = Line(ok(STATE))
    state = line.api.file(SHEET)
    assert state == FileState("Models", "41", datetime(2026, 8, 1, 10, tzinfo=UTC))
    query = {"fields": [FILE_FIELDS], "supportsAllDrives": ["true"]}
    assert line.asked() == ("GET", f"https://www.googleapis.com/drive/v3/files/{SHEET}", query)
    assert line.google.seen[0].headers["Authorization"] == "Bearer ya29.made"
    assert "gzip" in line.google.seen[0].headers["User-Agent"]
    assert line.google.timeouts == [TIMEOUT]
    assert line.api.requests_made == 1


def test_what_is_asked_of_sheets() -> None:
    line = Line(ok({"sheets": []}))
    assert line.api.spreadsheet(SHEET, "sheets(data)", ["'My & models'!A1:C9", "Lists"]) == {"sheets": []}
    method, url, query = line.asked()
    assert (method, url) == ("GET", f"https://sheets.googleapis.com/v4/spreadsheets/{SHEET}")
    assert query == {
        "fields": ["sheets(data)"],
        "ranges": ["'My & models'!A1:C9", "Lists"],
        "prettyPrint": ["false"],
    }


def test_what_is_sent() -> None:
    line = Line(ok({"replies": [{}]}))
    body = {"requests": [{"a": "Müller – 模型", "b": "\ud800"}]}
    assert line.api.batch_update(SHEET, body, fields="replies", repeatable=True) == {"replies": [{}]}
    assert line.asked() == (
        "POST",
        f"https://sheets.googleapis.com/v4/spreadsheets/{SHEET}:batchUpdate",
        {"fields": ["replies"]},
    )
    request = line.google.seen[0]
    assert request.body == '{"requests":[{"a":"Müller – 模型","b":"?"}]}'.encode()
    assert request.headers["Content-Type"] == "application/json; charset=UTF-8"
    line.api.values_by_filter(SHEET, {}, repeatable=True)
    assert line.asked(1)[1].endswith(f"/{SHEET}/values:batchUpdateByDataFilter")
    assert line.asked(1)[2] == {}


@pytest.mark.parametrize("strange", ["../../etc", "a?alt=media", "a#b", "a:batchUpdate", "ä \n"])
def test_a_strange_id_stays_within_the_address(strange: str) -> None:
    line = Line(ok(STATE))
    line.api.file(strange)
    line.api.spreadsheet(strange, "sheets")
    for request, before in zip(line.google.seen, ("/drive/v3/files/", "/v4/spreadsheets/"), strict=True):
        parts = urlsplit(request.url or "")
        assert parts.path.startswith(before)
        assert parts.path.count("/") == before.count("/")
        assert not parts.fragment
        assert set(parse_qs(parts.query)) <= {"fields", "supportsAllDrives", "prettyPrint"}


def test_a_busy_google_is_asked_again_when_it_says() -> None:
    line = Line(of(failures.quota(retry_after=20)), of(failures.user_rate_limited()), ok(STATE))
    assert line.api.file(SHEET).version == "41"
    assert line.pauses == [20.5, 1.0]
    assert line.api.requests_made == 3


@pytest.mark.parametrize(
    "passing",
    [
        of(failures.unavailable()),
        of(failures.internal()),
        (500, b'{"error": "not as Google says it"}', {}),
        (502, b'{"error": {}}', {}),
        (503, b"\xff\xfe<html>", {"Content-Type": "text/html"}),
        (200, b'{"sheets": [', {}),
        (200, b"<html>Sign in to HotelNet</html>", {}),
        (200, b"", {}),
        (200, b"[]", {}),
        (200, b"[" * 100_000, {}),
        (200, b"\xff\xfe\x00", {}),
        (200, b"9" * 5000, {}),
        requests.ConnectionError("Connection aborted."),
        requests.ReadTimeout("Read timed out."),
        requests.exceptions.ChunkedEncodingError("IncompleteRead"),
        requests.exceptions.ContentDecodingError("not gzip"),
    ],
)
def test_what_may_pass_is_read_again_and_never_written_again(passing: Outcome) -> None:
    line = Line(passing, ok({"sheets": []}))
    assert line.api.spreadsheet(SHEET, "sheets") == {"sheets": []}
    assert line.api.requests_made == 2
    line = Line(passing, ok({"replies": []}))
    assert line.replace() == {"replies": []}
    line = Line(passing, ok({"replies": []}))
    with pytest.raises(LostReply, match="It is not known whether Google made the change"):
        line.append()
    assert len(line.google.seen) == line.api.requests_made == 1
    assert line.pauses == []


@pytest.mark.parametrize(
    "before",
    [of(failures.quota("Write")), of(failures.rate_limited()), requests.ConnectTimeout("slow")],
)
def test_what_certainly_was_not_written_is_written_again(before: Outcome) -> None:
    line = Line(before, ok({"replies": []}))
    assert line.append() == {"replies": []}
    assert line.api.requests_made == 2


@pytest.mark.parametrize(
    ("outcome", "kind", "words"),
    [
        (of(failures.not_shared()), WriteRefused, "click Share"),
        (of(failures.not_enabled()), WriteRefused, "click Enable"),
        (of(failures.scope_missing()), WriteRefused, "both rights"),
        (of(failures.storage_full()), WriteRefused, "is full"),
        ((404, b"", {}), WriteRefused, "no spreadsheet with the id"),
        ((501, b"{}", {}), LostReply, "501"),
    ],
)
def test_what_people_have_to_mend_is_asked_once(outcome: Outcome, kind: type[RegistrySheetsError], words: str) -> None:
    line = Line(outcome)
    with pytest.raises(kind, match=words):
        line.append()
    assert line.api.requests_made == 1


def test_the_deadline() -> None:
    line = Line(of(failures.unavailable()))
    with pytest.raises(NotChecked, match=r"answered 503\)\. It was tried 13 times in 120 s\."):
        line.api.file(SHEET)
    assert len(line.google.seen) == line.api.requests_made == 13


def test_a_file_without_a_version_is_not_checked() -> None:
    with pytest.raises(NotChecked, match="cannot be read"):
        Line(ok({"name": "Models"})).api.file(SHEET)


def test_a_token_that_is_refused_in_between_is_fetched_anew() -> None:
    line = Line((401, b"{}", {}), ok({"replies": []}))
    assert line.append() == {"replies": []}
    assert len(line.tokens.seen) == 2


def test_an_account_that_stays_refused() -> None:
    line = Line((401, b'{"error": {"code": 401, "message": "x", "status": "UNAUTHENTICATED"}}', {}))
    with pytest.raises(UnreadableWorkbook, match="does not accept the sign-in of registry@"):
        line.api.file(SHEET)


@pytest.mark.parametrize("tokens", [requests.ConnectionError("cut"), requests.ReadTimeout("slow")])
def test_a_line_that_breaks_while_signing_in_does_not_lose_a_change(tokens: Outcome) -> None:
    line = Line(ok({"replies": []}), tokens=Google(tokens, TOKEN))
    assert line.append() == {"replies": []}
    assert len(line.google.seen) == 1
    assert line.pauses == [0.5]


def test_a_revoked_key() -> None:
    answer = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    line = Line(ok(STATE), tokens=Google((400, json.dumps(answer).encode(), {})))
    with pytest.raises(UnreadableWorkbook, match="no longer valid"):
        line.api.file(SHEET)
    assert (len(line.tokens.seen), line.google.seen) == (1, [])


def test_the_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    hostile = json.dumps({"error": "invalid_grant", "error_description": "no"}).encode()
    for line in (Line((400, b"x", {})), Line(ok(STATE), tokens=Google((400, hostile, {})))):
        for call in (lambda one=line: one.api.file(SHEET), line.append):
            with pytest.raises(RegistrySheetsError) as caught:
                call()
            shown += [str(caught.value), repr(caught.value), repr(line.api), repr(vars(line.api))]
    everything = "\n".join([*shown, caplog.text])
    assert PRIVATE not in everything
    assert "PRIVATE KEY" not in everything
    assert "ya29.made" not in everything


def test_a_large_answer_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests.Response, "text", property(lambda _: pytest.fail("encodings were guessed")))
    monkeypatch.setattr(requests.Response, "json", lambda *_, **__: pytest.fail("read by requests"))
    value = {"sheets": [{"cell": "é" * 1000}] * 1000}
    assert Line(ok(value)).api.spreadsheet(SHEET, "sheets") == value


# Over the stand-in: tokens by a signed claim, scopes, and the interface's description.


def core(call: Call) -> Answer:
    if "/drive/" in call.url:
        return answer_json(200, STATE)
    return answer_json(200, {"spreadsheetId": SHEET})


def signed_in(tmp_path: Path, **more: Any) -> tuple[GoogleApi, Any]:
    stack = whole(core, keys=[KEY], **more)
    waits = list[float]()
    api = sign_in(SignIn(key_file=KEY.written(tmp_path / "key.json")), Patience(sleep=waits.append, seconds=0.0))
    mount(api._http.session, stack.handler)
    return api, stack


def test_signing_in_and_every_call(tmp_path: Path) -> None:
    api, stack = signed_in(tmp_path)
    assert api.account == KEY.email
    assert stack.seen == []
    assert api.file(SHEET).version == "41"
    assert api.spreadsheet(SHEET, "spreadsheetId", ["A1:B2"]) == {"spreadsheetId": SHEET}
    assert api.batch_update(SHEET, {"requests": []}, fields="spreadsheetId", repeatable=True)
    assert api.values_by_filter(SHEET, {"data": [], "valueInputOption": "RAW"}, repeatable=True)
    assert [one.status for one in stack.seen] == [200] * 5
    assert stack.requests() == (
        "drive.files.get",
        "sheets.spreadsheets.get",
        "sheets.spreadsheets.batchUpdate",
        "sheets.spreadsheets.values.batchUpdateByDataFilter",
    )
    assert api.requests_made == 4


def test_a_key_deleted_meanwhile(tmp_path: Path) -> None:
    api, stack = signed_in(tmp_path)
    stack.tokens.revoke(KEY)
    with pytest.raises(UnreadableWorkbook, match="no longer valid"):
        api.file(SHEET)


def test_a_password_in_netrc_does_not_take_the_tokens_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login ana password s3cr3t\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    api, _ = signed_in(tmp_path)
    assert api.file(SHEET).version == "41"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["https://elsewhere.example/x", "https://sheets.googleapis.com/x", "/x"])
def test_nothing_is_sent_where_an_answer_points(tmp_path: Path, status: int, where: str) -> None:
    api, _ = signed_in(tmp_path)
    told, tokens, elsewhere = Google((status, b"{}", {"Location": where})), Google(TOKEN), Google(ok(STATE))
    session: Any = api._http.session
    session.adapters.clear()
    session._auth_request.session.adapters.clear()
    session.mount("https://", elsewhere)
    session.mount("https://sheets.googleapis.com/v4/", told)
    session._auth_request.session.mount("https://", tokens)
    with pytest.raises(NotChecked, match="asked elsewhere"):
        api.spreadsheet(SHEET, "spreadsheetId")
    with pytest.raises(LostReply, match="asked elsewhere"):
        api.batch_update(SHEET, {"requests": []}, repeatable=False)
    assert (len(told.seen), elsewhere.seen) == (2, [])


def test_no_sign_in_is_sent_where_an_answer_points(tmp_path: Path) -> None:
    api, _ = signed_in(tmp_path)
    told, elsewhere = Google((307, b"", {"Location": "https://elsewhere.example/x"})), Google(TOKEN)
    session: Any = api._http.session
    tokens = session._auth_request.session
    tokens.adapters.clear()
    tokens.mount("https://", elsewhere)
    tokens.mount("https://oauth2.googleapis.com/", told)
    with pytest.raises(NotChecked, match="asked elsewhere"):
        api.file(SHEET)
    assert told.seen
    assert elsewhere.seen == []


@pytest.mark.parametrize("status", [204, 300, 304, 305, 399])
def test_an_answer_without_google_s_words(status: int) -> None:
    line = Line((status, b"" if status == 204 else b"{}", {}))
    with pytest.raises(NotChecked, match="cannot be read"):
        line.api.spreadsheet(SHEET, "spreadsheetId")


def test_a_time_out_that_was_set_is_kept() -> None:
    http = HTTPClient(None, session=requests.Session())
    http.set_timeout(7)
    GoogleApi(http, "")
    assert http.timeout == 7


def test_a_wrong_clock_is_told_by_the_servers(tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=3)
    api, stack = signed_in(tmp_path, now=ahead.timestamp)

    def dated(call: Call) -> Answer:
        answer = stack.handler(call)
        return Answer(answer.status, answer.body, {**answer.headers, "Date": f"{ahead:%a, %d %b %Y %H:%M:%S} GMT"})

    mount(api._http.session, dated)
    with pytest.raises(UnreadableWorkbook, match=r"clock is (179|180) minutes slow"):
        api.file(SHEET)


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ({"version": 7}, FileState("", "7")),
        ({"version": "7", "name": None, "lastModifyingUser": None}, FileState("", "7")),
        (
            {"version": "7", "lastModifyingUser": {"displayName": "Ana", "me": True}},
            FileState("", "7", None, "Ana", True),
        ),
        (
            {"version": "7", "lastModifyingUser": {"emailAddress": "a@b.example"}},
            FileState("", "7", None, "a@b.example"),
        ),
        ({"version": "7", "lastModifyingUser": {"displayName": "", "me": "true"}}, FileState("", "7")),
        ({"version": "7", "lastModifyingUser": ["x"]}, FileState("", "7")),
        ({"version": "7", "modifiedTime": "yesterday"}, FileState("", "7")),
        ({"version": "7", "modifiedTime": 17}, FileState("", "7")),
        (
            {"version": "7", "modifiedTime": "2026-08-01T10:00:00"},
            FileState("", "7", datetime(2026, 8, 1, 10, tzinfo=UTC)),
        ),
        (
            {"version": "7", "modifiedTime": "2026-08-01T10:00:00.5+02:00"},
            FileState("", "7", datetime(2026, 8, 1, 10, 0, 0, 500_000, timezone(timedelta(hours=2)))),
        ),
        ({}, None),
        ({"version": ""}, None),
        ({"version": None}, None),
        ({"version": True}, None),
        ({"version": ["7"]}, None),
    ],
)
def test_what_drive_says_of_a_file(reply: dict[str, Any], state: FileState | None) -> None:
    assert file_state(reply) == state


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(("version", "name", "modifiedTime", "lastModifyingUser")),
        st.none() | st.text() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
    )
)
def test_no_answer_of_drive_breaks_the_reading(reply: dict[str, Any]) -> None:
    state = file_state(reply)
    assert state is None or (state.version and isinstance(state.editor, str))


def test_importing_it_loads_no_library_of_googles() -> None:
    program = (
        "import sys, registry_sheets.workbooks.google.transport.client\n"
        "print([one for one in ('gspread', 'google.auth', 'requests', 'urllib3') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
