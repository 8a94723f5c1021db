"""record: a new row, or named cells of one that is there. Only a missing or doubled identity is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry_sheets.errors import EditRefused
from registry_sheets.registry.cells import meaning_of
from registry_sheets.registry.columns import COLUMNS, METRIC_PREFIX, column
from registry_sheets.registry.edits.edit import NewRow, Plan
from registry_sheets.registry.edits.headings import alike
from registry_sheets.registry.edits.places import Places
from registry_sheets.registry.edits.values import figure, known_cell, plain_cell, same, tidy
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.header_words import metric_of
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import header_of, own_key
from registry_sheets.registry.text import cell_safe, shown
from registry_sheets.registry.wording import clipped

_PLACE = ("used_for", "location")


@dataclass(frozen=True)
class Recording:
    """What is to be recorded of a version.

    ``facts`` are known columns by field ('' clears a cell, with ``update``), ``metrics`` by name ('MAPE (holidays)'),
    ``others`` by heading. ``update``: change the version's row if it has one; ``another_place``: add a further row
    of a version that is there already, for another location or use.
    """

    name: str
    version: str
    facts: Mapping[str, Cell | Sequence[str]] = field(default_factory=dict)
    metrics: Mapping[str, Cell] = field(default_factory=dict)
    others: Mapping[str, Cell] = field(default_factory=dict)
    update: bool = False
    another_place: bool = False


WORDS: Mapping[str, str] = {
    "trained": "training_date",
    "data": "data_source",
    "location": "location",
    "stage": "stage",
    "owner": "owner",
    "used_for": "used_for",
    "changed": "what_changed",
    "by": "changed_by",
    "why": "why",
    "deployed": "deployed_on",
    "reviewed": "last_reviewed",
    "run": "run_link",
    "data_link": "data_link",
}
"""What `record` calls a column, on the command line and in Python -> its field."""


def facts_said(said: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by field, of what was said in record's words; None says nothing."""
    return {field: said[word] for word, field in WORDS.items() if said.get(word) is not None}


def plan_recording(view: View, wish: Recording) -> Plan:
    """What it takes to record it; no steps where the sheet says so already. Raises EditRefused."""
    name, version = tidy(wish.name), tidy(wish.version)
    if not normalise(name) or not normalise(version):
        lacking = "name" if not normalise(name) else "version"
        raise EditRefused(f"Without a {lacking} nothing can be recorded.", "Say: registry-sheets record NAME VERSION")
    cells = _cells(view, wish)
    name, heard = _as_spelled(view, name)
    what = f"record {clipped(name)} {clipped(version)}"
    rows = view.rows_of(name, version)
    if any(_says(view, index, cells) for index in rows):
        return Plan(what, ())
    if rows and wish.update:
        return _update(view, what, rows, cells, wish)
    if rows and not wish.another_place:
        raise _there(view, rows, name, version)
    notices = (*heard, *(_near(view, name, version) if wish.update else ()), *_cut(wish))
    return Plan(what, (_new(name, version, cells, alone=not rows),), notices)


def _as_spelled(view: View, name: str) -> tuple[str, tuple[str, ...]]:
    """A model's name as its rows spell it, so that a new row does not spell it otherwise; and word of that."""
    spellings = Counter(tidy(view.text(index, "name")) for index in view.table.by_model.get(normalise(name), ()))
    if not spellings or name in spellings:
        return name, ()
    known = spellings.most_common(1)[0][0]
    return known, (f"It is recorded under '{clipped(known)}', as the sheet spells that model.",)


def _near(view: View, name: str, version: str) -> Iterator[str]:
    """A version that may be the one that was to be updated: v3.4 and 3.4, 3.0 and 3."""
    near = [known for known in view.versions(name) if _bare(known) == _bare(version)]
    if near:
        yield f"{clipped(near[0])} is there; a new row is added for {clipped(version)}."


def _bare(version: str) -> str:
    """The version without a leading v and without noughts at its end."""
    return _NOUGHTS.sub("", _V.sub("", normalise(version)))


_V = re.compile(r"^v(?:er(?:sion)?)?[.\s]*(?=\d)")
_NOUGHTS = re.compile(r"(?:\.0+)+$")


def _cells(view: View, wish: Recording) -> dict[str, Cell]:
    """The cells by fact key. Raises EditRefused for what is no column, and for one column that is named twice."""
    cells: dict[str, Cell] = {}
    for key, cell in _said(view, wish):
        there = next((known for known in cells if alike(known, key)), key)
        if not same(cells.setdefault(there, cell), cell):
            header = clipped(view.headings.header(there))
            raise EditRefused(
                f"The column {header} is named twice, with two values: {clipped(shown(cells[there]))} and "
                f"{clipped(shown(cell))}.",
                "Capital letters and spaces do not tell columns apart. Say it once.",
            )
    return cells


def _said(view: View, wish: Recording) -> Iterator[tuple[str, Cell]]:
    """What is said, by fact key. Raises EditRefused for what is no column."""
    order = view.settings.date_order
    yield from ((key, known_cell(column(key), said, order)) for key, said in wish.facts.items())
    for name, said in wish.metrics.items():
        yield _fit_for_heading(view, view.headings.metric_key(name)), figure(said)
    for heading, said in wish.others.items():
        key = view.headings.key(heading, view.settings)
        if key is None:
            raise EditRefused(f"'{heading}' is no column that can be filled.", "Name the column by its heading.")
        if key in ("name", "version"):
            raise EditRefused(
                f"{column(key).header} is what the row is known by.",
                "Give it first: registry-sheets record NAME VERSION",
            )
        known = any(key == declared.field for declared in COLUMNS)
        yield _fit_for_heading(view, key), known_cell(column(key), said, order) if known else plain_cell(said)


def _fit_for_heading(view: View, key: str) -> str:
    """The key, unless it is of a column that is not there and cannot be headed so. Raises EditRefused."""
    heading = header_of(key)
    if view.headings.place(key) is not None or key != own_key(heading):
        return key
    if normalise(heading) in ("", normalise(METRIC_PREFIX)):
        raise EditRefused("A metric or column without a name cannot be recorded.", "Name it, such as: --metric F1=0.9")
    if len(heading.encode("utf-16-le", "surrogatepass")) > 2 * _LONGEST_HEADING:
        raise EditRefused(
            f"'{clipped(heading)}' is too long for a heading: it has {len(heading):,} characters.",
            f"Choose a name of at most {_LONGEST_HEADING} characters.",
        )
    return key


_LONGEST_HEADING = 255  # what Excel takes as the name of a table's column


def _says(view: View, index: int, cells: Mapping[str, Cell]) -> bool:
    """Whether a row says all this already, in these words or others that mean the same."""
    return all(_means_same(view, key, view.cell(index, key), new) for key, new in cells.items())


def _means_same(view: View, key: str, old: Cell, new: Cell) -> bool:
    if same(old, new):
        return True
    if key not in view.table.columns:
        return False
    meaning = meaning_of(column(key), view.settings, view.table.date1904)
    return bool(_level(meaning(old)) == _level(meaning(new)) is not None)


def _level(meant: Any) -> Any:
    if isinstance(meant, str):
        return normalise(meant)
    if isinstance(meant, tuple):
        return frozenset(map(normalise, meant))
    return meant


def _new(name: str, version: str, cells: Mapping[str, Cell], *, alone: bool) -> NewRow:
    filled = {key: cell for key, cell in cells.items() if cell != ""}
    return NewRow(name, version, {"name": name, "version": version, **filled}, alone)


def _update(view: View, what: str, rows: list[int], cells: dict[str, Cell], wish: Recording) -> Plan:
    if len(rows) > 1:
        rows = _at_its_place(view, rows, cells)
        cells = {key: cell for key, cell in cells.items() if key not in _PLACE}
    changed = {key: new for key, new in cells.items() if not _means_same(view, key, view.cell(rows[0], key), new)}
    step = view.change(rows[0], changed)
    return Plan(what, (step,) if step else (), (*_no_number_now(view, rows[0], changed), *_cut(wish)))


def _no_number_now(view: View, index: int, changed: Mapping[str, Cell]) -> Iterator[str]:
    """Metrics that were numbers and become texts, which no comparison can rank."""
    for key, new in changed.items():
        found = metric_of(view.headings.header(key)) if key == own_key(view.headings.header(key)) else None
        old = view.cell(index, key)
        if found and isinstance(new, str) and new and isinstance(old, (int, float)) and not isinstance(old, bool):
            metric = f"{found[0]} ({found[1]})" if found[1] else found[0]
            yield f"{clipped(metric)} held {shown(old)}, a number, and holds a text now: {clipped(new)}."


def _at_its_place(view: View, rows: list[int], cells: Mapping[str, Cell]) -> list[int]:
    """Of several rows of a version the one that speaks for the place that was named. Raises EditRefused."""
    asked = Places(*(_texts(view, key, cells.get(key, "")) for key in _PLACE))
    found = [index for index in rows if _speaks_for(view.places(index), asked)]
    if len(found) == 1:
        return found
    if found == rows and not (asked.uses or asked.locations):
        raise EditRefused(
            f"{view.text(rows[0], 'name')} {view.text(rows[0], 'version')} has several rows: {view.rows_said(rows)}.",
            "Say which one is meant with --location or --used-for.",
        )
    raise EditRefused(
        f"The place that was named does not tell one row from the others: {view.rows_said(rows)}.",
        "Name the location, or the use, of one of them; --another-place adds a row.",
    )


def _texts(view: View, key: str, cell: Cell) -> tuple[str, ...]:
    found = meaning_of(column(key), view.settings, view.table.date1904)(cell)
    return found if isinstance(found, tuple) else ()


def _speaks_for(places: Places, asked: Places) -> bool:
    uses = not asked.uses or asked.use_keys <= places.use_keys
    return uses and (not asked.locations or asked.location_keys <= places.location_keys)


def _there(view: View, rows: list[int], name: str, version: str) -> EditRefused:
    return EditRefused(
        f"{clipped(name)} {clipped(version)} is in the sheet already, in {view.rows_said(rows)}, and says otherwise.",
        "Add --update to change that row, or --another-place to add a row for another location or use.",
    )


def _cut(wish: Recording) -> Iterator[str]:
    """Texts that are longer than a cell holds."""
    for said in (*wish.facts.values(), *wish.metrics.values(), *wish.others.values()):
        if isinstance(said, str) and cell_safe(said).endswith("…") and not said.endswith("…"):
            yield "A text is longer than a cell holds (32,767 characters), so its end is cut off."
