"""Settings: found, inherited, included, overlaid; every slip named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry_sheets.config import load, read_file
from registry_sheets.errors import ConfigProblem


def _write(folder: Path, text: str, name: str = "config.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_block_takes_what_it_does_not_say_from_the_defaults(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        'date_order = "dmy"\nrules = { review-overdue = { days = 10 } }\n'
        '[[registry]]\nsheet = "a.xlsx"\n'
        '[[registry]]\nname = "B"\nsheet = "sub/b.xlsx"\ndate_order = "mdy"\n'
        'rules = { review-overdue = { severity = "error" } }\n',
    )
    first, second = read_file(path).registries
    assert (first.name, first.sheet.path, first.settings.date_order) == ("a", tmp_path / "a.xlsx", "dmy")
    assert (second.name, second.sheet.path, second.settings.date_order) == ("B", tmp_path / "sub" / "b.xlsx", "mdy")
    assert first.settings.rules["review-overdue"].severity is None
    merged = second.settings.rules["review-overdue"]
    assert (merged.severity, merged.options) == ("error", {"days": 10})


def test_included_files_take_the_defaults_and_their_own_folder(tmp_path: Path) -> None:
    _write(tmp_path / "clients" / "x", '[[registry]]\nsheet = "x.xlsx"\n')
    _write(tmp_path / "clients" / "y", 'fail_on = "never"\n[[registry]]\nsheet = "y.xlsx"\n')
    path = _write(tmp_path, 'fail_on = "warning"\ninclude = ["clients/*/config.toml"]\n')
    x, y = read_file(path).registries
    assert (x.sheet.path, x.settings.fail_on) == (tmp_path / "clients" / "x" / "x.xlsx", "warning")
    assert (y.sheet.path, y.settings.fail_on) == (tmp_path / "clients" / "y" / "y.xlsx", "never")
    assert x.output != y.output


def test_a_config_is_found_here_then_beside_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "there", 'tab = "Ours"\n[[registry]]\nsheet = "m.xlsx"\n')
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    sheet = tmp_path / "there" / "m.xlsx"
    assert load(sheet=sheet, environment={}).registries[0].settings.tab == "Ours"
    _write(tmp_path / "here", f"tab = \"Here\"\n[[registry]]\nsheet = '{sheet}'\n")
    assert load(sheet=sheet, environment={}).registries[0].settings.tab == "Here"


def test_a_sheet_without_any_config_is_a_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (registry,) = load(sheet=Path("m.xlsx"), environment={}).registries
    assert (registry.name, registry.sheet.path, registry.file) == ("m", tmp_path / "m.xlsx", None)


def test_a_foreign_config_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, "[server]\nport = 8080\n")
    monkeypatch.chdir(tmp_path)
    assert load(sheet=Path("m.xlsx"), environment={}).path is None


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path, 'fail_on = "never"\n[[registry]]\nsheet = "m.xlsx"\nfail_on = "info"\n')
    (registry,) = load(path, environment={"REGISTRY_SHEETS_FAIL_ON": "warning"}).registries
    assert registry.settings.fail_on == "warning"
    with pytest.raises(ConfigProblem, match="FAIL_ONN"):
        load(path, environment={"REGISTRY_SHEETS_FAIL_ONN": "warning"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[registry]]\nshet = "m.xlsx"\n', "line 2.*sheet"),
        ('date_order = "ydm"\n[[registry]]\nsheet = "m.xlsx"\n', "line 1.*date_order"),
        ('[columns]\nNam = "Title"\n[[registry]]\nsheet = "m.xlsx"\n', "Name"),
        ('[rules]\nmising-value = { severity = "off" }\n[[registry]]\nsheet = "m.xlsx"\n', "missing-value"),
        ('[rules]\nreview-overdue = { dys = 3 }\n[[registry]]\nsheet = "m.xlsx"\n', "days"),
        ('[[registry]]\nsheet = "m.xlsx"\n[registry.rules]\ntwo-live = "off"\n', r"line 4.*two-live = \{ severity"),
        ('[[registry]]\nsheet = "m.xlsx"\n[registry.rules.two-livee]\nseverity = "off"\n', "line 3.*two-live"),
        ('[[registry]]\nsheet = "m.xlsx"\n[registry.rules.review-overdue]\ndays = "many"\n', "line 4.*whole number"),
        ('[[registry]]\nsheet = "m.xlsx"\n[registry.columns]\nName = "A"\nNmae = "B"\n', "line 5.*Name"),
        ('header_row = "two"\n[[registry]]\nsheet = "m.xlsx"\n', "line 1: header_row must be a whole number"),
        ('[[registry]]\nsheet = "m.xlsx"\ntab = 3\n', "line 3: tab must be text in quotes"),
        ('time_zone = "Europe/Berlim"\n[[registry]]\nsheet = "m.xlsx"\n', "Europe/Berlin"),
        ('[[registry]]\nname = "x"\n', "sheet"),
        ("[[registry]\n", "TOML"),
        ("[[registry]]\nsheet = \"C:\\models\\m.xlsx\"\n", "single quotes"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigProblem, match=said):
        read_file(_write(tmp_path, text))


def test_two_registries_of_one_name_are_refused(tmp_path: Path) -> None:
    text = '[[registry]]\nsheet = "a/m.xlsx"\n[[registry]]\nsheet = "b/m.xlsx"\n'
    with pytest.raises(ConfigProblem, match="go by the name 'm'"):
        read_file(_write(tmp_path, text))


def test_a_file_that_includes_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match="includes itself"):
        read_file(_write(tmp_path, 'include = ["config.toml"]\n'))


def test_names_choose_registries(tmp_path: Path) -> None:
    path = _write(tmp_path, '[[registry]]\nsheet = "a.xlsx"\n[[registry]]\nsheet = "b.xlsx"\n')
    assert [one.name for one in load(path, names=["B"], environment={}).registries] == ["b"]
    with pytest.raises(ConfigProblem, match="a, b"):
        load(path, names=["c"], environment={})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('summary_to = ["a@b.example", 5]', "summary_to, entry 2: must be text"),
        ('alert_to = ["nobody"]', "complete e-mail address"),
        ('index = "output/"', "must be a page"),
        ('report_link = "foo bar"', "report.html can be seen"),
        ('link = "https://x.example/{sheet}"', "{sheet} is not known; {tab} and {cell} are."),
        ('link = "models.xlsx"', "address at which people open the workbook"),
        ('check_every = "1 second"', "between 1 minute and 24 hours"),
        ('nightly = "25:00"', "Write a time of day"),
        ('weekly = "7:30"', "day of the week"),
        ('allowed_domains = ["@example.com"]', "without @"),
        ('unsubscribe = "javascript:x"', "e-mail address or an https link"),
        ('smtp = { host = "smtp.example.com:587" }', "name of the mail server alone"),
        ('smtp = { auth = "login" }', "needs user"),
        ('smtp = { auth = "xoauth2", user = "a" }', "token_command"),
        ('[smtp]\nsender = "a@b.example"', "stands below [smtp]"),
        ('[smtp]\npassword = "secret"', "password_env"),
    ],
)
def test_what_is_wrong_with_mail_and_the_service_is_said_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'sheet = "models.xlsx"\n{line}\n', encoding="utf-8")
    with pytest.raises(ConfigProblem) as caught:
        read_file(path)
    assert said in str(caught.value)
    assert "line " in str(caught.value)
    assert '"secret"' not in str(caught.value)


def test_a_password_in_the_environment_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('sheet = "models.xlsx"\n', encoding="utf-8")
    found = load(tmp_path / "config.toml", environment={"REGISTRY_SHEETS_SMTP_PASSWORD": "secret"})
    assert "secret" not in repr(found)
