"""The command `mail`, on a real workbook and with a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.registries import version
from tests.support.reported import workbook
from tests.support.smtp_server import PASSWORD, USER, Script, running

TODAY = ("--today", "2026-07-01")


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def folder(tmp_path: Path, script: Script) -> Iterator[Path]:
    rows = [version(owner="Ana", data_source=""), version(name="Churn", version="2", owner="Kim", location="")]
    people = [("Ana", "ana@example.com", ""), ("Kim", "kim@example.com", "")]
    workbook(tmp_path / "models.xlsx", rows, people)
    with running(script, tmp_path) as server:
        (tmp_path / "config.toml").write_text(
            f"""
sender = "Registry <registry@example.com>"
summary_to = ["Boss <boss@example.com>"]
[smtp]
host = "localhost"
port = {server.port}
auth = "login"
user = "{USER}"
ca_file = "authority.pem"
[[registry]]
sheet = "models.xlsx"
""",
            encoding="utf-8",
        )
        yield tmp_path


def mail(folder: Path, *arguments: str, password: str = PASSWORD) -> tuple[int, str]:
    done = run("mail", *arguments, folder=folder, REGISTRY_SHEETS_SMTP_PASSWORD=password)
    return done.returncode, done.stdout + done.stderr


def messages(script: Script) -> dict[str, EmailMessage]:
    found = [(to, message_from_bytes(content, policy=policy.default)) for to, content in script.messages]
    assert len({to for to, _ in found}) == len(found)
    return {to: message for to, message in found if isinstance(message, EmailMessage)}


def test_owners_get_theirs_and_the_boss_the_whole_with_the_page(folder: Path, script: Script) -> None:
    code, said = mail(folder, "weekly", *TODAY)
    assert (code, "3 sent now" in said) == (0, True), said
    assert script.connections == 1
    got = messages(script)
    assert sorted(got) == ["ana@example.com", "boss@example.com", "kim@example.com"]
    html = got["kim@example.com"].get_body(("html",))
    assert html is not None
    assert "Churn" in html.get_content()
    assert "AC failure" not in html.get_content()
    (page,) = got["boss@example.com"].iter_attachments()
    assert page.get_filename() == "models 2026-07-01.html"


def test_a_second_run_in_the_week_sends_nothing(folder: Path, script: Script) -> None:
    mail(folder, "weekly", *TODAY)
    code, said = mail(folder, "weekly", *TODAY)
    assert (code, "0 sent now, 3 sent before." in said, len(script.messages)) == (0, True, 3)


def test_one_can_be_sent_after_all(folder: Path, script: Script) -> None:
    mail(folder, "weekly", *TODAY)
    code, _ = mail(folder, "weekly", "--to", "ana@example.com", "--again", *TODAY)
    assert (code, [to for to, _ in script.messages].count("ana@example.com")) == (0, 2)


def test_a_dry_run_writes_files_and_sends_nothing(folder: Path, script: Script) -> None:
    code, said = mail(folder, "weekly", "--dry-run", "--week", "2026-W27", *TODAY)
    assert (code, script.connections) == (0, 0)
    assert "ana@example.com: 1 to mend" in said
    files = sorted(path.name for path in (folder / "registry-sheets-mail" / "models").iterdir())
    assert files == [
        f"2026-W27 {name}.{kind}"
        for name in ("ana@example.com", "boss@example.com all", "kim@example.com")
        for kind in ("eml", "html")
    ]
    made = (folder / "registry-sheets-mail" / "models" / "2026-W27 ana@example.com.eml").read_bytes()
    assert message_from_bytes(made, policy=policy.default)["To"] == "ana@example.com"


def test_a_wrong_password_is_told_without_it(folder: Path, script: Script) -> None:
    code, said = mail(folder, "weekly", *TODAY, password="not the password")
    assert code == 3
    assert "not the password" not in said
    assert script.messages == []
    assert mail(folder, "weekly", *TODAY)[0] == 0  # nothing was lost by it
    assert len(script.messages) == 3


def test_a_refused_address_becomes_a_finding(folder: Path, script: Script) -> None:
    script.rcpt["kim@example.com"] = ["550 5.1.1 no such user"]
    code, said = mail(folder, "weekly", *TODAY)
    assert (code, "no such user" in said) == (3, True)
    found = run("check", "--format", "csv", *TODAY, folder=folder).stdout
    assert "mail-refused" in found
    assert "0 sent now, 2 sent before, 1 refused." in mail(folder, "weekly", *TODAY)[1]


def test_a_test_mail(folder: Path, script: Script) -> None:
    code, said = mail(folder, "test", "sam@example.net")
    assert (code, "Look into the mailbox" in said) == (0, True)
    assert "sam@example.net" in messages(script)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["test"], "needs an address"), (["weekly", "--again"], "--to"), (["weekly", "--week", "W1"], "not a week"),
     (["weekly", "sam@example.net"], "--to sam@example.net"), (["weekly", "--week", "2026-W60"], "not a week"),
     (["weekly", "--to", "nobody@example.com", *TODAY], "no mail goes to"), (["weekly", "--out", "x"], "--dry-run"),
     (["test", "sam@example.net", "--dry-run"], "always sends"),
     (["weekly", "--week", "2027-W01", *TODAY], "not begun"),
     (["test", "sam@example.net", "--week", "2026-W01"], "--week goes with mail weekly")],
)  # fmt: skip
def test_what_cannot_be_meant(folder: Path, script: Script, arguments: list[str], word: str) -> None:
    code, said = mail(folder, *arguments)
    assert (code, word in said, script.messages) == (2, True, [])


def test_without_a_server_it_is_said_what_to_set(folder: Path) -> None:
    (folder / "config.toml").write_text('sheet = "models.xlsx"\n', encoding="utf-8")
    code, said = mail(folder, "weekly", *TODAY)
    assert code == 2
    assert "sender" in said
    assert "[smtp]" in said
