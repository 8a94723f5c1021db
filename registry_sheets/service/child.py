"""The child process in which the service reads workbooks, so that a crash or a hang there is one registry's failure."""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from registry_sheets.service.child_failures import cannot_send, cannot_start, died, stopped, too_long
from registry_sheets.service.child_process import TAKEN, Child, Reply, started
from registry_sheets.service.logs import Event, Log
from registry_sheets.service.tasks import Result, Task

_BEAT = 5.0
_TICK = 0.2
_GRACE = 2.0
_GRACE_AT_STOP = 0.5


class ChildWorker:
    """Does tasks one at a time in a child process that is kept and used again.

    Args:
        do: the function that does a task, as 'package.module:name'; it is imported in the child alone.
        log: told of faults, with the way to where they came up and without any cell.

    ``run`` is for one thread at a time; ``stop`` may be called from any, and from a signal handler.
    """

    def __init__(self, do: str, log: Log | None = None) -> None:
        self._do = do
        self._log = log
        self._child: Child | None = None
        self._stopped = False
        self._closes_at_exit = False

    def run(self, task: Task, limit: timedelta, beat: Callable[[], None]) -> Result:
        """Do the task; whatever happens to the child is the failure of this result, and the next task gets a new child.

        ``beat`` is called about every five seconds meanwhile. Kinds of failure besides the class names of errors:
        ChildDied, TookTooLong, OutOfMemory, CannotStart, Bug, and Stopped for a task that ``stop`` cut short.
        """
        whole = False
        try:
            answer = self._run(task, limit.total_seconds(), beat)
            whole = answer.whole
        finally:  # a child that was left in the middle of a task cannot be asked another
            if not whole:
                self._let_go(at_once=True)
        if self._stopped and not answer.whole:
            return Result(failure=stopped())
        self._tell(task, answer)
        return answer.result

    def stop(self) -> None:
        """End the child now and take no more tasks; a ``run`` under way returns with the failure Stopped."""
        self._stopped = True
        # No lock here: a signal handler runs on top of whatever held it. A child that does not go by itself is killed
        # by the `run` that waits for it.
        child = self._child
        if child is not None:
            child.end()

    def close(self) -> None:
        """Stop, and wait until the child is gone; for the end of the service, when no ``run`` is under way."""
        self.stop()
        self._let_go(at_once=True)
        atexit.unregister(self.close)

    def _run(self, task: Task, limit: float, beat: Callable[[], None]) -> _Answer:
        answer = self._tried(task, limit, beat)
        if answer.untouched and not self._stopped:  # that child died while it had nothing to do
            self._let_go(at_once=True)
            answer = self._tried(task, limit, beat)
        return answer

    def _tried(self, task: Task, limit: float, beat: Callable[[], None]) -> _Answer:
        if self._stopped:
            return _Answer(Result(failure=stopped()))
        try:
            child = self._ready()
        except OSError as error:
            return _Answer(Result(failure=cannot_start(error)))
        try:
            child.connection.send((task, limit))
        except OSError:
            return self._dead(child, task, taken=False)
        except Exception as error:
            return _Answer(Result(failure=cannot_send(error)))
        return self._awaited(child, task, limit, beat)

    def _ready(self) -> Child:
        child = self._child
        if child is not None and not child.usable():
            self._let_go(at_once=False)
            child = None
        if child is None:
            child = started(self._do)
            self._child = child
            self._close_at_exit()
        return child

    def _close_at_exit(self) -> None:
        """multiprocessing waits at exit for its children without end; this comes before it, whoever forgot to close."""
        if not self._closes_at_exit:
            self._closes_at_exit = True
            atexit.register(self.close)

    def _awaited(self, child: Child, task: Task, limit: float, beat: Callable[[], None]) -> _Answer:
        """Wait for the answer, the child's death, the limit or a stop."""
        begun = beaten = time.monotonic()
        taken = False
        while True:
            if child.has_news(_TICK):
                reply = child.reply()
                if reply != TAKEN:
                    return _answered(child, reply) if reply else self._dead(child, task, taken)
                taken = True
            now = time.monotonic()
            if self._stopped:
                return _Answer(Result(failure=stopped()))
            if now - begun >= limit:
                return _Answer(Result(failure=too_long(task, limit)))
            if now - beaten >= _BEAT:
                beaten = now
                beat()

    def _dead(self, child: Child, task: Task, taken: bool) -> _Answer:
        child.gone(_GRACE)
        return _Answer(Result(failure=died(task, child.process.exitcode)), untouched=not taken)

    def _let_go(self, at_once: bool) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.dismiss(at_once, _GRACE_AT_STOP if self._stopped else _GRACE)

    def _tell(self, task: Task, answer: _Answer) -> None:
        if self._log is not None and answer.trail and answer.result.failure is not None:
            message = f"{answer.result.failure.message} The way there: {answer.trail}"
            self._log(Event("bug", task.registry.name, {"trail": answer.trail}, "error", message))


@dataclass(frozen=True)
class _Answer:
    """What came of asking.

    ``whole``: the child answered and can be asked again. ``untouched``: it died before it had the task in hand.
    """

    result: Result
    trail: str = ""
    whole: bool = False
    untouched: bool = False


def _answered(child: Child, reply: Reply) -> _Answer:
    child.tasks += 1
    child.spent = child.spent or reply.spent
    return _Answer(reply.result, reply.trail, whole=True)
