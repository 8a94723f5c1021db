"""What an export does on a platform, on one in memory: it can be broken off at every call, and goes on from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.operations.transfer_platform import Left, export_platform
from registry_sheets.platforms.exporting.base import (
    Change,
    RegistryTarget,
    ThereModel,
    ThereVersion,
    WantedModel,
    WantedVersion,
)
from registry_sheets.platforms.exporting.fitting import TagRules, fit_model, with_marks
from registry_sheets.platforms.exporting.planning import NewModel, NewVersion
from registry_sheets.registry.platforms.leaving import ID_TAG, MODEL_TAG, VERSION_TAG, LeavingModel
from registry_sheets.registry.platforms.leaving_aliases import aliases_of
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable, Stage
from tests.unit.test_leaving import live, table

TERMS = PlatformTerms("ours")
RULES = TagRules(lambda sign: sign.isalnum() or sign in "_.- ", 60, lambda _sign: True, 100, 200)
STATUSES = {Stage.PRODUCTION: "Approved", Stage.TESTING: "Pending", Stage.ARCHIVED: "Rejected"}


class Killed(BaseException):
    """The process ends here."""


class MemoryTarget(RegistryTarget):
    """A registry in memory. ``fault(count)`` is asked before and after every call that writes, and may raise."""

    kind: ClassVar[str] = "mlflow"
    label = "a registry"

    def __init__(self, *models: ThereModel, statuses: Mapping[Stage, str] = STATUSES) -> None:
        self.there = {one.name: one for one in models}
        self.statuses = statuses
        self.calls = 0
        self.fault: Callable[[int, str], None] = lambda _count, _when: None

    def models(self, may_be: Callable[[str], bool], /) -> Sequence[ThereModel]:
        return [replace(one, versions=()) for one in self.there.values()]

    def versions(self, models: Set[str]) -> Mapping[str, tuple[ThereVersion, ...]]:
        return {name: self.there[name].versions for name in models}

    def title(self, name: str) -> str:
        return name.replace("/", "-")

    def fitted(self, model: LeavingModel, title: str) -> WantedModel:
        wanted = fit_model(model, title, RULES, self.title(model.name), self.statuses)
        return replace(wanted, aliases=aliases_of(model))

    def create_model(self, wanted: WantedModel) -> ThereModel:
        made = ThereModel(wanted.title, with_marks(wanted.tags, wanted.description), wanted.description)
        self._call(lambda: self._new(made))
        return made

    def create_version(self, model: ThereModel, wanted: WantedVersion) -> ThereVersion:
        tags = with_marks(wanted.tags, wanted.description, wanted.status)
        number = str(len(self.there[model.name].versions) + 1)
        made = ThereVersion(number, tags, wanted.description, wanted.status)
        self._call(lambda: self._put(model, versions=(*self.there[model.name].versions, made)))
        return made

    def change_model(self, model: ThereModel, change: Change) -> None:
        calls = [lambda: self._put(model, tags=changed(self.there[model.name].tags, change))]
        if change.description is not None:
            calls.insert(0 if model.description else 1, lambda: self._put(model, description=change.description))
        for call in calls:
            self._call(call)

    def change_version(self, model: ThereModel, version: ThereVersion, change: Change) -> None:
        def now(**facts: Any) -> None:
            versions = self.there[model.name].versions
            self._put(model, versions=tuple(replace(o, **facts) if o.number == version.number else o for o in versions))

        status = version.status if change.status is None else change.status
        calls = [lambda: now(tags=changed(version.tags, change), status=status)]
        if change.description is not None:
            calls.insert(0 if version.description else 1, lambda: now(description=change.description))
        for call in calls:
            self._call(call)

    def set_alias(self, model: ThereModel, alias: str, number: str) -> None:
        self._call(lambda: self._put(model, aliases={**self.there[model.name].aliases, alias: number}))

    def remove_alias(self, model: ThereModel, alias: str) -> None:
        kept = {key: value for key, value in self.there[model.name].aliases.items() if key != alias}
        self._call(lambda: self._put(model, aliases=kept))

    def _new(self, made: ThereModel) -> None:
        assert made.name not in self.there
        self.there[made.name] = made

    def _put(self, model: ThereModel, **facts: Any) -> None:
        self.there[model.name] = replace(self.there[model.name], **facts)

    def _call(self, do: Callable[[], None]) -> None:
        self.calls += 1
        count = self.calls
        self.fault(count, "before")
        do()
        self.fault(count, "after")


def changed(tags: Mapping[str, str], change: Change) -> dict[str, str]:
    return {key: value for key, value in {**tags, **change.tags}.items() if key not in change.gone}


def export(rows: ModelTable, target: MemoryTarget, apply: bool = True, terms: PlatformTerms = TERMS) -> Left:
    return export_platform(rows, target, terms, apply)


def failing(at: int, when: str, error: BaseException) -> Callable[[int, str], None]:
    def fault(count: int, now: str) -> None:
        if count == at and now == when:
            raise error

    return fault


BEFORE = table(
    live("1", "Munich"), live("2", "Berlin"), ("AC", "3", "", "", "Testing"), ("Vans", "final", "", "", "Archived")
)
AFTER = table(
    ("AC", "1", "", "Munich", "Archived", "ana"),
    live("2", "Munich"),
    live("3", "Berlin; Rome"),
    ("Vans", "final", "", "Oslo", "Production", "ben", "", "", "It is good"),
    ("Cars", "1", "", "Oslo", "Testing"),
)


def test_without_apply_nothing_is_written() -> None:
    target = MemoryTarget()
    done = export(BEFORE, target, apply=False)
    assert target.calls == 0
    assert target.there == {}
    assert [type(one.step) for one in done.steps].count(NewVersion) == 4
    assert [type(one.step) for one in done.steps].count(NewModel) == 2


def test_what_was_shown_is_what_is_done_and_then_nothing_is_left() -> None:
    target = MemoryTarget()
    shown = export(BEFORE, target, apply=False)
    assert export(BEFORE, target).steps == shown.steps
    calls = target.calls
    again = export(BEFORE, target)
    assert again.steps == ()
    assert again.unchanged == 4
    assert target.calls == calls
    assert target.there["AC"].aliases == {"champion-munich": "1", "champion-berlin": "2"}


def test_what_the_sheet_says_later_goes_over() -> None:
    target = MemoryTarget()
    export(BEFORE, target)
    export(AFTER, target)
    ac = target.there["AC"]
    assert ac.aliases == {"champion-munich": "2", "champion-berlin": "3", "champion-rome": "3"}
    assert [one.status for one in ac.versions] == ["Rejected", "Approved", "Approved"]
    assert ac.versions[0].tags["registry-sheets.owner"] == "ana"
    assert target.there["Vans"].versions[0].description == "It is good"
    assert target.there["Vans"].aliases == {"champion": "1"}
    assert export(AFTER, target).steps == ()


def test_what_the_sheet_says_no_more_is_taken_from_our_tags() -> None:
    target = MemoryTarget()
    export(AFTER, target)
    export(BEFORE, target)
    assert "registry-sheets.owner" not in target.there["AC"].versions[0].tags
    assert target.there["Vans"].versions[0].description == ""
    assert target.there["Vans"].aliases == {}
    assert "champion-rome" not in target.there["AC"].aliases
    assert "Cars" in target.there  # never deleted
    assert export(BEFORE, target).steps == ()


def whole(first: ModelTable, second: ModelTable) -> tuple[dict[str, ThereModel], int, int]:
    """What is there in the end, and which calls were those of the second export."""
    target = MemoryTarget()
    export(first, target)
    begin = target.calls
    export(second, target)
    return target.there, begin, target.calls


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("first", "second"), [(BEFORE, AFTER), (AFTER, BEFORE), (table(("X", "")), AFTER)])
def test_killed_at_any_call_it_is_right_after_the_next_run(first: ModelTable, second: ModelTable, when: str) -> None:
    expected, begin, end = whole(first, second)
    assert end > begin + 5
    for at in range(begin + 1, end + 1):
        target = MemoryTarget()
        export(first, target)
        target.fault = failing(at, when, Killed())
        with pytest.raises(Killed):
            export(second, target)
        target.fault = lambda _count, _when: None
        assert export(second, target).complete
        assert target.there == expected
        assert export(second, target).steps == ()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_call_that_fails_once_is_looked_after_and_nothing_is_done_twice(when: str) -> None:
    expected, begin, end = whole(BEFORE, AFTER)
    for at in range(begin + 1, end + 1):
        target = MemoryTarget()
        export(BEFORE, target)
        target.fault = failing(at, when, PlatformUnanswered("its answer broke off"))
        done = export(AFTER, target)
        assert done.complete, at
        assert target.there == expected


def test_a_platform_that_stops_answering_is_told_with_what_was_done_and_what_not() -> None:
    target = MemoryTarget()

    def fault(count: int, when: str) -> None:
        if count > 3 and when == "before":
            raise PlatformUnanswered("it is gone")

    target.fault = fault
    done = export(BEFORE, target)
    assert not done.complete
    assert len(done.steps) == 3
    planned = export(BEFORE, MemoryTarget(), apply=False).steps
    assert {one.name for one in done.open} == {"AC", "Vans"}
    assert len(done.steps) + len(done.open) == len(planned)
    assert [one.name for one in done.failed] == ["AC", "Vans"]
    target.fault = lambda _count, _when: None
    assert export(BEFORE, target).complete


def test_after_three_models_that_fail_the_others_are_not_tried() -> None:
    target = MemoryTarget()
    tried: list[int] = []

    def fault(count: int, when: str) -> None:
        tried.append(count)
        raise PlatformUnanswered("no rights")

    target.fault = fault
    done = export(table(*((f"M{number}", "1") for number in range(50))), target)
    assert len(done.failed) == 3
    assert len(done.open) == 100
    assert len(tried) == 6


FOREIGN = ThereModel(
    "ac",
    {"team": "hvac"},
    "Their description",
    {"champion": "2"},
    (
        ThereVersion("1", {"theirs": "x"}, "Their words", "Rejected"),
        ThereVersion("2", {"theirs": "y"}, "", "Approved"),
    ),
)


def test_other_peoples_versions_get_our_tags_and_stay_as_they_are() -> None:
    target = MemoryTarget(FOREIGN)
    rows = table(("AC", "v1", "", "Munich", "Production", "", "", "", "Because"), ("AC", "2", "", "", "Testing"))
    done = export(rows, target)
    there = target.there["ac"]
    assert list(target.there) == ["ac"]
    assert len(there.versions) == 2
    assert (there.versions[0].description, there.versions[0].status) == ("Their words", "Rejected")
    assert there.versions[0].tags["theirs"] == "x"
    assert there.versions[0].tags[VERSION_TAG] == "v1"
    assert there.description == "Their description"
    assert there.aliases == {"champion": "2"}
    assert there.tags["team"] == "hvac"
    assert any("champion stands for version 2" in one for one in done.conflicts)
    assert any("v1 has a description" in one for one in done.conflicts)
    assert any("v1 is Rejected there, not Approved" in one for one in done.conflicts)
    assert export(rows, target).steps == ()


def test_a_description_where_there_was_none_is_ours_from_then_on() -> None:
    target = MemoryTarget(ThereModel("AC", versions=(ThereVersion("1"),)))
    for why in ("Because", "For another reason", ""):
        export(table(("AC", "1", "", "", "Testing", "", "", "", why)), target)
        assert target.there["AC"].versions[0].description == why


def test_an_alias_that_people_moved_stays_where_they_put_it() -> None:
    target = MemoryTarget()
    export(table(live("1"), ("AC", "2", "", "", "Testing")), target)
    model = target.there["AC"]
    target.there["AC"] = replace(model, aliases={"champion": "2"})
    done = export(table(live("1"), ("AC", "2", "", "", "Testing")), target)
    assert target.there["AC"].aliases == {"champion": "2"}
    assert done.steps == ()
    assert done.conflicts
    export(table(("AC", "1", "", "", "Archived"), live("2")), target)
    assert export(table(("AC", "1", "", "", "Archived"), live("2")), target).conflicts == ()


def test_a_status_that_people_changed_stays() -> None:
    target = MemoryTarget()
    export(table(live("1")), target)
    model = target.there["AC"]
    target.there["AC"] = replace(model, versions=(replace(model.versions[0], status="Rejected"),))
    done = export(table(("AC", "1", "", "", "Testing")), target)
    assert target.there["AC"].versions[0].status == "Rejected"
    assert any("is Rejected there, not Pending" in one for one in done.conflicts)


def test_versions_are_known_by_our_mark_before_their_number() -> None:
    target = MemoryTarget()
    export(table(("AC", "2"), ("AC", "3")), target)  # numbers 1 and 2
    done = export(table(("AC", "1"), ("AC", "2"), ("AC", "3")), target)
    assert [one.step.wanted.version for one in done.steps if isinstance(one.step, NewVersion)] == ["1"]
    versions = [one.tags[VERSION_TAG] for one in target.there["AC"].versions]
    assert versions == ["2", "3", "1"]


def test_peoples_own_tag_says_which_version_theirs_is() -> None:
    target = MemoryTarget(ThereModel("AC", versions=(ThereVersion("7", {"semver": "3.1"}),)))
    export(table(("AC", "3.1")), target, terms=PlatformTerms("ours", version_tag="semver"))
    (version,) = target.there["AC"].versions
    assert version.number == "7"
    assert ID_TAG in version.tags


def test_names_are_those_of_the_config_and_of_what_is_there() -> None:
    terms = PlatformTerms("ours", names={"ac_fail": "AC failure", "prod-*": "*"})
    target = MemoryTarget(ThereModel("prod-vans"), ThereModel("No Shows"))
    rows = table(("AC failure", "1"), ("Vans", "1"), ("no-shows", "1"))
    export(rows, target, terms=terms)
    assert sorted(target.there) == ["No Shows", "ac_fail", "prod-vans"]
    assert export(rows, target, terms=terms).steps == ()


def test_two_names_that_the_platform_takes_for_one_are_two_models() -> None:
    target = MemoryTarget()
    rows = table(("a/b", "1"), ("a-b", "1"))
    export(rows, target)
    assert len({one.tags[MODEL_TAG] for one in target.there.values()}) == 2
    assert len(target.there) == 2
    assert export(rows, target).steps == ()
    turned = table(("a-b", "1"), ("a/b", "1"))
    assert export(turned, target).steps == ()


def test_texts_that_do_not_fit_are_told() -> None:
    headings = ("Name", "Version", "Notes (a)", "Notes [a]", "Metric: F1")
    rows = table(("AC", "1", "x" * 101, "y", 0.5), headings=headings)
    target = MemoryTarget()
    done = export(rows, target)
    assert [(one.what, one.header, one.where) for one in done.losses] == [("cut", "Notes (a)", "AC 1")]
    tags = target.there["AC"].versions[0].tags
    notes = [value for key, value in tags.items() if key.startswith("registry-sheets.column.Notes")]
    assert sorted(map(len, notes)) == [1, 100]
    assert tags["registry-sheets.metric.F1"] == "0.5"
    assert export(rows, target).steps == ()
