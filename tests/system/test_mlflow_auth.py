"""A real MLflow server with its own basic-auth."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform
from registry_sheets.registry.platforms.values import Lineage, PlatformVersion
from tests.support.platforms.mlflow_server import MlflowServer, started_mlflow


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowServer]:
    """A server with MLflow's own basic-auth: admin, and Ben who may see nothing."""
    config = tmp_path_factory.mktemp("auth") / "basic_auth.ini"
    config.write_text(
        "[mlflow]\ndefault_permission = NO_PERMISSIONS\nadmin_username = admin\nadmin_password = correct-horse-1\n"
        f"database_uri = sqlite:///{config.parent}/auth.db\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    environment = {"MLFLOW_AUTH_CONFIG_PATH": str(config), "MLFLOW_FLASK_SERVER_SECRET_KEY": "for a test"}
    admin = ("admin", "correct-horse-1")
    with started_mlflow("mlflow.server.auth:create_app", environment, factory=True, sign_in=admin) as server:
        ben = {"username": "ben", "password": "correct-horse-2"}
        httpx.post(f"{server.url}/api/2.0/mlflow/users/create", json=ben, auth=admin, timeout=60).raise_for_status()
        server.seed("fraud", 3, runs=True, aliases={"champion": 2})
        yield server


def _asked(server: MlflowServer, environment: dict[str, str], token_env: str = "") -> list[PlatformVersion]:
    platform = MlflowPlatform("guarded", server.url, Deadline(30), environment=environment, token_env=token_env)
    return list(platform.versions(""))


def test_signed_in_by_basic_auth(guarded: MlflowServer) -> None:
    admin = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "correct-horse-1"}
    assert len(_asked(guarded, admin)) == 3
    assert len(_asked(guarded, {"OURS": "admin:correct-horse-1"}, token_env="OURS")) == 3


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "wrong-horse"},
        {"MLFLOW_TRACKING_TOKEN": "a-token"},
    ],
)
def test_not_signed_in(guarded: MlflowServer, environment: dict[str, str]) -> None:
    with pytest.raises(PlatformUnanswered) as caught:
        _asked(guarded, environment)
    assert "401" in caught.value.message or "does not take" in caught.value.message
    assert "MLFLOW_TRACKING_USERNAME" in caught.value.fix
    assert not any(secret in str(caught.value) for secret in environment.values())


def test_runs_that_the_account_may_not_see_are_named(guarded: MlflowServer) -> None:
    """Ben sees no models either: MLflow leaves them out of its listing without a word, as its own client is told."""
    ben = {"MLFLOW_TRACKING_USERNAME": "ben", "MLFLOW_TRACKING_PASSWORD": "correct-horse-2"}
    assert _asked(guarded, ben) == []
    admin = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "correct-horse-1"}
    versions = _asked(guarded, admin)
    platform = MlflowPlatform("guarded", guarded.url, Deadline(30), environment=ben)
    told: list[Lineage] = []
    with pytest.raises(PlatformUnanswered, match="does not let this account see the run"):
        told.extend(lineage for _, lineage in platform.lineage(versions))
    assert told == [Lineage()] * 3
