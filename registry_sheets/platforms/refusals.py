"""What a platform refuses, in words: whose fault it is, and what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.text import one_line

_LONGEST = 200


@dataclass(frozen=True)
class Refusals:
    """The words of one kind of platform.

    ``sign_in`` says how to sign in and ``rights`` which rights the account needs, each a sentence that begins with what
    to do; ``what`` is what ought to be at its address ('an MLflow server'). ``final_words`` are in an answer with
    a passing status that will not pass.
    """

    what: str
    sign_in: str
    rights: str
    final_words: tuple[str, ...] = ()

    def final(self, _status: int, content: bytes) -> bool:
        """Whether an answer that looks as if it would pass will not."""
        return any(word.encode() in content for word in self.final_words)

    def of(self, status: int, address: str, said: str) -> PlatformUnanswered:
        """What is wrong with an answer of this status."""
        told = f": {said}" if said else ""
        if status == 401:
            return PlatformUnanswered(f"It does not take the sign-in (401{told}).", self.sign_in)
        if status in (403, 407):
            return PlatformUnanswered(f"It does not let this account see that ({status}{told}).", self.rights)
        if status == 404:
            return PlatformUnanswered(
                f"There is nothing at {_bare(address)} (404{told}).", f"Check that its address is that of {self.what}."
            )
        if status == 429:
            return PlatformUnanswered(f"It has no time for more questions (429{told}).", "Try again later.")
        if status >= 500:
            return PlatformUnanswered(f"It failed ({status}{told}).", "Look at its own log, or try again later.")
        return PlatformUnanswered(
            f"It refused the question {_bare(address)} ({status}{told}).",
            f"Check that its address is that of {self.what}.",
        )

    def silent(self, address: str, how: str) -> PlatformUnanswered:
        """No answer, or not a whole one."""
        return PlatformUnanswered(f"{_bare(address)}: {how}.", "Check its address, and that it runs.")

    def redirected(self, address: str, target: str) -> PlatformUnanswered:
        """It sends on to another address, which may be a page to sign in at."""
        where = one_line(_bare(target))[:_LONGEST] or "nowhere"
        return PlatformUnanswered(
            f"{_bare(address)} sends on to {where}, and that is not followed.",
            f"Put the address itself into the config. If it is a page to sign in at: {self.sign_in}",
        )

    def not_json(self, address: str) -> PlatformUnanswered:
        """It answered with something else than JSON."""
        return PlatformUnanswered(
            f"What {_bare(address)} answered is not what {self.what} answers.",
            f"Check that its address is that of {self.what}. A page to sign in at answers so too: {self.sign_in}",
        )


def said_by(content: bytes) -> str:
    """What the platform itself says is wrong: one line, cut; '' for what is no JSON (pages of HTML say nothing)."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return one_line(_message(told))[:_LONGEST]


def _message(told: Any) -> str:
    if not isinstance(told, dict):
        return ""
    inner = told.get("error", told)
    if isinstance(inner, str):
        return inner
    found = (
        next((inner[key] for key in ("message", "Message") if isinstance(inner.get(key), str)), "")
        if isinstance(inner, dict)
        else ""
    )
    return found or (told["message"] if isinstance(told.get("message"), str) else "")


def _bare(address: str) -> str:
    """An address without its query and without a sign-in in it."""
    bare = address.split("?", 1)[0]
    scheme, mark, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else bare
