"""The service round by round: what is done when, what follows from it, and what no failure stops."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from registry_sheets import errors
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem, StateUnusable
from registry_sheets.service import outcomes
from registry_sheets.service.child_failures import STOPPED
from registry_sheets.service.loop import READY, STOPPING, WATCHDOG, Service
from registry_sheets.service.tasks import Result, Task
from registry_sheets.service.telling import where_of
from registry_sheets.service.ticker import Ticker
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Failed, moment
from tests.support.service import Clock, Killed, Lab, NotingWorker, at, failing, registry

THURSDAY = at(2026, 11, 26, 14)
OPEN = Result(again=True, waiting="Ana has the workbook open.")
ALERTED: Mapping[str, Any] = {"alert_to": ["ops@example.com"]}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path, THURSDAY)


# What is due


def test_the_first_start_does_the_nightly_pass_and_mails_nobody(lab: Lab) -> None:
    assert lab.round() == [("nightly", "2026-11-26")]
    assert lab.round(1) == []
    lab.restart()
    assert lab.round(1) == []
    assert lab.round(12 * 60) == [("nightly", "2026-11-27")]
    lab.clock.now = at(2026, 11, 30, 7, 29)
    assert lab.round() == [("nightly", "2026-11-30")]
    assert lab.round(1) == [("weekly", "2026-W49")]
    lab.clock.now = at(2026, 12, 31)  # it slept: what was missed is done once
    assert lab.round() == [("nightly", "2026-12-30"), ("weekly", "2026-W53")]
    assert lab.round(1) == []


def test_what_is_off_is_not_done(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(nightly="", weekly=""))
    assert lab.round() == lab.round(60 * 24 * 30) == []


def test_a_beginning_that_a_wrong_clock_noted_does_not_hold_the_mail_for_ever(lab: Lab) -> None:
    lab.clock.now = at(2099, 1, 1)
    lab.round()
    lab.clock.now = THURSDAY
    lab.round()
    lab.clock.now = at(2026, 12, 1)
    assert ("weekly", "2026-W49") in lab.round()


def test_light_passes_come_in_between_but_not_after_another(tmp_path: Path) -> None:
    lab = Lab(tmp_path, at(2026, 11, 26, 1, 50), registry(check_every="15 minutes", weekly=""))
    assert lab.round() == [("nightly", "2026-11-25")]
    assert lab.round(9) == []  # 01:59, in the same quarter
    assert lab.round(1) == [("nightly", "2026-11-26")]
    assert lab.round(14) == []
    assert lab.round(1) == [("check", "")]
    assert lab.round(60) == [("check", "")]
    assert not lab.worker.tasks[-1].forced
    lab.clock.now -= timedelta(days=1)  # a clock that was set back: that quarter was not checked
    assert lab.round() == [("check", "")]


def test_two_services_on_one_config(lab: Lab) -> None:
    other = lab.another()

    def meanwhile(_task: Task) -> Result:
        before = len(lab.worker.tasks)
        other.once()
        assert len(lab.worker.tasks) == before
        return Result()

    lab.worker.answer = meanwhile
    assert lab.round() == [("nightly", "2026-11-26")]
    other.once()
    assert lab.worker.done == [("nightly", "2026-11-26")]


def test_a_kill_in_a_task_has_it_done_again(lab: Lab) -> None:
    def killed(_task: Task) -> Result:
        raise Killed

    lab.worker.answer = killed
    with pytest.raises(Killed):
        lab.round()
    lab.restart()
    lab.worker.answer = lambda _task: Result()
    assert lab.round() == [("nightly", "2026-11-26")]
    assert lab.round(1) == []


# Coming back


def test_what_waits_is_looked_at_every_ten_minutes(lab: Lab) -> None:
    lab.worker.answer = lambda _task: OPEN
    assert lab.round() == [("nightly", "2026-11-26")]
    assert lab.ledger().noted(outcomes.WAITING) == "Ana has the workbook open."
    assert [lab.round(1) for _ in range(10)] == [[]] * 9 + [[("check", "")]]
    assert lab.worker.tasks[-1].forced
    assert lab.ledger().noted(outcomes.WAITING_SINCE) == moment(THURSDAY)
    lab.restart()
    assert lab.round(1) == []
    lab.worker.answer = lambda _task: Result()
    assert lab.round(9) == [("check", "")]
    assert lab.round(30) == []
    assert lab.ledger().noted(outcomes.WAITING) == lab.ledger().noted(outcomes.WAITING_SINCE) == ""


def test_a_clock_that_is_set_back_does_not_put_off_for_long(lab: Lab) -> None:
    lab.worker.answer = lambda _task: OPEN
    lab.round()
    lab.clock.now -= timedelta(hours=10)
    assert lab.round() == [("check", "")]


def test_a_nightly_pass_that_failed_is_followed_up_and_not_done_twice(lab: Lab) -> None:
    lab.worker.answer = failing("WorkbookOpen")
    assert lab.round() == [("nightly", "2026-11-26")]
    failure = lab.ledger().failing("nightly")
    assert failure
    assert failure.fix == "Mend it."
    assert lab.round(10) == [("check", "")]
    lab.worker.answer = lambda _task: Result()
    assert lab.round(10) == [("check", "")]
    assert lab.ledger().failures() == []
    assert lab.round(10) == []
    assert [run.period for run in lab.ledger().runs("nightly")] == ["2026-11-26"]


def test_what_a_person_must_mend_is_looked_at_every_hour(lab: Lab) -> None:
    lab.worker.answer = failing("NoModelsTab")
    lab.round()
    assert lab.round(59) == []
    assert lab.round(1) == [("check", "")]


def test_a_weekly_mail_that_failed_is_tried_again_until_the_next_one(lab: Lab) -> None:
    lab.round()
    lab.clock.now = at(2026, 11, 30, 7, 30)
    lab.round()
    lab.clock.now = at(2026, 12, 7, 7, 30)
    lab.worker.answer = lambda task: failing("MailNotSent")(task) if task.job == "weekly" else Result()
    assert lab.round() == [("nightly", "2026-12-07"), ("weekly", "2026-W50")]
    assert lab.round(10) == [("weekly", "2026-W50")]
    assert lab.worker.tasks[-1].forced
    assert [failure.job for failure in lab.ledger().failures()] == ["weekly"]
    lab.worker.answer = lambda _task: Result()
    assert lab.round(10) == [("weekly", "2026-W50")]
    assert lab.ledger().failures() == []
    assert lab.round(10) == []
    lab.clock.now = at(2026, 12, 14, 7, 30)
    lab.worker.answer = failing("MailNotSent")
    lab.round()
    lab.clock.now = at(2026, 12, 21, 7, 30)
    lab.worker.answer = lambda _task: Result()
    assert [done for done in lab.round() if done[0] == "weekly"] == [("weekly", "2026-W52")]
    assert lab.round(10) == []


def test_a_check_that_found_all_as_it_was_mends_nothing(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(check_every="5 minutes"))
    lab.worker.answer = failing("NoModelsTab")
    lab.round()
    lab.worker.answer = lambda _task: Result(skipped=True)
    assert lab.round(5) == [("check", "")]
    assert lab.ledger().failing("nightly")
    assert not [said for said in lab.said() if "check" in said]


@pytest.mark.parametrize("name", [name for name, one in vars(errors).items() if isinstance(one, type)])
def test_every_error_is_come_back_to(name: str) -> None:
    soon = issubclass(getattr(errors, name), errors.NotChecked) and name != "RowsVanished"
    assert outcomes.back_in(Failed(name, "")) == (outcomes.SOON if soon else outcomes.LATER)


@pytest.mark.parametrize("name", ["ChildDied", "annotations", "__name__", "", "ValueError"])
def test_a_kind_that_is_no_error_of_ours(name: str) -> None:
    assert outcomes.back_in(Failed(name, "")) == outcomes.LATER


# Alerts


def alerts(lab: Lab) -> list[str]:
    told = [task.told for task in lab.worker.tasks if task.told]
    return [f"{one.job} {'works again' if one.well_again else 'failed'}" for one in told]


def test_a_failure_is_told_once_and_its_end_once(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(time_zone="Europe/Berlin", **ALERTED))
    lab.worker.answer = failing("WorkbookOpen", "Ana\nhas it open.")
    assert lab.round()[-1] == ("alert", "failure 1")
    for _ in range(5):
        lab.round(10)
    assert alerts(lab) == ["check of the sheet failed"]
    told = lab.worker.tasks[1].told
    assert told
    assert (told.message, told.fix) == ("Ana\nhas it open.", "Mend it. It is tried again every 10 minutes.")
    assert f"{told.since:%Y-%m-%d %H:%M %Z}" == "2026-11-26 15:00 CET"
    lab.worker.answer = failing("NoModelsTab")
    lab.round(10)
    lab.worker.answer = lambda _task: Result()
    lab.round(60)
    assert alerts(lab)[1:] == [
        "check of the sheet failed",
        "check of the sheet works again",
    ]
    assert lab.worker.tasks[-1].period == "failure 2 over"
    assert lab.round(10) == []


def test_without_addresses_nobody_is_told(lab: Lab) -> None:
    lab.worker.answer = failing()
    lab.round()
    assert alerts(lab) == []
    lab.registries = (registry(**ALERTED),)
    assert lab.round(1) == [("alert", "failure 1")]


def test_an_alert_that_cannot_be_sent_is_tried_again(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(**ALERTED))
    lab.worker.answer = lambda _task: Result(failure=Failed("MailNotSent", "No server."))
    lab.round()
    assert lab.round(5) == []
    assert lab.round(5)[-1] == ("alert", "failure 1")
    lab.worker.answer = failing()
    lab.round(10)
    assert len(alerts(lab)) == 3
    lab.round(10)
    assert len(alerts(lab)) == 3


def test_an_alert_in_which_it_was_killed_is_not_doubled(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(**ALERTED))

    def killed(task: Task) -> Result:
        if task.job == "alert":
            raise Killed
        return failing()(task)

    lab.worker.answer = killed
    with pytest.raises(Killed):
        lab.round()
    lab.restart()
    lab.worker.answer = failing()
    lab.round(1)
    assert len(alerts(lab)) == 1


# What goes wrong with one registry


def test_one_registry_stops_no_other(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry("bad"), registry("damaged"), registry("good"))
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "state.sqlite").write_bytes(b"nonsense")
    secret = "a cell's text"

    def fault(task: Task) -> Result:
        if task.registry.name == "bad":
            raise KeyError(secret)
        return Result(counts={"rows": 31})

    lab.worker.answer = fault
    assert lab.service.once() == 2
    assert lab.worker.done == [("nightly", "2026-11-26")] * 2
    assert lab.ledger(0).last("nightly").failure_kind == "Bug"  # type: ignore[union-attr]
    assert lab.ledger(2).last("nightly").counts == {"rows": 31}  # type: ignore[union-attr]
    said = lab.said()
    assert not [line for line in said if secret in line]
    assert [line for line in said if "KeyError" in line and "test_service_loop.py" in line]
    assert len([line for line in said if "damaged" in line and "Rename the file" in line]) == 1
    lab.round(1)
    assert lab.said() == said  # and not every minute


def test_a_fault_in_one_job_stops_no_other_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from registry_sheets.service import jobs

    lab = Lab(tmp_path, at(2026, 11, 30), registry(**ALERTED))
    lab.round()

    def fault(_turn: jobs.Turn) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "STEPS", {**jobs.STEPS, "nightly": fault})
    monkeypatch.setattr("registry_sheets.service.rounds.STEPS", jobs.STEPS)
    assert lab.round(8 * 60) == [("weekly", "2026-W49"), ("alert", "failure 1")]
    assert lab.round(1) == []


def test_a_ledger_that_stays_unusable_is_told_of(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(**ALERTED))
    file = tmp_path / "demo" / "state.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"nonsense")
    assert [lab.round(1) for _ in range(5)] == [[], [], [("alert", "")], [], []]
    told = lab.worker.tasks[0].told
    assert told
    assert "Rename the file" in told.fix
    file.rename(file.with_suffix(".old"))
    assert lab.round(10) == [("nightly", "2026-11-26"), ("alert", "")]
    assert alerts(lab)[-1] == "service works again"
    assert lab.round(10) == []


def test_an_end_that_cannot_be_noted_is_noted_later_and_the_task_not_done_again(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY)
    broken = False
    usual = lab.stores.ledgers(lab.machine.holder())

    class Full(Ledger):
        def finish(self, *_args: object) -> bool:
            if broken:
                raise StateUnusable("There is no room left.")
            return super().finish(*_args)  # type: ignore[arg-type]

    @contextmanager
    def ledger_of(one: RegistryConfig) -> Iterator[Ledger]:
        with usual(one) as ledger:
            yield Full(ledger._store, ledger._host)

    service = Service(lambda: lab.registries, lab.worker, ledger_of, lab.events.append, now=lab.clock)
    broken = True
    for _ in range(3):
        service.once()
        lab.clock.go(timedelta(minutes=1))
    broken = False
    service.once()
    assert lab.worker.done == [("nightly", "2026-11-26")]
    assert lab.ledger().last("nightly").finished_at == THURSDAY  # type: ignore[union-attr]


# Running


class Running:
    """A service that runs in a thread, and what it tells of itself."""

    def __init__(self, lab: Lab, worker: NotingWorker | None = None) -> None:
        self.told: list[str] = []
        self.service = Service(
            lambda: lab.registries,
            worker or lab.worker,
            lab.stores.ledgers(lab.machine.holder()),
            lab.events.append,
            notify=self.told.append,
            now=lab.clock,
        )


def test_it_runs_until_it_is_stopped(lab: Lab) -> None:
    running = Running(lab)
    lab.worker.answer = lambda _task: running.service.stop() or Result()  # type: ignore[func-returns-value]
    running.service.run()
    assert running.told[0] == READY
    assert running.told[-1] == STOPPING
    assert set(running.told[1:-1]) == {WATCHDOG}
    assert lab.worker.stopped
    assert lab.said()[0] == "info: service started for demo"
    assert lab.said()[-1] == "info: service ended"
    assert lab.ledger().last("nightly")


def test_a_task_that_a_stop_cut_short_is_free_for_the_next(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry("one"), registry("two"))

    def stopped(_task: Task) -> Result:
        lab.service.stop()
        return Result(failure=Failed(STOPPED, "The service ended."))

    lab.worker.answer = stopped
    assert lab.round() == [("nightly", "2026-11-26")]  # and nothing of the other
    assert lab.ledger().failures() == []
    lab.worker.answer = lambda _task: Result()
    lab.service = lab.another()  # the first one may still live, and wait for its end
    assert lab.round() == [("nightly", "2026-11-26")] * 2


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_it_waits(lab: Lab, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    running = Running(lab)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    running.service.run()
    timer.join()
    assert running.told[-1] == STOPPING
    assert signal.getsignal(number) == before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
def test_sighup_reads_the_config_anew_and_keeps_the_old_one_if_the_new_is_wrong(lab: Lab) -> None:
    loads: list[Callable[[], list[RegistryConfig]]] = []

    def wrong() -> list[RegistryConfig]:
        raise ConfigProblem("nightly is no time.", "Write 02:00.")

    def fault() -> list[RegistryConfig]:
        raise RuntimeError

    def right() -> list[RegistryConfig]:
        return [registry("new")]

    steps = iter((wrong, fault, right, None))
    service = Service(
        lambda: loads[-1]() if loads else list(lab.registries),
        lab.worker,
        lab.stores.ledgers(lab.machine.holder()),
        lab.events.append,
        now=lab.clock,
        wait=lambda _seconds: hup(),
    )

    def hup() -> None:
        step = next(steps)
        if step is None:
            service.stop()
            return
        loads.append(step)
        os.kill(os.getpid(), signal.SIGHUP)

    service.run()
    assert [task.registry.name for task in lab.worker.tasks] == ["demo", "new"]
    kept = next(event for event in lab.events if event.name == "config-kept")
    assert kept.message.endswith("nightly is no time. Write 02:00.")
    assert [event.name for event in lab.events if event.name.startswith("config")] == ["config-kept", "config-reloaded"]


def test_without_a_config_it_does_not_start(lab: Lab) -> None:
    def wrong() -> list[RegistryConfig]:
        raise ConfigProblem("No config.")

    told: list[str] = []
    service = Service(wrong, lab.worker, lab.stores.ledgers(lab.host), lab.events.append, notify=told.append)
    for start in (service.run, service.once):
        with pytest.raises(ConfigProblem):
            start()
    assert told == []


# The ticker


class Walls:
    """What the schedule library takes for the datetime module: a local clock that can be set."""

    timedelta = timedelta
    tzinfo = None

    def __init__(self, clock: Clock) -> None:
        class Datetime(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return clock.now.replace(tzinfo=None)

        self.datetime = Datetime


@pytest.mark.parametrize("jump", [timedelta(), timedelta(hours=-1), timedelta(days=-3), timedelta(days=3)])
def test_it_ticks_every_minute_whatever_is_done_to_the_clock(monkeypatch: pytest.MonkeyPatch, jump: timedelta) -> None:
    clock = Clock(THURSDAY)
    monkeypatch.setattr("schedule.datetime", Walls(clock))
    ticks: list[float] = []
    ticker = Ticker(lambda: ticks.append(clock.uptime), clock.monotonic)
    for number in range(200):
        if number == 77:
            clock.now += jump
        idle = ticker.idle()
        assert 0 < idle <= 20
        clock.go(timedelta(seconds=idle))
        ticker.poll()
    gaps = [later - earlier for earlier, later in pairwise(ticks)]
    assert len(gaps) > 30
    assert max(gaps) <= 81
    assert sorted(gaps)[1:] == pytest.approx([60.0] * (len(gaps) - 1), abs=21)


def test_a_task_is_handed_over_as_the_config_says(tmp_path: Path) -> None:
    one = replace(registry(), name="Kunden & Co")
    lab = Lab(tmp_path, THURSDAY, one)
    lab.round()
    assert lab.worker.tasks == [Task("nightly", one, "2026-11-26")]
    assert lab.said()[0] == "info: nightly pass of 2026-11-26 done: 3 rows, 0.0 s."
    assert lab.events[0].fields == {"rows": 3, "job": "nightly", "period": "2026-11-26", "seconds": 0.0}


def test_an_alert_says_which_workbook_on_which_machine() -> None:
    from registry_sheets.reports.mails import alert

    one = replace(registry("Clinic <b>"), sheet=Path("/srv/clinic/models.xlsx"))
    where = where_of(one)
    assert where == f"Clinic <b>: {Path('/srv/clinic/models.xlsx')} on {socket.gethostname()}"
    mail = alert(one.name, "It is open.", "Close it.", THURSDAY, job="check of the sheet", where=where)
    assert where in " ".join(mail.text.split())
    assert "Clinic &lt;b&gt;: " in mail.html
    assert "models.xlsx on " in mail.html
    assert "<b>" not in mail.html


def test_that_another_service_is_at_it_is_told_once(lab: Lab) -> None:
    other = lab.another()

    def meanwhile(_task: Task) -> Result:
        other.once()
        other.once()
        return Result()

    lab.worker.answer = meanwhile
    lab.round()
    assert [event.registry for event in lab.events if event.name == "held"] == ["demo"]
