"""Mail under attack: hostile cells and addresses, kills at any moment, a state and folders that cannot be used."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from registry_sheets.config import read_file
from registry_sheets.registry.grid import Cell
from registry_sheets.service.doing import do
from registry_sheets.service.tasks import Task
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.wiring.state import store_of
from tests.support.chromium import Chromium
from tests.support.chromium import running as browser_running
from tests.support.command import run
from tests.support.registries import version
from tests.support.reported import workbook
from tests.support.smtp_server import CUT, Script, running

TODAY = ("--today", "2026-07-01")
NAME = "../<b>\" & 'x' %s =?utf-8?q?a?= ünï\u202e"

TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "</mj-text><mj-raw><script>alert(2)</script></mj-raw>",
    "<mj-include path='/etc/passwd'/>",
    "=cmd|'/C calc'!A0",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe\u2066",
    "]]>&lt;b&gt;",
    "\U0001f600" * 40,
    "A" * 30_000,
    "[x](javascript:alert(1)) ![i](http://evil.example/x.png)",
    "</style><style>*{background:url(http://evil.example/x)}</style>",
    "<svg/onload=alert(3)>",
    "<!-- --><iframe src=http://evil.example>",
    "\r\nBcc: eve@evil.example\r\n\r\nhello",
    "_x000D_\u2028\u2029\ufeff",
]
OWNERS = [
    "a/b@example.com",
    "a_b@example.com",
    "a|b@example.com",
    "--help@example.com",
    "$(id)@example.com",
    "`id`@example.com",
    "o'neil@example.com",
    "{cell}@example.com",
    "a&b@example.com",
    "*@example.com",
    "#@example.com",
    "é" * 30 + "@example.com",
    "漢" * 20 + "@bücher.example",
    "../../../etc@example.com",
    "<b>Bob</b>",
    "ana@exаmple.com",
    "ana%evil.example@example.com",
]


def hostile_rows() -> list[dict[str, Cell]]:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    texts = [ILLEGAL_CHARACTERS_RE.sub("", text) for text in TEXTS]
    return [
        version(name=text[:200], version=f"1.{at}", owner=owner, data_source="", why=text, what_changed=text,
                used_for=text[:100], location=text[:100])
        for at, (text, owner) in enumerate(zip(texts, OWNERS, strict=True))
    ]  # fmt: skip


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def folder(tmp_path: Path, script: Script) -> Iterator[Path]:
    with running(script, tmp_path, enable_SMTPUTF8=True) as server:
        (tmp_path / "config.toml").write_text(
            f"""
sender = "Registry <registry@bücher.example>"
summary_to = ["Boss <boss@example.com>", "o1@example.com"]
allowed_domains = ["example.com", "bücher.example"]
alert_to = ["ops@example.com"]
link = "https://files.example.com/m.xlsx?cell={{cell}}&tab={{tab}}"
[smtp]
host = "localhost"
port = {server.port}
ca_file = "authority.pem"
[[registry]]
name = {NAME!r}
sheet = "models.xlsx"
""".replace(repr(NAME), '"' + NAME.replace('"', '\\"') + '"'),
            encoding="utf-8",
        )
        yield tmp_path


def mail(folder: Path, *arguments: str) -> tuple[int, str]:
    done = run("mail", "weekly", *TODAY, *arguments, folder=folder)
    return done.returncode, done.stdout + done.stderr


def messages(script: Script) -> list[tuple[str, EmailMessage]]:
    found = [(to, message_from_bytes(content, policy=policy.default)) for to, content in script.messages]
    return [(to, one) for to, one in found if isinstance(one, EmailMessage)]


def plain_workbook(folder: Path, owners: int = 3) -> None:
    rows = [version(name=f"m{at}", version="1", owner=f"o{at}@example.com", data_source="") for at in range(owners)]
    workbook(folder / "models.xlsx", rows)


# Hostile texts


def test_hostile_texts_reach_no_header_and_no_other_address(folder: Path, script: Script) -> None:
    workbook(folder / "models.xlsx", hostile_rows())
    code, said = mail(folder)
    assert (code, "\x1b" in said, "\u202e" in said) == (0, False, False), said
    assert Counter(to for to, _ in script.messages).most_common(1)[0][1] == 1
    for to, message in messages(script):
        names = [name.lower() for name in message]
        assert len(names) == len(set(names)), to
        assert {"bcc", "cc"}.isdisjoint(names), to
        (addressed,) = message["To"].addresses
        assert addressed.addr_spec.encode("utf-8", "surrogateescape").decode() == to
        assert not message.defects, to
    assert not any("evil" in to or "bob" in to or "etc" in to for to, _ in script.messages)


@pytest.mark.chromium
def test_hostile_mails_and_their_page_do_nothing_in_a_browser(folder: Path, script: Script) -> None:
    workbook(folder / "models.xlsx", hostile_rows())
    assert mail(folder)[0] == 0
    with browser_running() as browser:
        for to, message in messages(script):
            body = message.get_body(("html",))
            assert body is not None
            _does_nothing(browser, body.get_content().encode(), folder / "mail.html", to)
            for attached in message.iter_attachments():
                content = attached.get_payload(decode=True)
                assert isinstance(content, bytes)
                _does_nothing(browser, content, folder / "page.html", f"page to {to}")


def _does_nothing(browser: Chromium, content: bytes, file: Path, about: str) -> None:
    file.write_bytes(content)
    with browser.page(width=360) as opened:
        page = opened.open(file)
        page.wait_for_timeout(50)
        assert (about, opened.troubles, opened.overflow) == (about, [], 0)
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    assert all(link.startswith(("https://files.example.com/", "mailto:", "#")) for link in links), links


def test_a_dry_run_gives_every_mail_files_of_its_own_in_its_folder(folder: Path) -> None:
    workbook(folder / "models.xlsx", hostile_rows())
    code, said = mail(folder, "--dry-run")
    assert code == 0, said
    (place,) = (folder / "registry-sheets-mail").iterdir()
    made = sorted(place.glob("*.eml"))
    found = [str(message_from_bytes(file.read_bytes(), policy=policy.default)["To"]) for file in made]
    assert f"{len(made)} mails would be sent" in said
    assert len(found) == len(set(found)) == len(made)
    assert not (folder.parent / "etc@example.com.eml").exists()


def test_one_person_under_many_spellings_gets_one_mail_of_all(folder: Path, script: Script) -> None:
    spellings = [
        "ana@bücher.example",
        "ANA@BÜCHER.EXAMPLE",
        "ana@xn--bcher-kva.example",
        "Ana <mailto:ana@ｂücher.example>",
        "Ana",
    ]
    rows = [version(name=f"m{at}", version="1", owner=owner, data_source="") for at, owner in enumerate(spellings)]
    workbook(folder / "models.xlsx", rows, [("Ana", "ana@bücher.example", "")])
    assert mail(folder)[0] == 0
    got = [message for to, message in messages(script) if to.startswith("ana")]
    (message,) = got
    body = message.get_body(("plain",))
    assert body is not None
    assert all(f"m{at}" in body.get_content() for at in range(len(spellings)))


# Bad luck


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("seed", range(3))
def test_kills_of_the_command_send_nothing_twice_and_name_what_is_in_doubt(
    folder: Path, script: Script, seed: int
) -> None:
    plain_workbook(folder, 12)
    chance = random.Random(seed)
    for _ in range(2):
        process = _started(folder)
        wanted = len(script.messages) + chance.randint(1, 5)
        while len(script.messages) < wanted and process.poll() is None:
            threading.Event().wait(0.001)
        threading.Event().wait(chance.random() / 50)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    mail(folder)
    code, said = mail(folder)
    ids = [message["Message-ID"] for _, message in messages(script)]
    assert len(ids) == len(set(ids))
    expected = Counter([*(f"o{at}@example.com" for at in range(12)), "boss@example.com", "o1@example.com"])
    for address in expected - Counter(to for to, _ in script.messages):
        assert f"--to {address} --again" in said
    assert code == (3 if "--again" in said else 0)


def _started(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "registry_sheets", "mail", "weekly", *TODAY]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_sending_what_is_in_doubt_again_repeats_nothing_that_arrived(folder: Path, script: Script) -> None:
    plain_workbook(folder)
    script.data["o1@example.com"] = [CUT]  # its own mail; the whole, later, arrives
    code, said = mail(folder)
    assert (code, "--to o1@example.com --again" in said) == (3, True), said
    before = Counter(to for to, _ in script.messages)
    assert mail(folder, "--to", "o1@example.com", "--again")[0] == 0
    after = Counter(to for to, _ in script.messages)
    assert after - before == Counter({"o1@example.com": 1})


@pytest.mark.parametrize("content", [b"garbage", b"", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_state_stops_no_pass_and_mails_say_what_to_do(folder: Path, script: Script, content: bytes) -> None:
    plain_workbook(folder)
    (registry,) = read_file(folder / "config.toml").registries
    with store_of(registry) as store:
        file = store.path
    file.write_bytes(content)
    assert run("sync", "--fail-on", "never", *TODAY, folder=folder).returncode == 0
    code, said = mail(folder)
    if content:
        assert (code, "Rename the file" in said, script.messages) == (3, True, [])
        assert "Rename the file" in run("status", folder=folder).stdout
    else:
        assert code == 0
    assert do(Task("nightly", registry, "2026-07-01", noted=False)).failure is None


def test_what_is_in_doubt_is_told_for_four_weeks_and_settled_letters_are_forgotten_after_a_year(
    folder: Path, script: Script
) -> None:
    plain_workbook(folder)
    (registry,) = read_file(folder / "config.toml").registries
    for address, days in (("o0@example.com", 3), ("o1@example.com", 60), ("o2@example.com", 500)):
        then = datetime.now(UTC) - timedelta(days=days)
        with store_of(registry) as store, (deliveries := Deliveries(store)).round(then):
            deliveries.wanted("weekly", f"W-{days}", address, "<1@example.com>", then)
            assert deliveries.begin("weekly", f"W-{days}", address, then)
            deliveries.done("weekly", f"W-{days}", address, "unknown", "lost", then)
    assert do(Task("weekly", registry, "2026-W27")).failure is None
    body = dict(messages(script))["boss@example.com"].get_body(("plain",))
    assert body is not None
    told = " ".join(body.get_content().split())
    assert [f"W-{days}" in told for days in (3, 60, 500)] == [True, False, False]
    with store_of(registry) as store:
        assert [one.period for one in Deliveries(store).unknown()] == ["W-60", "W-3"]


def test_a_page_that_cannot_be_published_is_no_silent_success(folder: Path) -> None:
    plain_workbook(folder)
    (registry,) = read_file(folder / "config.toml").registries
    assert registry.output is not None
    registry.output.parent.mkdir()
    registry.output.write_bytes(b"a file where the folder should be")
    result = do(Task("nightly", registry, "2026-07-01"))
    assert result.failure is not None
    assert result.failure.kind == "CannotSave"
    assert "The sheet was checked, but" in result.failure.message
    assert result.counts["rows"] == 3


def test_a_mail_server_that_is_away_is_not_told_as_a_sheet_that_was_not_checked(folder: Path) -> None:
    plain_workbook(folder)
    (registry,) = read_file(folder / "config.toml").registries
    with store_of(registry) as store:
        Deliveries(store).wanted("weekly", "2026-W27", "o1@example.com", "<1@example.com>", datetime.now(UTC))
    broken = registry.settings.smtp.model_copy(update={"port": 1})
    settings = registry.settings.model_copy(update={"smtp": broken})
    result = do(Task("nightly", type(registry)(registry.name, registry.sheet, settings, registry.home, registry.file)))
    assert result.failure is not None
    assert result.failure.message.startswith("The sheet was checked, but mail waits.")
    assert result.counts["rows"] == 3
