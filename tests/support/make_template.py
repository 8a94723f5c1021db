"""Makes templates/model-registry.xlsx anew: python -m tests.support.make_template"""

from __future__ import annotations

from pathlib import Path

from registry_sheets.registry.tabs.template import TITLE, registry_tabs
from registry_sheets.workbooks.excel.new import write_workbook

TEMPLATE = Path(__file__).parents[2] / "templates" / "model-registry.xlsx"

if __name__ == "__main__":
    write_workbook(registry_tabs(), TEMPLATE, title=TITLE)
