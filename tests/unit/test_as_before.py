"""Whether a light pass would see anything new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.config import RegistryConfig, read_file
from registry_sheets.errors import NotChecked, UnreadableWorkbook
from registry_sheets.operations.looking import Look, look
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.platforms.values import PlatformAnswer
from registry_sheets.service.as_before import is_as_before, note_check
from registry_sheets.service.outcomes import WAITING, back_in
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Failed
from registry_sheets.state.platform_answers import KeptAnswer, keep_answers
from registry_sheets.state.store import Store
from registry_sheets.wiring import state_of, terms
from registry_sheets.workbooks.base import Revision
from registry_sheets.workbooks.excel.patience import Patience
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from registry_sheets.workbooks.memory import MemoryWorkbook

ID = "1AbC-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"
NOW = datetime(2026, 7, 1, 9, 59, tzinfo=UTC)
GRID = Grid("Models", [["Name", "Version", "Training date", "Data source", "Location"], ["a", "1", "", "", ""]])


class _Lagging(MemoryWorkbook):
    """A store that shows a change late."""

    may_lag = True


class _Away(MemoryWorkbook):
    def revision(self) -> Revision:
        raise NotChecked("Google cannot be reached.", "The next run tries again.")


@pytest.fixture
def registry(tmp_path: Path) -> RegistryConfig:
    (tmp_path / "config.toml").write_text(f'name = "m"\nsheet = "{ID}"\n', encoding="utf-8")
    return read_file(tmp_path / "config.toml").registries[0]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(Store(tmp_path / "state.sqlite"))


def _seen(registry: RegistryConfig, workbook: MemoryWorkbook) -> Look:
    return look(workbook, terms(registry), date(2026, 7, 1))


@pytest.mark.parametrize("kind", [MemoryWorkbook, _Lagging])
def test_an_unchanged_workbook_is_as_before(
    registry: RegistryConfig, ledger: Ledger, kind: type[MemoryWorkbook]
) -> None:
    workbook = kind([GRID])
    assert not is_as_before(registry, ledger, workbook, NOW)
    note_check(registry, ledger, workbook, _seen(registry, workbook), NOW)
    assert is_as_before(registry, ledger, workbook, NOW)
    workbook.put(GRID)
    assert not is_as_before(registry, ledger, workbook, NOW)


@pytest.mark.parametrize(("kind", "later"), [(MemoryWorkbook, True), (_Lagging, False)])
def test_a_store_that_lags_is_read_in_full_once_an_hour(
    registry: RegistryConfig, ledger: Ledger, kind: type[MemoryWorkbook], later: bool
) -> None:
    workbook = kind([GRID])
    note_check(registry, ledger, workbook, _seen(registry, workbook), NOW)
    assert is_as_before(registry, ledger, workbook, NOW + timedelta(minutes=2)) is later


def test_what_a_pass_left_is_what_counts(registry: RegistryConfig, ledger: Ledger) -> None:
    workbook = MemoryWorkbook([GRID])
    seen = _seen(registry, workbook)
    workbook.put(GRID)
    note_check(registry, ledger, workbook, replace(seen, left=workbook.revision()), NOW)
    assert is_as_before(registry, ledger, workbook, NOW)


def test_a_revision_that_is_not_known_equals_nothing(registry: RegistryConfig, ledger: Ledger) -> None:
    class Unknown(MemoryWorkbook):
        def revision(self) -> Revision:
            return Revision("")

    workbook = Unknown([GRID])
    note_check(registry, ledger, workbook, replace(_seen(registry, workbook), left=Revision("")), NOW)
    assert not is_as_before(registry, ledger, workbook, NOW)
    assert not is_as_before(registry, ledger, MemoryWorkbook([GRID]), NOW)


def test_what_waits_is_tried_without_asking(registry: RegistryConfig, ledger: Ledger) -> None:
    ledger.note(WAITING, "The workbook is open.")
    assert not is_as_before(registry, ledger, _Away([GRID]), NOW)


def test_a_store_that_is_away_is_tried_again_soon(registry: RegistryConfig, ledger: Ledger) -> None:
    workbook = _Away([GRID])
    note_check(registry, ledger, workbook, _seen(registry, workbook), NOW)
    with pytest.raises(NotChecked) as caught:
        is_as_before(registry, ledger, workbook, NOW)
    assert back_in(Failed(type(caught.value).__name__, "")) == timedelta(minutes=10)
    assert back_in(Failed("LostReply", "")) == timedelta(minutes=10)


# What it is asked of


def test_a_new_answer_of_a_platform_is_something_new(tmp_path: Path, ledger: Ledger) -> None:
    block = '[[platform]]\nkind = "mlflow"\nurl = "http://127.0.0.1:9"\n'
    (tmp_path / "config.toml").write_text(f'name = "m"\nsheet = "{ID}"\n{block}', encoding="utf-8")
    registry, workbook = read_file(tmp_path / "config.toml").registries[0], MemoryWorkbook([GRID])
    note_check(registry, ledger, workbook, _seen(registry, workbook), NOW)
    assert is_as_before(registry, ledger, workbook, NOW)
    keep_answers(state_of(registry), [KeptAnswer("q", PlatformAnswer("mlflow", "mlflow", NOW))])
    assert not is_as_before(registry, ledger, workbook, NOW)


def test_a_file_s_revision_is_that_of_a_read(tmp_path: Path) -> None:
    path = tmp_path / "models.xlsx"
    openpyxl.Workbook().save(path)
    workbook = ExcelWorkbook(path, tmp_path / "state")
    before = workbook.revision()
    assert before == workbook.read().revision
    book = openpyxl.load_workbook(path)
    book.active["A1"] = "x"  # type: ignore[index]
    book.save(path)
    assert workbook.revision() == workbook.read().revision != before


def test_a_file_s_revision_needs_no_whole_workbook(tmp_path: Path) -> None:
    (tmp_path / "models.xlsx").write_bytes(b"PK half")
    assert ExcelWorkbook(tmp_path / "models.xlsx", tmp_path / "state").revision().token.startswith("sha256:")


def test_a_file_that_is_gone_is_told_as_by_a_read(tmp_path: Path) -> None:
    workbook = ExcelWorkbook(tmp_path / "models.xlsx", tmp_path / "state", patience=Patience(wait=0))
    with pytest.raises(UnreadableWorkbook, match="There is no file"):
        workbook.revision()
