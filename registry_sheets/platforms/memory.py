"""A platform in memory, for tests and trying."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.base import Platform
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion


class MemoryPlatform(Platform):
    """Says what it is given; ``fails`` is raised at the end of a listing, by question ('versions', 'deployments',
    'lineage')."""

    kind: ClassVar[str] = "memory"

    def __init__(
        self,
        name: str,
        versions: Iterable[PlatformVersion] = (),
        deployments: Iterable[Deployment] = (),
        lineage: Iterable[tuple[PlatformVersion, Lineage]] = (),
        fails: dict[str, PlatformUnanswered] | None = None,
    ) -> None:
        super().__init__(name)
        self._versions = tuple(versions)
        self._deployments = tuple(deployments)
        self._lineage = {(one.scope, one.model, one.version): told for one, told in lineage}
        self._fails = fails or {}

    @property
    def scopes(self) -> tuple[str, ...]:
        named = dict.fromkeys([*(one.scope for one in self._versions), *(one.scope for one in self._deployments)])
        return tuple(named) or ("",)

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        yield from (one for one in self._versions if one.scope == scope)
        self._fail("versions")

    def deployments(self, scope: str, _versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        yield from (one for one in self._deployments if one.scope == scope)
        self._fail("deployments")

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        for one in versions:
            yield one, self._lineage.get((one.scope, one.model, one.version), Lineage())
        self._fail("lineage")

    def _fail(self, question: str) -> None:
        if question in self._fails:
            raise self._fails[question]
