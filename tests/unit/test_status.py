"""What `status` tells: last and next runs, what is overdue, what fails, what waits; for people and for a monitor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.cli.failures import ExitCode
from registry_sheets.cli.status_output import print_status
from registry_sheets.config import RegistryConfig
from registry_sheets.service.outcomes import BEGAN
from registry_sheets.service.plan import plan_of
from registry_sheets.service.status import RegistryStatus, Seen, seen_in, status_of, unreadable
from registry_sheets.service.status_mail import weekly_off
from registry_sheets.service.tasks import Result, Task
from registry_sheets.settings import SmtpSettings
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.ledger_values import Ended, Failed, moment
from tests.support.service import LEASE, Lab, at, failing, registry

THURSDAY = at(2026, 11, 26, 14)
BERLIN = registry(time_zone="Europe/Berlin")


def stands(lab: Lab, number: int = 0, outbox: int = 0) -> RegistryStatus:
    """How a registry of the lab stands at its clock."""
    one = lab.registries[number]
    seen = seen_in(lab.ledger(number), Deliveries(lab.stores.of(one)), lab.clock())
    return status_of(one.name, plan_of(one), seen, outbox, lab.clock(), weekly_off(one.settings))


def show(statuses: Sequence[RegistryStatus], as_json: bool, now: datetime) -> ExitCode:
    return print_status(statuses, as_json, now, lambda name, week, to: f"send {name} {week} {to} " + "again " * 20)


def printed(capsys: pytest.CaptureFixture[str], *statuses: RegistryStatus, now: datetime = THURSDAY) -> list[str]:
    show(statuses, False, now)
    return capsys.readouterr().out.splitlines()


def told(capsys: pytest.CaptureFixture[str], *statuses: RegistryStatus) -> list[dict[str, Any]]:
    show(statuses, True, THURSDAY)
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
    assert show([stands(lab)], False, THURSDAY) is ExitCode.CLEAN


def test_a_job_that_is_overdue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    lab.clock.now = at(2026, 11, 30, 2)  # 03:00 in Berlin: an hour is allowed
    assert stands(lab).well
    lab.clock.go(timedelta(minutes=1))
    assert not stands(lab).well
    assert show([stands(lab)], False, lab.clock()) is ExitCode.NOT_CHECKED
    assert capsys.readouterr().out.splitlines()[2] == (
        "  OVERDUE: the nightly pass was due at 2026-11-30 02:00. "
        "Is the service running? Start it with: registry-sheets serve"
    )
    lab.clock.now = at(2026, 11, 30, 7, 31)
    assert [job.job for job in stands(lab).jobs if job.overdue_since] == ["nightly", "weekly"]
    lab.round()
    assert stands(lab).well


def test_a_registry_that_nobody_looked_after_yet(capsys: pytest.CaptureFixture[str]) -> None:
    one = registry(time_zone="Europe/Berlin", check_every="15 minutes")
    status = status_of("demo", plan_of(one), Seen(), 0, THURSDAY)
    assert show([status], False, THURSDAY) is ExitCode.NOT_CHECKED
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  The service has not looked after this registry yet. Start it with: registry-sheets serve",
        "  nightly pass: next 2026-11-27 02:00, last never",
        "  weekly mail: next 2026-11-30 07:30, last never",
        "  check: next 2026-11-26 15:15, last never",
    ]


def test_the_first_pass_has_an_hour_too(tmp_path: Path) -> None:
    lab = lab_of(tmp_path)
    lab.ledger().note(BEGAN, moment(THURSDAY))
    lab.clock.go(timedelta(hours=1))
    assert stands(lab).well
    lab.clock.go(timedelta(minutes=1))
    assert [job.job for job in stands(lab).jobs if job.overdue_since] == ["nightly"]


def test_what_is_off_is_not_told(tmp_path: Path) -> None:
    lab = lab_of(tmp_path, registry(nightly="", weekly=""))
    lab.round()
    assert stands(lab).jobs == ()
    assert stands(lab).well


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"sender": ""}, "no sender in the config"),
        ({"smtp": SmtpSettings()}, "no host under [smtp]"),
        ({"weekly": ""}, 'weekly = ""'),
        ({"sender": "", "weekly": ""}, 'no sender in the config, weekly = ""'),
    ],
)
def test_why_there_is_no_weekly_mail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: dict[str, Any], why: str
) -> None:
    lab = lab_of(tmp_path, registry(**said))
    lab.round()
    assert f"  weekly mail: off ({why})" in printed(capsys, stands(lab))
    assert told(capsys, stands(lab))[0]["weekly_off"] == why


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


def test_a_service_that_died_between_light_passes_is_overdue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = lab_of(tmp_path, registry(weekly="", check_every="15 minutes"))
    lab.round()
    lab.round(15)
    claim = lab.ledger().claim("check", "another", lab.clock(), LEASE)  # one is under way, or died over it
    assert claim
    lab.clock.go(timedelta(minutes=75))
    assert stands(lab).well
    lab.clock.go(timedelta(minutes=1))
    assert show([stands(lab)], False, lab.clock()) is ExitCode.NOT_CHECKED
    assert "  OVERDUE: the check was due at 2026-11-26 14:30. " in capsys.readouterr().out


def test_a_failure_is_told_until_it_is_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.worker.answer = failing("WorkbookOpen", "Ana has it open.")
    lab.round()
    lab.round(10)
    status = stands(lab)
    assert not status.well
    lines = printed(capsys, status)
    assert "  nightly pass: next 2026-11-27 02:00, last 2026-11-26 15:00, and failed" in lines
    assert "  FAILING: the check of the sheet, since 2026-11-26 15:00: Ana has it open." in lines
    assert "  What to do: Mend it. It is tried again at 2026-11-26 15:20." in lines
    assert not [line for line in lines if "looked at again" in line]
    (plain,) = told(capsys, status)
    assert plain["failing"] == [
        {
            "job": "nightly",
            "kind": "WorkbookOpen",
            "since": "2026-11-26T15:00:00+01:00",
            "again_at": "2026-11-26T15:20:00+01:00",
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
    assert "  It is looked at again at 2026-11-26 15:20." in lines
    assert "  2 recorded edits wait in the outbox. See what: registry-sheets outbox" in lines
    assert "  1 recorded edit waits in the outbox. See what: registry-sheets outbox" in printed(
        capsys, stands(lab, 0, 1)
    )
    (plain,) = told(capsys, status)
    assert plain["waiting"] == {
        "outbox": 2,
        "what": "Ana has the workbook open.",
        "since": "2026-11-26T15:00:00+01:00",
        "again_at": "2026-11-26T15:20:00+01:00",
    }


def a_week_that_fails(task: Task) -> Result:
    return failing("MailNotSent", "No server.")(task) if task.job == "weekly" else Result()


def test_a_weekly_mail_that_failed_says_when_it_is_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    lab.clock.now = at(2026, 11, 30, 6, 30)
    lab.worker.answer = a_week_that_fails
    lab.round()
    assert "  What to do: Mend it. It is tried again at 2026-11-30 07:40." in printed(capsys, stands(lab))


def test_an_alert_that_could_not_be_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path, registry(alert_to=["ops@example.com"]))
    lab.worker.answer = lambda _task: Result(failure=Failed("MailNotSent", "No server."))
    lab.round()
    assert "  A mail about a failure could not be sent; it is tried again at 2026-11-26 14:10." in printed(
        capsys, stands(lab)
    )


def mailed(lab: Lab, kind: str, address: str, state: str, first: datetime, last: datetime, reply: str = "") -> None:
    """A letter of 2026-W48, as the state keeps it."""
    tries = [moment(when) for when in (first, last, last + timedelta(hours=6))]
    values = (kind, "2026-W48", address, state, f"id of {kind} to {address}", 1, *tries, reply)
    with lab.stores.of(lab.registries[0]).transaction() as db:
        db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def test_mails_that_did_not_simply_go_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    now, old = THURSDAY, THURSDAY - timedelta(days=15)
    mailed(lab, "weekly", "a@example.com", "sent", now, now)
    mailed(lab, "weekly", "b@example.com", "deferred", now - timedelta(hours=20), now, "451 Try later.")
    mailed(lab, "weekly", "c@example.com", "unknown", now, now)
    mailed(lab, "alert", "ops@example.com", "unknown", now, now)
    mailed(lab, "weekly", "long@example.com", "unknown", old, old)
    mailed(lab, "weekly", "d@example.com", "refused", old, old, "550 No \x1b[31msuch\nuser")
    status = stands(lab)
    assert status.well
    lines = printed(capsys, status)[3:]
    assert lines == [
        "  Mail of the last 14 days: 1 sent, 1 put off, 2 not known to have arrived.",
        "  NOT KNOWN whether it arrived: the mail of 2026-W48 to c@example.com, 2026-11-26 15:00. "
        "If it did not, send it after all:",
        "    send demo 2026-W48 c@example.com" + " again" * 20,
        "  NOT KNOWN whether it arrived: an alert to ops@example.com, 2026-11-26 15:00.",
        "  REFUSED: mail to d@example.com: 550 No [31msuch user",
        "  Mail waits: the mail of 2026-W48 to b@example.com, since 2026-11-25 19:00, tried again at 2026-11-26 21:00; "
        "the mail server said: 451 Try later.",
    ]
    (plain,) = told(capsys, status)
    assert plain["mails"] == {"sent": 1, "deferred": 1, "queued": 0, "sending": 0, "unknown": 2, "refused": 0}
    assert [one["address"] for one in plain["letters"]["unknown"]] == ["c@example.com", "ops@example.com"]
    assert plain["letters"]["waiting"][0]["next"] == "2026-11-26T21:00:00+01:00"
    assert plain["letters"]["refused"][0]["address"] == "d@example.com"


def test_a_mail_that_waits_for_more_than_a_day_is_trouble(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    mailed(lab, "summary", "boss@example.com", "queued", THURSDAY - timedelta(days=1), THURSDAY)
    assert stands(lab).well
    lab.clock.go(timedelta(minutes=1))
    assert show([stands(lab)], False, lab.clock()) is ExitCode.NOT_CHECKED
    assert "  LATE: mail has waited for more than a day." in capsys.readouterr().out
    assert told(capsys, stands(lab))[0]["mail_stuck"]
    lab.round(60 * 24 * 6)  # nobody gives it up, since no mail is sent any more: not trouble for ever
    assert stands(lab).well


def test_of_many_mails_some_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_of(tmp_path)
    lab.round()
    for number in range(25):
        mailed(lab, "weekly", f"{number}@example.com", "deferred", THURSDAY, THURSDAY)
    lines = printed(capsys, stands(lab))
    assert len([line for line in lines if line.startswith("  Mail waits")]) == 10
    assert lines[-1] == "    and 15 more"
    assert len(told(capsys, stands(lab))[0]["letters"]["waiting"]) == 25


def test_a_state_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    status = unreadable("demo", plan_of(BERLIN), "It is damaged. Rename the file.")
    assert show([status], False, THURSDAY) is ExitCode.NOT_CHECKED
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
    ledger.note(BEGAN, moment(THURSDAY - timedelta(days=3)))
    for period, overdue in (("2026-11-24", True), ("2026-11-26", False)):
        claim = ledger.claim("nightly", period, THURSDAY, LEASE)
        assert claim
        assert stands(lab).jobs[0].overdue_since
        ledger.finish(claim, THURSDAY, Ended("nightly"))
        assert bool(stands(lab).jobs[0].overdue_since) is overdue
