"""Google's token endpoint: a signed claim of a service account, or a refresh token of a person, for an access token.

Sources: "Using OAuth 2.0 for Server to Server Applications" (the claim, its limits and its errors) and "Using OAuth
2.0 for Web Server Applications" (refresh tokens).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.google.behaviours import behaves
from tests.support.google.key_file import TOKEN_URI, AuthorizedUser, ServiceAccountKey
from tests.support.google.wire import Answer, Call, answer_json

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3599
"""Seconds that an access token holds, as Google tells it."""
CLAIM_LIMIT = 3600
"""Seconds that a claim may be good for."""
SKEW = 300
"""Seconds by which the other side's clock may be off (assumed)."""
SCOPE = "https://www.googleapis.com/auth/"


@dataclass(frozen=True)
class Grant:
    """What an access token stands for; ``expires`` in seconds since 1970."""

    email: str
    scopes: frozenset[str]
    expires: float


class Denied(Exception):
    """What the endpoint refuses, as (error, error_description)."""

    def __init__(self, error: str, told: str, status: int = 400) -> None:
        super().__init__(error, told)
        self.answer = answer_json(status, {"error": error, "error_description": told})


class Tokens:
    """The token endpoint, and what it gave out.

    ``now`` gives seconds since 1970; a token holds for ``lifetime`` seconds.
    """

    def __init__(self, *, now: Callable[[], float], lifetime: int = LIFETIME) -> None:
        self._now = now
        self._lifetime = lifetime
        self._keys: dict[str, dict[str, bytes]] = {}
        self._users: dict[str, tuple[AuthorizedUser, frozenset[str]]] = {}
        self._granted: dict[str, Grant] = {}

    def register(self, key: ServiceAccountKey) -> None:
        """Let a service account sign in with this key."""
        self._keys.setdefault(key.email, {})[key.key_id] = key.public_pem

    def register_user(self, user: AuthorizedUser, scopes: frozenset[str] | set[str]) -> None:
        """Let a person sign in; ``scopes`` are what they agreed to."""
        self._users[user.json["refresh_token"]] = (user, frozenset(scopes))

    def revoke(self, key: ServiceAccountKey | AuthorizedUser) -> None:
        """Delete a key, or withdraw a sign-in. Tokens already given stay good until they expire, as at Google."""
        if isinstance(key, ServiceAccountKey):
            self._keys.get(key.email, {}).pop(key.key_id, None)
        else:
            self._users.pop(key.json["refresh_token"], None)

    def forget_tokens(self) -> None:
        """Make every access token that was given unknown from now on."""
        self._granted.clear()

    def grant(self, token: str) -> Grant | None:
        """What ``token`` stands for; None where it is unknown or has expired."""
        found = self._granted.get(token)
        return found if found is not None and found.expires > self._now() else None

    def issue(self, email: str, scopes: frozenset[str] | set[str]) -> str:
        """An access token for ``email`` without the endpoint, for tests that are not about signing in."""
        token = f"ya29.c.{secrets.token_urlsafe(24)}"
        self._granted[token] = Grant(email, frozenset(scopes), self._now() + self._lifetime)
        return token

    def __call__(self, call: Call) -> Answer:
        """Answer a call of the endpoint."""
        if call.method != "POST":
            return answer_json(405, {"error": "invalid_request", "error_description": "Only POST is allowed."})
        form = {name: values[0] for name, values in parse_qs(call.body.decode(errors="replace")).items()}
        try:
            return self._signed_in(form)
        except Denied as denied:
            return denied.answer

    def _signed_in(self, form: Mapping[str, str]) -> Answer:
        kind = form.get("grant_type", "")
        if kind == JWT_GRANT:
            return self._by_claim(form.get("assertion", ""))
        if kind == "refresh_token":
            return self._by_refresh_token(form)
        raise Denied("unsupported_grant_type", f"Invalid grant_type: {kind}")

    @behaves("assumed", "token", "clocks may differ by 5 minutes, and an access token outlives its deleted key")
    @behaves("documented", "token", "a service account's claim, signed by a known key, is exchanged for a token")
    def _by_claim(self, assertion: str) -> Answer:
        header, claim = _parts(assertion)
        email = str(claim.get("iss", ""))
        if email not in self._keys:
            raise Denied("invalid_grant", "Invalid grant: account not found")
        _check_signature(assertion, header, self._keys[email])
        self._check_times(claim)
        _check_audience(claim)
        token = self.issue(email, _scopes(str(claim.get("scope", ""))))
        return answer_json(200, {"access_token": token, "expires_in": self._lifetime, "token_type": "Bearer"})

    @behaves("documented", "token", "a claim for over 60 minutes or outside its time is refused, and says iat and exp")
    def _check_times(self, claim: Mapping[str, Any]) -> None:
        issued, expires = claim.get("iat"), claim.get("exp")
        if not isinstance(issued, int | float) or not isinstance(expires, int | float):
            raise Denied("invalid_grant", "Invalid JWT: iat and exp are required.")
        early, late = issued > self._now() + SKEW, expires < self._now() - SKEW
        if early or late or not 0 < expires - issued <= CLAIM_LIMIT:
            told = "Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            raise Denied("invalid_grant", f"Invalid JWT: {told} Check your iat and exp values in the JWT claim.")

    @behaves("assumed", "token", "a refresh token is exchanged; a withdrawn one 'has been expired or revoked' (posted)")
    def _by_refresh_token(self, form: Mapping[str, str]) -> Answer:
        user, scopes = self._users.get(form.get("refresh_token", ""), (None, frozenset[str]()))
        if user is None:
            raise Denied("invalid_grant", "Token has been expired or revoked.")
        if any(form.get(name) != user.json[name] for name in ("client_id", "client_secret")):
            raise Denied("invalid_client", "The OAuth client was not found.", 401)
        asked = _scopes(form["scope"]) if form.get("scope") else scopes
        if not asked <= scopes:
            raise Denied("invalid_scope", "Some requested scopes were invalid. " + json.dumps(sorted(asked - scopes)))
        told = {"expires_in": self._lifetime, "scope": " ".join(sorted(asked)), "token_type": "Bearer"}
        return answer_json(200, {"access_token": self.issue(user.email, asked), **told})


def _parts(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        header, claim, _ = assertion.split(".")
        parts = json.loads(_unpadded(header)), json.loads(_unpadded(claim))
    except (ValueError, binascii.Error):
        raise Denied("invalid_grant", "Invalid JWT: the assertion could not be read.") from None
    if not all(isinstance(part, dict) for part in parts):
        raise Denied("invalid_grant", "Invalid JWT: the assertion could not be read.")
    return parts


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@behaves("documented", "token", "a claim signed by a key that was deleted or never known: 'Invalid JWT Signature.'")
def _check_signature(assertion: str, header: Mapping[str, Any], keys: Mapping[str, bytes]) -> None:
    """Verify RS256 against the account's keys: the one that the header names, or any where it names none."""
    signed, _, signature = assertion.rpartition(".")
    named = header.get("kid")
    pems = [pem for key_id, pem in keys.items() if named in (None, key_id)]
    if header.get("alg") != "RS256" or not any(_signed_by(pem, signed, signature) for pem in pems):
        raise Denied("invalid_grant", "Invalid JWT Signature.")


def _signed_by(pem: bytes, signed: str, signature: str) -> bool:
    key = serialization.load_pem_public_key(pem)
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(_unpadded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


@behaves("assumed", "token", "a claim for another audience fails the audience check (as users posted it)")
def _check_audience(claim: Mapping[str, Any]) -> None:
    if claim.get("aud") != TOKEN_URI:
        told = f"Invalid JWT: Failed audience check. The right audience is {TOKEN_URI}"
        raise Denied("invalid_grant", told)


@behaves("documented", "token", "a claim without a scope, or with one that is none of Google's, is an invalid_scope")
def _scopes(text: str) -> frozenset[str]:
    scopes = frozenset(text.split())
    if not scopes or not all(scope.startswith(SCOPE) for scope in scopes):
        raise Denied("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return scopes


def bearer(call: Call) -> str | None:
    """The access token of a call, from its header or its query; None where it has none."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    return next(iter(parse_qs(urlsplit(call.url).query).get("access_token", [])), None)
