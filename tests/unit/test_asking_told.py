"""That platforms are being asked is said on a terminal, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry_sheets.cli.asking_told import tell_asking
from registry_sheets.config import RegistryConfig, read_file

BLOCK = '[[platform]]\nkind = "{}"\nname = "{}"\nurl = "http://127.0.0.1:9"\n'


@pytest.fixture
def registry(tmp_path: Path) -> RegistryConfig:
    blocks = BLOCK.format("mlflow", "our mlflow") + BLOCK.format("kubeflow", "cluster")
    (tmp_path / "config.toml").write_text(f'{blocks}[[registry]]\nsheet = "a.xlsx"\n')
    return read_file(tmp_path / "config.toml").registries[0]


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def test_on_a_terminal(
    registry: RegistryConfig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    tell_asking([registry, registry])
    assert told(capsys) == ("", "Asking our mlflow and cluster ...\n")
    tell_asking([registry], "OUR mlflow")
    assert told(capsys) == ("", "Asking our mlflow ...\n")
    tell_asking([registry], "kubeflow")
    assert told(capsys) == ("", "Asking cluster ...\n")
    tell_asking([])
    assert told(capsys) == ("", "")


def test_in_a_pipe(registry: RegistryConfig, capsys: pytest.CaptureFixture[str]) -> None:
    tell_asking([registry])
    assert told(capsys) == ("", "")
