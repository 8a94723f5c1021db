"""Signing in at an MLflow server by its own chain, and whose certificates are trusted."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform
from registry_sheets.platforms.mlflow_sign_in import MlflowSignIn
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.mlflow_answers import Answers


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


USER, PASSWORD, TOKEN = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"


class TestSignIn:
    @pytest.mark.parametrize(
        ("environment", "header"),
        [
            ({}, None),
            ({TOKEN: "tok.en-1\n"}, "Bearer tok.en-1"),
            ({USER: "ana", PASSWORD: "pä:ss"}, basic("ana:pä:ss")),
            ({USER: "ana", PASSWORD: "pass", TOKEN: "t"}, basic("ana:pass")),
            ({USER: "ana", TOKEN: "t"}, "Bearer t"),
            ({USER: "ana"}, None),
        ],
    )
    def test_the_chain(self, environment: dict[str, str], header: str | None) -> None:
        assert MlflowSignIn(environment).headers().get("Authorization") == header

    @pytest.mark.parametrize(
        "environment", [{}, {USER: "ana", PASSWORD: "p%w", TOKEN: "t"}, {USER: "bob"}, {TOKEN: "t"}]
    )
    def test_the_file_as_mlflow_reads_it(
        self, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from mlflow.utils.credentials import read_mlflow_creds

        file = tmp_path / ".mlflow" / "credentials"
        file.parent.mkdir()
        file.write_text("[mlflow]\nmlflow_tracking_username = ana\nmlflow_tracking_password = 50%% = x\n")
        for variable in (USER, PASSWORD, TOKEN):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in {"HOME": str(tmp_path), **environment}.items():
            monkeypatch.setenv(variable, value)
        theirs = read_mlflow_creds()
        ours = MlflowSignIn({"HOME": str(tmp_path), **environment}).headers()["Authorization"]
        assert ours == basic(f"{theirs.username}:{theirs.password}")

    @pytest.mark.parametrize("written", [b"secret-1", b"[mlflow]\nmlflow_tracking_password = secret-1%\n", b"\xff\xfe"])
    def test_a_file_that_is_none(self, written: bytes, tmp_path: Path) -> None:
        file = tmp_path / ".mlflow" / "credentials"
        file.parent.mkdir()
        file.write_bytes(written)
        with pytest.raises(PlatformUnanswered) as caught:
            MlflowSignIn({"HOME": str(tmp_path)}).headers()
        assert str(file) in caught.value.message
        assert "secret-1" not in str(caught.value)

    def test_a_variable_of_its_own(self) -> None:
        environment = {"OURS": "tok", "PAIR": "ana:pass", TOKEN: "other", USER: "u", PASSWORD: "p"}
        assert MlflowSignIn(environment, "OURS").headers()["Authorization"] == "Bearer tok"
        assert MlflowSignIn(environment, "PAIR").headers()["Authorization"] == basic("ana:pass")
        with pytest.raises(PlatformUnanswered, match="NOT_SET holds no sign-in"):
            MlflowSignIn(environment, "NOT_SET").headers()

    @pytest.mark.parametrize("token", ["sec ret", "sec\nret", "sécret", "sec\x00ret"])
    def test_what_is_no_token_is_not_sent_and_not_shown(self, token: str) -> None:
        server = Answers()
        with pytest.raises(PlatformUnanswered) as caught:
            list(server.platform(environment={TOKEN: token}).versions(""))
        assert token not in str(caught.value)
        assert TOKEN in caught.value.message
        assert server.asked == []

    def test_each_question_carries_it_and_the_workspace(self) -> None:
        server = Answers()
        list(server.platform(environment={TOKEN: "t", "MLFLOW_WORKSPACE": "risk"}).versions(""))
        assert {one.headers["Authorization"] for one in server.asked} == {"Bearer t"}
        assert {one.headers["X-MLFLOW-WORKSPACE"] for one in server.asked} == {"risk"}

    def test_it_goes_nowhere_else(self) -> None:
        away = httpx.Response(307, headers={"Location": "https://evil.example/api/2.0/mlflow/registered-models/search"})
        server = Answers(registered_models__search=away)
        with pytest.raises(PlatformUnanswered, match="not followed"):
            list(server.platform(environment={TOKEN: "t"}).versions(""))
        assert [one.url.host for one in server.asked] == ["mlflow.internal"]

    @pytest.mark.parametrize(
        "body", [b"You are not authenticated. Please see <url>", b'{"error_code": 5}', b"\xff", b""]
    )
    def test_what_to_do_about_a_refusal(self, body: bytes) -> None:
        def told(status: int, **more: Any) -> PlatformUnanswered:
            server = Answers(registered_models__search=lambda _request: httpx.Response(status, content=body))
            with pytest.raises(PlatformUnanswered) as caught:
                list(server.platform(**more).versions(""))
            return caught.value

        assert TOKEN in told(401).fix
        assert "OURS" in told(401, environment={"OURS": "t"}, token_env="OURS").fix
        assert "permission READ" in told(403).fix
        assert "MLflow server" in told(404).fix


class _Quiet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments: Any) -> None: ...


class _Hushed(HTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None: ...


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ca.pem, and client.pem with its key."""
    directory = tmp_path_factory.mktemp("certificates")
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    ours = authority.issue_cert("registry@example.com")
    ours.private_key_and_cert_chain_pem.write_to_path(str(directory / "client.pem"))
    (directory / "no.pem").write_text("no certificate")
    return directory


def _serving(authority: trustme.CA, mutual: bool) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)
    server = _Hushed(("127.0.0.1", 0), _Quiet)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def secure(authority: trustme.CA) -> Iterator[str]:
    yield from _serving(authority, mutual=False)


@pytest.fixture(scope="module")
def mutual(authority: trustme.CA) -> Iterator[str]:
    yield from _serving(authority, mutual=True)


class TestCertificates:
    def listed(self, url: str, environment: dict[str, str], ca_file: str = "") -> list[PlatformVersion]:
        deadline = Deadline(30, sleep=lambda _seconds: None)
        platform = MlflowPlatform("m", url, deadline, environment=environment, ca_file=ca_file)
        try:
            return list(platform.versions(""))
        finally:
            platform.close()

    def test_an_authority_that_nobody_trusts(self, secure: str) -> None:
        with pytest.raises(PlatformUnanswered, match="certificate is not trusted"):
            self.listed(secure, {"MLFLOW_TRACKING_INSECURE_TLS": "false"})

    def test_the_ways_to_trust_it(self, secure: str, files: Path) -> None:
        assert self.listed(secure, {}, ca_file=str(files / "ca.pem")) == []
        assert self.listed(secure, {"MLFLOW_TRACKING_SERVER_CERT_PATH": str(files / "ca.pem")}) == []
        assert self.listed(secure, {"MLFLOW_TRACKING_INSECURE_TLS": "true"}) == []

    def test_an_authority_is_looked_at_even_where_all_is_to_be_trusted(self, secure: str, tmp_path: Path) -> None:
        trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
        with pytest.raises(PlatformUnanswered, match="certificate is not trusted"):
            self.listed(secure, {"MLFLOW_TRACKING_INSECURE_TLS": "1"}, ca_file=str(tmp_path / "other.pem"))

    def test_a_certificate_of_ours(self, mutual: str, files: Path) -> None:
        authority = str(files / "ca.pem")
        ours = {"MLFLOW_TRACKING_CLIENT_CERT_PATH": str(files / "client.pem")}
        assert self.listed(mutual, ours, ca_file=authority) == []
        assert self.listed(mutual, {**ours, "MLFLOW_TRACKING_INSECURE_TLS": "true"}) == []
        with pytest.raises(PlatformUnanswered):
            self.listed(mutual, {}, ca_file=authority)

    def test_files_that_cannot_be_read(self, secure: str, files: Path) -> None:
        for name in ("no.pem", "absent.pem", "nul\0.pem"):
            path = str(files / name)
            with pytest.raises(PlatformUnanswered, match="No certificates") as caught:
                self.listed(secure, {}, ca_file=path)
            assert "ca_file" in caught.value.fix
            for variable in ("MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_TRACKING_CLIENT_CERT_PATH"):
                with pytest.raises(PlatformUnanswered, match="No certificates") as caught:
                    self.listed(secure, {variable: path})
                assert variable in caught.value.fix

    def test_a_directory_is_taken(self, files: Path) -> None:
        assert isinstance(MlflowSignIn({}, ca_file=str(files)).verify(), ssl.SSLContext)
