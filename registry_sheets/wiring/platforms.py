"""The platforms as they are configured: how each is opened, what people settled about it, what it last said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem, PlatformUnanswered, RegistrySheetsError
from registry_sheets.platform_settings import PlatformSettings, called
from registry_sheets.settings import nearest
from registry_sheets.wiring import open_workbook, state_of, terms, zone_of

if TYPE_CHECKING:
    from registry_sheets.operations.hearing import Also, AskingNow, Hearing, Settled
    from registry_sheets.platforms.asking import Question
    from registry_sheets.platforms.base import Platform
    from registry_sheets.platforms.deadline import Deadline
    from registry_sheets.registry.platforms.reconciling import Reconciled
    from registry_sheets.registry.platforms.terms import PlatformTerms
    from registry_sheets.registry.platforms.values import PlatformAnswer
    from registry_sheets.registry.table import Lists, ModelTable


def asking_now(registry: RegistryConfig, name: str = "", also: Also | None = None) -> AskingNow | None:
    """Asks the registry's platforms (or the one of that name) and keeps what they say; None where it has none.

    ``also`` as in AskingNow. Raises ConfigProblem where there is none of that name.
    """
    chosen = _chosen(registry, name)
    if not chosen:
        return None
    from registry_sheets.operations.hearing import AskingNow
    from registry_sheets.platforms.asking import ask_platforms

    questions = _questions(chosen)
    keep = partial(_keep, registry, chosen)
    before = partial(_before, registry, chosen)
    return AskingNow(partial(ask_platforms, questions), settled(registry), keep, also, before)


def reconciled_now(registry: RegistryConfig) -> tuple[Reconciled, Lists]:
    """The sheet held against what all platforms say now, with its Lists; nothing is kept.

    A sheet that cannot be read counts as an empty one: that is told elsewhere.
    """
    from registry_sheets.platforms.asking import ask_platforms
    from registry_sheets.registry.platforms.reconciling import Reconciled

    answers = ask_platforms(_questions(registry.settings.platform), lambda _: ())
    table, lists = _sheet(registry)
    vocabulary = terms(registry).table.vocabulary()
    return Reconciled(table, lists, settled(registry).of(answers), vocabulary), lists


def _sheet(registry: RegistryConfig) -> tuple[ModelTable, Lists]:
    from registry_sheets.operations.looking import lists_of, models_of
    from registry_sheets.registry.parsing import parse_models
    from registry_sheets.registry.table import Lists, ModelTable

    try:
        snapshot = open_workbook(registry).read()
        grid, match = models_of(snapshot, terms(registry))
        return parse_models(grid, match, terms(registry).table), lists_of(snapshot, terms(registry))
    except RegistrySheetsError:
        return ModelTable("", 0, (), {}, {}, {}), Lists()


def with_platform(registries: Sequence[RegistryConfig], name: str) -> Sequence[RegistryConfig]:
    """Of several registries those that have a platform (of that name). Raises ConfigProblem where none has."""
    having = [one for one in registries if called(one.settings.platform, name)]
    if not having:
        raise _no_platform(registries[0], name)
    return having


def last_answers(registry: RegistryConfig) -> Hearing | None:
    """What the registry's platforms said when they were last asked; None where it has none."""
    if not registry.settings.platform:
        return None
    from registry_sheets.operations.hearing import LastAnswers, never_asked

    before = _before(registry, registry.settings.platform)
    answers = (before.get(said.label) or never_asked(said.label, said.kind) for said in registry.settings.platform)
    return LastAnswers(settled(registry), tuple(answers))


def settled(registry: RegistryConfig) -> Settled:
    """What the config says of the registry's platforms and their locations."""
    from registry_sheets.operations.hearing import Settled
    from registry_sheets.registry.platforms.terms import LocationTerms

    terms = map(platform_terms, registry.settings.platform)
    locations = (LocationTerms(said.name, said.platform, said.endpoint) for said in registry.settings.location)
    return Settled(tuple(terms), tuple(locations), zone_of(registry))


def platform_terms(said: PlatformSettings) -> PlatformTerms:
    """What the config says of one platform's models and versions."""
    from registry_sheets.registry.platforms.terms import PlatformTerms

    return PlatformTerms(said.label, said.kind, said.names, tuple(said.models), tuple(said.leave_out), said.version_tag)


def open_platform(said: PlatformSettings, deadline: Deadline) -> Platform:
    """The adapter of a platform. Raises PlatformUnanswered where its packages are not installed, and as it does."""
    see_installed(said.kind)
    return _OPENERS[said.kind](said, deadline)


def see_installed(kind: str) -> None:
    """Raises PlatformUnanswered where what speaks to platforms of this kind is not installed."""
    try:
        for package in _PACKAGES[kind]:
            import_module(package)
    except ImportError as error:
        extra = "azure" if kind == "azureml" else kind
        raise PlatformUnanswered(
            f"What speaks to a platform of kind {kind} is not installed ({error.name} is missing).",
            f'Install it: pip install "registry-sheets[{extra}]"',
        ) from None


def _mlflow(said: PlatformSettings, deadline: Deadline) -> Platform:
    from registry_sheets.platforms.mlflow import MlflowPlatform

    return MlflowPlatform(
        said.label,
        said.url,
        deadline,
        live=said.live,
        environment=os.environ,
        token_env=said.token_env,
        ca_file=said.ca_file,
    )


def _kubeflow(said: PlatformSettings, deadline: Deadline) -> Platform:
    from registry_sheets.platforms.kubeflow import KubeflowPlatform

    return KubeflowPlatform(
        said.label,
        said.url,
        deadline,
        environment=os.environ,
        token_env=said.token_env,
        token_file=said.token_file,
        ca_file=said.ca_file,
    )


def _sagemaker(said: PlatformSettings, deadline: Deadline) -> Platform:
    from registry_sheets.platforms.sagemaker import SagemakerPlatform

    return SagemakerPlatform(said.label, said.regions, deadline, profile=said.profile, url=said.url)


def _azureml(said: PlatformSettings, deadline: Deadline) -> Platform:
    from registry_sheets.platforms.azureml import AzureMlPlatform

    url = {"url": said.url} if said.url else {}
    return AzureMlPlatform(said.label, said.subscription, said.resource_group, said.workspaces, deadline, **url)


def _vertex(said: PlatformSettings, deadline: Deadline) -> Platform:
    from registry_sheets.platforms.vertex import VertexPlatform

    return VertexPlatform(said.label, said.project, said.locations, deadline, url=said.url)


_PACKAGES: Mapping[str, Sequence[str]] = {
    "mlflow": ("httpx",),
    "kubeflow": ("httpx",),
    "sagemaker": ("boto3",),
    "azureml": ("httpx", "azure.identity"),
    "vertex": ("httpx", "google.auth"),
}
"""What an adapter imports when it asks; looked for beforehand, so that what is missing is said in words."""

_OPENERS: Mapping[str, Callable[[PlatformSettings, Deadline], Platform]] = {
    "mlflow": _mlflow,
    "kubeflow": _kubeflow,
    "sagemaker": _sagemaker,
    "azureml": _azureml,
    "vertex": _vertex,
}


def _questions(platforms: Iterable[PlatformSettings]) -> list[Question]:
    from registry_sheets.platforms.asking import Question

    return [Question(said.label, said.kind, said.timeout, partial(open_platform, said)) for said in platforms]


def _chosen(registry: RegistryConfig, name: str) -> tuple[PlatformSettings, ...]:
    """All platforms of a registry, or the one that is called so or is the only one of that kind."""
    named = called(registry.settings.platform, name)
    if name and not named:
        raise _no_platform(registry, name)
    if name and len(named) > 1:
        labels = ", ".join(said.label for said in named)
        raise ConfigProblem(f"Several platforms are of kind {name}.", f"Name one of them: {labels}.")
    return tuple(named)


def _no_platform(registry: RegistryConfig, name: str) -> ConfigProblem:
    labels = [said.label for said in registry.settings.platform]
    if labels:
        return ConfigProblem(f"There is no platform '{name}'.", nearest(name, labels))
    fix = "Add a block to its config: [[platform]] with kind, name."
    return ConfigProblem(f"The registry '{registry.name}' has no platform.", fix)


def _keep(registry: RegistryConfig, chosen: tuple[PlatformSettings, ...], answers: tuple[PlatformAnswer, ...]) -> None:
    from registry_sheets.state.platform_answers import KeptAnswer, keep_answers

    asked = zip(chosen, answers, strict=True)
    keep_answers(state_of(registry), [KeptAnswer(_question(said), answer) for said, answer in asked])


def _before(registry: RegistryConfig, chosen: Iterable[PlatformSettings]) -> dict[str, PlatformAnswer]:
    """What these said when they were last asked what they would be asked now, by name."""
    from registry_sheets.state.platform_answers import kept_answers

    kept = kept_answers(state_of(registry))
    same = (kept[said.label] for said in chosen if said.label in kept and kept[said.label].question == _question(said))
    return {one.answer.platform: one.answer for one in same}


def _question(said: PlatformSettings) -> str:
    """What an answer is an answer to: where the platform is, and what counts as live on it."""
    return said.model_dump_json(exclude={"names", "models", "leave_out", "version_tag", "timeout"})
