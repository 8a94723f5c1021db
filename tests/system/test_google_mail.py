"""The weekly mail of a registry in a Google spreadsheet: what is sent, and where its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

from tests.support.chromium import running as chromium
from tests.support.google.registry import TODAY, VAGUE, GoogleRegistry, google_registry
from tests.support.smtp_server import Script, running

LINK = re.compile(r"https://docs\.google\.com/\S+?(?=[\s\"'<>]|$)")
FOUND = ["Models!D5", "Models!E6"]
READ = ("drive.files.get", "get")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[GoogleRegistry]:
    with google_registry(tmp_path, notes=[["Notes of the team"]]) as made:
        yield made


def _mailing(registry: GoogleRegistry, port: int) -> None:
    registry.config(
        'sender = "registry@example.com"\nsummary_to = ["boss@example.com"]\n',
        f'[smtp]\nhost = "localhost"\nport = {port}\nca_file = "authority.pem"\n',
    )


def _parts(letter: EmailMessage) -> tuple[str, str]:
    """(text, HTML)"""
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    return text.get_content(), page.get_content()


def _check(registry: GoogleRegistry, letter: EmailMessage) -> None:
    """That the links of an owner's mail lead to the rows and cells that it is about."""
    text, page = _parts(letter)
    first, *cells = [registry.at(link) for link in LINK.findall(text)]
    assert first == ("Models!A1", "Name")
    assert cells == [("Models!D5", VAGUE[3]), ("Models!E6", "")]
    hrefs = [registry.at(unescape(link))[0] for link in re.findall(r'href="(https://docs[^"]*)"', page)]
    assert hrefs[:3] == ["Models!A1", *FOUND]
    assert "workbook" not in text + page
    assert "Models 2026" in text


def test_a_dry_run_writes_the_mails_and_sends_none(registry: GoogleRegistry) -> None:
    _mailing(registry, 1)
    done = registry.run("mail", "weekly", "--dry-run", "--out", "mails", *TODAY)
    assert (done.returncode, registry.requests()) == (0, READ), done.stderr
    assert "2 mails would be sent" in done.stdout
    (mail,) = (registry.folder / "mails").rglob("*bob*.eml")
    _check(registry, message_from_bytes(mail.read_bytes(), policy=policy.default))
    with chromium() as browser, browser.page(width=700) as opened:
        page = opened.open(next((registry.folder / "mails").rglob("*bob*.html")))
        links = page.evaluate("[...document.querySelectorAll('a')].map(a => [a.textContent.trim(), a.href])")
        assert [registry.at(href)[0] for text, href in links if text == "Go to the cell"] == FOUND
        assert [registry.at(href)[0] for text, href in links if text == "Open the sheet"] == ["Models!A1"]
        assert opened.troubles == []


def test_the_mail_is_sent_once(registry: GoogleRegistry, tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        _mailing(registry, server.port)
        first = registry.run("mail", "weekly", *TODAY)
        assert (first.returncode, "2 sent now" in first.stdout) == (0, True), first.stderr
        assert registry.requests() == READ
        again = registry.run("mail", "weekly", *TODAY)
        assert "0 sent now, 2 sent before" in again.stdout
    assert script.delivered() == {"bob@example.com": 1, "boss@example.com": 1}
    letters = {to: message_from_bytes(raw, policy=policy.default) for to, raw in script.messages}
    _check(registry, letters["bob@example.com"])
    whole, _ = _parts(letters["boss@example.com"])
    assert [registry.at(link) for link in LINK.findall(whole)] == [("Models!A1", "Name")]


def test_no_mail_goes_out_where_the_sheet_cannot_be_seen(registry: GoogleRegistry, tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        _mailing(registry, server.port)
        registry.shared_as("")
        done = registry.run("mail", "weekly", *TODAY)
        assert (done.returncode, "click Share" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
        registry.shared_as("writer")
        registry.run("mail", "weekly", *TODAY)
    assert script.delivered() == {"bob@example.com": 1, "boss@example.com": 1}
