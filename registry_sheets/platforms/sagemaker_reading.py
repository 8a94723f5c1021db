"""What SageMaker's answers have in common: moments, ARNs of model packages, where a container's files are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registry_sheets.platforms.reading import table, text

_PACKAGE = re.compile(r"(?:.*:model-package/)?(?P<name>[^/:]+)(?:/(?P<version>[0-9]+))?", re.DOTALL)


def moment(said: Any) -> datetime | None:
    """A moment as botocore gives it, in UTC; None for whatever else, and for one beyond the calendar."""
    if not isinstance(said, datetime):
        return None
    try:
        return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def number(said: Any) -> float | None:
    """A number that is one and not below 0; None for whatever else."""
    return float(said) if type(said) in (int, float) and 0 <= said < float("inf") else None


def named_by(package: str) -> tuple[str, str]:
    """(group, version) of a model package's ARN or name ('arn:…:model-package/churn/3', 'churn/3').

    The version is '' for a package without a group. ARNs spell the name in lower case.
    """
    found = _PACKAGE.fullmatch(package)
    return (found["name"], found["version"] or "") if found else ("", "")


def data_of(container: Mapping[str, Any]) -> str:
    """The URI of a container's model files; '' where it has none of its own."""
    return text(container, "ModelDataUrl") or text(table(table(container, "ModelDataSource"), "S3DataSource"), "S3Uri")
