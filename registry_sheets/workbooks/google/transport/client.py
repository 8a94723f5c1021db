"""The calls to Google, carried out by gspread's HTTP client, asked again with patience."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from registry_sheets.errors import NotChecked
from registry_sheets.workbooks.google.api import FILE_FIELDS, FileState, Json, SheetsApi
from registry_sheets.workbooks.google.transport.grants import no_token
from registry_sheets.workbooks.google.transport.offline import no_answer
from registry_sheets.workbooks.google.transport.outcome import SERVICE_NAMES
from registry_sheets.workbooks.google.transport.patience import Patience, Refused, asked_wait, moment
from registry_sheets.workbooks.google.transport.refusals import Asked, Refusal, refusal, unreadable_answer
from registry_sheets.workbooks.google.transport.signin import SignIn, credentials

if TYPE_CHECKING:
    from gspread.http_client import HTTPClient
    from requests import Response

TIMEOUT = (5, 190)
"""Seconds for connecting and for each wait for bytes; Google itself gives up after 180."""

_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets/"
_DRIVE = "https://www.googleapis.com/drive/v3/files/"
# Google compresses its answers only for a program with "gzip" in its name.
_HEADERS = {"User-Agent": "registry-sheets (gzip)", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class _Request:
    asked: Asked
    method: str
    url: str
    params: Mapping[str, Any]
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _HEADERS)


class GoogleApi(SheetsApi):
    """SheetsApi over one session.

    Args:
        http: gspread's client, whose session carries the credentials.
        account: the e-mail to share a spreadsheet with; '' for a person's own sign-in.
        patience: how long and how to try.
        now: this machine's clock, with its zone.
        google_clock: the server's clock at the last sign-in, None where it is not known.

    ``requests_made`` counts what was sent or tried, each attempt for itself.
    """

    def __init__(
        self,
        http: HTTPClient,
        account: str,
        patience: Patience | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        google_clock: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._http = http
        self._account = account
        self._patience = patience or Patience()
        self._now = now
        self._google_clock = google_clock
        self.requests_made = 0
        if http.timeout is None:
            http.set_timeout(TIMEOUT)

    @property
    def account(self) -> str:
        return self._account

    def file(self, spreadsheet: str) -> FileState:
        asked = Asked(self._account, spreadsheet, service="drive")
        params = {"fields": FILE_FIELDS, "supportsAllDrives": "true"}
        state = file_state(self._call(_Request(asked, "get", _DRIVE + quote(spreadsheet, safe=""), params), True))
        if state is None:
            raise unreadable_answer(asked).error
        return state

    def spreadsheet(self, spreadsheet: str, fields: str, ranges: Sequence[str] = ()) -> Json:
        params: dict[str, Any] = {"fields": fields, "prettyPrint": "false"}
        if ranges:
            params["ranges"] = list(ranges)
        asked = Asked(self._account, spreadsheet)
        return self._call(_Request(asked, "get", _SHEETS + quote(spreadsheet, safe=""), params), True)

    def batch_update(self, spreadsheet: str, body: Mapping[str, Any], *, fields: str = "", repeatable: bool) -> Json:
        return self._post(spreadsheet, ":batchUpdate", body, {"fields": fields} if fields else {}, repeatable)

    def values_by_filter(self, spreadsheet: str, body: Mapping[str, Any], *, repeatable: bool) -> Json:
        return self._post(spreadsheet, "/values:batchUpdateByDataFilter", body, {}, repeatable)

    def _post(
        self, spreadsheet: str, what: str, body: Mapping[str, Any], params: Mapping[str, str], repeatable: bool
    ) -> Json:
        asked = Asked(self._account, spreadsheet, writing=True)
        payload = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        headers = {**_HEADERS, "Content-Type": "application/json; charset=UTF-8"}
        url = f"{_SHEETS}{quote(spreadsheet, safe='')}{what}"
        request = _Request(asked, "post", url, params, payload.encode("utf-8", "replace"), headers)
        return self._call(request, repeatable)

    def _call(self, request: _Request, repeatable: bool) -> Json:
        return self._patience.call(lambda: self._attempt(request), repeatable=repeatable)

    def _attempt(self, request: _Request) -> Json:
        self.requests_made += 1
        answer = self._send(request)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        if not answer.ok:
            refused = refusal(answer.status_code, answer.content, request.asked)
            raise Refused(refused._replace(wait=asked_wait(answer.headers, self._now())))
        value = _object(answer.content) if answer.status_code < 300 else None
        if value is None:
            raise Refused(unreadable_answer(request.asked))
        return value

    def _send(self, request: _Request) -> Response | Refusal:
        from google.auth.exceptions import GoogleAuthError
        from gspread.exceptions import APIError
        from requests.exceptions import RequestException, TooManyRedirects

        try:
            return self._http.request(
                request.method,
                request.url,
                params=dict(request.params),
                data=request.body,
                headers=dict(request.headers),
            )
        except APIError as error:
            return error.response
        except (KeyError, TypeError):  # gspread cannot make its error of JSON that is not Google's
            return unreadable_answer(request.asked)
        except TooManyRedirects:
            return _sent_elsewhere(request.asked)
        except GoogleAuthError as error:
            if isinstance(error.__cause__, TooManyRedirects):
                return _sent_elsewhere(request.asked)._replace(undone=True)
            return no_token(error, request.asked, self._now(), self._google_clock())
        except (RequestException, OSError) as error:
            return no_answer(error, request.url)


def sign_in(how: SignIn, patience: Patience | None = None) -> GoogleApi:
    """Sign in as the config says; nothing is asked of Google yet. Raises ConfigProblem, see signin.credentials()."""
    from google.auth.transport.requests import AuthorizedSession, Request
    from gspread.http_client import HTTPClient
    from requests import Session

    signed_in = credentials(how)
    clock, for_tokens = _GoogleClock(), Session()
    for_tokens.hooks["response"].append(clock.note)
    session = AuthorizedSession(  # type: ignore[no-untyped-call]
        signed_in.google, auth_request=Request(for_tokens)
    )
    session.max_redirects = for_tokens.max_redirects = 0  # Google sends no call of these elsewhere
    session.auth = lambda request: request  # or a password in ~/.netrc would take the token's place
    http = HTTPClient(signed_in.google, session=session)
    return GoogleApi(http, signed_in.account, patience, google_clock=clock.last)


def _sent_elsewhere(asked: Asked) -> Refusal:
    """For an answer that names another address to ask; nothing is sent there."""
    host = SERVICE_NAMES[asked.service]
    message = f"Something between this machine and Google answered instead of it, and wants {host} asked elsewhere."
    fix = "The network may want a sign-in first: open a page in a browser, or ask whoever runs the network to let "
    fix += f"https://{host} through."
    return Refusal(NotChecked(message, fix), undone=False)


class _GoogleClock:
    """Notes the server's clock in its answers to requests for a token: by it a wrong clock of ours is told."""

    def __init__(self) -> None:
        self._told: datetime | None = None

    def note(self, answer: Response, *_: Any, **__: Any) -> None:
        """A hook of requests' session."""
        self._told = moment(answer.headers.get("Date", ""))

    def last(self) -> datetime | None:
        """The server's clock in its last answer."""
        return self._told


def file_state(reply: Mapping[str, Any]) -> FileState | None:
    """What Drive's answer says of a file; None without the version, by which alone a change is told."""
    version = reply.get("version")
    if isinstance(version, bool) or not isinstance(version, str | int) or version == "":
        return None
    editor = reply.get("lastModifyingUser")
    editor = editor if isinstance(editor, dict) else {}
    rights = reply.get("capabilities")
    return FileState(
        title=_text(reply.get("name")),
        version=str(version),
        modified=_time(reply.get("modifiedTime")),
        editor=_text(editor.get("displayName")) or _text(editor.get("emailAddress")),
        by_us=editor.get("me") is True,
        can_edit=not (isinstance(rights, dict) and rights.get("canEdit") is False),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    """An RFC 3339 time with its zone; None for anything else."""
    try:
        read = datetime.fromisoformat(_text(value))
        return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _object(content: bytes) -> Json | None:
    """The JSON object of an answer, read from its bytes at once; None where it is not a whole one."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
