"""From settings to the things that do the work. Explicit tables; what costs time to import comes in late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import HistoryUnusable, RegistrySheetsError, UnreadableWorkbook
from registry_sheets.operations.directions import Direction
from registry_sheets.operations.looking import Answers, Look, Memories, Terms
from registry_sheets.operations.places import state_folder
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.rules.base import MailTerms
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.state.places import outbox_folder
from registry_sheets.workbooks.base import Snapshot, Workbook
from registry_sheets.workbooks.excel.preflight import Limits

if TYPE_CHECKING:
    from registry_sheets.history.base import History
    from registry_sheets.operations.settling import Desk
    from registry_sheets.operations.waiting import Inventory, Queue
    from registry_sheets.registry.past.live_period import LivePeriod
    from registry_sheets.state.outbox import Outbox


def open_workbook(registry: RegistryConfig) -> Workbook:
    """The workbook of a registry."""
    from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

    return ExcelWorkbook(registry.sheet, state_of(registry), limits_of(registry))


def limits_of(registry: RegistryConfig) -> Limits:
    """How much the workbook may expand while it is read."""
    said = registry.settings.limits
    return Limits(
        max_uncompressed=said.max_uncompressed,
        max_ratio=said.max_ratio,
        ratio_from=said.ratio_from,
        max_area=said.max_area,
    )


def terms(registry: RegistryConfig) -> Terms:
    """What people settled about a registry, as the operations take it."""
    said = registry.settings
    return Terms(
        name=registry.name,
        table=TableSettings(
            columns=said.columns,
            synonyms=said.synonyms,
            stage_words=said.stages,
            date_order=said.date_order,
            header_row=said.header_row or None,
        ),
        rules=rule_settings(registry),
        tab=said.tab,
        lists_tab=said.lists_tab,
        mail=mail_terms(registry),
    )


def sends_mail(registry: RegistryConfig) -> bool:
    """Whether mail of the registry can be sent."""
    return bool(registry.settings.smtp.host and registry.settings.sender)


def mail_terms(registry: RegistryConfig) -> MailTerms | None:
    """Where mail may go; None where the config names no sender."""
    if not registry.settings.sender:
        return None
    from registry_sheets.registry.addresses import allowed_domains

    return MailTerms(allowed_domains(registry.settings.allowed_domains, registry.settings.sender))


def rule_settings(registry: RegistryConfig) -> Mapping[str, RuleSetting]:
    """The config's words on rules."""
    return {
        id_: RuleSetting(
            severity=said.severity if said.severity in (None, "off") else Severity(str(said.severity)),
            options=said.options,
        )
        for id_, said in registry.settings.rules.items()
    }


def metric_directions(registry: RegistryConfig) -> Mapping[str, Direction]:
    """The config's words on which way a metric is better."""
    return registry.settings.metrics


def today_of(registry: RegistryConfig) -> date:
    """Today in the registry's time zone; this machine's where the config names none."""
    if not registry.settings.time_zone:
        return datetime.now().astimezone().date()
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(registry.settings.time_zone)).date()


def state_of(registry: RegistryConfig) -> Path:
    """The registry's state folder; made by whatever first writes into it."""
    if registry.state:
        return registry.state
    from registry_sheets.workbooks.excel.cloud import cloud_synced

    return state_folder(registry.home, registry.slug, cloud_synced(registry.home / "config.toml") is not None)


def prober(registry: RegistryConfig) -> Probing:
    """What asks the links of a registry; relative paths start at its workbook."""
    return Probing(registry.sheet.absolute().parent)


class Probing:
    """Asks the links of a table, as the options of the rule broken-link say."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, table: ModelTable, terms: Terms) -> Answers:
        from registry_sheets.probes import probe
        from registry_sheets.registry.rules.broken_link import BrokenLinkOptions, links_to_ask

        said = terms.rules.get("broken-link", RuleSetting())
        options = BrokenLinkOptions(**said.options)
        return probe(
            links_to_ask(table, options),
            self._folder,
            timeout=options.timeout,
            at_most=options.at_most,
            budget=options.budget,
        )


HISTORY_NAME = "history.sqlite"


@contextmanager
def history_of(registry: RegistryConfig) -> Iterator[History | None]:
    """The history of a registry, for reading; None where there is none yet.

    One that cannot be opened raises HistoryUnusable when it is asked.
    """
    path = state_of(registry) / HISTORY_NAME
    if not path.exists():
        yield None
        return
    with _readable(path) as history:
        yield history


def _readable(path: Path) -> History:
    from registry_sheets.history.sqlite import SqliteHistory

    try:
        return SqliteHistory(path, read_only=True)
    except HistoryUnusable as error:
        from registry_sheets.history.unusable import UnusableHistory

        return UnusableHistory(error)


def writable_history(registry: RegistryConfig) -> History:
    """The history of a registry, made where there is none; to be closed. Raises HistoryUnusable."""
    from registry_sheets.history.sqlite import SqliteHistory

    return SqliteHistory(state_of(registry) / HISTORY_NAME)


@contextmanager
def memories(registry: RegistryConfig) -> Iterator[Memories]:
    """What a check may ask besides the sheet."""
    undecided = queue_of(registry).undecided if outbox_folder(registry.sheet).exists() else None
    with history_of(registry) as history:
        yield Memories(history, undecided, refused=refused_of(registry))


def refused_of(registry: RegistryConfig) -> Mapping[str, str]:
    """Addresses to which mail cannot be sent, where mail is sent at all."""
    if not sends_mail(registry):
        return {}
    from registry_sheets.wiring.state import refused_addresses

    return refused_addresses(registry)


@dataclass(frozen=True)
class Ways:
    """How a pass is to be done: ``accept_removals`` as in sync.Outputs; ``new_history`` sets the old one aside."""

    accept_removals: bool = False
    new_history: bool = False


def pass_over(registry: RegistryConfig, today: date | None = None, ways: Ways | None = None) -> Look:
    """One pass over one registry, with everything that it needs."""
    from registry_sheets.history.sqlite import set_aside
    from registry_sheets.operations.own_tabs import OwnTabs
    from registry_sheets.operations.sync import Outputs, run_pass

    how = ways or Ways()
    path = state_of(registry) / HISTORY_NAME
    old = set_aside(path) if how.new_history else None
    day = today or today_of(registry)
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
            pages=partial(pages_of, registry, history),
            refused=refused_of(registry),
        )
        seen = run_pass(open_workbook(registry), terms(registry), day, outputs, prober(registry))
    if registry.index:
        from registry_sheets.wiring.reporting import publish_index

        seen = seen.noting(*publish_index(registry))
    return seen.noting(f"A new history begins on {day}; the old one is kept as {old}.") if old else seen


def pages_of(registry: RegistryConfig, history: History | None, seen: Look) -> Mapping[str, bytes]:
    """What is published of a look beside its findings, by file name."""
    if not registry.settings.report:
        return {}
    from registry_sheets.wiring.reporting import published

    return published(registry, history, seen)


class FindingsBeside:
    """The workbook of findings next to a registry: 'models findings.xlsx' beside 'models.xlsx'."""

    def __init__(self, registry: RegistryConfig) -> None:
        self.path = registry.sheet.parent / f"{registry.sheet.stem} findings.xlsx"
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
        from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

        if not self.path.exists():
            return None
        try:
            return ExcelWorkbook(self.path, self._state, self._limits).read()
        except UnreadableWorkbook:
            return None


def outbox_of(registry: RegistryConfig) -> Outbox:
    """The outbox beside the registry's workbook; it is only made when an edit goes in."""
    from registry_sheets.state.outbox import Outbox

    return Outbox(registry.sheet)


def inventory_of(registry: RegistryConfig) -> Inventory:
    """What lies in the registry's outbox, held against its sheet."""
    from registry_sheets.operations.waiting import inventory

    return inventory(outbox_of(registry), open_workbook(registry), terms(registry))


def queue_of(registry: RegistryConfig) -> Queue:
    """The outbox as a pass and a check go through it; what lies in it now counts as read before the sheet."""
    from registry_sheets.operations.waiting import Queue

    return Queue(outbox_of(registry), terms(registry))


def with_outbox(registry: RegistryConfig, seen: Look) -> Look:
    """A look with what waits in the outbox beside its workbook."""
    if not outbox_folder(registry.sheet).exists():
        return seen
    from registry_sheets.operations.waiting import with_outbox as noted

    return noted(seen, queue_of(registry).standing(seen.registry.models))


def desk_of(registry: RegistryConfig, wait: float) -> Desk:
    """What an edit command of a registry works with; ``wait``: seconds for a workbook that somebody has open."""
    from registry_sheets.operations.settling import Desk

    return Desk(
        workbook=open_workbook(registry),
        terms=terms(registry),
        outbox=outbox_of(registry),
        today=today_of(registry),
        by=user(),
        wait=wait,
        remember=lambda: _remembered(registry),
    )


def _remembered(registry: RegistryConfig) -> tuple[str, ...]:
    """Record the sheet as it is before an edit writes over it; what hinders that hinders no edit, and is told."""
    from registry_sheets.operations.sync import remember

    try:
        with writable_history(registry) as history:
            remember(open_workbook(registry), terms(registry), today_of(registry), history, queue_of(registry))
    except RegistrySheetsError as error:
        return (f"What is written over now is not in history: {error}",)
    return ()


def live_past(registry: RegistryConfig) -> Callable[[str], Sequence[LivePeriod]]:
    """Tells when versions of a model were live where, oldest first, by the sheet and its history."""

    def periods_of(name: str) -> Sequence[LivePeriod]:
        from registry_sheets.operations.asking import live_periods_of

        with history_of(registry) as history:
            return live_periods_of(open_workbook(registry), terms(registry), today_of(registry), history, name)

    return periods_of


def user() -> str:
    """Who runs this, and where: 'ana@laptop'."""
    import getpass
    import socket

    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's account may have no name
        name = "somebody"
    return f"{name}@{socket.gethostname()}"
