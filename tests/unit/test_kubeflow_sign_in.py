"""Kubeflow: what it is asked with, and that nothing is opened before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.kubeflow import KubeflowPlatform
from registry_sheets.platforms.kubeflow_sign_in import KubeflowSignIn
from tests.support.platforms.kubeflow import KubeflowServer, Store, kubeflow_server
from tests.support.platforms.kubeflow.asking import IN_CLUSTER, Answers, opened, unanswered, versions


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


@pytest.fixture
def store(server: KubeflowServer) -> Store:
    server.reset()
    return server.store


def sign_in(url: str = IN_CLUSTER, **more: Any) -> KubeflowSignIn:
    return KubeflowSignIn(url, **{"environment": {}, "pod_token": Path("/nowhere"), **more})


def token_file(folder: Path, said: str = "tok") -> Path:
    (folder / "token").write_text(said + "\n")
    return folder / "token"


def test_the_token_is_sent_with_every_question() -> None:
    answers = Answers({})
    list(opened(answers, environment={"T": " tok "}, token_env="T").versions(""))
    assert {one.headers["Authorization"] for one in answers.asked} == {"Bearer tok"}


def test_without_a_token_none_is_sent() -> None:
    assert sign_in().headers() == {}


def test_a_file_is_read_again_for_every_question(tmp_path: Path) -> None:
    one = sign_in(token_file=str(token_file(tmp_path, "a")))
    assert one.headers() == {"Authorization": "Bearer a"}
    token_file(tmp_path, "b")
    assert one.headers() == {"Authorization": "Bearer b"}


def test_what_the_config_names_comes_first(tmp_path: Path) -> None:
    pod = token_file(tmp_path, "pod")
    named = tmp_path / "named"
    named.write_text("named")
    environment = {"T": "variable", "KF_PIPELINES_SA_TOKEN_PATH": str(named)}
    assert (
        sign_in(environment=environment, token_env="T", pod_token=pod).headers()["Authorization"] == "Bearer variable"
    )
    assert sign_in(environment=environment, pod_token=pod).headers()["Authorization"] == "Bearer named"
    assert sign_in(pod_token=pod).headers()["Authorization"] == "Bearer pod"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (IN_CLUSTER, True),
        ("http://mr.kubeflow.svc:8080", True),
        ("http://mr.kubeflow.svc.:8080", True),
        ("https://mr.example.com", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://mr.example.com", False),
        ("http://mr.kubeflow.svc.cluster.local@evil.example.com", False),
        ("http://evil.example.com/x.svc", False),
        ("http://localhost.example.com", False),
        ("http://mr.kubeflow.svc.example.com", False),
        ("http://notsvc", False),
    ],
)
@pytest.mark.parametrize("variable", [False, True])
def test_a_clusters_own_token_goes_over_no_open_line(url: str, sent: bool, variable: bool, tmp_path: Path) -> None:
    own = token_file(tmp_path, "pod")
    one = (
        sign_in(url, environment={"KF_PIPELINES_SA_TOKEN_PATH": str(own)}) if variable else sign_in(url, pod_token=own)
    )
    assert bool(one.headers()) is sent
    assert ("plain http" in one.how()) is not sent


def test_a_token_of_the_config_goes_where_the_config_says() -> None:
    one = sign_in("http://mr.example.com", environment={"T": "tok"}, token_env="T")
    assert one.headers() == {"Authorization": "Bearer tok"}


@pytest.mark.parametrize("said", ["", "  ", "two words", "a\nb", "ключ", "a\x00b"])
def test_what_is_no_token_is_said_without_saying_it(said: str, tmp_path: Path) -> None:
    for one in (
        sign_in(environment={"T": said}, token_env="T"),
        sign_in(token_file=str(token_file(tmp_path, said))),
        sign_in(pod_token=token_file(tmp_path, said)),
    ):
        told = unanswered(one.headers)
        assert not said.strip() or said not in str(told)
        assert "holds no" in told.message or "no token" in told.message


def test_a_variable_that_is_not_set_is_named() -> None:
    assert "MR_TOKEN" in unanswered(sign_in(token_env="MR_TOKEN").headers).message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "binary"):
        assert str(path) in unanswered(sign_in(token_file=str(path)).headers).message
    variable = sign_in(environment={"KF_PIPELINES_SA_TOKEN_PATH": str(tmp_path / "none")})
    assert "KF_PIPELINES_SA_TOKEN_PATH" in unanswered(variable.headers).fix


def test_a_refused_token_says_where_it_came_from(server: KubeflowServer, store: Store) -> None:
    server.token = "right"
    told = unanswered(
        lambda: list(
            KubeflowPlatform("k", server.url, Deadline(9), environment={"T": "wrong"}, token_env="T").versions("")
        )
    )
    assert "401" in told.message
    assert "variable T " in told.fix
    assert "wrong" not in str(told)
    assert sign_in(token_file="/x/token").how().count("/x/token") == 1
    assert "token_env" in sign_in().how()


@pytest.mark.parametrize("name", ["ca.pem", "none.pem"])
def test_certificates_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    told = unanswered(lambda: versions({}, ca_file=str(tmp_path / name)))
    assert str(tmp_path / name) in told.message


def test_a_certificate_authority_of_its_own(tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    assert versions({}, ca_file=str(tmp_path / "ca.pem")) == []


def test_closing_what_was_never_asked_opens_nothing() -> None:
    platform = opened(Answers({}), token_env="NOT_SET", ca_file="/nowhere")
    assert platform.scopes == ("",)
    platform.close()


def test_a_configured_adapter_costs_nothing_until_it_asks() -> None:
    code = "import sys, registry_sheets.platforms.kubeflow as k; assert k and 'httpx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
