"""Which letters went out: each (kind, period, recipient) at most once, whatever dies and whenever.

Letters are sent in a round, and only one round is open at a time. That is held by a lock of the operating system,
which ends with the process however it ends. So a row that says 'sending' when a round opens was left by a process that
died over it: nobody knows whether that letter arrived. It becomes 'unknown' and is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

from registry_sheets.errors import NotChecked, StateUnusable
from registry_sheets.state import delivery_statements as sql
from registry_sheets.state.delivery import (
    GIVEN_UP,
    LASTS,
    LONGEST_PAUSE,
    Delivery,
    DeliveryState,
    as_delivery,
    became,
    recipient_key,
)
from registry_sheets.state.ledger_values import moment, storable
from registry_sheets.state.store import Store

_OUTCOMES = frozenset(get_args(DeliveryState)) - {"queued", "sending"}
_CRASHED = "The run that sent it ended before the mail server's answer was noted; it may have arrived."


class MailBusy(NotChecked):
    """Another run is sending mail at this moment."""


class Deliveries:
    """The deliveries of a registry. All but round(), begin() and done() can be used at any time.

    Raises StateUnusable where the file cannot be read or written.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sending = False

    @contextmanager
    def round(self, now: datetime, timeout: float = 0.0) -> Iterator[None]:
        """The right to send; it is freed when the process dies, however it dies.

        What a dead round left as being sent becomes unknown; what waited for longer than five days is given up.
        Raises MailBusy when another process, or another round of this one, sends for longer than ``timeout`` seconds.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(sending_lock(self._store.path))
        try:
            lock.acquire(timeout=timeout, poll_interval=0.05)
        except Timeout as error:
            raise MailBusy(
                "Another run of Registry Sheets is sending this registry's mail.", "Wait until it is done."
            ) from error
        except OSError as error:
            raise StateUnusable(
                f"'{lock.lock_file}' cannot be locked: {error.strerror or error}.",
                "See that the account that runs Registry Sheets may write it and its folder.",
            ) from error
        try:
            self._tidy(now)
            self._sending = True
            yield
        finally:
            self._sending = False
            lock.release()

    def wanted(self, kind: str, period: str, recipient: str, message_id: str, now: datetime) -> DeliveryState:
        """Note that a letter is to be sent, where that is not known yet; gives how it stands."""
        which = _which(kind, period, recipient)
        with self._store.transaction() as db:
            db.execute(sql.WANT, {**which, "message_id": message_id, "at": moment(now)})
            (delivery,) = map(as_delivery, db.execute(sql.ONE, which))
        return delivery.state

    def begin(self, kind: str, period: str, recipient: str, now: datetime) -> bool:
        """Note on the disk that the letter is being sent; False where it must not be: it was, or may have been.

        Raises RuntimeError outside of a round.
        """
        self._in_round()
        with self._store.transaction() as db:
            return db.execute(sql.BEGIN, {**_which(kind, period, recipient), "at": moment(now)}).rowcount == 1

    def done(
        self, kind: str, period: str, recipient: str, outcome: str, reply: str, now: datetime
    ) -> DeliveryState | None:
        """Note what became of a letter: 'sent', 'deferred', 'refused' or 'unknown'. Gives how it stands then.

        A deferred one is tried again later, and refused after five days. What is settled stays; None: it is not known.
        Raises RuntimeError outside of a round, ValueError for another outcome.
        """
        self._in_round()
        if outcome not in _OUTCOMES:
            raise ValueError(f"no outcome of a delivery: {outcome}")
        with self._store.transaction() as db:
            before = next(map(as_delivery, db.execute(sql.ONE, _which(kind, period, recipient))), None)
            if before is None or before.state not in ("queued", "deferred", "sending"):
                return before.state if before else None
            after = became(before, outcome, storable(reply), now)
            moments = {"last_at": moment(after.last_at), "next_at": moment(after.next_at)}
            db.execute(sql.BECAME, after._asdict() | moments | {"first_at": ""})
        return after.state

    def get(self, kind: str, period: str, recipient: str) -> Delivery | None:
        """One delivery; None where it was never wanted."""
        return next(iter(self._select(sql.ONE, **_which(kind, period, recipient))), None)

    def due(self, now: datetime) -> tuple[Delivery, ...]:
        """What is to be sent now, those that have waited longest first.

        A next try that is more than the longest pause ahead was noted by a clock that was wrong, and is due.
        """
        return self._select(sql.DUE, at=moment(now), absurd=moment(now + LONGEST_PAUSE))

    def unknown(self) -> tuple[Delivery, ...]:
        """What may or may not have arrived, oldest first."""
        return self._select(sql.IN_STATES, state="unknown", or_state="unknown")

    def refused(self) -> Mapping[str, str]:
        """The addresses (as recipient_key gives them) whose newest letter was refused, and why.

        A letter that was given up before any mail server was asked says nothing about its address.
        """
        settled = self._select(sql.IN_STATES, state="sent", or_state="refused")
        newest = {one.recipient: one for one in settled if one.attempts}
        return {address: one.reply for address, one in newest.items() if one.state == "refused"}

    def again(self, kind: str, period: str, recipient: str, now: datetime) -> bool:
        """A person wants it sent after all, whatever became of it: it is to be sent as if for the first time.

        False where it is not known, or is being sent at this moment.
        """
        with self._store.transaction() as db:
            return db.execute(sql.AGAIN, {**_which(kind, period, recipient), "at": moment(now)}).rowcount == 1

    def prune(self, keep: timedelta, now: datetime) -> int:
        """Forget what was settled longer ago than ``keep``; gives how many. A forgotten letter could be sent again."""
        with self._store.transaction() as db:
            return db.execute(sql.FORGET, {"before": moment(now - keep)}).rowcount

    def _in_round(self) -> None:
        if not self._sending:
            raise RuntimeError("letters are sent in a round")

    def _tidy(self, now: datetime) -> None:
        at = moment(now)
        with self._store.transaction() as db:
            db.execute(sql.LEFT_BY_THE_DEAD, {"at": at, "reply": _CRASHED})
            db.execute(sql.GIVE_UP, {"at": at, "reply": GIVEN_UP, "before": moment(now - LASTS)})

    def _select(self, query: str, **values: str) -> tuple[Delivery, ...]:
        with self._store.reading() as db:
            return tuple(map(as_delivery, db.execute(query, values)))


def sending_lock(store: Path) -> Path:
    """The file by which a round is held."""
    return store.with_name(f"{store.name}.sending.lock")


def _which(kind: str, period: str, recipient: str) -> dict[str, str]:
    return {"kind": kind, "period": period, "recipient": recipient_key(recipient)}
