"""What platforms last said, kept beside the history."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry_sheets.errors import StateUnusable
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion
from registry_sheets.state.platform_answers import LOCK, NAME, KeptAnswer, keep_answers, kept_answers

MOMENT = datetime(2026, 7, 1, 2, 30, tzinfo=UTC)
FULL = PlatformAnswer(
    "ours",
    "vertex",
    MOMENT,
    (
        PlatformVersion("模型", "1", "eu", "id", MOMENT, "Production", ("a", "b"), "s3://x", "run", "http://r", "ana",
                        "ben", "=1+1", {"k": "v"}, Lineage(MOMENT, MOMENT, ("s3://d",), {"auc": 0.9})),
        PlatformVersion("b", "2"),
    ),
    (Deployment("模型", "1", "front", "eu", "prod", 0.9, MOMENT, "s3://x"), Deployment("", "", "e", share=None)),
    ("It failed.",),
    missed_versions=True,
    tells_live=False,
)  # fmt: skip


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    keep_answers(tmp_path / "state", [KeptAnswer("q", FULL)])
    assert kept_answers(tmp_path / "state") == {"ours": KeptAnswer("q", FULL)}


def test_asking_one_keeps_the_others(tmp_path: Path) -> None:
    other = PlatformAnswer("other", "mlflow", MOMENT)
    keep_answers(tmp_path, [KeptAnswer("q", FULL), KeptAnswer("q", other)])
    keep_answers(tmp_path, [KeptAnswer("r", PlatformAnswer("other", "mlflow", MOMENT, missed=("x",)))])
    kept = kept_answers(tmp_path)
    assert kept["ours"].answer == FULL
    assert kept["other"].answer.missed == ("x",)
    assert {path.name for path in tmp_path.iterdir()} <= {NAME, LOCK}


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b'[{"question": 3}]', b"\xff"])
def test_a_damaged_file_counts_as_never_asked(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert kept_answers(tmp_path) == {}
    keep_answers(tmp_path, [KeptAnswer("q", FULL)])
    assert kept_answers(tmp_path)["ours"].answer == FULL


def test_it_is_for_nobody_else_s_eyes(tmp_path: Path) -> None:
    keep_answers(tmp_path, [KeptAnswer("q", FULL)])
    if os.name == "posix":
        assert (tmp_path / NAME).stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateUnusable, match="cannot be kept"):
        keep_answers(tmp_path / "file" / "state", [KeptAnswer("q", FULL)])
