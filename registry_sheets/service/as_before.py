"""Whether a light pass would see anything new: asked before the workbook is read."""

from __future__ import annotations

from datetime import datetime

from registry_sheets.config import RegistryConfig
from registry_sheets.operations.looking import Look
from registry_sheets.service import outcomes
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.platform_answers import kept_at
from registry_sheets.wiring import outbox_of, state_of, today_of
from registry_sheets.workbooks.base import Revision, Workbook

_CHECK_KEY = "check_key"


def is_as_before(registry: RegistryConfig, ledger: Ledger, workbook: Workbook, now: datetime) -> bool:
    """Whether workbook, config, version, the platforms' last answers and local date are as the last pass saw them, and
    nothing waits or fails.

    A store that shows a change late is as before only within the hour (of UTC) of the pass that read it. Raises as
    Workbook.revision().
    """
    if waits_in_outbox(registry) or ledger.noted(outcomes.WAITING) or ledger.failing("nightly"):
        return False
    noted = ledger.noted(_CHECK_KEY)
    return noted != "" and noted == _key(registry, workbook, workbook.revision(), now)


def note_check(registry: RegistryConfig, ledger: Ledger, workbook: Workbook, seen: Look, begun: datetime) -> None:
    """Note what a pass that began then saw and left, for the next light pass."""
    ledger.note(_CHECK_KEY, _key(registry, workbook, seen.left or seen.snapshot.revision, begun))


def waits_in_outbox(registry: RegistryConfig) -> str:
    """How many recorded edits wait, as a sentence; '' for none."""
    waiting = len(outbox_of(registry).read().in_state("waiting"))
    if waiting == 1:
        return "1 recorded edit waits in the outbox."
    return f"{waiting:,} recorded edits wait in the outbox." if waiting else ""


def _key(registry: RegistryConfig, workbook: Workbook, revision: Revision, at: datetime) -> str:
    """What must be equal for nothing to be new; '' where the revision is not known and so equals nothing."""
    from hashlib import sha256
    from importlib.metadata import version

    if not revision.token:
        return ""
    hour = f"{at:%Y-%m-%dT%H}" if workbook.may_lag else ""
    heard = kept_at(state_of(registry)) if registry.settings.platform else ""
    said = (revision.token, registry.settings.model_dump_json(), version("registry-sheets"), str(today_of(registry)))
    return sha256("\0".join((*said, hour, heard)).encode("utf-8", "replace")).hexdigest()
