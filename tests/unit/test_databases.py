"""What both databases share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from registry_sheets.state.store import Store

RUNS = 4


def test_runs_that_make_the_file_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    """One that reads its head in several steps takes a file that is just being made for another program's."""
    for number in range(60):
        path, start = tmp_path / f"{number}.sqlite", Barrier(RUNS)

        def opened(path: Path = path, start: Barrier = start) -> int:
            start.wait(30)
            with Store(path, durable=False) as store:
                return int(store.db.execute("SELECT count(*) FROM runs").fetchone()[0])

        with ThreadPoolExecutor(RUNS) as pool:
            assert [one.result() for one in [pool.submit(opened) for _ in range(RUNS)]] == [0] * RUNS
