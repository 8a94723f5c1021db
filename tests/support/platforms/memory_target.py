"""A registry in memory to export into, in which any call can be broken off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, ClassVar

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
from registry_sheets.registry.platforms.leaving import LeavingModel
from registry_sheets.registry.platforms.leaving_aliases import aliases_of
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable, Stage
from tests.support.platforms.leaving import live, table

TERMS = PlatformTerms("ours")
RULES = TagRules(lambda sign: sign.isalnum() or sign in "_.- ", 60, lambda _sign: True, 100, 200)
STATUSES = {Stage.PRODUCTION: "Approved", Stage.TESTING: "Pending", Stage.ARCHIVED: "Rejected"}


class MemoryTarget(RegistryTarget):
    """A registry in memory. ``fault(count, when)`` is asked before and after every call that writes, and may raise."""

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
    """The tags after a change."""
    return {key: value for key, value in {**tags, **change.tags}.items() if key not in change.gone}


def export(rows: ModelTable, target: MemoryTarget, apply: bool = True, terms: PlatformTerms = TERMS) -> Left:
    """Export the rows to a registry in memory."""
    return export_platform(rows, target, terms, apply)


def failing(at: int, when: str, error: BaseException) -> Callable[[int, str], None]:
    """A fault that raises the error 'before' or 'after' the ``at``-th call that writes."""

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
