"""Doctor on a registry in a Google spreadsheet, and on one whose sign-in fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry_sheets.errors import ConfigProblem, UnreadableWorkbook
from registry_sheets.operations.doctor import Diagnosis, examine
from registry_sheets.operations.doctor_items import Item
from registry_sheets.operations.doctor_place import Place
from registry_sheets.operations.looking import Terms
from registry_sheets.registry.google_address import GoogleAddress
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.registry_sheet import GoogleSheet
from registry_sheets.workbooks.base import Workbook
from registry_sheets.workbooks.memory import MemoryWorkbook

ID = "1AbC-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"
DAY = date(2026, 7, 1)
GRID = Grid("Models", [["Name", "Version", "Training date", "Data source", "Location"], ["a", "1", "", "", ""]])


class _Told(MemoryWorkbook):
    def facts(self) -> Sequence[tuple[str, str]]:
        return (("Spreadsheet", "locale de_DE"),)


def _never() -> str:
    raise AssertionError("a spreadsheet has no file")


def _signed_in() -> Sequence[tuple[str, str]]:
    return (("Sign-in", "as robot@example.com"),)


def _refused() -> Sequence[tuple[str, str]]:
    raise ConfigProblem("There is nothing to sign in with.", "Name a key.")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(
        sheet=GoogleSheet(GoogleAddress(ID), tmp_path / "clinic"),
        state=tmp_path / "state",
        output=None,
        config=None,
        write_back="in place",
        time_zone="",
        holder=_never,
        synced=_never,
        signed_in=_signed_in,
    )


def _examined(place: Place, opened: Callable[[], Workbook] = lambda: _Told([GRID])) -> Diagnosis:
    return examine(opened, Terms("Clinic"), DAY, place)


def _of(found: Diagnosis, topic: str) -> list[Item]:
    return [item for item in found.items if item.topic == topic]


def test_a_spreadsheet_is_told_with_who_signs_in(place: Place) -> None:
    found = _examined(place)
    assert found.exit_code == 0
    assert [item.message for item in _of(found, "Sign-in")] == ["as robot@example.com"]
    assert _of(found, "Workbook")[0].message == f"https://docs.google.com/spreadsheets/d/{ID}/edit, can be read"
    assert [item.message for item in _of(found, "Spreadsheet")] == ["locale de_DE"]
    assert f'registry-sheets init "https://docs.google.com/spreadsheets/d/{ID}/edit"' in _of(found, "Config")[0].fix
    assert "into the spreadsheet" in _of(found, "Writing")[0].message
    assert _of(found, "Models tab")
    assert not _of(found, "Open") + _of(found, "Synced")


@pytest.mark.parametrize(
    ("write_back", "said"), [("beside", "clinic findings.xlsx"), ("off", "the spreadsheet gets no findings")]
)
def test_where_findings_go_is_told(place: Place, write_back: str, said: str) -> None:
    (item,) = _of(_examined(replace(place, write_back=write_back)), "Writing")  # type: ignore[arg-type]
    assert item.state == "ok"
    assert said in item.message


def test_a_spreadsheet_that_may_only_be_read_is_told(place: Place) -> None:
    found = _examined(place, lambda: _Told([GRID], obstacles=["Shared as Viewer."]))
    (item,) = _of(found, "Writing")
    assert (item.state, item.message) == ("note", "Shared as Viewer.")
    assert item.fix == f"Until then the findings go into {place.sheet.beside}."
    assert "once it may write here" in _of(found, "Own tabs")[0].fix
    assert (found.exit_code, found.beside) == (0, True)


@pytest.mark.parametrize("write_back", ["beside", "off"])
def test_where_nothing_goes_into_the_spreadsheet_anyway_a_share_for_reading_is_enough(
    place: Place, write_back: str
) -> None:
    there = replace(place, write_back=write_back)  # type: ignore[arg-type]
    found = _examined(there, lambda: _Told([GRID], obstacles=["Shared as Viewer."]))
    assert [item.state for item in _of(found, "Writing")] == ["ok"]
    assert not found.beside


def test_findings_that_can_go_nowhere_are_wrong(place: Place, tmp_path: Path) -> None:
    there = replace(place, sheet=GoogleSheet(GoogleAddress(ID), tmp_path / "gone" / "clinic"))
    found = _examined(there, lambda: _Told([GRID], obstacles=["Shared as Viewer."]))
    assert [item.state for item in _of(found, "Writing")] == ["note", "wrong"]
    assert found.exit_code == 3


@pytest.mark.parametrize(("write_back", "state", "code"), [("in place", "note", 0), ("beside", "wrong", 3)])
def test_a_home_that_cannot_be_written_is_told(
    place: Place, tmp_path: Path, write_back: str, state: str, code: int
) -> None:
    there = replace(place, sheet=GoogleSheet(GoogleAddress(ID), tmp_path / "gone" / "clinic"))
    found = _examined(replace(there, write_back=write_back))  # type: ignore[arg-type]
    (item,) = _of(found, "Writing")
    assert (item.state, found.exit_code) == (state, code)
    assert str(tmp_path / "gone") in item.message


def test_a_failed_sign_in_hides_nothing_else(place: Place) -> None:
    def opened() -> Workbook:
        raise ConfigProblem("There is nothing to sign in with.", "Name a key.")

    def waiting() -> Sequence[str]:
        raise ConfigProblem("There is nothing to sign in with.", "Name a key.")

    found = _examined(replace(place, signed_in=_refused, waiting=waiting), opened)
    assert found.exit_code == 2
    assert [(item.topic, item.state) for item in found.items if item.state == "wrong"] == [
        ("Sign-in", "wrong"),
    ], "told once"
    assert [(item.state, item.message) for item in _of(found, "Workbook")] == [
        ("note", "not looked at, since nobody is signed in")
    ]
    assert _of(found, "Outbox")[0].state == "note"
    assert _of(found, "State folder")[0].state == "ok"


def test_a_spreadsheet_that_is_not_shared_is_told_once_with_the_account(place: Place) -> None:
    class Shut(MemoryWorkbook):
        def read(self) -> None:  # type: ignore[override]
            raise UnreadableWorkbook("It is not shared.", "Click Share.")

    found = _examined(place, Shut)
    assert found.exit_code == 2
    assert [item.fix for item in _of(found, "Workbook")] == ["Click Share."]
    assert _of(found, "Sign-in")[0].state == "ok"
