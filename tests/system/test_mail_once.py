"""Each letter at most once, with a real mail server and a real ledger, wherever the process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry_sheets.mailing.letter import Letter
from registry_sheets.mailing.receipt import Receipt
from registry_sheets.mailing.server import MailServer
from registry_sheets.mailing.smtp import send_all
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.store import Store
from tests.support.letters import PERIOD, letter, people
from tests.support.smtp_server import (
    CUT,
    SLOW,
    Script,
    running,
)

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
A, B, C = people(3)


class Died(BaseException):
    """The process ends here."""


class Round:
    """Letters sent with the ledger, as the weekly mail does."""

    def __init__(self, server: MailServer, ledger: Path, dies_at: Callable[[str], None] = lambda _: None) -> None:
        self.server, self.ledger, self.dies_at = server, ledger, dies_at

    def run(self, recipients: Sequence[str], now: datetime = NOW) -> None:
        with Store(self.ledger) as store:
            deliveries = Deliveries(store)
            for name in recipients:
                deliveries.wanted("weekly", PERIOD, name, "<1@example.com>", now)
            with deliveries.round(now):
                self._send(deliveries, now)

    def _send(self, deliveries: Deliveries, now: datetime) -> None:
        def about_to_send(one: Letter) -> bool:
            self.dies_at("before sending")
            begun = deliveries.begin("weekly", PERIOD, one.recipient, now)
            self.dies_at("sending")
            return begun

        def receipt(one: Letter, receipt: Receipt) -> None:
            self.dies_at("before receipt")
            deliveries.done("weekly", PERIOD, one.recipient, receipt.outcome, receipt.reply, now)
            self.dies_at("receipt")

        send_all(self.server, [letter(one.recipient) for one in deliveries.due(now)], about_to_send, receipt)


def states(ledger: Path, recipients: Sequence[str]) -> list[str]:
    with Store(ledger, read_only=True) as store:
        found = [Deliveries(store).get("weekly", PERIOD, name) for name in recipients]
    return [one.state if one else "" for one in found]


@pytest.mark.parametrize("step", ["before sending", "sending", "before receipt", "receipt"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_round_that_dies_is_finished_by_the_next_and_sends_nothing_twice(tmp_path: Path, step: str, at: int) -> None:
    script, ledger, recipients, seen = Script(), tmp_path / "state.sqlite", people(4), list[str]()

    def die(where: str) -> None:
        if where == step:
            seen.append(where)
            if len(seen) == at + 1:
                raise Died

    with running(script, tmp_path) as server:
        with pytest.raises(Died):
            Round(server, ledger, die).run(recipients)
        for hours in (1, 2):
            Round(server, ledger).run(recipients, NOW + timedelta(hours=hours))
    assert max(script.delivered().values()) == 1
    in_doubt = step in ("sending", "before receipt")
    expected = ["unknown" if in_doubt and index == at else "sent" for index in range(4)]
    assert states(ledger, recipients) == expected
    missing = [name for name in recipients if name not in script.delivered()]
    assert missing == ([recipients[at]] if step == "sending" else [])


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="needs SIGUSR1")
def test_a_round_that_is_interrupted_while_it_waits_for_an_answer_leaves_that_letter_unknown(tmp_path: Path) -> None:
    def die(*_: object) -> None:
        raise Died

    script, ledger, before = Script(data={B: [SLOW]}), tmp_path / "state.sqlite", signal.signal(signal.SIGUSR1, die)
    try:
        with running(script, tmp_path) as server:
            threading.Thread(target=_interrupt, args=(script,), daemon=True).start()
            with pytest.raises(Died):
                Round(server, ledger).run([A, B, C])
            Round(server, ledger).run([A, B, C], NOW + timedelta(hours=1))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert states(ledger, [A, B, C]) == ["sent", "unknown", "sent"]
    assert script.delivered() == {A: 1, B: 1, C: 1}


def _interrupt(script: Script) -> None:
    """As soon as the server has the second letter, which it does not answer."""
    while len(script.messages) < 2:
        threading.Event().wait(0.01)
    os.kill(os.getpid(), signal.SIGUSR1)


_CHILD = """
import os, signal, sys
from pathlib import Path
from registry_sheets.mailing.server import MailServer
from tests.support.letters import people
from tests.system.test_mail_once import Round

port, folder, step, count = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
seen = []

def die(where):
    seen.append(where)
    if where == step and seen.count(where) == 3:
        os._exit(9)

server = MailServer("localhost", port, ca_file=folder / "authority.pem", timeout=5, content_timeout=5)
Round(server, folder / "state.sqlite", die).run(people(count))
"""


def child(server: MailServer, folder: Path, step: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(server.port), str(folder), step, str(count)],
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.parametrize("step", ["before sending", "sending", "before receipt", "receipt"])
def test_a_process_that_is_gone_at_once_leaves_what_the_next_needs_to_know(tmp_path: Path, step: str) -> None:
    script, recipients = Script(), people(5)
    with running(script, tmp_path) as server:
        assert child(server, tmp_path, step, 5).wait(60) == 9
        Round(server, tmp_path / "state.sqlite").run(recipients, NOW + timedelta(hours=1))
    assert max(script.delivered().values()) == 1
    in_doubt = step in ("sending", "before receipt")
    assert states(tmp_path / "state.sqlite", recipients) == [
        "sent",
        "sent",
        "unknown" if in_doubt else "sent",
        "sent",
        "sent",
    ]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("letters_first", [1, 7, 40])
def test_a_process_that_is_killed_anywhere_sends_nothing_twice(tmp_path: Path, letters_first: int) -> None:
    script, recipients = Script(), people(150)
    with running(script, tmp_path) as server:
        process = child(server, tmp_path, "never", 150)
        while len(script.messages) < letters_first and process.poll() is None:
            threading.Event().wait(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        Round(server, tmp_path / "state.sqlite").run(recipients, NOW + timedelta(hours=1))
    found = states(tmp_path / "state.sqlite", recipients)
    assert max(script.delivered().values()) == 1
    assert found.count("unknown") <= 1
    assert found.count("sent") >= 149
    assert all(name in script.delivered() for name, state in zip(recipients, found, strict=True) if state == "sent")


def test_what_was_asked_for_again_goes_again(tmp_path: Path) -> None:
    script, ledger = Script(data={B: [CUT]}), tmp_path / "state.sqlite"
    with running(script, tmp_path) as server:
        Round(server, ledger).run([A, B])
        assert states(ledger, [A, B]) == ["sent", "unknown"]
        Round(server, ledger).run([A, B])
        assert script.delivered() == {A: 1, B: 1}
        with Store(ledger) as store:
            assert Deliveries(store).again("weekly", PERIOD, B, NOW)
        Round(server, ledger).run([A, B])
    assert script.delivered() == {A: 1, B: 2}
    assert states(ledger, [A, B]) == ["sent", "sent"]
