from __future__ import annotations

from datetime import UTC, datetime

from registry_sheets.registry.platforms.terms import Platforms
from registry_sheets.registry.platforms.values import PlatformAnswer, PlatformVersion

from .support import hits

ASKED = datetime(2026, 7, 1, 2, tzinfo=UTC)


def told(*answers: PlatformAnswer) -> list[tuple[int | None, str, str]]:
    found = hits("platform-not-checked", [{}], platforms=Platforms(answers))
    return [(hit.index, hit.message, hit.fix) for hit in found]


def test_one_that_could_not_be_asked_is_named_with_the_reason() -> None:
    down = PlatformAnswer("our\nmlflow", "mlflow", ASKED, missed=("It failed (500).", "And so on."))
    ((index, message, fix),) = told(down, PlatformAnswer("other", "vertex", ASKED))
    assert index is None
    assert message.startswith("our mlflow could not be asked")
    assert fix.endswith("It failed (500).")


def test_one_that_broke_off_is_named_too() -> None:
    ((_, message, _),) = told(
        PlatformAnswer("ours", "mlflow", ASKED, (PlatformVersion("a", "1"),), missed=("us: no.",))
    )
    assert "did not tell all" in message


def test_no_platforms_no_finding() -> None:
    assert told() == []
    assert hits("platform-not-checked", [{}]) == []
