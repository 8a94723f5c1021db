"""init, as it is run: a new registry, a workbook made one in place, an old list carried over."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from registry_sheets.registry.tabs.findings import NOT_CHECKED
from registry_sheets.workbooks.excel.snapshot import read_snapshot

ROOT = Path(__file__).parents[2]
HEADERS = ("Model title", "Ver.", "Trained", "Dataset", "Deployed to", "Status", "Owner", "Notes")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("AC failure", "3.10", date(2026, 3, 4), "CRM export 2026-03", "Service app", "Live", "ana@example.com", "=1+1"),
    ("AC failure", 3.1, "2026-01-04", "CRM export 2026-01", "Service app", "Test", "ana@example.com", None),
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "registry_sheets", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def people_workbook(path: Path, headers: tuple[str, ...] = HEADERS, **tabs: str) -> Path:
    book = Workbook()
    tab = book.active
    assert tab is not None
    tab.title = "Our models"
    tab.append(["Overview of the shop"])
    tab.append([])
    tab.append(headers)
    for row in ROWS:
        tab.append(row)
    for title, text in tabs.items():
        book.create_sheet(title)["A1"] = text
    book.save(path)
    return path


def config(folder: Path) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = tomllib.loads((folder / "config.toml").read_text("utf-8"))["registry"]
    return blocks


# A new registry


def test_a_new_registry_is_the_template(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "models.xlsx")
    tabs = load_workbook(tmp_path / "models.xlsx").sheetnames
    assert f"the tabs {', '.join(tabs[:-1])} and {tabs[-1]}." in done.stdout
    assert done.returncode == 0, done.stderr
    made, template = read_snapshot(tmp_path / "models.xlsx"), read_snapshot(ROOT / "templates" / "model-registry.xlsx")
    assert made.titles == template.titles == ("Models", "Lists", "Findings", "Live", "Changes", "Guide")
    assert all(made.grid(title) == template.grid(title) for title in made.titles)
    assert config(tmp_path) == [{"name": "models", "sheet": "models.xlsx"}]
    assert run(tmp_path, "check").returncode == 0


def test_init_again_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, "init", "models.xlsx")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = run(tmp_path, "init", "models.xlsx")
    assert done.returncode == 0
    assert "already" in done.stdout
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}


def test_a_config_that_was_lost_in_a_crash_is_written_by_the_next_run(tmp_path: Path) -> None:
    sheet = people_workbook(tmp_path / "own.xlsx")
    run(tmp_path, "init", "own.xlsx")
    wanted, content = config(tmp_path), sheet.read_bytes()
    (tmp_path / "config.toml").unlink()
    assert run(tmp_path, "init", "own.xlsx").returncode == 0
    assert config(tmp_path) == wanted
    assert sheet.read_bytes() == content


@pytest.mark.parametrize("name", ["models.csv", "models.xlsm", "models", "no-folder/models.xlsx"])
def test_a_new_registry_has_a_name_that_fits(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, "init", name)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


# In place


def test_a_workbook_becomes_a_registry_in_place(tmp_path: Path) -> None:
    sheet = people_workbook(tmp_path / "own.xlsx", Findings="mine", Lists="shopping")
    before = read_snapshot(sheet)
    done = run(tmp_path, "init", "own.xlsx")
    assert done.returncode == 0, done.stderr
    after = read_snapshot(sheet)
    assert all(after.grid(title).rows == before.grid(title).rows for title in before.titles)
    assert set(after.own_tabs) == {"findings", "live", "changes", "guide"}
    assert after.marked_tab == "Our models"
    (block,) = config(tmp_path)
    assert block["tab"] == "Our models"
    assert block["lists_tab"] in after.titles
    assert block["lists_tab"] != "Lists"
    assert block["columns"]["Name"] == "Model title"
    assert '# "What changed" = "Notes"' in (tmp_path / "config.toml").read_text()
    assert "Perhaps 'Notes' is What changed?" in done.stdout
    assert run(tmp_path, "sync").returncode in (0, 1)
    assert all(read_snapshot(sheet).grid(title).rows == before.grid(title).rows for title in before.titles)


def test_added_tabs_print_on_one_page_across(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    people_workbook(tmp_path / "own.xlsx")
    run(tmp_path, "init", "own.xlsx")
    run(tmp_path, "sync")
    made = load_workbook(tmp_path / "own.xlsx")
    for title in ("Lists", "Findings", "Live", "Changes", "Guide"):
        page = made[title].page_setup
        properties = made[title].sheet_properties.pageSetUpPr
        assert properties is not None
        assert properties.fitToPage
        assert (page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight) == ("landscape", 9, 1, 0)


def test_a_column_that_is_mapped_later_gets_its_marks(tmp_path: Path) -> None:
    people_workbook(tmp_path / "own.xlsx")

    def marked() -> int:
        from openpyxl import load_workbook

        return len(load_workbook(tmp_path / "own.xlsx")["Our models"].conditional_formatting)

    run(tmp_path, "init", "own.xlsx")
    before = marked()
    settings = tmp_path / "config.toml"
    settings.write_text(settings.read_text().replace('# "What changed"', '"What changed"'))
    again = run(tmp_path, "init", "own.xlsx")
    assert "  Then" not in again.stdout
    assert "marked too: registry-sheets init own.xlsx --marks\n" in again.stdout
    assert marked() == before
    run(tmp_path, "init", "own.xlsx", "--marks")
    assert marked() > before


def test_a_text_list_is_not_a_workbook_and_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("Model,Version\nAC,1\n")
    done = run(tmp_path, "init", "old.csv")
    assert done.returncode == 2
    assert "init old.xlsx --from old.csv" in done.stderr


def test_marks_are_left_out_when_asked_and_added_when_asked(tmp_path: Path) -> None:
    people_workbook(tmp_path / "own.xlsx")

    def marks() -> int:
        from openpyxl import load_workbook

        return len(load_workbook(tmp_path / "own.xlsx")["Our models"].conditional_formatting)

    assert run(tmp_path, "init", "own.xlsx", "--no-marks").returncode == 0
    assert marks() == 0
    assert run(tmp_path, "init", "own.xlsx", "--marks").returncode == 0
    assert marks() > 0


def test_where_no_tab_lists_models_nothing_is_touched_unless_one_may_be_added(tmp_path: Path) -> None:
    sheet = people_workbook(tmp_path / "own.xlsx", ("Fruit", "Price", "Shop", "a", "b", "c", "d", "e"))
    content = sheet.read_bytes()
    done = run(tmp_path, "init", "own.xlsx")
    assert done.returncode == 2
    assert "--add-tab" in done.stderr
    assert sheet.read_bytes() == content
    assert not (tmp_path / "config.toml").exists()
    done = run(tmp_path, "init", "own.xlsx", "--add-tab")
    assert done.returncode == 0, done.stderr
    assert {"Our models", "Models", "Lists"} <= set(read_snapshot(sheet).titles)
    assert run(tmp_path, "check").returncode == 0


@pytest.mark.parametrize("command", ["check", "sync"])
def test_a_blank_workbook_is_said_to_be_blank_with_what_makes_it_a_registry(tmp_path: Path, command: str) -> None:
    Workbook().save(tmp_path / "our models.xlsx")
    done = run(tmp_path, command, "our models.xlsx")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "The sheet is blank" in done.stderr
    told = done.stderr.strip().partition("Make it a registry with: registry-sheets ")[2]
    assert run(tmp_path, *shlex.split(told, posix=os.name != "nt")).returncode == 0
    assert run(tmp_path, command, "our models.xlsx").returncode == 0


def test_own_tabs_say_that_nothing_was_checked_until_the_first_sync(tmp_path: Path) -> None:
    people_workbook(tmp_path / "own.xlsx")
    run(tmp_path, "init", "own.xlsx")
    for title in ("Findings", "Live"):
        assert read_snapshot(tmp_path / "own.xlsx").grid(title).rows[1][0] == NOT_CHECKED
    run(tmp_path, "sync")
    for title in ("Findings", "Live"):
        assert read_snapshot(tmp_path / "own.xlsx").grid(title).rows[1][0] != NOT_CHECKED
    assert "nothing was written" in run(tmp_path, "sync").stderr


@pytest.mark.parametrize("form", ["{}", "{}#gid=0", "http:/docs.google.com/spreadsheets/d/x/edit"])
def test_a_google_registry_is_not_read_in_but_copied_and_the_way_is_told(tmp_path: Path, form: str) -> None:
    url = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit"
    done = run(tmp_path, "init", "new.xlsx", "--from", form.format(url))
    assert done.returncode == 2
    assert "There is no file" not in done.stderr
    assert "registry-sheets export new.xlsx --sheet http" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_tab_and_map_decide(tmp_path: Path) -> None:
    people_workbook(tmp_path / "own.xlsx", ("Thing", "No.", "Day", "From", "At", "How", "Who", "e"))
    done = run(tmp_path, "init", "own.xlsx", "--tab", "our MODELS", "--map", "Name=Thing", "--map", "version=No.")
    assert done.returncode == 0, done.stderr
    assert config(tmp_path)[0]["columns"] == {"Name": "Thing", "Version": "No."}


@pytest.mark.parametrize("wrong", ["Name", "=x", "Colour=x", "Name= "])
def test_a_mapping_that_says_nothing_is_refused(tmp_path: Path, wrong: str) -> None:
    people_workbook(tmp_path / "own.xlsx")
    assert run(tmp_path, "init", "own.xlsx", "--map", wrong).returncode == 2
    assert not (tmp_path / "config.toml").exists()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    content = people_workbook(tmp_path / "own.xlsx").read_bytes()
    done = run(tmp_path, "init", "own.xlsx", "--dry-run")
    assert done.returncode == 0
    assert "[[registry]]" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["own.xlsx"]
    assert (tmp_path / "own.xlsx").read_bytes() == content


# The config


def test_the_config_that_is_there_keeps_every_byte(tmp_path: Path) -> None:
    before = b'# mine\r\ndate_order = "dmy"  # as we write\r\n[rules.no-fallback]\r\nseverity = "off"'
    (tmp_path / "config.toml").write_bytes(before)
    people_workbook(tmp_path / "own.xlsx")
    assert run(tmp_path, "init", "own.xlsx").returncode == 0
    assert run(tmp_path, "init", "new.xlsx").returncode == 0
    assert (tmp_path / "config.toml").read_bytes().startswith(before)
    assert [block["sheet"] for block in config(tmp_path)] == ["own.xlsx", "new.xlsx"]


def test_a_config_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('baseURL = "https://example.com"\n')
    content = people_workbook(tmp_path / "own.xlsx").read_bytes()
    done = run(tmp_path, "init", "own.xlsx")
    assert done.returncode == 2
    assert "--config" in done.stderr
    assert (tmp_path / "own.xlsx").read_bytes() == content
    assert run(tmp_path, "init", "own.xlsx", "--config", "registry-sheets.toml").returncode == 0
    assert (tmp_path / "config.toml").read_text() == 'baseURL = "https://example.com"\n'
    assert run(tmp_path, "check", "--config", "registry-sheets.toml").returncode in (0, 1)


def test_a_cloud_folder_is_written_beside(tmp_path: Path) -> None:
    folder = tmp_path / "Dropbox"
    folder.mkdir()
    assert run(folder, "init", "models.xlsx").returncode == 0
    assert config(folder)[0]["write_back"] == "beside"
    assert "Dropbox" in (folder / "config.toml").read_text()


# An old list


def test_an_old_workbook_is_carried_whole(tmp_path: Path) -> None:
    people_workbook(tmp_path / "old.xlsx", (*HEADERS[:-1], "Name"))
    done = run(tmp_path, "init", "new.xlsx", "--from", "old.xlsx", "--map", "Name=Model title")
    assert done.returncode == 0, done.stderr
    assert "2 rows" in done.stdout
    assert "Left out: 1 line above" in done.stdout
    header, first, second = read_snapshot(tmp_path / "new.xlsx").grid("Models").rows[:3]
    one, two = dict(zip(header, first, strict=True)), dict(zip(header, second, strict=True))
    assert (one["Name"], one["Version"], two["Version"]) == ("AC failure", "3.10", 3.1)
    assert (one["Training date"], two["Training date"]) == (date(2026, 3, 4), "2026-01-04")
    assert one["Name (old list)"] == ""  # a formula that was never calculated, and is said to be so
    assert "no saved value" in done.stdout


def test_an_old_text_list_is_carried_whole(tmp_path: Path) -> None:
    text = "# Exporté 2026\nModèle;Model;Ver.;Trained;Ref;Note\nx;AC;3.10;2026-03-04;007;=1+1\ny;AC;1.0;04/03/26;8;é\n"
    (tmp_path / "old.csv").write_bytes(text.encode("cp1252"))
    done = run(tmp_path, "init", "new.xlsx", "--from", "old.csv")
    assert done.returncode == 0, done.stderr
    header, first, second = read_snapshot(tmp_path / "new.xlsx").grid("Models").rows[:3]
    one, two = dict(zip(header, first, strict=True)), dict(zip(header, second, strict=True))
    assert one["Training date"] == date(2026, 3, 4)
    assert two["Training date"] == "04/03/26"
    assert (one["Version"], two["Version"]) == ("3.10", "1.0")
    assert (one["Modèle"], one["Ref"], two["Ref"], one["Note"], two["Note"]) == ("x", "007", "8", "=1+1", "é")


def test_an_old_list_never_replaces_a_workbook(tmp_path: Path) -> None:
    content = people_workbook(tmp_path / "own.xlsx").read_bytes()
    people_workbook(tmp_path / "old.xlsx")
    done = run(tmp_path, "init", "own.xlsx", "--from", "old.xlsx")
    assert done.returncode == 2
    assert (tmp_path / "own.xlsx").read_bytes() == content


def test_an_old_list_without_names_says_how_to_tell(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("Title,Version,Trained\nAC,1,2026-01-01\n")
    done = run(tmp_path, "init", "new.xlsx", "--from", "old.csv")
    assert done.returncode == 2
    assert '--map "Name=Title"' in done.stderr
    assert not (tmp_path / "new.xlsx").exists()


def test_what_is_mapped_after_there_is_a_config_is_left_to_a_person(tmp_path: Path) -> None:
    people_workbook(tmp_path / "ours.xlsx", ("Model title", "Version", "Fitted on", "Data source", "Location"))
    run(tmp_path, "init", "ours.xlsx", "--map", "Name=Model title")
    again = run(tmp_path, "init", "ours.xlsx", "--map", "Training date=Fitted on")
    assert 'put under [registry.columns] of that block "Training date" = "Fitted on"' in again.stdout
