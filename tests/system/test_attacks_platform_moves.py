"""Import from a platform and export to one, broken off, doubled, and with what others do there meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.operations.transfer_platform import Left, export_platform
from registry_sheets.platforms.exporting.mlflow import MlflowTarget
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable
from tests.support.command import run
from tests.support.editing import texts
from tests.support.platforms.leaving import table
from tests.support.platforms.line import Line, line_to
from tests.support.platforms.mlflow_server import MlflowServer, mlflow_server
from tests.support.registries import checked_registry, version
from tests.support.workbooks import make

CONFIG = """
time_zone = "Europe/Zurich"
[[platform]]
kind = "mlflow"
name = "our mlflow"
url = "{url}"
[[location]]
name = "Plant A"
platform = "our mlflow"
[[registry]]
name = "first"
sheet = "models.xlsx"
"""
HOSTILE = 'a"\\\n\u202e<b>;=1'


@pytest.fixture(scope="module")
def one_server() -> MlflowServer:
    return mlflow_server()


@pytest.fixture
def server(one_server: MlflowServer) -> MlflowServer:
    one_server.reset()
    return one_server


@pytest.fixture
def line(server: MlflowServer) -> Iterator[Line]:
    with line_to(server.url) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, server: MlflowServer) -> Path:
    configured(tmp_path, server.url)
    return tmp_path


def configured(folder: Path, url: str) -> None:
    (folder / "config.toml").write_text(CONFIG.format(url=url), encoding="utf-8")


def command(*arguments: str, folder: Path, code: int = 0) -> str:
    done = run(*arguments, folder=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def findings(folder: Path) -> list[tuple[str, str]]:
    done = run("reconcile", "--format", "json", folder=folder)
    assert done.returncode in (0, 1), done.stderr
    return [(one["rule"], one["message"]) for one in json.loads(done.stdout)["findings"] if one["severity"] != "info"]


def marks(server: MlflowServer) -> list[str]:
    with server.connect() as database:
        found = database.execute("SELECT value FROM model_version_tags WHERE key = 'registry-sheets.id'")
        return [mark for (mark,) in found]


def waits(folder: Path) -> list[Path]:
    return list(folder.rglob("*outbox*/*.json"))


# Import


def killed(folder: Path, until: Any, *arguments: str) -> None:
    """Start a command, and kill it once ``until`` holds, or when it has ended by itself."""
    with subprocess.Popen(
        [sys.executable, "-m", "registry_sheets", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None and not until():
            time.sleep(0.002)
        process.kill()


def test_an_import_that_was_killed_is_finished_by_the_same_command(folder: Path, server: MlflowServer) -> None:
    make(folder / "models.xlsx")
    server.seed("big", 300, aliases={"champion": 300})
    asked = ("import", "our mlflow", "--every-version", "--apply")
    killed(folder, lambda: waits(folder), *asked)
    again = run(*asked, folder=folder)
    assert again.returncode == 0, again.stderr
    rows = [row[1] for row in texts(folder / "models.xlsx", "Models")[1:] if row[0] == "big"]
    assert len(rows) == len(set(rows)) == 300
    assert command(*asked, folder=folder).startswith("Nothing to add to models.xlsx.")


def test_rows_that_waited_are_written_when_the_same_is_imported_again(folder: Path, server: MlflowServer) -> None:
    make(folder / "models.xlsx")
    server.seed("ac-failure", 4, aliases={"champion": 4})
    lock = folder / ".~lock.models.xlsx#"
    lock.write_text(",ana,laptop,01.07.2026 12:00,file:///home/ana;")
    asked = ("import", "our mlflow", "--apply", "--wait", "0")
    command(*asked, folder=folder)
    assert len(texts(folder / "models.xlsx", "Models")) == 3
    lock.unlink()
    done = run(*asked, folder=folder)
    assert "Written now, as it waited in the outbox: import 1 row from our mlflow." in done.stderr
    assert len(texts(folder / "models.xlsx", "Models")) == 4
    assert "Written now" not in run(*asked, folder=folder).stderr


def test_hostile_texts_come_in_as_they_are_and_json_stays_json(folder: Path, server: MlflowServer) -> None:
    make(folder / "models.xlsx", rows=[("Other", "1", "", "", "", "", "")])
    server.seed(HOSTILE, 2, runs=True, aliases={"champion": 2, '"x\\': 1}, description='=cmd|"/c"\n"}],', user='"}{')
    found = json.loads(command("import", "our mlflow", "--format", "json", folder=folder))
    assert [row["version"] for row in found["rows"]] == ["1", "2"]
    command("import", "our mlflow", "--apply", folder=folder)
    row = texts(folder / "models.xlsx", "Models")[-1]
    assert row[:2] == [HOSTILE.replace("\n", " "), "2"]
    assert '=cmd|"/c"\n"}],' in row
    assert findings(folder) == []
    found = json.loads(command("import", "our mlflow", "--apply", "--format", "json", folder=folder))
    assert (found["state"], found["rows"]) == ("unchanged", [])


# Export


def test_an_export_to_a_team_that_counts_agrees_as_before(folder: Path, server: MlflowServer) -> None:
    server.seed("ac-failure", 3, aliases={"champion": 3})
    rows = [version(version=f"{number}.0", stage="Archived") for number in (1, 2)]
    checked_registry(folder / "models.xlsx", [*rows, version(version="3.0", location="Plant A")])
    assert findings(folder) == []
    assert "left as it is" not in command("export", "our mlflow", "--apply", folder=folder)
    assert findings(folder) == []
    assert len(marks(server)) == 3


def test_two_exports_at_once_make_each_version_once(folder: Path, server: MlflowServer) -> None:
    checked_registry(folder / "models.xlsx", [version(name=f"M{n // 5}", version=str(n % 5 + 1)) for n in range(30)])
    asked = [sys.executable, "-m", "registry_sheets", "export", "our mlflow", "--apply"]
    both = [
        subprocess.Popen(asked, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [(*process.communicate(), process.returncode) for process in both]
    assert {code for *_, code in said} <= {0, 3}, said
    refused = [errors for _, errors, code in said if code == 3]
    assert all("Another run of registry-sheets is exporting this registry." in errors for errors in refused)
    assert len(marks(server)) == len(set(marks(server))) == 30
    assert command("export", "our mlflow", "--apply", folder=folder).startswith("Nothing to do")


def export(rows: ModelTable, url: str) -> Left:
    target = MlflowTarget("MLflow", url, 20.0, environment={})
    try:
        return export_platform(rows, target, PlatformTerms("ours", "mlflow"), apply=True)
    finally:
        target.close()


def test_a_model_that_somebody_deletes_meanwhile_is_made_again(server: MlflowServer, line: Line) -> None:
    rows = table(("AC", "1", "", "Berlin", "Production"))
    export(rows, server.url)
    more = table(("AC", "1", "", "Berlin", "Archived"), ("AC", "2", "", "Berlin", "Production"), ("Vans", "1"))
    client = server.client()

    class Asked(list[str]):
        """Before the first call that writes goes through, somebody deletes the model."""

        deleted = False

        def append(self, asked: str) -> None:
            if not (asked.startswith("GET ") or self.deleted):
                self.deleted = True
                client.delete_registered_model("AC")
            super().append(asked)

    line.asked = asked = Asked()
    done = export(more, line.url)
    assert done.complete, [str(one.error) for one in done.failed]
    assert asked.deleted
    models = {one.name: one.aliases for one in client.search_registered_models()}
    assert models == {"AC": {"champion": "2"}, "Vans": {}}
    assert export(more, server.url).steps == ()


def test_cells_of_every_kind_leave_and_are_found_again(folder: Path, server: MlflowServer) -> None:
    names = ['"quoted" (EU)', "a/b", "a:b", "a-b", "模型 é😀", "x" * 300, "\u202eright", "It's, 50 %", "1.5", "TRUE"]
    rows = [version(name=name, version=said, stage="Testing") for name in names for said in ("3,1", "=1+1", "v 2 ")]
    rows += [version(name="Long", why="w" * 32_767, what_changed="😀" * 16_000, run_link="\u202e" * 600)]
    rows += [version(name=name, version="9", location="Plant A") for name in names]
    checked_registry(folder / "models.xlsx", rows)
    command("export", "our mlflow", "--apply", folder=folder)
    assert command("export", "our mlflow", "--apply", folder=folder).startswith("Nothing to do")
    assert findings(folder) == []
    shown = json.loads(command("export", "our mlflow", "--format", "json", folder=folder))
    assert (shown["steps"], shown["conflicts"]) == ([], [])


def test_several_places_uses_and_archived_versions_agree_after_an_export(folder: Path, server: MlflowServer) -> None:
    rows = [version(name="Vans", version=str(number), stage="Archived") for number in range(1, 4)]
    rows += [version(name="Vans", version="4", location=place, used_for=place) for place in ("Plant A", "Oslo")]
    rows += [
        version(name="Vans", version="5", location="Plant A", used_for="Cellar"),
        version(location="Plant A; Rome"),
    ]
    checked_registry(folder / "models.xlsx", rows)
    command("export", "our mlflow", "--apply", folder=folder)
    assert findings(folder) == []
    rows[-2:-1] = [version(name="Vans", version="6", location="Plant A", used_for="Cellar")]
    rows[1] = version(name="Renamed vans", version="2", stage="Archived")
    (folder / "models.xlsx").unlink()
    checked_registry(folder / "models.xlsx", rows)
    command("export", "our mlflow", "--apply", folder=folder)
    assert command("export", "our mlflow", "--apply", folder=folder).startswith("Nothing to do")
    assert findings(folder) == []


@pytest.mark.parametrize(
    "address",
    ["localhost:5000", "http://", "databricks", "file:///tmp/x", "http://u@h", "http://h/?token=SECRET", "http://h/#x"],
)
def test_what_is_no_address_of_a_server_is_refused_without_repeating_it(tmp_path: Path, address: str) -> None:
    make(tmp_path / "mlflow.xlsx")
    done = run("export", "mlflow", "--url", address, "--sheet", "mlflow.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert "--url takes an address such as" in done.stderr
    assert "SECRET" not in done.stderr + done.stdout


def test_a_workbook_that_is_called_mlflow_is_a_workbook(folder: Path) -> None:
    make(folder / "models.xlsx")
    assert "Would copy into mlflow.xlsx" in command("export", "mlflow.xlsx", "--dry-run", folder=folder)
    shown = command("export", "mlflow", "--apply", "--dry-run", folder=folder)
    assert shown.startswith("Would be written to our mlflow")
