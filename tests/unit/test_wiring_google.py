"""A registry in a Google spreadsheet, put together from its config. Nothing here asks Google for anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from registry_sheets.api import open_registry
from registry_sheets.cli.flags import model_or_sheet
from registry_sheets.config import RegistryConfig, load, read_file
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.config_file import sheet_path
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.links import StoreLinks, WorkbookLink
from registry_sheets.service.child_failures import by_hand, too_long
from registry_sheets.service.tasks import Task
from registry_sheets.service.telling import where_of
from registry_sheets.service.units import sign_ins_left_behind, written_folders
from registry_sheets.settings import RegistrySettings
from registry_sheets.wiring import open_workbook, outbox_of, prober, state_of
from registry_sheets.wiring.google import how_told, sign_in_of, signed_in
from registry_sheets.wiring.passes import FindingsBeside
from registry_sheets.wiring.reporting import links_of
from registry_sheets.workbooks.memory import MemoryWorkbook

ID = "1AbC-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"
URL = f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=7"
ACCOUNT = "robot@project.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key() -> str:
    """A service account's key, as Google gives it."""
    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    said = {
        "type": "service_account",
        "client_email": ACCOUNT,
        "private_key_id": "k1",
        "private_key": private.decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(said)


@pytest.fixture(autouse=True)
def _no_sign_in_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("REGISTRY_SHEETS_GOOGLE_KEY", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "no gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


def _registry(folder: Path, more: str = "") -> RegistryConfig:
    path = folder / "config.toml"
    path.write_text(f'[[registry]]\nname = "Clinic"\nsheet = "{URL}"\n{more}', encoding="utf-8")
    return read_file(path).registries[0]


def test_a_spreadsheet_is_opened_with_the_key_of_its_config(tmp_path: Path, key: str) -> None:
    (tmp_path / "key.json").write_text(key, encoding="utf-8")
    workbook = open_workbook(_registry(tmp_path, '[registry.google]\nkey_file = "key.json"\n'))
    from registry_sheets.workbooks.google.workbook import GoogleWorkbook

    assert isinstance(workbook, GoogleWorkbook)
    assert (workbook.spreadsheet, workbook.api.account) == (ID, ACCOUNT)
    assert workbook.may_lag


def test_a_key_may_come_from_the_environment(tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_SHEETS_GOOGLE_KEY", key)
    asked: list[str] = []
    told = signed_in(_registry(tmp_path), lambda _, account: asked.append(account))
    (_, who), (_, scopes) = (pair for pair in told)
    assert asked == [ACCOUNT]
    assert ACCOUNT in who
    assert "the variable REGISTRY_SHEETS_GOOGLE_KEY" in who
    assert "spreadsheets, drive.metadata.readonly" in scopes


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"key\.json is not there"):
        open_workbook(_registry(tmp_path, '[registry.google]\nkey_file = "key.json"\n'))


def test_what_belongs_to_a_spreadsheet_lies_at_its_config(tmp_path: Path) -> None:
    registry = _registry(tmp_path)
    assert outbox_of(registry).folder == tmp_path / ".clinic.outbox"
    assert FindingsBeside(registry).path == tmp_path / "clinic findings.xlsx"
    assert state_of(registry) == tmp_path / ".registry-sheets" / "clinic"
    assert vars(prober(registry)) == {"_folder": tmp_path}


def test_without_a_config_it_lies_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (registry,) = load(sheet=URL, environment={}).registries
    assert state_of(registry) == tmp_path / ".registry-sheets" / "google-1abc-def"


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
@pytest.mark.parametrize(("config", "folder", "outbox"), [(0o664, 0o775, 0o770), (0o600, 0o700, 0o700)])
def test_whoever_may_write_the_config_may_use_the_outbox(tmp_path: Path, config: int, folder: int, outbox: int) -> None:
    registry = _registry(tmp_path)
    (tmp_path / "config.toml").chmod(config)
    tmp_path.chmod(folder)
    box = outbox_of(registry)
    box._open()
    assert box.folder.stat().st_mode & 0o770 == outbox


def test_links_are_the_store_s_own_unless_the_config_says_others(tmp_path: Path) -> None:
    store = MemoryWorkbook([Grid("Models", [["Name"]])], label="m")
    links = links_of(_registry(tmp_path), store)
    assert isinstance(links, StoreLinks)
    assert links.to_cell("Models", "C14") == "memory:m#Models!C14"
    assert links.to_workbook("Models") == "memory:m#Models!A1"
    said = links_of(_registry(tmp_path, 'link = "https://wiki.example.com/models"\n'), store)
    assert said.to_cell("Models", "C14") == "https://wiki.example.com/models"


def test_a_file_has_no_links_unless_the_config_says_some(tmp_path: Path) -> None:
    (registry,) = load(sheet=tmp_path / "models.xlsx", environment={}).registries
    assert links_of(registry, MemoryWorkbook()) == WorkbookLink("")


def test_how_to_sign_in_goes_on_as_it_is_said(tmp_path: Path) -> None:
    said = _registry(tmp_path, '[registry.google]\nauth = "oauth"\nclient_file = "c.json"\nuser_file = "u.json"\n')
    how = sign_in_of(said.settings.google)
    assert (how.auth, how.key_file, how.client_file, how.user_file) == (
        "oauth",
        None,
        tmp_path / "c.json",
        tmp_path / "u.json",
    )


@pytest.mark.parametrize(
    ("said", "environment", "told"),
    [
        ({"key_file": "/k.json"}, {"REGISTRY_SHEETS_GOOGLE_KEY": "{}"}, "the service account's key /k.json"),
        ({"key_env": "OURS"}, {"OURS": "{}"}, "the variable OURS"),
        ({"key_env": "OURS"}, {"OURS": " "}, "of gcloud or this machine"),
        ({"auth": "application default", "key_file": "/k.json"}, {}, "of gcloud or this machine"),
        ({}, {"GOOGLE_APPLICATION_CREDENTIALS": "/a.json"}, "the file /a.json"),
        ({"auth": "oauth", "user_file": "/u.json"}, {}, "your own sign-in, kept in /u.json"),
    ],
)
def test_it_is_told_how_it_signs_in(said: dict[str, str], environment: dict[str, str], told: str) -> None:
    assert told in how_told(RegistrySettings.model_validate({"google": said}).google, environment)


# The service


def test_a_service_may_write_at_the_config(tmp_path: Path) -> None:
    folders = written_folders([_registry(tmp_path)], state_of)
    assert folders.all == (tmp_path.resolve(),)
    assert folders.own == ()


@pytest.mark.parametrize(
    ("more", "environment", "told"),
    [
        ("", {}, None),
        ("", {"REGISTRY_SHEETS_GOOGLE_KEY": "{}"}, "REGISTRY_SHEETS_GOOGLE_KEY, which a service does not inherit"),
        ("", {"GOOGLE_APPLICATION_CREDENTIALS": "/a"}, "GOOGLE_APPLICATION_CREDENTIALS, which a service does not"),
        ('auth = "service account"', {}, "REGISTRY_SHEETS_GOOGLE_KEY, which a service does not inherit"),
        ('key_file = "k.json"', {"REGISTRY_SHEETS_GOOGLE_KEY": "{}", "GOOGLE_APPLICATION_CREDENTIALS": "/a"}, None),
        ('auth = "oauth"', {"REGISTRY_SHEETS_GOOGLE_KEY": "{}", "GOOGLE_APPLICATION_CREDENTIALS": "/a"}, None),
    ],
)
def test_a_sign_in_that_a_service_does_not_see_is_told(
    tmp_path: Path, more: str, environment: dict[str, str], told: str | None
) -> None:
    cautions = sign_ins_left_behind([_registry(tmp_path, f"[registry.google]\n{more}\n")], environment)
    assert len(cautions) == (told is not None)
    assert told is None or told in cautions[0]


def test_a_file_needs_no_sign_in(tmp_path: Path) -> None:
    registries = load(sheet=tmp_path / "models.xlsx", environment={}).registries
    assert sign_ins_left_behind(registries, {"REGISTRY_SHEETS_GOOGLE_KEY": "{}"}) == ()


# The command line


@pytest.mark.parametrize("said", [URL, URL.removeprefix("https://"), "https://docs.google.com/document/d/1/edit"])
def test_an_address_in_a_model_s_place_is_the_sheet(said: str) -> None:
    assert model_or_sheet(said, None) == ("", said)
    assert model_or_sheet("Churn", said) == ("Churn", said)


def test_a_model_whose_name_looks_like_an_id_is_a_model() -> None:
    assert model_or_sheet("ClinicNorthNoShowForecast2026", None) == ("ClinicNorthNoShowForecast2026", None)


def test_a_check_of_a_file_loads_nothing_of_google(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom registry_sheets.cli import main\n"
        "sys.argv = ['registry-sheets', 'check', 'models.xlsx']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*[m for m in sys.modules if m.split('.')[0] in ('gspread', 'google', 'requests')"
        " or m.startswith(('registry_sheets.workbooks.google', 'registry_sheets.wiring.google'))])"
    )
    from tests.support.registries import version
    from tests.support.reported import workbook

    workbook(tmp_path / "models.xlsx", [version()])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "models.xlsx" in done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == ""


def test_a_notebook_opens_a_spreadsheet_by_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened = open_registry(URL)
    assert (opened.name, opened.sheet) == ("google-1AbC-dEf", URL)
    assert open_registry(ID).sheet == URL.partition("#")[0]
    with pytest.raises(ConfigProblem, match="a Google document"):
        open_registry(f"https://docs.google.com/document/d/{ID}/edit")


# What is said about it


@pytest.mark.parametrize("with_config", [True, False])
def test_messages_of_the_service_name_the_spreadsheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_config: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    registry = _registry(tmp_path) if with_config else load(sheet=URL, environment={}).registries[0]
    task = Task("check", registry)
    assert "checked Google sheet 1AbC…cdef took longer" in too_long(task, 60).message
    assert "the network and Google" in too_long(task, 60).fix
    assert URL in where_of(registry)
    named = f'--config "{tmp_path / "config.toml"}"' if with_config else f'"{URL}"'
    assert named in by_hand(task)


def test_init_writes_a_spreadsheet_s_address(tmp_path: Path) -> None:
    assert sheet_path(_registry(tmp_path).sheet, tmp_path) == URL
