"""What `status` tells: last and next runs, what is overdue, what fails, what waits; for people and for a monitor."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.cli.failures import ExitCode
from registry_sheets.cli.status_output import print_status
from registry_sheets.config import RegistryConfig
from registry_sheets.service.plan import plan_of
from registry_sheets.service.status import RegistryStatus, Seen, seen_in, status_of, unreadable
from registry_sheets.service.tasks import Result, Task
from registry_sheets.state.ledger_values import Ended, moment
from tests.support.service import LEASE, Lab, at, failing, registry

THURSDAY = at(2026, 11, 26, 14)
BERLIN = registry(time_zone="Europe/Berlin")


def stands(lab: Lab, number: int = 0, outbox: int = 0) -> RegistryStatus:
    """How a registry of the lab stands at its clock."""
    one = lab.registries[number]
    seen = seen_in(lab.ledger(number), lab.clock())
    return status_of(one.name, plan_of(one), seen, outbox, lab.clock())


def printed(capsys: pytest.CaptureFixture[str], *statuses: RegistryStatus, now: datetime = THURSDAY) -> list[str]:
    print_status(statuses, False, now)
    return capsys.readouterr().out.splitlines()


def told(capsys: pytest.CaptureFixture[str], *statuses: RegistryStatus) -> list[dict[str, Any]]:
    print_status(statuses, True, THURSDAY)
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def lab_of(folder: Path, one: RegistryConfig = BERLIN) -> Lab:
    return Lab(folder, THURSDAY, one)


def test_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    assert stands(lab).well
    assert printed(capsys, stands(lab)) == [
        "demo (times: Europe/Berlin)",
        "  nightly pass: next 2026-11-27 02:00, last 2026-11-26 15:00: 3 rows",
        "  weekly mail: next 2026-11-30 07:30, last never",
    ]
    assert print_status([stands(lab)], False, THURSDAY) is ExitCode.CLEAN


def test_a_job_that_is_overdue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    lab.clock.now = at(2026, 11, 30, 2)  # 03:00 in Berlin: an hour is allowed
    assert stands(lab).well
    lab.clock.go(timedelta(minutes=1))
    assert not stands(lab).well
    assert print_status([stands(lab)], False, lab.clock()) is ExitCode.NOT_CHECKED
    assert capsys.readouterr().out.splitlines()[2] == (
        "  OVERDUE: the nightly pass was due at 2026-11-30 02:00. "
        "Is the service running? Start it with: registry-sheets serve"
    )
    lab.clock.now = at(2026, 11, 30, 7, 31)
    assert [job.job for job in stands(lab).jobs if job.overdue_since] == ["nightly", "weekly"]
    lab.round()
    assert stands(lab).well


def test_a_registry_that_nobody_looked_after_yet(capsys: pytest.CaptureFixture[str]) -> None:
    status = status_of("demo", plan_of(BERLIN), Seen(), 0, THURSDAY)
    assert not status.well
    assert [job.job for job in status.jobs if job.overdue_since] == ["nightly"]  # no mail was missed
    assert printed(capsys, status)[1] == (
        "  The service has not looked after this registry yet. Start it with: registry-sheets serve"
    )


def test_what_is_off_is_not_told(tmp_path: Path) -> None:
    lab = lab_of(tmp_path, registry(nightly="", weekly=""))
    lab.round()
    assert stands(lab).jobs == ()
    assert stands(lab).well


def test_light_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path, registry(nightly="", weekly="", check_every="15 minutes"))
    lab.round()
    lab.clock.go(timedelta(minutes=75))
    assert stands(lab).well
    assert "next 2026-11-26 15:30, last 2026-11-26 14:00: 3 rows" in printed(capsys, stands(lab))[1]
    lab.clock.go(timedelta(minutes=1))
    assert stands(lab).jobs[0].overdue_since == at(2026, 11, 26, 14, 15)
    lab.round()
    assert stands(lab).well


def test_a_failure_is_told_until_it_is_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.worker.answer = failing("WorkbookOpen", "Ana has it open.")
    lab.round()
    lab.round(10)
    status = stands(lab)
    assert not status.well
    lines = printed(capsys, status)
    assert "  nightly pass: next 2026-11-27 02:00, last 2026-11-26 15:00, and failed" in lines
    assert "  FAILING: the nightly pass, since 2026-11-26 15:00: Ana has it open." in lines
    assert "  What to do: Mend it." in lines
    assert "  It is looked at again at 2026-11-26 15:20." in lines
    (plain,) = told(capsys, status)
    assert plain["failing"] == [
        {
            "job": "nightly",
            "kind": "WorkbookOpen",
            "since": "2026-11-26T15:00:00+01:00",
            "message": "Ana has it open.",
            "fix": "Mend it.",
        }
    ]
    assert plain["jobs"]["nightly"]["last"]["failure"] == {"kind": "WorkbookOpen", "message": "Ana has it open."}
    lab.worker.answer = lambda _task: Result()
    lab.round(10)
    assert stands(lab).well
    assert stands(lab).again_at is None


def test_a_job_that_is_under_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lines: list[str] = []

    def look(_task: Task) -> Result:
        lines.extend(printed(capsys, stands(lab)))
        return Result()

    lab.worker.answer = look
    lab.round()
    assert lines[1] == "  nightly pass: next 2026-11-26 02:00, last begun 2026-11-26 15:00 and not ended yet"


def test_what_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.worker.answer = lambda _task: Result(again=True, waiting="Ana has the workbook open.")
    lab.round()
    lab.round(10)
    status = stands(lab, outbox=2)
    assert status.well
    lines = printed(capsys, status)
    assert "  Waiting: Ana has the workbook open. Since 2026-11-26 15:00." in lines
    assert "  Recorded edits that wait in the outbox: 2. See them with: registry-sheets outbox" in lines
    (plain,) = told(capsys, status)
    assert plain["waiting"] == {
        "outbox": 2,
        "what": "Ana has the workbook open.",
        "since": "2026-11-26T15:00:00+01:00",
        "again_at": "2026-11-26T15:20:00+01:00",
    }


def test_mails_that_did_not_simply_go_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    old, new = moment(THURSDAY - timedelta(days=15)), moment(THURSDAY)
    with lab.stores.of(BERLIN).transaction() as db:
        for number, (state, when) in enumerate(
            [("sent", new), ("sent", new), ("deferred", new), ("unknown", new), ("refused", new), ("refused", old)]
        ):
            values = ("weekly", "2026-W48", f"{number}@example.com", state, "id", 1, when, when, when, "")
            db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    lines = printed(capsys, stands(lab))
    assert "  Mails of the last 14 days put off, and tried again: 1." in lines
    assert "  Mails of the last 14 days of which nobody knows whether they arrived: 1." in lines
    assert "  Mails of the last 14 days refused by the mail server: 1." in lines
    (plain,) = told(capsys, stands(lab))
    assert plain["mails"] == {"sent": 2, "deferred": 1, "queued": 0, "sending": 0, "unknown": 1, "refused": 1}


def test_a_state_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    status = unreadable("demo", plan_of(BERLIN), "It is damaged. Rename the file.")
    assert print_status([status], False, THURSDAY) is ExitCode.NOT_CHECKED
    assert "NOT KNOWN how it stands: It is damaged. Rename the file." in capsys.readouterr().out
    (plain,) = told(capsys, status)
    assert (plain["well"], plain["problem"], plain["jobs"]) == (False, "It is damaged. Rename the file.", {})


def test_several_registries_and_hostile_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = Lab(tmp_path, THURSDAY, registry("one\x1b[31m"), registry("two"))
    lab.worker.answer = failing(message="\x1b]0;title\x07 \u202e =cmd()")
    lab.round()
    lines = printed(capsys, stands(lab, 0), stands(lab, 1))
    assert not [line for line in lines if set(line) & set("\x1b\x07\u202e")]
    assert "" in lines
    assert [plain["registry"] for plain in told(capsys, stands(lab, 0), stands(lab, 1))] == ["one\x1b[31m", "two"]


def test_only_the_newest_due_date_counts(tmp_path: Path) -> None:
    lab = lab_of(tmp_path)
    ledger = lab.ledger()
    for period, overdue in (("2026-11-24", True), ("2026-11-26", False)):
        claim = ledger.claim("nightly", period, THURSDAY, LEASE)
        assert claim
        assert stands(lab).jobs[0].overdue_since
        ledger.finish(claim, THURSDAY, Ended("nightly"))
        assert bool(stands(lab).jobs[0].overdue_since) is overdue
