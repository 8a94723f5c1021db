"""What has to be done on a platform so that it says what the sheet says; nothing of other people's is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry_sheets.platforms.exporting.base import Change, ThereModel, ThereVersion, WantedModel, WantedVersion
from registry_sheets.platforms.exporting.fitting import ALIAS_TAG, DESCRIBED_TAG, STATUS_TAG
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.leaving import ID_TAG, VERSION_TAG
from registry_sheets.registry.platforms.marks import PREFIX, digest
from registry_sheets.registry.platforms.naming import is_by_parts, loose_version, whole_version

NOBODY = ThereModel("")


@dataclass(frozen=True)
class NewModel:
    """A model to be made."""

    wanted: WantedModel


@dataclass(frozen=True)
class NewVersion:
    """A version to be made."""

    wanted: WantedVersion


@dataclass(frozen=True)
class ModelChange:
    """A model to be changed; ``before`` is what it says now."""

    change: Change
    before: ThereModel


@dataclass(frozen=True)
class VersionChange:
    """A version to be changed; ``before`` is what it says now."""

    wanted: WantedVersion
    change: Change
    before: ThereVersion


@dataclass(frozen=True)
class AliasChange:
    """An alias to be set to the version of ``id``; '' takes it away. ``before``: the number that it stands for now."""

    alias: str
    id: str
    version: str
    before: str = ""


Step = NewModel | NewVersion | ModelChange | VersionChange | AliasChange


@dataclass(frozen=True)
class ModelPlan:
    """The steps for one model, in order, and what is left as it is because it is somebody else's."""

    wanted: WantedModel
    there: ThereModel | None
    steps: tuple[Step, ...]
    left: tuple[str, ...]


def plan_of(
    wanted: WantedModel, there: ThereModel | None, redescribes: bool = True, version_tag: str = ""
) -> ModelPlan:
    """What is to be done for a model.

    ``version_tag`` is the tag by which the people's own versions there say which of the sheet's they are.
    """
    planning = _Planning(wanted, there or NOBODY, redescribes)
    steps: list[Step] = [] if there else [NewModel(wanted)]
    steps += planning.model() if there else ()
    steps += planning.versions(paired(wanted.versions, (there or NOBODY).versions, version_tag))
    steps += planning.aliases(paired(wanted.versions, (there or NOBODY).versions, version_tag))
    return ModelPlan(wanted, there, tuple(steps), tuple(planning.left))


def paired(
    wanted: Sequence[WantedVersion], there: Iterable[ThereVersion], version_tag: str = ""
) -> Mapping[str, ThereVersion]:
    """Id of a wanted version -> what is there of it: by the mark of an earlier export, the tags that say its version,
    else by the number where no tag says what it is. It is the one that a check takes for it, with certainty."""
    marks = {one.id: one.id for one in wanted}
    keys = {one.key: one.id for one in wanted}
    alike: dict[str, str] = {}
    for one in wanted:
        alike.setdefault(loose_version(one.key), one.id)
    counts = not version_tag and not is_by_parts(keys)
    counted = {whole_version(one.key): one.id for one in reversed(wanted)} if counts else {}
    found: dict[str, tuple[int, ThereVersion]] = {}
    for version in there:
        for rank, id_ in enumerate(_meant(version, version_tag, marks, keys, alike, counted)):
            if id_:
                if id_ not in found or found[id_][0] > rank:
                    found[id_] = (rank, version)
                break
    return {id_: version for id_, (_, version) in found.items()}


def _meant(
    there: ThereVersion,
    version_tag: str,
    marks: Mapping[str, str],
    keys: Mapping[str, str],
    alike: Mapping[str, str],
    counted: Mapping[str, str],
) -> Iterator[str]:
    """Ids of the wanted version that is meant, the surest first; '' for a way that tells nothing."""
    yield marks.get(there.tags.get(ID_TAG, ""), "")
    tag = (version_tag and there.tags.get(version_tag)) or there.tags.get(VERSION_TAG)
    said = tag or there.number
    yield keys.get(normalise(said), "")
    yield alike.get(loose_version(said), "")
    yield "" if tag else counted.get(whole_version(said), "")


class _Planning:
    def __init__(self, wanted: WantedModel, there: ThereModel, redescribes: bool) -> None:
        self._wanted = wanted
        self._there = there
        self._redescribes = redescribes
        self.left: list[str] = []

    def model(self) -> Iterator[Step]:
        described = self._described(self._wanted.description, self._there.description, self._there.tags, "")
        kept = {key: value for key, value in self._there.tags.items() if key.startswith(ALIAS_TAG)}
        change = _change(self._there.tags, {**self._wanted.tags, **kept}, described)
        if not change.is_nothing:
            yield ModelChange(change, self._there)

    def versions(self, there: Mapping[str, ThereVersion]) -> Iterator[Step]:
        for wanted in self._wanted.versions:
            before = there.get(wanted.id)
            if before is None:
                yield NewVersion(wanted)
                continue
            change = self._version(wanted, before)
            if not change.is_nothing:
                yield VersionChange(wanted, change, before)

    def _version(self, wanted: WantedVersion, before: ThereVersion) -> Change:
        described = self._described(wanted.description, before.description, before.tags, wanted.version)
        status, mark = self._status(wanted, before)
        return _change(before.tags, {**wanted.tags, **mark}, described, status)

    def _described(self, wanted: str, there: str, tags: Mapping[str, str], version: str) -> tuple[str | None, str]:
        """(the new description, its mark): only where there is none, or the one that is there is ours."""
        ours = tags.get(DESCRIBED_TAG, "")
        if wanted == there or not self._redescribes:
            return None, digest(wanted) if ours and wanted else ""
        if not there or digest(there) == ours:
            return wanted, digest(wanted) if wanted else ""
        if wanted:
            self.left.append(f"{_of(self._wanted, version)} has a description of its own there.")
        return None, ours

    def _status(self, wanted: WantedVersion, before: ThereVersion) -> tuple[str | None, Mapping[str, str]]:
        """(the new status, its mark): only where it is as an earlier export left it."""
        ours = before.tags.get(STATUS_TAG, "")
        if not wanted.status or not ours:
            if wanted.status and wanted.status != before.status:
                self._left_status(wanted, before)
            return None, {}
        if wanted.status == before.status:
            return None, {STATUS_TAG: wanted.status}
        if before.status == ours:
            return wanted.status, {STATUS_TAG: wanted.status}
        self._left_status(wanted, before)
        return None, {STATUS_TAG: ours}

    def _left_status(self, wanted: WantedVersion, before: ThereVersion) -> None:
        self.left.append(
            f"{_of(self._wanted, wanted.version)} is {before.status or 'without a status'} there, not {wanted.status}; "
            "somebody else set that."
        )

    def aliases(self, there: Mapping[str, ThereVersion]) -> Iterator[Step]:
        versions = {one.id: one.version for one in self._wanted.versions}
        for alias, id_ in self._wanted.aliases.items():
            now, mark = self._there.aliases.get(alias, ""), self._there.tags.get(ALIAS_TAG + alias, "")
            goal = there[id_].number if id_ in there else ""
            if now and now == goal:
                if mark and mark != goal:  # moved, and broken off before that was noted
                    yield AliasChange(alias, id_, versions[id_], now)
            elif not now or now == mark:
                yield AliasChange(alias, id_, versions[id_], now)
            else:
                self.left.append(
                    f"{self._wanted.name}: the alias {alias} stands for version {now} there, and not for "
                    f"{versions[id_]}; somebody else set it."
                )
        yield from self._former()

    def _former(self) -> Iterator[Step]:
        """Aliases of ours for which nothing is live any more."""
        for tag, mark in self._there.tags.items():
            alias = tag.removeprefix(ALIAS_TAG)
            if tag.startswith(ALIAS_TAG) and alias not in self._wanted.aliases:
                now = self._there.aliases.get(alias, "")
                yield AliasChange(alias, "", "", now if now == mark else "")


def _change(
    before: Mapping[str, str], wanted: Mapping[str, str], described: tuple[str | None, str], status: str | None = None
) -> Change:
    description, mark = described
    wanted = {**wanted, **({DESCRIBED_TAG: mark} if mark else {})}
    return Change(
        tags={key: value for key, value in wanted.items() if before.get(key) != value},
        gone=tuple(key for key in before if key.startswith(PREFIX) and key not in wanted),
        description=description,
        status=status,
    )


def _of(model: WantedModel, version: str) -> str:
    return f"{model.name} {version}" if version else model.name
