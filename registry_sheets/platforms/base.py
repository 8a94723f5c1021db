"""What a platform is: an outside registry or serving system, of which we read what is registered and what serves.

An adapter is one file. It lists to the end: every page, every region. What it cannot list it raises, so that a
listing that broke off is never taken for a short one. It writes nothing, ever.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion


class Platform(ABC):
    """One platform, opened for one asking.

    ``name`` is how people call it (the config's name), ``kind`` the config's word for what it is. ``tells_live`` False:
    it is a registry without endpoints, whose silence about a version does not mean that it is not live.

    All three questions raise PlatformUnanswered in the middle of a listing where a page fails, where the account may
    not see it, where it is not a platform of this kind at all, and where the deadline passes; what was yielded until
    then is right. Each is asked scope by scope, maybe from several threads: one scope a thread.
    """

    kind: ClassVar[str]
    tells_live: ClassVar[bool] = True

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def scopes(self) -> tuple[str, ...]:
        """The regions, locations or workspaces that are asked, each by itself; ('',) where there is only one."""
        return ("",)

    @abstractmethod
    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        """Every version of every registered model, archived ones too, in any order. Raises PlatformUnanswered."""

    @abstractmethod
    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        """What serves, one for each version at each endpoint. Raises PlatformUnanswered.

        ``versions`` are those of the scope, as far as they were listed: what serves is told by their names.
        """

    def lineage(self, _versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        """How these versions of one scope came to be, where that takes questions of its own. Raises PlatformUnanswered.

        A version of which the platform knows nothing comes with an empty Lineage. Without questions: none.
        What the same questions tell of the version itself (source, run) is in the version that comes back.
        """
        return iter(())

    def close(self) -> None:  # noqa: B027 (most have nothing to close)
        """Let go of connections."""


def with_lineage(
    versions: Iterable[PlatformVersion], found: Iterable[tuple[PlatformVersion, Lineage]]
) -> tuple[PlatformVersion, ...]:
    """The versions, each as it came back with the lineage that was found of it."""
    known = {_place(one): one._replace(lineage=lineage) for one, lineage in found}
    return tuple(known.get(_place(one), one) for one in versions)


def _place(one: PlatformVersion) -> tuple[str, str, str, str]:
    """Two models of one scope may be called the same, where the platform knows them by an id."""
    return one.scope, one.model, one.version, one.id
