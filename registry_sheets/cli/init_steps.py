"""What each form of `init` does, step by step, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from registry_sheets.cli.failures import pasted, say
from registry_sheets.cli.findings_output import closing_line
from registry_sheets.cli.init_config import ConfigPlan, config_for, plan_config
from registry_sheets.config import RegistryConfig, load
from registry_sheets.errors import CannotSave, ConfigProblem, NoModelsTab, RegistrySheetsError, UnreadableWorkbook
from registry_sheets.operations.carrying import Carried, carry
from registry_sheets.operations.config_file import Block
from registry_sheets.operations.create import (
    Adoption,
    Found,
    adopt,
    column_words,
    find_models,
    found_in,
    plan_adoption,
)
from registry_sheets.operations.looking import Look, Terms, look
from registry_sheets.operations.old_lists import is_csv, read_csv
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.header_words import header_key
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.tabs.template import TITLE, registry_tabs
from registry_sheets.registry.text import terminal_safe
from registry_sheets.registry.wording import listed
from registry_sheets.wiring import limits_of, open_workbook, terms, today_of
from registry_sheets.workbooks.excel.cloud import cloud_synced

_WORST = 3
_LONGEST = 60
MODELS = "Models"


@dataclass(frozen=True)
class Wish:
    """What a person asked for. ``said`` maps fields to headers; ``marks`` None: not said."""

    workbook: Path
    tab: str
    said: Mapping[str, str]
    add_tab: bool
    marks: bool | None
    config: Path | None
    dry_run: bool


def new(wish: Wish) -> None:
    """A new, empty registry."""
    if wish.tab or wish.said:
        raise ConfigProblem(f"There is no workbook {wish.workbook} yet.", "--tab and --map are for one that is there.")
    plan = _plan_new(wish)
    if wish.dry_run:
        _print_dry(f"Would make {wish.workbook}, an empty registry.", plan)
        return
    tabs = registry_tabs()
    _write_new(wish.workbook, tabs)
    _print(
        f"Made {wish.workbook}: the tabs {listed([tab.title for tab in tabs], len(tabs))}.",
        plan.write_after(wish.workbook.name),
        "Open it and fill in a row for each model version. Then: " + _command("check", wish),
    )


def from_old(wish: Wish, old: Path) -> None:
    """A new registry that holds what an old list held."""
    plan = _plan_new(wish)
    before = config_for(wish.workbook, wish.config)
    found = _old_list(old, before, wish)
    carried = carry(found, typed=not is_csv(old))
    _print(*_carried_lines(old, found, carried))
    if wish.dry_run:
        _print_dry(f"Would make {wish.workbook}.", plan)
        return
    _write_new(wish.workbook, registry_tabs(carried.rows, carried.own_headers, carried.own_cells, lists=carried.lists))
    _print(f"Made {wish.workbook}.", plan.write_after(wish.workbook.name))
    _print_first_look(wish, plan)


def in_place(wish: Wish) -> None:
    """A workbook that people have already becomes a registry; none of their cells is changed."""
    if is_csv(wish.workbook):
        made = wish.workbook.with_suffix(".xlsx")
        raise ConfigProblem(
            f"{wish.workbook.name} is a text list, not a workbook.",
            f"Make a workbook from it: registry-sheets init {pasted(made)} --from {pasted(wish.workbook)}",
        )
    before = config_for(wish.workbook, wish.config)
    workbook = open_workbook(before)
    snapshot = workbook.read()
    adoption = plan_adoption(snapshot, terms(before), wish.tab, wish.said, marks=wish.marks, add_tab=wish.add_tab)
    untouched = _untouched(adoption)
    plan = plan_config(before, wish.config, _block(wish, before, adoption, untouched))
    plan.check()
    _print(*_found_lines(adoption.found, plan, wish))
    if wish.dry_run:
        _print_dry(untouched or _would(adoption, wish), plan)
        return
    notices = () if untouched or not adoption.needed else adopt(workbook, adoption).notices
    for notice in notices:
        say(notice)
    _print(untouched or _did(adoption, wish), plan.write_after(wish.workbook.name))
    if adoption.found and not adoption.needed:
        _print(f"Where a column was mapped or added since, have it marked too: {_command('init', wish)} --marks")
    if adoption.found:
        _print_first_look(wish, plan)
    else:
        _print("Fill in a row for each model version. Then: " + _command("check", wish))


# A new workbook


def _plan_new(wish: Wish) -> ConfigPlan:
    """The settings of a new workbook, which must not be there yet. Raises ConfigProblem."""
    path = wish.workbook
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


def _old_list(old: Path, before: RegistryConfig, wish: Wish) -> Found:
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
        raise UnreadableWorkbook(error.message, error.fix.replace("or make the workbook with init", "")) from None
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
        name=wish.workbook.stem,
        sheet=wish.workbook.name,
        tab=adoption.models,
        lists_tab=adoption.lists if adoption.lists != "Lists" or said.lists_tab else "",
        header_row=found.match.header_row if found and said.header_row else 0,
        columns=columns,
        suggested=found.suggested() if found else (),
        beside=obstacle or _beside(wish.workbook),
    )


def _found_lines(found: Found | None, plan: ConfigPlan, wish: Wish) -> Iterable[str]:
    if found is None:
        return
    match = found.match
    yield f"The models are listed on the tab '{found.grid.title}'; its headings are in row {match.header_row}."
    yield "Columns: " + column_words((name, at.header) for name, at in match.columns.items()) + "."
    yield from _lacking(found)
    suggested = found.suggested()
    yield from (f"Perhaps '{header}' is {column(name).header}?" for name, header in suggested)
    if suggested:
        yield f"  Where it is so, take away the # before it in {plan.path}."
        yield f"  Then have these columns marked too: {_command('init', wish)} --marks"


def _lacking(found: Found) -> Iterable[str]:
    lacking = [column(name).header for name in found.match.missing_required]
    if lacking:
        yield f"No column for: {', '.join(lacking)}."


def _would(adoption: Adoption, wish: Wish) -> str:
    return _did(adoption, wish).replace("Added to", "Would add to", 1).replace("Put", "Would put", 1)


def _did(adoption: Adoption, wish: Wish) -> str:
    tabs = ", ".join(f"'{title}'" for title in adoption.added)
    marks = f"Put marks on the tab '{adoption.models}', which show findings." if adoption.marks else ""
    added = f"Added to {wish.workbook}: the tabs {tabs}." if tabs else ""
    return f"{added} {marks} No cell of yours was changed.".strip()


# What is said


def _carried_lines(old: Path, found: Found, carried: Carried) -> Iterable[str]:
    of_tab = "" if is_csv(old) else f", tab '{found.grid.title}'"
    yield f"{old.name}{of_tab}: {_counted(len(carried.rows), 'row')}, headings in row {found.match.header_row}."
    yield f"Under our headings: {column_words((name, _short(header)) for name, header in carried.mapped)}."
    if carried.own_headers:
        yield f"Kept as your own columns, to the right: {', '.join(map(_short, carried.own_headers))}."
    yield from (f"The heading '{ours}' is now '{theirs}'." for ours, theirs in carried.renamed.items())
    yield from _lacking(found)
    suggested = [(column(name).header, header) for name, header in found.suggested()]
    yield from (f"Perhaps '{header}' is {ours}?" for ours, header in suggested)
    if suggested:
        said = " ".join(f'--map "{ours}={header}"' for ours, header in suggested)
        yield f"  Where it is so, take the new workbook away and run init again with: {said}"
    if carried.lists.locations or carried.lists.owners:
        counted = (
            f"{_counted(len(carried.lists.locations), 'location')} and {_counted(len(carried.lists.owners), 'owner')}"
        )
        yield f"Lists begins with the {counted} of the old list: take out those that are misspelled."
    yield from carried.notes


def _print_first_look(wish: Wish, plan: ConfigPlan) -> None:
    """What to fix first. The registry is made by now, so what hinders a look is only told."""
    try:
        registry = load(plan.there or plan.path, wish.workbook).registries[0]
        seen = look(open_workbook(registry), terms(registry), today_of(registry))
    except RegistrySheetsError as error:
        say(f"It could not be checked yet: {error}")
        return
    _print(closing_line(seen), *_worst(seen))
    if seen.result.findings:
        _print(f"All of them: {_command('check', wish)} --all")
    _print(f"To have it shown in the workbook: {_command('sync', wish)}")


def _worst(seen: Look) -> Iterable[str]:
    """The worst kinds of findings, with how often each occurs: 895 blank versions are one thing to know."""
    kinds: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in seen.result.findings:
        kinds.setdefault((finding.rule, finding.column), []).append(finding)
    if kinds:
        yield "To fix first:"
    for alike in list(kinds.values())[:_WORST]:
        first, more = alike[0], len(alike) - 1
        where = first.cell or (f"row {first.row}" if first.row else "the sheet")
        others = f" ({more:,} more like it)" if more else ""
        yield f"  {where}{others}: {first.message} {first.fix}"


def _short(header: str) -> str:
    return header if len(header) <= _LONGEST else f"{header[: _LONGEST - 1].rstrip()}…"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _command(name: str, wish: Wish) -> str:
    config = f" --config {pasted(wish.config)}" if wish.config else ""
    return f"registry-sheets {name} {pasted(wish.workbook)}{config}"


def _print_dry(sentence: str, plan: ConfigPlan) -> None:
    _print(sentence)
    if plan.there:
        _print(f"{plan.there} names this workbook already and would stay as it is.")
        return
    _print(f"Would write into {plan.path}:", *(f"  {line}" for line in plan.lines()))


def _print(*lines: str) -> None:
    for line in lines:
        print("  " * line.startswith("  ") + terminal_safe(line))
