"""Measures the promised speeds and prints them as README's table.

    python -m tests.benchmarks            # everything, some minutes
    python -m tests.benchmarks --quick    # small sizes, to see that it runs; goals are not judged
    python -m tests.benchmarks check cell # some of: check, start, write-back, cell, history, growth, report, mails,
                                          # many, google, platforms
    python -m tests.benchmarks soak       # 10,000 passes in one process; only where it is named

Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from tests.benchmarks import bench, nights, outside
from tests.benchmarks.bench import QUICK, Line, Scale
from tests.benchmarks.processes import Failed

GROUPS = {**bench.GROUPS, **nights.GROUPS, **outside.GROUPS}
_HEAD = "| what | ours | theirs | ratio | goal | |\n|---|---|---|---|---|---|"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the groups named on the command line, all by default. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measures the promised speeds.")
    usual = [group for group in GROUPS if group not in nights.BY_NAME_ONLY]
    told = f"some of {', '.join(GROUPS)}; all but {', '.join(nights.BY_NAME_ONLY)} by default"
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=told)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs; goals are not judged")
    said = parser.parse_args(arguments)
    if unknown := set(said.groups) - GROUPS.keys():
        parser.error(f"no group {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    scale = QUICK if said.quick else Scale()
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores.")
    print("Whole processes, measured in turn (ours, theirs, ours, ...); each figure is a median.\n")
    print(_HEAD)
    met = [_measure(group, scale) for group in said.groups or usual]
    return 0 if all(met) or not scale.judged else 1


def _measure(group: str, scale: Scale) -> bool:
    """Print a group's lines as they come; whether all its goals were met."""
    met = True
    try:
        for line in GROUPS[group](scale):
            print(_row(line, scale.judged), flush=True)
            met = met and line.met
    except Failed as error:
        print(f"| {group} | could not be measured: {error} | | | | missed |", flush=True)
        return False
    return met


def _row(line: Line, judged: bool) -> str:
    words = " faster" if line.at_least else ""
    goal = f"at {'least' if line.at_least else 'most'} {line.goal:.3g} {line.unit}"
    verdict = ("met" if line.met else "missed") if judged else ""
    return (
        f"| {line.what} | {line.ours} | {line.theirs} | {_times(line.ratio)} {line.unit}{words} | {goal} | {verdict} |"
    )


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 20 else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


if __name__ == "__main__":
    sys.exit(main())
