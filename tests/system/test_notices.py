"""What a check could not take in is said, not passed over."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.workbooks.excel.new import write_workbook
from tests.support.command import run
from tests.support.registries import version

ACCEPTED = (("Model", "Version", "Column", "Why", "Until"), ("AC failure", "3.1", "", "as agreed", "some day"))


def test_an_entry_of_lists_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    lists = Sheet("lists", "Lists", [[SheetCell(text) for text in row] for row in ACCEPTED])
    write_workbook([models_sheet([version()]), lists], tmp_path / "models.xlsx")
    done = run("check", "models.xlsx", "--today", "2026-07-01", folder=tmp_path)
    assert done.returncode == 0
    assert "Lists!E2: 'some day' is not a date" in done.stderr


def test_a_link_that_cannot_be_asked_makes_exit_code_3(tmp_path: Path) -> None:
    rows = [version(run_link="http://127.0.0.1:9/run/1"), version(version="3.0", training_date=date(2025, 3, 4))]
    write_workbook([models_sheet(rows)], tmp_path / "models.xlsx")
    (tmp_path / "config.toml").write_text(
        'rules.broken-link = { severity = "warning", timeout = 2 }\nfail_on = "never"\n'
    )
    done = run("check", "models.xlsx", "--today", "2026-07-01", folder=tmp_path)
    assert done.returncode == 3
    assert done.stdout.rstrip().endswith("Not everything could be checked.")
    assert "Not checked: http://127.0.0.1:9/run/1" in done.stderr
    told = json.loads(run("check", "models.xlsx", "--format", "json", folder=tmp_path).stdout)
    assert told["complete"] is False


def test_an_empty_registry_is_not_called_clean(tmp_path: Path) -> None:
    write_workbook([models_sheet()], tmp_path / "models.xlsx")
    done = run("check", "models.xlsx", folder=tmp_path)
    assert done.returncode == 0
    assert "no rows yet" in done.stdout
