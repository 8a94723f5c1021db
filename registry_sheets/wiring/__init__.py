"""From settings to the things that do the work. Explicit tables; what costs time to import comes in late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.config import RegistryConfig
from registry_sheets.operations.directions import Direction
from registry_sheets.operations.looking import Answers, Look, Terms
from registry_sheets.operations.places import state_folder
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.rules.base import MailTerms
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.state.places import outbox_folder
from registry_sheets.workbooks.base import Workbook
from registry_sheets.workbooks.excel.preflight import Limits

if TYPE_CHECKING:
    from registry_sheets.operations.waiting import Queue
    from registry_sheets.state.outbox import Outbox


def open_workbook(registry: RegistryConfig) -> Workbook:
    """The workbook of a registry. Raises ConfigProblem where it is not known how to sign in with Google."""
    if registry.sheet.path is None:
        from registry_sheets.wiring.google import google_workbook

        return google_workbook(registry)
    from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

    return ExcelWorkbook(registry.sheet.path, state_of(registry), limits_of(registry))


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
        begin=_begin(registry),
    )


def _begin(registry: RegistryConfig) -> str:
    """The command that makes a blank sheet a registry; in a file the tab that is there already stays."""
    path = registry.sheet.path
    return f'registry-sheets init "{path or registry.sheet}"{" --add-tab" if path else ""}'


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
    return datetime.now(zone_of(registry)).date()


def zone_of(registry: RegistryConfig) -> tzinfo:
    """The registry's time zone; where the config names none, this machine's as it is now."""
    if registry.settings.time_zone:
        from zoneinfo import ZoneInfo

        return ZoneInfo(registry.settings.time_zone)
    return datetime.now().astimezone().tzinfo or UTC


def state_of(registry: RegistryConfig) -> Path:
    """The registry's state folder; made by whatever first writes into it."""
    if registry.state:
        return registry.state
    from registry_sheets.workbooks.excel.cloud import cloud_synced

    return state_folder(registry.home, registry.slug, cloud_synced(registry.home / "config.toml") is not None)


def prober(registry: RegistryConfig) -> Probing:
    """What asks the links of a registry; relative paths start at its workbook, or its config where that is no file."""
    return Probing(registry.sheet.folder)


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


def outbox_of(registry: RegistryConfig) -> Outbox:
    """The outbox beside the registry's workbook; it is only made when an edit goes in."""
    from registry_sheets.state.outbox import Outbox

    return Outbox(registry.sheet.outbox, registry.sheet.rights)


def queue_of(registry: RegistryConfig) -> Queue:
    """The outbox as a pass and a check go through it; what lies in it now counts as read before the sheet."""
    from registry_sheets.operations.waiting import Queue

    return Queue(outbox_of(registry), terms(registry))


def with_outbox(registry: RegistryConfig, seen: Look) -> Look:
    """A look with what waits in the outbox beside its workbook."""
    if not outbox_folder(registry.sheet.outbox).exists():
        return seen
    from registry_sheets.operations.waiting import with_outbox as noted

    return noted(seen, queue_of(registry).standing(seen.registry.models))


def user() -> str:
    """Who runs this, and where: 'ana@laptop'."""
    import getpass
    import socket

    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's account may have no name
        name = "somebody"
    return f"{name}@{socket.gethostname()}"
