"""The real command against platforms that mean no good, and against machines on which things go wrong."""

from __future__ import annotations

import csv
import email
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from email import policy
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.config import read_file
from registry_sheets.registry.text import csv_safe
from registry_sheets.service.doing import do
from registry_sheets.service.tasks import Task
from registry_sheets.wiring import state_of
from tests.support.command import run
from tests.support.platforms.hostile import EVIL, SURROGATE, dripping, saying
from tests.support.registries import version
from tests.support.reported import workbook

LOCATION = '[[location]]\nname = "Service desk app"\nplatform = "our mlflow"\n'
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SPOKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\ud800-\udfff]")


def registry(folder: Path, platforms: str, more: str = "") -> Path:
    rows = [version(version="3"), version(version="2", stage="Archived", location="Old app")]
    workbook(folder / "models.xlsx", rows)
    text = f'time_zone = "Pacific/Kiritimati"\n{more}{platforms}[[registry]]\nname = "ac"\nsheet = "models.xlsx"\n'
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def mlflow(url: str, more: str = "") -> str:
    return f'[[platform]]\nkind = "mlflow"\nname = "our mlflow"\nurl = "{url}"\n{more}'


class Mlflow:
    """What a server says: model -> its live version; ``down``: it says nothing that is any good."""

    def __init__(self, **live: str) -> None:
        self.live = dict(live)
        self.down = False

    def __call__(self, path: str) -> bytes:
        if self.down:
            return b"<html>"
        told = "registered" in path
        listed = [
            {"name": name, "aliases": [{"alias": "champion", "version": one}]}
            if told
            else {"name": name, "version": one}
            for name, one in self.live.items()
        ]
        return json.dumps({"registered_models" if told else "model_versions": listed}).encode()


# A platform that says whatever breaks things


def _hostile(path: str) -> bytes:
    bad = f"{EVIL}{SURROGATE}"
    if "registered-models" in path:
        marks = [{"alias": f"champion-{bad}", "version": "4"}, {"alias": "champion", "version": bad}]
        names = ("ac-failure", bad, "=1+1", "x" * 40_000)
        return json.dumps({"registered_models": [{"name": name, "aliases": marks} for name in names]}).encode()
    if "model-versions" in path:
        more = {"creation_timestamp": 253402300799999, "source": bad, "run_id": bad, "user_id": bad}
        tags = [{"key": "owner", "value": bad}]
        told = [
            {"name": name, "version": one, "tags": tags, "description": bad, **more}
            for name in ("ac-failure", bad, "=1+1", "x" * 40_000)
            for one in ("4", bad, "3")
        ]
        return json.dumps({"model_versions": told}).encode()
    run = {"info": {"run_id": bad, "end_time": 253402300799999}, "data": {"metrics": [{"key": bad, "value": 1e400}]}}
    return json.dumps({"run": run, "runs": [run]}).encode()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A registry after two passes and its weekly mail over a platform that means no good."""
    folder = tmp_path_factory.mktemp("hostile")
    with saying(_hostile) as url:
        registry(folder, mlflow(url) + LOCATION, 'sender = "registry@example.com"\n')
        for _ in range(2):
            done = run("sync", folder=folder)
            assert done.returncode == 1, done.stderr
        assert run("mail", "weekly", "--dry-run", folder=folder).returncode == 0
        yield folder


@pytest.mark.parametrize(
    "command", [("reconcile", "--all"), ("check",), ("live", "--verified"), ("doctor",), ("sync",), ("status",)]
)
def test_nothing_that_a_platform_says_reaches_the_terminal_as_it_is(hostile: Path, command: tuple[str, ...]) -> None:
    done = run(*command, folder=hostile)
    assert done.returncode in (0, 1, 3), done.stderr
    assert not SPOKEN.search(done.stdout + done.stderr)


@pytest.mark.parametrize("command", [("reconcile",), ("live", "--verified")])
def test_csv_and_json_hold_no_formula_and_no_control_character(hostile: Path, command: tuple[str, ...]) -> None:
    told = run(*command, "--format", "csv", folder=hostile).stdout
    assert not CONTROL.search(told)
    cells = [cell for row in csv.reader(io.StringIO(told)) for cell in row]
    assert any(cell.startswith(("'=", "3 is said", "=")) or "cmd|calc" in cell for cell in cells)
    assert all(cell == csv_safe(cell) or cell.startswith("'") for cell in cells)
    shown = run(*command, "--format", "json", folder=hostile).stdout
    assert not CONTROL.search(shown)
    json.loads(shown).__repr__().encode("utf-8")


def test_what_a_pass_publishes_is_harmless(hostile: Path) -> None:
    files = [*(hostile / "output" / "ac").iterdir()]
    assert {file.name for file in files} >= {"findings.csv", "findings.json", "report.html"}
    for file in files:
        text = file.read_text("utf-8")
        assert not CONTROL.search(text), file.name
        if file.suffix == ".html":
            assert "<script>alert" not in text


def test_the_findings_tab_holds_texts_that_a_cell_can_hold(hostile: Path) -> None:
    with zipfile.ZipFile(hostile / "models.xlsx") as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                assert not re.search(rb"<f[^>]*>=?(cmd|1\+1)", parts.read(name)), name
    sheet = openpyxl.load_workbook(hostile / "models.xlsx")["Findings"]
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any("cmd|calc" in str(cell.value) for cell in cells)
    assert all(len(str(cell.value)) <= 32_767 for cell in cells)
    assert all(cell.data_type == "s" for cell in cells if "cmd|calc" in str(cell.value) or cell.value == "=1+1")


def test_no_header_of_the_mail_is_the_platform_s(hostile: Path) -> None:
    (letter,) = (hostile / "registry-sheets-mail").rglob("*.eml")
    told = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert told["Bcc"] is None
    assert all(not CONTROL.search(str(value)) for value in told.values())
    page = told.get_body(("html",))
    assert page is not None
    assert "<script>alert" not in page.get_content()
    assert not CONTROL.search(page.get_content())


# One that never comes to an end

SLOW = {
    "mlflow": 'kind = "mlflow"\nurl = "{url}"\n',
    "kubeflow": 'kind = "kubeflow"\nurl = "{url}"\n',
    "vertex": 'kind = "vertex"\nproject = "p"\nlocations = ["us-central1", "europe-west4"]\nurl = "{url}"\n',
    "azureml": 'kind = "azureml"\nsubscription = "s"\nresource_group = "g"\nworkspaces = ["a", "b"]\nurl = "{url}"\n',
    "sagemaker": 'kind = "sagemaker"\nregions = ["eu-west-1", "us-east-1"]\nurl = "{url}"\n',
}


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none"}
    return subprocess.Popen(
        [sys.executable, "-m", "registry_sheets", *arguments],
        cwd=folder,
        env={**os.environ, **keys},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """(exit code, standard error) of a command that ends; one that hangs is a failure."""
    try:
        _, told = process.communicate(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail("it does not end")
    return process.returncode, told


def test_a_pass_ends_when_its_platforms_never_do(tmp_path: Path) -> None:
    with dripping() as url:
        blocks = "".join(f"[[platform]]\n{block.format(url=url)}timeout = 1\n" for block in SLOW.values())
        code, told = ended(started(registry(tmp_path, blocks), "sync"))
    assert code == 3
    for kind in SLOW:
        assert f"Not checked: {kind}: " in told
    assert (tmp_path / "output" / "ac" / "report.html").exists()


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C as POSIX does")
@pytest.mark.parametrize("kind", ["vertex", "azureml", "sagemaker"])
def test_ctrl_c_ends_it_at_once(tmp_path: Path, kind: str) -> None:

    with dripping() as url:
        folder = registry(tmp_path, f"[[platform]]\n{SLOW[kind].format(url=url)}timeout = 3600\n")
        process = started(folder, "reconcile")
        time.sleep(1.5)  # until it asks; were it too early, it would end as well
        process.send_signal(signal.SIGINT)
        code, told = ended(process)
    assert (code, "Interrupted." in told) == (130, True), told


# History and the nights on which a platform is down


def since(folder: Path) -> dict[tuple[str, str], tuple[int, int | None]]:
    """(rule, version) -> the passes in which a finding of a platform began and ended."""
    with closing(sqlite3.connect(state_of(read_file(folder / "config.toml").registries[0]) / "history.sqlite")) as db:
        rows = db.execute("SELECT rule, version, since, until FROM findings ORDER BY since").fetchall()
    rules = ("live-mismatch", "not-in-sheet", "not-on-platform", "platform-not-checked")
    return {(rule, one): (begun, end) for rule, one, begun, end in rows if rule in rules}


def test_what_was_found_does_not_end_because_nobody_looked(tmp_path: Path) -> None:
    server = Mlflow(**{"ac-failure": "4"})
    with saying(server) as url:
        folder = registry(tmp_path, mlflow(url) + LOCATION)
        assert run("sync", folder=folder).returncode == 1
        first = since(folder)
        assert {rule for rule, _ in first} == {"live-mismatch", "not-in-sheet"}
        server.down = True
        assert run("sync", folder=folder).returncode == 3
        second = since(folder)
        assert {key: second[key] for key in first} == first
        assert ("platform-not-checked", "") in second
        server.down = False
        assert run("sync", folder=folder).returncode == 1
        third = since(folder)
        assert {key: third[key] for key in first} == first
        assert third["platform-not-checked", ""][1] is not None
        server.live["ac-failure"] = "3"
        assert run("sync", folder=folder).returncode == 0
        assert all(end is not None for key, (_, end) in since(folder).items() if key in first)


def test_a_platform_that_is_suddenly_empty_is_believed_the_second_time(tmp_path: Path) -> None:
    server = Mlflow(**{f"model-{number}": "1" for number in range(12)}, **{"ac-failure": "3"})
    with saying(server) as url:
        folder = registry(tmp_path, mlflow(url) + LOCATION)
        assert "not-on-platform" not in run("sync", folder=folder).stdout
        server.live.clear()
        done = run("sync", folder=folder)
        assert done.returncode == 3
        assert "It lists no version at all, and had 13 when it was last asked." in done.stderr
        assert "not-on-platform" not in done.stdout
        assert "had 13 when it was last asked" in run("check", folder=folder).stderr
        done = run("sync", folder=folder)
        assert "not-on-platform" in done.stdout
        assert done.returncode == 1


# State that was damaged, and machines on which nothing can be written


@pytest.mark.parametrize("content", [b"", b"[[[", b'[{"question": "q", "answer": {}}]', b"\xff" * 100])
def test_the_service_goes_on_with_damaged_answers(tmp_path: Path, content: bytes) -> None:
    with saying(Mlflow(**{"ac-failure": "3"})) as url:
        folder = registry(tmp_path, mlflow(url) + LOCATION)
        (one,) = read_file(folder / "config.toml").registries
        do(Task("nightly", one, "2026-07-01"))
        (state_of(one) / "platforms.json").write_bytes(content)
        workbook(folder / "models.xlsx", [version(version="3", why="Otherwise")])
        light = do(Task("check", one))
        assert light.failure is None
        assert any("It was not asked yet" in notice for notice in light.notices)
        assert not any("not asked yet" in notice for notice in do(Task("nightly", one, "2026-07-02")).notices)


def test_answers_that_cannot_be_kept_are_told_all_the_same(tmp_path: Path) -> None:
    with saying(Mlflow(**{"ac-failure": "4"})) as url:
        folder = registry(tmp_path, mlflow(url) + LOCATION)
        (one,) = read_file(folder / "config.toml").registries
        (state_of(one) / "platforms.json").mkdir(parents=True)
        for command in ("reconcile", "sync"):
            done = run(command, folder=folder)
            assert done.returncode == 1, done.stderr
            assert "What the platforms said cannot be kept in " in done.stderr
        assert "4 is @champion" in run("reconcile", folder=folder).stdout


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as POSIX does")
def test_a_disk_that_is_full_keeps_nobody_from_hearing_the_platforms(tmp_path: Path) -> None:
    code = (
        "import resource, sys\nfrom registry_sheets.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\nsys.argv[1:] = ['reconcile']\nmain()"
    )
    with saying(Mlflow(**{"ac-failure": "4"})) as url:
        folder = registry(tmp_path, mlflow(url) + LOCATION)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 1, done.stderr
    assert "4 is @champion" in done.stdout
    assert "that there is room on its disk" in done.stderr
    (one,) = read_file(folder / "config.toml").registries
    assert [path.name for path in state_of(one).iterdir() if "json" in path.name] == []


def test_a_workbook_alone_loads_nothing_of_it(tmp_path: Path) -> None:
    workbook(tmp_path / "models.xlsx", [version(version="3")])
    code = (
        "import sys\nfrom registry_sheets.cli import main\n"
        "try:\n    sys.argv[1:] = ['check', 'models.xlsx']\n    main()\nexcept SystemExit:\n    pass\n"
        "ours = ('platforms', 'wiring.platforms', 'state.platform', 'operations.hearing')\n"
        "heavy = (*('registry_sheets.' + one for one in ours), 'httpx', 'boto3', 'azure.identity')\n"
        "print([one for one in sys.modules if one.startswith(heavy)], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.strip().endswith("[]"), done.stderr
