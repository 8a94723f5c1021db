"""What the service has done for it, and what comes back: values that go to another process and return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from registry_sheets.config import RegistryConfig
from registry_sheets.state.ledger_values import Failed

Job = Literal["nightly", "weekly", "check", "alert"]
"""The nightly pass, the weekly mail, a pass in between, a mail to those who look after the service."""


@dataclass(frozen=True)
class Told:
    """A failure, or its end, for those who look after the service. ``job`` in words; ``since`` in the registry's
    zone."""

    job: str
    message: str
    fix: str
    since: datetime
    well_again: bool = False


@dataclass(frozen=True)
class Task:
    """One thing to do for one registry.

    ``period`` is what it is done once for: the local date ('2026-11-26') of a nightly pass, the ISO week ('2026-W48')
    of a weekly mail, the number of the failure of an alert, '' for the others. ``forced``: do a check even where
    nothing seems to have changed. ``told`` is what an alert tells. ``noted`` False: state.sqlite cannot be used, so a
    pass is done without it, and sends no mail.
    """

    job: Job
    registry: RegistryConfig
    period: str = ""
    forced: bool = False
    told: Told | None = None
    noted: bool = True


@dataclass(frozen=True)
class Result:
    """What came of a task.

    ``counts`` are numbers worth a log line ('rows', 'errors', 'mails'). ``notices`` may quote cells, so they are not
    for the log at its usual level. ``again``: something waits (the workbook is open, a mail was put off), so come back
    in ten minutes; ``waiting`` says what. ``skipped``: a check found all as it was.
    """

    failure: Failed | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    again: bool = False
    waiting: str = ""
    skipped: bool = False
