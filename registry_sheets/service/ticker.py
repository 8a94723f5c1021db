"""A tick a minute: the schedule library rings, and a clock that nobody can set sees to it that it does."""

from __future__ import annotations

from collections.abc import Callable

_MINUTE = 60.0
_LOOK = 20.0


class Ticker:
    """Calls ``tick`` about every minute. ``monotonic``: seconds of a clock that only goes forward.

    schedule counts by the local clock on the wall: where that is set back, or winter time begins, it would be silent
    for as long. And a job that raises would end its loop; ``tick`` should not.
    """

    def __init__(self, tick: Callable[[], object], monotonic: Callable[[], float]) -> None:
        import schedule

        self._tick = tick
        self._monotonic = monotonic
        self._scheduler = schedule.Scheduler()
        self.ring()

    def ring(self) -> None:
        """Tick now, and count the minute from here."""
        self._tick()
        self._rung = self._monotonic()
        self._scheduler.clear()
        self._scheduler.every(1).minutes.do(self.ring)

    def poll(self) -> None:
        """Tick if it is time."""
        if self._monotonic() - self._rung >= _MINUTE:
            self.ring()
        else:
            self._scheduler.run_pending()

    def idle(self) -> float:
        """Seconds until it is worth another poll: few, for the clock may be set meanwhile, or the machine wake up."""
        return min(max(self._scheduler.idle_seconds or 0.0, 0.1), _LOOK)
