"""What `init` does with a Google spreadsheet: turns it into a registry, mends one, or fills a blank one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from zoneinfo import available_timezones

from registry_sheets.cli.failures import say
from registry_sheets.cli.init_config import ConfigPlan, config_for, plan_config
from registry_sheets.cli.init_output import (
    Wish,
    as_typed,
    carried_lines,
    command,
    found_lines,
    print_dry,
    print_first_look,
    print_lines,
)
from registry_sheets.cli.init_steps import old_list
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import WriteRefused
from registry_sheets.operations.carrying import carry
from registry_sheets.operations.config_file import Block
from registry_sheets.operations.create import Adoption, adopt, plan_adoption
from registry_sheets.operations.old_lists import is_csv
from registry_sheets.operations.transfer_limits import GOOGLE
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.google_address import GoogleAddress
from registry_sheets.registry.header_words import header_key
from registry_sheets.registry.registry_sheet import GoogleSheet
from registry_sheets.registry.sheets import OWN_KINDS
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.registry.text import one_line
from registry_sheets.registry.wording import listed
from registry_sheets.wiring import open_workbook, state_of, terms
from registry_sheets.wiring.transfer import blank_snapshot
from registry_sheets.workbooks.base import Snapshot, Workbook

_LONGEST_NAME = 60


def in_google(wish: Wish) -> None:
    """A spreadsheet becomes a registry; what one lacks is added. No cell of people's is changed."""
    before = config_for(wish.sheet, wish.config)
    workbook = open_workbook(before)
    snapshot = workbook.read()
    if snapshot.obstacles:
        raise WriteRefused(f"'{workbook.label}' cannot be made a registry: {snapshot.obstacles[0]}")
    adoption = plan_adoption(
        snapshot, terms(before), wish.tab, wish.said, marks=wish.marks, add_tab=wish.add_tab, mends=workbook.mends
    )
    plan = plan_config(_whole(before), wish.config, _block(wish, before, adoption, workbook))
    plan.check()
    print_lines(*found_lines(adoption.found, plan, wish))
    if wish.dry_run:
        print_dry(_would(adoption, workbook.label), plan)
        return
    label = workbook.label
    written = adopt(workbook, adoption)
    for notice in written.notices:
        say(notice)
    print_lines(*_did(adoption, label, written.changed), plan.write_after(f"'{label}'"))
    _print_next(wish, plan, filled=adoption.found is not None)


def google_from(wish: Wish, old: Path) -> None:
    """A blank spreadsheet is filled with an old list."""
    before = config_for(wish.sheet, wish.config)
    found = old_list(old, before, wish)
    workbook = open_workbook(before)
    snapshot = blank_snapshot(workbook)
    plan = plan_config(_whole(before), wish.config, _block_of_new(before, workbook, snapshot))
    plan.check()
    carried = carry(found, not is_csv(old), GOOGLE.text)
    print_lines(*carried_lines(old, found, carried))
    if wish.dry_run:
        print_dry(f"Would fill the spreadsheet '{workbook.label}'.", plan)
        return
    label = workbook.label
    tabs = registry_tabs(carried.rows, carried.own_headers, carried.own_cells, lists=carried.lists)
    written = workbook.adopt(
        own=[tab for tab in tabs if tab.kind in OWN_KINDS],
        people=[tab for tab in tabs if tab.kind not in OWN_KINDS],
        models_tab=None,
        marks=(),
        names={},
        expected=snapshot.revision,
    )
    for notice in written.notices:
        say(notice)
    print_lines(f"Filled the spreadsheet '{label}'.", plan.write_after(f"'{label}'"))
    _print_next(wish, plan, filled=True)


def _whole(before: RegistryConfig) -> RegistryConfig:
    """As its config is to name it: the spreadsheet, not the tab that was open in the browser."""
    assert isinstance(before.sheet, GoogleSheet)
    return replace(before, sheet=replace(before.sheet, address=GoogleAddress(before.sheet.address.id)))


def _block(wish: Wish, before: RegistryConfig, adoption: Adoption, workbook: Workbook) -> Block:
    found, said = adoption.found, before.settings
    if found is None:
        return _block_of_new(before, workbook, adoption.snapshot)
    headers = {name: at.header for name, at in found.match.columns.items()}
    return Block(
        name=_name(before, workbook),
        sheet=wish.sheet,
        tab=adoption.models if _ambiguous(adoption) else "",
        lists_tab=adoption.lists if adoption.lists != "Lists" or said.lists_tab else "",
        header_row=found.match.header_row if said.header_row else 0,
        columns={n: h for n, h in headers.items() if header_key(h) != header_key(column(n).header) or n in wish.said},
        suggested=found.suggested(),
        time_zone=_zone(before, adoption.snapshot),
    )


def _block_of_new(before: RegistryConfig, workbook: Workbook, snapshot: Snapshot) -> Block:
    """What is settled for other workbooks of the config is not for a tab of ours."""
    said = before.settings
    ours = {declared.field: declared.header for declared in COLUMNS}
    return Block(
        name=_name(before, workbook),
        sheet=str(before.sheet),
        lists_tab="Lists" if said.lists_tab else "",
        header_row=1 if said.header_row else 0,
        columns={name: ours[name] for name in said.columns},
        time_zone=_zone(before, snapshot),
    )


def _zone(before: RegistryConfig, snapshot: Snapshot) -> str:
    """The spreadsheet's time zone, by which its people know what day it is; '' where the config names one already."""
    known = snapshot.time_zone in available_timezones()
    return snapshot.time_zone if known and not before.settings.time_zone else ""


def _ambiguous(adoption: Adoption) -> bool:
    """Whether another tab of the spreadsheet is marked already, as that of another registry: by its mark a tab is known
    under whatever title, but one alone."""
    return adoption.snapshot.marked_tab not in (None, adoption.models)


def _name(before: RegistryConfig, workbook: Workbook) -> str:
    """By the spreadsheet's title, as a file's registry is called by the file's name; as before where it has a history
    under that name."""
    if state_of(before).exists():
        return before.name
    kept = "".join(sign if sign.isalnum() or sign in " -_." else "-" for sign in one_line(workbook.label))
    return kept[:_LONGEST_NAME].strip(" -_.") or before.sheet.usual_name


def _added(adoption: Adoption) -> str:
    """The tabs that are added, with a comma before; '' for none."""
    titles = [f"'{title}'" for title in adoption.added]
    return f"the tab{'s' * (len(titles) > 1)} {listed(titles, len(titles))}" if titles else ""


def _would(adoption: Adoption, label: str) -> str:
    if adoption.found is None:
        return f"Would make '{label}' a registry, with {_added(adoption)}."
    tabs = f"{_added(adoption)}, and " if adoption.added else ""
    return f"Would add to '{label}': {tabs}what is missing of marks, dropdowns, protection and filter."


def _did(adoption: Adoption, label: str, changed: bool) -> Iterable[str]:
    if not changed:
        yield f"'{label}' is a registry already; nothing in it was changed."
    elif adoption.found is None:
        yield f"'{label}' is a registry now, with {_added(adoption)}."
    elif adoption.added:
        yield f"Added to '{label}': {_added(adoption)}, and what was missing of marks, dropdowns and filter."
        yield "No cell of yours was changed."
    else:
        yield f"Added to '{label}' what was missing of marks, dropdowns, protection and filter."
        yield "No cell of yours was changed."


def _print_next(wish: Wish, plan: ConfigPlan, filled: bool) -> None:
    said = config_for(wish.sheet, plan.there or plan.path).settings.google
    if not (said.auth or said.key_file):
        print_lines(
            f"How to sign in is known by the environment alone. For other shells and the nights add to the end of "
            f"{plan.there or plan.path}:",
            "  [google]",
            '  key_file = "key.json"',
        )
    if filled:
        print_first_look(wish, plan)
        return
    print_lines(f"Open it: {as_typed(wish.sheet)}")
    print_lines("Fill in a row for each model version. Then: " + command("check", wish))
