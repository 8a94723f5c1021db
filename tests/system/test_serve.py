"""The real service on real files: what it does at once, how it ends, what it says."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry_sheets.config import RegistryConfig, read_file
from registry_sheets.history.sqlite import SqliteHistory
from registry_sheets.service.outcomes import BEGAN, TRIED
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Run, moment
from registry_sheets.wiring import state_of
from registry_sheets.wiring.history import HISTORY_NAME
from registry_sheets.wiring.state import store_of
from tests.support.command import run
from tests.support.registries import version
from tests.support.reported import workbook
from tests.support.serving import LIMIT, SilentServer, serving, until
from tests.support.smtp_server import Script, running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")

LINKS = '[rules.broken-link]\nseverity = "warning"\ntimeout = 120\nbudget = 600\n'
GOOD = '[[registry]]\nname = "good"\nsheet = "good.xlsx"\n'
SLOW = '[[registry]]\nname = "slow"\nsheet = "slow.xlsx"\n'
DONE = "good: nightly pass of"


def config(folder: Path, *parts: str) -> Path:
    path = folder / "config.toml"
    path.write_text('time_zone = "UTC"\n' + "".join(parts), encoding="utf-8")
    return path


def clock(ago: timedelta) -> str:
    """The time of day in UTC then."""
    return f"{datetime.now(UTC) - ago:%H:%M}"


def nights(folder: Path, name: str) -> list[Run]:
    """The nightly runs of a registry in the ledger."""
    with store_of(registry_of(folder, name), read_only=True) as store:
        return list(Ledger(store).runs("nightly"))


def registry_of(folder: Path, name: str) -> RegistryConfig:
    return next(one for one in read_file(folder / "config.toml").registries if one.name == name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workbook(tmp_path / "good.xlsx", [version(), version(name="Churn", data_source="")])
    config(tmp_path, GOOD)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[SilentServer]:
    """With a registry that links there: a pass over it waits, for longer than anybody waits for it."""
    silent = SilentServer()
    assert LIMIT < 120
    workbook(folder / "slow.xlsx", [version(run_link=silent.link)])
    config(folder, LINKS, SLOW, GOOD)
    yield silent
    silent.close()


def test_the_first_start_does_the_nightly_pass_at_once_and_sigterm_ends_it(folder: Path) -> None:
    with serving(folder) as service:
        service.says(DONE)
        service.signal(signal.SIGTERM)
        assert service.ended() == 0
        assert "service started for good" in service.log
        assert service.log.splitlines()[-1].endswith("service ended")
    assert [run.failure_kind for run in nights(folder, "good")] == [""]
    assert (folder / "output" / "good" / "report.html").exists()


@pytest.mark.parametrize("stopped", [False, True], ids=["waiting", "hanging"])
def test_sigterm_ends_it_in_the_middle_of_a_pass_which_is_done_at_the_next_start(
    folder: Path, server: SilentServer, stopped: bool
) -> None:
    with serving(folder) as service:
        server.is_asked()
        (worker,) = service.workers()
        if stopped:  # no Python runs in it any more, as in a library that hangs
            os.kill(worker, signal.SIGSTOP)
        service.signal(signal.SIGTERM)
        assert service.ended() == 0
        until(lambda: not Path(f"/proc/{worker}").exists(), "the end of the worker")
        assert service.log.splitlines()[-1].endswith("service ended")
        assert "failed" not in service.log
    assert not any(one.finished_at for one in nights(folder, "slow"))
    server.release()
    assert run("serve", "--once", folder=folder).returncode == 0
    assert [one.failure_kind for one in nights(folder, "slow")] == [""]


def test_after_a_kill_in_the_middle_the_next_one_does_the_pass(folder: Path, server: SilentServer) -> None:
    with serving(folder) as service:
        server.is_asked()
        (worker,) = service.workers()
        service.signal(signal.SIGKILL)
        assert service.ended() == -signal.SIGKILL
        until(lambda: not Path(f"/proc/{worker}").exists(), "the end of the worker")
    assert nights(folder, "slow")[0].finished_at is None
    server.release()
    once = run("serve", "--once", folder=folder)
    assert once.returncode == 0
    assert once.stderr.count("slow: nightly pass of") == 1
    assert [bool(one.finished_at) for one in nights(folder, "slow")] == [True]


def test_a_worker_that_aborts_is_that_registrys_failure_alone(folder: Path, server: SilentServer) -> None:
    with serving(folder) as service:
        server.is_asked()
        (worker,) = service.workers()
        os.kill(worker, signal.SIGABRT)
        service.says(DONE)
        service.signal(signal.SIGTERM)
        assert service.ended() == 0
        (failed,) = [line for line in service.log.splitlines() if " slow: " in line]
        assert "aborted (SIGABRT)" in failed
        assert "registry-sheets check --config" in failed
    assert [one.failure_kind for one in nights(folder, "slow")] == ["ChildDied"]
    assert [one.failure_kind for one in nights(folder, "good")] == [""]
    stands = run("status", folder=folder)
    assert stands.returncode == 3
    assert "FAILING: the check of the sheet" in stands.stdout


def test_two_services_do_one_pass_together(folder: Path, server: SilentServer) -> None:
    with serving(folder) as one, serving(folder, name="other") as other:
        server.is_asked()
        until(lambda: DONE in one.log + other.log, "the pass over the other registry, by whoever is free")
        server.release()
        until(lambda: "slow: nightly pass of" in one.log + other.log, "the pass that was under way")
        for service in (one, other):  # each goes round once more
            service.says("service started")
            service.signal(signal.SIGHUP)
            service.says("config read anew")
        for service in (one, other):
            service.signal(signal.SIGTERM)
            assert service.ended() == 0
        said = one.log + other.log
    assert [said.count(f"{name}: nightly pass of") for name in ("slow", "good")] == [1, 1]
    assert [len(nights(folder, name)) for name in ("slow", "good")] == [1, 1]
    for name in ("slow", "good"):
        with SqliteHistory(state_of(registry_of(folder, name)) / HISTORY_NAME, read_only=True) as history:
            assert len(history.passes()) == 1


def test_sighup_keeps_the_config_where_the_new_one_is_wrong_and_takes_it_where_it_is_right(folder: Path) -> None:
    with serving(folder) as service:
        service.says(DONE)
        config(folder, 'nightly = "noon"\n', GOOD)
        service.signal(signal.SIGHUP)
        service.says("error: the config is kept as it was, for the new one cannot be used: ")
        assert "'noon' does not give a time of day" in service.log
        workbook(folder / "second.xlsx", [version()])
        config(folder, GOOD, '[[registry]]\nname = "second"\nsheet = "second.xlsx"\n')
        service.signal(signal.SIGHUP)
        service.says("config read anew: good and second")
        service.says("second: nightly pass of")
        service.signal(signal.SIGTERM)
        assert service.ended() == 0
        assert service.log.count(DONE) == 1


def test_once_does_what_is_due_once_and_its_exit_code_tells(folder: Path) -> None:
    first, second = (run("serve", "--once", folder=folder) for _ in range(2))
    assert (first.returncode, first.stderr.count(DONE)) == (0, 1)
    assert (second.returncode, second.stderr, second.stdout) == (0, "", "")
    (folder / "bad.xlsx").write_bytes(b"no workbook")
    config(folder, '[[registry]]\nname = "bad"\nsheet = "bad.xlsx"\n', GOOD)
    bad = run("serve", "--once", folder=folder)
    assert bad.returncode == 3
    assert "bad: error: nightly pass of" in bad.stderr
    config(folder, 'nightly = "noon"\n', GOOD)
    wrong = run("serve", "--once", folder=folder)
    assert wrong.returncode == 2
    assert "'noon' does not give a time of day" in wrong.stderr


MARK = "Zq7secret"


def test_the_log_as_json_is_lines_that_parse_and_tell_no_cell(folder: Path) -> None:
    told = dict.fromkeys(("name", "version", "owner", "training_date", "data_source", "stage", "location"), MARK)
    workbook(folder / "good.xlsx", [version(**told), version(**told), version(version=MARK, data_source="")])
    workbook(folder / "odd.xlsx", [{MARK: MARK}], own=(MARK,))
    heads = folder / "heads.xlsx"
    _only_cells(heads, [[MARK, f"{MARK} 2"], [MARK, MARK]])
    names = ("odd", "heads")
    config(folder, GOOD, *(f'[[registry]]\nname = "{name}"\nsheet = "{name}.xlsx"\n' for name in names))
    once = run("serve", "--once", "--log-format", "json", folder=folder)
    lines = [json.loads(line) for line in once.stderr.splitlines()]
    assert {line["registry"] for line in lines} == {"good", *names}
    assert all({"time", "level", "event", "registry", "message"} <= line.keys() for line in lines)
    (done,) = [line for line in lines if line["registry"] == "good"]
    assert (done["event"], done["level"], done["job"], done["rows"]) == ("nightly-done", "info", "nightly", 3)
    assert MARK.casefold() not in (once.stderr + once.stdout).casefold()


def test_the_log_tells_no_cell_of_rows_that_are_gone(folder: Path) -> None:
    workbook(folder / "good.xlsx", [version(name=f"{MARK} {number}", version=MARK) for number in range(30)])
    assert run("sync", "--fail-on", "never", folder=folder).returncode == 0
    workbook(folder / "good.xlsx", [version(name=MARK)])
    once = run("serve", "--once", folder=folder)
    assert once.returncode == 3
    assert "good: error: nightly pass of" in once.stderr
    assert "registry-sheets sync --accept-removals" in once.stderr
    assert MARK.casefold() not in once.stderr.casefold()
    assert f"{MARK} 0" in run("status", folder=folder).stdout


def _only_cells(path: Path, rows: list[list[str]]) -> None:
    from openpyxl import Workbook

    made = Workbook()
    made.worksheets[0].title = "Models"
    for row in rows:
        made.worksheets[0].append(row)
    made.save(path)


def test_status_before_after_and_when_something_fails(folder: Path) -> None:
    config(folder, f'nightly = "{clock(timedelta(minutes=30))}"\n', GOOD)
    before = run("status", folder=folder)
    assert (before.returncode, "has not looked after this registry yet" in before.stdout) == (3, True)
    assert run("serve", "--once", folder=folder).returncode == 0
    after = run("status", folder=folder)
    assert (after.returncode, ": 2 rows, " in after.stdout) == (0, True)
    (folder / "good.xlsx").write_bytes(b"no workbook")
    config(folder, f'nightly = "{clock(timedelta(minutes=30))}"\n', 'check_every = "1 minute"\n', GOOD)
    with store_of(registry_of(folder, "good")) as store:
        Ledger(store).note(TRIED, moment(datetime.now(UTC) - timedelta(hours=1)))
    assert run("serve", "--once", folder=folder).returncode == 3
    failing = run("status", folder=folder)
    assert (failing.returncode, "FAILING: the check of the sheet" in failing.stdout) == (3, True)
    (stands,) = json.loads(run("status", "--format", "json", folder=folder).stdout)
    assert (stands["well"], stands["failing"][0]["kind"]) == (False, "UnreadableWorkbook")


def test_status_of_a_service_that_ended_is_overdue(folder: Path) -> None:
    config(folder, f'nightly = "{clock(timedelta(hours=3))}"\n', GOOD)
    with store_of(registry_of(folder, "good")) as store:
        Ledger(store).note(BEGAN, moment(datetime.now(UTC) - timedelta(days=1)))
    stands = run("status", folder=folder)
    assert (stands.returncode, "OVERDUE: the nightly pass was due at" in stands.stdout) == (3, True)


def test_the_service_sends_the_weekly_mail_once(folder: Path) -> None:
    workbook(folder / "good.xlsx", [version(owner="ana@example.com", data_source="")])
    script, due = Script(), datetime.now(UTC) - timedelta(minutes=2)
    with running(script, folder) as server:
        config(
            folder,
            f'sender = "registry@example.com"\nsummary_to = ["boss@example.com"]\nweekly = "{due:%A %H:%M}"\n',
            f'[smtp]\nhost = "localhost"\nport = {server.port}\nca_file = "authority.pem"\n',
            GOOD,
        )
        with store_of(registry_of(folder, "good")) as store:
            Ledger(store).note(BEGAN, moment(datetime.now(UTC) - timedelta(days=1)))
        first, second = (run("serve", "--once", folder=folder) for _ in range(2))
    year, week, _ = due.isocalendar()
    assert f"good: weekly mail of {year}-W{week:02} done: " in first.stderr
    assert "2 mails" in first.stderr
    assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
    assert script.delivered() == {"ana@example.com": 1, "boss@example.com": 1}
