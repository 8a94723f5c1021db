"""Letters through a real mail server on this machine: what arrives, refusals, lost connections."""

from __future__ import annotations

import os
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from registry_sheets.mailing.letter import Attachment
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.receipt import Outcome, Receipt
from registry_sheets.mailing.smtp import send_all
from tests.support.letters import SENDER, Sent, letter, people, send
from tests.support.smtp_server import (
    CUT,
    DRIP,
    SLOW,
    Script,
    running,
    signing_in,
)

A, B, C, D = people(4)


@pytest.mark.parametrize("tls", [False, True])
def test_a_letter_arrives_as_it_was_made(tmp_path: Path, tls: bool) -> None:
    script = Script()
    with running(script, tmp_path, tls=tls) as server:
        sent = send(signing_in(server), [A])
    assert sent.outcomes == [Outcome.SENT]
    assert sent.receipts[A].reply == "250 2.0.0 queued"
    ((recipient, content),) = script.messages
    message = message_from_bytes(content, policy=default)
    assert (recipient, message["To"], message["From"].addresses[0].addr_spec) == (A, A, SENDER)
    body = message.get_body(("plain",))
    assert body
    assert body.get_content().replace("\r\n", "\n") == "Hello\n.\n..\n"
    assert (script.connections, script.sign_ins) == (1, 1)


def test_a_thousand_letters_go_over_one_connection(tmp_path: Path) -> None:
    script, recipients = Script(), people(1000)
    with running(script, tmp_path) as server:
        sent = send(signing_in(server), recipients)
    assert sent.outcomes == [Outcome.SENT] * 1000
    assert script.delivered() == dict.fromkeys(recipients, 1)
    assert (script.connections, script.sign_ins) == (1, 1)


def test_no_letters_make_no_connection(tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        send(server, [])
    assert script.connections == 0


def test_a_large_attachment_arrives_whole(tmp_path: Path) -> None:
    script, content = Script(), os.urandom(2_000_000)
    receipts: list[Receipt] = []
    with running(script, tmp_path) as server:
        big = replace(letter(A), attachments=(Attachment("a.bin", content),))
        send_all(server, [big], lambda _: True, lambda _, receipt: receipts.append(receipt))
    assert receipts[0].outcome is Outcome.SENT
    (attached,) = message_from_bytes(script.messages[0][1], policy=default).iter_attachments()
    assert attached.get_payload(decode=True) == content


def test_a_letter_that_is_too_large_is_refused_and_the_others_go(tmp_path: Path) -> None:
    script, receipts = Script(), dict[str, Receipt]()
    with running(script, tmp_path, data_size_limit=10_000) as server:
        letters = [letter(A, "x" * 20_000), letter(B)]
        send_all(server, letters, lambda _: True, lambda one, receipt: receipts.update({one.recipient: receipt}))
    assert receipts[A] == (Outcome.REFUSED, "The mail server takes at most 10000 bytes.")
    assert receipts[B].outcome is Outcome.SENT


# Who may send


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 no such user", "550 no such user", "551 5.1.6 he moved", "552 5.2.2 mailbox full"]
)
def test_a_refused_recipient_among_good_ones_stops_nothing(tmp_path: Path, reply: str) -> None:
    script = Script(rcpt={B: [reply]})
    with running(script, tmp_path) as server:
        sent = send(server, [A, B, C])
    assert sent.outcomes == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]
    assert sent.receipts[B].reply == reply
    assert sent.begun == [A, C]
    assert script.connections == 1


def test_a_recipient_that_is_no_address_stops_nothing(tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        sent = send(server, ["eve@evil.example>\r\nRCPT TO:<x@y.example", A, "a@b.example, c@d.example"])
    assert sent.outcomes == [Outcome.REFUSED, Outcome.SENT, Outcome.REFUSED]
    assert script.recipients == [A]


def test_a_letter_is_deferred_and_taken_the_next_time(tmp_path: Path) -> None:
    script = Script(rcpt={B: ["451 4.7.1 greylisted"]}, mail={SENDER: ["", "", "451 4.3.0 busy"]})
    with running(script, tmp_path) as server:
        sent = send(server, [A, B, C])
        assert sent.outcomes == [Outcome.SENT, Outcome.DEFERRED, Outcome.DEFERRED]
        assert send(server, [B, C]).outcomes == [Outcome.SENT, Outcome.SENT]
    assert sent.begun == [A]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ("451 4.3.0 later", Outcome.DEFERRED),
        ("421 4.3.0 going down", Outcome.DEFERRED),
        ("554 5.6.0 bad content", Outcome.REFUSED),
        ("550 looks like spam", Outcome.REFUSED),
        ("550 5.7.1 looks like spam", Outcome.DEFERRED),
        ("299 fine", Outcome.SENT),
        ("351 what?", Outcome.UNKNOWN),
        ("hello", Outcome.UNKNOWN),
    ],
)
def test_the_answer_to_the_content_decides(tmp_path: Path, answers: str, outcome: Outcome) -> None:
    with running(Script(data={B: [answers]}), tmp_path) as server:
        assert send(server, [A, B, C]).outcomes == [Outcome.SENT, outcome, Outcome.SENT]


def test_a_refusal_by_policy_waits_for_somebody_to_mend_it(tmp_path: Path) -> None:
    with running(Script(rcpt={B: ["554 5.7.1 relay access denied"]}), tmp_path) as server:
        assert send(server, [A, B, C]).outcomes == [Outcome.SENT, Outcome.DEFERRED, Outcome.SENT]


@pytest.mark.parametrize(
    "script",
    [
        Script(mail={SENDER: ["550 5.7.1 not your address"]}),
        Script(mail={SENDER: ["530 5.7.0 authentication required"]}),
        Script(rcpt={A: ["530 5.7.0 authentication required"]}),
        Script(rcpt={A: ["553 5.1.8 sender address rejected"]}),
        Script(data={A: ["550 5.7.60 SMTP; client does not have permissions to send as this sender"]}),
        Script(data={A: ["550 5.4.5 daily user sending limit exceeded"]}),
    ],
)
def test_a_refused_sender_stops_all(tmp_path: Path, script: Script) -> None:
    with running(script, tmp_path) as server:
        sent = Sent(server, [A, B, C])
        with pytest.raises(MailNotSent, match=r"does not take mail from registry@example\.com: 5\d\d "):
            sent.run()
    assert [receipt.outcome for receipt in sent.receipts.values()] in ([], [Outcome.DEFERRED])
    assert set(sent.begun) == set(sent.receipts)
    assert script.messages == []


def test_a_letter_that_is_not_to_be_sent_is_left_out(tmp_path: Path) -> None:
    script, receipts = Script(), list[str]()
    with running(script, tmp_path) as server:
        letters = map(letter, [A, B, C])
        send_all(server, letters, lambda one: one.recipient != B, lambda one, _: receipts.append(one.recipient))
    assert receipts == [A, C]
    assert script.delivered() == {A: 1, C: 1}


def test_a_round_ends_where_it_is_told_to(tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        sent = Sent(server, people(5))
        sent.run(lambda: len(sent.receipts) == 2)
    assert len(script.messages) == len(sent.receipts) == 2


@pytest.mark.parametrize("offered", [True, False])
def test_an_address_that_is_not_ascii_needs_smtputf8(tmp_path: Path, offered: bool) -> None:
    script = Script()
    with running(script, tmp_path, enable_SMTPUTF8=offered) as server:
        sent = send(server, ["anaïs@example.org", A, "ana@bücher.example"])
    assert sent.outcomes == [Outcome.SENT if offered else Outcome.REFUSED, Outcome.SENT, Outcome.SENT]
    assert script.recipients == [*(["anaïs@example.org"] if offered else []), A, "ana@xn--bcher-kva.example"]


# Connections that break


def test_a_connection_that_is_cut_after_the_content_leaves_one_letter_unknown(tmp_path: Path) -> None:
    script = Script(data={B: [CUT]})
    with running(script, tmp_path) as server:
        sent = send(server, [A, B, C])
    assert sent.outcomes == [Outcome.SENT, Outcome.UNKNOWN, Outcome.SENT]
    assert script.delivered() == {A: 1, B: 1, C: 1}
    assert script.connections == 2


def test_a_server_that_does_not_answer_the_content_leaves_one_letter_unknown(tmp_path: Path) -> None:
    with running(Script(data={B: [SLOW]}), tmp_path) as server:
        sent = send(replace(server, content_timeout=0.5), [A, B, C])
    assert sent.outcomes == [Outcome.SENT, Outcome.UNKNOWN, Outcome.SENT]
    assert sent.receipts[B].reply == "the mail server did not answer in time"


@pytest.mark.parametrize("answer", [CUT, SLOW, DRIP, "421 4.7.0 too many letters", "hello"])
@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_connection_that_is_lost_before_the_content_is_made_anew(tmp_path: Path, answer: str, step: str) -> None:
    script = Script(rcpt={B: [answer]}) if step == "rcpt" else Script(mail={SENDER: ["", answer]})
    with running(script, tmp_path) as server:
        sent = send(replace(server, timeout=0.5), [A, B, C])
    assert sent.outcomes == [Outcome.SENT] * 3
    assert script.delivered() == {A: 1, B: 1, C: 1}
    assert script.connections == 2


@pytest.mark.parametrize("answer", [CUT, SLOW, "421 4.7.0 bye", "451 4.3.0 busy", "250 what content?", "hello"])
def test_a_letter_whose_content_was_not_asked_for_is_deferred(tmp_path: Path, answer: str) -> None:
    script = Script(data_command={B: [answer]})
    with running(script, tmp_path) as server:
        sent = send(replace(server, timeout=0.5), [A, B, C])
    assert sent.outcomes == [Outcome.SENT, Outcome.DEFERRED, Outcome.SENT]
    assert sent.begun == [A, B, C]
    assert script.delivered() == {A: 1, C: 1}


def test_a_server_that_is_confused_gets_a_new_connection(tmp_path: Path) -> None:
    script = Script(mail={SENDER: ["", "503 5.5.1 nested MAIL command"]})
    with running(script, tmp_path) as server:
        assert send(server, [A, B, C]).outcomes == [Outcome.SENT] * 3
    assert script.connections == 2


@pytest.mark.parametrize("answer", [CUT, "421 4.7.0 bye", "500 what?"])
def test_a_server_that_cannot_begin_anew_gets_a_new_connection(tmp_path: Path, answer: str) -> None:
    script = Script(rcpt={B: ["550 5.1.1 no such user"]}, rset=[answer])
    with running(script, tmp_path) as server:
        assert send(server, [A, B, C]).outcomes == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]
    assert script.connections == 2


def test_an_answer_to_the_content_that_never_ends_leaves_one_letter_unknown(tmp_path: Path) -> None:
    with running(Script(data={B: [DRIP]}), tmp_path) as server:
        sent = send(replace(server, timeout=0.2, content_timeout=0.2), [A, B, C])
    assert sent.outcomes == [Outcome.SENT, Outcome.UNKNOWN, Outcome.SENT]


def test_one_letter_that_breaks_every_connection_does_not_stop_the_others(tmp_path: Path) -> None:
    script = Script(rcpt={B: [CUT, CUT]})
    with running(script, tmp_path) as server:
        assert send(server, [A, B, C]).outcomes == [Outcome.SENT, Outcome.DEFERRED, Outcome.SENT]
    assert script.connections == 3


def test_many_lost_connections_are_made_anew_as_long_as_letters_go(tmp_path: Path) -> None:
    recipients = people(20)
    script = Script(rcpt={name: ["421 4.7.0 one letter a connection"] for name in recipients[1:]})
    with running(script, tmp_path) as server:
        assert send(server, recipients).outcomes == [Outcome.SENT] * 20
    assert script.connections == 20


def test_a_server_that_is_gone_defers_the_rest(tmp_path: Path) -> None:
    recipients = people(50)
    script = Script(rcpt={recipients[1]: [CUT]}, greeting=["", *["421 4.3.2 down"] * 100])
    with running(script, tmp_path) as server:
        sent = send(server, recipients)
    assert sent.outcomes == [Outcome.SENT, *[Outcome.DEFERRED] * 49]
    assert sent.begun == recipients[:1]
    assert script.connections < 5
    assert "421 4.3.2 down" in sent.receipts[recipients[-1]].reply
