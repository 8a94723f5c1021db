"""Pages and mails made by the wheel, whose templates lie inside the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE_BY_WHEEL = """
import sys
from datetime import date
from pathlib import Path
import registry_sheets
from registry_sheets.config import read_file
from registry_sheets.reports.digest_summary import summary
from registry_sheets.reports.mails import alert, render
from registry_sheets.reports.page import render_page
from registry_sheets.reports.templates import templates_folder
from registry_sheets.wiring.reporting import report_over

assert Path(registry_sheets.__file__).is_relative_to(sys.argv[1]), registry_sheets.__file__
assert templates_folder().is_relative_to(sys.argv[1]), templates_folder()
_, report = report_over(read_file(Path(sys.argv[2])).registries[0], date(2026, 7, 1))
for made in (render_page(report), render(summary(report, "2026-W27")).html, alert("a", "b", "c", date.today()).html):
    assert "<html" in made
print("all made")
"""


@pytest.mark.slow
def test_an_installed_wheel_has_all_its_templates(tmp_path: Path) -> None:
    from tests.support.registries import version
    from tests.support.reported import workbook

    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, ROOT]
    built = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if built.returncode and not os.environ.get("CI"):
        pytest.skip(f"no wheel can be built here: {built.stderr.strip()[-200:]}")
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with ZipFile(wheel) as packed:
        packed.extractall(installed)
    workbook(tmp_path / "models.xlsx", [version()])
    (tmp_path / "config.toml").write_text('sheet = "models.xlsx"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", MADE_BY_WHEEL, installed, tmp_path / "config.toml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "all made\n", done.stderr
