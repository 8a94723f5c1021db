"""Faults on demand, around a handler: the next calls that match are refused, hang, or lose their connection.

A fault is a function of the call and of what would have answered it. The answers that Google's failures consist of are
in failures.py; here are the ones of the line. What no answer can tell is raised: Cut and Hang. The shells
(http_shell.py, session.py) turn these into what a program sees of them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock

from tests.support.google.wire import Answer, Call, Handler

Fault = Callable[[Call, Handler], Answer]
"""Answers a call in place of the handler, or raises Cut or Hang."""


class Cut(Exception):
    """The connection ends. ``answer`` is what arrives of an answer before that: its head and ``sent`` bytes of it."""

    def __init__(self, answer: Answer | None = None, sent: int = 0) -> None:
        super().__init__("the connection was cut")
        self.answer = answer
        self.sent = sent


class Hang(Exception):
    """Nothing is heard until ``released`` is set or ``seconds`` have passed; then ``answer`` is asked for."""

    def __init__(self, released: Event, seconds: float, answer: Callable[[], Answer]) -> None:
        super().__init__("no answer yet")
        self.released = released
        self.seconds = seconds
        self.answer = answer


@dataclass
class Planned:
    """A fault for the calls to come: ``skip`` matching ones are let through, then it happens ``left`` times."""

    fault: Fault
    verb: re.Pattern[str]
    url: re.Pattern[str]
    skip: int
    left: int
    happened: int = 0

    def takes(self, call: Call) -> bool:
        """Whether it is this call's turn; counts it."""
        if not self.left or not self.verb.fullmatch(call.method) or not self.url.search(call.url.partition("?")[0]):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.left -= 1
        self.happened += 1
        return True


class Faults:
    """A handler with faults planned for some of its calls. Safe with threads."""

    def __init__(self, inner: Handler) -> None:
        self._inner = inner
        self._planned: list[Planned] = []
        self._lock = Lock()

    def plan(self, fault: Fault, *, times: int = 1, verb: str = ".*", url: str = "", skip: int = 0) -> Planned:
        """Let ``fault`` happen to the next ``times`` calls whose verb matches and whose address holds ``url``.

        Both are regular expressions; ``verb`` has to match whole, ``url`` is searched for in the address without its
        query. The first ``skip`` of them are answered as ever. Several plans are asked in the order of planning. The
        plan counts what ``happened``.
        """
        planned = Planned(fault, re.compile(verb, re.IGNORECASE), re.compile(url), skip, times)
        with self._lock:
            self._planned.append(planned)
        return planned

    def clear(self) -> None:
        """Forget all that has not happened."""
        with self._lock:
            self._planned.clear()

    def __call__(self, call: Call) -> Answer:
        """Answer a call. Raises Cut and Hang."""
        with self._lock:
            planned = next((one for one in self._planned if one.takes(call)), None)
        return self._inner(call) if planned is None else planned.fault(call, self._inner)


def answered(answer: Answer) -> Fault:
    """``answer`` in place of the handler's; nothing is done."""
    return lambda call, inner: answer


def cut_before() -> Fault:
    """The connection is cut before the call is read: nothing is done."""

    def fault(call: Call, inner: Handler) -> Answer:
        raise Cut

    return fault


def reply_lost() -> Fault:
    """The call is carried out, then the connection is cut: the caller cannot know."""

    def fault(call: Call, inner: Handler) -> Answer:
        inner(call)
        raise Cut

    return fault


def truncated(keep: float = 0.5) -> Fault:
    """The call is carried out and the connection is cut after ``keep`` (0 to 1) of the announced body."""

    def fault(call: Call, inner: Handler) -> Answer:
        answer = inner(call)
        raise Cut(answer, int(len(answer.body) * keep))

    return fault


def garbled(body: bytes = b'{"spreadsheetId": "1', status: int = 200) -> Fault:
    """The call is carried out; the answer is whole and says JSON, but is none. ``b""`` gives an empty body."""

    def fault(call: Call, inner: Handler) -> Answer:
        inner(call)
        return Answer(status, body, {"Content-Type": "application/json; charset=UTF-8"})

    return fault


def hangs(seconds: float = 60.0, *, released: Event | None = None, done: bool = False) -> Fault:
    """No answer until ``released`` is set or ``seconds`` have passed, then the right one.

    ``done``: the call is carried out before the silence instead of after it.
    """
    event = released or threading.Event()

    def fault(call: Call, inner: Handler) -> Answer:
        if not done:
            raise Hang(event, seconds, lambda: inner(call))
        answer = inner(call)
        raise Hang(event, seconds, lambda: answer)

    return fault


def meanwhile(action: Callable[[], object], *, after: bool = False) -> Fault:
    """Someone else does something just before the call is carried out, or just ``after``; the call is answered."""

    def fault(call: Call, inner: Handler) -> Answer:
        if not after:
            action()
            return inner(call)
        answer = inner(call)
        action()
        return answer

    return fault
