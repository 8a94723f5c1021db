"""The service in bad luck: no state, no mail server, months of failures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import StateUnusable
from registry_sheets.service.loop import Service
from registry_sheets.service.tasks import Result, Task
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Failed
from tests.support.service import Lab, NotingWorker, at, failing, registry

THURSDAY = at(2026, 11, 26, 14)
EVENING = at(2026, 11, 26, 23)
ALERTED: Mapping[str, Any] = {"alert_to": ["ops@example.com"]}


class Broken:
    """Ledgers that cannot be opened."""

    def __init__(self) -> None:
        self.broken = True

    @contextmanager
    def __call__(self, _one: RegistryConfig) -> Iterator[Ledger]:
        raise StateUnusable("'state.sqlite' is damaged.", "Rename the file.")
        yield


def rounds(lab: Lab, minutes: int, step: int = 1) -> list[tuple[str, str]]:
    """What is done in so many minutes."""
    before = len(lab.worker.tasks)
    for _ in range(0, minutes, step):
        lab.round(step)
    return lab.worker.done[before:]


def without_state(lab: Lab, service_worker: NotingWorker) -> None:
    lab.service = Service(lambda: lab.registries, service_worker, Broken(), lab.events.append, now=lab.clock)


def test_the_nightly_pass_is_made_without_its_state_once_a_night(tmp_path: Path) -> None:
    lab = Lab(tmp_path, EVENING, registry(**ALERTED))
    without_state(lab, lab.worker)
    assert rounds(lab, 60) == [("alert", "")]
    assert rounds(lab, 24 * 60) == [("nightly", "2026-11-27")]
    assert rounds(lab, 24 * 60) == [("nightly", "2026-11-28")]
    assert [task.noted for task in lab.worker.tasks if task.job == "nightly"] == [False, False]
    assert sum("nightly pass of 2026-11-28 done" in line for line in lab.said()) == 1


def test_a_state_that_is_away_for_a_moment_has_no_pass_made_without_it(tmp_path: Path) -> None:
    lab = Lab(tmp_path, at(2026, 11, 27, 1, 59))
    healthy = lab.service
    without_state(lab, lab.worker)
    assert rounds(lab, 2) == []
    lab.service = healthy
    assert lab.round() == [("nightly", "2026-11-27")]
    assert lab.worker.tasks[-1].noted


def test_a_month_of_failing_nights_is_told_once_and_its_end_once(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(weekly="", **ALERTED))
    lab.worker.answer = failing()
    rounds(lab, 30 * 24 * 60, 15)
    assert [task.told.well_again for task in lab.worker.tasks if task.told] == [False]
    lab.worker.answer = lambda _task: Result()
    rounds(lab, 24 * 60, 15)
    assert [task.told.well_again for task in lab.worker.tasks if task.told] == [False, True]


def test_a_month_of_failures_of_changing_kinds_tells_each_kind_once(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(weekly="", **ALERTED))
    kinds = ["UnreadableWorkbook", "CannotSave", "NoModelsTab"]

    def answer(task: Task) -> Result:
        number = len(lab.worker.tasks) % len(kinds)
        return Result() if task.job == "alert" else Result(failure=Failed(kinds[number], "No.", "Mend it."))

    lab.worker.answer = answer
    rounds(lab, 30 * 24 * 60, 15)
    assert len([task for task in lab.worker.tasks if task.told]) == len(kinds)


def test_a_mail_server_that_is_down_for_days_makes_no_storm_when_it_is_back(tmp_path: Path) -> None:
    lab = Lab(tmp_path, THURSDAY, registry(weekly="", **ALERTED))
    down, sent = True, list[Task]()

    def answer(task: Task) -> Result:
        if task.job == "alert":
            if down:
                return Result(failure=Failed("MailNotSent", "The mail server cannot be reached."))
            sent.append(task)
            return Result()
        return Result(failure=Failed("UnreadableWorkbook", "No.", "Mend it."))

    lab.worker.answer = answer
    done = rounds(lab, 3 * 24 * 60)
    assert len([job for job, _ in done if job == "alert"]) <= 3 * 24 * 6 + 1  # no more than every ten minutes
    down = False
    rounds(lab, 2 * 24 * 60, 5)
    assert len(sent) == 1


def test_a_clock_set_back_by_a_day_repeats_no_job(tmp_path: Path) -> None:
    lab = Lab(tmp_path, at(2026, 11, 30, 8))
    lab.round()
    done = rounds(lab, 24 * 60, 10)
    assert sorted(done) == [("nightly", "2026-12-01")]
    lab.clock.now -= timedelta(days=1)
    assert rounds(lab, 24 * 60, 10) == []
    assert rounds(lab, 24 * 60, 10) == [("nightly", "2026-12-02")]
