"""What the nights and the weeks cost: report pages, mails, many registries, years in one process."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.bench import FOLDER, Line, Scale, step_wall, wall, workbook
from tests.benchmarks.google import answers_of
from tests.benchmarks.processes import Cost, in_turn, run

_SYNC = (sys.executable, "-m", "registry_sheets", "sync", "--fail-on", "never")


def sync(rows: int, registries: int = 1, report: bool = True) -> Cost:
    """The first pass over so many registries of one config, each a fresh copy."""
    source = workbook(rows)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        names = [f"models{number}.xlsx" for number in range(registries)]
        for name in names:
            shutil.copy(source, Path(scratch, name))
        blocks = "".join(f'[[registry]]\nsheet = "{name}"\n' for name in names)
        Path(scratch, "config.toml").write_text(f"report = {str(report).lower()}\n{blocks}", encoding="utf-8")
        return run(_SYNC, Path(scratch))


def mails(owners: int) -> Cost:
    """The weekly mails of so many owners, each rendered and composed."""
    return run([sys.executable, "-m", "tests.benchmarks.mails", str(owners)], FOLDER, listen=True)


def soaked(passes: int) -> Cost:
    """So many passes in one process, with what it held on the way."""
    return run([sys.executable, "-m", "tests.benchmarks.soak", str(passes)], FOLDER, listen=True)


# ---- the lines


def reporting(scale: Scale) -> Iterator[Line]:
    """What the report page adds to a pass."""
    for rows, goal in zip(scale.pages, (0.3, 3.0), strict=True):
        pairs = in_turn(partial(sync, rows), partial(sync, rows, report=False), 2 * scale.pairs)
        more = median(ours.wall - theirs.wall for ours, theirs in zip(pairs.ours, pairs.theirs, strict=True))
        what = f"report page for {rows:,} rows, wall time of a pass with it less that of one without"
        yield Line(what, f"{pairs.our(wall):.2f} s", f"{pairs.their(wall):.2f} s", more, goal, unit="s")


def mailing(scale: Scale) -> Iterator[Line]:
    """The letters of a week, up to the bytes that the server is given."""
    FOLDER.mkdir(exist_ok=True)
    took = median(step_wall(mails(scale.owners)) for _ in range(scale.pairs))
    what = f"{scale.owners:,} weekly mails rendered: digest, HTML, text, message"
    yield Line(what, f"{took:.2f} s", "", took, 5.0, unit="s")


def many(scale: Scale) -> Iterator[Line]:
    """Registries side by side in one process; starting up is paid once."""
    ours, theirs = partial(sync, scale.many_rows, scale.registries), partial(sync, scale.many_rows)
    pairs = in_turn(ours, theirs, scale.pairs)
    what = f"pass over {scale.registries} registries of {scale.many_rows} rows, wall time, against one such registry"
    yield Line(what, f"{pairs.our(wall):.2f} s", f"{pairs.their(wall):.2f} s", pairs.ratio(wall), 20.0)


def soaking(scale: Scale) -> Iterator[Line]:
    """What a process holds after years of nights, against what it held when all was loaded."""
    cost = soaked(scale.passes)
    after = cost.said["held"]
    warm, last = after[len(after) // 20], after[-1]
    done = f"{scale.passes:,} passes in one process ({cost.said['seconds'] / scale.passes * 1000:.0f} ms each)"
    for index, what, form, goal in _HELD:
        ours, theirs = (form.format(one[index] / 1024 if index == 0 else one[index]) for one in (last, warm))
        line = f"{done}, {what}, against after {(len(after) // 20 + 1) * cost.said['passes_a_spell']:,}"
        yield Line(line, ours, theirs, last[index] / warm[index], goal)


def google(scale: Scale) -> Iterator[Line]:
    """A pass over a spreadsheet in Google Sheets, without Google's time and the line's."""
    FOLDER.mkdir(exist_ok=True)
    rows = scale.pages[1]
    answers = answers_of(rows, FOLDER)
    for pass_, told in (("first", "the first"), ("later", "one over an unchanged sheet")):
        ours, theirs = (partial(_played, side, answers, pass_) for side in ("ours", "theirs"))
        pairs = in_turn(ours, theirs, scale.pairs)
        what = f"pass over {rows:,} rows in Google Sheets, {told}, against json and pydantic over the same answers"
        yield Line(
            what, f"{pairs.our(step_wall):.2f} s", f"{pairs.their(step_wall):.2f} s", pairs.ratio(step_wall), 1.5
        )


def _played(side: str, answers: Path, pass_: str) -> Cost:
    return run([sys.executable, "-m", "tests.benchmarks.google", side, str(answers), pass_], FOLDER, listen=True)


_HELD = (
    (0, "memory", "{:.1f} MB", 1.1),
    (1, "blocks of Python's memory", "{:,.0f}", 1.01),
    (2, "open files", "{}", 1.0),
)

GROUPS: dict[str, Callable[[Scale], Iterator[Line]]] = {
    "report": reporting,
    "mails": mailing,
    "many": many,
    "google": google,
    "soak": soaking,
}
BY_NAME_ONLY = ("soak",)
"""Too long for a run of everything."""
