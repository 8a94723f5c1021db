"""What each form of `init` does with workbook files, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from registry_sheets.cli.failures import pasted, say
from registry_sheets.cli.init_config import ConfigPlan, config_for, plan_config
from registry_sheets.cli.init_output import (
    Wish,
    carried_lines,
    command,
    did,
    found_lines,
    print_dry,
    print_first_look,
    print_lines,
    would,
)
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import CannotSave, ConfigProblem, NoModelsTab, UnreadableWorkbook
from registry_sheets.operations.carrying import carry
from registry_sheets.operations.config_file import Block
from registry_sheets.operations.create import Adoption, Found, adopt, find_models, found_in, plan_adoption
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.old_lists import is_csv, read_csv
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.header_words import header_key
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.tabs.template import TITLE, registry_tabs
from registry_sheets.registry.wording import listed
from registry_sheets.wiring import limits_of, open_workbook, terms
from registry_sheets.workbooks.excel.cloud import cloud_synced

MODELS = "Models"


def new(wish: Wish) -> None:
    """A new, empty registry."""
    if wish.tab or wish.said:
        raise ConfigProblem(f"There is no workbook {wish.path} yet.", "--tab and --map are for one that is there.")
    plan = _plan_new(wish)
    if wish.dry_run:
        print_dry(f"Would make {wish.path}, an empty registry.", plan)
        return
    tabs = registry_tabs()
    _write_new(wish.path, tabs)
    print_lines(
        f"Made {wish.path}: the tabs {listed([tab.title for tab in tabs], len(tabs))}.",
        plan.write_after(wish.path.name),
        "Open it and fill in a row for each model version. Then: " + command("check", wish),
    )


def from_old(wish: Wish, old: Path) -> None:
    """A new registry that holds what an old list held."""
    plan = _plan_new(wish)
    before = config_for(wish.path, wish.config)
    found = old_list(old, before, wish)
    carried = carry(found, typed=not is_csv(old))
    print_lines(*carried_lines(old, found, carried))
    if wish.dry_run:
        print_dry(f"Would make {wish.path}.", plan)
        return
    _write_new(wish.path, registry_tabs(carried.rows, carried.own_headers, carried.own_cells, lists=carried.lists))
    print_lines(f"Made {wish.path}.", plan.write_after(wish.path.name))
    print_first_look(wish, plan)


def in_place(wish: Wish) -> None:
    """A workbook that people have already becomes a registry; none of their cells is changed."""
    if is_csv(wish.path):
        made = wish.path.with_suffix(".xlsx")
        raise ConfigProblem(
            f"{wish.path.name} is a text list, not a workbook.",
            f"Make a workbook from it: registry-sheets init {pasted(made)} --from {pasted(wish.path)}",
        )
    before = config_for(wish.path, wish.config)
    workbook = open_workbook(before)
    snapshot = workbook.read()
    adoption = plan_adoption(snapshot, terms(before), wish.tab, wish.said, marks=wish.marks, add_tab=wish.add_tab)
    untouched = _untouched(adoption)
    plan = plan_config(before, wish.config, _block(wish, before, adoption, untouched))
    plan.check()
    print_lines(*found_lines(adoption.found, plan, wish))
    if wish.dry_run:
        print_dry(untouched or would(adoption, wish), plan)
        return
    notices = () if untouched or not adoption.needed else adopt(workbook, adoption).notices
    for notice in notices:
        say(notice)
    print_lines(untouched or did(adoption, wish), plan.write_after(wish.path.name))
    if adoption.found and not adoption.needed:
        print_lines(f"Where a column was mapped or added since, have it marked too: {command('init', wish)} --marks")
    if adoption.found:
        print_first_look(wish, plan)
    else:
        print_lines("Fill in a row for each model version. Then: " + command("check", wish))


# A new workbook


def _plan_new(wish: Wish) -> ConfigPlan:
    """The settings of a new workbook, which must not be there yet. Raises ConfigProblem."""
    path = wish.path
    if path.exists() or path.is_symlink():
        raise ConfigProblem(
            f"{path} is there already, and nothing is written over.",
            "Name a new file. Or, if an earlier init made it, let init complete it: "
            f"registry-sheets init {pasted(path)}",
        )
    if path.suffix.lower() != ".xlsx":
        raise ConfigProblem(f"{path.name}: a new registry is an .xlsx file.", f"Name it {path.stem or 'models'}.xlsx.")
    if not path.absolute().parent.is_dir():
        raise ConfigProblem(f"There is no folder {path.absolute().parent}.", "Make it first, or name another.")
    before = config_for(path, wish.config)
    said = before.settings
    ours = {declared.field: declared.header for declared in COLUMNS}
    block = Block(
        name=path.stem,
        sheet=path.name,
        tab=MODELS if said.tab else "",
        lists_tab="Lists" if said.lists_tab else "",
        header_row=1 if said.header_row else 0,
        columns={name: ours[name] for name in said.columns},  # what is settled for other workbooks is not for ours
        beside=_beside(path),
    )
    plan = plan_config(before, wish.config, block)
    plan.check()
    return plan


def _write_new(path: Path, tabs: Sequence[Sheet]) -> None:
    from registry_sheets.workbooks.excel.new import write_workbook

    if path.exists():
        raise CannotSave(f"Somebody has made {path} in the meantime, and nothing is written over.", "Name a new file.")
    write_workbook(tabs, path, title=TITLE)


def _beside(path: Path) -> str:
    synced = cloud_synced(path)
    if not synced:
        return ""
    return f"This folder is on {synced}, where a file that two programs write becomes two copies."


def old_list(old: Path, before: RegistryConfig, wish: Wish) -> Found:
    """The tab of an old list and its columns. Raises as reading it and finding them do."""
    # The config speaks of this registry's own headings and rows; its words and its order of dates hold here too.
    plain = Terms(before.name, replace(terms(before).table, columns={}, header_row=None))
    if is_csv(old):
        if wish.tab:
            raise ConfigProblem(f"{old.name} is a text file, which has no tabs.", "Leave --tab out.")
        return found_in(read_csv(old).grid, plain.table, wish.said)
    from registry_sheets.workbooks.excel.patience import read_patiently

    try:
        snapshot = read_patiently(old, limits_of(before))
    except UnreadableWorkbook as error:
        raise UnreadableWorkbook(error.message, error.fix.replace(", or make the workbook with init", "")) from None
    try:
        return find_models(snapshot, plain, wish.tab, wish.said)
    except NoModelsTab as error:
        raise NoModelsTab(error.message, error.fix.partition(" Or add an empty")[0]) from None


# A workbook that is there already


def _untouched(adoption: Adoption) -> str:
    """Why nothing is written into the workbook, '' where something is."""
    if not adoption.needed:
        return "The workbook is a registry already; nothing in it was changed."
    if adoption.snapshot.obstacles and adoption.found:
        return f"Nothing was written into the workbook: {adoption.snapshot.obstacles[0]}"
    return ""


def _block(wish: Wish, before: RegistryConfig, adoption: Adoption, untouched: str) -> Block:
    found, said = adoption.found, before.settings
    columns: dict[str, str] = {}
    if found:
        headers = {name: at.header for name, at in found.match.columns.items()}
        columns = {n: h for n, h in headers.items() if header_key(h) != header_key(column(n).header) or n in wish.said}
    obstacle = adoption.snapshot.obstacles[0] if adoption.snapshot.obstacles and untouched else ""
    return Block(
        name=wish.path.stem,
        sheet=wish.path.name,
        tab=adoption.models,
        lists_tab=adoption.lists if adoption.lists != "Lists" or said.lists_tab else "",
        header_row=found.match.header_row if found and said.header_row else 0,
        columns=columns,
        suggested=found.suggested() if found else (),
        beside=obstacle or _beside(wish.path),
    )
