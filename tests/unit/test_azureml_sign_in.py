"""Azure ML: the sign-in, what is said where it fails, and that nothing is loaded before."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms import azureml_signin
from registry_sheets.platforms.azureml_signin import SignIn
from registry_sheets.platforms.deadline import Deadline
from tests.support.platforms.azureml.asking import Credential, platform


def test_the_sign_in_goes_with_every_question_and_is_asked_for_once() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"value": []})

    credential = Credential()
    more: dict[str, Any] = {"url": "https://management.azure.com", "credential": credential}
    asking = platform({}, transport=httpx.MockTransport(answer), **more)
    list(asking.versions("ws"))
    list(asking.deployments("ws", []))
    assert seen == ["Bearer t1"] * 4
    assert credential.scopes == ["https://management.azure.com/.default"]


def test_a_token_is_renewed_before_it_ends() -> None:
    now = [0.0]
    sign_in = SignIn("https://a.example/", Deadline(20), Credential(1000.0, 5000.0), clock=lambda: now[0])
    assert sign_in.headers() == {"Authorization": "Bearer t1"}
    now[0] = 699
    assert sign_in.headers() == {"Authorization": "Bearer t1"}
    now[0] = 701
    assert sign_in.headers() == {"Authorization": "Bearer t2"}


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9/x"])
def test_an_emulator_gets_no_sign_in(url: str) -> None:
    credential = Credential(ValueError("must not be asked"))
    assert SignIn(url, Deadline(20), credential).headers() == {}
    assert credential.scopes == []


@pytest.mark.parametrize("url", ["http://azure.example", "http://127.0.0.1.evil.example"])
def test_a_sign_in_is_not_sent_unencrypted(url: str) -> None:
    credential = Credential()
    with pytest.raises(PlatformUnanswered, match="not encrypted"):
        SignIn(url, Deadline(20), credential).headers()
    assert credential.scopes == []


def test_a_sign_in_that_takes_too_long_is_left_behind() -> None:
    release = threading.Event()
    slow = SimpleNamespace(get_token=lambda scope: release.wait(30))
    sign_in = SignIn("https://a.example", Deadline(0.3), slow)
    with pytest.raises(PlatformUnanswered) as caught:
        sign_in.headers()
    release.set()
    assert "longer than 0.3 s" in caught.value.message
    assert "az login" in caught.value.fix


def test_a_sign_in_that_failed_is_not_tried_again() -> None:
    credential = Credential(ValueError("s3cret"))
    sign_in = SignIn("https://a.example", Deadline(20), credential)
    for _ in range(3):
        with pytest.raises(PlatformUnanswered, match=r"failed \(ValueError\)"):
            sign_in.headers()
    assert len(credential.scopes) == 1


def failures() -> list[tuple[Exception, str, str]]:
    from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
    from azure.identity import CredentialUnavailableError

    wrong = (
        "Authentication failed: AADSTS7000215: Invalid client secret provided. Ensure it is the value. "
        "Trace ID: 1234 Correlation ID: 5678 Timestamp: 2026\nmore"
    )
    return [
        (CredentialUnavailableError("no"), "There is no sign-in to Azure", "az login"),
        (ClientAuthenticationError("DefaultAzureCredential failed\n..."), "no sign-in", "AZURE_CLIENT_ID"),
        (ClientAuthenticationError(wrong), "AADSTS7000215: Invalid client secret provided.", "AZURE_CLIENT_SECRET"),
        (ServiceRequestError("no route; secret=s3cret"), "ServiceRequestError", "AZURE_TENANT_ID"),
        (OSError("az: s3cret"), "OSError", "az login"),
    ]


@pytest.mark.parametrize("number", range(5))
def test_every_failed_sign_in_says_what_to_do(number: int) -> None:
    error, message, fix = failures()[number]
    with pytest.raises(PlatformUnanswered) as caught:
        SignIn("https://a.example", Deadline(20), Credential(error)).headers()
    assert message in caught.value.message
    assert fix in caught.value.fix
    assert "s3cret" not in str(caught.value)
    assert "Trace ID" not in caught.value.message


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How azure-identity's chain was made."""
    made: list[dict[str, Any]] = []

    def default(**said: Any) -> Credential:
        made.append(said)
        return Credential()

    monkeypatch.setattr("azure.identity.DefaultAzureCredential", default)
    return made


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("management.azure.com", None),
        ("management.usgovcloudapi.net", "login.microsoftonline.us"),
        ("management.chinacloudapi.cn", "login.chinacloudapi.cn"),
    ],
)
def test_the_usual_chain_opens_no_browser(
    chain: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str, authority: str | None
) -> None:
    monkeypatch.delenv("AZURE_AUTHORITY_HOST", raising=False)
    assert SignIn(f"https://{host}", Deadline(5.5)).headers() == {"Authorization": "Bearer t1"}
    (said,) = chain
    assert said["exclude_interactive_browser_credential"] is True
    assert said.get("authority") == authority
    assert 0 < said["process_timeout"] <= 5


def test_an_authority_of_the_environment_goes_first(
    chain: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "login.example")
    SignIn("https://management.usgovcloudapi.net", Deadline(5)).headers()
    assert "authority" not in chain[0]


def test_a_chain_that_finds_nothing_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The real chain of azure-identity, on a machine without any sign-in."""
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "dev")  # asks no metadata service
    with pytest.raises(PlatformUnanswered, match="no sign-in"):
        SignIn("https://management.azure.com", Deadline(20)).headers()
    assert logging.getLogger("azure").handlers
    assert capfd.readouterr() == ("", "")


def test_without_azure_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(PlatformUnanswered) as caught:
        azureml_signin.default_credential("https://a.example", 5)
    assert "registry-sheets[azure]" in caught.value.fix


def test_importing_the_adapter_loads_nothing_of_azure() -> None:
    code = "import sys, registry_sheets.platforms.azureml; print({'httpx', 'azure.identity'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
