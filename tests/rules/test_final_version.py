from __future__ import annotations

import pytest

from .support import hits


@pytest.mark.parametrize(
    "version",
    [
        "final",
        "FINAL",
        "final_v3",
        "v2final",
        "v3-final2",
        "latest",
        "new",
        "v2 new",
        "copy",
        "Copy of 3.1",
        "3.1 (2)",
        "current",
    ],
)
def test_words_that_go_stale(version: str) -> None:
    (hit,) = hits("final-version", [{"Version": version}])
    assert hit.message == f"'{version}' will not tell this version from the next one."


@pytest.mark.parametrize(
    "version", ["3.1", "v3", "2026-06", "newton-2", "finally", "1.0.0-rc1", "renewal", "7 (EU)", "", "copyright"]
)
def test_versions_that_stay_right(version: str) -> None:
    assert hits("final-version", [{"Version": version}]) == []
