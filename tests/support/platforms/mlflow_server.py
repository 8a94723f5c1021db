"""A real MLflow server on this machine, with a sqlite file that is emptied and filled without asking it.

It is the process that ``mlflow server`` starts (uvicorn with MLflow's own app, one worker), started without the command
around it, which takes twice as long. It is there in about 3 s, ends with the test process, however that ends,
and no test waits for it but those that ask for it.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from mlflow import MlflowClient

_KEPT = {"alembic_version", "workspaces"}
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "PYTHONWARNINGS": "ignore",
}

_SERVE = """
import os, socket, threading
# Standard input ends when the test process does.
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
import uvicorn
config = uvicorn.Config({app!r}, log_level="warning", access_log=False, factory={factory})
uvicorn.Server(config).run([socket.socket(fileno={fd})])
"""


@dataclass(frozen=True)
class MlflowServer:
    """A server at ``url`` ('http://127.0.0.1:41234'); ``database`` is its sqlite file."""

    url: str
    database: Path
    process: subprocess.Popen[bytes]

    def client(self) -> MlflowClient:
        """MLflow's own client of this server. The first one in a process takes about 2 s to import."""
        return _client(self.url)

    def reset(self) -> None:
        """Empty it: models, versions, runs, experiments but the default one. Takes a few milliseconds."""
        with closing(self.connect()) as database, database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                if name not in _KEPT and not name.startswith("sqlite_"):
                    keep = " WHERE experiment_id <> 0" if name == "experiments" else ""
                    database.execute(f'DELETE FROM "{name}"{keep}')

    def seed(
        self,
        model: str,
        count: int = 1,
        *,
        created: datetime | None = None,
        stage: str = "None",
        source: str = "s3://models/{model}/{version}",
        user: str = "ana",
        description: str = "",
        tags: Mapping[str, str] | None = None,
        aliases: Mapping[str, int] | None = None,
        runs: bool = False,
    ) -> Sequence[str]:
        """Register so many more versions of a model, straight into the database; thousands in a moment.

        Args:
            model: made where it is not there yet.
            count: how many more.
            created: when the first was; the others follow by a second each. None: so that the last is from now.
            stage: their stage; MLflow's word for none is 'None'.
            source: their source; {model} and {version} stand for both.
            user: who registered them.
            description: of each version.
            tags: of each version.
            aliases: alias -> version, set (moved where it is there).
            runs: each comes from a finished run of the default experiment, that ended a minute before the version was
                registered, with the dataset s3://data/{model}/{version}.csv and the metric auc = version / 10000.

        Returns:
            The numbers of the new versions, as texts.
        """
        first_moment = created or datetime.now(UTC) - timedelta(seconds=count)
        with closing(self.connect()) as database, database:
            start = _millis(first_moment)
            database.execute(
                "INSERT OR IGNORE INTO registered_models (name, creation_time, last_updated_time, description)"
                " VALUES (?, ?, ?, '')",
                (model, start, start),
            )
            (last,) = database.execute(
                "SELECT COALESCE(MAX(version), 0) FROM model_versions WHERE name = ?", (model,)
            ).fetchone()
            new = range(last + 1, last + count + 1)
            made = {version: _millis(first_moment + timedelta(seconds=version - last - 1)) for version in new}
            run_of = {version: uuid.uuid4().hex if runs else "" for version in new}
            database.executemany(
                "INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id,"
                " current_stage, source, storage_location, run_id, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'READY')",
                [
                    (model, version, made[version], made[version], description, user, stage, where, where, run)
                    for version, run in run_of.items()
                    for where in (source.format(model=model, version=version),)
                ],
            )
            database.executemany(
                "INSERT INTO model_version_tags (name, version, key, value) VALUES (?, ?, ?, ?)",
                [(model, version, key, value) for version in new for key, value in (tags or {}).items()],
            )
            database.executemany(
                "INSERT OR REPLACE INTO registered_model_aliases (name, alias, version) VALUES (?, ?, ?)",
                [(model, alias, version) for alias, version in (aliases or {}).items()],
            )
            if runs:
                _seed_runs(database, model, run_of, made)
        return [str(version) for version in new]

    def connect(self) -> sqlite3.Connection:
        """Its database. Foreign keys are not looked at."""
        database = sqlite3.connect(self.database, timeout=60)
        database.execute("PRAGMA synchronous = OFF")
        return database

    def stop(self) -> None:
        """Kill it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@cache
def mlflow_server() -> MlflowServer:
    """The one server of this process, started by whoever asks first and killed at the end. Call reset() before use."""
    running = started_mlflow()
    server = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return server


@contextmanager
def started_mlflow(
    app: str = "mlflow.server.fastapi_app:app",
    environment: Mapping[str, str] | None = None,
    factory: bool = False,
    sign_in: tuple[str, str] | None = None,
) -> Iterator[MlflowServer]:
    """A server of one's own.

    Args:
        app: what ``mlflow server`` hands to uvicorn; 'mlflow.server.auth:create_app' (a factory) is with basic-auth.
        environment: more variables for it.
        factory: the app is made by a call.
        sign_in: user and password, where it asks for them.
    """
    directory = Path(tempfile.mkdtemp(prefix="mlflow-"))
    try:
        server = _start(directory, app, environment or {}, factory)
        try:
            _await(server, directory / "log.txt", sign_in)
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path, app: str, environment: Mapping[str, str], factory: bool) -> MlflowServer:
    database = directory / "mlflow.db"
    internal = {  # what `mlflow server` tells its workers (mlflow/server/constants.py)
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{database}",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": str(directory / "artifacts"),
        "_MLFLOW_SGI_NAME": "uvicorn",
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "_MLFLOW_"))}
    with socket.create_server(("127.0.0.1", 0)) as listening, (directory / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE.format(app=app, fd=listening.fileno(), factory=factory)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**inherited, **_QUIET, **internal, **environment},
            pass_fds=(listening.fileno(),),
            start_new_session=True,
        )
        return MlflowServer(f"http://127.0.0.1:{listening.getsockname()[1]}", database, process)


def _await(server: MlflowServer, log: Path, sign_in: tuple[str, str] | None) -> None:
    """Until it answers; the first question makes its tables. It listens from the start, so one question will do."""
    try:
        with httpx.Client(base_url=server.url, auth=sign_in, timeout=120, trust_env=False) as client:
            client.get("/health").raise_for_status()
            client.get("/api/2.0/mlflow/registered-models/search").raise_for_status()
            client.get("/api/2.0/mlflow/experiments/get", params={"experiment_id": "0"}).raise_for_status()
        assert server.database.exists(), "the server did not take its database from the environment"
    except (httpx.HTTPError, AssertionError) as error:
        server.stop()
        raise RuntimeError(f"mlflow server did not start: {log.read_text(errors='replace')[-2000:]}") from error


def _seed_runs(database: sqlite3.Connection, model: str, run_of: Mapping[int, str], made: Mapping[int, int]) -> None:
    minute = 60_000
    database.executemany(
        "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage,"
        " artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', 'ana', 'FINISHED', ?, ?, 'active', ?, 0)",
        [
            (run, f"{model} {version}"[:250], made[version] - 2 * minute, made[version] - minute, f"s3://runs/{run}")
            for version, run in run_of.items()
        ],
    )
    datasets = {version: uuid.uuid4().hex for version in run_of}
    database.executemany(
        "INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source)"
        " VALUES (?, 0, ?, ?, 's3', ?)",
        [
            (one, f"{model} data"[:500], one[:8], json.dumps({"uri": f"s3://data/{model}/{version}.csv"}))
            for version, one in datasets.items()
        ],
    )
    database.executemany(
        "INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)"
        " VALUES (?, 'DATASET', ?, 'RUN', ?)",
        [(uuid.uuid4().hex, datasets[version], run) for version, run in run_of.items()],
    )
    database.executemany(
        "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('auc', ?, ?, 0, 0, ?)",
        [(version / 10_000, made[version], run) for version, run in run_of.items()],
    )


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@cache
def _client(url: str) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when mlflow is imported
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=url, registry_uri=url)
