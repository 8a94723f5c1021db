"""The whole stand-in: faults, then tokens and scopes, then the guard, then the core."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from tests.support.google.faults import Faults
from tests.support.google.guard import Guard
from tests.support.google.key_file import TOKEN_URI, ServiceAccountKey
from tests.support.google.methods import find
from tests.support.google.scopes import Scopes
from tests.support.google.tokens import Tokens
from tests.support.google.wire import Answer, Call, Handler


@dataclass(frozen=True)
class Seen:
    """One call that arrived. ``method`` is Google's name of it ('sheets.spreadsheets.get'), 'token' for a sign-in.

    ``size`` is the body's in bytes; ``status`` is None where no answer went back.
    """

    method: str
    verb: str
    url: str
    size: int
    status: int | None


@dataclass
class Stack:
    """The stand-in, and the handles by which a test moves it. ``handler`` is what a shell is given."""

    handler: Handler
    faults: Faults
    tokens: Tokens
    seen: list[Seen] = field(default_factory=list)

    def requests(self) -> tuple[str, ...]:
        """The methods that were called, in order, sign-ins left out: what counts against the quota."""
        return tuple(one.method for one in self.seen if one.method != "token")


def whole(
    core: Handler,
    *,
    now: Callable[[], float] = time.time,
    keys: Iterable[ServiceAccountKey] = (),
    check_requests: bool = True,
    check_responses: bool = True,
    lifetime: int = 3599,
) -> Stack:
    """The stack around ``core``, which is never called twice at once.

    ``now`` gives seconds since 1970 to the tokens, which hold for ``lifetime`` seconds; ``keys`` may sign in. The
    checks are the guard's.
    """
    guard = Guard(core, check_requests=check_requests, check_responses=check_responses)
    tokens = Tokens(now=now, lifetime=lifetime)
    for key in keys:
        tokens.register(key)
    faults = Faults(Scopes(_one_at_a_time(guard), tokens))
    seen: list[Seen] = []
    return Stack(_noted(faults, seen), faults, tokens, seen)


def _one_at_a_time(inner: Handler) -> Handler:
    lock = Lock()

    def handler(call: Call) -> Answer:
        with lock:
            return inner(call)

    return handler


def _noted(inner: Handler, seen: list[Seen]) -> Handler:
    """``inner``, with a note of each call in ``seen``."""

    def handler(call: Call) -> Answer:
        status: int | None = None
        try:
            answer = inner(call)
            status = answer.status
        finally:
            seen.append(Seen(_name(call), call.method, call.url, len(call.body), status))
        return answer

    return handler


def _name(call: Call) -> str:
    if call.url.partition("?")[0] == TOKEN_URI:
        return "token"
    method = find(call.method, call.url)
    return "" if method is None else method.id
