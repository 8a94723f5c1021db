"""Setting a history aside for a new one: nothing of it is lost, and nothing else is touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.sqlite import SqliteHistory, set_aside
from tests.contracts.history_contract import held_rows, look


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with SqliteHistory(tmp_path / "history.sqlite") as history:
        look(history, 0, {"ac": "a"})
    (tmp_path / "state.sqlite").write_bytes(b"another one's")
    (tmp_path / "backups").mkdir()
    return tmp_path / "history.sqlite"


def names(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_it_gets_a_free_name_and_a_new_one_begins(path: Path) -> None:
    new = set_aside(path)
    assert new == path.with_name("history.old-1.sqlite")
    assert names(path) == ["backups", "history.old-1.sqlite", "state.sqlite"]
    with SqliteHistory(path) as history, SqliteHistory(new, read_only=True) as old:
        assert history.held() is None
        assert list(held_rows(old)) == ["ac"]
    assert set_aside(path) == path.with_name("history.old-2.sqlite")
    assert set_aside(path) is None
    assert names(path) == ["backups", "history.old-1.sqlite", "history.old-2.sqlite", "state.sqlite"]


def test_where_there_is_none_nothing_is_done(tmp_path: Path) -> None:
    assert set_aside(tmp_path / "state" / "history.sqlite") is None
    assert set_aside(tmp_path / "history.sqlite") is None
    (tmp_path / "history.sqlite").touch()
    assert set_aside(tmp_path / "history.sqlite") is None
    assert names(tmp_path / "history.sqlite") == ["history.sqlite"]


def test_what_a_killed_run_left_beside_it_comes_along(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "history.sqlite"
    copy.parent.mkdir()
    with SqliteHistory(path) as writer:
        look(writer, 1, {"fan": "b"})
        for end in ("", "-wal"):
            copy.with_name(copy.name + end).write_bytes(path.with_name(path.name + end).read_bytes())
    new = set_aside(copy)
    assert new
    assert names(copy) == ["history.old-1.sqlite"]
    with SqliteHistory(new) as old:
        assert list(held_rows(old)) == ["fan"]


@pytest.mark.parametrize("end", ["-wal", "-journal", "-shm"])
@pytest.mark.parametrize("damaged", [b"no database", b"SQLite format 3\0" + b"\xff" * 9000], ids=["text", "header"])
def test_a_damaged_one_is_renamed_with_what_is_beside_it(path: Path, end: str, damaged: bytes) -> None:
    path.write_bytes(damaged)
    path.with_name(path.name + end).write_bytes(b"beside")
    new = set_aside(path)
    assert new
    assert new.read_bytes() == damaged
    assert new.with_name(new.name + end).read_bytes() == b"beside"
    left = {"backups", new.name, new.name + end, "state.sqlite"}
    assert set(names(path)) - {f"{new.name}-shm"} == left - {f"{new.name}-shm"}
    with SqliteHistory(path) as history:
        assert history.held() is None


@pytest.mark.parametrize("end", ["-wal", "-journal"])
def test_what_was_left_of_a_renaming_that_was_killed_does_not_get_into_the_new_one(path: Path, end: str) -> None:
    with SqliteHistory(path) as writer:
        look(writer, 1, {"fan": "b"})
        beside = path.with_name(path.name + "-wal").read_bytes()
    path.rename(path.with_name("history.old-1.sqlite"))
    path.with_name(path.name + end).write_bytes(beside)
    assert set_aside(path) is None
    with SqliteHistory(path) as history:
        assert history.held() is None
        look(history, 0, {"lift": "c"})
        assert list(held_rows(history)) == ["lift"]


def test_no_name_is_taken_twice(path: Path) -> None:
    path.with_name("history.old-1.sqlite").write_bytes(b"older")
    path.with_name("history.old-2.sqlite-wal").write_bytes(b"left over")
    assert set_aside(path) == path.with_name("history.old-3.sqlite")
    assert path.with_name("history.old-1.sqlite").read_bytes() == b"older"


def test_it_stays_while_a_run_is_using_it(path: Path) -> None:
    with SqliteHistory(path) as history:
        history.held()
        with pytest.raises(HistoryUnusable, match="Another run"):
            set_aside(path, patience=0.05)
        look(history, 1, {"ac": "b"})
    assert set_aside(path)


def test_it_stays_while_a_run_writes_it_without_wal(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryUnusable, match="Another run"):
            set_aside(path, patience=0.05)
    assert set_aside(path)


def test_a_page_that_is_damaged_costs_nothing_of_what_is_beside_the_file(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "history.sqlite"
    copy.parent.mkdir()
    with SqliteHistory(path) as writer:
        look(writer, 1, {"fan": "b"})
        wal = path.with_name(path.name + "-wal").read_bytes()
    copy.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    copy.with_name(copy.name + "-wal").write_bytes(wal)
    new = set_aside(copy)
    assert new
    assert new.with_name(new.name + "-wal").read_bytes() == wal
    assert not copy.exists()


def test_one_of_a_newer_version_or_another_program_is_kept_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    new = set_aside(path)
    assert new
    with closing(sqlite3.connect(new)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
        assert db.execute("SELECT count(*) FROM spells").fetchone() == (1,)
