"""The dialogue of SMTP over one connection that may break at any word."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from registry_sheets.mailing.connecting import DRIPS, connect, deadline
from registry_sheets.mailing.replies import Reply, reply, told
from registry_sheets.mailing.server import MailServer

if TYPE_CHECKING:
    import smtplib

_PIECE = 1 << 16  # bytes; each has its own time-out, so that a slow line is no broken one
_PARTING = 5.0  # seconds


class Lost(Exception):
    """The connection is gone, or the server ends it (421); ``str`` says how."""


class Line:
    """One connection at a time, made when it is needed. ``sender_domain`` is a name to greet with."""

    def __init__(self, server: MailServer, sender_domain: str) -> None:
        self._server = server
        self._sender_domain = sender_domain
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """The connection, made where there is none. Raises MailNotSent."""
        if self._smtp is None:
            self._smtp = connect(self._server, self._sender_domain)
        return self._smtp

    def offers(self, extension: str) -> bool:
        """Whether the server has an extension of ESMTP."""
        return self.open().has_extn(extension)

    @property
    def size_limit(self) -> int:
        """The most bytes that the server says it takes in a letter (RFC 1870); 0: it does not say."""
        said = self.open().esmtp_features.get("size", "")
        return int(said) if said.isascii() and said.isdigit() else 0

    def say(self, verb: str, rest: str = "", utf8: bool = False) -> Reply:
        """One command and its answer. Raises Lost, after which the connection is gone."""
        smtp = self.open()
        smtp.command_encoding = "utf-8" if utf8 else "ascii"
        answer = self._answer(lambda: smtp.docmd(verb, rest), self._server.timeout * DRIPS)
        if answer.closing:
            self.drop()
            raise Lost(str(answer))
        return answer

    def content(self, message: bytes) -> Reply:
        """The letter itself, once the server has said 354, and the answer to it. Raises Lost: it may have arrived."""
        smtp = self.open()
        text = re.sub(rb"(?m)^\.", b"..", message).removesuffix(b"\r\n") + b"\r\n.\r\n"

        def send() -> tuple[int, bytes]:
            for start in range(0, len(text), _PIECE):
                smtp.send(text[start : start + _PIECE])
            if smtp.sock:
                smtp.sock.settimeout(self._server.content_timeout)
            return smtp.getreply()

        answer = self._answer(send, self._server.content_timeout + self._server.timeout * (DRIPS + len(text) // _PIECE))
        if smtp.sock:
            smtp.sock.settimeout(self._server.timeout)
        if answer.closing:
            self.drop()
        return answer

    def drop(self) -> None:
        """Close without a word."""
        if self._smtp:
            self._smtp.close()
        self._smtp = None

    def close(self) -> None:
        """Say goodbye, but do not wait for long."""
        smtp = self._smtp
        if smtp and smtp.sock:
            with suppress(Lost):
                smtp.sock.settimeout(min(_PARTING, self._server.timeout))
                self._answer(lambda: smtp.docmd("QUIT"), _PARTING)
        self.drop()

    def _answer(self, ask: Callable[[], tuple[int, bytes]], seconds: float) -> Reply:
        """What the server answers. Raises Lost where it is not a reply of SMTP."""
        import smtplib

        try:
            with deadline(self.open(), seconds):
                answer = reply(*ask())
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.drop()
            raise Lost(_how(error)) from error
        except BaseException:
            self.drop()
            raise
        if not answer.known:
            self.drop()
            raise Lost(f"no reply of SMTP: {answer}")
        return answer


def _how(error: Exception) -> str:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "the mail server did not answer in time"
    return told(f"the connection to the mail server broke: {error}")
