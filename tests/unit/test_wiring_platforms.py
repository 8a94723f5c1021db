"""From the config's blocks to the adapters, and nothing of them where there are none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.config import RegistryConfig, read_file
from registry_sheets.errors import ConfigProblem, PlatformUnanswered
from registry_sheets.platform_settings import PlatformSettings
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.wiring.platforms import asking_now, last_answers, open_platform, settled, with_platform

BLOCKS: Sequence[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"kind": "mlflow", "url": "http://127.0.0.1:9"}, "MlflowPlatform", ("",)),
    ({"kind": "kubeflow", "url": "http://127.0.0.1:9"}, "KubeflowPlatform", ("",)),
    ({"kind": "sagemaker", "regions": ["eu-west-1", "us-east-1"]}, "SagemakerPlatform", ("eu-west-1", "us-east-1")),
    (
        {"kind": "azureml", "subscription": "s", "resource_group": "g", "workspaces": ["w"]},
        "AzureMlPlatform",
        ("w",),
    ),
    (
        {"kind": "vertex", "project": "p", "locations": ["europe-west4"], "url": "http://127.0.0.1:9"},
        "VertexPlatform",
        ("europe-west4",),
    ),
]


@pytest.mark.parametrize(("block", "adapter", "scopes"), BLOCKS, ids=[block["kind"] for block, _, _ in BLOCKS])
def test_each_kind_has_its_adapter(block: dict[str, Any], adapter: str, scopes: tuple[str, ...]) -> None:
    platform = open_platform(PlatformSettings(name="ours", **block), Deadline(1))
    assert (type(platform).__name__, platform.name, platform.kind) == (adapter, "ours", block["kind"])
    assert platform.scopes == scopes
    platform.close()


def test_what_is_not_installed_is_said_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    said = PlatformSettings(kind="mlflow", url="http://127.0.0.1:9")
    with pytest.raises(PlatformUnanswered) as caught:
        open_platform(said, Deadline(1))
    assert 'pip install "registry-sheets[mlflow]"' in caught.value.fix


def _registry(folder: Path, text: str) -> RegistryConfig:
    (folder / "config.toml").write_text(f'time_zone = "Europe/Berlin"\n{text}[[registry]]\nsheet = "a.xlsx"\n')
    return read_file(folder / "config.toml").registries[0]


MLFLOW = '[[platform]]\nkind = "mlflow"\nname = "{}"\nurl = "http://127.0.0.1:9"\n'


def test_a_platform_goes_by_its_name_or_where_it_is_the_only_one_by_its_kind(tmp_path: Path) -> None:
    one = _registry(tmp_path, MLFLOW.format("Ours"))
    assert asking_now(one, "OURS")
    assert asking_now(one, "mlflow")
    two = _registry(tmp_path, MLFLOW.format("Ours") + MLFLOW.format("Theirs"))
    with pytest.raises(ConfigProblem, match="Several platforms are of kind mlflow"):
        asking_now(two, "mlflow")
    with pytest.raises(ConfigProblem, match="Did you mean Ours"):
        asking_now(two, "Our")
    assert with_platform([two], "theirs") == [two]


def test_without_platforms_there_is_nobody_to_ask(tmp_path: Path) -> None:
    none = _registry(tmp_path, "")
    assert asking_now(none) is None
    assert last_answers(none) is None
    with pytest.raises(ConfigProblem, match="has no platform"):
        with_platform([none], "")


def test_what_people_settled_goes_to_the_rules(tmp_path: Path) -> None:
    more = 'names = { "a-*" = "A *" }\nleave_out = ["x"]\nversion_tag = "release"\n'
    location = '[[location]]\nname = "Desk"\nplatform = "Ours"\nendpoint = "front"\n'
    found = settled(_registry(tmp_path, MLFLOW.format("Ours") + more + location))
    (terms,) = found.terms
    assert (terms.name, terms.names, terms.leave_out, terms.version_tag) == ("Ours", {"a-*": "A *"}, ("x",), "release")
    assert [(one.name, one.platform, one.endpoint) for one in found.locations] == [("Desk", "Ours", "front")]
    assert str(found.zone) == "Europe/Berlin"


def test_where_no_platform_is_configured_nothing_of_any_is_loaded(tmp_path: Path) -> None:
    from tests.support.registries import version
    from tests.support.reported import workbook

    workbook(tmp_path / "a.xlsx", [version()])
    _registry(tmp_path, "")
    code = (
        "import sys\nfrom registry_sheets.cli import main\nsys.argv = ['registry-sheets', 'check']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = ('httpx', 'boto3', 'botocore', 'azure', 'google', 'ssl')\n"
        "print([name for name in sys.modules if name.split('.')[0] in heavy"
        " or name.startswith(('registry_sheets.platforms', 'registry_sheets.registry.platforms'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
