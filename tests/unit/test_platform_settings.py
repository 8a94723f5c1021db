"""Blocks of platforms and locations in a config: each kind has its own keys, and no secret stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry_sheets.config import load, read_file
from registry_sheets.errors import ConfigProblem

MLFLOW = '[[platform]]\nkind = "mlflow"\nurl = "http://mlflow:5000/"\n'
REGISTRY = '[[registry]]\nsheet = "a.xlsx"\n'


def config(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problem(folder: Path, text: str) -> str:
    with pytest.raises(ConfigProblem) as caught:
        read_file(config(folder, text))
    return str(caught.value)


def test_a_platform_of_the_file_is_each_registry_s_and_a_block_s_own_are_instead(tmp_path: Path) -> None:
    own = REGISTRY.replace("a.", "b.") + '[[registry.platform]]\nkind = "vertex"\nproject = "p"\nlocations = ["l"]\n'
    first, second = read_file(config(tmp_path, MLFLOW + REGISTRY + own)).registries
    assert [(said.label, said.url) for said in first.settings.platform] == [("mlflow", "http://mlflow:5000")]
    assert [said.label for said in second.settings.platform] == ["vertex"]


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = MLFLOW + 'ca_file = "our.pem"\n' + REGISTRY
    (said,) = read_file(config(tmp_path, text)).registries[0].settings.platform
    assert said.ca_file == str(tmp_path / "our.pem")


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ('kind = "mlflow"', 'line 1: platform, entry 1: kind = "mlflow" needs url'),
        ('kind = "sagemaker"', "needs regions"),
        ('kind = "azureml"\nsubscription = "s"\nresource_group = "g"', "needs workspaces"),
        ('kind = "vertex"\nproject = "p"', "needs locations"),
        ('kind = "mlfow"\nurl = "http://x"', "line 2: kind must be one of"),
        ('kind = "mlflow"\nurl = "http://x"\nregions = ["eu"]', "regions says nothing to kind"),
        ('kind = "mlflow"\nurl = "http://x"\ntimeout = 0', "line 4: timeout"),
        ('kind = "mlflow"\nurl = "http://x"\nurll = ""', "Did you mean url?"),
        ('kind = "mlflow"\nurl = "http://x"\nmodels = [" "]', "a name or pattern of a model is empty"),
        ('kind = "mlflow"\nurl = "mlflow.internal"', "This must be an address"),
    ],
)
def test_each_kind_has_its_keys(tmp_path: Path, block: str, told: str) -> None:
    assert told in problem(tmp_path, f"[[platform]]\n{block}\n{REGISTRY}")


@pytest.mark.parametrize(
    "block",
    ['url = "http://ana:hunter2@x"', 'url = "http://x?token=hunter2"', 'url = "http://x"\ntoken_env = "hunter2!"'],
)
def test_a_secret_is_refused_and_not_repeated(tmp_path: Path, block: str) -> None:
    assert "hunter2" not in problem(tmp_path, f'[[platform]]\nkind = "mlflow"\n{block}\n{REGISTRY}')


def test_two_platforms_of_one_name(tmp_path: Path) -> None:
    assert "Two platforms are called 'mlflow'" in problem(tmp_path, MLFLOW + MLFLOW + REGISTRY)


def test_a_location_belongs_to_a_platform_that_there_is(tmp_path: Path) -> None:
    location = '[[location]]\nname = "Desk"\nplatform = "MLflow"\n'
    (registry,) = load(config(tmp_path, MLFLOW + location + REGISTRY)).registries
    assert registry.settings.location[0].name == "Desk"
    assert "which is no platform of the registry (those are: none)" in problem(tmp_path, location + REGISTRY)


def test_the_line_of_a_fault_in_a_block_within_a_block(tmp_path: Path) -> None:
    text = (
        REGISTRY
        + '[[registry]]\nsheet = "b.xlsx"\n[[registry.platform]]\nkind = "mlflow"\nurl = "http://x"\ntimeout = "x"\n'
    )
    assert "line 8: timeout" in problem(tmp_path, text)
