"""The history's file: what it is opened as, what is said when it cannot be, and how large it grows."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from registry_sheets import databases
from registry_sheets.errors import HistoryMoved, HistoryUnusable
from registry_sheets.history import opening
from registry_sheets.history.base import History
from registry_sheets.history.migrations import APPLICATION_ID, MIGRATIONS, Migration, migrate
from registry_sheets.history.sqlite import SqliteHistory, there
from registry_sheets.registry.past.records import Entry, NewSpell
from tests.contracts.history_contract import DAY, at, finding, held_now, held_rows, look, on, spell

ANEW = "sync --new-history"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a state #1 ?x=100%" / "history.sqlite"


@pytest.fixture
def kept(path: Path) -> Path:
    """A history with a few passes, closed."""
    with SqliteHistory(path) as history:
        look(history, 0, {f"model {number}": "a" * 400 for number in range(100)}, ["x", "y"])
        look(history, 1, {f"model {number}": "b" * 400 for number in range(90)}, ["y"])
    return path


def content(folder: Path) -> dict[str, bytes]:
    """Every file by name."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def opened(path: Path, **how: float) -> None:
    """Open it to write, and ask it for something."""
    with SqliteHistory(path, **how) as history:  # type: ignore[arg-type]
        history.held()


def run_sql(path: Path, *statements: str) -> None:
    """Change a database behind our back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


# Opening


def test_it_is_as_it_was_when_it_is_opened_again(kept: Path) -> None:
    with SqliteHistory(kept) as history:
        before = list(history.export())
        held = history.held()
    with SqliteHistory(kept) as history:
        assert (list(history.export()), history.held()) == (before, held)
    assert len(before) == 1 + 2 + 190 + 2


def test_one_file_is_left_when_it_is_closed(kept: Path) -> None:
    assert list(content(kept.parent)) == ["history.sqlite"]


def test_a_file_without_content_is_a_new_history(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert not there(path)
    with SqliteHistory(path, read_only=True) as history:
        assert history.held() is None
    assert content(path.parent) == {"history.sqlite": b""}
    with SqliteHistory(path) as history:
        look(history, 0, {"ac": "a"})
    assert there(path)


def test_a_database_whose_tables_were_not_made_yet_is_a_new_history(path: Path) -> None:
    path.parent.mkdir()
    run_sql(path, "PRAGMA journal_mode = WAL")
    with SqliteHistory(path) as history:
        assert history.held() is None


def test_every_commit_is_synced_to_the_disk(path: Path) -> None:
    with SqliteHistory(path) as history:
        assert history._db.execute("PRAGMA synchronous").fetchone() == (3,)
        assert history._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_it_works_where_there_can_be_no_wal(kept: Path) -> None:
    run_sql(kept, "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(kept, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM passes").fetchone()  # while it is read, its mode cannot be changed
        with SqliteHistory(kept, patience=0.05) as history:
            other.execute("COMMIT")
            assert history._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            look(history, 2, {"ac": "a"})
    assert list(content(kept.parent)) == ["history.sqlite"]


def test_the_interface_is_there_without_sqlite() -> None:
    asked = "import sys; sys.modules['sqlite3'] = None; import registry_sheets.history.base"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


# Reading only


def test_reading_makes_and_changes_no_file(kept: Path) -> None:
    before = content(kept.parent)
    with SqliteHistory(kept) as history:
        exported = list(history.export())
    with SqliteHistory(kept, read_only=True) as history:
        assert list(history.export()) == exported
        assert content(kept.parent) == before
    assert content(kept.parent) == before


def test_there_must_be_something_to_read(path: Path) -> None:
    assert not there(path)
    with pytest.raises(HistoryUnusable, match="registry-sheets sync"):
        SqliteHistory(path, read_only=True)
    assert not path.parent.exists()


def test_it_is_read_while_another_run_has_it_open(kept: Path) -> None:
    with SqliteHistory(kept) as writer:
        look(writer, 2, {"ac": "a"})
        names = set(content(kept.parent))
        with SqliteHistory(kept, read_only=True) as reader:
            assert list(held_rows(reader)) == ["ac"]
            look(writer, 3, {"ac": "b"})
            assert len(reader.passes()) == 3  # as it was when it was opened
        assert set(content(kept.parent)) == names
        with SqliteHistory(kept, read_only=True) as reader:
            assert len(reader.passes()) == 4


def test_it_is_read_after_a_run_that_was_killed(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with SqliteHistory(kept) as writer:
        look(writer, 2, {"ac": "a"})
        shutil.copytree(kept.parent, copy)
    for left in ("history.sqlite-shm", "history.sqlite"):
        with SqliteHistory(copy / "history.sqlite", read_only=True) as reader:
            assert list(held_rows(reader)) == ["ac"]
        (copy / left).unlink()


def test_it_is_read_again_where_it_was_written_to_meanwhile(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = iter([(1, 1, 1), (1, 1, 2), (1, 1, 2), (1, 1, 2)])
    monkeypatch.setattr(databases, "_stamp", lambda _path: next(stamps))
    with SqliteHistory(kept, read_only=True) as reader:
        assert len(held_rows(reader)) == 90
    assert next(stamps, None) is None
    numbers = iter(range(100))
    monkeypatch.setattr(databases, "_stamp", lambda _path: next(numbers))
    with pytest.raises(HistoryUnusable, match="again"):
        SqliteHistory(kept, read_only=True)


def test_nothing_is_recorded_or_pruned_by_a_reader(kept: Path) -> None:
    before = content(kept.parent)
    with SqliteHistory(kept, read_only=True) as history:
        for act in (lambda: look(history, 2, {"ac": "a"}), lambda: history.prune(on(1))):
            with pytest.raises(HistoryUnusable):
                act()
        assert len(history.passes()) == 2
    assert content(kept.parent) == before


# What is said when it cannot be used


@pytest.mark.parametrize(
    "garbage",
    [b"x", b"version,stage\r\n", b"\0", b"\0" * 5000, b"SQLite format 3", b"SQLite format 3\0" + b"\xff" * 9000],
    ids=["a letter", "text", "a zero", "zeros", "half a header", "a header"],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_database_is_damaged_and_stays_as_it_is(path: Path, garbage: bytes, read_only: bool) -> None:
    path.parent.mkdir()
    path.write_bytes(garbage)
    assert there(path)
    with pytest.raises(HistoryUnusable, match="it is the sheet") as caught:
        SqliteHistory(path, read_only=read_only)
    assert "damaged" in caught.value.message
    assert str(path) in caught.value.message
    assert ANEW in caught.value.fix
    assert content(path.parent) == {"history.sqlite": garbage}


def test_whatever_is_damaged_nothing_but_history_unusable_is_raised(kept: Path) -> None:
    whole, chance = kept.read_bytes(), random.Random(20260701)
    refused = 0
    for _ in range(60):
        damaged = bytearray(whole[: chance.choice([len(whole), chance.randrange(1, len(whole))])])
        for _ in range(chance.choice([0, 1, 30])):
            place = chance.randrange(len(damaged))
            damaged[place : place + 40] = chance.randbytes(len(damaged[place : place + 40]))
        kept.write_bytes(damaged)
        for read_only in (True, False):
            with suppress(HistoryUnusable):
                refused += 1
                with SqliteHistory(kept, read_only=read_only) as history:
                    list(_asked(history))
                refused -= 1
            for end in ("-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    kept.with_name(kept.name + end).unlink()
    assert refused > 30


def _asked(history: History) -> Iterator[object]:
    yield history.held()
    yield history.known([("model 95", "1")])
    yield history.passes()
    yield history.spells()
    yield history.findings()
    yield history.prune(on(1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passes SET day = 'yesterday'",
        "UPDATE passes SET at = NULL",
        "UPDATE spells SET credits = '{'",
        "UPDATE rows SET first_day = 7",
        "UPDATE spells SET code = CAST(X'FF80' AS TEXT)",
        "DELETE FROM meta",
        "DROP TABLE spells",
    ],
)
def test_a_database_that_does_not_hold_what_it_should_is_damaged(kept: Path, statement: str) -> None:
    with suppress(sqlite3.IntegrityError):
        run_sql(kept, statement)
        with SqliteHistory(kept) as history:
            with pytest.raises(HistoryUnusable) as caught:
                list(_asked(history))
            with suppress(HistoryUnusable):
                history.record(Entry(2, at(9), on(9)))
            with suppress(HistoryUnusable):
                history.prune(on(1))
        assert ANEW in caught.value.fix


def test_a_history_of_a_newer_version(kept: Path) -> None:
    run_sql(kept, "PRAGMA user_version = 99")
    before = content(kept.parent)
    for read_only in (True, False):
        with pytest.raises(HistoryUnusable, match="newer version") as caught:
            SqliteHistory(kept, read_only=read_only)
        assert caught.value.fix.startswith("Install that version, or ")
        assert ANEW in caught.value.fix
    assert content(kept.parent) == before


@pytest.mark.parametrize("mark", ["CREATE TABLE x (y)", "PRAGMA user_version = 1", "PRAGMA application_id = 7"])
def test_a_database_of_another_program(path: Path, mark: str) -> None:
    path.parent.mkdir()
    run_sql(path, mark)
    before = content(path.parent)
    for read_only in (True, False):
        with pytest.raises(HistoryUnusable, match="another program"):
            SqliteHistory(path, read_only=read_only)
    assert content(path.parent) == before


def test_a_history_that_another_run_is_writing(kept: Path) -> None:
    with SqliteHistory(kept) as history, SqliteHistory(kept, patience=0.05) as other:
        history._db.execute("BEGIN IMMEDIATE")
        assert len(other.passes()) == 2
        with pytest.raises(HistoryUnusable, match="Another run") as caught:
            look(other, 2, {"ac": "a"})
        assert "Wait until it is done" in caught.value.fix
        assert not isinstance(caught.value, HistoryMoved)
        history._db.execute("ROLLBACK")
        look(other, 2, {"ac": "a"})


def test_a_disk_that_is_full(kept: Path) -> None:
    with SqliteHistory(kept) as history:
        history._db.execute("PRAGMA max_page_count = 1")  # it does not go below what is used
        with pytest.raises(HistoryUnusable, match="no room left") as caught:
            look(history, 2, {"ac": "a" * 1_000_000})
        assert "Free some space" in caught.value.fix
        assert len(history.passes()) == 2


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    for read_only in (True, False):
        with pytest.raises(HistoryUnusable) as caught:
            SqliteHistory(path, read_only=read_only)
        assert caught.value.fix


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HistoryUnusable):
        SqliteHistory(tmp_path / "file" / "state" / "history.sqlite")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("SQLITE_READONLY", "cannot be written to"),
        ("SQLITE_READONLY_DIRECTORY", "cannot be written to"),
        ("SQLITE_READONLY_ROLLBACK", "interrupted"),
        ("SQLITE_CANTOPEN_ISDIR", "cannot be opened"),
        ("SQLITE_PERM", "cannot be opened"),
        ("SQLITE_IOERR_FSYNC", "disk"),
        ("SQLITE_BUSY_SNAPSHOT", "Another run"),
        ("SQLITE_PROTOCOL", "Another run"),
        ("SQLITE_CORRUPT_INDEX", "damaged"),
        ("SQLITE_NOTADB", "damaged"),
        ("SQLITE_MISUSE", "damaged"),
    ],
)
def test_each_kind_of_trouble_has_its_words(path: Path, code: str, words: str) -> None:
    from registry_sheets.history.troubles import told

    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = getattr(sqlite3, code)
    with pytest.raises(HistoryUnusable, match=words) as caught, told(path):
        raise error
    assert caught.value.fix.endswith(".")


# Migrations


def test_each_step_leaves_its_record(kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as db:
        names = [step.name for step in MIGRATIONS]
        assert db.execute("SELECT number, name FROM migrations").fetchall() == list(enumerate(names, 1))
        assert db.execute("PRAGMA user_version").fetchone() == (len(names),)
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_an_older_file_is_brought_up_to_date_and_read_without_being_changed(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [*MIGRATIONS, Migration("a later one", ["ALTER TABLE passes ADD COLUMN note TEXT"])]
    monkeypatch.setattr(opening, "_HISTORY", replace(opening._HISTORY, migrations=later))
    before = content(kept.parent)
    with SqliteHistory(kept, read_only=True) as history:
        assert len(history.passes()) == 2
        assert history._db.execute("SELECT note FROM passes").fetchall() == [(None,), (None,)]
    assert content(kept.parent) == before
    opened(kept)
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT name FROM migrations WHERE number = 2").fetchone() == ("a later one",)


def test_a_step_that_fails_leaves_nothing_of_itself(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [*MIGRATIONS, Migration("broken", ["CREATE TABLE more (x)", "CREATE TABLE passes (x)"])]
    monkeypatch.setattr(opening, "_HISTORY", replace(opening._HISTORY, migrations=broken))
    with pytest.raises(HistoryUnusable):
        opened(kept)
    monkeypatch.undo()
    with closing(sqlite3.connect(kept)) as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'more'").fetchall()
    opened(kept)


def test_a_step_that_another_run_took_meanwhile_is_not_taken_twice(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(kept, isolation_level=None)) as db:
        seen = iter([0])  # before the other run's commit
        monkeypatch.setattr(databases, "version_of", lambda _db: next(seen, len(MIGRATIONS)))
        migrate(db)
        assert db.execute("SELECT count(*) FROM migrations").fetchone() == (len(MIGRATIONS),)


# Two runs at once


def test_of_two_runs_that_compared_with_one_pass_the_later_must_compare_again(kept: Path) -> None:
    with SqliteHistory(kept) as one, SqliteHistory(kept) as other:
        newest = held_now(one).newest.id
        one.record(Entry(newest, at(2), on(2), begun=[spell("ac")]))
        with pytest.raises(HistoryMoved):
            other.record(Entry(newest, at(2), on(2), begun=[spell("ac")]))
        assert look(other, 2, {"ac": "a"}) == newest + 2


def test_runs_in_other_processes_take_turns(path: Path) -> None:
    script = """if True:
        import sys
        from pathlib import Path
        from registry_sheets.errors import HistoryMoved
        from registry_sheets.history.sqlite import SqliteHistory
        from registry_sheets.registry.past.records import Entry
        from tests.contracts.history_contract import at, finding, held_now, on
        with SqliteHistory(Path(sys.argv[1])) as history:
            done = 0
            while done < 30:
                held = history.held()
                try:
                    history.record(Entry(held.newest.id if held else None, at(0), on(0), found=[finding("x")]))
                    done += 1
                except HistoryMoved:
                    pass
    """
    running = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    with SqliteHistory(path) as history:
        assert [one.id for one in history.passes()] == list(range(1, 91))
        assert [one.since for one in history.findings()] == list(range(1, 91))


# Size


def size(path: Path) -> int:
    """Bytes of the file and of what is beside it."""
    return sum(map(len, content(path.parent).values()))


def test_nights_that_see_nothing_new_take_no_room(kept: Path) -> None:
    before = size(kept)
    for night in range(2, 60):
        with SqliteHistory(kept) as history:
            held = held_now(history)
            history.record(Entry(held.newest.id, at(night), on(night)))
    assert size(kept) == before


def test_it_grows_by_what_changes(path: Path) -> None:
    chance, nights, changed = random.Random(1), 300, 5
    with SqliteHistory(path) as history:
        begun = [_facts(None, number, chance) for number in range(1, 1001)]
        history.record(Entry(None, at(0), DAY, begun=begun, found=[finding(str(number)) for number in range(100)]))
        baseline = size(path)
        for night in range(1, nights + 1):
            rows = chance.sample(range(1, 1001), changed)
            again = [_facts(row, row, chance) for row in rows]
            history.record(Entry(night, at(night), on(night), "Ana Example", at(night), ended=rows, begun=again))
    assert baseline < 3_000_000
    assert size(path) < 1_000_000 + nights * changed * 800  # of 500 each


def _facts(row: int | None, number: int, chance: random.Random) -> NewSpell:
    text = "".join(chance.choices("abcdefgh ", k=450))
    return NewSpell(row, f"model {number}", "1.0", True, json.dumps({"name": f"Model {number}", "why": text}))


def test_pruning_gives_the_room_back_and_leaves_nothing_of_what_is_gone(path: Path) -> None:
    with SqliteHistory(path) as history:
        look(history, 0, {"ac": "secret " * 100_000})
        look(history, 1, {"ac": "a"})
        look(history, 2, {"ac": "b"})
        history.prune(on(2))
        assert size(path) < 200_000
        assert not any(b"secret" in held for held in content(path.parent).values())


@pytest.mark.parametrize("ask", [History.held, History.passes, lambda history: history.known([("model 1", "1")])])
def test_what_every_run_asks_does_not_read_what_is_over(kept: Path, ask: Callable[[History], object]) -> None:
    with SqliteHistory(kept) as history:
        asked: list[str] = []
        history._db.set_trace_callback(asked.append)
        ask(history)
        history._db.set_trace_callback(None)
        for query in asked:
            if query.lstrip().startswith("SELECT"):
                plan = [step[3] for step in history._db.execute(f"EXPLAIN QUERY PLAN {query}")]
                assert not [step for step in plan if step.startswith("SCAN") and step in ("SCAN s", "SCAN f")], plan
