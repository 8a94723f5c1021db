"""A connection to the mail server, verified and signed in, and in plain words why there is none."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from threading import Timer
from typing import TYPE_CHECKING

from registry_sheets.mailing.auth import sign_in
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.replies import told
from registry_sheets.mailing.server import MailServer

if TYPE_CHECKING:
    import smtplib

DRIPS = 4
"""How many time-outs long a single answer may take that comes in bits."""

_FULL_NAME = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_HOSTNAME_MISMATCH = 62  # X509_V_ERR_HOSTNAME_MISMATCH, OpenSSL's x509_vfy.h
_ADDRESS_MISMATCH = 64
_EXPIRED, _NOT_YET = 10, 9


def connect(server: MailServer, sender_domain: str) -> smtplib.SMTP:
    """A connection that is ready for MAIL. Raises MailNotSent with the reason and what to do."""
    with _reasons(server):
        smtp = _open(server)
        try:
            with deadline(smtp, server.timeout * DRIPS):
                _prepare(smtp, server, sender_domain)
        except BaseException:
            smtp.close()
            raise
        return smtp


@contextmanager
def deadline(smtp: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection after so many seconds: a time-out alone is begun anew by every byte that drips in."""

    def cut() -> None:
        if isinstance(smtp.sock, socket.socket):
            _shut(smtp.sock)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # SSLSocket's own would first take the encryption away
    except OSError:
        return  # it is closed already


def _open(server: MailServer) -> smtplib.SMTP:
    """Connected and greeted. A local name is given, or smtplib would ask DNS for one, which can take minutes."""
    import smtplib

    smtp = (
        smtplib.SMTP_SSL(local_hostname="localhost", timeout=server.timeout, context=_context(server))
        if server.security == "tls"
        else smtplib.SMTP(local_hostname="localhost", timeout=server.timeout)
    )
    host = server.host.strip("[]")
    smtp._host = host  # type: ignore[attr-defined]  # what TLS verifies; connect() does not set it
    try:
        with deadline(smtp, server.timeout * DRIPS):
            code, text = smtp.connect(host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _prepare(smtp: smtplib.SMTP, server: MailServer, sender_domain: str) -> None:
    names = _local_names(smtp, server, sender_domain)
    _greet(smtp, server, names)
    if server.security == "starttls":
        if not smtp.has_extn("starttls"):
            raise MailNotSent(
                f"{server.address} offers no encryption (STARTTLS), so nothing is sent to it.",
                "Set security to 'tls' and port to 465 if the server has that; ask who runs it.",
            )
        smtp.starttls(context=_context(server))
        _greet(smtp, server, names)
    sign_in(smtp, server)


def _context(server: MailServer) -> ssl.SSLContext:
    """smtplib verifies nothing without one. Raises MailNotSent where ca_file cannot be used."""
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:  # SSLError is one
        raise MailNotSent(
            f"ca_file '{server.ca_file}' cannot be used: {told(error.strerror or str(error))}.",
            "Name a file with the authorities' certificates in PEM form.",
        ) from error


def _local_names(smtp: smtplib.SMTP, server: MailServer, sender_domain: str) -> list[str]:
    """By what names to say EHLO, best first: servers differ in what they take. None of them is asked of DNS."""
    own = socket.gethostname()
    literal = _literal(smtp)
    names = [server.local_name, own if _FULL_NAME.fullmatch(own) else "", literal, sender_domain]
    return list(dict.fromkeys(filter(None, names)))


def _literal(smtp: smtplib.SMTP) -> str:
    """Our own address as RFC 5321 4.1.3 writes it."""
    address = str(smtp.sock.getsockname()[0]).partition("%")[0] if smtp.sock else "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _greet(smtp: smtplib.SMTP, server: MailServer, names: list[str]) -> None:
    """EHLO by one name after another; HELO where the server knows no EHLO and nothing needs it."""
    ways: list[Callable[[str], tuple[int, bytes]]] = [smtp.ehlo]
    if server.security == "none" and server.auth == "none":
        ways.append(smtp.helo)
    code, text = 0, b""
    for way, name in product(ways, names):
        code, text = way(name)
        if code == 250:
            smtp.local_hostname = name
            return
        if code == 421:
            break
    raise MailNotSent(
        f"{server.address} does not greet back: {code} {told(text)}.",
        "Set local_name to this machine's full name in DNS, or ask who runs the server.",
    )


@contextmanager
def _reasons(server: MailServer) -> Iterator[None]:
    """Raises MailNotSent in place of what sockets, TLS and smtplib raise."""
    import smtplib

    try:
        yield
    except MailNotSent:
        raise
    except ssl.SSLCertVerificationError as error:
        raise _certificate(server, error) from error
    except ssl.SSLError as error:
        raise MailNotSent(
            f"No encryption could be agreed on with {server.address}: {told(error.reason or str(error))}.",
            "Port 465 wants security = 'tls', ports 587 and 25 want 'starttls'.",
        ) from error
    except socket.gaierror as error:
        raise MailNotSent(
            f"The mail server '{server.host}' is not found: {told(error.strerror or str(error))}.",
            "Correct host; if it is right, see that this machine has a network and DNS.",
        ) from error
    except TimeoutError as error:
        raise _too_slow(server) from error
    except smtplib.SMTPResponseException as error:
        raise MailNotSent(
            f"{server.address} takes no mail now: {error.smtp_code} {told(error.smtp_error)}.", "Try again later."
        ) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        slow = isinstance(error.__context__, TimeoutError)
        raise (_too_slow(server) if slow else _not_reached(server, error)) from error


def _not_reached(server: MailServer, error: Exception) -> MailNotSent:
    why = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return MailNotSent(
        f"The mail server {server.address} cannot be reached: {told(why).rstrip('.')}.",
        "See that host and port are right (587 with 'starttls', 465 with 'tls') and that no firewall is between.",
    )


def _too_slow(server: MailServer) -> MailNotSent:
    hint = "" if server.security == "tls" else " A port for TLS, such as 465, wants security = 'tls'."
    return MailNotSent(
        f"The mail server {server.address} did not answer within {server.timeout:g} seconds.",
        f"See that host and port are right and that no firewall is between.{hint}",
    )


def _certificate(server: MailServer, error: ssl.SSLCertVerificationError) -> MailNotSent:
    why = told(error.verify_message or str(error)).rstrip(".")
    if error.verify_code in (_HOSTNAME_MISMATCH, _ADDRESS_MISMATCH):
        fix = "Set host to the name that the server's certificate is for."
    elif error.verify_code in (_EXPIRED, _NOT_YET):
        fix = "Have the server's certificate renewed, and see that this machine's clock is right."
    else:
        fix = "If its authority is your own, name that authority's certificate in ca_file."
    return MailNotSent(f"The certificate of {server.address} does not prove that it is that server: {why}.", fix)
