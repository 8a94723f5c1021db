"""README, config.example.toml and the CI script say what the product does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from registry_sheets.config import read_file
from registry_sheets.platform_settings import KEYS, PlatformSettings
from registry_sheets.setting_tables import GoogleSettings, LimitSettings, SmtpSettings
from registry_sheets.settings import Defaults, RegistrySettings
from tests.support.readme import README, made_sections, section

ROOT = Path(__file__).resolve().parents[2]
_BLOCKS = {"platform", "location"}  # blocks of their own: the example shows each kind
EXAMPLE = ROOT / "config.example.toml"


@pytest.mark.parametrize("name", made_sections())
def test_readme_is_made_from_the_product(name: str) -> None:
    text = README.read_text(encoding="utf-8")
    assert section(text, name) == made_sections()[name], "run: python -m tests.support.readme"


def test_the_example_has_every_setting_with_its_default() -> None:
    told = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    block = told.pop("registry")[0]
    assert set(told) == {*Defaults.model_fields, "include", "index"} - _BLOCKS
    assert set(block) == {*RegistrySettings.model_fields} - {*Defaults.model_fields}
    defaults = Defaults().model_dump()
    tables = {
        "limits": LimitSettings().model_dump(),
        "smtp": SmtpSettings().model_dump(),
        "google": GoogleSettings().model_dump(),
    }
    assert {key: told[key] for key in {*defaults} - _BLOCKS} == {
        **{k: defaults[k] for k in {*defaults} - _BLOCKS},
        **tables,
    }
    assert told["include"] == []
    assert told["index"] == ""


def test_the_example_is_a_config(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert [registry.sheet.path for registry in read_file(path).registries] == [tmp_path / "models.xlsx"]


def test_the_example_s_suggestions_are_settings_too(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    wanted = [line[2:] if re.match(r'# (\[\[|["\w][\w" -]* = [\[{"\d])', line) else line for line in lines]
    text = "\n".join(line for line in wanted if not line.startswith("include"))
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    settings = read_file(path).registries[0].settings
    assert settings.columns["name"] == "Model title"
    assert settings.rules["retraining-overdue"].options == {"days": 180}
    assert [said.kind for said in settings.platform] == list(KEYS)
    told = set().union(*(said.model_fields_set for said in settings.platform))
    assert told == {*PlatformSettings.model_fields}
    assert settings.location[0].endpoint == "@champion"


def test_each_setting_has_a_line_of_explanation() -> None:
    before = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\w+ = ", line):
            assert "#" in line or before.startswith("#"), line
        before = line


def test_ci_calls_the_test_command_of_readme() -> None:
    commands = re.findall(r"```sh\n(.+?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)
    tests = next(command for command in commands if command.endswith("-m tests"))
    assert tests in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
