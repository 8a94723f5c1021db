"""The mail server as the config describes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from registry_sheets.errors import ConfigProblem

Security = Literal["starttls", "tls", "none"]
Auth = Literal["none", "login", "xoauth2"]


def _no_secret() -> str:
    return ""


@dataclass(frozen=True)
class MailServer:
    """Where and how letters are handed in. Secrets are asked for when they are needed and never shown.

    Args:
        host: its name or IP address.
        port: 587 for STARTTLS, 465 for TLS, 25 for a relay of one's own.
        security: 'starttls' and 'tls' verify the server's certificate; 'none' is for a relay without signing in.
        auth: 'login' with user and password, 'xoauth2' with user and token.
        user: the account.
        password: gives the password.
        token: gives a fresh access token, asked for at each connection.
        timeout: seconds to wait for one answer.
        content_timeout: seconds to wait for the answer to a whole letter. Servers look through it before they
            answer; RFC 5321 4.5.3.2.6 asks for ten minutes, since a letter that is given up on may have arrived.
        ca_file: certificates of the authorities to trust, in place of the system's.
        local_name: by what name to say EHLO; '' finds one.

    Raises ConfigProblem for a password or token that would go over the network in the clear.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    auth: Auth = "none"
    user: str = ""
    password: Callable[[], str] = field(default=_no_secret, repr=False)
    token: Callable[[], str] = field(default=_no_secret, repr=False)
    timeout: float = 30.0
    content_timeout: float = 300.0
    ca_file: Path | None = None
    local_name: str = ""

    def __post_init__(self) -> None:
        if self.security == "none" and self.auth != "none" and not _is_this_machine(self.host):
            raise ConfigProblem(
                f"Signing in to {self.host} without encryption would show the password to the network.",
                "Set security to 'starttls' (port 587) or 'tls' (port 465).",
            )
        if self.auth != "none" and not self.user:
            raise ConfigProblem(f"No user is set to sign in to {self.host} with.", "Set user, or set auth to 'none'.")

    @property
    def address(self) -> str:
        """host:port, for messages."""
        return f"{self.host}:{self.port}"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
