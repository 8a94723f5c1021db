"""What is measured, and which ratio is wanted."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from tests.benchmarks.processes import Cost, Pairs, in_turn, run

FOLDER = Path(tempfile.gettempdir()) / "registry-sheets-benchmarks"
_MADE = 2  # goes up when made.py makes other workbooks
_YEARS = 2  # goes up when years.py makes other histories
_TODAY = date(2026, 7, 1)  # as in made.py
_TEN_YEARS = 3_650
_READ = (
    "import sys, python_calamine as c;"
    " c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python(skip_empty_area=False)"
)
_PYDANTIC = "from pydantic import BaseModel"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large and how often. ``judged``: whether the goals hold at these sizes."""

    small: int = 50
    steps: tuple[int, ...] = (1_000, 10_000, 100_000)
    large: int = 1_000_000
    findings: int = 1_500
    nights: int = _TEN_YEARS
    pages: tuple[int, int] = (500, 10_000)
    owners: int = 1_000
    registries: int = 100
    many_rows: int = 200
    passes: int = 10_000
    listed: int = 5_000
    pairs: int = 5
    slow_pairs: int = 2
    judged: bool = True

    @property
    def big(self) -> int:
        """The size at which most is measured."""
        return self.steps[-1]


QUICK = Scale(
    steps=(500, 1_000, 2_000),
    large=4_000,
    findings=100,
    nights=60,
    pages=(50, 100),
    owners=20,
    registries=3,
    many_rows=20,
    passes=60,
    listed=50,
    pairs=2,
    slow_pairs=1,
    judged=False,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what was measured, ours and theirs as text, the ratio and the goal for it.

    ``unit``: of ratio and goal, where they are none of times.
    """

    what: str
    ours: str
    theirs: str
    ratio: float
    goal: float
    at_least: bool = False  # the ratio is how many times faster, else how many times the cost
    unit: str = "×"

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def wall(cost: Cost) -> float:
    return cost.wall


def cpu(cost: Cost) -> float:
    return cost.cpu


def peak(cost: Cost) -> float:
    return cost.peak


def step_cpu(cost: Cost) -> float:
    """Processor time of the timed step alone."""
    return float(cost.said["cpu"])


def step_wall(cost: Cost) -> float:
    """Wall time of the timed step alone."""
    return float(cost.said["wall"])


# ---- what is run


def workbook(rows: int) -> Path:
    """A registry of so many rows, kept between runs."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"registry-{rows}-{_MADE}.xlsx"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        run([sys.executable, "-m", "tests.benchmarks.made", str(rows), str(unfinished)], FOLDER)
        unfinished.replace(path)
    return path


def check(rows: int) -> Cost:
    arguments = ["check", str(workbook(rows)), "--today", str(_TODAY), "--fail-on", "never"]
    return run([sys.executable, "-m", "registry_sheets", *arguments], FOLDER)


def bare_read(rows: int) -> Cost:
    return run([sys.executable, "-c", _READ, str(workbook(rows))], FOLDER)


def import_pydantic() -> Cost:
    return run([sys.executable, "-c", _PYDANTIC], FOLDER)


def years(rows: int, nights: int) -> Path:
    """The folder of a registry of so many rows with a pass each night behind it, kept between runs."""
    folder = FOLDER / f"years-{rows}-{nights}-{_MADE}-{_YEARS}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        made = [str(workbook(rows)), str(nights), str(unfinished)]
        run([sys.executable, "-m", "tests.benchmarks.years", *made], FOLDER)
        unfinished.rename(folder)
    return folder


@contextmanager
def copy_of(folder: Path) -> Iterator[Path]:
    """A copy to write into."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        yield Path(shutil.copytree(folder, Path(scratch) / "copy"))


def night(folder: Path, days: Iterator[date]) -> Cost:
    """Five cells change, then a pass of the next day is measured, with what history took of it."""
    module, day = [sys.executable, "-m", "tests.benchmarks.nightly"], str(next(days))
    run([*module, "change", "registry.xlsx", day], folder)
    return run([*module, "sync", "registry.xlsx", "--today", day, "--fail-on", "never"], folder, listen=True)


def live_on(folder: Path, day: date) -> Cost:
    arguments = ["live", "registry.xlsx", "--on", str(day), "--today", str(_TODAY)]
    return run([sys.executable, "-m", "registry_sheets", *arguments], folder)


def worker(step: str, rows: int, *more: str, copied: bool = False) -> Cost:
    """A step of worker.py on a registry of so many rows, on a fresh copy where it writes."""
    source = workbook(rows)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        path = Path(shutil.copy(source, scratch)) if copied else source
        return run([sys.executable, "-m", "tests.benchmarks.worker", step, str(path), *more], path.parent, listen=True)


# ---- the lines


def checking(scale: Scale) -> Iterator[Line]:
    """A large registry, against reading it and against frictionless."""
    rows = scale.big
    pairs = in_turn(partial(check, rows), partial(bare_read, rows), scale.pairs)
    what = f"check of {rows:,} rows"
    yield _seconds(f"{what}, processor time, against python-calamine reading it", pairs, cpu, 3.0)
    yield _line(f"{what}, peak memory, against the same", pairs, peak, "{:.0f} MB", 2.0)
    yield _seconds(f"{what}, wall time, against the same", pairs, wall, 3.0)
    slow = in_turn(partial(check, rows), partial(worker, "frictionless", rows), scale.slow_pairs)
    yield _faster(f"{what}, wall time, against frictionless", slow, wall, 6.0)


def starting(scale: Scale) -> Iterator[Line]:
    """A small registry: starting up is most of it."""
    rows = scale.small
    pairs = in_turn(partial(check, rows), import_pydantic, scale.pairs)
    what = f"check of {rows} rows"
    yield _seconds(f"{what}, processor time, against importing pydantic", pairs, cpu, 2.5)
    slow = in_turn(partial(check, rows), partial(worker, "frictionless", rows), scale.slow_pairs)
    yield _faster(f"{what}, wall time, against frictionless", slow, wall, 4.0)


def writing_back(scale: Scale) -> Iterator[Line]:
    """The own tabs of a registry with many findings; the cost is to follow the findings, not the rows."""
    many = str(scale.findings)
    ours = [partial(worker, "write-back", rows, many, copied=True) for rows in scale.steps]
    what = f"write-back of {scale.findings:,} findings"
    for rows, once in zip(scale.steps[1:], ours[1:], strict=True):
        pairs = in_turn(once, ours[0], scale.pairs)
        yield _seconds(f"{what}, {rows:,} rows against {scale.steps[0]:,}", pairs, step_wall, 2.0)
    slow = in_turn(ours[-1], partial(worker, "openpyxl-save", scale.big), 1)
    yield _faster(f"{what}, {scale.big:,} rows, wall time, against openpyxl load and save", slow, step_wall, 100.0)


def setting_a_cell(scale: Scale) -> Iterator[Line]:
    """One cell of a person's tab."""
    rows = scale.big
    edit = partial(worker, "set-cell", rows, copied=True)
    pairs = in_turn(edit, partial(worker, "read-part", rows), scale.pairs)
    what = "setting one cell"
    yield _seconds(f"{what} at {rows:,} rows, wall time, against reading its part", pairs, step_wall, 2.0)
    small = partial(worker, "set-cell", scale.steps[0], copied=True)
    memory = in_turn(edit, small, 1)
    yield _line(f"{what}, peak memory, {rows:,} rows against {scale.steps[0]:,}", memory, peak, "{:.0f} MB", 1.5)


def growing(scale: Scale) -> Iterator[Line]:
    """Ten times the rows may take ten times as much."""
    times = scale.large / scale.big
    pairs = in_turn(partial(check, scale.large), partial(check, scale.big), min(scale.slow_pairs, scale.pairs))
    what = f"check of {scale.large:,} rows against {scale.big:,}"
    yield _seconds(f"{what}, processor time", pairs, cpu, 1.1 * times)
    yield _seconds(f"{what}, wall time", pairs, wall, 1.1 * times)
    yield _line(f"{what}, peak memory", pairs, peak, "{:.0f} MB", 1.1 * times)


def remembering(scale: Scale) -> Iterator[Line]:
    """Years of history must stay small, and cost a pass little."""
    rows, nights = scale.steps[0], scale.nights
    folder = years(rows, nights)
    size = sum(path.stat().st_size for path in folder.rglob("history.sqlite")) / 1e6
    long, half = ("ten years", "five years") if nights == _TEN_YEARS else (f"{nights} days", f"{nights // 2} days")
    what = f"history of {long} of nightly passes over {rows:,} rows, 5 changes a night"
    yield Line(f"{what}, file size", f"{size:.1f} MB", "50 MB", size / 50, 1.0)
    with copy_of(folder) as copy:
        days = (_TODAY + timedelta(days=number) for number in range(1000))
        night(copy, days)  # the first one makes the own tabs
        passes = tuple(night(copy, days) for _ in range(3 * scale.pairs))
    steps = tuple(replace(one, cpu=step_cpu(one)) for one in passes)
    what = "history step of a pass over these, 5 changes, processor time, against that whole pass"
    yield _line(what, Pairs(steps, passes), cpu, "{:.3f} s", 0.1)
    pairs = in_turn(partial(live_on, folder, _TODAY - timedelta(days=nights // 2)), partial(check, rows), scale.pairs)
    what = f"live --on a day {half} back, over the {long}, wall time, against check without a history"
    yield _seconds(what, pairs, wall, 3.0)


GROUPS: dict[str, Callable[[Scale], Iterator[Line]]] = {
    "check": checking,
    "start": starting,
    "write-back": writing_back,
    "cell": setting_a_cell,
    "history": remembering,
    "growth": growing,
}


def _line(what: str, pairs: Pairs, of: Callable[[Cost], float], form: str, goal: float) -> Line:
    return Line(what, form.format(pairs.our(of)), form.format(pairs.their(of)), pairs.ratio(of), goal)


def _seconds(what: str, pairs: Pairs, of: Callable[[Cost], float], goal: float) -> Line:
    return _line(what, pairs, of, "{:.2f} s", goal)


def _faster(what: str, pairs: Pairs, of: Callable[[Cost], float], goal: float) -> Line:
    line = _seconds(what, pairs, of, goal)
    return Line(what, line.ours, line.theirs, 1 / line.ratio, goal, at_least=True)
