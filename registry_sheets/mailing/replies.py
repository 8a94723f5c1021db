"""What a mail server answered, read and told. Its text comes from outside and is made safe to show."""

from __future__ import annotations

import re
from typing import NamedTuple

from registry_sheets.registry.text import terminal_safe

_SHOWN = 300  # characters
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463
_ABOUT_US = frozenset(
    {
        *("5.1.7", "5.1.8"),  # the sender's address (RFC 3463)
        *("5.2.252", "5.7.57", "5.7.60"),  # Exchange: may not send as this sender, or not without signing in
        *("5.1.90", "5.4.5"),  # a day's limit of the account is used up: Exchange Online, Gmail
    }
)
_MUST_SIGN_IN = frozenset({530, 534, 535, 538})


class Reply(NamedTuple):
    """A reply: its code, and its text made safe."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def later(self) -> bool:
        """The server asks to try again later."""
        return 400 <= self.code < 500

    @property
    def never(self) -> bool:
        """It is refused for good, because of the recipient or the content."""
        return self.code >= 500 and not self.about_us and not self.about_policy

    @property
    def closing(self) -> bool:
        """The server ends the connection."""
        return self.code == 421

    @property
    def known(self) -> bool:
        """It is a reply of SMTP at all."""
        return 200 <= self.code < 600

    @property
    def about_us(self) -> bool:
        """A refusal that every letter would meet: the sender is not allowed, has to sign in, or has sent too many.

        Some servers say that only once they know the recipient, or at the end.
        """
        return self.code in _MUST_SIGN_IN or (self.code >= 500 and self._enhanced in _ABOUT_US)

    @property
    def about_policy(self) -> bool:
        """A refusal by policy (5.7.x), such as 'relay access denied': the fault of a setting as often as not.

        So it is not taken for final at once, or a wrong setting would have every letter of a week refused.
        """
        return self.code >= 500 and self._enhanced.startswith("5.7.")

    @property
    def _enhanced(self) -> str:
        found = _ENHANCED.match(self.text)
        return found[0] if found else ""

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


def reply(code: int, text: bytes | str, secrets: tuple[str, ...] = ()) -> Reply:
    """A reply from the code and the text that smtplib gives; a secret that the server repeats is taken out."""
    return Reply(code, told(text, secrets))


def told(text: bytes | str, secrets: tuple[str, ...] = ()) -> str:
    """A text from the network: one line, not long, without secrets."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    for secret in filter(None, secrets):
        said = said.replace(secret, "…")
    line = terminal_safe(said)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
