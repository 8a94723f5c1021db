"""The SQL of the history file, by what it asks or does; the tables are made in migrations.py."""

from __future__ import annotations

# Passes

PASSES = """
    SELECT id, at, day, last_at, last_day, editor, edited_at, baseline FROM passes WHERE id >= ? ORDER BY id"""
DAYS = "SELECT id, day FROM passes ORDER BY id"
BASELINE = "SELECT id FROM passes WHERE baseline LIMIT 1"
NEWEST = "SELECT id, at, day, last_at, last_day, editor, edited_at, baseline FROM passes ORDER BY id DESC LIMIT 1"
ADD_PASS = """
    INSERT INTO passes (id, at, day, last_at, last_day, editor, edited_at, baseline) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""  # noqa: S105
PROLONG = "UPDATE passes SET last_at = ?, last_day = ? WHERE id = ?"
BEGINS = "SELECT value FROM meta WHERE key = 'begins'"
SET_BEGINS = "INSERT OR REPLACE INTO meta VALUES ('begins', ?)"

# Rows

ADD_ROW = "INSERT INTO rows (first_day, baseline) VALUES (?, ?)"
IS_ROW = "SELECT 1 FROM rows WHERE id = ?"
HELD_ROWS = """
    SELECT s."row", s.name_key, s.version_key, s.live, s.code, s.since, r.first_day, r.baseline, s.credits
    FROM spells s JOIN rows r ON r.id = s."row" WHERE s.until IS NULL ORDER BY s."row" """
KNOWN = """
    SELECT s."row", r.first_day, r.baseline FROM spells s JOIN rows r ON r.id = s."row"
    WHERE s.name_key = ? AND s.version_key = ? AND s.until IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM spells o WHERE o."row" = s."row" AND o.until IS NULL)
    ORDER BY s.until DESC, s."row" DESC LIMIT 1"""

# Spells

SPELLS = 'SELECT "row", since, until, name_key, version_key, live, code, credits FROM spells'
OF_ROW = '"row" = :row'
LIVE = "live"
# In a query of its own, so that it goes by its index, and not through all spells for the sake of their order.
ENDED = "rowid IN (SELECT rowid FROM spells WHERE until >= :first)"
BY_ROW = 'ORDER BY "row", since'
ADD_SPELL = """
    INSERT INTO spells ("row", since, until, name_key, version_key, live, code, credits)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
OPEN_ROWS = 'SELECT "row" FROM spells WHERE until IS NULL'
END_SPELL = 'UPDATE spells SET until = ? WHERE "row" = ? AND until IS NULL'

# Findings

FINDINGS = """
    SELECT key, rule, severity, name, version, "column", message, since, until FROM findings ORDER BY id"""
ADD_FINDING = """
    INSERT INTO findings (key, rule, severity, name, version, "column", message, since, until)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
OPEN_FINDINGS = "SELECT id FROM findings WHERE until IS NULL"
END_FINDING = "UPDATE findings SET until = ? WHERE id = ?"
# '+' keeps the order from being read off the whole table instead of the open ones off their index.
HELD_FINDINGS = """
    SELECT f.id, f.key, p.day FROM findings f JOIN passes p ON p.id = f.since WHERE f.until IS NULL ORDER BY +f.id"""

# Pruning: what had ended when the day began, then what nothing names any more

PRUNE_SPELLS = "DELETE FROM spells WHERE until IN (SELECT id FROM passes WHERE day < ?)"
PRUNE_FINDINGS = "DELETE FROM findings WHERE until IN (SELECT id FROM passes WHERE day < ?)"
PRUNE_PASSES = """
    DELETE FROM passes WHERE last_day < ? AND id <> ? AND id NOT IN (
        SELECT since FROM spells UNION SELECT until FROM spells WHERE until IS NOT NULL
        UNION SELECT since FROM findings UNION SELECT until FROM findings WHERE until IS NOT NULL)"""
PRUNE_ROWS = 'DELETE FROM rows WHERE id NOT IN (SELECT "row" FROM spells)'
