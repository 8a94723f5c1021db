"""Signing in: AUTH PLAIN and LOGIN with a password, XOAUTH2 with an access token.

Said here and not by smtplib, which cannot send a password that is not ASCII, and tries a wrong one once for each
mechanism, so that accounts are locked sooner.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.replies import Reply, reply, told
from registry_sheets.mailing.server import MailServer

if TYPE_CHECKING:
    import smtplib

_UNKNOWN_MECHANISM = 504
_HINTS = (
    (
        ("office365.com", "outlook.com"),
        "Microsoft 365 is ending passwords for SMTP: use auth = 'xoauth2' with token_command, "
        "and see that authenticated SMTP is enabled for the mailbox.",
    ),
    (
        ("gmail.com", "google.com", "googlemail.com"),
        "Google takes no account passwords for SMTP: use auth = 'xoauth2' with token_command, or an app password.",
    ),
)


def sign_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    """Sign in as the config says. Raises MailNotSent, what the secrets' sources raise, and smtplib's errors."""
    if server.auth == "none":
        return
    offered = str(smtp.esmtp_features.get("auth", "")).upper().split()
    if server.auth == "xoauth2":
        _with_token(smtp, server, offered)
    else:
        _with_password(smtp, server, offered)


def _with_password(smtp: smtplib.SMTP, server: MailServer, offered: list[str]) -> None:
    ways = [way for name, way in (("PLAIN", _plain), ("LOGIN", _login)) if name in offered]
    if not ways:
        raise MailNotSent(f"{server.address} offers no signing in with a password.", _other_way(offered))
    password = server.password()
    if not password:
        raise MailNotSent(f"No password is known for {server.user} at {server.address}.", "Set the mail password.")
    answer = Reply(_UNKNOWN_MECHANISM, "")
    for way in ways:
        if answer.code == _UNKNOWN_MECHANISM:
            answer = way(smtp, server.user, password)
    _judge(server, answer, "the user and the password")


def _plain(smtp: smtplib.SMTP, user: str, password: str) -> Reply:
    """RFC 4616."""
    said = _base64(f"\0{user}\0{password}")
    return reply(*smtp.docmd("AUTH", f"PLAIN {said}"), secrets=(said, password))


def _login(smtp: smtplib.SMTP, user: str, password: str) -> Reply:
    """Never written down as a standard; what everyone does."""
    answer = reply(*smtp.docmd("AUTH", "LOGIN"))
    for said in (_base64(user), _base64(password)):
        if answer.code == 334:
            answer = reply(*smtp.docmd(said), secrets=(said, password))
    return answer


def _with_token(smtp: smtplib.SMTP, server: MailServer, offered: list[str]) -> None:
    """XOAUTH2 as Google and Microsoft describe it: a refusal comes as a challenge, and wants an empty answer."""
    if "XOAUTH2" not in offered:
        raise MailNotSent(f"{server.address} offers no signing in with a token (XOAUTH2).", _other_way(offered))
    token = server.token()
    said = _base64(f"user={server.user}\x01auth=Bearer {token}\x01\x01")
    code, text = smtp.docmd("AUTH", f"XOAUTH2 {said}")
    if code != 334:
        return _judge(server, reply(code, text, (token, said)), "the user and the token")
    last = reply(*smtp.docmd(""), secrets=(token, said))
    why = told(_challenge(text), (token, said))
    return _judge(server, Reply(last.code, f"{last.text} ({why})" if why else last.text), "the user and the token")


def _challenge(text: bytes) -> str:
    """What the challenge says of the error: 'status 401', ...; '' where it says nothing that can be read."""
    try:
        said = json.loads(b64decode(text))
        return f"status {said['status']}"
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _judge(server: MailServer, answer: Reply, what: str) -> None:
    if answer.code == 235 or answer.code == 503:  # 503: it says that we are signed in already
        return
    if answer.later:
        raise MailNotSent(f"{server.address} does not let anybody sign in now: {answer}.", "Try again later.")
    raise MailNotSent(f"{server.address} did not accept {what}: {answer}.", _hint(server))


def _hint(server: MailServer) -> str:
    if server.auth == "xoauth2":
        return "See that token_command gives a token of this user with the right to send mail, and that it is fresh."
    host = server.host.lower()
    fitting = (hint for ends, hint in _HINTS if any(host == end or host.endswith(f".{end}") for end in ends))
    return next(fitting, "Correct user and password; some providers want an app password, or auth = 'xoauth2'.")


def _other_way(offered: list[str]) -> str:
    if not offered:
        return "Set auth to 'none' where it takes mail without, or use another port: 587 or 465."
    return f"It offers {told(', '.join(offered))}: set auth and security to fit."


def _base64(said: str) -> str:
    return b64encode(said.encode("utf-8", "surrogateescape")).decode("ascii")
