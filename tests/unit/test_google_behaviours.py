"""Each behaviour that the stand-in only assumes is asked of the real Google by doctor --live, or says why it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from registry_sheets.workbooks.google.live.running import checks
from tests.support.google.behaviours_table import ASKED, NOT_ASKED, all_behaviours, lines, live_checks, reason

ROOT = Path(__file__).parents[2]


def test_every_assumed_behaviour_is_asked_or_says_why_not() -> None:
    silent = [
        f"{one.subject}: {one.told}"
        for one in all_behaviours()
        if one.source == "assumed" and bool(live_checks(one)) == bool(reason(one))
    ]
    assert silent == [], "put it into ASKED, with a check of doctor --live, or into NOT_ASKED with a reason"


def test_what_is_asked_is_assumed_and_the_checks_are_there() -> None:
    assumed = {(one.subject, one.told) for one in all_behaviours() if one.source == "assumed"}
    assert ASKED.keys() <= assumed, "the label was reworded, or is not assumed any more"
    known = {one.id for one in checks()}
    assert {id_ for ids in ASKED.values() for id_ in ids} <= known
    subjects = {subject for subject, _ in assumed} | {f"{subject}: {told}" for subject, told in assumed}
    assert NOT_ASKED.keys() <= subjects


def test_the_table_is_printed() -> None:
    command = [sys.executable, "-m", "tests.support.google.behaviours_table"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True)
    printed = done.stdout.splitlines()
    assert printed == list(lines())
    assert "behaviours: " in printed[-1]
    assert sum(line.startswith("assumed") for line in printed) == sum("-> " in line for line in printed)
    assert "not asked: \n" not in done.stdout
