"""Every command on a registry in a Google spreadsheet, as on a workbook: the real program, at a stand-in for Google."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from registry_sheets import open_registry
from tests.support.chromium import running as chromium
from tests.support.command import run
from tests.support.google.registry import GAP, KEY, RIGHT, ROWS, TODAY, VAGUE, GoogleRegistry, google_registry
from tests.support.workbooks import make

UNCHANGED = ("drive.files.get", "get")
PASS = (*UNCHANGED, "batchUpdate", "drive.files.get")
NEW = ("--trained", "2026-06-25", "--data", "CRM export 2026-06-24", "--location", "Plant A")
NOTES = [["Notes of the team"]]  # so that the number of the tab Models is not 0
ADDRESSES = {
    "config": ("", True),
    "address": ("{url}", True),
    "address alone": ("{url}", False),
    "bare id alone": ("{id}", False),
    "with its tab alone": ("{url}#gid={models}", False),
    "while another tab was open": ("{url}?gid={lists}#gid={lists}", True),
}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[GoogleRegistry]:
    with google_registry(tmp_path, notes=NOTES) as made:
        yield made
        assert made.refused == [], "nothing but Google was asked"


@pytest.mark.parametrize(("said", "with_config"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_a_spreadsheet_is_checked_however_it_is_named(registry: GoogleRegistry, said: str, with_config: bool) -> None:
    places = {name.lower(): registry.gid(name) for name in ("Models", "Lists")}
    sheet = said.format(url=registry.url, id=registry.spreadsheet, **places)
    signed_in = {}
    if not with_config:
        (registry.folder / "config.toml").unlink()
        signed_in = {"REGISTRY_SHEETS_GOOGLE_KEY": json.dumps(KEY.json)}
    done = registry.run("check", *filter(None, [sheet]), *TODAY, **signed_in)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Models 2026 · tab Models · 5 rows" in done.stdout
    assert "3 findings in 5 rows: 0 errors, 2 warnings" in done.stdout
    assert registry.requests() == UNCHANGED


def test_it_finds_what_it_finds_in_a_workbook(registry: GoogleRegistry) -> None:
    make(registry.folder / "models.xlsx", ROWS, registry.cells("Models")[0])
    for form in ("json", "csv"):
        there = registry.run("check", "--format", form, "--fail-on", "warning", *TODAY)
        here = run("check", "models.xlsx", "--format", form, "--fail-on", "warning", *TODAY, folder=registry.folder)
        assert there.returncode == here.returncode == 1
        if form == "json":
            assert json.loads(there.stdout)["findings"] == json.loads(here.stdout)["findings"]
            assert json.loads(there.stdout)["sheet"] == "Models 2026"
        else:
            rows = [list(csv.DictReader(io.StringIO(done.stdout))) for done in (there, here)]
            assert [row["cell"] for row in rows[0]] == [row["cell"] for row in rows[1]] == ["D5", "E6", "B5"]


def test_sync_writes_once_and_again_after_an_edit(registry: GoogleRegistry) -> None:
    people = registry.cells("Models")
    first = registry.run("sync", *TODAY)
    assert (first.returncode, registry.requests()) == (0, PASS)
    assert "Written into Models 2026: the tabs 'Findings', 'Live' and 'Changes'." in first.stderr
    assert registry.titles == ["Notes", "Models", "Lists", "Findings", "Live", "Changes"]
    second = registry.run("sync", *TODAY)
    assert (second.returncode, registry.requests()) == (0, UNCHANGED)
    assert second.stderr == "Models 2026 is up to date; nothing was written.\n"
    assert registry.cells("Models") == people
    registry.person.set("Models", "E6", "Clinic")
    third = registry.run("sync", *TODAY)
    assert (third.returncode, registry.requests()) == (0, PASS)
    told = [row for row in registry.cells("Findings") if row[:1] == ["Warning"]]
    assert [row[3] for row in told] == ["Data source"]
    assert not any(path.suffix == ".xlsx" for path in registry.folder.rglob("*")), "no backups, no workbook beside"


def test_what_people_typed_into_an_own_tab_is_named_with_where_it_is_kept(registry: GoogleRegistry) -> None:
    registry.run("sync", *TODAY)
    registry.person.set("Findings", "C30", "I will fix this tomorrow")
    done = registry.run("sync", *TODAY)
    assert "Somebody typed 'I will fix this tomorrow' into Findings!C30." in done.stderr
    assert "File > Version history" in done.stderr
    assert "backup" not in done.stderr


def test_the_links_in_findings_lead_to_their_tab(registry: GoogleRegistry) -> None:
    registry.run("sync", *TODAY)
    head, *rows = registry.cells("Findings")[3:]
    tabs = {row[head.index("Tab")] for row in rows if row[:1] == ["Warning"]}
    assert tabs == {f"#gid={registry.gid('Models')}&range="}


def test_what_was_and_is_live_and_what_changed(registry: GoogleRegistry) -> None:
    registry.run("sync", *TODAY)
    registry.person.set("Models", "G3", "Archived")
    registry.person.set("Models", "G4", "Production")
    registry.run("sync", "--today", "2026-07-10")
    now = registry.run("live", "AC failure", "--format", "version", "--today", "2026-07-10")
    then = registry.run("live", "AC failure", "--on", "2026-06-30", "--as-recorded", "--format", "version")
    assert (now.stdout.strip(), then.stdout.strip()) == ("3.3", "3.2")
    assert registry.run("live", "AC failure", "--on", "2026-06-30", "--format", "version").stdout.strip() == "3.2"
    changes = registry.run("changes", "--today", "2026-07-10")
    assert "AC failure 3.3 Stage: Testing → Production" in re.sub(r" +", " ", changes.stdout)
    assert "last saved by ana" in changes.stdout
    compared = registry.run("compare", "AC failure", "3.2", "3.3")
    assert (compared.returncode, registry.requests()) == (0, UNCHANGED)
    assert re.search(r"Accuracy\s+0.93\s+0.95", compared.stdout)
    exported = registry.run("history", "export")
    assert (exported.returncode, registry.requests()) == (0, ())
    assert '"registry": "Clinic"' in exported.stdout


def test_edits_go_into_the_rows_and_through_the_outbox(registry: GoogleRegistry) -> None:
    done = registry.run("record", "AC failure", "3.10", *NEW, "--owner", "kim@example.com")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Written into Models 2026: record AC failure 3.10\n  Models!A7  Name: AC failure\n")
    assert registry.column("Version") == ["3.1", "3.2", "3.3", "1", "2", "3.10"]
    again = registry.run("record", "AC failure", "3.10", *NEW)
    assert again.stdout.startswith("Nothing to write into Models 2026, it says so already")
    assert registry.run("promote", "AC failure", "3.10", "--why", "Better in June").returncode == 0
    assert registry.column("Stage")[:6] == ["Archived", "Archived", "Staging", "Production", "Testing", "Production"]
    assert registry.run("rollback", "AC failure", "--why", "False alarms").returncode == 0
    assert registry.column("Stage")[:6] == ["Archived", "Production", "Staging", "Production", "Testing", "Archived"]
    waiting = json.loads(registry.run("outbox", "--format", "json").stdout)
    assert {one["state"] for one in waiting} == {"applied"}
    registry.run("sync")
    assert json.loads(registry.run("outbox", "--format", "json").stdout) == []
    (live,) = [row for row in registry.cells("Live") if row[:1] == ["AC failure"]]
    assert "3.2" in live


def test_from_python(registry: GoogleRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(registry.folder)
    with registry.surroundings():
        opened = open_registry(registry.url)
        assert [one.version for one in opened.live()] == ["3.2", "1"]
        done = opened.record("AC failure", "3.10", trained="2026-06-25", data="CRM export 2026-06-24")
        assert (done.outcome, done.sheet) == ("written", "Models 2026")
    assert registry.column("Version")[-1] == "3.10"


def test_an_edit_signs_in_once(registry: GoogleRegistry) -> None:
    assert registry.run("promote", "AC failure", "3.3", "--why", "Better").returncode == 0
    assert [one.method for one in registry.stack.seen].count("token") == 1


def test_fix_repairs_what_is_safe(registry: GoogleRegistry) -> None:
    registry.person.set("Models", "A6", "  No-shows ")
    registry.person.set("Models", "C6", "2026-05-02")
    shown = registry.run("fix")
    assert "Would be written into Models 2026: fix 2 cells" in shown.stdout
    assert registry.requests() == UNCHANGED
    assert "Written into Models 2026: fix 2 cells" in registry.run("fix", "--apply").stdout
    assert registry.cells("Models")[5] == list(GAP)[: len(registry.cells("Models")[5])]
    assert registry.run("fix", "--apply").stdout.startswith("Nothing in Models 2026 is to be repaired")


def test_an_edit_that_cannot_be_written_waits_and_is_written_when_it_can(registry: GoogleRegistry) -> None:
    registry.shared_as("reader")
    done = registry.run("record", "AC failure", "4.0", *NEW)
    assert done.returncode == 0
    assert "Not yet written into Models 2026, kept in the outbox" in done.stdout
    assert "Not in the sheet yet." in done.stderr
    assert "Editor" in done.stderr
    (one,) = json.loads(registry.run("outbox", "--format", "json").stdout)
    registry.shared_as("writer")
    retried = registry.run("outbox", "retry", one["id"])
    assert (retried.returncode, "Written into Models 2026" in retried.stdout) == (0, True)
    assert registry.column("Version").count("4.0") == 1


def test_the_report_in_every_form_links_to_the_cells(registry: GoogleRegistry) -> None:
    for form in ("html", "xlsx", "csv", "json", "md"):
        done = registry.run("report", "--format", form, "--out", f"report.{form}", *TODAY)
        assert (done.returncode, registry.requests()) == (0, UNCHANGED), done.stderr
    told = json.loads((registry.folder / "report.json").read_text())
    found = {registry.at(one["link"]): one["cell"] for one in told["findings"]}
    assert found == {("Models!D5", VAGUE[3]): "D5", ("Models!E6", ""): "E6", ("Models!B5", VAGUE[1]): "B5"}
    assert [registry.at(one["link"])[1] for one in told["versions"]] == [row[0] for row in ROWS]
    rows = list(csv.DictReader((registry.folder / "report.csv").open(encoding="utf-8-sig")))
    assert [registry.at(row["registry_link"])[0] for row in rows] == [f"Models!A{at}" for at in range(2, 7)]
    text = (registry.folder / "report.md").read_text()
    assert f"[open the sheet]({registry.url}#gid={registry.gid('Models')}&range=A1)" in text
    links = [cell.hyperlink.target for cell in load_workbook(registry.folder / "report.xlsx")["Findings"]["E"][1:]]
    assert [registry.at(str(link))[0] for link in links] == ["Models!D5", "Models!E6", "Models!B5"]


def test_the_page_of_a_pass_in_a_browser(registry: GoogleRegistry) -> None:
    registry.run("sync", *TODAY)
    with chromium() as browser, browser.page() as opened:
        page = opened.open(registry.folder / "output" / "clinic" / "report.html")
        hrefs = page.evaluate("[...document.querySelectorAll('a')].map(a => [a.textContent.trim(), a.href])")
        links = {text: href for text, href in hrefs if href.startswith("https://")}
        assert registry.at(links["Open the sheet"]) == ("Models!A1", "Name")
        assert registry.at(links["3.2"]) == ("Models!A3", RIGHT[1][0])
        assert registry.at(links["No-shows 1"])[0] in ("Models!D5", "Models!B5")
        assert registry.at(links["6"]) == ("Models!A6", GAP[0])
        assert "workbook" not in page.inner_text("body")
        assert opened.troubles == []


def test_two_registries_in_one_config_one_in_a_file(registry: GoogleRegistry) -> None:
    make(registry.folder / "models.xlsx")
    config = registry.config()
    config.write_text(config.read_text() + '[[registry]]\nname = "File"\nsheet = "models.xlsx"\n', encoding="utf-8")
    done = registry.run("sync", *TODAY)
    assert (done.returncode, registry.requests()) == (0, PASS)
    assert "Clinic: Written into Models 2026" in done.stderr
    assert "File: Written into models.xlsx" in done.stderr
    assert "Findings" in load_workbook(registry.folder / "models.xlsx").sheetnames
    registry.shared_as("")
    one_away = registry.run("check", *TODAY)
    assert one_away.returncode == 2
    assert "models.xlsx · tab Models · 2 rows" in one_away.stdout
    assert "Clinic: Google shows" in one_away.stderr


def test_doctor_and_status(registry: GoogleRegistry) -> None:
    registry.run("sync")
    done = registry.run("doctor")
    assert (done.returncode, registry.requests()) == (0, UNCHANGED)
    assert "as the rows are now" in done.stdout or "as they are now" in done.stdout
    assert "All well: a check and a sync will work." in done.stdout
    registry.person.set("Models", "E6", "Clinic")
    assert "before the last edits" in registry.run("doctor").stdout
    assert "has not looked after this registry yet" in registry.run("status").stdout


def test_a_check_loads_nothing_that_it_does_not_need(registry: GoogleRegistry) -> None:
    code = (
        "import sys\nfrom registry_sheets.cli import main\nsys.argv = ['registry-sheets', *sys.argv[1:]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*{m.split('.')[0] for m in sys.modules} & {'openpyxl', 'pandas', 'numpy', 'lxml', 'python_calamine',"
        " 'googleapiclient'}, *{'registry_sheets.workbooks.excel.workbook'} & set(sys.modules), file=sys.stderr)"
    )
    for command in ("check", "sync"):
        environment = {**os.environ, **registry.environment}
        argv = [sys.executable, "-c", code, command, *TODAY]
        done = subprocess.run(
            argv, cwd=registry.folder, env=environment, capture_output=True, text=True, check=True, encoding="utf-8"
        )
        assert "5 rows" in done.stdout
        assert done.stderr.splitlines()[-1] == ""


@pytest.mark.parametrize("opened", ["Lists", "Talk"])
def test_an_address_that_was_copied_while_another_tab_was_open(registry: GoogleRegistry, opened: str) -> None:
    registry.person.add_tab("Talk")
    registry.person.set("Talk", "A1", "What we said in the meeting")
    registry.config(sheet=f"{registry.url}?gid={registry.gid(opened)}#gid={registry.gid(opened)}")
    assert "tab Models · 5 rows" in registry.run("check", *TODAY).stdout
