"""The config that init writes or adds to."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.config_file import Block, free_name, sheet_path, toml_text, with_block
from registry_sheets.registry.registry_sheet import FileSheet

PATH = Path("config.toml")
BLOCK = Block(
    "models",
    "models.xlsx",
    tab='My "models"',
    columns={"name": "Model\ntitle", "version": "Ver\\."},
    suggested=[("training_date", "Created\non")],
    beside="A cloud\nfolder.",
)


def read(content: bytes) -> dict[str, object]:
    return tomllib.loads(content.decode("utf-8-sig"))


def test_a_new_config_says_what_was_settled() -> None:
    (block,) = read(with_block(None, BLOCK, PATH))["registry"]  # type: ignore[misc]
    assert block == {
        "name": "models",
        "sheet": "models.xlsx",
        "tab": 'My "models"',
        "write_back": "beside",
        "columns": {"Name": "Model title", "Version": "Ver\\."},
    }


def test_a_suggestion_counts_once_its_sign_is_taken_away() -> None:
    text = with_block(None, BLOCK, PATH).decode().replace('# "Training date"', '"Training date"')
    (block,) = tomllib.loads(text)["registry"]
    assert block["columns"]["Training date"] == "Created on"


@pytest.mark.parametrize(
    "before",
    [b"# mine\n", b"# mine", b"\xef\xbb\xbf# mine\r\nfail_on = 'never' # why\r\n", b"[limits]\nmax_ratio = 9\n", b"",
     b'[[registry]]\nsheet = "a.xlsx"\n[registry.columns]\nName = "M"'],
)  # fmt: skip
def test_what_stood_there_stays_byte_for_byte(before: bytes) -> None:
    after = with_block(before, BLOCK, PATH)
    assert after.startswith(before)
    old, new = read(before), read(after)
    assert {key: new[key] for key in old if key != "registry"} == {key: old[key] for key in old if key != "registry"}
    assert len(new["registry"]) == len(old.get("registry", [])) + 1  # type: ignore[arg-type]
    assert (b"\r\n" in before) == (b"\r\n" in after)


def test_the_one_registry_at_the_top_still_counts() -> None:
    after = read(with_block(b'name = "One"\nsheet = "one.xlsx"\n', BLOCK, PATH))
    assert [block["sheet"] for block in after["registry"]] == ["one.xlsx", "models.xlsx"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("before", [b'registry = [{sheet = "a.xlsx"}]\n', b"not toml"])
def test_a_file_that_cannot_take_a_block_is_refused(before: bytes) -> None:
    with pytest.raises(ConfigProblem) as caught:
        with_block(before, BLOCK, PATH)
    assert caught.value.fix


@given(st.text())
def test_any_text_is_said_in_toml(text: str) -> None:
    assert tomllib.loads(f"said = {toml_text(text)}")["said"] == text


def test_half_characters_do_not_break_the_file() -> None:
    assert tomllib.loads(f"said = {toml_text(chr(0xD800) + 'a')}")["said"].endswith("a")


def test_names_and_paths(tmp_path: Path) -> None:
    assert free_name("models", ["models", "models-2"]) == "models-3"
    assert sheet_path(FileSheet(tmp_path / "a" / "m.xlsx"), tmp_path) == "a/m.xlsx"
    assert sheet_path(FileSheet(tmp_path / "m.xlsx"), tmp_path / "a") == (tmp_path / "m.xlsx").as_posix()
