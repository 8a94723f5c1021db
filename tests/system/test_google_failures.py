"""What a person at the terminal sees of each failure at Google: a sentence, what to do next, an exit code."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.google.failures import not_enabled, quota, unavailable
from tests.support.google.faults import answered
from tests.support.google.registry import KEY, GoogleRegistry, google_registry
from tests.support.google.wire import Answer

ALWAYS = 1_000_000
ELSEWHERE = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit"
OFFLINE = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
SECRETS = ("PRIVATE KEY", KEY.json["private_key"].splitlines()[1], KEY.key_id, "GOCSPX", "ya29")
COMMANDS = ("check", "sync", "live")


def always(answer: Callable[[], Answer], url: str) -> Callable[[GoogleRegistry], object]:
    return lambda registry: registry.stack.faults.plan(answered(answer()), times=ALWAYS, url=url)


def key_file(text: str) -> Callable[[GoogleRegistry], object]:
    return lambda registry: (registry.folder / "key.json").write_text(text, encoding="utf-8")


def nobody(registry: GoogleRegistry) -> None:
    text = f'[[registry]]\nname = "Clinic"\nsheet = "{registry.url}"\n'
    (registry.folder / "config.toml").write_text(text, encoding="utf-8")


CLIENT = json.dumps({"installed": {"client_id": "x", "client_secret": "GOCSPX-hush"}})
BROKEN = json.dumps({**KEY.json, "private_key": KEY.json["private_key"].replace("MII", "XXX")})

MENDED_BY_A_PERSON: dict[str, tuple[Callable[[GoogleRegistry], object], tuple[str, ...]]] = {
    "not shared": (lambda r: r.shared_as(""), (KEY.email, "not shared", "click Share", "Editor")),
    "wrong id": (lambda r: r.config(sheet=ELSEWHERE), ("1AbCdEfGhI", "the id is wrong", "copy it from the browser")),
    "wrong tab": (lambda r: r.config('tab = "Modelle"\n'), ("no tab 'Modelle'", "Models, Lists")),
    "sheets off": (always(not_enabled, "sheets.goog"), ("Google Sheets API is not switched on", "sheets.googleapis")),
    "drive off": (always(lambda: not_enabled("drive"), "www.goog"), ("Google Drive API is not switched on", "Enable")),
    "revoked": (lambda r: r.stack.tokens.revoke(KEY), ("no longer valid", "Make a new JSON key")),
    "no key file": (lambda r: (r.folder / "key.json").unlink(), ("key.json is not there",)),
    "client file": (key_file(CLIENT), ("OAuth client file", 'auth = "oauth"')),
    "broken key": (key_file(BROKEN), ("the private key in it is broken", "Download the service account's key again")),
    "no json": (key_file("hello"), ("key.json",)),
    "nobody": (nobody, ("nothing to sign in to Google with", "key_file", "REGISTRY_SHEETS_GOOGLE_KEY")),
}
PASSES_BY_ITSELF: dict[str, tuple[Callable[[GoogleRegistry], object], tuple[str, ...]]] = {
    "503": (always(unavailable, "sheets.goog"), ("answered 503", "the next run tries again")),
    "503 of drive": (always(unavailable, "www.goog"), ("answered 503", "the next run tries again")),
    "429": (always(quota, "sheets.goog"), ("quota", "the next run tries again")),
    "429, wait": (always(lambda: quota(retry_after=60), "sheets.goog"), ("quota", "the next run tries again")),
}


def _is_told(registry: GoogleRegistry, code: int, told: tuple[str, ...], **environment: str) -> None:
    for command in COMMANDS:
        done = registry.run(command, **environment)
        assert done.returncode == code, (command, done.stdout, done.stderr)
        assert all(part in done.stderr for part in told), (command, done.stderr)
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not any(secret in done.stdout + done.stderr for secret in SECRETS)
    assert not (registry.folder / "clinic findings.xlsx").exists(), "nothing was seen, so nothing is told"


@pytest.mark.parametrize("case", MENDED_BY_A_PERSON)
def test_what_a_person_has_to_mend(tmp_path: Path, case: str) -> None:
    prepare, told = MENDED_BY_A_PERSON[case]
    with google_registry(tmp_path) as registry:
        prepare(registry)
        _is_told(registry, 2, told)
        doctor = registry.run("doctor")
        assert doctor.returncode == 2, doctor.stdout
        assert not any(secret in doctor.stdout for secret in SECRETS)


@pytest.mark.parametrize("case", PASSES_BY_ITSELF)
def test_what_passes_by_itself(tmp_path: Path, case: str) -> None:
    prepare, told = PASSES_BY_ITSELF[case]
    with google_registry(tmp_path) as registry:
        prepare(registry)
        _is_told(registry, 3, told, **registry.hurried())


def test_offline(tmp_path: Path) -> None:
    with google_registry(tmp_path) as registry:
        _is_told(registry, 3, ("oauth2.googleapis.com",), **OFFLINE, **registry.hurried())


@pytest.mark.parametrize("ahead", [7200, -7200])
def test_a_clock_that_is_wrong(tmp_path: Path, ahead: int) -> None:
    with google_registry(tmp_path, clock=lambda: time.time() + ahead) as registry:
        _is_told(registry, 2, ("This machine's clock is", "Set the clock"))


def test_an_edit_that_cannot_be_planned_says_that_it_is_not_kept(tmp_path: Path) -> None:
    with google_registry(tmp_path) as registry:
        for edit in (("record", "AC failure", "4.0"), ("promote", "AC failure", "3.3", "--why", "Better")):
            done = registry.run(*edit, **OFFLINE, **registry.hurried())
            assert done.returncode == 3
            assert "nothing kept of this command: give it again later" in done.stderr
        assert json.loads(registry.run("outbox", "--format", "json").stdout) == []


def test_shared_for_reading_alone_the_findings_go_beside(tmp_path: Path) -> None:
    with google_registry(tmp_path) as registry:
        registry.shared_as("reader")
        assert registry.run("check").returncode == 0
        before = registry.titles
        done = registry.run("sync")
        assert done.returncode == 0
        assert "Editor" in done.stderr
        assert KEY.email in done.stderr
        beside = tmp_path / "clinic findings.xlsx"
        assert f"The findings are in {beside}." in done.stderr
        assert "Findings" in load_workbook(beside).sheetnames
        assert registry.titles == before
        assert "The workbook of findings is up to date." in registry.run("sync").stderr


def test_doctor_tells_who_may_only_read(tmp_path: Path) -> None:
    with google_registry(tmp_path) as registry:
        registry.shared_as("reader")
        done = registry.run("doctor")
        assert "may read this spreadsheet and not write it" in done.stdout
        told = " ".join(done.stdout.split())
        assert f"Until then the findings go into {tmp_path / 'clinic findings.xlsx'}." in told
        assert "findings go into the spreadsheet" not in told
        assert "A check will work; a sync writes its findings beside the sheet. 2 things to know." in told
        assert done.returncode == 0


@pytest.mark.parametrize("case", ["revoked", "no key file", "broken key", "nobody"])
def test_doctor_tells_a_failed_sign_in_once_and_as_that(tmp_path: Path, case: str) -> None:
    prepare, told = MENDED_BY_A_PERSON[case]
    with google_registry(tmp_path) as registry:
        prepare(registry)
        done = registry.run("doctor", "--format", "json")
        items = json.loads(done.stdout)["items"]
        (wrong,) = [item for item in items if item["state"] == "wrong"]
        assert (done.returncode, wrong["topic"]) == (2, "Sign-in")
        assert all(part in f"{wrong['message']} {wrong['fix']}" for part in told)
        assert registry.requests() == (), "no spreadsheet is asked for without a sign-in"


def test_doctor_tells_a_clock_that_is_wrong_as_why_nobody_is_signed_in(tmp_path: Path) -> None:
    with google_registry(tmp_path, clock=lambda: time.time() + 7200) as registry:
        items = json.loads(registry.run("doctor", "--format", "json").stdout)["items"]
        (wrong,) = [item for item in items if item["state"] == "wrong"]
        assert wrong["topic"] == "Sign-in"
        assert "This machine's clock is" in wrong["message"]


def test_a_version_that_cannot_be_told_is_not_said_not_to_be_live(tmp_path: Path) -> None:
    with google_registry(tmp_path) as registry:
        registry.shared_as("")
        for name in ("AC failure", "Nobody's"):
            done = registry.run("live", "--format", "version", name)
            assert (done.returncode, done.stdout) == (2, "")
            assert len(done.stderr.splitlines()) == 1
            assert "No version of that is live" not in done.stderr
        registry.shared_as("writer")
        none = registry.run("live", "--format", "version", "AC failure", "--used-for", "Boats")
        assert (none.returncode, "No version of that is live" in none.stderr) == (1, True)


@pytest.mark.parametrize("command", ["check", "sync", "live"])
def test_a_blank_spreadsheet_is_said_to_be_blank_with_what_makes_it_a_registry(tmp_path: Path, command: str) -> None:
    with google_registry(tmp_path) as registry:
        blank = registry.google.create("Blank", {"Sheet1": []})
        url = f"https://docs.google.com/spreadsheets/d/{blank}/edit"
        registry.config(sheet=url)
        done = registry.run(command)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert "The sheet is blank" in done.stderr
        told = done.stderr.strip().partition("Make it a registry with: registry-sheets ")[2]
        assert registry.run(*shlex.split(told)).returncode == 0
        assert registry.run(command).returncode == 0


def test_after_a_failure_the_next_run_is_as_ever(tmp_path: Path) -> None:
    with google_registry(tmp_path) as registry:
        registry.stack.faults.plan(answered(unavailable()), times=ALWAYS, url="batchUpdate")
        failed = registry.run("sync", **registry.hurried())
        assert (failed.returncode, "Traceback" in failed.stderr) == (3, False), failed.stderr
        registry.stack.faults.clear()
        assert registry.run("sync").returncode == 0
        assert registry.titles == ["Models", "Lists", "Findings", "Live", "Changes"]
        assert registry.run("sync").stderr == "Models 2026 is up to date; nothing was written.\n"
