"""Key files as Google hands them out, made for a test, and what the token endpoint has to know of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TOKEN_URI = "https://oauth2.googleapis.com/token"  # an address, no secret
PROJECT = "registry-project"


@dataclass(frozen=True)
class ServiceAccountKey:
    """One key of a service account: the JSON that is downloaded, and the half that Google keeps."""

    email: str
    key_id: str
    public_pem: bytes
    json: dict[str, Any]

    def written(self, path: Path) -> Path:
        """The key file at ``path``, as the console downloads it."""
        path.write_text(json.dumps(self.json, indent=2) + "\n", encoding="utf-8")
        return path


@dataclass(frozen=True)
class AuthorizedUser:
    """A person's own sign-in, as gcloud and gspread store it, and the e-mail address that it stands for."""

    email: str
    json: dict[str, Any]

    def written(self, path: Path) -> Path:
        """The file at ``path``, as gcloud's application_default_credentials.json."""
        path.write_text(json.dumps(self.json, indent=2) + "\n", encoding="utf-8")
        return path


def service_account_key(
    email: str = f"registry@{PROJECT}.iam.gserviceaccount.com", *, project: str = PROJECT, number: int = 0
) -> ServiceAccountKey:
    """A key of ``email``, with its own RSA 2048 key pair by ``number``; made once in a process and then the same."""
    private, public = rsa_pair(number)
    key_id = hashlib.sha1(public + email.encode(), usedforsecurity=False).hexdigest()
    content = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": key_id,
        "private_key": private.decode(),
        "client_email": email,
        "client_id": str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:21],
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": TOKEN_URI,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{email.replace('@', '%40')}",
        "universe_domain": "googleapis.com",
    }
    return ServiceAccountKey(email, key_id, public, content)


def authorized_user(email: str = "ada@example.com", *, refresh_token: str = "1//04made-for-a-test") -> AuthorizedUser:
    """A user's OAuth sign-in; it signs in by its refresh token."""
    content = {
        "type": "authorized_user",
        "client_id": "123456789012-made.apps.googleusercontent.com",
        "client_secret": "GOCSPX-made-for-a-test",
        "refresh_token": refresh_token,
        "token_uri": TOKEN_URI,
        "universe_domain": "googleapis.com",
        "account": email,
    }
    return AuthorizedUser(email, content)


@cache
def rsa_pair(number: int) -> tuple[bytes, bytes]:
    """(private, public) as PEM. A pair takes a tenth of a second to make, so each ``number`` is made once."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public
