"""The service over a registry in a Google spreadsheet: what its passes cost and see, what it says of failures."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from registry_sheets.service.as_before import is_as_before
from registry_sheets.service.outcomes import AGAIN, BEGAN, TRIED, WAITING_SINCE
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import moment
from registry_sheets.wiring import open_workbook
from registry_sheets.wiring.state import store_of
from tests.support.google.failures import unavailable
from tests.support.google.faults import answered
from tests.support.google.registry import KEY, GoogleRegistry, google_registry
from tests.support.google.wire import Call
from tests.support.serving import serving
from tests.support.smtp_server import Script, running

LIGHT = ("drive.files.get",)
READ = (*LIGHT, "get")
PASS = (*READ, "batchUpdate", "drive.files.get")
OFTEN = 'check_every = "15 minutes"\n'
ALWAYS = 1_000_000


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[GoogleRegistry]:
    with google_registry(tmp_path) as made:
        made.config(OFTEN)
        yield made


@contextmanager
def within_an_hour() -> Iterator[None]:
    """For what is told to hold within an hour: where the hour has changed meanwhile, the test says nothing."""
    begun = datetime.now(UTC).hour
    try:
        yield
    except AssertionError:
        if datetime.now(UTC).hour != begun:
            pytest.skip("a new hour began in the middle of the test")
        raise


def later(registry: GoogleRegistry, *, again: bool = False) -> None:
    """Let the time for the next light pass come; ``again``: that to come back to what failed, too."""
    now = datetime.now(UTC)
    with store_of(registry.registry) as store:
        ledger = Ledger(store)
        ledger.note(TRIED, moment(now - timedelta(hours=1)))
        ledger.note(AGAIN, moment(now - timedelta(seconds=1)) if again else "")
        with store.transaction() as database:
            database.execute("DELETE FROM runs WHERE job = 'check'")


def light(registry: GoogleRegistry) -> CompletedProcess[str]:
    """The next light pass."""
    later(registry)
    return registry.run("serve", "--once")


def test_an_unchanged_sheet_costs_one_request(registry: GoogleRegistry) -> None:
    with within_an_hour():
        first = registry.run("serve", "--once")
        assert "Clinic: nightly pass of" in first.stderr
        assert (first.returncode, registry.requests()) == (0, PASS)
        for _ in range(2):
            done = light(registry)
            assert (done.returncode, done.stderr, registry.requests()) == (0, "", LIGHT)


def test_an_edit_of_a_person_is_picked_up_and_then_it_is_quiet_again(registry: GoogleRegistry) -> None:
    with within_an_hour():
        registry.run("serve", "--once")
        registry.person.set("Models", "E6", "Clinic")
        done = light(registry)
        assert "Clinic: check done: 5 rows, 0 errors, 1 warnings" in done.stderr
        assert registry.requests() == PASS
        assert not any("missing-value" in row for row in registry.cells("Findings"))
        assert (light(registry).stderr, registry.requests()) == ("", LIGHT)


def behind(registry: GoogleRegistry) -> None:
    """Let Drive tell of the file as it is now, whenever it is asked from now on."""
    now = datetime.now(UTC)

    def held(_: Call) -> bool:
        registry.google.lag = datetime.now(UTC) - now
        return False

    registry.google.before_call(held, lambda: None)


def test_what_drive_shows_late_is_seen_within_the_hour_and_by_sync_at_once(registry: GoogleRegistry) -> None:
    with within_an_hour():
        registry.run("serve", "--once")
        behind(registry)
        registry.person.set("Models", "E6", "Clinic")
        light(registry)
        assert registry.requests() == LIGHT, "Drive does not show it yet"
        with registry.surroundings(), store_of(registry.registry) as store:
            workbook, now = open_workbook(registry.registry), datetime.now(UTC)
            assert is_as_before(registry.registry, Ledger(store), workbook, now)
            assert not is_as_before(registry.registry, Ledger(store), workbook, now + timedelta(hours=1))
    done = registry.run("sync")
    assert "2 findings in 5 rows" in done.stdout


def test_a_failure_is_told_once_and_so_is_its_end(registry: GoogleRegistry, tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        registry.config(
            OFTEN, 'sender = "registry@example.com"\nalert_to = ["ops@example.com"]\n',
            f'[smtp]\nhost = "localhost"\nport = {server.port}\nca_file = "authority.pem"\n',
        )  # fmt: skip
        assert registry.run("serve", "--once").returncode == 0
        registry.shared_as("")
        for _ in range(2):
            failed = light(registry)
            assert (failed.returncode, "click Share" in failed.stderr) == (3, True), failed.stderr
            assert "Traceback" not in failed.stderr
        stands = registry.run("status")
        assert (stands.returncode, "FAILING: the check of the sheet" in stands.stdout) == (3, True)
        assert "It is tried again at" in stands.stdout
        registry.shared_as("writer")
        assert light(registry).returncode == 0
        assert registry.run("status").returncode == 0
    letters = [message_from_bytes(raw, policy=policy.default) for to, raw in script.messages if "ops" in to]
    assert [str(one["Subject"]).rpartition(": ")[2] for one in letters] == [
        "the check of the sheet failed", "the check of the sheet works again",
    ]  # fmt: skip
    body = letters[0].get_body(("plain",))
    assert body is not None
    told = body.get_content()
    assert registry.url in told
    assert "PRIVATE KEY" not in told


def test_what_passes_by_itself_is_tried_again_soon(registry: GoogleRegistry) -> None:
    registry.stack.faults.plan(answered(unavailable()), times=ALWAYS, url="www.googleapis")
    failed = registry.run("serve", "--once", **registry.hurried())
    assert failed.returncode == 3
    assert "Clinic: warning: nightly pass of" in failed.stderr
    assert "answered 503" in failed.stderr
    registry.stack.faults.clear()
    later(registry, again=True)
    done = registry.run("serve", "--once")
    assert (done.returncode, "Clinic: check done: 5 rows" in done.stderr) == (0, True), done.stderr
    assert registry.run("status").returncode == 0


def test_an_edit_that_waits_is_written_by_the_next_light_pass(registry: GoogleRegistry) -> None:
    registry.run("serve", "--once")
    registry.shared_as("reader")
    registry.run("record", "AC failure", "4.0", "--trained", "2026-06-25", "--data", "CRM export 2026-06-24")
    waits = light(registry)
    assert "Something waits" in waits.stderr
    assert "1 recorded edit waits in the outbox" in registry.run("status").stdout
    registry.shared_as("writer")
    assert light(registry).returncode == 0
    assert registry.column("Version").count("4.0") == 1


def test_a_share_for_reading_alone_is_waited_for_and_told(registry: GoogleRegistry) -> None:
    registry.shared_as("reader")
    done = registry.run("serve", "--once")
    assert done.returncode == 0
    assert "Something waits; it is tried again in ten minutes." in done.stderr
    told = registry.run("status").stdout
    assert f"Waiting: {KEY.email} may read this spreadsheet and not write it: share it" in told
    assert "the role Editor (Share, the address, Editor). Since " in told
    assert "It is looked at again at " in told
    registry.shared_as("writer")
    later(registry, again=True)
    assert registry.run("serve", "--once").returncode == 0
    assert "Findings" in registry.titles
    assert "Waiting" not in registry.run("status").stdout


def test_the_weekly_mail_of_the_service_links_into_the_spreadsheet(registry: GoogleRegistry, tmp_path: Path) -> None:
    script, due = Script(), datetime.now(UTC) - timedelta(minutes=2)
    with running(script, tmp_path) as server:
        registry.config(
            f'sender = "registry@example.com"\nweekly = "{due:%A %H:%M}"\n',
            f'[smtp]\nhost = "localhost"\nport = {server.port}\nca_file = "authority.pem"\n',
        )
        with store_of(registry.registry) as store:
            Ledger(store).note(BEGAN, moment(datetime.now(UTC) - timedelta(days=1)))
        for _ in range(2):
            assert registry.run("serve", "--once").returncode == 0
    ((to, raw),) = script.messages
    assert to == "bob@example.com"
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert f"{registry.url}#gid={registry.gid('Models')}&range=D5" in body.get_content()


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
def test_the_service_does_the_nightly_pass_and_ends_on_sigterm(registry: GoogleRegistry) -> None:
    with registry.surroundings(), serving(registry.folder) as service:
        service.says("Clinic: nightly pass of")
        service.signal(signal.SIGTERM)
        assert service.ended() == 0
    assert "Findings" in registry.titles


@pytest.mark.parametrize("reads_only", [True, False])
def test_the_summary_says_what_to_do_about_what_waits_for_long(
    registry: GoogleRegistry, tmp_path: Path, reads_only: bool
) -> None:
    script, due = Script(), datetime.now(UTC) - timedelta(minutes=2)
    registry.shared_as("reader")
    registry.run("record", "AC failure", "4.0", "--trained", "2026-06-25", "--data", "CRM export 2026-06-24")
    if not reads_only:
        registry.shared_as("writer")
        registry.person.request("addProtectedRange", {"protectedRange": {"range": {"sheetId": registry.gid("Models")}}})
    with running(script, tmp_path) as server:
        registry.config(
            f'sender = "registry@example.com"\nweekly = "{due:%A %H:%M}"\nsummary_to = ["boss@example.com"]\n',
            f'[smtp]\nhost = "localhost"\nport = {server.port}\nca_file = "authority.pem"\n',
        )
        with store_of(registry.registry) as store:
            ledger = Ledger(store)
            ledger.note(BEGAN, moment(datetime.now(UTC) - timedelta(days=9)))
            ledger.note(WAITING_SINCE, moment(datetime.now(UTC) - timedelta(days=5)))
        assert registry.run("serve", "--once").returncode == 0
    (raw,) = [raw for to, raw in script.messages if to == "boss@example.com"]
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    told = " ".join(body.get_content().split())
    assert ("1 recorded edit waits in the outbox. Since" in told) != reads_only
    assert ("See why with: registry-sheets outbox" in told) != reads_only
    assert (f"{KEY.email} may read this spreadsheet and not write it: share it once more" in told) == reads_only
    assert "Close the workbook" not in told
