"""Signing in: each way, and each fault with its sentence; a key is never shown."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from google_auth_oauthlib.flow import InstalledAppFlow

from registry_sheets.errors import ConfigProblem, NotChecked
from registry_sheets.workbooks.google.transport import signin
from registry_sheets.workbooks.google.transport.keys import Key
from registry_sheets.workbooks.google.transport.signin import SCOPES, SignIn, credentials
from tests.support.google.key_file import AuthorizedUser, ServiceAccountKey, authorized_user, service_account_key

SECRET = "s3cr3t-part"
CLIENT = {
    "installed": {
        "client_id": "1-made.apps.googleusercontent.com",
        "client_secret": f"GOCSPX-{SECRET}",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "redirect_uris": ["http://localhost"],
    }
}


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials of the machine that the tests run on, and no look for a cloud's metadata server."""
    for name in [name for name in os.environ if "GOOGLE" in name or "CLOUDSDK" in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "no-gcloud"))


@pytest.fixture
def key() -> ServiceAccountKey:
    return service_account_key()


@pytest.fixture
def user() -> AuthorizedUser:
    return authorized_user(refresh_token=f"1//{SECRET}")


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def refused(how: SignIn, environ: dict[str, str] | None = None, person: bool = False) -> str:
    with pytest.raises(ConfigProblem) as caught:
        credentials(how, environ or {}, lambda: person)
    assert caught.value.message
    assert caught.value.fix
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert caught.value.__context__ is None, "what broke may show parts of a key"
    return str(caught.value)


@pytest.mark.parametrize("auth", ["", "service account"])
def test_a_key_file(key: ServiceAccountKey, tmp_path: Path, auth: Any) -> None:
    found = credentials(SignIn(auth, key_file=key.written(tmp_path / "key.json")), {})
    assert found.account == key.email
    assert set(found.google.scopes) == set(SCOPES)
    assert "google=" not in repr(found)


def test_scopes_are_narrow() -> None:
    assert [scope.rpartition("/")[2] for scope in SCOPES] == ["spreadsheets", "drive.metadata.readonly"]


@pytest.mark.parametrize("auth", ["", "service account"])
def test_a_key_in_a_variable(key: ServiceAccountKey, auth: Any) -> None:
    environ = {"REGISTRY_SHEETS_GOOGLE_KEY": "\n" + json.dumps(key.json)}
    assert credentials(SignIn(auth), environ).account == key.email
    assert credentials(SignIn(auth, key_env="MINE"), {"MINE": json.dumps(key.json)}).account == key.email


def test_a_key_file_comes_before_the_variable(key: ServiceAccountKey, tmp_path: Path) -> None:
    other = service_account_key("other@p.iam.gserviceaccount.com")
    how = SignIn(key_file=key.written(tmp_path / "key.json"))
    assert credentials(how, {"REGISTRY_SHEETS_GOOGLE_KEY": json.dumps(other.json)}).account == key.email


def test_a_key_saved_by_a_windows_editor(key: ServiceAccountKey, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key.json), encoding="utf-8-sig")
    assert credentials(SignIn(key_file=path), {}).account == key.email


def test_files_that_are_no_key(tmp_path: Path, user: AuthorizedUser) -> None:
    def told(content: Any) -> str:
        return refused(SignIn(key_file=written(tmp_path / "some.json", content)))

    assert "is not there" in refused(SignIn(key_file=tmp_path / "none.json"))
    assert "is a folder" in refused(SignIn(key_file=tmp_path))
    assert "not a JSON object" in told(f"-----BEGIN PRIVATE KEY-----{SECRET}")
    assert "not a JSON object" in told([SECRET])
    assert "not a JSON object" in told("[" * 100_000)
    assert "not a JSON object" in told(" " * 1_000_001 + "{}")
    assert "OAuth client file" in told(CLIENT)
    assert 'auth = "oauth"' in told({"web": CLIENT["installed"]})
    assert "a person's stored sign-in" in told(user.json)
    assert "GOOGLE_APPLICATION_CREDENTIALS" in told({"type": "external_account"})
    assert "not a service account's key" in told({"some": SECRET})
    assert "not a service account's key" in told({"type": [SECRET]})


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_that_may_not_be_read(key: ServiceAccountKey, tmp_path: Path) -> None:
    path = key.written(tmp_path / "key.json")
    path.chmod(0)
    assert "cannot be read" in refused(SignIn(key_file=path))


@pytest.mark.parametrize("name", ["client_email", "private_key", "token_uri"])
@pytest.mark.parametrize("value", [None, "", 7, [SECRET]])
def test_a_key_that_is_not_whole(key: ServiceAccountKey, tmp_path: Path, name: str, value: Any) -> None:
    path = written(tmp_path / "key.json", {**key.json, name: value})
    assert f"has no {name}" in refused(SignIn(key_file=path))


@pytest.mark.parametrize(
    "private",
    [
        SECRET,
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\\n\ud800",
    ],
)
def test_a_broken_private_key(
    key: ServiceAccountKey, tmp_path: Path, private: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = written(tmp_path / "key.json", {**key.json, "private_key": private})
    assert "the private key in it is broken" in refused(SignIn(key_file=path))
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "https://tokens.example/token",
        "http://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com@tokens.example/token",
        "https://tokens.example\\@oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com.tokens.example/token",
        "https://tokens.example/?oauth2.googleapis.com/",
        "https://oauth2.googleapis.com:8443/token",
        "https://evilgoogleapis.com/token",
        "http://localhost.tokens.example/token",
        "http://127.0.0.1@tokens.example/token",
        " https://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com/token\n",
        "file:///etc/passwd",
    ],
)
def test_a_key_that_would_send_the_sign_in_elsewhere(
    key: ServiceAccountKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(requests.Session, "send", lambda *_, **__: pytest.fail("something was sent"))
    path = written(tmp_path / "key.json", {**key.json, "token_uri": address})
    assert "token_uri" in refused(SignIn(key_file=path))
    assert "token_uri" in refused(SignIn(), {signin._DEFAULTS_FILE: str(path)})
    client = written(tmp_path / "client.json", {"installed": {**CLIENT["installed"], "token_uri": address}})
    mine = SignIn("oauth", client_file=client, user_file=tmp_path / "user.json")
    assert "token_uri" in refused(mine, person=True)


@pytest.mark.parametrize(
    "address",
    [
        "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v4/token",
        "https://oauth2.mtls.googleapis.com/token",
        "http://localhost:8080/token",
        "http://127.0.0.1:9/token",
        "http://[::1]:9/token",
    ],
)
def test_a_key_with_another_address_of_googles(key: ServiceAccountKey, tmp_path: Path, address: str) -> None:
    path = written(tmp_path / "key.json", {**key.json, "token_uri": address})
    assert credentials(SignIn(key_file=path), {}).account == key.email


def test_a_variable_that_holds_something_else(key: ServiceAccountKey) -> None:
    def told(value: str) -> str:
        return refused(SignIn(), {"REGISTRY_SHEETS_GOOGLE_KEY": value})

    assert "holds a file's name" in told(f"/etc/{SECRET}.json")
    assert "REGISTRY_SHEETS_GOOGLE_KEY is not a Google key" in told(SECRET)
    assert "REGISTRY_SHEETS_GOOGLE_KEY is not a Google key" in told(json.dumps(key.json)[:-9])
    assert "OAuth client file" in told(json.dumps(CLIENT))


def test_nothing_anywhere() -> None:
    text = refused(SignIn())
    ways = ["key_file", "REGISTRY_SHEETS_GOOGLE_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "gcloud auth"]
    assert sorted(ways, key=text.index) == ways
    assert "nothing to sign in" in refused(SignIn("application default"))
    assert "No service account's key" in refused(SignIn("service account"))


def default(path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    return dict(os.environ)


@pytest.mark.parametrize("auth", ["", "application default"])
def test_application_default_from_a_file(
    key: ServiceAccountKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auth: Any
) -> None:
    found = credentials(SignIn(auth), default(key.written(tmp_path / "key.json"), monkeypatch))
    assert found.account == key.email
    assert set(found.google.scopes) == set(SCOPES)


def test_application_default_of_a_person(user: AuthorizedUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = credentials(SignIn(), default(user.written(tmp_path / "user.json"), monkeypatch))
    assert found.account == ""
    assert found.google.refresh_token == user.json["refresh_token"]


def test_application_default_of_gcloud(user: AuthorizedUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    user.written(tmp_path / "application_default_credentials.json")
    assert credentials(SignIn(), {}).account == ""


def test_application_default_that_acts_for_a_service_account(
    user: AuthorizedUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = {
        "type": "impersonated_service_account",
        "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
        "keeper@p.iam.gserviceaccount.com:generateAccessToken",
        "source_credentials": user.json,
        "delegates": [],
    }
    found = credentials(SignIn(), default(written(tmp_path / "as.json", content), monkeypatch))
    assert found.account == "keeper@p.iam.gserviceaccount.com"


def test_application_default_that_cannot_be_used(
    key: ServiceAccountKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(content: Any) -> str:
        return refused(SignIn(), default(written(tmp_path / "some.json", content), monkeypatch))

    assert "is not there" in refused(SignIn(), default(tmp_path / "none.json", monkeypatch))
    assert "not a JSON object" in told(SECRET)
    assert "OAuth client file" in told(CLIENT)
    assert "private key in it is broken" in told({**key.json, "private_key": SECRET})
    assert "cannot be used" in told({"type": "authorized_user", "client_secret": SECRET})
    assert "cannot be used" in told({"type": "external_account", "x": SECRET})


class Machine:
    """A cloud machine's own account, whose address only its metadata server knows."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.service_account_email = "default"
        self.trouble = trouble

    def refresh(self, _: Any) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.service_account_email = "machine@p.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("trouble", "account"),
    [(None, "machine@p.iam.gserviceaccount.com"), (RefreshError("metadata"), ""), (TransportError("metadata"), "")],
)
def test_a_cloud_machines_own_account(monkeypatch: pytest.MonkeyPatch, trouble: Exception | None, account: str) -> None:
    monkeypatch.setattr("google.auth.default", lambda scopes: (Machine(trouble), "p"))
    assert credentials(SignIn(), {}).account == account


def test_application_default_over_a_network_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(scopes: Any) -> Any:
        raise TransportError(requests.ConnectTimeout("slow"))

    monkeypatch.setattr("google.auth.default", offline)
    with pytest.raises(NotChecked, match="could not be made in time"):
        credentials(SignIn(), {})


def test_the_browser_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def served(flow: InstalledAppFlow, **options: Any) -> str:
        asked.update(options, scopes=flow.oauth2session.scope)
        return "consent"

    monkeypatch.setattr(InstalledAppFlow, "run_local_server", served)
    assert signin._in_browser(CLIENT, SCOPES) == "consent"
    assert asked == {"port": 0, "timeout_seconds": 300, "scopes": SCOPES}


def test_ones_own_sign_in(user: AuthorizedUser, tmp_path: Path) -> None:
    found = credentials(SignIn("oauth", user_file=user.written(tmp_path / "user.json")), {}, lambda: False)
    assert found.account == ""
    assert found.google.refresh_token == user.json["refresh_token"]
    assert set(found.google.scopes) == set(SCOPES)


def test_ones_own_sign_in_that_cannot_be_used(key: ServiceAccountKey, tmp_path: Path) -> None:
    def told(content: Any) -> str:
        return refused(SignIn("oauth", user_file=written(tmp_path / "user.json", content)))

    assert "does not hold a person's sign-in" in told(key.json)
    assert "not whole" in told({"type": "authorized_user", "refresh_token": SECRET})
    assert "not whole" in told({**authorized_user().json, "expiry": 7})
    assert "not a JSON object" in told("")
    assert "needs a user_file" in refused(SignIn("oauth"))


def test_no_browser_is_opened_where_nobody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "_in_browser", lambda *_, **__: pytest.fail("a browser was opened"))
    how = SignIn("oauth", client_file=written(tmp_path / "client.json", CLIENT), user_file=tmp_path / "user.json")
    text = refused(how)
    assert "`registry-sheets doctor` once in a terminal" in text
    assert str(how.user_file) in text
    with pytest.raises(ConfigProblem, match="needs a person at a browser"):
        credentials(how, {})  # under pytest, neither end is a terminal


def test_consent_needs_an_oauth_client(key: ServiceAccountKey, tmp_path: Path) -> None:
    def told(content: Any) -> str:
        client = written(tmp_path / "client.json", content)
        return refused(SignIn("oauth", client_file=client, user_file=tmp_path / "user.json"), person=True)

    assert 'auth = "service account"' in told(key.json)
    assert "a person's stored sign-in" in told(authorized_user().json)
    assert "Desktop app" in told({"a": SECRET})
    assert "needs a client_file" in refused(SignIn("oauth", user_file=tmp_path / "user.json"))


def consented(user: AuthorizedUser) -> Any:
    from google.oauth2.credentials import Credentials

    return Credentials.from_authorized_user_info(user.json, SCOPES)


def test_consent_is_kept_for_its_owner_alone(
    user: AuthorizedUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def in_browser(client_config: Any, scopes: Any, port: int = 0) -> Any:
        asked.append((client_config, tuple(scopes)))
        return consented(user)

    monkeypatch.setattr(signin, "_in_browser", in_browser)
    kept = tmp_path / "new" / "user.json"
    how = SignIn("oauth", client_file=written(tmp_path / "client.json", CLIENT), user_file=kept)
    assert credentials(how, {}, lambda: True).google.refresh_token == user.json["refresh_token"]
    assert asked == [(CLIENT, SCOPES)]
    if os.name != "nt":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = credentials(how, {}, lambda: pytest.fail("asked again"))
    assert again.google.refresh_token == user.json["refresh_token"]


def test_consent_that_comes_to_nothing(user: AuthorizedUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = written(tmp_path / "client.json", CLIENT)
    how = SignIn("oauth", client_file=client, user_file=tmp_path / "user.json")

    def no_browser(*_: Any, **__: Any) -> Any:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(signin, "_in_browser", no_browser)
    assert "did not come to an end (RuntimeError)" in refused(how, person=True)
    monkeypatch.setattr(signin, "_in_browser", lambda *_, **__: consented(user))
    how = SignIn("oauth", client_file=client, user_file=client / "user.json")
    assert "cannot be kept" in refused(how, person=True)


def test_a_key_does_not_show_itself(key: ServiceAccountKey) -> None:
    assert "BEGIN" not in repr(Key("The file x", key.json))
    assert "BEGIN" not in f"{[Key('The file x', key.json)]}"
