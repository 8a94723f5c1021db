"""init with a Google spreadsheet: a blank one, one with a list of models, one that lacks something, an old list."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from registry_sheets.cli.app import app
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.workbooks.excel.new import write_workbook
from tests.support.command import run
from tests.support.google.core import StandIn
from tests.support.google.key_file import service_account_key
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.served import Served, served
from tests.support.google.stack import Stack, whole

TABS = ("Models", "Lists", "Findings", "Live", "Changes", "Guide")
LIST: list[list[Any]] = [
    ["Client list of models"],
    ["Model title", "Ver.", "Trained", "Dataset", "Deployed to", "Status", "Owner", "Ticket"],
    ["AC failure", "3.10", date(2026, 6, 30), "CRM 2026-06", "Berlin", "Production", "kim@example.com", "00123"],
    ["AC failure", "3.9", date(2026, 5, 30), "data from last year", "Berlin", "Archived", "", "=1+1"],
]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoogleLab:
    """The stand-in, signed in for every command that is run in this process, in a folder of its own."""
    made = google_lab(calculate=lambda formula: "" if len(formula) > 500 else None)
    monkeypatch.setattr("registry_sheets.wiring.google.api_of", lambda _: made.api)
    monkeypatch.chdir(tmp_path)
    return made


def address(spreadsheet: str, rest: str = "") -> str:
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit{rest}"


def command(*arguments: str, code: int = 0) -> str:
    """What a command prints, on both streams."""
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=True)
    assert done.exit_code == code, f"{done.output}\n{done.exception!r}"
    return done.output


def block(folder: Path) -> dict[str, Any]:
    (found,) = tomllib.loads((folder / "config.toml").read_text("utf-8"))["registry"]
    assert isinstance(found, dict)
    return found


# A blank one


def test_a_blank_spreadsheet_becomes_a_registry(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Tabelle1": []}, "Models / 2026")
    said = command("init", address(spreadsheet, "?gid=0#gid=0"))
    snapshot = lab.workbook(spreadsheet).read()
    assert snapshot.titles == TABS
    assert snapshot.marked_tab == "Models"
    assert snapshot.grid("Models").rows[0][:3] == ["Check", "Name", "Version"]
    settled = {"name": "Models - 2026", "sheet": address(spreadsheet), "time_zone": "Etc/GMT"}
    assert block(tmp_path) == settled
    assert "'Models / 2026' is a registry now" in said
    assert f"registry-sheets check {address(spreadsheet)}" in said
    assert "nothing to judge" in command("check", address(spreadsheet))


def test_its_tabs_have_their_aids(lab: GoogleLab) -> None:
    spreadsheet = lab.made({"Sheet1": []})
    command("init", address(spreadsheet))
    sheets = {sheet["properties"]["title"]: sheet for sheet in _details(lab, spreadsheet)}
    models = sheets["Models"]
    assert models["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert "basicFilter" in models
    assert models["conditionalFormats"]
    row = models["data"][0]["rowData"][1]["values"]
    assert row[2]["userEnteredFormat"]["numberFormat"] == {"type": "TEXT"}
    conditions = {cell["dataValidation"]["condition"]["type"] for cell in row if "dataValidation" in cell}
    assert conditions == {"DATE_IS_VALID", "ONE_OF_RANGE", "ONE_OF_LIST"}
    for own in ("Findings", "Live", "Changes", "Guide"):
        (protected,) = sheets[own]["protectedRanges"]
        assert lab.google.account in protected["editors"]["users"]
    assert not sheets["Models"].get("protectedRanges")


def _details(lab: GoogleLab, spreadsheet: str) -> list[dict[str, Any]]:
    fields = (
        "sheets(properties,conditionalFormats,protectedRanges,basicFilter,"
        "data(rowData(values(dataValidation,userEnteredFormat))))"
    )
    found: list[dict[str, Any]] = lab.api.spreadsheet(
        spreadsheet, fields, ["Models!A1:Z5", "Findings!A1", "Live!A1", "Changes!A1", "Guide!A1", "Lists!A1"]
    )["sheets"]
    return found


def test_a_dry_run_writes_nothing(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Sheet1": []}, "Blank")
    said = command("init", address(spreadsheet), "--dry-run")
    assert "Would make 'Blank' a registry" in said
    assert "batchUpdate" not in lab.requests()
    assert list(tmp_path.iterdir()) == []


def test_the_tab_that_was_open_in_the_browser_may_be_blank_too(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Sheet1": []})
    gid = lab.workbook(spreadsheet).read().gids["Sheet1"]
    command("init", address(spreadsheet, f"#gid={gid or 7}"))
    assert lab.workbook(spreadsheet).read().titles == TABS
    assert block(tmp_path)["sheet"] == address(spreadsheet)


# One with a list


def test_a_list_of_people_becomes_a_registry_and_keeps_every_cell(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Notes": [["mine"]], "Our models": LIST}, "Clients")
    said = command("init", address(spreadsheet))
    assert "No cell of yours was changed." in said
    assert lab.google.cells(spreadsheet, "Our models") == LIST
    assert lab.google.cells(spreadsheet, "Notes") == [["mine"]]
    snapshot = lab.workbook(spreadsheet).read()
    assert snapshot.titles == ("Notes", "Our models", *TABS[1:])
    assert snapshot.marked_tab == "Our models"
    found = block(tmp_path)
    assert (found["name"], found["columns"]["Name"], "tab" in found) == ("Clients", "Model title", False)
    assert "2 rows" in said


def test_run_again_it_touches_nothing(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Our models": LIST}, "Clients")
    command("init", address(spreadsheet))
    before, config = lab.google.cells(spreadsheet, "Our models"), (tmp_path / "config.toml").read_bytes()
    lab.forget()
    said = command("init", address(spreadsheet))
    assert "'Clients' is a registry already; nothing in it was changed." in said
    assert "batchUpdate" not in lab.requests()
    assert lab.google.cells(spreadsheet, "Our models") == before
    assert (tmp_path / "config.toml").read_bytes() == config


@pytest.mark.parametrize("what", ["own tab", "marks", "protection", "filter"])
def test_what_is_missing_is_added_again_and_no_more(lab: GoogleLab, what: str) -> None:
    spreadsheet = lab.made({"Sheet1": []}, "Mine")
    command("init", address(spreadsheet))
    person = lab.person(spreadsheet)
    person.set("Models", "B2", "AC failure")
    person.set("Models", "C2", "3.10")
    complete = _shape(lab, spreadsheet)
    sheets = {sheet["properties"]["title"]: sheet for sheet in _details(lab, spreadsheet)}
    models = sheets["Models"]["properties"]["sheetId"]
    if what == "own tab":
        person.delete_tab("Guide")
    elif what == "marks":
        for _ in sheets["Models"]["conditionalFormats"]:
            person.request("deleteConditionalFormatRule", {"sheetId": models, "index": 0})
    elif what == "protection":
        gone = sheets["Live"]["protectedRanges"][0]["protectedRangeId"]
        person.request("deleteProtectedRange", {"protectedRangeId": gone})
    else:
        person.request("clearBasicFilter", {"sheetId": models})
    cells = lab.google.cells(spreadsheet, "Models")
    assert "Added to 'Mine'" in command("init", address(spreadsheet))
    assert _shape(lab, spreadsheet) == complete
    assert lab.google.cells(spreadsheet, "Models") == cells
    assert "nothing in it was changed" in command("init", address(spreadsheet))


def _shape(lab: GoogleLab, spreadsheet: str) -> dict[str, tuple[int, bool, bool]]:
    """Of each tab: how many marks it has, whether it is protected, whether it has a filter."""
    return {
        sheet["properties"]["title"]: (
            len(sheet.get("conditionalFormats", ())),
            bool(sheet.get("protectedRanges")),
            "basicFilter" in sheet,
        )
        for sheet in _details(lab, spreadsheet)
    }


def test_no_marks_are_put_where_they_are_not_wanted(lab: GoogleLab) -> None:
    spreadsheet = lab.made({"Our models": LIST})
    command("init", address(spreadsheet), "--no-marks")
    snapshot = lab.workbook(spreadsheet).read()
    assert snapshot.marked_tab == "Our models"
    fields = "sheets(properties(title),conditionalFormats)"
    for sheet in lab.api.spreadsheet(spreadsheet, fields)["sheets"]:
        assert sheet["properties"]["title"] != "Our models" or not sheet.get("conditionalFormats")


def test_a_tab_and_its_headings_can_be_said(lab: GoogleLab, tmp_path: Path) -> None:
    odd: list[list[Any]] = [["Thing", "Ver."], ["AC failure", "1"]]
    spreadsheet = lab.made({"A": odd, "B": odd})
    assert "--tab" in command("init", address(spreadsheet), code=2)
    command("init", address(spreadsheet), "--tab", "B", "--map", "Name=Thing")
    assert block(tmp_path)["columns"]["Name"] == "Thing"


# Refused


def test_a_spreadsheet_that_may_only_be_read_is_refused(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Sheet1": []}, "Read only", shared=False)
    lab.person(spreadsheet).share(lab.google.account, "reader")
    said = command("init", address(spreadsheet), code=2)
    assert "Editor" in said
    assert lab.google.account in said
    assert list(tmp_path.iterdir()) == []


def test_a_spreadsheet_that_is_not_shared_says_what_to_click(lab: GoogleLab, tmp_path: Path) -> None:
    spreadsheet = lab.made({"Sheet1": []}, shared=False)
    said = command("init", address(spreadsheet), code=2)
    assert lab.google.account in said
    assert list(tmp_path.iterdir()) == []


def test_another_programs_config_is_left_alone(lab: GoogleLab, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('title = "A blog"\n')
    spreadsheet = lab.made({"Sheet1": []})
    said = command("init", address(spreadsheet), code=2)
    assert "belongs to another program" in said
    assert "batchUpdate" not in lab.requests()
    assert (tmp_path / "config.toml").read_text() == 'title = "A blog"\n'


# An old list


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.csv"
    lines = (
        "Title,,",
        "Model,Version,Trained,Data source,Location,Owner,Ticket",
        "AC failure,3.10,2026-06-30,CRM,Berlin,kim@example.com,007",
        'Boiler,1E3,2026-05-01,"=1+1, really",Paris,,12',
    )
    path.write_text("\n".join(lines))
    return path


def test_a_blank_spreadsheet_is_filled_with_an_old_list(lab: GoogleLab, tmp_path: Path, old: Path) -> None:
    spreadsheet = lab.made({"Sheet1": []}, "Filled")
    said = command("init", address(spreadsheet), "--from", str(old))
    snapshot = lab.workbook(spreadsheet).read()
    assert snapshot.titles == TABS
    rows = snapshot.grid("Models").rows
    assert rows[0][-1] == "Ticket"
    assert rows[1][1:6] == ["AC failure", "3.10", date(2026, 6, 30), "CRM", "Berlin"]
    assert [row[-1] for row in rows[1:3]] == ["007", "12"]
    assert rows[2][2:5] == ["1E3", date(2026, 5, 1), "=1+1, really"]
    assert [row[0] for row in snapshot.grid("Lists").rows[4:6]] == ["Berlin", "Paris"]
    assert "Filled the spreadsheet 'Filled'." in said
    assert "tab" not in block(tmp_path), "it is known by its mark, under whatever title"


def test_one_that_is_not_blank_is_not_filled(lab: GoogleLab, old: Path) -> None:
    spreadsheet = lab.made({"Sheet1": [["mine"]]}, "Mine")
    said = command("init", address(spreadsheet), "--from", str(old), code=2)
    assert "'Mine' is not blank" in said
    assert lab.google.cells(spreadsheet, "Sheet1") == [["mine"]]
    assert "batchUpdate" not in lab.requests()


# The real command, over TLS


@pytest.fixture
def google(tmp_path: Path) -> Iterator[tuple[StandIn, Stack, Served, Path]]:
    key = service_account_key()
    stand_in = StandIn(account=key.email, calculate=lambda formula: "" if len(formula) > 500 else None)
    stack = whole(stand_in.handle, keys=[key])
    with served(stack.handler) as found:
        yield stand_in, stack, found, key.written(tmp_path / "key.json")


def test_init_export_and_import_as_a_person_runs_them(
    google: tuple[StandIn, Stack, Served, Path], tmp_path: Path
) -> None:
    stand_in, _, server, key = google
    environment = {**server.environment, "GOOGLE_APPLICATION_CREDENTIALS": str(key)}
    row: dict[str, Cell] = {
        "name": "AC failure",
        "version": "3.10",
        "training_date": date(2026, 6, 30),
        "data_source": "CRM 2026",
    }
    write_workbook(registry_tabs([row]), tmp_path / "models.xlsx")
    blank, copy = (stand_in.create(title, {"Sheet1": []}) for title in ("Team models", "A copy"))
    made = run("init", address(blank), folder=tmp_path, **environment)
    assert made.returncode == 0, made.stderr
    exported = run("export", address(copy), "--sheet", "models.xlsx", folder=tmp_path, **environment)
    assert exported.returncode == 0, exported.stderr
    assert "Copied into A copy: the tabs 'Models' and 'Lists'" in exported.stdout
    assert stand_in.cells(copy, "Models")[1][1:4] == ["AC failure", "3.10", date(2026, 6, 30)]
    asked = run("import", address(copy), "--format", "json", folder=tmp_path, **environment)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["state"] == "planned"
    assert len(stand_in.cells(blank, "Models")) == 1
    brought = run("import", address(copy), "--apply", folder=tmp_path, **environment)
    assert brought.returncode == 0, brought.stderr
    assert "Added to Team models: 1 row." in brought.stdout
    assert stand_in.cells(blank, "Models")[1][1:4] == ["AC failure", "3.10", date(2026, 6, 30)]
    again = run("import", address(copy), "--apply", folder=tmp_path, **environment)
    assert "No row is missing in Team models." in again.stdout
    back = run("export", "back.xlsx", folder=tmp_path, **environment)
    assert back.returncode == 0, back.stderr
    checked = run("check", "back.xlsx", folder=tmp_path, **environment)
    assert "AC failure" in checked.stdout
    assert server.refused == []
