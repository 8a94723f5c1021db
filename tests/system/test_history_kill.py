"""A run that is killed (SIGKILL) at any instant leaves a history that opens and holds whole passes only.

The children are forked, so that they start at once; each tells through a pipe which passes it was told are recorded.
"""

from __future__ import annotations

import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.history import aside, migrations, opening, sqlite
from registry_sheets.history.base import History
from registry_sheets.history.sqlite import SqliteHistory, set_aside, there
from registry_sheets.registry.past.records import Entry
from tests.contracts.history_contract import DAY, at, finding, on, spell

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

ROWS, CHANGED = 20, 5
OUR_CODE = frozenset(str(module.__file__) for module in (aside, migrations, opening, sqlite))


def text(number: int, row: int) -> str:
    """What a row says from that pass on."""
    return f"{number} {row} " + "x" * 100


def rows_of(number: int) -> list[int]:
    """Which rows the pass of that number changes."""
    return [1 + (number * CHANGED + one) % ROWS for one in range(CHANGED)]


def entry(number: int) -> Entry:
    """The pass of that number."""
    if number == 1:
        begun = [spell(f"model {row}", text(1, row)) for row in range(1, ROWS + 1)]
        return Entry(None, at(0), DAY, begun=begun, found=[finding("1")])
    return Entry(
        number - 1,
        at(number),
        on(number),
        ended=rows_of(number),
        begun=[spell(f"model {row}", text(number, row), row) for row in rows_of(number)],
        gone=[number - 1],
        found=[finding(str(number))],
    )


def record_some(path: Path, most: int, tell: Callable[[int], object] = lambda _: None) -> None:
    """Record so many passes, opening the file anew every third time."""
    for _ in range(0, most, 3):
        with SqliteHistory(path) as history:
            for _ in range(3):
                held = history.held()
                tell(history.record(entry(held.newest.id + 1 if held else 1)))


def check(history: History, at_least: int = 0) -> int:
    """Every pass is whole. Gives how many there are."""
    passes, spells = history.passes(), history.spells()
    assert [one.id for one in passes] == list(range(1, len(passes) + 1))
    assert len(passes) >= at_least
    begun = {(one.since, one.row, one.code) for one in spells}
    ended = sorted((one.until, one.row) for one in spells if one.until is not None)
    assert ended == sorted((one.id, row) for one in passes[1:] for row in rows_of(one.id))
    assert begun == {
        (one.id, new.row or row, new.code) for one in passes for row, new in enumerate(entry(one.id).begun, 1)
    }
    assert [(this.key, this.since) for this in history.findings()] == [(str(one.id), one.id) for one in passes]
    held = history.held()
    assert (held is None) == (not passes)
    if held:
        assert [row.row for row in held.rows] == list(range(1, ROWS + 1))
        assert [row.code for row in held.rows] == [one.code for one in spells if one.until is None]
        assert [one.key for one in held.findings] == [str(len(passes))]
    return len(passes)


def killed_while(action: Callable[[Callable[[int], object]], object], seconds: float | None = None) -> tuple[bool, int]:
    """Run in a child, killed after some seconds if it does not end or kill itself before.

    Gives whether it was killed, and the last pass that it was told is recorded.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            action(lambda number: os.write(writing, struct.pack("i", number)))
        os._exit(0)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    return killed, struct.unpack("i", told[-4:])[0] if told else 0


def dying_at(number: int, action: Callable[[], object]) -> Callable[[object], object]:
    """The action, killed as our code makes its call of that number into C."""

    def run(_tell: object) -> None:
        seen = 0

        def watch(frame: Any, event: str, _argument: object) -> None:
            nonlocal seen
            if event == "c_call" and frame.f_code.co_filename in OUR_CODE:
                seen += 1
                if seen == number:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(watch)
        action()

    return run


def test_killed_at_random_instants_of_recording(tmp_path: Path) -> None:
    path, chance, killed, recorded = tmp_path / "history.sqlite", random.Random(20260701), 0, 0
    for turn in range(40):
        was_killed, told = killed_while(lambda tell: record_some(path, 300, tell), chance.uniform(0.001, 0.06))
        killed += was_killed
        least = max(told, recorded)  # what a run was told is recorded is there
        if there(path) and turn % 2:
            with SqliteHistory(path, read_only=True) as history:
                assert check(history, least) >= least
        with SqliteHistory(path) as history:
            recorded = check(history, least)
    assert killed > 20
    assert recorded > 10
    record_some(path, 3)
    with SqliteHistory(path) as history:
        assert check(history) == recorded + 3


def test_killed_at_every_call_from_no_file_to_the_second_pass(tmp_path: Path) -> None:
    def record_two(path: Path) -> None:
        with SqliteHistory(path) as history:
            history.record(entry(1))
            history.record(entry(2))

    counts, number, killed = set(), 0, True
    while killed:
        number += 1
        path = tmp_path / str(number) / "history.sqlite"
        killed, _ = killed_while(dying_at(number, lambda path=path: record_two(path)))  # type: ignore[misc]
        with SqliteHistory(path) as history:
            counts.add(check(history))
    assert number > 40
    assert counts == {0, 1, 2}


def test_killed_while_pruning(tmp_path: Path) -> None:
    path, chance = tmp_path / "history.sqlite", random.Random(1)
    whole = tmp_path / "whole"
    record_some(whole, 60)
    with SqliteHistory(whole) as history:
        before = history.spells()
        kept = [one for one in before if one.until is None or one.until >= 50]
    for _ in range(25):
        for file in tmp_path.glob("history*"):
            file.unlink()
        path.write_bytes(whole.read_bytes())
        killed_while(lambda tell: SqliteHistory(path).prune(on(50)), chance.uniform(0, 0.02))
        with SqliteHistory(path) as history:
            assert history.spells() in (before, kept)
            history.prune(on(50))
            assert history.spells() == kept


def test_killed_at_every_call_of_setting_it_aside(tmp_path: Path) -> None:
    number, killed = 0, True
    while killed:
        number += 1
        path = tmp_path / str(number) / "history.sqlite"
        record_some(path, 3)
        killed, _ = killed_while(dying_at(number, lambda path=path: set_aside(path)))  # type: ignore[misc]
        set_aside(path)
        assert not there(path)
        counts = set()
        for old in path.parent.glob("history.old-*.sqlite"):
            with SqliteHistory(old) as history:
                counts.add(check(history))
        assert 3 in counts
        with SqliteHistory(path) as history:
            assert history.held() is None
    assert number > 3
