"""Vertex AI: signing in by Google's usual chain, over TLS, and every way in which that fails."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.vertex import VertexPlatform
from registry_sheets.platforms.vertex_sign_in import SignIn
from tests.support.platforms.line import Fault, Line, line_to
from tests.support.platforms.vertex.lab import HERE
from tests.support.platforms.vertex.served import VertexServer, serving

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[VertexServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context) as found:
        yield found


@pytest.fixture(scope="module")
def secret() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind, form = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    return key.private_bytes(form, kind, serialization.NoEncryption()).decode()


@pytest.fixture
def token_line() -> Iterator[Line]:
    with line_to(NOWHERE) as line:
        yield line


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: trustme.CA) -> None:
    """No sign-in of the machine's own; the stand-in's certificate is trusted."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name, value in (("SSL_CERT_FILE", "ca.pem"), ("CLOUDSDK_CONFIG", "gcloud"), ("HOME", "")):
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str, token_line: Line) -> Path:
    """A service account's key, named as Google's chain has it; its tokens come over ``token_line``."""
    path = tmp_path / "key.json"
    told = {"type": "service_account", "client_email": "reader@p.iam.gserviceaccount.com", "private_key_id": "1"}
    told |= {"private_key": secret, "token_uri": f"{token_line.url}/token", "project_id": "p"}
    path.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    return path


def gives(line: Line, token: str, seconds: int = 3600, times: int | None = None) -> None:
    told = {"access_token": token, "expires_in": seconds, "token_type": "Bearer"}
    line.faults.append(
        Fault("answer", 200, json.dumps(told).encode(), {"Content-Type": "application/json"}, times=times)
    )


def answers(line: Line, status: int, told: Any, times: int | None = None) -> None:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    line.faults.append(Fault("answer", status, body, {"Content-Type": "application/json"}, times=times))


def listed(server: VertexServer, credentials: Any = None) -> list[str]:
    deadline = Deadline(20, sleep=lambda _: None)
    platform = VertexPlatform("v", server.world.project, [HERE], deadline, url=server.url, credentials=credentials)
    try:
        return [one.model for one in platform.versions(HERE)]
    finally:
        platform.close()


def unanswered(server: VertexServer, credentials: Any = None) -> PlatformUnanswered:
    server.empty()
    with pytest.raises(PlatformUnanswered) as caught:
        listed(server, credentials)
    assert caught.value.fix
    assert server.signed == []
    assert "BEGIN" not in str(caught.value) + caught.value.fix
    return caught.value


def test_the_usual_chain_signs_in(server: VertexServer, account: Path, token_line: Line) -> None:
    server.empty().upload(server.world.parent(HERE), {"displayName": "churn"})
    server.tokens = {"ya29.good"}
    gives(token_line, "ya29.good")
    assert listed(server) == ["churn"]
    assert set(server.signed) == {"Bearer ya29.good"}
    assert len(token_line.asked) == 1


def test_what_has_run_out_is_refreshed(server: VertexServer, account: Path, token_line: Line) -> None:
    server.empty().upload(server.world.parent(HERE), {"displayName": "churn"})
    gives(token_line, "ya29.first", seconds=1, times=1)
    gives(token_line, "ya29.second")
    assert listed(server) == ["churn"]
    assert server.signed == ["Bearer ya29.first", "Bearer ya29.second"]


def test_credentials_that_are_given(server: VertexServer) -> None:
    from google.oauth2.credentials import Credentials

    server.empty()
    server.tokens = {"ya29.given"}
    assert listed(server, Credentials("ya29.given", quota_project_id="p")) == []  # type: ignore[no-untyped-call]


def test_a_token_that_is_not_taken(server: VertexServer, account: Path, token_line: Line) -> None:
    server.empty()
    server.tokens = set()
    gives(token_line, "ya29.bad")
    with pytest.raises(PlatformUnanswered, match="does not take the sign-in") as caught:
        listed(server)
    assert "gcloud auth application-default login" in caught.value.fix
    assert "ya29" not in str(caught.value) + caught.value.fix


def test_nothing_to_sign_in_with(server: VertexServer) -> None:
    told = unanswered(server)
    assert told.message == "There is nothing to sign in to Google Cloud with."
    assert "gcloud auth application-default login" in told.fix
    assert "GOOGLE_APPLICATION_CREDENTIALS" in told.fix


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "was not found"),
        (b"", "not a valid json"),
        (b"\xff\xfe", "cannot be used"),
        (b"[]", "cannot be used"),
        (b"{}", "cannot be used"),
        (b'{"type": "service_account"}', "cannot be used"),
        (b'{"type": "service_account", "client_email": "a@b", "token_uri": "x", "private_key": "BEGIN"}', "cannot"),
        (b'{"type": "authorized_user"}', "cannot be used"),
        (b'{"type": 7}', "cannot be used"),
    ],
)
def test_a_file_that_is_no_credentials(
    server: VertexServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    told = unanswered(server)
    assert words in told.message
    assert "Check GOOGLE_APPLICATION_CREDENTIALS" in told.fix


@pytest.mark.parametrize(
    ("status", "said", "words", "fix"),
    [
        (400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, "Invalid JWT", "gcloud auth"),
        (
            400,
            {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
            "revoked",
            "gcloud",
        ),
        (400, {"error": "invalid_grant", "error_description": "Check your iat and exp values: time"}, "iat", "clock"),
        (401, b"<html>no</html>", "does not take", "gcloud"),
        (200, b"{}", "does not take", "gcloud"),
        (503, {"error": "temporarily_unavailable"}, "just now", "oauth2.googleapis.com"),
    ],
)
def test_no_token(
    server: VertexServer, account: Path, token_line: Line, status: int, said: Any, words: str, fix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("time.sleep", lambda _: None)  # google-auth's own pauses
    answers(token_line, status, said)
    told = unanswered(server)
    assert words in told.message
    assert fix in told.fix


def test_the_token_server_cannot_be_reached(
    server: VertexServer, account: Path, token_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_line.stop()
    told = unanswered(server)
    assert "just now" in told.message
    assert "oauth2.googleapis.com" in told.fix


def test_a_passing_trouble_passes(server: VertexServer, account: Path, token_line: Line) -> None:
    server.empty()
    token_line.cut(times=1)
    gives(token_line, "ya29.good")
    assert listed(server) == []


class _Strange:
    """Credentials whose library breaks."""

    valid = False
    asked = 0

    def refresh(self, _request: Any) -> None:
        self.asked += 1
        raise KeyError("BEGIN secret")

    def apply(self, _headers: Any) -> None: ...


def test_whatever_a_library_raises(server: VertexServer) -> None:
    assert "KeyError" in unanswered(server, _Strange()).message


def test_a_sign_in_that_failed_is_not_tried_for_every_question() -> None:
    strange = _Strange()
    sign_in = SignIn(strange, Deadline(5))
    for _ in range(3):
        with pytest.raises(PlatformUnanswered, match="KeyError"):
            sign_in.headers()
    assert strange.asked == 1


def test_there_is_no_time_for_a_sign_in() -> None:
    now = iter([0.0, 99.0, 99.0, 99.0])
    sign_in = SignIn(_Strange(), Deadline(5, clock=lambda: next(now)))
    with pytest.raises(PlatformUnanswered, match="within 5 s"):
        sign_in.headers()
