"""Texts of the sheet made fit for a platform's tags: which signs it takes, how long they are, how many there may be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry_sheets.platforms.exporting.base import Loss, WantedModel, WantedVersion
from registry_sheets.registry.platforms.leaving import (
    ID_TAG,
    MODEL_TAG,
    NAME_TAG,
    VERSION_TAG,
    LeavingFact,
    LeavingModel,
    LeavingVersion,
)
from registry_sheets.registry.platforms.marks import PREFIX, digest
from registry_sheets.registry.table import Stage

ROWS_TAG = f"{PREFIX}rows"
DESCRIBED_TAG = f"{PREFIX}described"
"""The digest of the description that we gave: while it is the one that is there, it is ours to change."""

STATUS_TAG = f"{PREFIX}status"
ALIAS_TAG = f"{PREFIX}alias."
"""With an alias: the number of the version to which we set it."""

SIGNS, CUT, NO_ROOM, RENAMED = "signs", "cut", "no room", "renamed"

Signs = Callable[[str], bool]


@dataclass(frozen=True)
class TagRules:
    """What a platform's texts take: signs and length of a tag's key and value, and of a description.

    ``most`` tags a version, 0: as many as one likes. ``dots`` stand where a text was cut. ``rows``: whether there is
    room for what each of several rows says.
    """

    key_signs: Signs
    key_most: int
    value_signs: Signs
    value_most: int
    described: int
    describing: Signs = lambda _sign: True
    most: int = 0
    dots: str = "…"
    rows: bool = True

    def value(self, text: str) -> str:
        """The text as a value, cut where it is too long."""
        return shortened(replaced(text, self.value_signs), self.value_most, self.dots)

    def description(self, text: str) -> str:
        """The text as a description, cut where it is too long."""
        return shortened(replaced(text, self.describing), self.described, self.dots)


def fit_model(
    model: LeavingModel, title: str, rules: TagRules, may_be: str, statuses: Mapping[Stage, str]
) -> WantedModel:
    """A model with everything that fits. ``may_be`` is what its name may be there, ``statuses`` what a stage is."""
    fitted = [(one, *fit_version(model, one, rules)) for one in model.versions]
    losses = [loss for _, _, lost in fitted for loss in lost]
    losses += [Loss(CUT, "Description", model.name)] if len(model.description) > rules.described else []
    losses += [Loss(RENAMED, "Name", f"{model.name} ({title})")] if model.name != may_be else []
    return WantedModel(
        id=model.id,
        key=model.key,
        name=model.name,
        title=title,
        tags={MODEL_TAG: model.id, NAME_TAG: rules.value(model.name)},
        description=rules.description(model.description),
        versions=tuple(
            WantedVersion(
                id=one.id,
                key=one.key,
                version=one.version,
                tags=tags,
                description=rules.description(one.description),
                status=statuses.get(one.stage, ""),
                run_link=one.run_link,
            )
            for one, tags, _ in fitted
        ),
        losses=tuple(losses),
    )


def fit_version(model: LeavingModel, version: LeavingVersion, rules: TagRules) -> tuple[dict[str, str], list[Loss]]:
    """All tags of a version, and what does not fit."""
    where = f"{model.name} {version.version}"
    tags = {ID_TAG: version.id, VERSION_TAG: rules.value(version.version), NAME_TAG: rules.value(model.name)}
    losses: list[Loss] = []
    facts = (*version.facts, *_rows(version)) if rules.rows else version.facts
    own = (LeavingFact("", "Version", version.version), LeavingFact("", "Name", model.name))
    for fact in own:
        losses += _lost(fact, rules, where)
    for key, fact in zip(keys_of(facts, rules), facts, strict=True):
        if rules.most and len(tags) >= rules.most:
            losses.append(Loss(NO_ROOM, fact.header, where))
            continue
        if value := rules.value(fact.text):
            tags[key] = value
        losses += _lost(fact, rules, where)
    return tags, losses


def keys_of(facts: Sequence[LeavingFact], rules: TagRules) -> list[str]:
    """The tags under which these facts stand; of two that a platform would take for one, with the heading's digest."""
    plain = [PREFIX + replaced(fact.key, rules.key_signs, "-") for fact in facts]
    often = Counter(key.casefold() for key in plain)
    return [
        key
        if often[key.casefold()] == 1 and len(key) <= rules.key_most
        else f"{key[: rules.key_most - 9]}-{digest(fact.header)[:8]}"
        for key, fact in zip(plain, facts, strict=True)
    ]


def replaced(text: str, takes: Signs, instead: str = "_") -> str:
    """The text with another sign for those that are not taken; a line break is a space where it is not."""
    if all(map(takes, text)):
        return text.strip()
    return "".join(sign if takes(sign) else " " if sign.isspace() else instead for sign in text).strip()


def shortened(text: str, most: int, dots: str = "…") -> str:
    """The text, cut to this length."""
    return text if len(text) <= most else text[: most - len(dots)].rstrip() + dots


def told(losses: Iterable[Loss], words: Mapping[str, str]) -> list[str]:
    """A sentence for each kind of loss in each column: '{header}: what happens: AC failure 3.1 and 4 more'."""
    from registry_sheets.registry.wording import clipped, listed

    found: dict[tuple[str, str], list[str]] = {}
    for loss in losses:
        found.setdefault((loss.what, loss.header), []).append(loss.where)
    return [
        f"{clipped(header)}: {words[what]}: {listed(list(dict.fromkeys(where)))}."
        for (what, header), where in found.items()
    ]


def with_marks(tags: Mapping[str, str], description: str = "", status: str = "") -> dict[str, str]:
    """The tags with the marks by which a later export knows that the description and the status are ours."""
    described = {DESCRIBED_TAG: digest(description)} if description else {}
    return {**tags, **described, **({STATUS_TAG: status} if status else {})}


def _lost(fact: LeavingFact, rules: TagRules, where: str) -> Iterable[Loss]:
    if not all(rules.value_signs(sign) or sign.isspace() for sign in set(fact.text)):
        yield Loss(SIGNS, fact.header, where)
    if len(replaced(fact.text, rules.value_signs)) > rules.value_most:
        yield Loss(CUT, fact.header, where)


def _rows(version: LeavingVersion) -> Iterable[LeavingFact]:
    """What each of several rows says, where they differ."""
    if version.apart:
        text = json.dumps(list(version.apart), ensure_ascii=False)
        yield LeavingFact(ROWS_TAG.removeprefix(PREFIX), "Rows of one version", text)
