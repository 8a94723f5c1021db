"""Runs whole processes and says what they cost: wall time, processor time, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time, seconds of user and system time of all threads, peak memory in MB.

    ``said`` is what the process printed as JSON, where it was asked to.
    """

    wall: float
    cpu: float
    peak: float
    said: dict[str, Any] = field(default_factory=dict)


class Failed(Exception):
    """A process ended with an error."""


def run(argv: Sequence[str], folder: Path, *, listen: bool = False) -> Cost:
    """Run one process to its end in a folder; ``listen`` reads the JSON that it prints. Raises Failed."""
    errors = folder / "errors.txt"
    output = folder / "output.txt"
    with errors.open("wb") as stderr, output.open("wb") as stdout:
        begun = time.perf_counter()
        process = subprocess.Popen(argv, cwd=folder, stdout=stdout, stderr=stderr, env=_environment())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        told = errors.read_text(errors="replace").strip().splitlines()
        raise Failed(f"exit {process.returncode}: {told[-1] if told else ''}")
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    said = json.loads(output.read_text()) if listen else {}
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, said)


def _environment() -> dict[str, str]:
    """Variables for both sides. Bytecode is kept, as it is where a package is installed, whatever this shell says."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two things measured in turn, A B A B, so that a slow spell of the machine hits both."""

    ours: tuple[Cost, ...]
    theirs: tuple[Cost, ...]

    def ratio(self, of: Callable[[Cost], float]) -> float:
        """The median over the pairs of ours to theirs."""
        return median(of(one) / of(other) for one, other in zip(self.ours, self.theirs, strict=True))

    def our(self, of: Callable[[Cost], float]) -> float:
        """The median of ours."""
        return median(map(of, self.ours))

    def their(self, of: Callable[[Cost], float]) -> float:
        """The median of theirs."""
        return median(map(of, self.theirs))


def in_turn(ours: Callable[[], Cost], theirs: Callable[[], Cost], pairs: int) -> Pairs:
    """Measure both so many times in turn, after a run of ours that does not count (it fills the caches)."""
    ours()
    measured = [(ours(), theirs()) for _ in range(pairs)]
    return Pairs(tuple(one for one, _ in measured), tuple(other for _, other in measured))
