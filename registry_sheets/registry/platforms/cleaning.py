"""What a platform says, made fit to be kept and shown: it may say anything.

Texts lose what no sheet, no history and no terminal can hold; moments are in UTC; a number that is none is not told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite

from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(said: str) -> str:
    """The text with U+FFFD for each control character and lone surrogate (JSON spells both), so that none vanishes."""
    return said if said.isprintable() else _UNFIT.sub("\ufffd", said)


def clean_version(one: PlatformVersion) -> PlatformVersion:
    """A version that can be kept and shown."""
    return PlatformVersion(
        model=clean_text(one.model),
        version=clean_text(one.version),
        scope=clean_text(one.scope),
        id=clean_text(one.id),
        created=_moment(one.created),
        stage=clean_text(one.stage),
        aliases=_texts(one.aliases),
        source=clean_text(one.source),
        run=clean_text(one.run),
        run_link=clean_text(one.run_link),
        created_by=clean_text(one.created_by),
        owner=clean_text(one.owner),
        description=clean_text(one.description),
        tags=_tags(one.tags),
        lineage=clean_lineage(one.lineage) if one.lineage else one.lineage,
    )


def clean_deployment(one: Deployment) -> Deployment:
    """What serves, such that it can be kept and shown."""
    return Deployment(
        model=clean_text(one.model),
        version=clean_text(one.version),
        endpoint=clean_text(one.endpoint),
        scope=clean_text(one.scope),
        environment=clean_text(one.environment),
        share=one.share if one.share is not None and isfinite(one.share) else None,
        since=_moment(one.since),
        source=clean_text(one.source),
    )


def clean_lineage(one: Lineage) -> Lineage:
    """How a version came to be, such that it can be kept and shown."""
    metrics = {clean_text(name): value for name, value in one.metrics.items() if isfinite(value)}
    return Lineage(_moment(one.trained), _moment(one.began), _texts(one.data), metrics)


def _texts(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(clean_text, said)) if said else said


def _tags(said: Mapping[str, str]) -> Mapping[str, str]:
    return {clean_text(name): clean_text(value) for name, value in said.items()} if said else said


def _moment(said: datetime | None) -> datetime | None:
    """In UTC; one without a zone is taken for UTC, one beyond the calendar is none."""
    if said is None or said.tzinfo is UTC:
        return said
    try:
        return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
