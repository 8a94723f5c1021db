"""Replay recordings of real traffic through the stand-in and count what it answers identically.

    python -m tests.support.google.fidelity [FOLDER] [--show N]

Every recording begins from nothing. An answer counts as identical when its status, its kind of content and its whole
JSON body (or text) are those recorded, with only what MASKED names set aside.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.google.core import StandIn
from tests.support.google.matching import MASKED, Names, differences, in_our_names, learn, read
from tests.support.google.recordings import Pair, recordings
from tests.support.google.setting import account_of, before_recording
from tests.support.google.wire import Answer

DEFAULT = Path(__file__).parents[4] / "shared" / "google-recordings"


@dataclass(frozen=True)
class Compared:
    """One pair, and in what the stand-in's answer is another."""

    pair: Pair
    ours: Answer
    differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return not self.differences

    @property
    def kind(self) -> str:
        """The kind of call, such as 'GET spreadsheets/{id}/values/{range}'."""
        path = self.pair.call.url.split("?")[0].split("//", 1)[1].split("/", 1)[1]
        path = re.sub(r"(spreadsheets|files)/[^/:]+", r"\1/{id}", path)
        path = re.sub(r"values/.+?(:append|:clear)?$", r"values/{range}\1", path)
        return f"{self.pair.call.method} {path}"


@dataclass
class Figures:
    """What came of a replay."""

    compared: list[Compared] = field(default_factory=list)
    made_before: int = 0
    about_those: int = 0

    @property
    def identical(self) -> int:
        return sum(one.identical for one in self.compared)

    @property
    def share(self) -> float:
        return self.identical / len(self.compared) if self.compared else 0.0

    @property
    def errors(self) -> list[Compared]:
        """The pairs in which Google refused."""
        return [one for one in self.compared if one.pair.answer.status >= 400]

    def different(self) -> Counter[str]:
        """How many pairs of each kind of call are answered otherwise."""
        return Counter(one.kind for one in self.compared if not one.identical)


def replay(pairs: Sequence[Pair]) -> tuple[list[Compared], int, int]:
    """One recording through a fresh stand-in; how many spreadsheets it presupposes, how many pairs are about those."""
    stand_in, names = StandIn(_clock(), account_of(pairs) or "registry@project.iam.gserviceaccount.com"), Names()
    made = before_recording(stand_in, pairs, names)
    before = set(names.ours)
    compared = [_compared(stand_in, pair, names) for pair in pairs]
    return compared, made, sum(any(number in one.pair.call.url for number in before) for one in compared)


def _clock() -> Any:
    """A clock that moves on by a second whenever somebody looks."""
    ticks = iter(range(10**9))
    return lambda: datetime.fromtimestamp(1_700_000_000 + next(ticks), UTC)


def _compared(stand_in: StandIn, pair: Pair, names: Names) -> Compared:
    ours = stand_in.handle(in_our_names(pair.call, names))
    recorded, answered = read(pair.answer), read(ours)
    learn(recorded, answered, names)
    found = differences(recorded, names.recorded(answered))
    if ours.status != pair.answer.status:
        found.insert(0, f"status {ours.status} for {pair.answer.status}")
    return Compared(pair, ours, tuple(found + _content(pair.answer, ours)))


def _content(recorded: Answer, ours: Answer) -> list[str]:
    wanted, got = (one.headers.get("content-type", one.headers.get("Content-Type", "")) for one in (recorded, ours))
    return [] if wanted.lower() == got.lower() or not recorded.body else [f"Content-Type {got!r} for {wanted!r}"]


def measure(folder: Path) -> Figures:
    """Replay every recording of a folder."""
    figures = Figures()
    for pairs in recordings(folder):
        compared, made, about = replay(pairs)
        figures.compared += compared
        figures.made_before += made
        figures.about_those += about
    return figures


def told(figures: Figures, show: int = 0) -> Iterable[str]:
    """The figures as lines of text."""
    total = len(figures.compared)
    yield f"recorded pairs       {total}"
    yield f"answered identically {figures.identical} ({figures.share:.2%})"
    errors = figures.errors
    yield f"recorded errors      {len(errors)}, with the same status and body {sum(one.identical for one in errors)}"
    before = f"{figures.made_before}, blank; {figures.about_those} pairs are about those"
    yield f"spreadsheets that a recording presupposes: {before}"
    yield "set aside:"
    yield from (f"  {line}" for line in MASKED)
    yield "answered otherwise, by kind of call:"
    yield from (f"  {count:5} {kind}" for kind, count in figures.different().most_common())
    different = [one for one in figures.compared if not one.identical]
    for one in different[:show]:
        yield f"\n{one.pair.recording} {one.pair.number}: {one.pair.call.method} {one.pair.call.url}"
        yield from (f"    {line}" for line in one.differences[:5])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show N pairs that are answered otherwise")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    for line in told(measure(options.folder), options.show):
        print(line)


if __name__ == "__main__":
    main()
