"""Why Google gave no token: each with its sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.auth.exceptions import GoogleAuthError, MalformedError, RefreshError, TransportError
from requests.exceptions import ConnectionError as Broken
from requests.exceptions import ReadTimeout

from registry_sheets.errors import NotChecked, RegistrySheetsError, UnreadableWorkbook, WriteRefused
from registry_sheets.workbooks.google.transport.grants import no_token
from registry_sheets.workbooks.google.transport.refusals import Asked

NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
ACCOUNT = "keeper@p.iam.gserviceaccount.com"
READ = Asked(ACCOUNT, "1AbC")
SKEW = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and "
    "exp values in the JWT claim."
)


def grant(error: str, description: str = "") -> RefreshError:
    """As google-auth makes it of the token endpoint's answer."""
    return RefreshError(f"{error}: {description}", {"error": error, "error_description": description})


def told(error: GoogleAuthError, asked: Asked = READ, **more: Any) -> RegistrySheetsError:
    found = no_token(error, asked, NOW, **more)
    assert (found.passing, found.undone) == (False, True)
    assert type(found.error) is (WriteRefused if asked.writing else UnreadableWorkbook)
    return found.error


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (grant("invalid_grant", "Invalid JWT Signature."), ["no longer valid", ACCOUNT, "new JSON key"]),
        (grant("invalid_grant", "Invalid grant: account not found"), ["does not exist any more", "share"]),
        (grant("account_disabled", "The account is disabled"), ["switched off"]),
        (grant("invalid_grant", "Token has been expired or revoked."), ["run out or was withdrawn", "user file"]),
        (grant("invalid_grant", "Bad Request"), ["run out or was withdrawn"]),
        (RefreshError("Reauthentication is needed. Please run `gcloud auth`"), ["gcloud auth application-default"]),
        (grant("invalid_client", "The OAuth client was not found."), ["OAuth client"]),
        (grant("deleted_client", "The OAuth client was deleted."), ["OAuth client"]),
        (grant("invalid_scope", "Bad"), ["does not cover spreadsheets"]),
        (RefreshError("Unable to acquire impersonated credentials", "{}"), ["may not act as", "Token Creator"]),
        (grant("odd", "Something \x1b[31m else"), ["did not let", "odd: Something [31m else"]),
        (MalformedError("anything"), ["did not let"]),
    ],
)
def test_what_people_have_to_mend(error: GoogleAuthError, parts: list[str]) -> None:
    for asked in (READ, Asked(ACCOUNT, "1AbC", writing=True)):
        text = str(told(error, asked))
        for part in parts:
            assert part in text


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(minutes=7, seconds=20), "clock is 7 minutes fast"),
        (-timedelta(seconds=70), "clock is 70 seconds slow"),
        (-timedelta(days=2), "clock is 2880 minutes slow"),
    ],
)
def test_a_wrong_clock_is_told_by_how_much(apart: timedelta, words: str) -> None:
    text = str(told(grant("invalid_grant", SKEW), told=NOW - apart))
    assert words in text
    assert "Set the clock" in text


def test_a_wrong_clock_without_the_servers() -> None:
    assert "clock is wrong" in str(told(grant("invalid_grant", SKEW)))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RefreshError("<html>502</html>"), "does not work just now."),
        (RefreshError("internal_failure: x", retryable=True), "does not work just now: internal_failure: x"),
        (TransportError("Failed to retrieve http://metadata.google.internal/"), "does not work just now: Failed"),
        (RefreshError(TransportError("Failed to retrieve")), "does not work just now"),
    ],
)
def test_what_passes_by_itself(error: GoogleAuthError, words: str) -> None:
    found = no_token(error, READ, NOW)
    assert isinstance(found.error, NotChecked)
    assert (found.passing, found.undone) == (True, True)
    assert words in str(found.error)


@pytest.mark.parametrize("inner", [Broken("cut"), ReadTimeout("slow")])
def test_a_broken_line_on_the_way_to_a_token_did_nothing_to_the_spreadsheet(inner: Exception) -> None:
    found = no_token(TransportError(inner), READ, NOW)
    assert isinstance(found.error, NotChecked)
    assert (found.passing, found.undone) == (True, True)
    assert "oauth2.googleapis.com" in str(found.error)
