"""The sheet held against a real MLflow server by the real command, in a pass, by the service and in a mail."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.config import read_file
from registry_sheets.registry.grid import Cell
from registry_sheets.service.doing import do
from registry_sheets.service.tasks import Task
from registry_sheets.wiring import state_of
from tests.support.command import run
from tests.support.platforms.line import Line, line_to
from tests.support.platforms.mlflow_server import MlflowServer, mlflow_server
from tests.support.registries import version
from tests.support.reported import workbook

LOCATION = '[[location]]\nname = "Service desk app"\nplatform = "our mlflow"\n'


@pytest.fixture
def server() -> MlflowServer:
    running = mlflow_server()
    running.reset()
    return running


@pytest.fixture
def line(server: MlflowServer) -> Iterator[Line]:
    with line_to(server.url) as told:
        yield told


def platform(line: Line, more: str = "", name: str = "our mlflow") -> str:
    return f'[[platform]]\nkind = "mlflow"\nname = "{name}"\nurl = "{line.url}"\n{more}'


@pytest.fixture
def folder(tmp_path: Path, line: Line) -> Path:
    """A registry whose sheet and platform agree about AC failure 3, which is live."""
    rows = [version(version="3"), version(version="2", stage="Archived", location="Old app")]
    return registry(tmp_path, platform(line) + LOCATION, rows)


def registry(folder: Path, config: str, rows: list[dict[str, Cell]]) -> Path:
    workbook(folder / "models.xlsx", rows)
    text = f'time_zone = "UTC"\n{config}[[registry]]\nname = "ac"\nsheet = "models.xlsx"\n'
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def found(folder: Path, *arguments: str) -> tuple[int, dict[str, list[str]]]:
    """(exit code, rule -> cells or versions) of the findings of platforms."""
    done = run(*(arguments or ("reconcile",)), "--format", "json", folder=folder)
    told: dict[str, list[str]] = {}
    for one in json.loads(done.stdout)["findings"]:
        told.setdefault(one["rule"], []).append(one["cell"] or f"{one['name']} {one['version']}".strip())
    return done.returncode, told


def test_a_sheet_that_agrees_has_nothing_to_tell(server: MlflowServer, folder: Path) -> None:
    server.seed("ac-failure", 3, aliases={"champion": 3})
    done = run("reconcile", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "our mlflow has 3 versions of 1 model, 1 of them live; 1 of the models in the sheet." in done.stdout
    assert "version 1" not in done.stdout
    assert found(folder)[1] == {"not-in-sheet": [""]}  # one line with the count of plain experiments


def test_reality_moves_and_the_sheet_does_not(server: MlflowServer, folder: Path) -> None:
    server.seed("ac-failure", 4, aliases={"champion": 4})
    server.seed("churn", 1, aliases={"champion": 1})
    server.seed("scratch", 2)
    code, told = found(folder)
    assert code == 1
    assert sorted(told.pop("not-in-sheet")) == ["", "AC failure 4", "churn 1"]
    assert [*told] == ["live-mismatch"]
    text = run("reconcile", "--all", folder=folder).stdout
    assert "3 is said to be in Production at 'Service desk app'; on our mlflow 4 is @champion." in text
    assert "our mlflow has 3 more versions that are not in the sheet" in text


@pytest.mark.parametrize("how", ["stopped", "denied", "half", "slow"])
def test_a_platform_that_does_not_answer_is_not_checked_and_nothing_is_called_missing(
    server: MlflowServer, tmp_path: Path, line: Line, how: str
) -> None:
    rows = [version(version="3"), version(name="Gone", version="9")]
    folder = registry(tmp_path, platform(line, "timeout = 2\n") + LOCATION, rows)
    server.seed("ac-failure", 4, aliases={"champion": 4})
    {"stopped": line.stop, "denied": line.denied, "half": lambda: line.fails("model-versions"), "slow": line.hangs}[
        how
    ]()
    done = run("reconcile", folder=folder)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Not checked: our mlflow: " in done.stderr
    assert "not-on-platform" not in done.stdout
    assert "live-mismatch" not in done.stdout
    assert run("sync", folder=folder).returncode == 3


def test_one_that_is_down_keeps_nobody_from_hearing_the_other(server: MlflowServer, tmp_path: Path, line: Line) -> None:
    with line_to(server.url) as other:
        other.stop()
        both = platform(line) + platform(other, "timeout = 2\n", "the old one")
        folder = registry(tmp_path, both + LOCATION, [version(version="3")])
        server.seed("ac-failure", 4, aliases={"champion": 4})
        code, told = found(folder)
    assert code == 3
    assert "live-mismatch" in told
    assert run("reconcile", "our mlflow", folder=folder).returncode == 1
    assert run("reconcile", "the old one", folder=folder).returncode == 3
    missing = run("reconcile", "our mlfow", folder=folder)
    assert missing.returncode == 2
    assert "Did you mean our mlflow?" in missing.stderr


def test_a_pass_says_it_in_the_sheet_the_report_and_the_mail(server: MlflowServer, folder: Path) -> None:
    server.seed("ac-failure", 4, aliases={"champion": 4})
    done = run("sync", folder=folder)
    assert done.returncode == 1, done.stderr
    rows = openpyxl.load_workbook(folder / "models.xlsx")["Findings"].iter_rows(values_only=True)
    cells = [str(cell) for row in rows for cell in row if cell]
    assert "live-mismatch" in cells
    assert "not-in-sheet" in cells
    page = (folder / "output" / "ac" / "report.html").read_text(encoding="utf-8")
    assert "on our mlflow 4 is @champion" in page
    config = (folder / "config.toml").read_text(encoding="utf-8")
    sender = 'sender = "registry@example.com"\n'
    (folder / "config.toml").write_text(sender + config, encoding="utf-8")
    assert "ana@example.com" in run("mail", "weekly", "--dry-run", folder=folder).stdout
    letter = "".join(path.read_text("utf-8") for path in (folder / "registry-sheets-mail").rglob("*.html"))
    letter = " ".join(letter.split())
    assert "on our mlflow 4 is @champion" in letter
    assert "our mlflow has version 4 of ac-failure" in letter


def test_a_check_between_nights_goes_by_the_last_answer(server: MlflowServer, folder: Path, line: Line) -> None:
    never = run("check", folder=folder)
    assert never.returncode == 3
    assert (
        'It was not asked yet, or its settings have changed since. Ask it with: registry-sheets reconcile "our mlflow"'
        in never.stderr
    )
    server.seed("ac-failure", 4, aliases={"champion": 4})
    run("sync", folder=folder)
    line.asked.clear()
    line.stop()
    done = run("check", folder=folder)
    assert done.returncode == 1
    assert "live-mismatch" in done.stdout
    assert "our mlflow is as it answered on " in done.stderr
    assert line.asked == []
    config = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(
        config.replace("[[location]]", 'live = ["best"]\n[[location]]'), encoding="utf-8"
    )
    assert "It was not asked yet" in run("check", folder=folder).stderr


def test_the_service_asks_at_night_and_not_in_between(server: MlflowServer, folder: Path, line: Line) -> None:
    server.seed("ac-failure", 3, aliases={"champion": 3})
    (one,) = read_file(folder / "config.toml").registries
    do(Task("nightly", one, "2026-07-01"))
    assert line.asked
    line.asked.clear()
    workbook(folder / "models.xlsx", [version(version="3"), version(version="2", location="Elsewhere")])
    server.seed("ac-failure", 1, aliases={"champion": 4})
    assert do(Task("check", one)).failure is None
    assert line.asked == []
    assert (state_of(one) / "platforms.json").exists()
    assert "not checked" not in do(Task("nightly", one, "2026-07-02")).counts
    assert line.asked
    line.stop()
    assert do(Task("nightly", one, "2026-07-03")).counts["not checked"] == 1


def test_live_says_whether_it_is_so(server: MlflowServer, folder: Path, line: Line) -> None:
    server.seed("ac-failure", 3, aliases={"champion": 3})
    rows = [version(version="3"), version(name="Prices", location="Ana's workbook", used_for="")]
    workbook(folder / "models.xlsx", rows)
    done = run("live", "--verified", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "verified: on our mlflow it is @champion" in done.stdout
    assert "not verified: this location belongs to no platform" in done.stdout
    server.seed("ac-failure", 1, aliases={"champion": 4})
    done = run("live", "AC failure", "--verified", folder=folder)
    assert done.returncode == 1
    assert "NOT SO: on our mlflow 4 is @champion" in done.stdout
    (told,) = json.loads(run("live", "AC failure", "--verified", "--format", "json", folder=folder).stdout)
    assert (told["verified"], told["platform"], told["platform_says"]) == ("differs", "our mlflow", "4 is @champion")
    (row,) = csv.DictReader(
        io.StringIO(run("live", "AC failure", "--verified", "--format", "csv", folder=folder).stdout)
    )
    assert row["verified"] == "differs"
    line.denied()
    done = run("live", "AC failure", "--verified", folder=folder)
    assert done.returncode == 3
    assert "not verified: our mlflow could not be asked, or not all of it (see below)" in done.stdout
    assert run("live", folder=folder).returncode == 0


def test_what_cannot_be_asked_so_is_said(folder: Path, tmp_path: Path) -> None:
    done = run("live", "--verified", "--on", "2026-01-01", folder=folder)
    assert (done.returncode, "asks what runs now" in done.stderr) == (2, True)
    (tmp_path / "config.toml").write_text('sheet = "models.xlsx"\n', encoding="utf-8")
    for command in (("live", "--verified"), ("reconcile",)):
        done = run(*command, folder=tmp_path)
        assert (done.returncode, "has no platform" in done.stderr) == (2, True)
    assert run("check", folder=tmp_path).returncode == 0


def test_doctor_asks_each(server: MlflowServer, folder: Path, line: Line) -> None:
    server.seed("ac-failure", 3, aliases={"champion": 3})
    done = run("doctor", folder=folder)
    assert done.returncode == 0, done.stdout
    assert "our mlflow (mlflow) has 3 versions of 1 model, 1 of them live" in done.stdout
    line.denied(401)
    done = run("doctor", folder=folder)
    assert done.returncode == 3
    assert "MLFLOW_TRACKING" in done.stdout
