"""Asking over HTTP: every way to fail has its sentence, and a sign-in goes to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.reading import Pages, objects, of_iso, of_millis, text, texts
from registry_sheets.platforms.refusals import Refusals

REFUSALS = Refusals("a registry", "Set TOKEN.", "Grant it the right to read.", ("QUOTA_GONE",))
BASE = "https://registry.example.com/api"
Answering = Callable[[httpx.Request], httpx.Response]


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def api(answer: Answering, clock: Clock | None = None, seconds: float = 60.0, **how: object) -> JsonApi:
    time = clock or Clock()
    deadline = Deadline(seconds, time, time.sleep)
    return JsonApi(BASE, deadline, REFUSALS, transport=httpx.MockTransport(answer), **how)  # type: ignore[arg-type]


def refused(answer: Answering, **how: object) -> PlatformUnanswered:
    with pytest.raises(PlatformUnanswered) as caught:
        api(answer, **how).get("models", {"token": "secret"})  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)
    return caught.value


def test_an_answer_is_an_object() -> None:
    assert api(lambda _: httpx.Response(200, json={"a": 1})).get("models", {"page": "2"}) == {"a": 1}
    assert api(lambda _: httpx.Response(200, content=b"")).get("models") == {}


@pytest.mark.parametrize(
    ("status", "message", "fix"),
    [
        (400, "refused the question", "address"),
        (401, "sign-in", "Set TOKEN."),
        (403, "does not let this account", "Grant it"),
        (404, "There is nothing at", "address"),
        (429, "no time", "later"),
        (500, "failed", "log"),
    ],
)
def test_each_refusal_says_what_to_do(status: int, message: str, fix: str) -> None:
    error = refused(lambda _: httpx.Response(status, json={"error": {"message": "no\x1b[31m way\nhere"}}))
    assert message in error.message
    assert fix in error.fix
    assert "no" in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize("said", [b"<html>", b"[]", b"{", b'"text"', b"[" * 100_000, b"\xff\xfe"])
def test_something_else_than_an_object_is_no_answer(said: bytes) -> None:
    assert "is not what a registry answers" in refused(lambda _: httpx.Response(200, content=said)).message


def test_what_may_pass_is_asked_again_as_the_server_says() -> None:
    clock, answers = Clock(), [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json={"a": 1})]
    assert api(lambda _: answers.pop(0), clock).get("models") == {"a": 1}
    assert clock.waits == [7.0]


def test_a_server_may_name_a_moment() -> None:
    clock = Clock()
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    answers = [httpx.Response(503, headers={"Retry-After": moment}), httpx.Response(200, json={})]
    api(lambda _: answers.pop(0), clock).get("models")
    assert 15 < clock.waits[0] <= 20


def test_there_is_no_waiting_beyond_the_deadline() -> None:
    clock = Clock()
    error = refused(lambda _: httpx.Response(429, headers={"Retry-After": "3600"}), clock=clock)
    assert "no time for more questions (429)" in error.message
    assert clock.waits == []


def test_a_quota_that_is_gone_is_not_asked_again() -> None:
    clock = Clock()
    error = refused(lambda _: httpx.Response(429, json={"message": "QUOTA_GONE today"}), clock=clock)
    assert "QUOTA_GONE" in error.message
    assert clock.waits == []


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadTimeout("no"), httpx.RemoteProtocolError("no")])
def test_a_network_that_fails_is_tried_again_and_then_told(error: httpx.TransportError) -> None:
    asked = []

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise error

    assert "registry.example.com" in refused(fail).message
    assert len(asked) == 5


def test_a_sign_in_goes_to_no_other_host() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.host))
        return httpx.Response(302, headers={"Location": "https://evil.example.net/?token=secret"})

    assert "sends on to https://evil.example.net/" in refused(answer).message
    asking = api(answer)
    for other in (
        "https://evil.example.net/api",
        "http://registry.example.com/api",
        "https://registry.example.com:444/api",
    ):
        with pytest.raises(PlatformUnanswered, match="is not asked for"):
            asking.get(other)
    assert set(asked) == {"registry.example.com"}
    ours = api(lambda request: httpx.Response(200, json={"path": request.url.path}))
    assert ours.get("https://registry.example.com/next") == {"path": "/next"}


def test_the_sign_in_is_asked_for_before_each_question() -> None:
    seen, tokens = [], iter("ab")

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(200, json={})

    asking = api(answer, headers=lambda: {"Authorization": next(tokens)})
    asking.get("x")
    asking.ask("y", {"a": 1})
    assert seen == ["a", "b"]


def test_a_token_that_cannot_be_sent_is_told_without_it() -> None:
    error = refused(lambda _: httpx.Response(200, json={}), headers=lambda: {"Authorization": "Bearer s\u2028ecret"})
    assert "cannot be sent" in error.message


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry_sheets.platforms.http.MOST_BYTES", 100)
    assert "at once" in refused(lambda _: httpx.Response(200, content=b" " * 1000)).message


# Reading


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        (1, datetime(1970, 1, 1, 0, 0, 0, 1000, UTC)),
        ("1772600000000", datetime(2026, 3, 4, 4, 53, 20, tzinfo=UTC)),
        *((odd, None) for odd in (0, -1, "", "x", None, [], {}, 10**400, float("inf"), float("nan"), "1e3")),
    ],
)
def test_moments_in_milliseconds(said: object, moment: datetime | None) -> None:
    assert of_millis(said) == moment


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-03-04T05:06:07Z", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("2026-03-04T05:06:07.123456789Z", datetime(2026, 3, 4, 5, 6, 7, 123456, UTC)),
        ("2026-03-04T05:06:07.1234567+02:00", datetime(2026, 3, 4, 3, 6, 7, 123456, UTC)),
        ("2026-03-04T05:06:07", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        *((odd, None) for odd in ("", "yesterday", None, 3, "2026-13-01T00:00:00Z", "." * 1000)),
    ],
)
def test_moments_in_text(said: object, moment: datetime | None) -> None:
    assert of_iso(said) == moment


def test_what_is_not_what_it_should_be() -> None:
    answer = {"a": None, "b": 3, "c": True, "d": "x", "tags": {"k": "v", "n": 3}}
    assert [text(answer, key) for key in "abcdz"] == ["", "3", "", "x", ""]
    assert texts(answer, "tags") == {"k": "v"}
    assert texts(answer, "b") == {}
    assert list(objects(answer, "a")) == []
    for wrong in ({"l": "x"}, {"l": [1]}, {"l": {"a": 1}}):
        with pytest.raises(PlatformUnanswered):
            list(objects(wrong, "l"))


def test_pages_that_go_round_in_a_circle_end() -> None:
    pages = Pages()
    assert pages.params("token") == {}
    pages.turn("b")
    assert pages.params("token") == {"token": "b"}
    pages.turn("c")
    with pytest.raises(PlatformUnanswered, match="circle"):
        pages.turn("b")
    pages.turn("")
    assert not pages.more
