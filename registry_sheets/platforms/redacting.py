"""What a server repeats of our own sign-in, taken out of what is told of its answer."""

from __future__ import annotations

import base64

_SHORTEST = 4
"""A shorter secret is in every sentence, and keeps nothing secret."""


def without(content: bytes, sent: str) -> bytes:
    """A refusal without the sign-in that was ``sent`` as Authorization: some servers repeat it ('invalid token: ...').

    Of Basic the password is taken out as well.
    """
    secret = sent.rpartition(" ")[2]
    secrets = {secret, _password(secret)} if sent.startswith("Basic ") else {secret}
    for one in sorted(secrets, key=len, reverse=True):
        if len(one) >= _SHORTEST:
            content = content.replace(one.encode("utf-8", "surrogateescape"), b"...")
    return content


def _password(pair: str) -> str:
    """That of a 'user:password' as a header has it; '' where it is none."""
    try:
        return base64.b64decode(pair).decode("utf-8", "surrogateescape").partition(":")[2]
    except ValueError:
        return ""
