"""Several questions at a time, in threads that never keep the process from ending.

A thread of concurrent.futures is waited for when the process ends, however long the server that it asks sends its
answer drop by drop: then neither a deadline nor Ctrl-C would end anything.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


def at_once(ask: Callable[[Asked], Answered], things: Iterable[Asked], most: int) -> Iterator[Answered]:
    """The answers for ``things`` in their order, ``most`` asked at once; what one raises is raised in its turn.

    ``things`` are drawn as they are needed, a few ahead. Whoever stops listening leaves what is under way behind:
    nothing more is begun, and nothing is waited for.
    """
    waiting: deque[_Question[Asked, Answered]] = deque()
    hands = _Hands(most)
    try:
        for one in things:
            waiting.append(_Question(ask, one))
            hands.take(waiting[-1].run)
            if len(waiting) > 2 * most:
                yield waiting.popleft().answer()
        while waiting:
            yield waiting.popleft().answer()
    finally:
        for late in waiting:
            late.given_up = True
        hands.go_home()


class _Question(Generic[Asked, Answered]):
    """One question and, some day, its answer."""

    def __init__(self, ask: Callable[[Asked], Answered], about: Asked) -> None:
        self._ask = ask
        self._about = about
        self._done = threading.Event()
        self._answers: list[Answered] = []
        self._error: BaseException | None = None
        self.given_up = False

    def run(self) -> None:
        try:
            if not self.given_up:
                self._answers.append(self._ask(self._about))
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def answer(self) -> Answered:
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._answers[0]


class _Hands:
    """Threads that do one task after the other, ``most`` of them, each begun when there is something to do for it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threads = 0
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def take(self, task: Callable[[], None]) -> None:
        self._tasks.put(task)
        if self._threads < self._most:
            threading.Thread(target=self._work, name="ask at once", daemon=True).start()
            self._threads += 1

    def go_home(self) -> None:
        for _ in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while task := self._tasks.get():
            task()
