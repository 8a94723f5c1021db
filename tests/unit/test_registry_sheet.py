"""What a workbook file and a Google spreadsheet have in common."""

from __future__ import annotations

from pathlib import Path

from registry_sheets.registry.google_address import GoogleAddress
from registry_sheets.registry.registry_sheet import FileSheet, GoogleSheet

ID = "1AbC-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"


def test_a_file_stands_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "my models.v2.xlsx"
    sheet = FileSheet(path)
    assert (str(sheet), sheet.label, sheet.usual_name) == (str(path), "my models.v2.xlsx", "my models.v2")
    assert (sheet.folder, sheet.outbox, sheet.rights) == (tmp_path, path, path)
    assert sheet.beside == tmp_path / "my models.v2 findings.xlsx"


def test_a_spreadsheet_has_its_place_at_its_config(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    sheet = GoogleSheet(GoogleAddress(ID, 5), tmp_path / "clinic.north", config)
    assert str(sheet) == f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=5"
    assert (sheet.label, sheet.usual_name, sheet.path) == ("Google sheet 1AbC…cdef", "google-1AbC-dEf", None)
    assert (sheet.folder, sheet.outbox, sheet.rights) == (tmp_path, tmp_path / "clinic.north", config)
    assert sheet.beside == tmp_path / "clinic.north findings.xlsx"
