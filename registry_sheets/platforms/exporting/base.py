"""What a registry is into which an export writes, and what is there before.

A target only adds and only changes what is ours: it deletes no model and no version. It is asked and told step by
step; after a call that failed whoever tells it looks again before going on, since the call may have been carried out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from registry_sheets.registry.platforms.leaving import LeavingModel


@dataclass(frozen=True)
class ThereVersion:
    """A version as it is on the platform. ``number`` is what the platform calls it, ``ref`` how it is addressed."""

    number: str
    tags: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    status: str = ""
    ref: str = ""


@dataclass(frozen=True)
class ThereModel:
    """A model as it is on the platform. ``aliases``: alias -> the number of its version."""

    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[ThereVersion, ...] = ()
    ref: str = ""


class Loss(NamedTuple):
    """Something of one version that does not go over as it is: ``what`` happens to the text under ``header``."""

    what: str
    header: str
    where: str


@dataclass(frozen=True)
class WantedVersion:
    """A version as it is to be. ``status`` '': the platform has no such thing. ``tags`` are ours, all of them."""

    id: str
    key: str
    version: str
    tags: Mapping[str, str]
    description: str = ""
    status: str = ""
    run_link: str = ""


@dataclass(frozen=True)
class WantedModel:
    """A model as it is to be. ``name`` is the sheet's, ``title`` the platform's; ``aliases``: alias -> version's id."""

    id: str
    key: str
    name: str
    title: str
    tags: Mapping[str, str]
    description: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[WantedVersion, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class Change:
    """What changes at a model or a version: tags to set, tags of ours to take away, a new description or status.

    Where this takes several calls, a first description comes after its mark (a tag), and one in place of another before
    it: broken off in between, it is known as ours all the same.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    description: str | None = None
    status: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to change."""
        return not (self.tags or self.gone) and self.description is None and self.status is None


class RegistryTarget(ABC):
    """A registry into which an export writes.

    ``label`` is how people know it. ``redescribes`` False: a description is given once, with what it describes.
    All methods raise PlatformUnanswered. A call that writes is made once and not repeated: where it fails, it may have
    been carried out all the same.
    """

    kind: ClassVar[str]
    label: str
    redescribes: ClassVar[bool] = True

    @abstractmethod
    def models(self, may_be: Callable[[str], bool], /) -> Sequence[ThereModel]:
        """Every model there is, without versions; with all that is told of it where ``may_be(name)``."""

    @abstractmethod
    def versions(self, models: Set[str]) -> Mapping[str, tuple[ThereVersion, ...]]:
        """All versions of these models, by the model's name, the oldest first."""

    @abstractmethod
    def title(self, name: str) -> str:
        """What a model of that name in the sheet may be called there."""

    @abstractmethod
    def fitted(self, model: LeavingModel, title: str) -> WantedModel:
        """The model as it can be there, with what is lost on the way."""

    @abstractmethod
    def create_model(self, wanted: WantedModel) -> ThereModel:
        """Make a model, without versions and aliases."""

    @abstractmethod
    def create_version(self, model: ThereModel, wanted: WantedVersion) -> ThereVersion:
        """Make a version, whole, in one call."""

    @abstractmethod
    def change_model(self, model: ThereModel, change: Change) -> None:
        """Change a model."""

    @abstractmethod
    def change_version(self, model: ThereModel, version: ThereVersion, change: Change) -> None:
        """Change a version."""

    def set_alias(self, model: ThereModel, alias: str, number: str) -> None:
        """Let an alias stand for a version, wherever it stood."""
        raise NotImplementedError(f"{self.kind} has no aliases")

    def remove_alias(self, model: ThereModel, alias: str) -> None:
        """Take an alias away."""
        raise NotImplementedError(f"{self.kind} has no aliases")

    def close(self) -> None:  # noqa: B027 (most have nothing to close)
        """Let go of connections."""
