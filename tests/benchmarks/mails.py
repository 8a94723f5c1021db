"""Renders the weekly mails of a registry with so many owners, and prints what that took, as JSON.

    python -m tests.benchmarks.mails 1000

Every owner has two versions with a gap, something overdue and a change of this week to be told of. Only the mails are
timed: who gets one, each one's digest, MJML, plain text and the message as it goes to the server. The report that they
are made from is a pass's result.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date, datetime, timedelta, timezone

from registry_sheets.mailing.compose import compose
from registry_sheets.operations.weekly import Letters, MailSetting, plan_of_week
from registry_sheets.registry.grid import Cell
from registry_sheets.reports.content import Report
from tests.support.registries import TODAY, version
from tests.support.reported import reported

WEEK = "2026-W27"
_SENT = datetime(2026, 7, 1, 7, 30, tzinfo=timezone(timedelta(hours=2)))


def report(owners: int) -> Report:
    """A registry in which every owner has something to do."""
    rows = [row for number in range(owners) for row in _rows(number, "Fewer false alarms in the pilot")]
    before = [row for number in range(owners) for row in _rows(number, "To be decided")]
    return reported(rows, before={date(2026, 6, 25): before})


def _rows(number: int, why: str) -> list[dict[str, Cell]]:
    own: dict[str, Cell] = {"name": f"Forecast {_letters(number)}", "owner": f"owner{number}@example.com"}
    live = version(**own, version="1.0", training_date=date(2026, 1, 10), why=why, location=f"Site {number}")
    return [live, version(**own, version="1.1", stage="Testing", data_source="", location="", deployed_on="", why="")]


def _letters(number: int) -> str:
    """A name without digits, so that no two names are taken for versions of one."""
    return "".join(chr(65 + number // 26**place % 26) for place in (2, 1, 0))


def main(owners: int) -> None:
    """Make the mails and tell how long it took. Ends with an error where somebody gets none."""
    setting = MailSetting("Model registry <registry@example.com>", ("example.com",))
    told = report(owners)
    cpu, wall = time.process_time(), time.perf_counter()
    plan = plan_of_week(told, WEEK, setting)
    letters = Letters(told, plan, setting)
    sizes = [len(compose(letters.letter(one), _SENT)) for one in plan.addressed]
    taken = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    if len(sizes) != owners:
        sys.exit(f"{len(sizes)} mails for {owners} owners")
    print(json.dumps({**taken, "mails": len(sizes), "bytes": sum(sizes) // len(sizes), "day": str(TODAY)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
