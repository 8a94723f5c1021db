"""The SQL of the deliveries."""

from __future__ import annotations

WANT = """INSERT OR IGNORE INTO deliveries
    (kind, period, recipient, state, message_id, attempts, first_at, last_at, next_at, reply)
    VALUES (:kind, :period, :recipient, 'queued', :message_id, 0, :at, :at, :at, '')"""

BEGIN = """UPDATE deliveries SET state = 'sending', last_at = :at
    WHERE kind = :kind AND period = :period AND recipient = :recipient AND state IN ('queued', 'deferred')"""

BECAME = """UPDATE deliveries
    SET state = :state, attempts = :attempts, last_at = :last_at, next_at = :next_at, reply = :reply
    WHERE kind = :kind AND period = :period AND recipient = :recipient"""

AGAIN = """UPDATE deliveries
    SET state = 'queued', attempts = 0, first_at = :at, last_at = :at, next_at = :at, reply = ''
    WHERE kind = :kind AND period = :period AND recipient = :recipient AND state != 'sending'"""

LEFT_BY_THE_DEAD = """UPDATE deliveries SET state = 'unknown', attempts = attempts + 1, last_at = :at, reply = :reply
    WHERE state = 'sending'"""

GIVE_UP = """UPDATE deliveries
    SET state = 'refused', last_at = :at, reply = :reply || CASE reply WHEN '' THEN '' ELSE ': ' || reply END
    WHERE state IN ('queued', 'deferred') AND first_at < :before"""

FORGET = "DELETE FROM deliveries WHERE state IN ('sent', 'refused', 'unknown') AND last_at < :before"

ONE = """SELECT kind, period, recipient, state, message_id, attempts, first_at, last_at, next_at, reply
    FROM deliveries WHERE kind = :kind AND period = :period AND recipient = :recipient"""

DUE = """SELECT kind, period, recipient, state, message_id, attempts, first_at, last_at, next_at, reply
    FROM deliveries WHERE state IN ('queued', 'deferred') AND (next_at <= :at OR next_at > :absurd)
    ORDER BY first_at, rowid"""

IN_STATES = """SELECT kind, period, recipient, state, message_id, attempts, first_at, last_at, next_at, reply
    FROM deliveries WHERE state IN (:state, :or_state) ORDER BY last_at, rowid"""
