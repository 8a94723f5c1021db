"""A config that names Google spreadsheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry_sheets.config import Config, RegistryConfig, load, read_file, same_sheet
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.google_address import GoogleAddress
from registry_sheets.registry.registry_sheet import GoogleSheet

ID = "1AbC-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"
OTHER = "1ZZZ-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"
URL = f"https://docs.google.com/spreadsheets/d/{ID}/edit?gid=0#gid=0"


def _write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _google(registry: RegistryConfig) -> GoogleSheet:
    assert isinstance(registry.sheet, GoogleSheet)
    return registry.sheet


@pytest.mark.parametrize(("said", "gid"), [(ID, None), (URL, 0), (f"<{URL}>", 0), (f"docs.google.com/{URL[24:]}", 0)])
def test_a_block_may_name_a_spreadsheet(tmp_path: Path, said: str, gid: int | None) -> None:
    path = _write(tmp_path, f'[[registry]]\nname = "Clinic North"\nsheet = "{said}"\n')
    (registry,) = read_file(path).registries
    assert _google(registry) == GoogleSheet(GoogleAddress(ID, gid), tmp_path / "clinic-north", path)
    assert (registry.home, registry.output, registry.file) == (tmp_path, tmp_path / "output" / "clinic-north", path)


def test_a_single_registry_may_stand_at_the_top(tmp_path: Path) -> None:
    (registry,) = read_file(_write(tmp_path, f'sheet = "{URL}"\n')).registries
    assert (registry.name, _google(registry).address.id) == ("google-1AbC-dEf", ID)
    assert _google(registry).local == tmp_path / "google-1abc-def"


def test_an_id_is_the_name_of_a_file_where_there_is_one(tmp_path: Path) -> None:
    path = _write(tmp_path, f'sheet = "{ID}"\n')
    (tmp_path / ID).touch()
    assert read_file(path).registries[0].sheet.path == tmp_path / ID


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (f"https://docs.google.com/document/d/{ID}/edit", "line 2: sheet: .*a Google document"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-1v/pubhtml", "line 2: sheet: .*published"),
        ("https://example.com/models.xlsx", "line 2: sheet: .*not that of a Google spreadsheet"),
    ],
)
def test_an_address_of_something_else_is_named_with_its_line(tmp_path: Path, said: str, what: str) -> None:
    with pytest.raises(ConfigProblem, match=what):
        read_file(_write(tmp_path, f'[[registry]]\nsheet = "{said}"\n'))
    with pytest.raises(ConfigProblem, match=what.rpartition(": ")[2]):
        load(sheet=said, environment={})


def test_how_to_sign_in_is_merged_and_its_paths_are_those_of_each_file(tmp_path: Path) -> None:
    _write(
        tmp_path / "clients" / "a",
        f'[[registry]]\nname = "a"\nsheet = "{ID}"\n[registry.google]\nkey_file = "a.json"\n',
    )
    _write(tmp_path / "clients" / "b", f'[[registry]]\nname = "b"\nsheet = "{OTHER}"\n')
    path = _write(
        tmp_path,
        'include = ["clients/*/config.toml"]\n[google]\nauth = "service account"\nkey_file = "keys/ours.json"\n',
    )
    a, b = (registry.settings.google for registry in read_file(path).registries)
    assert (a.auth, a.key_file) == ("service account", str(tmp_path / "clients" / "a" / "a.json"))
    assert (b.auth, b.key_file) == ("service account", str(tmp_path / "keys" / "ours.json"))
    assert (a.key_env, a.client_file, a.user_file) == ("REGISTRY_SHEETS_GOOGLE_KEY", "", "")


@pytest.mark.parametrize(
    "line", ['key_env = "{ \\"private_key\\": \\"S3CRET\\" }"', 'key_file = "{\\"private_key\\": \\"S3CRET\\"}"']
)
def test_a_key_in_the_config_is_refused_and_not_shown(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigProblem, match="the key itself stands in no config") as caught:
        read_file(_write(tmp_path, f'sheet = "{ID}"\n[google]\n{line}\n'))
    assert "S3CRET" not in str(caught.value)


def test_an_unknown_word_of_the_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"line 3.*key_file"):
        read_file(_write(tmp_path, f'sheet = "{ID}"\n[google]\nkeyfile = "a.json"\n'))


def test_the_key_s_variable_is_no_setting(tmp_path: Path) -> None:
    path = _write(tmp_path, f'sheet = "{ID}"\n')
    assert load(path, environment={"REGISTRY_SHEETS_GOOGLE_KEY": "{}"}).registries[0].settings.google.auth == ""
    with pytest.raises(ConfigProblem, match="google_key"):
        load(path, environment={"REGISTRY_SHEETS_GOOGLE_KEYS": "{}"})


# What a command names


@pytest.mark.parametrize("said", [ID, URL, f"https://docs.google.com/spreadsheets/u/2/d/{ID}/view#gid=77&range=B3"])
def test_a_config_found_here_counts_whatever_the_form_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    _write(tmp_path, f'[[registry]]\nname = "ours"\nsheet = "{URL}"\n[[registry]]\nsheet = "m.xlsx"\n')
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in load(sheet=said, environment={}).registries] == ["ours"]


def test_of_two_tabs_of_one_spreadsheet_the_named_one_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = f"https://docs.google.com/spreadsheets/d/{ID}"
    _write(
        tmp_path,
        f'[[registry]]\nname = "a"\nsheet = "{plain}#gid=1"\n[[registry]]\nname = "b"\nsheet = "{plain}/edit#gid=2"\n'
        'write_back = "beside"\n',
    )
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in load(sheet=f"{plain}/view#gid=2", environment={}).registries] == ["b"]
    assert [one.name for one in load(sheet=f"{plain}#gid=3", environment={}).registries] == ["a", "b"]


def test_a_config_found_here_gives_its_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path, 'tab = "Ours"\n[google]\nkey_file = "key.json"\n[[registry]]\nsheet = "m.xlsx"\n')
    monkeypatch.chdir(tmp_path)
    (registry,) = load(sheet=URL, environment={}).registries
    assert (registry.settings.tab, registry.settings.google.key_file) == ("Ours", str(tmp_path / "key.json"))
    assert (registry.home, registry.file, _google(registry).rights) == (tmp_path, path, path)


def test_an_address_needs_no_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (registry,) = load(sheet=URL, environment={}).registries
    assert (registry.name, registry.home, registry.file) == ("google-1AbC-dEf", tmp_path, None)
    assert _google(registry) == GoogleSheet(GoogleAddress(ID, 0), tmp_path / "google-1abc-def")
    assert list(tmp_path.iterdir()) == []


def test_a_named_config_gives_its_defaults_and_its_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = _write(tmp_path / "there", 'tab = "Ours"\n[[registry]]\nsheet = "m.xlsx"\n')
    (registry,) = load(path, ID, environment={}).registries
    assert (registry.settings.tab, registry.home) == ("Ours", tmp_path / "there")


def test_an_id_on_the_command_line_is_a_file_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ID).touch()
    assert load(sheet=ID, environment={}).registries[0].sheet.path == tmp_path / ID


@pytest.mark.parametrize(
    ("text", "ours"), [('[google]\nclient_id = "x"\n', False), ('[google]\nkey_file = "x"\n', True)]
)
def test_somebody_else_s_google_table_is_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, ours: bool
) -> None:
    path = _write(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    assert load(sheet=ID, environment={}).registries[0].file == (path if ours else None)


def test_two_names_of_one_spreadsheet_are_the_same_sheet(tmp_path: Path) -> None:
    text = f'[[registry]]\nname = "a"\nsheet = "{URL}"\n[[registry]]\nname = "b"\nsheet = "{ID}"\nwrite_back = "off"\n'
    text += f'[[registry]]\nname = "c"\nsheet = "{OTHER}"\n[[registry]]\nname = "d"\nsheet = "m.xlsx"\n'
    a, b, c, d = (registry.sheet for registry in read_file(_write(tmp_path, text)).registries)
    assert same_sheet(a, b)
    assert same_sheet(d, d)
    assert not any(same_sheet(one, other) for one, other in ((a, c), (a, d), (d, a)))


def test_two_registries_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"go by the name 'google-1AbC-dEf'.*docs\.google\.com"):
        read_file(_write(tmp_path, f'[[registry]]\nsheet = "{ID}"\n[[registry]]\nsheet = "{URL}"\n'))


def _two(tmp_path: Path, one: str, other: str, *how: str) -> Config:
    blocks = [
        f'[[registry]]\nname = "{name}"\nsheet = "{sheet}"\nwrite_back = "{write_back}"\n'
        for name, sheet, write_back in zip("ab", (one, other), how, strict=True)
    ]
    return read_file(_write(tmp_path, "".join(blocks)))


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (URL, f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=7", "spreadsheet"),
        ("m.xlsx", "./x/../m.xlsx", "workbook"),
    ],
)
def test_two_registries_are_not_written_into_one_workbook(tmp_path: Path, one: str, other: str, kind: str) -> None:
    with pytest.raises(ConfigProblem, match=rf"'a' and 'b' would write over each other.*one {kind}") as caught:
        _two(tmp_path, one, other, "in place", "in place")
    assert kind in caught.value.fix
    assert 'write_back = "beside" or "off"' in caught.value.fix
    for ways in (("in place", "beside"), ("off", "in place"), ("off", "off")):
        assert len(_two(tmp_path, one, other, *ways).registries) == 2


def test_two_registries_are_not_written_into_one_workbook_of_findings(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"one workbook .*m findings\.xlsx") as caught:
        _two(tmp_path, "m.xlsx", "m.xlsx", "beside", "beside")
    assert 'write_back = "off"' in caught.value.fix
    assert len(_two(tmp_path, ID, URL, "beside", "beside").registries) == 2, "each has one of its own"


def test_registries_of_one_workbook_in_two_files_are_not_written_into_it(tmp_path: Path) -> None:
    _write(tmp_path / "x", f'[[registry]]\nname = "x"\nsheet = "{URL}"\n')
    _write(tmp_path / "y", f'[[registry]]\nname = "y"\nsheet = "{ID}"\n')
    path = _write(tmp_path, 'include = ["*/config.toml"]\n')
    with pytest.raises(ConfigProblem, match="'x' and 'y'"):
        read_file(path)
    assert len(read_file(path, {"write_back": "off"}).registries) == 2
