"""A handler behind a requests session, in one process and without sockets."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tests.support.google.faults import Cut, Hang
from tests.support.google.wire import Answer, Call, Handler

if TYPE_CHECKING:
    import requests

ORIGINS = ("https://sheets.googleapis.com", "https://www.googleapis.com", "https://oauth2.googleapis.com")
"""Whom the stand-in stands in for."""


def mount(session: requests.Session, handler: Handler) -> None:
    """Let ``session`` reach ``handler`` at Google's three hosts.

    google.auth's AuthorizedSession keeps a second session for its tokens; that one is mounted too. A cut connection
    is requests.ConnectionError; a hang is requests.ReadTimeout at once, without a wait.
    """
    auth = getattr(session, "_auth_request", None)
    for one in (session, getattr(auth, "session", None)):
        if one is not None:
            for origin in ORIGINS:
                one.mount(origin, adapter(handler))


def adapter(handler: Handler) -> requests.adapters.BaseAdapter:
    """A transport of requests that hands each request to ``handler``."""
    from requests.adapters import BaseAdapter

    class Adapter(BaseAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
            return _response(request, _carried_out(handler, request))

        def close(self) -> None:
            """Nothing is open."""

    return Adapter()


def _carried_out(handler: Handler, request: requests.PreparedRequest) -> Answer:
    from requests.exceptions import ChunkedEncodingError, ConnectionError, ReadTimeout

    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    try:
        return handler(Call(request.method or "GET", request.url or "", headers, _body(request.body)))
    except Hang:
        raise ReadTimeout("Read timed out.", request=request) from None
    except Cut as cut:
        # over a socket, requests tells an end inside a body from an end before it
        kind = ConnectionError if cut.answer is None else ChunkedEncodingError
        raise kind("Connection aborted.", request=request) from None


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str | bytes):
        return body.encode() if isinstance(body, str) else body
    return b"".join(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    import requests
    from requests.structures import CaseInsensitiveDict
    from requests.utils import get_encoding_from_headers

    response = requests.Response()
    response.status_code = answer.status
    response.reason = reason(answer.status)
    response.headers = CaseInsensitiveDict(_complete(answer))
    response.encoding = get_encoding_from_headers(response.headers)
    response.url = request.url or ""
    response.request = request
    response.raw = BytesIO(answer.body)
    return response


def _complete(answer: Answer) -> Mapping[str, str]:
    return {"Content-Length": str(len(answer.body)), **answer.headers}


def reason(status: int) -> str:
    """The words that go with a status; '' for one of no standard."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
