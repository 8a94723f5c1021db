"""`compare` as it is run."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

from tests.support.command import run
from tests.support.workbooks import HEADINGS, make

METRICS = ("Why", "Metric: MAPE (holidays)", "Metric: Recall", "Metric: Calls", "Client")
ROWS = (
    ("AC failure", "3.9", date(2026, 1, 4), "CRM 2025-12", "Plant A", "Archived", "kim", "", 18.5, 0.8, 12, "Kestrel"),
    ("ac  failure", "3.10", date(2026, 3, 4), "CRM 2026-02", "Plant A", "Production", "k", "Quieter", 17, "n/a", 9, ""),
    ("AC failure", "3.10", date(2026, 3, 4), "CRM 2026-02", "Plant B", "Testing", "k", "", 17, "n/a", 9, ""),
    ("AC failure", "4", date(2026, 6, 4), "CRM 2026-05", "Plant A", "Testing", "kim", "", "", "0.9 (n=40)", "-", ""),
    ("Churn", "1", date(2026, 6, 4), "CRM 2026-05", "Plant A", "Testing", "kim"),
)  # fmt: skip
HOSTILE = "=cmd|' /C calc'!A0\nsecond line"


def _registry(folder: Path, name: str = "models.xlsx") -> Path:
    rows = [[*row, *[""] * (len(HEADINGS) + len(METRICS) - len(row))] for row in ROWS]
    return make(folder / name, rows, [*HEADINGS, *METRICS])


def test_side_by_side_with_the_best_marked_and_what_changed(tmp_path: Path) -> None:
    _registry(tmp_path)
    done = run("compare", "ac failure", "--sheet", "models.xlsx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "AC failure · models.xlsx · 3 versions" in done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[2] == "3.9 3.10 4"
    assert "MAPE (holidays) 18.5 17 *" in lines
    assert "Recall 0.8 n/a 0.9 (n=40)" in lines
    assert "Stage Archived → Production (Plant A); Testing (Plant B)" in lines
    assert "MAPE (holidays) 18.5 → 17 (-1.5, better)" in lines
    assert "Calls 12 → 9 (-3)" in lines
    assert '"Calls" = "lower"' in done.stdout


def test_named_versions_of_a_workbook_named_first(tmp_path: Path) -> None:
    _registry(tmp_path)
    done = run("compare", "models.xlsx", "AC failure", "4", "3.9", folder=tmp_path)
    assert done.stdout.splitlines()[2].split() == ["4", "3.9"]
    done = run("compare", "models.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert "registry-sheets compare NAME --sheet models.xlsx" in done.stderr


def test_json_is_as_documented(tmp_path: Path) -> None:
    _registry(tmp_path)
    done = run("compare", "AC failure", "--sheet", "models.xlsx", "--format", "json", folder=tmp_path)
    told = json.loads(done.stdout)
    assert list(told) == ["registry", "name", "versions", "metrics", "changes"]
    old, new, last = told["versions"]
    assert (old["version"], new["version"], last["version"]) == ("3.9", "3.10", "4")
    assert old["facts"]["training_date"] == "2026-01-04"
    assert old["facts"]["location"] == ["Plant A"]
    assert old["facts"]["why"] is None
    assert old["own"] == {"Client": "Kestrel"}
    assert old["metrics"] == {"MAPE (holidays)": 18.5, "Recall": 0.8, "Calls": 12}
    assert new["facts"]["stage"] == {"Plant A": "Production", "Plant B": "Testing"}
    assert told["metrics"][0] == {
        "metric": "MAPE",
        "period": "holidays",
        "direction": "lower",
        "best": ["3.10"],
        "values": {"3.9": 18.5, "3.10": 17, "4": None},
    }
    assert [(one["direction"], one["best"]) for one in told["metrics"][1:]] == [("higher", []), (None, [])]
    first, second = told["changes"]
    assert (first["from"], first["to"]) == ("3.9", "3.10")
    assert {"field": None, "header": "Client", "old": "Kestrel", "new": None} in first["fields"]
    assert first["metrics"][0] == {
        "metric": "MAPE", "period": "holidays", "old": 18.5, "new": 17, "delta": -1.5, "better": True,
    }  # fmt: skip
    assert second["metrics"][1] == {
        "metric": "Recall", "period": "", "old": "n/a", "new": "0.9 (n=40)", "delta": None, "better": None,
    }  # fmt: skip


def test_csv_has_a_line_for_each_fact_and_metric_and_no_formulas(tmp_path: Path) -> None:
    headings = [*HEADINGS, "Why", "Metric: Bias", "=Own"]
    rows = [[*ROWS[0][:7], HOSTILE, -0.5, "+1"], [*ROWS[3][:7], "@x", "-0.2", "-"]]
    make(tmp_path / "models.xlsx", rows, headings)
    done = run("compare", "AC failure", "--sheet", "models.xlsx", "--format", "csv", folder=tmp_path)
    told = list(csv.reader(io.StringIO(done.stdout)))
    assert told[0] == ["column", "metric", "period", "direction", "3.9", "4", "best"]
    by_column = {line[0]: line for line in told}
    assert by_column["Stage"][4:] == ["Archived", "Testing", ""]
    assert by_column["Why"][4].startswith("'=cmd")
    assert by_column["Why"][5] == "'@x"
    assert by_column["'=Own"][4:6] == ["'+1", "'-"]
    assert by_column["Metric: Bias"] == ["Metric: Bias", "Bias", "", "zero", "-0.5", "'-0.2", "4"]


def test_the_config_says_which_way_is_better(tmp_path: Path) -> None:
    _registry(tmp_path)
    config = '[metrics]\nCalls = "lower"\n[[registry]]\nsheet = "models.xlsx"\n'
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    done = run("compare", "AC failure", folder=tmp_path)
    assert "9 *" in done.stdout
    assert "[metrics]" not in done.stdout
    (tmp_path / "config.toml").write_text(config.replace('"lower"', '"less"'), encoding="utf-8")
    done = run("compare", "AC failure", folder=tmp_path)
    assert done.returncode == 2
    assert "line 2: Calls must be one of 'lower', 'higher', 'zero' or 'none'" in done.stderr


def test_the_registry_that_has_it_is_taken_and_others_are_named(tmp_path: Path) -> None:
    _registry(tmp_path, "a.xlsx")
    make(tmp_path / "b.xlsx", [("Sales", "1", *ROWS[0][2:7]), ("Churn", "7", *ROWS[0][2:7])])
    config = "".join(f'[[registry]]\nsheet = "{name}.xlsx"\n' for name in "ab")
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    assert "Sales · b.xlsx" in run("compare", "sales", folder=tmp_path).stdout
    done = run("compare", "churn", "7", folder=tmp_path)
    assert "Churn · b.xlsx" in done.stdout
    assert "It is also in a; see it there with --registry a" in done.stderr
    done = run("compare", "Chrn", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no model 'Chrn'. Did you mean Churn? Known are: AC failure, Churn and Sales." in done.stderr
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    done = run("compare", "Sales", folder=tmp_path)
    assert done.returncode == 2
    assert "Sales · b.xlsx" in done.stdout


def test_an_unknown_version_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    _registry(tmp_path)
    done = run("compare", "AC failure", "3.91", "--sheet", "models.xlsx", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "AC failure has no version '3.91'. Did you mean 3.9" in done.stderr
    assert "Known are: 4, 3.10 and 3.9." in done.stderr


def test_many_versions_are_the_newest_in_the_table_and_all_elsewhere(tmp_path: Path) -> None:
    rows = [("M", f"1.{number}", *ROWS[0][2:7]) for number in range(12)]
    make(tmp_path / "m.xlsx", rows)
    done = run("compare", "M", "--sheet", "m.xlsx", folder=tmp_path)
    assert done.stdout.splitlines()[2].split() == ["1.6", "1.7", "1.8", "1.9", "1.10", "1.11"]
    assert "--all shows all of them" in done.stdout
    assert "12 versions" in run("compare", "M", "--sheet", "m.xlsx", "--all", folder=tmp_path).stdout
    told = json.loads(run("compare", "M", "--sheet", "m.xlsx", "--format", "json", folder=tmp_path).stdout)
    assert len(told["versions"]) == 12


def test_pandas_is_loaded_by_compare_alone(tmp_path: Path) -> None:
    _registry(tmp_path)
    done = run("check", "models.xlsx", folder=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert "registry_sheets" in done.stderr
    assert "pandas" not in done.stderr
