"""One pass over one registry, with everything that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError, UnreadableWorkbook
from registry_sheets.operations.looking import Look
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import Sheet
from registry_sheets.wiring import limits_of, open_workbook, prober, queue_of, state_of, terms, today_of
from registry_sheets.wiring.history import HISTORY_NAME, refused_of, writable_history
from registry_sheets.wiring.platforms import asking_now, last_answers
from registry_sheets.workbooks.base import Snapshot, Workbook

if TYPE_CHECKING:
    from registry_sheets.history.base import History

VERSION_HISTORY = "Google keeps it: in the spreadsheet, File > Version history > See version history."


@dataclass(frozen=True)
class Ways:
    """How a pass is to be done: ``accept_removals`` as in sync.Outputs; ``new_history`` sets the old one aside.

    ``light``: the platforms are not asked again; what they last said holds.
    """

    accept_removals: bool = False
    new_history: bool = False
    light: bool = False


def pass_over(
    registry: RegistryConfig, today: date | None = None, ways: Ways | None = None, workbook: Workbook | None = None
) -> Look:
    """One pass over one registry, with everything that it needs. ``workbook``: the registry's, where it is open."""
    with failure_published(registry):
        seen = _passed(registry, today or today_of(registry), ways or Ways(), workbook or open_workbook(registry))
    if registry.index is None:
        return seen
    from registry_sheets.wiring.reporting import with_index

    return with_index(registry, seen)


@contextmanager
def failure_published(registry: RegistryConfig) -> Iterator[None]:
    """Note in what is published that no pass could be made, where that is so; the error is raised all the same."""
    try:
        yield
    except RegistrySheetsError as error:
        if registry.output and registry.output.exists():
            from registry_sheets.wiring.reporting import publish_failure

            publish_failure(registry, error)
        raise


def _passed(registry: RegistryConfig, day: date, how: Ways, workbook: Workbook) -> Look:
    from registry_sheets.history.sqlite import set_aside
    from registry_sheets.operations.own_tabs import OwnTabs
    from registry_sheets.operations.sync import Outputs, run_pass

    path = state_of(registry) / HISTORY_NAME
    old = set_aside(path) if how.new_history else None
    with writable_history(registry) as history:
        outputs = Outputs(
            write_back=registry.settings.write_back,
            beside=FindingsBeside(registry),
            memory=OwnTabs(state_of(registry)),
            folder=registry.output,
            history=history,
            queue=queue_of(registry),
            accept_removals=how.accept_removals,
            trial=day > today_of(registry),
            pages=partial(pages_of, registry, history, workbook),
            refused=refused_of(registry),
            kept="" if registry.sheet.path else VERSION_HISTORY,
            hearing=last_answers(registry) if how.light else asking_now(registry),
        )
        seen = run_pass(workbook, terms(registry), day, outputs, prober(registry))
    return seen.noting(f"A new history begins on {day}; the old one is kept as {old}.") if old else seen


def pages_of(registry: RegistryConfig, history: History | None, workbook: Workbook, seen: Look) -> Mapping[str, bytes]:
    """What is published of a look at the workbook beside its findings, by file name."""
    if not registry.settings.report:
        return {}
    from registry_sheets.wiring.reporting import published

    return published(registry, history, seen, workbook)


class FindingsBeside:
    """The workbook of findings next to a registry: 'models findings.xlsx' beside 'models.xlsx'."""

    def __init__(self, registry: RegistryConfig) -> None:
        self.path = registry.sheet.beside
        self._state = state_of(registry) / "beside"
        self._limits = limits_of(registry)

    def findings(self) -> Grid | None:
        """Its Findings tab; None where there is no such workbook, or none that can be read."""
        snapshot = self._snapshot()
        title = snapshot.own_tabs.get("findings") if snapshot else None
        return snapshot.grid(title) if snapshot and title else None

    def write(self, sheets: Sequence[Sheet]) -> Path | None:
        """Write it. Raises WriteRefused where a workbook of people has that name, CannotSave, WorkbookOpen."""
        from registry_sheets.workbooks.excel.beside import write_beside

        return self.path if write_beside(sheets, self.path, self._state).changed else None

    def _snapshot(self) -> Snapshot | None:
        if not self.path.exists():
            return None
        from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

        try:
            return ExcelWorkbook(self.path, self._state, self._limits).read()
        except UnreadableWorkbook:
            return None
