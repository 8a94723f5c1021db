"""`check`, `live`, `rules` and `schema` as they are run."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from registry_sheets.cli.app import GROUPS, app
from registry_sheets.cli.failures import pasted, say
from tests.support.command import run
from tests.support.workbooks import GAP, RIGHT, VAGUE, make

TODAY = ("--today", "2026-06-30")


def test_a_clean_sheet_needs_no_config_and_exits_0(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx")
    done = run("check", "models.xlsx", *TODAY, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "0 errors" in done.stdout or "No findings" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["models.xlsx"], "check writes nothing"


def test_findings_are_grouped_by_model_with_cell_and_fix(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", (*RIGHT, VAGUE, GAP))
    done = run("check", "models.xlsx", *TODAY, folder=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines.index("No-shows") < next(n for n, line in enumerate(lines) if "E5, Location" in line)
    assert "Type where this version runs" in done.stdout
    assert lines[-1].startswith("2 findings in 4 rows: 1 error, 1 warning") or "1 error" in lines[-1]


@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("warning", 1), ("info", 1), ("never", 0)])
def test_fail_on_an_error(tmp_path: Path, fail_on: str, code: int) -> None:
    make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    assert run("check", "models.xlsx", "--fail-on", fail_on, *TODAY, folder=tmp_path).returncode == code


def test_a_warning_fails_only_where_it_is_asked_for(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", (*RIGHT, VAGUE))
    assert run("check", "models.xlsx", *TODAY, folder=tmp_path).returncode == 0
    assert run("check", "models.xlsx", "--fail-on", "warning", *TODAY, folder=tmp_path).returncode == 1


def test_more_than_ten_show_the_worst_ten_and_how_to_see_all(tmp_path: Path) -> None:
    rows = [("No-shows", str(n), "", f"Bookings {n}", "Clinic", "Testing", "") for n in range(1, 16)]
    make(tmp_path / "models.xlsx", rows)
    short = run("check", "models.xlsx", *TODAY, folder=tmp_path).stdout
    assert short.count("[missing-value]") == 10
    assert "--all" in short
    full = run("check", "models.xlsx", "--all", *TODAY, folder=tmp_path).stdout
    assert full.count("[missing-value]") >= 15


def test_json_is_one_object_with_the_documented_keys(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    told = json.loads(run("check", "models.xlsx", "--format", "json", *TODAY, folder=tmp_path).stdout)
    assert list(told) == ["registry", "sheet", "rows", "complete", "counts", "findings"]
    assert (told["registry"], told["sheet"], told["rows"], told["complete"]) == ("models", "models.xlsx", 3, True)
    gap = next(finding for finding in told["findings"] if finding["rule"] == "missing-value")
    assert list(gap) == ["rule", "severity", "name", "version", "row", "column", "cell", "message", "fix"]
    assert (gap["name"], gap["version"], gap["row"], gap["column"], gap["cell"]) == (
        "No-shows",
        "2",
        4,
        "Location",
        "E4",
    )


def test_json_of_several_registries_is_an_array_and_none_hides_another(tmp_path: Path) -> None:
    make(tmp_path / "a.xlsx", (*RIGHT, GAP))
    (tmp_path / "b.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "config.toml").write_text('[[registry]]\nsheet = "a.xlsx"\n[[registry]]\nsheet = "b.xlsx"\n')
    done = run("check", "--format", "json", *TODAY, folder=tmp_path)
    told = json.loads(done.stdout)
    assert [(one["registry"], one["complete"]) for one in told] == [("a", True), ("b", False)]
    assert done.returncode == 2, "what cannot be read outweighs what was found"
    assert "b.xlsx" in done.stderr


def test_csv_is_safe_to_open(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", [("=cmd|'/c calc'!A1", "1", "", "Bookings 2026", "Clinic", "Testing", "")])
    text = run("check", "models.xlsx", "--format", "csv", *TODAY, folder=tmp_path).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_a_hostile_cell_reaches_no_terminal(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", [("No\u202eshows\u2066", "1", "", "data", "Clinic", "Production", "")])
    done = run("check", "models.xlsx", *TODAY, folder=tmp_path)
    assert not {"\u202e", "\u2066", "\x1b"} & set(done.stdout)


def test_a_pipe_that_cannot_show_a_sign_never_raises(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", [("Modèle ✓ 😀", "1", "", "data", "Clinic", "Production", "")])
    done = run("check", "models.xlsx", *TODAY, folder=tmp_path, PYTHONIOENCODING="cp1252")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("models.csv", b"Name,Version\n", ".xlsx"),
        ("models.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ("models.xlsx", b"", ""),
        ("missing.xlsx", None, ""),
    ],
)
def test_what_cannot_be_read_exits_2_with_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, word: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
        # A file that has just been written might still be being saved; this one has lain there.
        import os

        os.utime(tmp_path / name, (1_700_000_000, 1_700_000_000))
    done = run("check", name, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert name in done.stderr
    assert word in done.stderr


def test_a_bad_flag_and_a_bad_config_exit_2(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx")
    assert run("check", "models.xlsx", "--today", "yesterday", folder=tmp_path).returncode == 2
    assert run("check", "--no-such-flag", folder=tmp_path).returncode == 2
    (tmp_path / "config.toml").write_text('[[registry]]\nsheet = "models.xlsx"\nwrite_bak = "off"\n')
    done = run("check", folder=tmp_path)
    assert done.returncode == 2
    assert "line 3" in done.stderr
    assert "write_back" in done.stderr


def test_live_says_version_place_and_reason(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", (*RIGHT, VAGUE))
    done = run("live", "models.xlsx", *TODAY, folder=tmp_path)
    assert done.returncode == 0
    assert "3.2, at Plant A" in done.stdout
    assert "3.1," not in done.stdout
    told = json.loads(run("live", "models.xlsx", "--format", "json", "--location", "clinic", folder=tmp_path).stdout)
    assert [(one["name"], one["version"], one["training_date"]) for one in told] == [("No-shows", "1", "2026-02-02")]
    assert list(told[0])[:5] == ["registry", "name", "version", "used_for", "location"]


def test_live_says_whose_version_it_is_and_what_could_be_asked_for(tmp_path: Path) -> None:
    make(tmp_path / "a.xlsx", RIGHT)
    make(tmp_path / "b.xlsx", RIGHT)
    (tmp_path / "config.toml").write_text('[[registry]]\nsheet = "a.xlsx"\n[[registry]]\nsheet = "b.xlsx"\n')
    told = json.loads(run("live", "--format", "json", folder=tmp_path).stdout)
    assert {one["registry"] for one in told} == {"a", "b"}
    done = run("live", "a.xlsx", "--location", "Clin", folder=tmp_path)
    assert done.returncode == 0
    assert "What is live is at Plant A." in done.stdout


def test_rules_lists_and_explains(tmp_path: Path) -> None:
    assert "vague-data-source" in run("rules", folder=tmp_path).stdout
    one = run("rules", "vague-data-source", folder=tmp_path).stdout
    assert {"What it finds", "Why it matters", "Example", "What to do"} <= set(one.splitlines())
    unknown = run("rules", "vague-data", folder=tmp_path)
    assert unknown.returncode == 2
    assert "vague-data-source" in unknown.stderr


def test_a_report_of_a_fault_keeps_its_shape(capsys: pytest.CaptureFixture[str]) -> None:
    say("first\n    second")
    assert capsys.readouterr().err == "first\n    second\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is needed")
def test_a_full_disk_is_no_fault_of_ours(tmp_path: Path) -> None:
    make(tmp_path / "models.xlsx", (*RIGHT, GAP))
    command = [sys.executable, "-m", "registry_sheets", "check", "models.xlsx"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert "Make room" in done.stderr
    assert "Traceback" not in done.stderr


def test_paths_in_commands_can_be_pasted() -> None:
    assert [pasted("a.xlsx"), pasted("our models.xlsx")] == ["a.xlsx", '"our models.xlsx"']


def test_schema_is_json(tmp_path: Path) -> None:
    assert "properties" in json.loads(run("schema", folder=tmp_path).stdout)


@pytest.mark.parametrize("command", [one.__name__ for _, members in GROUPS for one in members])
def test_help_of_a_command_is_for_people(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert not any(odd in done.output for odd in ("<str>", "<path>", "<list[", "[[", "; again."))


def test_help_shows_the_groups(tmp_path: Path) -> None:
    shown = run("--help", folder=tmp_path).stdout
    assert all(group in shown for group in ("Start", "Every day", "Run nightly", "Reference"))
