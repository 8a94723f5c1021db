"""Why there is no connection to a mail server, said to the person who is to mend it: TLS, signing in, the network."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from registry_sheets.errors import ConfigProblem
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.receipt import Outcome
from registry_sheets.mailing.server import MailServer
from tests.support.letters import Sent, people, send
from tests.support.smtp_server import (
    PASSWORD,
    TOKEN,
    USER,
    Script,
    authority,
    running,
    signing_in,
    tls_context,
    with_token,
)

A, B = people(2)


def problem(server: MailServer) -> MailNotSent:
    sent = Sent(server, [A, B])
    with pytest.raises(MailNotSent) as raised:
        sent.run()
    assert sent.begun == []
    assert sent.receipts == {}
    assert PASSWORD not in str(raised.value)
    assert TOKEN not in str(raised.value)
    assert raised.value.exit_code == 3
    assert raised.value.fix
    return raised.value


@pytest.mark.parametrize("tls", [False, True])
def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path, tls: bool) -> None:
    stranger = tls_context(issuer=trustme.CA(key_type=trustme.KeyType.ECDSA))
    script = Script()
    with running(script, tmp_path, tls=tls, context=stranger) as server:
        assert "ca_file" in problem(signing_in(server)).fix
    assert script.sign_ins == 0


@pytest.mark.parametrize("tls", [False, True])
def test_a_certificate_for_another_host_is_refused(tmp_path: Path, tls: bool) -> None:
    script = Script()
    with running(script, tmp_path, tls=tls, context=tls_context("mail.example.com")) as server:
        assert "Set host" in problem(signing_in(server)).fix
    assert script.sign_ins == 0


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    authority().issue_cert("localhost", not_before=old, not_after=old + timedelta(days=1)).configure_cert(context)
    with running(Script(), tmp_path, context=context) as server:
        assert "renewed" in problem(server).fix


def test_without_the_authority_of_ones_own_the_systems_decide(tmp_path: Path) -> None:
    with running(Script(), tmp_path) as server:
        assert "certificate" in problem(replace(server, ca_file=None)).message


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "mine.pem"
    if content:
        path.write_text(content)
    with running(Script(), tmp_path) as server:
        assert "mine.pem" in problem(replace(server, ca_file=path)).message


def test_nothing_goes_to_a_server_that_offers_no_encryption(tmp_path: Path) -> None:
    script = Script(offers=frozenset())
    with running(script, tmp_path, auth_require_tls=False) as server:
        assert "STARTTLS" in problem(signing_in(server)).message
    assert (script.sign_ins, script.messages) == (0, [])


def test_without_encryption_and_signing_in_a_relay_takes_letters(tmp_path: Path) -> None:
    with running(Script(offers=frozenset()), tmp_path) as server:
        assert send(replace(server, security="none"), [A]).outcomes == [Outcome.SENT]


def test_starttls_at_a_port_for_tls_says_so(tmp_path: Path) -> None:
    with running(Script(), tmp_path, tls=True) as server:
        assert "security = 'tls'" in problem(replace(server, security="starttls", timeout=0.5)).fix
    with running(Script(), tmp_path) as server:
        assert "'starttls'" in problem(replace(server, security="tls", timeout=0.5)).fix


def test_a_password_never_goes_unencrypted() -> None:
    for auth in ("login", "xoauth2"):
        with pytest.raises(ConfigProblem, match="without encryption"):
            MailServer("mail.example.com", security="none", auth=auth, user=USER)
    assert MailServer("127.0.0.1", security="none", auth="login", user=USER)
    assert MailServer("::1", security="none", auth="login", user=USER)
    with pytest.raises(ConfigProblem, match="No user"):
        MailServer("mail.example.com", auth="login")


def test_a_wrong_password_says_so_and_is_tried_once(tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        said = problem(signing_in(server, "wrong"))
    assert "535 5.7.8" in said.message
    assert "wrong" not in str(said)
    assert script.sign_ins == 1


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("good", [True, False])
def test_each_way_to_give_a_password_works(tmp_path: Path, mechanism: str, good: bool) -> None:
    script = Script()
    with running(script, tmp_path, auth_exclude_mechanism=[mechanism]) as server:
        if good:
            assert send(signing_in(server), [A]).outcomes == [Outcome.SENT]
        else:
            assert "535" in problem(signing_in(server, "wrong")).message
    assert script.sign_ins == 1


def test_a_server_that_takes_no_passwords_says_what_it_takes(tmp_path: Path) -> None:
    with running(Script(), tmp_path, auth_exclude_mechanism=["PLAIN", "LOGIN"]) as server:
        said = problem(signing_in(server))
    assert "XOAUTH2" in said.fix


def test_no_password_is_told_before_it_is_tried(tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        assert "No password" in problem(signing_in(server, "")).message
    assert script.sign_ins == 0


def test_a_token_signs_in(tmp_path: Path) -> None:
    script = Script()
    with running(script, tmp_path) as server:
        assert send(with_token(server), [A, B]).outcomes == [Outcome.SENT] * 2
    assert script.sign_ins == 1


def test_a_bad_token_is_told_with_the_servers_reason_and_not_shown(tmp_path: Path) -> None:
    with running(Script(), tmp_path) as server:
        said = problem(with_token(server, "expired-token"))
    assert "535 5.7.3" in said.message
    assert "status 401" in said.message
    assert "expired-token" not in str(said)
    assert "token_command" in said.fix


@pytest.mark.parametrize(
    "challenge", [b"", b"no JSON", b"[]", b"[" * 999, b'{"status": "\x1b[31m' + b"x" * 900 + b'"}']
)
def test_a_bad_token_is_told_whatever_the_server_says_of_it(tmp_path: Path, challenge: bytes) -> None:
    with running(Script(challenge=challenge), tmp_path) as server:
        said = str(problem(with_token(server, "expired-token")))
    assert "535 5.7.3" in said
    assert said.isprintable()


def test_a_sign_in_that_fails_for_now_is_no_wrong_password(tmp_path: Path) -> None:
    with running(Script(sign_in="454 4.7.0 temporary failure"), tmp_path) as server:
        assert problem(signing_in(server)).fix == "Try again later."


def test_a_server_that_repeats_the_password_does_not_get_it_into_a_message(tmp_path: Path) -> None:
    plain = b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    with running(Script(sign_in=f"535 5.7.8 not {plain} nor {PASSWORD}"), tmp_path) as server:
        assert "not … nor …" in problem(signing_in(server)).message


@pytest.mark.parametrize("greeting", ["554 5.3.2 no mail here", "421 4.3.2 later"])
def test_a_server_that_turns_us_away_is_quoted(tmp_path: Path, greeting: str) -> None:
    with running(Script(greeting=[greeting]), tmp_path) as server:
        assert greeting in problem(server).message


def test_a_server_that_knows_helo_only_is_a_relay(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def old(connection: socket.socket) -> None:
        connection.sendall(b"220 old\r\n")
        for line in map(bytes.upper, connection.makefile("rb")):
            heard.append(line[:4])
            if line.startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
            elif line.startswith(b"EHLO"):
                connection.sendall(b"502 what?\r\n")
            elif line.startswith((b"HELO", b"MAIL", b"RCPT", b".\r", b"QUIT")):
                connection.sendall(b"250 fine\r\n")

    with speaking(old) as port:
        assert send(MailServer("127.0.0.1", port, "none", timeout=2), [A]).outcomes == [Outcome.SENT]
        assert "does not greet back" in problem(MailServer("127.0.0.1", port, timeout=2)).message
    assert b"HELO" in heard


def test_a_server_without_signing_in_says_so(tmp_path: Path) -> None:
    ways = ["PLAIN", "LOGIN", "XOAUTH2"]
    with running(Script(), tmp_path, auth_exclude_mechanism=ways) as server:
        assert "auth to 'none'" in problem(signing_in(server)).fix


def test_a_server_without_tokens_says_so(tmp_path: Path) -> None:
    with running(Script(), tmp_path, auth_exclude_mechanism=["XOAUTH2"]) as server:
        assert "XOAUTH2" in problem(with_token(server)).message


@pytest.mark.parametrize("host", ["smtp.office365.com", "smtp.gmail.com"])
def test_hints_name_what_large_providers_want(host: str) -> None:
    from registry_sheets.mailing.auth import _hint

    assert "xoauth2" in _hint(MailServer(host, auth="login", user=USER))


def test_secrets_are_not_in_a_servers_repr() -> None:
    server = with_token(signing_in(MailServer("localhost")))
    assert PASSWORD not in repr(server)
    assert TOKEN not in repr(server)
    assert "password" not in repr(server)


def test_a_port_at_which_nothing_listens(tmp_path: Path) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        said = problem(MailServer("127.0.0.1", sock.getsockname()[1], timeout=5))
    assert "cannot be reached" in said.message


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "two words", ""])
def test_a_host_that_is_not_found(host: str) -> None:
    assert problem(MailServer(host, 587, timeout=5)).message.startswith("The mail server ")


@contextmanager
def speaking(say: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which each connection is handled by ``say``."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    say(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def hear(connection: socket.socket) -> None:
    connection.recv(1)


def test_a_server_that_says_nothing_does_not_hang_anybody() -> None:
    with speaking(hear) as port:
        said = problem(MailServer("127.0.0.1", port, timeout=0.3))
    assert "did not answer within 0.3 seconds" in said.message


@pytest.mark.parametrize("security", ["starttls", "none"])
def test_a_server_that_answers_by_drops_does_not_hang_anybody(security: str) -> None:
    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection.sendall(b"220-still here\r\n")
                threading.Event().wait(0.05)

    with speaking(drip) as port:
        problem(MailServer("127.0.0.1", port, security, timeout=0.3))  # type: ignore[arg-type]


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff\x1b[31m\r\n", b"220" * 9000])
def test_what_is_no_mail_server_is_told_without_its_tricks(greeting: bytes) -> None:
    with speaking(lambda connection: connection.sendall(greeting)) as port:
        said = str(problem(MailServer("127.0.0.1", port, timeout=1)))
    assert said.isprintable()
    assert len(said) < 700


def test_what_a_server_says_cannot_reach_the_terminal(tmp_path: Path) -> None:
    script = Script(rcpt={A: ["550 5.1.1 \x1b[31mred\x1b]0;title\x07 \u202ebackwards " + "x" * 400]})
    with running(script, tmp_path) as server:
        reply = send(server, [A]).receipts[A].reply
    assert reply.isprintable()
    assert "\u202e" not in reply
    assert len(reply) < 400


@pytest.mark.parametrize("refused", ["[", "example.com", "exact"])
def test_a_name_that_a_server_does_not_take_is_followed_by_another(tmp_path: Path, refused: str) -> None:
    script = Script(ehlo_refused=(refused, socket.gethostname()))
    with running(script, tmp_path) as server:
        assert send(replace(server, local_name="exact.example"), [A]).outcomes == [Outcome.SENT]


def test_a_server_that_leaves_at_the_greeting_is_quoted() -> None:
    with speaking(lambda connection: connection.sendall(b"220 hello\r\n421 4.3.2 bye\r\n")) as port:
        assert "421 4.3.2 bye" in problem(MailServer("127.0.0.1", port, timeout=2)).message


def test_a_server_that_takes_no_name_is_told(tmp_path: Path) -> None:
    with running(Script(ehlo_refused=("",)), tmp_path) as server:
        assert "local_name" in problem(server).fix
