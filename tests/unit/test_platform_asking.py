"""Several platforms asked at once: what one does not say keeps nobody from hearing the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms import asking
from registry_sheets.platforms.asking import Question, ask_platforms
from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.memory import MemoryPlatform
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion

CHURN = PlatformVersion("churn", "1")
DOWN = PlatformUnanswered("It failed (500).", "Look at its own log.")


def question(platform: Platform, seconds: float = 30.0) -> Question:
    return Question(platform.name, platform.kind, seconds, lambda _: platform)


def nothing(_answer: PlatformAnswer) -> Sequence[PlatformVersion]:
    return ()


def test_each_answers_in_its_place() -> None:
    one = MemoryPlatform("a", [CHURN], [Deployment("churn", "1", "front")])
    two = MemoryPlatform("b")
    first, second = ask_platforms([question(one), question(two)], nothing)
    assert (first.platform, first.versions, [each.endpoint for each in first.deployments]) == ("a", (CHURN,), ["front"])
    assert (second.platform, second.versions, second.complete) == ("b", (), True)
    assert first.complete
    assert first.asked.tzinfo is UTC


@pytest.mark.parametrize(
    ("part", "versions", "deployments"),
    [("versions", True, False), ("deployments", False, True), ("lineage", False, False)],
)
def test_a_listing_that_broke_off_is_kept_and_called_incomplete(part: str, versions: bool, deployments: bool) -> None:
    platform = MemoryPlatform("a", [CHURN], [Deployment("churn", "1", "front")], fails={part: DOWN})
    (answer,) = ask_platforms([question(platform)], lambda answer: answer.versions)
    assert answer.versions[0][:2] == ("churn", "1")
    assert len(answer.deployments) == 1
    assert answer.missed == ("It failed (500). Look at its own log.",)
    assert (answer.missed_versions, answer.missed_deployments) == (versions, deployments)


class OneRegionDown(MemoryPlatform):
    """Of two regions one lets nobody in."""

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        if scope == "us":
            raise DOWN
        return super().versions(scope)


def test_one_region_that_is_down_is_named_and_the_other_answers() -> None:
    versions = [CHURN._replace(scope="eu"), CHURN._replace(scope="us")]
    (answer,) = ask_platforms([question(OneRegionDown("a", versions))], nothing)
    assert [one.scope for one in answer.versions] == ["eu"]
    assert answer.missed == ("us: It failed (500). Look at its own log.",)


def test_lineage_is_asked_of_those_that_are_wanted_only() -> None:
    other = PlatformVersion("other", "1")
    told = Lineage(trained=datetime(2026, 3, 4, tzinfo=UTC))
    platform = MemoryPlatform("a", [CHURN, other], lineage=[(CHURN, told), (other, told)])
    (answer,) = ask_platforms([question(platform)], lambda _: [CHURN])
    assert {one.model: one.lineage for one in answer.versions} == {"churn": told, "other": None}


class Odd(Platform):
    """Does what a test wants."""

    kind: ClassVar[str] = "odd"

    def __init__(self, do: Callable[[], None], closed: Callable[[], None] = lambda: None) -> None:
        super().__init__("odd")
        self._do = do
        self.close = closed  # type: ignore[method-assign]

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        yield CHURN
        self._do()

    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        return iter(())


def test_one_that_never_ends_is_not_waited_for_and_the_other_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_GRACE", 0.1)
    never = threading.Event()
    slow, quick = ask_platforms(
        [question(Odd(lambda: bool(never.wait(60))), 0.2), question(MemoryPlatform("b"))], nothing
    )
    never.set()
    assert slow.missed == ("It did not answer all within 0.2 s. Give it more with timeout in its [[platform]] block.",)
    assert slow.versions == (CHURN,)
    assert slow.missed_versions
    assert slow.missed_deployments
    assert quick.complete


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), UnicodeDecodeError("utf-8", b"", 0, 1, "x")])
def test_an_answer_that_cannot_be_understood_ends_nothing(error: Exception) -> None:
    def fail() -> None:
        raise error

    closed = threading.Event()
    (answer,) = ask_platforms([question(Odd(fail, closed.set))], nothing)
    assert type(error).__name__ in answer.missed[0]
    assert "x" not in answer.missed[0].split("(")[1].split(")")[0] or "Unicode" in answer.missed[0]
    assert closed.is_set()


def test_one_that_cannot_be_opened_is_not_checked() -> None:
    def refuse(_: Deadline) -> Platform:
        raise PlatformUnanswered("It is not installed.", "Install it.")

    (answer,) = ask_platforms([Question("a", "mlflow", 5, refuse)], nothing)
    assert answer.missed == ("It is not installed. Install it.",)
    assert not answer.complete
    assert answer.missed_versions
    assert answer.missed_deployments


def test_nobody_to_ask() -> None:
    assert ask_platforms([], nothing) == ()
