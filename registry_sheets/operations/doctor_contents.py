"""Doctor: what is in the sheet, and what would be checked of it."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.doctor_items import Item, failed
from registry_sheets.operations.doctor_mail import mail_told
from registry_sheets.operations.looking import Terms, lists_of, models_of
from registry_sheets.registry.checking import RuleSettings, rules_on
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.headers import HeaderMatch
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.table import Lists, MetricColumn, ModelTable
from registry_sheets.workbooks.base import Snapshot

_FIRST_SYNC = "The first sync adds Findings and Live"


def contents(snapshot: Snapshot, terms: Terms, mail_server: str, mail_trouble: str) -> Iterator[Item]:
    """The Models tab, its columns, Lists, own tabs, rules and mail."""
    try:
        grid, match = models_of(snapshot, terms)
        lists = lists_of(snapshot, terms)
    except RegistrySheetsError as error:
        yield failed("Models tab", error)
        return
    table = parse_models(grid, match, terms.table)
    rows = f"{len(table):,} row{'s' if len(table) != 1 else ''}"
    yield Item("Models tab", "ok", f"'{grid.title}', header in row {match.header_row}, {rows} below it")
    yield from _columns(match)
    yield _lists(lists)
    yield from _own_tabs(snapshot)
    yield from _rules(table, terms.rules)
    told, fix = mail_told(table, lists, terms.mail, mail_server)
    yield Item("Mail", "note" if fix else "ok", told, fix)
    if mail_trouble:
        yield Item("Mail", "note", mail_trouble, "Try it with: registry-sheets mail test you@example.com")


def _columns(match: HeaderMatch) -> Iterator[Item]:
    found = sorted(match.columns.items(), key=lambda pair: pair[1].index)
    told = [_told(column(field).header, at.header, at.index) for field, at in found]
    yield Item("Columns", "ok", f"{len(told)} found: {', '.join(told)}")
    if match.metrics:
        yield Item("Columns", "ok", f"Metrics: {', '.join(map(_metric, match.metrics))}")
    if match.own:
        yield Item("Columns", "ok", f"Your own, kept and not judged: {', '.join(own.header for own in match.own)}")
    yield from _missing(match)


def _told(header: str, typed: str, index: int) -> str:
    """'Name (B)', or 'Name (B, headed 'Model')' where people call it otherwise."""
    headed = f", headed '{typed}'" if typed.casefold() != header.casefold() else ""
    return f"{header} ({column_letters(index)}{headed})"


def _metric(metric: MetricColumn) -> str:
    return f"{metric.metric} ({metric.period})" if metric.period else metric.metric


def _missing(match: HeaderMatch) -> Iterator[Item]:
    suggested = {suggestion.field: suggestion for suggestion in reversed(match.suggestions)}  # the best one wins
    for field in match.missing_required:
        if field not in suggested:
            fix = (
                f"Add a column headed '{column(field).header}', or name yours in config.toml under [registry.columns]."
            )
            yield Item("Columns", "note", f"'{column(field).header}' is required and not there.", fix)
    for field, best in suggested.items():
        message = f"'{best.header}' ({column_letters(best.index)}) may be {column(field).header}; it is not taken."
        yield Item("Columns", "note", message, f"If it is, add to config.toml, {best.config_line}")
    lacking = [c.header for c in COLUMNS if c.field not in match.columns and c.field not in suggested]
    wanted = [header for header in lacking if header not in {column(f).header for f in match.missing_required}]
    if wanted:
        yield Item("Columns", "ok", f"Not there, and not required: {', '.join(wanted)}")


def _lists(lists: Lists) -> Item:
    if not lists.tab:
        return Item("Lists", "ok", "no tab for locations and owners, so these are not judged")
    counts = (
        f"{len(lists.locations)} locations",
        f"{len(lists.owners)} owners",
        f"{len(lists.data_sources)} data sources",
        f"{len(lists.accepted)} accepted",
    )
    told = f"tab '{lists.tab}': {', '.join(counts)}"
    if lists.problems:
        return Item("Lists", "note", told, " ".join(lists.problems))
    return Item("Lists", "ok", told)


def _own_tabs(snapshot: Snapshot) -> Iterator[Item]:
    if snapshot.own_tabs:
        yield Item("Own tabs", "ok", f"{', '.join(snapshot.own_tabs.values())}: the tool's, not read as rows")
    else:
        when = "A sync adds Findings and Live once it may write here" if snapshot.obstacles else _FIRST_SYNC
        yield Item("Own tabs", "note", "none yet", f"{when}, after your own tabs.")


def _rules(table: ModelTable, settings: RuleSettings) -> Iterator[Item]:
    on = [rule.id for rule in rules_on(table, settings)]
    yield Item("Rules", "ok", f"{len(on)} of {len(RULES)} are on")
    for rule in RULES:
        if rule.id not in on:
            off = settings.get(rule.id) is not None
            yield Item("Rules", "ok", f"{rule.id} is off{' by your config' if off else f'; on with {rule.needs}'}")
    for id_, said in settings.items():
        told = [
            *([f"severity {said.severity}"] if said.severity else ()),
            *(f"{k} = {v}" for k, v in said.options.items()),
        ]
        if said.severity != "off" and told:
            yield Item("Rules", "ok", f"{id_}, as your config says: {', '.join(told)}")
