"""What `init` says: what it found, what it did, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.cli.failures import pasted, say
from registry_sheets.cli.findings_output import closing_line
from registry_sheets.cli.init_config import ConfigPlan
from registry_sheets.config import load
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.carrying import Carried
from registry_sheets.operations.create import Adoption, Found, column_words
from registry_sheets.operations.looking import Look, look
from registry_sheets.operations.old_lists import is_csv
from registry_sheets.registry.columns import column
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.google_address import GoogleAddress, google_address
from registry_sheets.registry.text import terminal_safe
from registry_sheets.wiring import open_workbook, terms, today_of

_WORST = 3
_LONGEST = 60


@dataclass(frozen=True)
class Wish:
    """What a person asked for. ``sheet`` is the workbook or the address as it was typed; ``said`` maps fields to
    headers; ``marks`` None: not said.
    """

    sheet: str
    tab: str
    said: Mapping[str, str]
    add_tab: bool
    marks: bool | None
    config: Path | None
    dry_run: bool

    @property
    def path(self) -> Path:
        """The workbook's file."""
        return Path(self.sheet)


def found_lines(found: Found | None, plan: ConfigPlan, wish: Wish) -> Iterable[str]:
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
        yield f"  Then have these columns marked too: {command('init', wish)} --marks"


def _lacking(found: Found) -> Iterable[str]:
    lacking = [column(name).header for name in found.match.missing_required]
    if lacking:
        yield f"No column for: {', '.join(lacking)}."


def would(adoption: Adoption, wish: Wish) -> str:
    return did(adoption, wish).replace("Added to", "Would add to", 1).replace("Put", "Would put", 1)


def did(adoption: Adoption, wish: Wish) -> str:
    tabs = ", ".join(f"'{title}'" for title in adoption.added)
    marks = f"Put marks on the tab '{adoption.models}', which show findings." if adoption.marks else ""
    added = f"Added to {wish.sheet}: the tabs {tabs}." if tabs else ""
    return f"{added} {marks} No cell of yours was changed.".strip()


def carried_lines(old: Path, found: Found, carried: Carried) -> Iterable[str]:
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


def print_first_look(wish: Wish, plan: ConfigPlan) -> None:
    """What to fix first. The registry is made by now, so what hinders a look is only told."""
    try:
        registry = load(plan.there or plan.path, wish.sheet).registries[0]
        seen = look(open_workbook(registry), terms(registry), today_of(registry))
    except RegistrySheetsError as error:
        say(f"It could not be checked yet: {error}")
        return
    print_lines(closing_line(seen), *_worst(seen))
    if seen.result.findings:
        print_lines(f"All of them: {command('check', wish)} --all")
    print_lines(f"To have it shown in the workbook: {command('sync', wish)}")


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


def command(name: str, wish: Wish) -> str:
    config = f" --config {pasted(wish.config)}" if wish.config else ""
    return f"registry-sheets {name} {as_typed(wish.sheet)}{config}"


def as_typed(sheet: str) -> str:
    """A sheet as it can be pasted into a command line: a path, or the plain address of a spreadsheet."""
    found = google_address(sheet)
    return GoogleAddress(found.id).url if found and not Path(sheet).exists() else pasted(sheet)


def print_dry(sentence: str, plan: ConfigPlan) -> None:
    print_lines(sentence)
    if plan.there:
        print_lines(f"{plan.there} names it already and would stay as it is.")
        return
    print_lines(f"Would write into {plan.path}:", *(f"  {line}" for line in plan.lines()))


def print_lines(*lines: str) -> None:
    for line in lines:
        print("  " * line.startswith("  ") + terminal_safe(line))
