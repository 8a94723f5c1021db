"""Until when a platform has to have answered."""

from __future__ import annotations

import time
from collections.abc import Callable

from registry_sheets.errors import PlatformUnanswered


class Deadline:
    """A moment that is ``seconds`` away.

    Args:
        seconds: from now; more than 0.
        clock: gives monotonic seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + seconds

    def rest(self) -> float:
        """Seconds that are left; not more than 0 where it has passed."""
        return self._end - self._clock()

    def left(self) -> float:
        """Seconds that are left, more than 0. Raises PlatformUnanswered where it has passed."""
        left = self.rest()
        if left <= 0:
            raise passed(self.seconds)
        return left

    def wait(self, seconds: float) -> None:
        """Wait before another try. Raises PlatformUnanswered where there is no time for it."""
        if seconds >= self.left():
            raise passed(self.seconds)
        self._sleep(seconds)


def passed(seconds: float) -> PlatformUnanswered:
    """What is said of a platform that did not answer in time."""
    return PlatformUnanswered(
        f"It did not answer all within {seconds:g} s.", "Give it more with timeout in its [[platform]] block."
    )
