"""`import PLATFORM` with the real command, from a real MLflow server into a real workbook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.support.command import run
from tests.support.editing import texts
from tests.support.platforms.line import line_to
from tests.support.platforms.mlflow_server import MlflowServer, mlflow_server
from tests.support.workbooks import RIGHT, make

CREATED = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
CONFIG = """
time_zone = "Europe/Zurich"
[[platform]]
kind = "mlflow"
name = "our mlflow"
url = "{url}"
timeout = {seconds}
[[location]]
name = "Plant A"
platform = "our mlflow"
[[registry]]
name = "first"
sheet = "models.xlsx"
"""
SECOND = """
[[registry]]
name = "second"
sheet = "second.xlsx"
"""
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def seeded() -> MlflowServer:
    """AC failure 1 to 5 (4 is champion, 3 has an alias, 5 is an experiment) and another model, which is live."""
    server = mlflow_server()
    server.reset()
    server.seed(
        "ac-failure", 5, runs=True, created=CREATED, aliases={"champion": 4, "shadow": 3}, description="=1+1\nand more"
    )
    server.seed("+41 demand", 1, created=CREATED, stage="Production", description="d" * 100_000, user="@kim")
    return server


@pytest.fixture
def folder(tmp_path: Path, seeded: MlflowServer) -> Iterator[Path]:
    configured(tmp_path, seeded.url)
    make(tmp_path / "models.xlsx", rows=[("AC failure", "v2", *RIGHT[0][2:])])
    yield tmp_path
    shutil.rmtree(tmp_path)


def configured(folder: Path, url: str, more: str = "", seconds: int = 20) -> None:
    (folder / "config.toml").write_text(CONFIG.format(url=url, seconds=seconds) + more, encoding="utf-8")


def imported(folder: Path, *arguments: str, code: int = 0) -> CompletedProcess[str]:
    done = run("import", "our mlflow", *arguments, folder=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def as_json(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(imported(folder, *arguments, "--format", "json", code=code).stdout)
    return found


def rows(folder: Path, name: str = "models.xlsx") -> list[dict[str, str]]:
    """The rows under the headings, blank cells left out."""
    headings, *found = texts(folder / name, "Models")
    return [{head: cell for head, cell in zip(headings, row, strict=True) if cell} for row in found if any(row)]


def missing(folder: Path) -> list[str]:
    """What reconcile calls not in the sheet, experiments left out."""
    done = run("reconcile", "our mlflow", "--format", "json", folder=folder)
    found = json.loads(done.stdout)["findings"]
    return [one["message"] for one in found if one["rule"] == "not-in-sheet" and one["severity"] != "info"]


def test_what_is_missing_is_shown_and_only_added_when_said(folder: Path) -> None:
    before = (folder / "models.xlsx").read_bytes()
    done = imported(folder)
    assert done.stdout.startswith("Would be added to models.xlsx: 3 rows.\n  + +41 demand 1; Location: Plant A")
    assert "  + AC failure 4; Training date: 2026-07-01, Data source: s3://data/ac-failure/4.csv" in done.stdout
    assert "Of the versions on our mlflow the sheet has 1 already" in done.stdout
    assert "2 more are not proposed: --model NAME" in done.stdout
    assert "no history" not in done.stdout
    assert as_json(folder, "--apply", "--dry-run")["state"] == "planned"
    assert (folder / "models.xlsx").read_bytes() == before


def test_rows_are_filled_with_what_the_platform_knows_and_people_keep_theirs(
    folder: Path, seeded: MlflowServer
) -> None:
    before = rows(folder)
    assert len(missing(folder)) == 3
    imported(folder, "--apply")
    first, demand, shadow, champion = rows(folder)
    assert first == before[0]
    assert len(demand.pop("What changed")) == 32_767
    assert demand == {
        "Name": "+41 demand",
        "Version": "1",
        "Location": "Plant A",
        "Stage": "Production",
        "Changed by": "@kim",
    }
    run_link = champion.pop("Run link")
    assert run_link.startswith(f"{seeded.url}/#/runs/")
    assert champion == {
        "Name": "AC failure",
        "Version": "4",
        "Training date": "2026-07-01",
        "Data source": "s3://data/ac-failure/4.csv",
        "Data link": "s3://data/ac-failure/4.csv",
        "Location": "Plant A",
        "Stage": "Production",
        "What changed": "=1+1\nand more",
        "Changed by": "ana",
        "Metric: auc": "0.0004",
    }
    assert (shadow["Version"], shadow["Stage"], shadow.get("Location")) == ("3", "Testing", None)
    assert missing(folder) == []


def test_reconcile_finds_nothing_against_what_came(folder: Path) -> None:
    imported(folder, "--every-version", "--apply")
    done = run("reconcile", "our mlflow", "--format", "json", folder=folder)
    assert json.loads(done.stdout)["findings"] == []
    live = run("live", "--verified", "--format", "json", folder=folder)
    assert live.stdout.count('"confirmed"') == 2, live.stdout


def test_twice_adds_nothing_the_second_time(folder: Path) -> None:
    imported(folder, "--apply")
    before = (folder / "models.xlsx").read_bytes()
    done = imported(folder, "--apply")
    assert done.stdout.startswith("Nothing to add to models.xlsx.\n")
    assert as_json(folder, "--apply")["state"] == "unchanged"
    assert (folder / "models.xlsx").read_bytes() == before


@pytest.mark.parametrize("name", ["ac-failure", "AC failure"])
def test_of_a_model_all_versions_come(folder: Path, name: str) -> None:
    found = as_json(folder, "--model", name)
    assert [(row["name"], row["version"]) for row in found["rows"]] == [("AC failure", one) for one in "1345"]
    asked = found["platform"]
    assert (asked["in_sheet"], asked["not_proposed"], asked["versions"]) == (1, 0, 5)
    told = imported(folder, "--model", name).stdout
    assert f"Of the versions of {name} on our mlflow the sheet has 1 already" in told
    assert "not proposed" not in told


def test_a_kind_names_its_only_platform_and_a_word_that_names_none_is_told(folder: Path) -> None:
    done = run("import", "MLflow", "--format", "json", folder=folder)
    assert len(json.loads(done.stdout)["rows"]) == 3
    for said, told in (
        ("our mlfow", "There is no platform 'our mlfow'. Did you mean our mlflow?"),
        ("vertex", "There is no platform 'vertex'."),
    ):
        done = run("import", said, folder=folder)
        assert done.returncode == 2
        assert told in done.stderr
    done = run("import", "our mlflow", "--model", "nobody", folder=folder)
    assert done.returncode == 2
    assert "our mlflow has no model nobody. Its models are +41 demand and ac-failure." in done.stderr


def test_a_list_goes_before_a_platform_of_its_name_and_other_files_do_not(folder: Path, seeded: MlflowServer) -> None:
    (folder / "our mlflow").mkdir()
    assert len(as_json(folder)["rows"]) == 3
    text = (folder / "config.toml").read_text().replace('"our mlflow"', '"old.csv"')
    (folder / "config.toml").write_text(text)
    assert len(json.loads(run("import", "old.csv", "--format", "json", folder=folder).stdout)["rows"]) == 3
    (folder / "old.csv").write_text("Name,Version,Location\nNo-shows,1,Clinic\n")
    found = json.loads(run("import", "old.csv", "--format", "json", folder=folder).stdout)
    assert [row["name"] for row in found["rows"]] == ["No-shows"]
    assert "platform" not in found
    refused = run("import", "old.csv", "--every-version", folder=folder)
    assert refused.returncode == 2
    assert "--every-version is about a platform, and old.csv is none" in refused.stderr


def test_a_platform_that_is_down_is_told_and_nothing_is_said_to_be_missing(folder: Path) -> None:
    configured(folder, NOWHERE, seconds=1)
    done = imported(folder, "--apply", code=3)
    assert done.stdout == "our mlflow could not be asked, so nothing is known to add.\n"
    assert "Not checked: our mlflow: " in done.stderr
    found = as_json(folder, "--model", "ac-failure", code=3)
    assert found["platform"]["complete"] is False
    assert len(found["platform"]["not_checked"]) == 1


def test_of_half_an_answer_what_it_said_is_proposed_and_the_gap_is_told(folder: Path, seeded: MlflowServer) -> None:
    with line_to(seeded.url) as line:
        line.fails("runs/", status=401)
        configured(folder, line.url)
        done = imported(folder, "--apply", code=3)
    assert done.stdout.startswith("Added to models.xlsx: 3 rows.")
    assert "What it did not tell is blank, and a later import fills no row that is there." in done.stdout
    assert "Not checked: our mlflow: " in done.stderr
    assert not any("Training date" in row for row in rows(folder)[1:])


def test_while_the_workbook_is_open_the_rows_wait_and_are_not_proposed_again(folder: Path) -> None:
    lock = folder / ".~lock.models.xlsx#"
    lock.write_text(",ana,laptop,01.07.2026 12:00,file:///home/ana;")
    done = imported(folder, "--apply", "--wait", "0")
    assert done.stdout.startswith("Not yet written into models.xlsx, kept in the outbox: 3 rows.")
    again = imported(folder, "--apply", "--wait", "0")
    assert again.stdout.startswith("Nothing to add to models.xlsx.")
    assert len(rows(folder)) == 1
    lock.unlink()
    run("sync", folder=folder)
    assert len(rows(folder)) == 4


def test_of_several_registries_one_is_named_and_only_that_one_gets_rows(folder: Path, seeded: MlflowServer) -> None:
    make(folder / "second.xlsx")
    configured(folder, seeded.url, SECOND)
    refused = imported(folder, code=2)
    assert "There are several registries (first, second). Say which one with --registry NAME." in refused.stderr
    imported(folder, "--registry", "second", "--apply")
    assert (len(rows(folder)), len(rows(folder, "second.xlsx"))) == (1, 5)


def test_a_registry_without_platforms_says_how_to_have_one(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx")
    done = run("import", "mlflow", "--sheet", "models.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert "has no platform. Add a block to its config: [[platform]]" in done.stderr


def test_what_is_more_than_ten_megabytes_is_written_too(folder: Path, seeded: MlflowServer) -> None:
    seeded.seed("large", 330, created=CREATED, description="d" * 40_000)
    try:
        assert as_json(folder, "--model", "large", "--apply")["state"] == "written"
        assert as_json(folder, "--model", "large", "--apply")["state"] == "unchanged"
    finally:
        with seeded.connect() as database:
            for table in ("model_versions", "registered_models"):
                database.execute(f"DELETE FROM {table} WHERE name = 'large'")
