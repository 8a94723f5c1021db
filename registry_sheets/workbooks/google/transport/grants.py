"""Why Google gave no token to sign in with, as a sentence with what to do next.

Errors of the token endpoint: RFC 6749, section 5.2, with Google's own descriptions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from registry_sheets.errors import NotChecked
from registry_sheets.workbooks.google.transport.keys import NEW_CLIENT
from registry_sheets.workbooks.google.transport.offline import no_answer
from registry_sheets.workbooks.google.transport.outcome import KEYS_PAGE, SCOPES_FIX, Asked, Refusal
from registry_sheets.workbooks.google.transport.said import brief

SIGN_IN_COMMAND = "registry-sheets doctor"
"""What a person runs in a terminal to consent in a browser."""

_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_NEW_KEY = f"Make a new JSON key at {KEYS_PAGE} (the account > Keys > Add key) and put it in the old one's place."
_SIGN_IN_AGAIN = (
    f"Delete the user file and run `{SIGN_IN_COMMAND}` in a terminal; of gcloud: gcloud auth application-default login"
)


def no_token(error: BaseException, asked: Asked, now: datetime, told: datetime | None = None) -> Refusal:
    """The refusal for an exception of google.auth. A request never follows one, so nothing was done.

    ``told`` is the server's clock in its last answer to a sign-in, where it is known, and ``now`` ours.
    """
    from google.auth.exceptions import RefreshError, TransportError
    from requests.exceptions import RequestException

    for inner in (error.__cause__, *error.args):
        if isinstance(inner, RequestException):
            return no_answer(inner, _host(inner))._replace(undone=True)
        if isinstance(inner, TransportError):
            return no_token(inner, asked, now, told)
    words = _words(error)
    if isinstance(error, RefreshError):
        for look in _LOOKS:
            found = look(words, asked)
            if found is not None:
                return found
        if _is_clock(words):
            return Refusal(asked.refused(*_clock(now, told)))
    if isinstance(error, TransportError) or getattr(error, "retryable", False) or "<html" in words.lower():
        message = f"Google's sign-in does not work just now{_colon(words)}"
        return Refusal(NotChecked(message, "The next run tries again."), passing=True)
    fix = f"Run `{SIGN_IN_COMMAND}`; make a new key at {KEYS_PAGE} if it does not tell more."
    return Refusal(asked.refused(f"Google did not let {asked.who} sign in{_colon(words)}", fix))


def _host(error: BaseException) -> str:
    url = getattr(getattr(error, "request", None), "url", None)
    return url if isinstance(url, str) else _TOKEN_URL


def _words(error: BaseException) -> str:
    """What the server said, its error and description; google.auth gives a text first, then what it was made of."""
    return " ".join(one for one in error.args if isinstance(one, str))[:2000]


def _colon(words: str) -> str:
    return f": {brief(words)}" if words and "<" not in words else "."


def _key_gone(words: str, asked: Asked) -> Refusal | None:
    if "invalid jwt signature" not in words.lower() and "no valid verifier" not in words.lower():
        return None
    return Refusal(asked.refused(f"The key of {asked.who} is no longer valid: it was deleted or replaced.", _NEW_KEY))


def _account_gone(words: str, asked: Asked) -> Refusal | None:
    if "account not found" not in words.lower() and "account_not_found" not in words.lower():
        return None
    fix = f"Make a service account and a key at {KEYS_PAGE}, and share the spreadsheet with the new address."
    return Refusal(asked.refused(f"The service account {asked.who} does not exist any more.", fix))


def _account_off(words: str, asked: Asked) -> Refusal | None:
    low = words.lower()
    if "account_disabled" not in low and "account disabled" not in low and "disabled_client" not in low:
        return None
    return Refusal(asked.refused(f"{asked.who} is switched off in Google Cloud.", f"Switch it on at {KEYS_PAGE}."))


def _consent_gone(words: str, asked: Asked) -> Refusal | None:
    low = words.lower()
    signs = ("expired or revoked", "reauth", "invalid_rapt", "invalid_grant: bad request", "access_denied")
    if not any(sign in low for sign in signs):
        return None
    return Refusal(asked.refused("Your sign-in to Google has run out or was withdrawn.", f"{_SIGN_IN_AGAIN}."))


def _client_gone(words: str, asked: Asked) -> Refusal | None:
    if not any(sign in words for sign in ("invalid_client", "deleted_client", "unauthorized_client")):
        return None
    message = "Google does not know the OAuth client (the program's own identity) any more, or not for this."
    return Refusal(asked.refused(message, NEW_CLIENT))


def _narrow(words: str, asked: Asked) -> Refusal | None:
    if "invalid_scope" not in words:
        return None
    return Refusal(
        asked.refused("The sign-in to Google does not cover spreadsheets and the names of files.", SCOPES_FIX)
    )


def _not_on_behalf(words: str, asked: Asked) -> Refusal | None:
    if "impersonated credentials" not in words and "getAccessToken" not in words:
        return None
    message = f"The sign-in of this machine may not act as {asked.who}."
    fix = "Give it the role Service Account Token Creator on that account."
    return Refusal(asked.refused(message, fix))


_TELLING = 60  # seconds; a smaller difference is not why Google refuses


def _is_clock(words: str) -> bool:
    low = words.lower()
    return "reasonable timeframe" in low or "short-lived token" in low or "iat and exp" in low


def _clock(now: datetime, told: datetime | None) -> tuple[str, str]:
    fix = (
        "Set the clock, best by the network (Linux: timedatectl set-ntp true; Windows: Sync now), then run this again."
    )
    apart = 0 if told is None else round((now - told).total_seconds())
    if abs(apart) < _TELLING:
        return "This machine's clock is wrong, so Google does not accept the sign-in.", fix
    which = "fast" if apart > 0 else "slow"
    shown = f"{abs(apart)} seconds" if abs(apart) < 120 else f"{abs(apart) // 60} minutes"
    return f"This machine's clock is {shown} {which}, so Google does not accept the sign-in.", fix


_LOOKS: tuple[Callable[[str, Asked], Refusal | None], ...] = (
    _key_gone,
    _account_gone,
    _account_off,
    _not_on_behalf,
    _narrow,
    _consent_gone,
    _client_gone,
)
