"""Years of passes in one process: what it holds stays the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.processes import run
from tests.benchmarks.soak import PASSES_A_SPELL, Held

PASSES = 400
WARM = 10
"""Spells in which everything is loaded, compiled and cached that a pass ever needs."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_memory_and_open_files_stay_flat_over_many_passes(tmp_path: Path) -> None:
    cost = run([sys.executable, "-m", "tests.benchmarks.soak", str(PASSES)], tmp_path, listen=True)
    kept = [Held(*one) for one in cost.said["held"]]
    warm, last = kept[WARM - 1], kept[-1]
    quarter = PASSES // 4
    assert cost.said["ended"] == {"done": 2 * quarter, "waits": quarter, "UnreadableWorkbook": quarter}
    passes = PASSES - WARM * PASSES_A_SPELL
    # One object kept a pass is at least one block a pass. Half a block a pass is seen in the first 500 passes without
    # any such: dicts and lists of Python and its libraries that find their size. From then on it is none.
    assert last.blocks - warm.blocks < passes
    # What Python's allocator does not count (SQLite, XML trees, a workbook's bytes): a connection, a part or a page
    # that is kept is more than 20 KB a pass. The C library keeps up to 3 MB for later, now more, now less.
    assert last.memory - warm.memory < 20 * passes
    assert (last.files, last.threads) == (warm.files, warm.threads)
