"""LibreOffice itself: a workbook that it has open is not written; one that it died with is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.errors import WorkbookOpen
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.excel.locks import office_lock_path, who_has_open
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked up in /proc"),
]
_NORMAL_RESTART = 81  # how it ends after it has made a new profile (desktop/source/app/app.cxx)
SHEET = Sheet("findings", "Findings", [[SheetCell("What")]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    openpyxl.Workbook().save(tmp_path / "models.xlsx")
    return tmp_path / "models.xlsx"


class Office:
    """LibreOffice with a workbook open, in a profile of its own: the real process, not its wrapper script."""

    def __init__(self, path: Path, profile: Path) -> None:
        program = shutil.which("soffice")
        binary = Path(program).resolve().with_name("soffice.bin") if program else None
        if binary is None or not binary.exists():
            pytest.skip("LibreOffice is not installed")
        accept = f"--accept=pipe,name=t{time.time_ns()};urp;"
        own = f"-env:UserInstallation={profile.as_uri()}"
        self._command = [str(binary), own, "--headless", "--norestore", "--nodefault", accept, str(path)]
        self._lock = office_lock_path(path)
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_until_open(self) -> None:
        until = time.monotonic() + 60
        while not self._lock.exists():
            assert time.monotonic() < until, "LibreOffice did not open the workbook"
            if self.process.poll() == _NORMAL_RESTART:
                self.process = self._started()
            time.sleep(0.1)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def office(path: Path, tmp_path: Path) -> Iterator[Office]:
    made = Office(path, tmp_path / "profile")
    yield made
    made.kill()


def test_open_in_libreoffice(office: Office, path: Path, tmp_path: Path) -> None:
    office.wait_until_open()
    workbook = ExcelWorkbook(path, tmp_path / "state")
    before = path.read_bytes()
    with pytest.raises(WorkbookOpen, match="has it open in LibreOffice"):
        workbook.replace_own_tabs([SHEET], workbook.read().revision)
    assert path.read_bytes() == before
    office.kill()
    lock = office_lock_path(path)
    assert lock.exists()
    assert who_has_open(path) is None or _another_office_runs(lock)


def _another_office_runs(lock: Path) -> bool:
    """Another test's LibreOffice, started earlier, could be the one that made the lock file."""
    from registry_sheets.workbooks.excel.machine import start_times

    return any(start <= lock.stat().st_mtime + 5 for start in start_times("soffice.bin") or [])
