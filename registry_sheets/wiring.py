"""From settings to the things that do the work. Explicit tables; what costs time to import comes in late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.operations.looking import Answers, Look, Terms
from registry_sheets.operations.places import state_folder
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.workbooks.base import Snapshot, Workbook
from registry_sheets.workbooks.excel.preflight import Limits


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
    )


def rule_settings(registry: RegistryConfig) -> Mapping[str, RuleSetting]:
    """The config's words on rules."""
    return {
        id_: RuleSetting(
            severity=said.severity if said.severity in (None, "off") else Severity(str(said.severity)),
            options=said.options,
        )
        for id_, said in registry.settings.rules.items()
    }


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


def pass_over(registry: RegistryConfig, today: date | None = None) -> Look:
    """One pass over one registry, with everything that it needs."""
    from registry_sheets.operations.own_tabs import OwnTabs
    from registry_sheets.operations.sync import Outputs, run_pass

    outputs = Outputs(
        write_back=registry.settings.write_back,
        beside=FindingsBeside(registry),
        memory=OwnTabs(state_of(registry)),
        folder=registry.output,
    )
    return run_pass(open_workbook(registry), terms(registry), today or today_of(registry), outputs, prober(registry))


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
