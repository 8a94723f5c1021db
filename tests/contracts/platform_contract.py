"""What every Platform must do, whatever stands behind it. An adapter inherits this and brings a lab of its platform."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms import http
from registry_sheets.platforms.base import Platform
from registry_sheets.registry.platforms.values import Deployment, PlatformVersion
from tests.support.platforms.line import Fault, Line


class PlatformLab(ABC):
    """A platform that runs, empty to begin with, behind a line on which things can go wrong.

    ``line`` stands between it and the adapter. ``listing`` and ``serving`` are patterns of the requests that list
    versions and what serves ('GET /x'), ``questions`` of those that are POST and change nothing. ``denial`` is how it
    says that an account may not see something. ``many`` is how many versions of one model are several pages.
    ``pages_of_models``: how many models are several pages, 0 where models are not listed in pages.
    """

    line: Line
    listing: str = ""
    serving: str = ""
    questions: str = r"(?!)"
    denial: tuple[int, bytes] = (403, b'{"message": "no rights"}')
    throttle: tuple[int, bytes] = (429, b'{"message": "slow down"}')
    many: int = 2500
    pages_of_models: int = 0
    names: Sequence[str] = ("Kältemittel Prognose", "ночь", "模型-7", "a'b\"c<d>")
    """Names that the platform allows and that are easily broken."""

    tells_share: bool = True
    serves: str = "front"
    """What an endpoint may be called."""

    @abstractmethod
    def open(self, seconds: float = 30.0) -> Platform:
        """The adapter, asking over the line, with so much time."""

    @abstractmethod
    def add(self, model: str, count: int = 1) -> Sequence[str]:
        """Register so many more versions of a model, in as few steps as it takes; gives what they are called."""

    @abstractmethod
    def deploy(self, model: str, shares: dict[str, float], endpoint: str) -> None:
        """Let versions (version -> share of traffic, 0 to 1, together 1) serve at an endpoint.

        A platform without endpoints makes them live in its own way, whatever ``endpoint`` is.
        """

    def all_versions(self, seconds: float = 60.0) -> list[PlatformVersion]:
        """Every version that the adapter lists, of all scopes."""
        platform = self.open(seconds)
        try:
            return [one for scope in platform.scopes for one in platform.versions(scope)]
        finally:
            platform.close()

    def all_deployments(self, seconds: float = 60.0) -> list[Deployment]:
        """All that the adapter says serves, of all scopes."""
        platform = self.open(seconds)
        try:
            return [
                one for scope in platform.scopes for one in platform.deployments(scope, tuple(platform.versions(scope)))
            ]
        finally:
            platform.close()


def raises_unanswered(lab: PlatformLab, seconds: float = 30.0, serving: bool = False) -> PlatformUnanswered:
    """What the adapter says where it must not give a whole listing."""
    with pytest.raises(PlatformUnanswered) as caught:
        lab.all_deployments(seconds) if serving else lab.all_versions(seconds)
    assert caught.value.message
    assert caught.value.fix
    return caught.value


class PlatformContract(ABC):
    """The suite. A subclass gives the fixture ``lab``, a new and empty PlatformLab."""

    @pytest.fixture
    @abstractmethod
    def lab(self) -> PlatformLab: ...

    @pytest.fixture(autouse=True)
    def short_pauses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody here needs time to recover."""
        monkeypatch.setattr(http, "_LONGEST_PAUSE", 0.05)

    def test_nothing_there_is_an_answer(self, lab: PlatformLab) -> None:
        assert lab.all_versions() == []
        assert lab.all_deployments() == []

    def test_versions_with_their_moment_and_scope(self, lab: PlatformLab) -> None:
        named = [*lab.add("churn", 2), *lab.add("forecast", 1)]
        found = lab.all_versions()
        assert Counter(one.model for one in found) == {"churn": 2, "forecast": 1}
        assert sorted(one.version for one in found) == sorted(named)
        platform = lab.open()
        assert {one.scope for one in found} <= set(platform.scopes)
        for one in found:
            assert one.created
            assert one.created.tzinfo is UTC
            assert abs(one.created - datetime.now(UTC)) < timedelta(days=1)
        platform.close()

    def test_names_in_other_scripts(self, lab: PlatformLab) -> None:
        for name in lab.names:
            lab.add(name)
        assert sorted(one.model for one in lab.all_versions()) == sorted(lab.names)

    def test_several_pages_of_versions(self, lab: PlatformLab) -> None:
        named = lab.add("churn", lab.many)
        lab.add("forecast")
        found = lab.all_versions()
        assert len(named) == len(set(named)) == lab.many
        assert sorted(one.version for one in found if one.model == "churn") == sorted(named)
        assert sum(one.model == "forecast" for one in found) == 1

    def test_several_pages_of_models(self, lab: PlatformLab) -> None:
        if not lab.pages_of_models:
            pytest.skip("this platform does not list models in pages")
        for number in range(lab.pages_of_models):
            lab.add(f"model-{number}")
        assert len({one.model for one in lab.all_versions()}) == lab.pages_of_models

    def test_what_serves_with_its_share(self, lab: PlatformLab) -> None:
        first, second, _ = lab.add("churn", 3)
        lab.deploy("churn", {first: 0.9, second: 0.1} if lab.tells_share else {second: 1.0}, lab.serves)
        found = lab.all_deployments()
        assert {one.model for one in found} == {"churn"}
        if lab.tells_share:
            assert {one.version: one.share for one in found} == {first: pytest.approx(0.9), second: pytest.approx(0.1)}
            assert {one.endpoint for one in found} == {lab.serves}
        else:
            assert [one.version for one in found] == [second]

    def test_denied_is_not_empty(self, lab: PlatformLab) -> None:
        lab.add("churn")
        lab.line.denied(*lab.denial)
        told = raises_unanswered(lab)
        assert str(lab.denial[0]) in told.message or "not let" in told.message

    def test_what_serves_denied_is_not_empty(self, lab: PlatformLab) -> None:
        (version,) = lab.add("churn")
        lab.deploy("churn", {version: 1.0}, lab.serves)
        lab.line.denied(*lab.denial, where=lab.serving)
        raises_unanswered(lab, serving=True)

    def test_no_answer_in_time(self, lab: PlatformLab) -> None:
        lab.add("churn")
        lab.line.hangs()
        assert "within 1 s" in raises_unanswered(lab, 1.0).message

    def test_half_an_answer_is_asked_for_again(self, lab: PlatformLab) -> None:
        lab.add("churn", 2)
        lab.line.cut(lab.listing, times=1)
        assert len(lab.all_versions()) == 2

    def test_half_an_answer_again_and_again(self, lab: PlatformLab) -> None:
        lab.add("churn", 2)
        lab.line.cut(lab.listing)
        raises_unanswered(lab, 8.0)

    def test_throttled_for_a_while(self, lab: PlatformLab) -> None:
        lab.add("churn", 2)
        lab.line.throttled(2, *lab.throttle)
        assert len(lab.all_versions()) == 2

    def test_throttled_for_good(self, lab: PlatformLab) -> None:
        lab.add("churn")
        lab.line.throttled(None, *lab.throttle)
        raises_unanswered(lab, 5.0)

    def test_fields_that_nobody_knows_yet(self, lab: PlatformLab) -> None:
        (version,) = lab.add("churn")
        lab.deploy("churn", {version: 1.0}, lab.serves)
        before = lab.all_versions(), lab.all_deployments()
        lab.line.unknown_fields()
        assert (lab.all_versions(), lab.all_deployments()) == before

    def test_a_page_that_fails_is_not_the_last(self, lab: PlatformLab) -> None:
        lab.add("churn", lab.many)
        lab.line.fails(lab.listing, after=1)
        platform = lab.open(8.0)
        found: list[PlatformVersion] = []
        with pytest.raises(PlatformUnanswered):
            found.extend(one for scope in platform.scopes for one in platform.versions(scope))
        platform.close()

    def test_a_page_to_sign_in_at_is_no_answer(self, lab: PlatformLab) -> None:
        lab.add("churn")
        lab.line.faults.append(Fault("html"))
        raises_unanswered(lab, 8.0)

    def test_another_address_is_not_followed(self, lab: PlatformLab) -> None:
        lab.add("churn")
        lab.line.faults.append(Fault("redirect"))
        assert "secret=1" not in str(raises_unanswered(lab, 8.0))

    def test_nothing_listens(self, lab: PlatformLab) -> None:
        lab.add("churn")
        lab.line.stop()
        raises_unanswered(lab, 5.0)

    def test_it_only_ever_reads(self, lab: PlatformLab) -> None:
        first, _ = lab.add("churn", 2)
        lab.deploy("churn", {first: 1.0}, lab.serves)
        lab.line.asked.clear()
        platform = lab.open()
        for scope in platform.scopes:
            versions = tuple(platform.versions(scope))
            list(platform.deployments(scope, versions))
            list(platform.lineage(versions))
        platform.close()
        assert lab.line.asked
        writes = [said for said in lab.line.asked if not said.startswith("GET ") and not re.search(lab.questions, said)]
        assert writes == []
