"""Export to a platform: what the sheet says is added there, and kept as the sheet says it. Nothing is deleted there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.operations.looking import Terms, models_of
from registry_sheets.platforms.exporting.base import Change, Loss, RegistryTarget, ThereModel, WantedModel
from registry_sheets.platforms.exporting.fitting import ALIAS_TAG
from registry_sheets.platforms.exporting.naming import Homes
from registry_sheets.platforms.exporting.planning import (
    AliasChange,
    ModelChange,
    ModelPlan,
    NewModel,
    NewVersion,
    Step,
    VersionChange,
    paired,
    plan_of,
)
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.platforms.leaving import LeavingModel, Staying, leaving_of
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable
from registry_sheets.workbooks.base import Workbook

_TRIES = 2
"""How often a model is taken up again after a call that failed with nothing done in between."""

_GIVE_UP = 3
"""After so many models in a row of which nothing could be done, the others are not tried."""


@dataclass(frozen=True)
class DoneStep:
    """A step for a model (the sheet's name, the platform's title)."""

    name: str
    title: str
    step: Step


@dataclass(frozen=True)
class Failed:
    """A model that is not as it should be, and why."""

    name: str
    error: PlatformUnanswered


@dataclass(frozen=True)
class Left:
    """What an export did, or would do.

    ``steps`` are those that were done, or without ``applied`` those to do; ``open`` those that were not done.
    ``unchanged`` versions were as they should be. ``conflicts`` are sentences about what is somebody else's there and
    stays. ``losses`` is what does not fit, ``staying`` the rows that cannot go. ``former`` are models there of an
    earlier export that the sheet does not have, told where new ones are made: one may have been renamed. ``places``
    are the locations of what is live in the sheet.
    """

    label: str
    kind: str
    applied: bool
    steps: tuple[DoneStep, ...]
    open: tuple[DoneStep, ...] = ()
    failed: tuple[Failed, ...] = ()
    unchanged: int = 0
    conflicts: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    staying: tuple[Staying, ...] = ()
    former: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def created(self) -> bool:
        """Whether models or versions were made."""
        return self.applied and any(isinstance(one.step, (NewModel, NewVersion)) for one in self.steps)

    @property
    def complete(self) -> bool:
        """Whether all was done that was to do."""
        return not (self.open or self.failed)


def leaving_table(workbook: Workbook, terms: Terms) -> ModelTable:
    """The table that leaves, read once. Raises as looking.models_of() does."""
    return parse_models(*models_of(workbook.read(), terms), terms.table)


def export_platform(
    table: ModelTable,
    target: RegistryTarget,
    terms: PlatformTerms,
    apply: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Left:
    """Show what a platform lacks of the sheet; with ``apply`` write it.

    Calls that failed are looked after and taken up again; what still cannot be done is in the result. ``progress`` is
    told how many of how many steps are done. Raises PlatformUnanswered where the platform cannot be looked at.
    """
    leaving = leaving_of(table)
    plans, former = _Looking(target, terms).plans(leaving.models)
    writing = _Writing(target, terms, progress, sum(len(plan.steps) for plan in plans))
    if apply:
        writing.all(plans)
    return Left(
        label=target.label,
        kind=target.kind,
        applied=apply,
        steps=tuple(writing.done) if apply else tuple(_steps(plans)),
        open=tuple(writing.open),
        failed=tuple(writing.failed),
        unchanged=sum(map(_unchanged, plans)),
        conflicts=tuple(sentence for plan in plans for sentence in plan.left),
        losses=tuple(loss for plan in plans for loss in plan.wanted.losses),
        staying=leaving.staying,
        places=tuple(dict.fromkeys(at.location for model in leaving.models for at in model.live if at.location)),
        former=tuple(former) if any(plan.there is None for plan in plans) else (),
    )


def _steps(plans: Iterable[ModelPlan]) -> Iterator[DoneStep]:
    for plan in plans:
        yield from (DoneStep(plan.wanted.name, plan.wanted.title, step) for step in plan.steps)


def _unchanged(plan: ModelPlan) -> int:
    touched = sum(isinstance(step, (NewVersion, VersionChange)) for step in plan.steps)
    return len(plan.wanted.versions) - touched


class _Looking:
    """Looks at what is there, and says what is to be done."""

    def __init__(self, target: RegistryTarget, terms: PlatformTerms) -> None:
        self._target = target
        self._terms = terms

    def plans(self, models: Sequence[LeavingModel]) -> tuple[list[ModelPlan], list[str]]:
        """A plan for each model, in sheet order; and as Homes.former()."""
        homes = Homes(models, self._target, self._terms)
        listed = self._target.models(homes.may_be)
        found = homes.found(listed)
        versions = self._target.versions({there.name for _, there in found.values() if there})
        plans = []
        for model in models:
            title, there = found[model.key]
            whole = replace(there, versions=tuple(versions.get(there.name, ()))) if there else None
            plans.append(self.plan(self._target.fitted(model, title), whole))
        return plans, homes.former(listed)

    def plan(self, wanted: WantedModel, there: ThereModel | None) -> ModelPlan:
        """What is to be done for a model of which this is there."""
        return plan_of(wanted, there, self._target.redescribes, self._terms.version_tag)

    def again(self, wanted: WantedModel) -> ModelPlan:
        """The same for one model as it is now."""
        listed = self._target.models(lambda name: name == wanted.title)
        there = next((one for one in listed if one.name == wanted.title), None)
        if there:
            there = replace(there, versions=tuple(self._target.versions({there.name}).get(there.name, ())))
        return self.plan(wanted, there)


class _Writing:
    """Takes the steps, model by model."""

    def __init__(
        self, target: RegistryTarget, terms: PlatformTerms, progress: Callable[[int, int], None], count: int
    ) -> None:
        self._target = target
        self._looking = _Looking(target, terms)
        self._progress = progress
        self._count = count
        self.done: list[DoneStep] = []
        self.open: list[DoneStep] = []
        self.failed: list[Failed] = []

    def all(self, plans: Sequence[ModelPlan]) -> None:
        """Carry out all plans; what cannot be is noted."""
        in_a_row = 0
        for place, plan in enumerate(plans):
            before = len(self.done)
            error = self._model(plan) if plan.steps else None
            in_a_row = in_a_row + 1 if error and len(self.done) == before else 0
            if error and in_a_row == _GIVE_UP:
                self.open += _steps(plans[place + 1 :])
                return

    def _model(self, plan: ModelPlan) -> PlatformUnanswered | None:
        """Carry out one plan; what was in the way, if anything was."""
        tries = 0
        while True:
            before = len(self.done)
            error = self._taken(plan)
            if error is None:
                return None
            tries = tries + 1 if len(self.done) == before else 1
            todo = plan.steps[len(self.done) - before :]
            try:
                plan = self._again(plan, todo)
            except PlatformUnanswered as silent:
                return self._give_up(plan, todo, silent)
            if not plan.steps:
                return None
            if tries >= _TRIES:
                return self._give_up(plan, plan.steps, error)

    def _again(self, plan: ModelPlan, todo: Sequence[Step]) -> ModelPlan:
        """What is still to do, looking anew: the call that failed may have been carried out all the same."""
        anew = self._looking.again(plan.wanted)
        if todo and not any(_same(step, todo[0]) for step in anew.steps):
            self._note(plan, todo[0])
        return anew

    def _taken(self, plan: ModelPlan) -> PlatformUnanswered | None:
        there = plan.there
        for step in plan.steps:
            try:
                there = self._take(plan.wanted, there, step)
            except PlatformUnanswered as error:
                return error
            self._note(plan, step)
        return None

    def _note(self, plan: ModelPlan, step: Step) -> None:
        self.done.append(DoneStep(plan.wanted.name, plan.wanted.title, step))
        self._progress(len(self.done), self._count)

    def _give_up(self, plan: ModelPlan, todo: Iterable[Step], error: PlatformUnanswered) -> PlatformUnanswered:
        self.failed.append(Failed(plan.wanted.name, error))
        self.open += [DoneStep(plan.wanted.name, plan.wanted.title, step) for step in todo]
        return error

    def _take(self, wanted: WantedModel, there: ThereModel | None, step: Step) -> ThereModel:
        """Take a step; gives the model as it is then."""
        if isinstance(step, NewModel):
            return self._target.create_model(wanted)
        assert there is not None, "a model is made before anything else"
        if isinstance(step, NewVersion):
            made = self._target.create_version(there, step.wanted)
            return replace(there, versions=(*there.versions, made))
        if isinstance(step, ModelChange):
            self._target.change_model(there, step.change)
        elif isinstance(step, VersionChange):
            self._target.change_version(there, step.before, step.change)
        else:
            self._alias(wanted, there, step)
        return there

    def _alias(self, wanted: WantedModel, there: ThereModel, step: AliasChange) -> None:
        """Set an alias and note it, in the order in which it is known as ours where that is broken off in between."""
        tag = ALIAS_TAG + step.alias
        if not step.id:
            if step.before:
                self._target.remove_alias(there, step.alias)
            self._target.change_model(there, Change(gone=(tag,)))
            return
        number = paired(wanted.versions, there.versions)[step.id].number
        noted = Change(tags={tag: number})
        if not step.before:
            self._target.change_model(there, noted)
        if step.before != number:
            self._target.set_alias(there, step.alias, number)
        if step.before:
            self._target.change_model(there, noted)


def _same(one: Step, other: Step) -> bool:
    """Whether both are about the same thing."""
    return type(one) is type(other) and _about(one) == _about(other)


def _about(step: Step) -> str:
    if isinstance(step, (NewVersion, VersionChange)):
        return step.wanted.id
    return step.alias if isinstance(step, AliasChange) else ""
