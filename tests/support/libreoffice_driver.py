"""Runs under LibreOffice's own Python: does steps on a workbook and prints their answers as JSON.

Steps:
{"do": "set", "tab", "cell", "value"}: a text or number; {"do": "put", "tab", "cell", "formula"};
{"do": "insert", "tab", "row", "count"}; {"do": "delete", "tab", "row", "count"};
{"do": "sort", "tab", "range", "column", "down"}; {"do": "calculate"};
{"do": "texts", "tab", "range"}; {"do": "formula", "tab", "cell"}; {"do": "validation", "tab", "cell"};
{"do": "page", "to"}: export what is shown; {"do": "first_page", "to"}: draw one page; {"do": "save", "to"};
{"do": "jump", "to"}: where a link leads to; {"do": "seconds"}: how long opening took.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table import TableSortField


def prop(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def start(profile, locale):
    pipe = "registry" + str(abs(hash(profile)))
    folder = pathlib.Path(profile)
    if locale:
        user = folder / "user"
        user.mkdir(parents=True, exist_ok=True)
        (user / "registrymodifications.xcu").write_text(
            '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
            'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
            f"<value>{locale}</value></prop></item></oor:items>",
            encoding="utf-8",
        )
    office = subprocess.Popen(
        [
            "soffice",
            f"-env:UserInstallation={folder.as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            f"--accept=pipe,name={pipe};urp",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return office, pipe


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.2)
    raise SystemExit("LibreOffice did not start")


class Steps:
    def __init__(self, context, document, seconds):
        self.context, self.document, self.opened = context, document, seconds

    def tab(self, step):
        return self.document.Sheets.getByName(step["tab"])

    def cell(self, step):
        return self.tab(step).getCellRangeByName(step["cell"])

    def set(self, step):
        value, cell = step["value"], self.cell(step)
        if isinstance(value, str):
            cell.setString(value)
        else:
            cell.setValue(value)

    def put(self, step):
        self.cell(step).setFormula(step["formula"])

    def insert(self, step):
        self.tab(step).Rows.insertByIndex(step["row"] - 1, step.get("count", 1))

    def delete(self, step):
        self.tab(step).Rows.removeByIndex(step["row"] - 1, step.get("count", 1))

    def sort(self, step):
        field = TableSortField()
        field.Field, field.IsAscending = step["column"], not step.get("down", False)
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        area = self.tab(step).getCellRangeByName(step["range"])
        area.sort((prop("SortFields", fields), prop("ContainsHeader", False)))

    def page(self, step):
        url = pathlib.Path(step["to"]).as_uri()
        self.document.storeToURL(url, (prop("FilterName", "HTML (StarCalc)"),))

    def first_page(self, step):
        data = uno.Any("[]com.sun.star.beans.PropertyValue", (prop("PageRange", "1"),))
        url = pathlib.Path(step["to"]).as_uri()
        self.document.storeToURL(url, (prop("FilterName", "calc_pdf_Export"), prop("FilterData", data)))

    def save(self, step):
        url = pathlib.Path(step["to"]).as_uri()
        self.document.storeToURL(url, (prop("FilterName", step.get("filter", "Calc MS Excel 2007 XML")),))

    def texts(self, step):
        area = self.tab(step).getCellRangeByName(step["range"])
        rows, columns = area.Rows.Count, area.Columns.Count
        return [[area.getCellByPosition(c, r).String for c in range(columns)] for r in range(rows)]

    def formula(self, step):
        return self.cell(step).getFormula()

    def calculate(self, step):
        self.document.calculateAll()

    def validation(self, step):
        found = self.cell(step).Validation
        return {
            "type": found.Type.value,
            "alert": found.ErrorAlertStyle.value,
            "shows_error": found.ShowErrorMessage,
            "list": found.ShowList,
            "formula": found.getFormula1(),
        }

    def jump(self, step):
        """Follow a link within the workbook; where it led to, as tab and address."""
        controller = self.document.getCurrentController()
        helper = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.DispatchHelper", self.context
        )
        target = prop("Bookmark", step["to"])
        helper.executeDispatch(controller.getFrame(), ".uno:JumpToMark", "", 0, (target,))
        return self.document.getCurrentSelection().AbsoluteName

    def seconds(self, step):
        return self.opened


def main():
    job = json.load(sys.stdin)
    office, pipe = start(job["profile"], job.get("locale", ""))
    try:
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        before = time.monotonic()
        document = desktop.loadComponentFromURL(
            pathlib.Path(job["path"]).as_uri(), "_blank", 0, (prop("Hidden", not job.get("visible", False)),)
        )
        if document is None:
            raise SystemExit("LibreOffice could not open the workbook")
        steps = Steps(context, document, time.monotonic() - before)
        answers = [getattr(steps, step["do"])(step) for step in job["steps"]]
        print(json.dumps(answers))
        document.close(True)
    finally:
        try:
            desktop.terminate()
            office.wait(20)
        except Exception:
            office.kill()


main()
