"""Signing in at the Google stand-in: real signed claims, refresh tokens, and what each token may do."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.google.key_file import TOKEN_URI, ServiceAccountKey, authorized_user, service_account_key
from tests.support.google.scopes import CALLER
from tests.support.google.stack import Stack, whole
from tests.support.google.tokens import JWT_GRANT
from tests.support.google.wire import Answer, Call, answer_json

SHEET = "https://sheets.googleapis.com/v4/spreadsheets/abc"
FILE = "https://www.googleapis.com/drive/v3/files/abc"
SPREADSHEETS = "https://www.googleapis.com/auth/spreadsheets"
METADATA = "https://www.googleapis.com/auth/drive.metadata.readonly"
NOW = 1_790_000_000


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now


def echo(call: Call) -> Answer:
    """A core that says who called."""
    field = "spreadsheetId" if "sheets." in call.url else "name"
    return answer_json(200, {field: call.headers[CALLER]})


def claim(key: ServiceAccountKey, *, by: int = 0, **other: Any) -> str:
    """A claim of ``key`` as google-auth writes it, signed ``by`` another pair of keys where that is said."""
    from google.auth import crypt, jwt

    payload = {"iss": key.email, "aud": TOKEN_URI, "scope": SPREADSHEETS, "iat": NOW, "exp": NOW + 3600, **other}
    info = {**(service_account_key(number=by) if by else key).json, "private_key_id": key.key_id}
    signer = crypt.RSASigner.from_service_account_info(info)  # type: ignore[no-untyped-call]
    signed: bytes = jwt.encode(signer, payload)  # type: ignore[no-untyped-call]
    return signed.decode()


def signed_in(stack: Stack, assertion: str, grant: str = JWT_GRANT) -> Answer:
    form = urlencode({"grant_type": grant, "assertion": assertion})
    return stack.handler(Call("POST", TOKEN_URI, {}, form.encode()))


def got(stack: Stack, url: str, token: str | None) -> Answer:
    return stack.handler(Call("GET", url, {} if token is None else {"authorization": f"Bearer {token}"}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def key() -> ServiceAccountKey:
    return service_account_key()


@pytest.fixture
def stack(clock: Clock, key: ServiceAccountKey) -> Stack:
    return whole(echo, now=clock, keys=[key])


def test_a_signed_claim_is_exchanged_for_a_token_that_expires(
    stack: Stack, clock: Clock, key: ServiceAccountKey
) -> None:
    answer = signed_in(stack, claim(key))
    assert answer.status == 200
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3599)
    assert got(stack, SHEET, token["access_token"]).json() == {"spreadsheetId": key.email}
    assert got(stack, f"{SHEET}?access_token={token['access_token']}", None).status == 200
    clock.now += 3600
    expired = got(stack, SHEET, token["access_token"])
    assert (expired.status, expired.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_a_deleted_key_signs_in_no_more_and_another_of_the_account_does(stack: Stack, key: ServiceAccountKey) -> None:
    second = service_account_key(number=1)
    stack.tokens.register(second)
    stack.tokens.revoke(key)
    refused = signed_in(stack, claim(key))
    assert refused.status == 400
    assert refused.json() == {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    assert signed_in(stack, claim(second)).status == 200


@pytest.mark.parametrize(
    ("other", "error", "description"),
    [
        ({"iss": "someone@example.com"}, "invalid_grant", "Invalid grant: account not found"),
        ({"by": 1}, "invalid_grant", "Invalid JWT Signature."),
        ({"iat": NOW + 4000, "exp": NOW + 7600}, "invalid_grant", "Check your iat and exp values in the JWT claim."),
        ({"iat": NOW - 7200, "exp": NOW - 3600}, "invalid_grant", "short-lived token (60 minutes)"),
        ({"exp": NOW + 7200}, "invalid_grant", "short-lived token (60 minutes)"),
        ({"exp": NOW}, "invalid_grant", "short-lived token (60 minutes)"),
        ({"exp": "soon"}, "invalid_grant", "iat and exp"),
        ({"aud": "http://127.0.0.1/token"}, "invalid_grant", f"The right audience is {TOKEN_URI}"),
        ({"scope": ""}, "invalid_scope", "Invalid OAuth scope"),
        ({"scope": "spreadsheets"}, "invalid_scope", "Invalid OAuth scope"),
    ],
)
def test_a_claim_that_is_not_right_is_refused(
    stack: Stack, key: ServiceAccountKey, other: dict[str, Any], error: str, description: str
) -> None:
    refused = signed_in(stack, claim(key, **other))
    assert refused.status == 400
    assert refused.json()["error"] == error
    assert description in refused.json()["error_description"]


def test_a_clock_that_is_a_little_off_signs_in(stack: Stack, key: ServiceAccountKey) -> None:
    assert signed_in(stack, claim(key, iat=NOW + 200, exp=NOW + 3800)).status == 200
    assert signed_in(stack, claim(key, iat=NOW - 3700, exp=NOW - 100)).status == 200


def test_a_claim_that_was_changed_or_is_unsigned_is_refused(stack: Stack, key: ServiceAccountKey) -> None:
    head, _, signature = claim(key).split(".")
    payload = {"iss": key.email, "aud": TOKEN_URI, "scope": METADATA, "iat": NOW, "exp": NOW + 60}
    other = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    bare = base64.urlsafe_b64encode(b'{"alg": "none", "typ": "JWT"}').decode().rstrip("=")
    for assertion in (f"{head}.{other}.{signature}", f"{head}.{other}.", f"{bare}.{other}."):
        assert signed_in(stack, assertion).json()["error_description"] == "Invalid JWT Signature."


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c", "....", "bnVsbA.bnVsbA.x", "é.é.é", "W10.W10.W10"])
def test_what_is_no_claim_is_refused(stack: Stack, assertion: str) -> None:
    refused = signed_in(stack, assertion)
    assert (refused.status, refused.json()["error"]) == (400, "invalid_grant")


def test_a_person_signs_in_by_a_refresh_token_until_it_is_withdrawn(stack: Stack) -> None:
    user = authorized_user()
    stack.tokens.register_user(user, {SPREADSHEETS, METADATA})
    names = ("client_id", "client_secret", "refresh_token")
    form = {"grant_type": "refresh_token", **{name: user.json[name] for name in names}}

    def asked(**other: str) -> Answer:
        return stack.handler(Call("POST", TOKEN_URI, {}, urlencode({**form, **other}).encode()))

    answer = asked()
    assert answer.json()["scope"].split() == [METADATA, SPREADSHEETS]
    assert got(stack, FILE, answer.json()["access_token"]).json() == {"name": user.email}
    assert asked(client_secret="no").status == 401
    assert asked(scope="https://www.googleapis.com/auth/drive").json()["error"] == "invalid_scope"
    stack.tokens.revoke(user)
    assert asked().json() == {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


def test_the_endpoint_knows_two_grants_and_one_verb(stack: Stack) -> None:
    assert signed_in(stack, "", grant="password").json()["error"] == "unsupported_grant_type"
    assert stack.handler(Call("GET", TOKEN_URI)).status == 405


@pytest.mark.parametrize("token", [None, "", "ya29.unknown", "Basic"])
def test_a_call_without_a_known_token_is_unauthenticated(stack: Stack, token: str | None) -> None:
    for url in (SHEET, FILE):
        answer = got(stack, url, token)
        assert (answer.status, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("verb", "url", "scope", "enough"),
    [
        ("GET", SHEET, SPREADSHEETS, True),
        ("GET", SHEET, f"{SPREADSHEETS}.readonly", True),
        ("POST", f"{SHEET}:batchUpdate", f"{SPREADSHEETS}.readonly", False),
        ("GET", SHEET, METADATA, False),
        ("GET", FILE, METADATA, True),
        ("GET", FILE, SPREADSHEETS, False),
        ("DELETE", FILE, METADATA, False),
    ],
)
def test_a_token_may_call_what_its_scopes_allow(verb: str, url: str, scope: str, enough: bool, stack: Stack) -> None:
    token = stack.tokens.issue("a@example.com", {scope})
    answer = stack.handler(Call(verb, url, {"authorization": f"Bearer {token}"}, b""))
    if enough:
        assert answer.status == 200
        return
    error = answer.json()["error"]
    assert (answer.status, error["status"]) == (403, "PERMISSION_DENIED")
    (detail,) = error["details"]
    assert detail["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]
    assert ("errors" in error) == (url == FILE)


def test_google_auth_signs_in_with_the_key_file_by_itself(key: ServiceAccountKey, tmp_path: Path) -> None:
    from google.auth.transport.requests import AuthorizedSession
    from google.oauth2.service_account import Credentials

    from tests.support.google.session import mount

    stack = whole(echo, now=time.time, keys=[key], lifetime=3599)
    path = key.written(tmp_path / "key.json")
    credentials = Credentials.from_service_account_file(path, scopes=[SPREADSHEETS])  # type: ignore[no-untyped-call]
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    mount(session, stack.handler)
    assert session.get(SHEET).json() == {"spreadsheetId": key.email}
    stack.tokens.forget_tokens()  # google-auth signs in again after a 401
    assert session.get(SHEET).status_code == 200
    read = "sheets.spreadsheets.get"
    assert [one.method for one in stack.seen] == ["token", read, read, "token", read]
    assert stack.requests() == (read, read, read)
