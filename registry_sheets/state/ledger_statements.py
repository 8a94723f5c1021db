"""What the ledger says to SQLite. A claim is known by (id, holder, tries)."""

from __future__ import annotations

HELD = """SELECT id, holder, started_at, started_up, lease, tries, finished_at FROM runs
    WHERE job = ? AND period = ?"""
ADD_RUN = """INSERT INTO runs
    (job, period, holder, started_at, started_up, lease, tries, failure_kind, message, counts)
    VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '{}')"""
TAKE_RUN = """UPDATE runs SET job = ?, period = ?, holder = ?, started_at = ?, started_up = ?, lease = ?, tries = ?
    WHERE id = ?"""
RENEW = """UPDATE runs SET holder = ?, started_at = ?, started_up = ?, lease = ?
    WHERE id = ? AND holder = ? AND tries = ? AND finished_at IS NULL"""
RELEASE = "UPDATE runs SET lease = 0, holder = '' WHERE id = ? AND holder = ? AND tries = ? AND finished_at IS NULL"
FINISH = """UPDATE runs SET finished_at = ?, failure_kind = ?, message = ?, counts = ?
    WHERE id = ? AND holder = ? AND tries = ? AND finished_at IS NULL"""
PRUNE_RUNS = """DELETE FROM runs WHERE job = ? AND finished_at IS NOT NULL AND id <=
    (SELECT id FROM runs WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET ?)"""

LAST_RUN = """SELECT job, period, started_at, finished_at, failure_kind, message, counts FROM runs
    WHERE job = ? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1"""
RUNS = """SELECT job, period, started_at, finished_at, failure_kind, message, counts FROM runs
    WHERE job = ? ORDER BY id DESC LIMIT ?"""
RUN_OF = """SELECT job, period, started_at, finished_at, failure_kind, message, counts FROM runs
    WHERE job = ? AND period = ?"""

FAILING = "SELECT id, job, kind, message, fix, since, mended_at FROM failures WHERE job = ? AND mended_at IS NULL"
ALL_FAILING = "SELECT id, job, kind, message, fix, since, mended_at FROM failures WHERE mended_at IS NULL ORDER BY id"
FAILURE = "SELECT id, job, kind, message, fix, since, mended_at FROM failures WHERE id = ?"
ADD_FAILURE = "INSERT INTO failures (job, kind, message, fix, since, told_at) VALUES (?, ?, ?, ?, ?, ?)"
MEND = "UPDATE failures SET mended_at = ? WHERE job = ? AND mended_at IS NULL"
REPLACE = "UPDATE failures SET mended_at = ?, well_told_at = ? WHERE id = ?"
KINDS_TOLD = "SELECT kind FROM failures WHERE job = ? AND since = ? AND told_at IS NOT NULL"
UNTOLD_FAILING = """SELECT id, job, kind, message, fix, since, mended_at FROM failures
    WHERE mended_at IS NULL AND told_at IS NULL ORDER BY id"""
UNTOLD_WELL = """SELECT id, job, kind, message, fix, since, mended_at FROM failures
    WHERE mended_at IS NOT NULL AND well_told_at IS NULL AND EXISTS (
        SELECT 1 FROM failures AS same
        WHERE same.job = failures.job AND same.since = failures.since AND same.told_at IS NOT NULL)
    ORDER BY id"""
TELL_FAILING = "UPDATE failures SET told_at = ? WHERE id = ? AND told_at IS NULL"
TELL_WELL = "UPDATE failures SET well_told_at = ? WHERE id = ? AND well_told_at IS NULL"
TAKE_BACK_FAILING = "UPDATE failures SET told_at = NULL WHERE id = ?"
TAKE_BACK_WELL = "UPDATE failures SET well_told_at = NULL WHERE id = ?"
PRUNE_FAILURES = """DELETE FROM failures WHERE mended_at IS NOT NULL AND id <=
    (SELECT id FROM failures ORDER BY id DESC LIMIT 1 OFFSET ?)"""

NOTED = "SELECT value FROM notes WHERE key = ?"
NOTE = "INSERT OR REPLACE INTO notes VALUES (?, ?)"
FORGET = "DELETE FROM notes WHERE key = ?"

DELIVERIES = "SELECT state, count(*) FROM deliveries WHERE last_at >= ? GROUP BY state"
