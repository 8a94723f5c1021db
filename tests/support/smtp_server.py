"""A real mail server on this machine, with STARTTLS, TLS and AUTH, that misbehaves as it is told to.

Certificates come from an authority made for the test (trustme). What the server is told to answer is what servers
are documented to answer; XOAUTH2 follows Google's and Microsoft's descriptions.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from registry_sheets.mailing.server import MailServer

USER, PASSWORD, TOKEN = "registry@example.com", "corrëct horse", "ya29.good-token"
CUT = "cut the connection"
SLOW = "no answer"
DRIP = "an answer without end"
_LONG = 60.0


@dataclass
class Script:
    """What the server answers, and what it has seen. No answer in a list is a good answer.

    ``mail``, ``rcpt``, ``data_command`` (DATA alone) and ``data`` (the end of the content) map an address to the
    answers of the first, second, … time: '' is a good one, CUT closes the connection, SLOW answers nothing, DRIP
    never comes to an end. ``greeting`` and ``rset`` are such answers for every connection and every RSET.
    ``sign_in`` is answered in place of looking at a password, ``challenge`` says what is wrong with a token.
    """

    mail: dict[str, list[str]] = field(default_factory=dict)
    rcpt: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, list[str]] = field(default_factory=dict)
    data_command: dict[str, list[str]] = field(default_factory=dict)
    rset: list[str] = field(default_factory=list)
    greeting: list[str] = field(default_factory=list)
    ehlo_refused: tuple[str, ...] = ()
    offers: frozenset[str] = frozenset({"STARTTLS"})
    challenge: bytes = b'{"status":"401","schemes":"bearer","scope":"https://mail.example/"}'
    sign_in: str = ""
    connections: int = 0
    sign_ins: int = 0
    helos: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    messages: list[tuple[str, bytes]] = field(default_factory=list)

    def delivered(self) -> dict[str, int]:
        """How many letters each recipient was given."""
        counts: dict[str, int] = defaultdict(int)
        for recipient, _ in self.messages:
            counts[recipient] += 1
        return dict(counts)


def next_answer(answers: list[str] | None) -> str:
    return answers.pop(0) if answers else ""


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, script: Script) -> None:
        self.script = script

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> Sequence[str]:
        self.script.helos.append(hostname)
        if hostname.startswith(self.script.ehlo_refused or ("\0",)):
            return ["550 5.7.1 we do not know that name"]
        session.host_name = hostname
        return [line for line in responses if "STARTTLS" not in line or "STARTTLS" in self.script.offers]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(server, self.script.mail.get(address))
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.script.recipients.append(address)
        answer = await self._answer(server, self.script.rcpt.get(address))
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 OK"

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return await self._answer(server, self.script.rset) or "250 2.0.0 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        answers = self.script.data.get(recipient)
        taken = not answers or answers[0] in (CUT, SLOW, "")
        if taken:  # it has the letter, whatever it says then
            assert isinstance(envelope.original_content, bytes)
            self.script.messages.append((recipient, envelope.original_content))
        return await self._answer(server, answers) or "250 2.0.0 queued"

    async def _answer(self, server: SMTP, answers: list[str] | None) -> str:
        answer = next_answer(answers)
        if answer == CUT:
            _cut(server)
        if answer == SLOW:
            await asyncio.sleep(_LONG)
        while answer == DRIP:
            await server.push("250-still at it")
            await asyncio.sleep(0.05)
        return answer


def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class _Server(SMTP):
    """aiosmtpd with scripted greetings and answers to DATA, and XOAUTH2."""

    def __init__(self, script: Script, **kwargs: Any) -> None:
        self.script = script
        super().__init__(_Handler(script), **kwargs)

    async def _handle_client(self) -> None:
        self.script.connections += 1
        greeting = next_answer(self.script.greeting)
        if greeting == CUT:
            _cut(self)
        elif greeting == SLOW:
            await asyncio.sleep(_LONG)
        elif greeting:
            await self.push(greeting)
            assert self.transport
            self.transport.close()
        else:
            await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:
        recipients = self.envelope.rcpt_tos if self.envelope else []
        answer = next_answer(self.script.data_command.get(recipients[0])) if recipients else ""
        if answer == CUT:
            _cut(self)
        elif answer == SLOW:
            await asyncio.sleep(_LONG)
        elif answer:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:
        self.script.sign_ins += 1
        if b64decode(args[1]).decode() == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True, auth_data=LoginPassword(USER.encode(), b""))
        await self.push(f"334 {b64encode(self.script.challenge).decode()}")
        assert self._reader
        assert await self._reader.readline() == b"\r\n"
        told = f"535 5.7.3 Authentication unsuccessful {args[1]}"  # a server that repeats what it was told
        return AuthResult(success=False, handled=False, message=told)


class _Controller(Controller):
    def __init__(self, script: Script, **kwargs: Any) -> None:
        self.script = script
        super().__init__(_Handler(script), hostname="127.0.0.1", port=0, **kwargs)

    def factory(self) -> SMTP:
        return _Server(self.script, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """aiosmtpd would make a connection here, which the test would count."""
        self.smtpd = object()
        self._factory_invoked.set()


@cache
def authority() -> trustme.CA:
    """The authority of the test's certificates."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


def tls_context(host: str = "localhost", issuer: trustme.CA | None = None) -> ssl.SSLContext:
    """What a server of that name needs for TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (issuer or authority()).issue_cert(host).configure_cert(context)
    return context


@contextmanager
def running(
    script: Script, folder: Path, *, tls: bool = False, context: ssl.SSLContext | None = None, **kwargs: Any
) -> Iterator[MailServer]:
    """The server, and how to reach it; ``tls``: from the first byte on. More arguments are aiosmtpd's own."""
    context = context or tls_context()
    options: dict[str, Any] = {"ssl_context": context} if tls else {"tls_context": context}
    if tls:
        options["auth_require_tls"] = False  # aiosmtpd knows of STARTTLS only
    options |= {"authenticator": _authenticator(script), "timeout": _LONG} | kwargs
    controller = _Controller(script, **options)
    controller.start()
    try:
        assert isinstance(controller.server, asyncio.Server)
        port = controller.server.sockets[0].getsockname()[1]
        ca_file = folder / "authority.pem"
        authority().cert_pem.write_to_path(ca_file)
        yield MailServer("localhost", port, "tls" if tls else "starttls", ca_file=ca_file, timeout=5, content_timeout=5)
    finally:
        controller.stop()


def signing_in(server: MailServer, password: str = PASSWORD) -> MailServer:
    return replace(server, auth="login", user=USER, password=lambda: password)


def with_token(server: MailServer, token: str = TOKEN) -> MailServer:
    return replace(server, auth="xoauth2", user=USER, token=lambda: token)


def _authenticator(script: Script) -> Any:
    def check(_server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, auth_data: Any) -> AuthResult:
        script.sign_ins += 1
        if script.sign_in:
            return AuthResult(success=False, handled=False, message=script.sign_in)
        good = auth_data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False, auth_data=auth_data)  # handled=True would answer nothing

    return check
