"""doctor on real files: well, locked, unreadable, unwritable, with doubtful columns; it changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.operations.demo import make_demo
from registry_sheets.operations.doctor_folders import size
from registry_sheets.workbooks.excel.new import write_workbook
from tests.support.command import run
from tests.support.workbooks import make
from tests.system.test_demo import command

TODAY = date(2026, 6, 15)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The folder of a demo registry that no pass has written yet."""
    return make_demo(tmp_path / "demo", TODAY, write_workbook).workbook.parent


def doctor(folder: Path, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    done = command("doctor", *arguments, "--format", "json", "--today", TODAY.isoformat(), folder=folder)
    assert done.stderr == ""
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["exit_code"] == done.returncode
    return done.returncode, told


def items(told: Mapping[str, Any], topic: str) -> list[dict[str, Any]]:
    return [item for item in told["items"] if item["topic"] == topic]


def content(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def listed(path: Path, headers: list[str]) -> Path:
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(headers)
    sheet.append(["x"] * len(headers))
    workbook.save(path)
    return path


def test_all_is_well(demo: Path) -> None:
    code, told = doctor(demo)
    assert code == 0
    assert {item["state"] for item in told["items"]} == {"ok"}
    assert items(told, "Config")[0]["message"] == str(demo / "config.toml")
    assert "30 rows" in items(told, "Models tab")[0]["message"]
    assert "Location (F)" in items(told, "Columns")[0]["message"]
    assert "6 locations, 5 owners" in items(told, "Lists")[0]["message"]
    assert "2026-06-15" in items(told, "Today")[0]["message"]
    assert told["versions"]["python"].startswith("3.")


def test_it_changes_nothing(demo: Path) -> None:
    before = content(demo)
    doctor(demo)
    command("doctor", folder=demo)
    assert content(demo) == before


def test_for_people_it_says_the_same(demo: Path) -> None:
    done = command("doctor", "--today", "2026-06-15", folder=demo)
    assert done.returncode == 0
    assert "All well: a check and a sync will work." in done.stdout
    assert "WRONG" not in done.stdout


def test_rules_on_off_and_as_the_config_says(demo: Path) -> None:
    with (demo / "config.toml").open("a") as config:
        config.write(
            '[registry.rules]\ntwo-live = {severity = "off"}\nreview-overdue = {days = 180, severity="info"}\n'
        )
        config.write('[registry.rules.broken-link]\nseverity = "off"\n')
    messages = [item["message"] for item in items(doctor(demo)[1], "Rules")]
    assert "two-live is off by your config" in messages
    assert "broken-link is off by your config" in messages
    assert "review-overdue, as your config says: severity info, days = 180" in messages
    assert any(message.startswith("long-in-testing is off; on with a number of days") for message in messages)


def test_who_has_it_open(demo: Path) -> None:
    name = "Anna Berg"
    lock = bytes([len(name)]) + name.encode().ljust(54) + len(name).to_bytes(2, "little") + name.encode("utf-16-le")
    (demo / "~$models.xlsx").write_bytes(lock.ljust(165, b"\0"))
    code, told = doctor(demo)
    (item,) = items(told, "Open")
    assert (code, item["state"], item["message"]) == (0, "note", "Anna Berg has it open in Excel.")
    assert "Close it there" in item["fix"]


def test_no_such_workbook(tmp_path: Path) -> None:
    code, told = doctor(tmp_path, "nothing.xlsx")
    (item,) = items(told, "Workbook")
    assert (code, item["state"]) == (2, "wrong")
    assert item["fix"]


def test_not_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "models.xlsx").write_text("Name,Version\n")
    code, told = doctor(tmp_path, "models.xlsx")
    (item,) = items(told, "Workbook")
    assert (code, item["state"]) == (2, "wrong")
    assert item["fix"]


def test_a_state_folder_that_cannot_be(demo: Path) -> None:
    (demo / "taken").write_text("a file")
    (demo / "config.toml").write_text('[[registry]]\nname = "demo"\nsheet = "models.xlsx"\nstate = "taken"\n')
    code, told = doctor(demo)
    (item,) = items(told, "State folder")
    assert (code, item["state"]) == (3, "wrong")
    assert "state =" in item["fix"]


def test_a_workbook_that_is_not_written_in_place(demo: Path) -> None:
    from openpyxl import load_workbook
    from openpyxl.workbook.protection import WorkbookProtection

    workbook = load_workbook(demo / "models.xlsx")
    workbook.security = WorkbookProtection(lockStructure=True)
    workbook.save(demo / "models.xlsx")
    code, told = doctor(demo)
    note = items(told, "Writing")[0]
    assert (code, note["state"]) == (0, "note")
    assert "protected" in note["message"]
    assert str(demo / "models findings.xlsx") in note["fix"]
    assert len(items(told, "Writing")) == 1, "nothing that says otherwise"


def test_doubtful_and_missing_columns(tmp_path: Path) -> None:
    listed(tmp_path / "models.xlsx", ["Model", "Version", "Training date", "Where", "Colour"])
    code, told = doctor(tmp_path, "models.xlsx")
    columns = items(told, "Columns")
    assert code == 0
    assert "Name (A, headed 'Model')" in columns[0]["message"]
    where = next(item for item in columns if "'Where' (D) may be Location" in item["message"])
    assert where["fix"] == 'If it is, add to config.toml, under [registry.columns]: "Location" = "Where"'
    assert any("'Data source' is required and not there." in item["message"] for item in columns)
    assert any("Your own" in item["message"] and "Colour" in item["message"] for item in columns)


def test_no_list_of_models(tmp_path: Path) -> None:
    listed(tmp_path / "models.xlsx", ["Fruit", "Weight"])
    code, told = doctor(tmp_path, "models.xlsx")
    (item,) = items(told, "Models tab")
    assert (code, item["state"]) == (2, "wrong")
    assert item["fix"]


def test_several_registries_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        listed(tmp_path / f"{name}.xlsx", ["Name", "Version", "Training date", "Data source", "Location"])
    (tmp_path / "two.xlsx").unlink()
    (tmp_path / "config.toml").write_text('[[registry]]\nsheet = "one.xlsx"\n[[registry]]\nsheet = "two.xlsx"\n')
    done = command("doctor", "--format", "json", folder=tmp_path)
    assert [(told["registry"], told["exit_code"]) for told in json.loads(done.stdout)] == [("one", 0), ("two", 2)]
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 bytes"), (1023, "1,023 bytes"), (1536, "1.5 KB"), (90 * 2**30, "90 GB")]
)
def test_sizes(count: int, told: str) -> None:
    assert size(count) == told


MAIL = """
sender = "registry@example.com"
[smtp]
host = "mail.example.com"
auth = "login"
user = "registry"
"""


def test_mail_and_its_password(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx")
    config = tmp_path / "config.toml"
    config.write_text(f'sheet = "models.xlsx"\n{MAIL}', encoding="utf-8")
    said = run("doctor", folder=tmp_path).stdout
    assert "1 owner can get it, by mail.example.com" in said
    assert "REGISTRY_SHEETS_SMTP_PASSWORD is not set" in said
    said = run("doctor", folder=tmp_path, REGISTRY_SHEETS_SMTP_PASSWORD="secret").stdout
    assert "which a service does not inherit" in said
    assert "secret" not in said
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    config.write_text(f'sheet = "models.xlsx"\n{MAIL}password_file = "password"\n', encoding="utf-8")
    (tmp_path / "password").chmod(0o644)
    assert "other accounts may read the password" in run("doctor", folder=tmp_path).stdout
    (tmp_path / "password").chmod(0o600)
    said = run("doctor", folder=tmp_path).stdout
    assert "password" not in said.replace(str(tmp_path), "")


def test_a_damaged_state_of_the_service(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx")
    state = tmp_path / ".registry-sheets" / "models" / "state.sqlite"
    state.parent.mkdir(parents=True)
    assert "no nightly pass" in run("doctor", "models.xlsx", folder=tmp_path).stdout
    state.write_bytes(b"nonsense")
    done = run("doctor", "models.xlsx", folder=tmp_path)
    assert (done.returncode, "state.sqlite" in done.stdout) == (3, True)
