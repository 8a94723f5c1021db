"""The ledger of jobs: once for each period, whoever tries and whoever dies; failures told once; a file that is bad."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.errors import StateUnusable
from registry_sheets.state.ledger import KEPT, Ledger
from registry_sheets.state.ledger_host import ThisProcess
from registry_sheets.state.ledger_values import Ended, Failed, from_moment, moment, noted_moment
from registry_sheets.state.store import Store
from registry_sheets.state.tables import APPLICATION_ID, MIGRATIONS
from tests.support.service import LEASE, Clock, Machine, at

NOW = at(2026, 11, 26, 2)
WELL = Ended("nightly")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.sqlite"


@pytest.fixture
def machine() -> Machine:
    return Machine(Clock(NOW))


@pytest.fixture
def open_(path: Path, machine: Machine) -> Iterator[Callable[[], Ledger]]:
    """Opens the ledger as one more holder on the machine."""
    opened: list[Store] = []

    def another() -> Ledger:
        opened.append(Store(path, patience=0.1, durable=False))
        return Ledger(opened[-1], machine.holder())

    yield another
    for store in opened:
        store.close()


def failed(kind: str, message: str = "It is open.") -> Ended:
    return Ended("nightly", Failed(kind, message, "Close it."))


# Claims


def test_what_is_finished_is_never_claimed_again(open_: Callable[[], Ledger]) -> None:
    one, other = open_(), open_()
    claim = one.claim("nightly", "2026-11-26", NOW, LEASE)
    assert claim
    assert other.claim("nightly", "2026-11-26", NOW, LEASE) is None
    assert one.finish(claim, NOW + timedelta(seconds=2), Ended("nightly", None, {"rows": 31}, {"checked_at": "x"}))
    for ledger in (one, other, open_()):
        for later in (timedelta(), LEASE * 3, timedelta(days=-900), timedelta(days=900)):
            assert ledger.claim("nightly", "2026-11-26", NOW + later, LEASE) is None
    run = other.last("nightly")
    assert run == ("nightly", "2026-11-26", NOW, NOW + timedelta(seconds=2), "", "", {"rows": 31})
    assert other.noted("checked_at") == "x"
    assert other.finished("nightly", "2026-11-26")
    assert not other.finished("nightly", "2026-11-27")
    assert other.claim("weekly", "2026-11-26", NOW, LEASE)


def test_a_holder_that_died_gives_way_at_once(open_: Callable[[], Ledger], machine: Machine) -> None:
    one, other = open_(), open_()
    claim = one.claim("nightly", "2026-11-26", NOW, LEASE)
    assert claim
    machine.alive.discard(claim.holder)
    again = other.claim("nightly", "2026-11-26", NOW, LEASE)
    assert again
    assert again.tries == 2
    assert not one.finish(claim, NOW, failed("Late"))
    assert not one.renew(claim, NOW, LEASE)
    one.release(claim)
    assert other.failures() == []
    assert other.runs("nightly")[0].finished_at is None
    assert other.finish(again, NOW, WELL)
    assert not other.finish(again, NOW, WELL)


def test_its_own_open_claim_was_given_up(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    first = ledger.claim("nightly", "2026-11-26", NOW, LEASE)
    second = ledger.claim("nightly", "2026-11-26", NOW, LEASE)
    assert first
    assert second
    assert not ledger.finish(first, NOW, WELL)
    assert ledger.finish(second, NOW, WELL)


def test_a_claim_given_back_is_free(open_: Callable[[], Ledger]) -> None:
    one, other = open_(), open_()
    claim = one.claim("nightly", "2026-11-26", NOW, LEASE)
    assert claim
    one.release(claim)
    assert other.claim("nightly", "2026-11-26", NOW, LEASE)


@pytest.mark.parametrize("jump", [timedelta(days=365), timedelta(hours=1), timedelta(days=-365), timedelta(hours=-1)])
def test_a_holder_that_lives_is_not_robbed_when_the_clock_is_set(
    open_: Callable[[], Ledger], machine: Machine, jump: timedelta
) -> None:
    one, other = open_(), open_()
    assert one.claim("nightly", "2026-11-26", NOW, LEASE)
    machine.clock.uptime += 60
    assert other.claim("nightly", "2026-11-26", NOW + jump, LEASE) is None
    machine.clock.uptime += LEASE.total_seconds()  # it lives and hangs
    assert other.claim("nightly", "2026-11-26", NOW + jump, LEASE)


@pytest.mark.parametrize(
    ("later", "free"),
    [
        (timedelta(minutes=19), False),
        (timedelta(minutes=-19), False),  # two machines' clocks differ
        (LEASE, True),
        (timedelta(hours=-1), True),  # it was claimed by a clock that was ahead
        (timedelta(days=-3650), True),
    ],
)
def test_a_holder_that_nobody_knows_has_its_lease_and_no_more(
    open_: Callable[[], Ledger], path: Path, later: timedelta, free: bool
) -> None:
    ledger = open_()
    assert ledger.claim("nightly", "2026-11-26", NOW, LEASE)
    change(path, "UPDATE runs SET holder = 'on another machine'")
    assert bool(ledger.claim("nightly", "2026-11-26", NOW + later, LEASE)) is free


def test_a_lease_begins_anew(open_: Callable[[], Ledger], machine: Machine) -> None:
    one, other = open_(), open_()
    claim = one.claim("nightly", "2026-11-26", NOW, LEASE)
    assert claim
    machine.clock.go(LEASE)
    assert one.renew(claim, machine.clock(), LEASE)
    machine.clock.go(LEASE / 2)
    assert other.claim("nightly", "2026-11-26", machine.clock(), LEASE) is None


def test_old_runs_and_failures_go(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    for number in range(KEPT + 30):
        claim = ledger.claim("check", f"{number:04}", NOW, LEASE)
        assert claim
        assert ledger.finish(claim, NOW, failed("A") if number % 2 else WELL)
    runs = ledger.runs("check", most=1000)
    assert (len(runs), runs[0].period) == (KEPT, f"{KEPT + 29:04}")
    with ledger._store.reading() as db:
        assert db.execute("SELECT count(*) FROM failures").fetchone()[0] <= KEPT + 1
    assert ledger.failing("nightly")


def claim_all(path: Path, barrier: object, won: object) -> None:
    barrier.wait(30)  # type: ignore[attr-defined]
    with Store(path) as store:
        ledger = Ledger(store)
        for number in range(20):
            claim = ledger.claim("nightly", str(number), NOW, LEASE)
            if claim:
                ledger.finish(claim, NOW, WELL)
                won.put(number)  # type: ignore[attr-defined]


def test_processes_that_claim_at_the_same_time(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, won = context.Barrier(3), context.Queue()
    rivals = [context.Process(target=claim_all, args=(path, barrier, won)) for _ in range(3)]
    for one in rivals:
        one.start()
    numbers = sorted(won.get(timeout=60) for _ in range(20))
    for one in rivals:
        one.join(60)
    assert numbers == list(range(20))
    assert won.empty()
    assert [one.exitcode for one in rivals] == [0, 0, 0]


# Who holds it


def test_a_process_that_was_killed_is_dead_and_this_one_lives(path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from datetime import timedelta, datetime, UTC\n"
        "from registry_sheets.state.store import Store; from registry_sheets.state.ledger import Ledger\n"
        "ledger = Ledger(Store(Path(sys.argv[1])))\n"
        "ledger.claim('nightly', 'x', datetime.now(UTC), timedelta(hours=5)); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"held"
        with Store(path) as store:
            now = from_moment(store.db.execute("SELECT started_at FROM runs").fetchone()[0])
            assert Ledger(store).claim("nightly", "x", now, LEASE) is None
            process.kill()
            process.wait()
            assert Ledger(store).claim("nightly", "x", now, LEASE)
            assert Ledger(store).claim("nightly", "x", now, LEASE) is None  # another holder of this process


def test_fates() -> None:
    one, other = ThisProcess(), ThisProcess()
    assert one.fate(one.holder) == "mine"
    assert one.fate("") == one.fate("[1, 2]") == one.fate("nonsense") == one.fate('{"a": 1}') == "unknown"
    if sys.platform != "linux":
        return
    assert one.fate(other.holder) == "alive"
    before = one.me._replace(machine="laptop 1")

    def fate(**said: Any) -> str:
        return ThisProcess(before).fate(json.dumps(before._replace(token="other", **said)))

    assert fate() == "alive"
    assert fate(started="1") == "dead"  # its number is another process's by now
    assert fate(space="pid:[1]") == "unknown"  # in another container
    assert fate(boot="another start") == "dead"
    assert fate(boot="another start", machine="laptop 2") == "unknown"
    assert fate(boot="", started="") == "unknown"
    assert one.uptime() > 0


# Failures and alerts


def told(ledger: Ledger) -> list[tuple[str, str]]:
    """Tell all that is to be told."""
    alerts = list(ledger.alerts())
    assert all(ledger.begin_telling(alert, NOW) for alert in alerts)
    return [(alert.what, alert.failure.kind) for alert in alerts]


def test_a_failure_is_told_once_and_its_end_once(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    opened = ledger.open_failure("nightly", "WorkbookOpen", "Ana has it open.", NOW, "Wait.")
    assert opened
    assert opened == ledger.failing("nightly")
    assert ledger.open_failure("nightly", "WorkbookOpen", "Ben has it open.", NOW) is None
    assert ledger.failing("weekly") is None
    assert told(ledger) == [("failing", "WorkbookOpen")]
    assert told(ledger) == []
    ledger.mend("nightly", NOW)
    ledger.mend("nightly", NOW)
    assert ledger.failing("nightly") is None
    assert told(ledger) == [("well", "WorkbookOpen")]
    assert told(ledger) == []
    assert ledger.open_failure("nightly", "WorkbookOpen", "Ana has it open.", NOW)
    assert told(ledger) == [("failing", "WorkbookOpen")]


def test_of_what_is_over_before_it_is_told_nothing_is(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    ledger.open_failure("nightly", "WorkbookOpen", "", NOW)
    ledger.mend("nightly", NOW)
    assert told(ledger) == []


def test_other_kinds_of_one_stretch_of_trouble(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    ledger.open_failure("nightly", "A", "", NOW)
    assert told(ledger) == [("failing", "A")]
    assert ledger.open_failure("nightly", "B", "", NOW + timedelta(minutes=1))
    assert told(ledger) == [("failing", "B")]
    for minute in range(2, 20):
        ledger.open_failure("nightly", "AB"[minute % 2], "", NOW + timedelta(minutes=minute))
        assert told(ledger) == []
    failure = ledger.failing("nightly")
    assert failure
    assert failure.since == NOW
    ledger.open_failure("nightly", "C", "", NOW + timedelta(minutes=20))
    ledger.mend("nightly", NOW + timedelta(minutes=21))
    assert told(ledger) == [("well", "C")]
    assert told(ledger) == []


def test_two_tell_it_only_once_and_a_kill_in_between_does_not_double_it(open_: Callable[[], Ledger]) -> None:
    one, other = open_(), open_()
    one.open_failure("nightly", "A", "", NOW)
    (alert,) = one.alerts()
    assert one.begin_telling(alert, NOW)
    assert not other.begin_telling(alert, NOW)
    assert open_().alerts() == []
    one.take_back(alert)
    assert open_().alerts() == [alert]


def test_an_end_notes_all_at_once(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    for period, ended in (("1", failed("A")), ("2", Ended("nightly", shows_health=False)), ("3", WELL)):
        claim = ledger.claim("nightly", period, NOW, LEASE)
        assert claim
        ledger.finish(claim, NOW, ended)
        assert bool(ledger.failing("nightly")) is (period != "3")
    assert [run.failure_kind for run in ledger.runs("nightly")] == ["", "", "A"]


def test_texts_of_any_kind_are_kept(open_: Callable[[], Ledger]) -> None:
    ledger = open_()
    claim = ledger.claim("nightly", "1", NOW, LEASE)
    assert claim
    assert ledger.finish(claim, NOW, failed("A", "\ud800 '; DROP TABLE runs; -- \x00" + "x" * 100_000))
    run = ledger.last("nightly")
    assert run
    assert run.message.startswith("? '; DROP TABLE runs; --")
    assert len(run.message) < 5_000
    ledger.note("waiting", "\udfff")
    assert ledger.noted("waiting") == "?"
    ledger.note("waiting", "")
    assert ledger.noted("waiting") == ""


def test_moments() -> None:
    assert moment(at(2026, 1, 2, 3, 4, 5, 6)) == "2026-01-02T03:04:05.000006Z"
    assert from_moment(moment(NOW)) == NOW
    assert noted_moment("") is noted_moment("soon") is None


# The file


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(statement)


def test_the_file_says_what_it_is(path: Path) -> None:
    with Store(path):
        pass
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        columns = [row[1] for row in db.execute("PRAGMA table_info(deliveries)")]
        said = "kind period recipient state message_id attempts first_at last_at next_at reply"
        assert columns == said.split()


def test_reading_makes_nothing(path: Path) -> None:
    with Store(path, read_only=True) as store:
        assert Ledger(store).last("nightly") is None
        with pytest.raises(StateUnusable):
            Ledger(store).note("a", "b")
    assert not path.parent.exists()


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 99", "newer version"),
        ("PRAGMA application_id = 7", "another program"),
    ],
)
def test_another_file_in_its_place(path: Path, statement: str, words: str, read_only: bool) -> None:
    with Store(path):
        pass
    change(path, statement)
    before = path.read_bytes()
    with pytest.raises(StateUnusable, match=words) as caught:
        Store(path, read_only=read_only)
    assert caught.value.fix
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [True, False])
def test_a_damaged_file_tells_what_to_do(path: Path, read_only: bool) -> None:
    path.parent.mkdir()
    path.write_bytes(b"half a page")
    with pytest.raises(StateUnusable, match="damaged") as caught:
        Store(path, read_only=read_only)
    assert "Rename the file" in caught.value.fix


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE runs SET started_at = 'yesterday'",
        "UPDATE runs SET counts = '['",
        "UPDATE runs SET counts = '3'",
        "DROP TABLE runs",
    ],
)
def test_a_file_that_does_not_hold_what_it_should(open_: Callable[[], Ledger], path: Path, statement: str) -> None:
    ledger = open_()
    claim = ledger.claim("nightly", "1", NOW, LEASE)
    assert claim
    ledger.finish(claim, NOW, WELL)
    change(path, statement)
    with pytest.raises(StateUnusable, match="damaged"):
        ledger.last("nightly")


def test_a_file_that_somebody_else_is_writing(open_: Callable[[], Ledger]) -> None:
    one, other = open_(), open_()
    with one._store.transaction(), pytest.raises(StateUnusable, match="Another run"):
        other.claim("nightly", "1", NOW, LEASE)
    assert other.claim("nightly", "1", NOW, LEASE)


def halfway(store: Store) -> None:
    with store.transaction() as db:
        db.execute("INSERT INTO notes VALUES ('a', 'b')")
        raise OSError("network")


def test_an_error_inside_undoes_the_whole_and_stays_what_it_is(path: Path) -> None:
    with Store(path) as store:
        with pytest.raises(OSError, match="network"):
            halfway(store)
        with store.reading() as db:
            assert db.execute("SELECT count(*) FROM notes").fetchone() == (0,)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind this account")
def test_a_folder_without_rights(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    with pytest.raises(StateUnusable):
        Store(path)
