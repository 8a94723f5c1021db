"""Where export goes when it goes to a platform: which one is named, and how it is opened for writing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import CannotSave, ConfigProblem, PlatformUnanswered
from registry_sheets.platform_settings import PlatformKind, PlatformSettings, called
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.wiring.platforms import platform_terms, see_installed

if TYPE_CHECKING:
    from registry_sheets.platforms.exporting.base import RegistryTarget

TARGETS = ("mlflow", "sagemaker")
"""Kinds of platforms to which an export goes."""

_PATIENCE = 60.0


@dataclass(frozen=True)
class Departure:
    """A platform, opened for writing, and what people settled about it."""

    target: RegistryTarget
    terms: PlatformTerms


def departure(said: str, registry: RegistryConfig, url: str = "", region: str = "") -> Departure | None:
    """The platform that ``said`` names, by its kind or its name in the config; None where it names none.

    ``url`` (MLflow) and ``region`` (SageMaker) say where it is, and go before the config. Raises ConfigProblem where
    that is not clear, PlatformUnanswered where its packages are not installed.
    """
    kind = _kind(said, registry)
    if not kind:
        if url or region:
            flag = "--url" if url else "--region"
            raise ConfigProblem(f"{flag} is about a platform, and {said} is none.", f"Name one: {_ways()}.")
        return None
    if kind not in TARGETS:
        raise ConfigProblem(f"An export does not go to {kind}.", f"It goes to: {_ways()}.")
    if (url and kind != "mlflow") or (region and kind != "sagemaker"):
        raise ConfigProblem(f"{'--url' if url else '--region'} says nothing to {kind}.", f"Write it so: {_ways()}.")
    see_installed(kind)
    return _mlflow(said, registry, url) if kind == "mlflow" else _sagemaker(said, registry, region)


@contextmanager
def exporting(registry: RegistryConfig) -> Iterator[None]:
    """The right to write to a platform; it is freed when the process dies, however it dies.

    Two exports at once would make each version twice. Raises PlatformUnanswered while another run of this registry
    exports, CannotSave.
    """
    from filelock import FileLock, Timeout

    from registry_sheets.wiring import state_of

    lock = FileLock(state_of(registry) / "exporting.lock")
    try:
        Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise PlatformUnanswered(
            "Another run of registry-sheets is exporting this registry.", "Run it again when that has finished."
        ) from None
    except OSError as error:
        raise CannotSave(
            f"'{lock.lock_file}' cannot be locked: {error.strerror or error}.",
            "See that the account that runs Registry Sheets may write it and its folder.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _kind(said: str, registry: RegistryConfig) -> str:
    wanted = said.strip().casefold()
    named = called(registry.settings.platform, wanted) if wanted else []
    return named[0].kind if named else wanted if wanted in get_args(PlatformKind) else ""


def _ways() -> str:
    return "registry-sheets export mlflow --url http://..., or registry-sheets export sagemaker --region ..."


def _mlflow(said: str, registry: RegistryConfig, url: str) -> Departure:
    from registry_sheets.platforms.exporting.mlflow import MlflowTarget

    known = _known(said, registry)
    if url:
        known = [one for one in known if one.url == url.rstrip("/")] or [_at(url)]
    block = _one(known, "Say where it is: --url http://mlflow.internal:5000")
    target = MlflowTarget(
        _label(block, block.url),
        block.url,
        block.timeout,
        environment=os.environ,
        token_env=block.token_env,
        ca_file=block.ca_file,
    )
    return Departure(target, platform_terms(block))


def _sagemaker(said: str, registry: RegistryConfig, region: str) -> Departure:
    from registry_sheets.platforms.exporting.sagemaker import SagemakerTarget

    known = _known(said, registry)
    if region:
        known = [one for one in known if region in one.regions] or known[:1] or [_in(region)]
    block = _one(known, "Say where: --region eu-west-1")
    if not region and len(block.regions) != 1:
        raise ConfigProblem(
            f"{block.label} has several regions ({', '.join(block.regions)}).",
            f"Say which: --region {block.regions[0]}",
        )
    place = region or block.regions[0]
    target = SagemakerTarget(_label(block, place), place, block.timeout, profile=block.profile, url=block.url)
    return Departure(target, platform_terms(block))


def _known(said: str, registry: RegistryConfig) -> list[PlatformSettings]:
    """The blocks that are meant: the one of that name, else those of that kind."""
    return called(registry.settings.platform, said)


def _one(known: list[PlatformSettings], how: str) -> PlatformSettings:
    if len(known) == 1:
        return known[0]
    if known:
        raise ConfigProblem(
            f"There are several platforms of kind {known[0].kind}.",
            f"Name one of them: {', '.join(one.label for one in known)}.",
        )
    raise ConfigProblem("It is not said where the platform is, and the config has none of that kind.", how)


def _at(url: str) -> PlatformSettings:
    from pydantic import ValidationError

    try:
        return PlatformSettings(kind="mlflow", url=url, timeout=_PATIENCE)
    except ValidationError:  # what it is is not repeated: it may hold a password
        raise ConfigProblem(
            "--url takes an address such as http://mlflow.internal:5000, without a sign-in in it.",
            "The sign-in goes into MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.",
        ) from None


def _in(region: str) -> PlatformSettings:
    return PlatformSettings(kind="sagemaker", regions=[region], timeout=_PATIENCE)


def _label(block: PlatformSettings, place: str) -> str:
    kind = {"mlflow": "MLflow at", "sagemaker": "SageMaker in"}[block.kind]
    return f"{block.name} ({kind} {place})" if block.name else f"{kind} {place}"
