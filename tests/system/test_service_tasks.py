"""What the service has done for it: passes and mails, with real files and a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from registry_sheets.config import RegistryConfig, read_file
from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.service.doing import do
from registry_sheets.service.outcomes import WAITING, WAITING_SINCE
from registry_sheets.service.tasks import Task, Told
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Ended, Failed, moment
from registry_sheets.wiring.state import store_of
from tests.support.registries import version
from tests.support.reported import workbook
from tests.support.smtp_server import Script, running

WEEK = "2026-W48"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def registry(tmp_path: Path, script: Script) -> Iterator[RegistryConfig]:
    rows = [
        version(owner="ana@example.com", data_source=""),
        version(name="Churn", owner="kim@example.com", data_source=""),
    ]
    workbook(tmp_path / "models.xlsx", rows)
    with running(script, tmp_path) as server:
        (tmp_path / "config.toml").write_text(
            f"""
sender = "registry@example.com"
summary_to = ["boss@example.com"]
alert_to = ["sam@example.net"]
[smtp]
host = "localhost"
port = {server.port}
ca_file = "authority.pem"
[[registry]]
sheet = "models.xlsx"
""",
            encoding="utf-8",
        )
        yield read_file(tmp_path / "config.toml").registries[0]


def received(script: Script) -> dict[str, EmailMessage]:
    made = {to: message_from_bytes(content, policy=policy.default) for to, content in script.messages}
    return {to: one for to, one in made.items() if isinstance(one, EmailMessage)}


def text_to(script: Script, address: str) -> str:
    body = received(script)[address].get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def open_in_excel(registry: RegistryConfig) -> Path:
    lock = registry.sheet.path.with_name(f"~${registry.sheet.path.name}")
    lock.write_bytes(b"\x03Ana" + b" " * 51 + b"\x03\x00A\x00n\x00a\x00" + b" \x00" * 51)
    return lock


def test_a_nightly_pass_writes_and_counts(registry: RegistryConfig) -> None:
    done = do(Task("nightly", registry, "2026-11-26"))
    assert (done.failure, done.counts["rows"], done.again, done.skipped) == (None, 2, False, False)
    assert done.counts["errors"] > 0
    assert registry.output is not None
    assert (registry.output / "report.html").exists()


def test_a_check_is_skipped_until_something_is_new(registry: RegistryConfig) -> None:
    check = Task("check", registry)
    assert [do(check).skipped, do(check).skipped] == [False, True]
    assert not do(Task("check", registry, forced=True)).skipped
    assert not do(Task("nightly", registry, "2026-11-26")).skipped
    assert do(check).skipped
    workbook(registry.sheet.path, [version(owner="kim@example.com")])
    assert [do(check).skipped, do(check).skipped] == [False, True]


def test_an_open_workbook_waits(registry: RegistryConfig) -> None:
    lock = open_in_excel(registry)
    done = do(Task("nightly", registry, "2026-11-26"))
    assert done.again
    assert "models.xlsx" in done.waiting
    lock.unlink()
    assert not do(Task("check", registry, forced=True)).again


def test_the_weekly_mail_goes_out_once(registry: RegistryConfig, script: Script) -> None:
    task = Task("weekly", registry, WEEK)
    assert do(task).counts["mails"] == 3
    assert "mails" not in do(task).counts
    assert sorted(received(script)) == ["ana@example.com", "boss@example.com", "kim@example.com"]


def test_a_mail_that_was_put_off_goes_with_a_later_pass(
    registry: RegistryConfig, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.rcpt["kim@example.com"] = ["451 4.7.1 try again later"]
    done = do(Task("weekly", registry, WEEK))
    assert (done.again, done.counts["mails"], done.counts["put off"]) == (True, 2, 1)
    assert "mails" not in do(Task("check", registry, forced=True)).counts
    later = datetime.now(UTC) + timedelta(minutes=11)
    monkeypatch.setattr("registry_sheets.service.doing._now", lambda: later)
    assert do(Task("check", registry, forced=True)).counts["mails"] == 1
    assert script.delivered() == {"ana@example.com": 1, "kim@example.com": 1, "boss@example.com": 1}


def test_a_workbook_that_cannot_be_read_is_told_to_those_who_get_the_whole_once(
    registry: RegistryConfig, script: Script
) -> None:
    registry.sheet.path.write_bytes(b"no workbook")
    for _ in range(2):
        with pytest.raises(UnreadableWorkbook):
            do(Task("weekly", registry, WEEK))
    assert script.delivered() == {"boss@example.com": 1}
    assert "models.xlsx" in text_to(script, "boss@example.com")


def test_failures_and_a_workbook_that_is_open_for_days_are_told_in_the_whole(
    registry: RegistryConfig, script: Script
) -> None:
    now = datetime.now(UTC)
    with store_of(registry) as store:
        ledger = Ledger(store)
        claim = ledger.claim("nightly", "2026-11-24", now, timedelta(minutes=5))
        assert claim
        ledger.finish(claim, now, Ended("nightly", Failed("NotChecked", "The share was away.", "Look at it.")))
        ledger.note(WAITING, "models.xlsx is open at Ana's.")
        ledger.note(WAITING_SINCE, moment(now - timedelta(days=4)))
    do(Task("weekly", registry, WEEK))
    told = text_to(script, "boss@example.com")
    assert "The share was away." in told
    assert "models.xlsx is open at Ana's." in told


TOLD = Told("nightly pass", "The share is away.", "Look at it.", datetime(2026, 11, 26, 2, 0, tzinfo=UTC))


def test_an_alert_goes_to_each_address_once(registry: RegistryConfig, script: Script) -> None:
    task = Task("alert", registry, "failure 1", told=TOLD)
    assert [do(task).counts["mails"], do(task).counts["mails"]] == [1, 0]
    assert received(script)["sam@example.net"]["Subject"] == "Model registry models: the nightly pass failed"
    assert "The share is away." in text_to(script, "sam@example.net")


def test_an_alert_that_is_put_off_fails_and_is_told_later(registry: RegistryConfig, script: Script) -> None:
    script.rcpt["sam@example.net"] = ["451 later"]
    task = Task("alert", registry, "failure 1", told=TOLD)
    with pytest.raises(MailNotSent):
        do(task)
    assert do(task).counts["mails"] == 1
    assert script.delivered() == {"sam@example.net": 1}


def test_an_alert_about_a_ledger_that_cannot_be_used_goes_out(registry: RegistryConfig, script: Script) -> None:
    state = registry.home / ".registry-sheets" / registry.slug / "state.sqlite"
    state.parent.mkdir(parents=True)
    state.write_bytes(b"nonsense")
    assert do(Task("alert", registry, told=TOLD)).counts["mails"] == 1
    assert script.delivered() == {"sam@example.net": 1}


def test_without_a_mail_server_there_is_no_weekly_mail(tmp_path: Path) -> None:
    workbook(tmp_path / "models.xlsx", [version()])
    (tmp_path / "config.toml").write_text('sheet = "models.xlsx"\n', encoding="utf-8")
    (one,) = read_file(tmp_path / "config.toml").registries
    assert do(Task("weekly", one, WEEK)).skipped
