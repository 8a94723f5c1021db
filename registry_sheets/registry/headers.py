"""Which row is the header, and which column is which field. What is uncertain is suggested, never taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry_sheets.errors import DoubtfulHeaders
from registry_sheets.registry.columns import COLUMNS, Column, column
from registry_sheets.registry.grid import Cell, Grid, column_letters
from registry_sheets.registry.header_doubts import doubled, no_row, no_stated_row, not_stated, several
from registry_sheets.registry.header_hints import Suggestion, suggestions
from registry_sheets.registry.header_hints import config_line as config_line
from registry_sheets.registry.header_rows import FEWEST, HeaderRow, label, read_row
from registry_sheets.registry.header_words import Words, header_key, is_check, metric_of
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import MetricColumn, TableColumn
from registry_sheets.registry.table_settings import TableSettings, stage_vocabulary
from registry_sheets.registry.text import one_line

SEARCHED_ROWS = 30
"""The header is looked for in so many rows from the top."""


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """The header row (counted from 1) and what its columns are.

    ``columns`` maps each field that was found with certainty; ``own`` are the people's own columns.
    ``repeated`` are later rows (counted from 1) that only repeat the header; they are no data.
    """

    header_row: int
    columns: Mapping[str, TableColumn]
    metrics: tuple[MetricColumn, ...] = ()
    own: tuple[TableColumn, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    missing_required: tuple[str, ...] = ()
    repeated: tuple[int, ...] = ()


def find_header(grid: Grid, settings: TableSettings | None = None) -> HeaderMatch:
    """Find the header row and its columns.

    Raises DoubtfulHeaders where no row is a header, several are, two columns stand for one required field,
    or the config names a header that the sheet lacks.
    """
    settings = settings or TableSettings()
    words = Words.of(settings)
    row = _header_row(grid, settings, words)
    columns = _columns(grid, row, settings, words)
    repeated = _repeats(grid, row, columns, words)
    if repeated and settings.header_row is None:
        raise several(grid, [row.index + 1, *repeated])
    return _match(grid, row, columns, words, repeated)


def models_likeness(grid: Grid, settings: TableSettings | None = None) -> float:
    """How much a tab looks like a list of model versions, from 0 to 1; from LIKELY on it does.

    A list of people or assets has names, owners and places too: those alone do not reach LIKELY.
    """
    words = Words.of(settings or TableSettings())
    rows = (read_row(index, cells, words) for index, cells in enumerate(grid.rows[:SEARCHED_ROWS]))
    score = max(map(_score, rows), default=0.0)
    return score / (score + _HALFWAY)


LIKELY = 0.5
_HALFWAY = 4.0
_WEIGHTS: Mapping[str, float] = {
    "name": 1, "version": 2, "training_date": 3, "data_source": 2, "location": 1, "stage": 1, "retrain_every": 2,
}  # fmt: skip


def _score(row: HeaderRow) -> float:
    if len(row.certain) < FEWEST or "name" not in row.certain:
        return 0.0
    named_model = any("model" in row.keys[at].split() for at in row.certain["name"])
    return sum(_WEIGHTS.get(name, 0.5) for name in row.certain) + 2 * named_model + 2 * (row.metrics > 0)


def _match(
    grid: Grid, row: HeaderRow, columns: Mapping[str, TableColumn], words: Words, repeated: Sequence[int]
) -> HeaderMatch:
    taken = {found.index for found in columns.values()}
    metrics = tuple(_metrics(grid, row, taken))
    taken |= {metric.index for metric in metrics}
    used = {metric.header for metric in metrics}
    return HeaderMatch(
        header_row=row.index + 1,
        columns=columns,
        metrics=metrics,
        own=tuple(_own(grid, row, taken, used)),
        suggestions=tuple(suggestions(grid, row, columns, taken, words)),
        missing_required=tuple(c.field for c in COLUMNS if c.need == "required" and c.field not in columns),
        repeated=tuple(repeated),
    )


# Which row


def _header_row(grid: Grid, settings: TableSettings, words: Words) -> HeaderRow:
    if settings.header_row is not None:
        return _stated_row(grid, settings.header_row, words)
    rows = [read_row(index, cells, words) for index, cells in enumerate(grid.rows[:SEARCHED_ROWS])]
    fewest = 1 if settings.columns else FEWEST
    likely = [row for row in rows if len(row.certain) + min(row.metrics, 1) >= fewest]
    if not likely:
        raise no_stated_row(grid, settings) if settings.columns else no_row(grid, rows, words)
    best = max(likely, key=lambda row: (len(row.certain), row.metrics, row.perhaps, -row.index))
    rivals = [row for row in likely if row is not best and 2 * len(row.certain) > len(best.certain)]
    if rivals:
        raise several(grid, sorted(row.index + 1 for row in (best, *rivals)))
    return best


def _stated_row(grid: Grid, header_row: int, words: Words) -> HeaderRow:
    if not 1 <= header_row <= len(grid.rows):
        raise DoubtfulHeaders(
            f"The config says header_row = {header_row}, but the tab '{grid.title}' has {len(grid.rows)} rows.",
            "Set header_row to the row that holds the columns' headings.",
        )
    return read_row(header_row - 1, grid.rows[header_row - 1], words)


def _repeats(grid: Grid, row: HeaderRow, columns: Mapping[str, TableColumn], words: Words) -> list[int]:
    """Rows below (counted from 1) that hold the header once more: a table under the table."""
    found = next((columns[name] for name in ("version", "training_date", "name") if name in columns), None)
    if found is None:
        return []
    at = found.index
    below = [cells[at] for cells in grid.rows[row.index + 1 :]]
    looks = {cell for cell in set(filter(_is_text, below)) if isinstance(cell, str) and _may_be(cell, found, words)}
    if not looks:
        return []
    places = (row.index + 1 + offset for offset, cell in enumerate(below) if isinstance(cell, str) and cell in looks)
    return [place + 1 for place in places if _is_header_again(row, read_row(place, grid.rows[place], words))]


def _is_text(cell: Cell) -> bool:
    return type(cell) is str and 0 < len(cell) < _LONGEST_HEADER


_LONGEST_HEADER = 60


def _may_be(cell: str, found: TableColumn, words: Words) -> bool:
    # Most cells of a large table are told apart by their first letter, without normalising each.
    start = cell.strip()[:1].casefold()
    return start in words.initials[found.field] and words.certain.get(header_key(cell)) == found.field


def _is_header_again(row: HeaderRow, other: HeaderRow) -> bool:
    same = sum(other.keys.get(at) == key for at, key in row.keys.items())
    return len(other.certain) >= max(FEWEST, len(row.certain) / 2) or 2 * same > len(row.keys)


# Which columns


def _columns(grid: Grid, row: HeaderRow, settings: TableSettings, words: Words) -> dict[str, TableColumn]:
    """Fields that are told with certainty, in the order in which they are declared."""
    stated = _stated_columns(grid, row, settings)
    spent = set(stated.values())
    found: dict[str, TableColumn] = {}
    for declared in COLUMNS:
        name = declared.field
        places = tuple(at for at in row.certain.get(name, ()) if at not in spent)
        at = stated[name] if name in stated else _only(grid, row, declared, places)
        if at is None and declared.kind == "stage" and not places:
            at = _stage_by_content(grid, row, spent, settings, words)
        if at is not None:
            found[name] = TableColumn(name, label(grid, row, at), at)
    return found


def _stated_columns(grid: Grid, row: HeaderRow, settings: TableSettings) -> dict[str, int]:
    """The columns that the config names. Raises DoubtfulHeaders for one that is not there, or there twice."""
    stated: dict[str, int] = {}
    for name, header in settings.columns.items():
        wanted = header_key(header)
        places = [at for at, key in row.keys.items() if key == wanted]
        exact = [at for at in places if label(grid, row, at) == one_line(header)]
        if len(exact) == 1:
            places = exact
        if len(places) != 1:
            raise not_stated(grid, row, name, header, places)
        if places[0] in stated.values():
            other = next(known for known, at in stated.items() if at == places[0])
            raise DoubtfulHeaders(
                f"The config takes '{one_line(header)}' for {column(other).header} and"
                f" for {column(name).header} as well.",
                "Give each column a heading of its own: correct one of the two lines under columns in the config.",
            )
        stated[name] = places[0]
    return stated


def _only(grid: Grid, row: HeaderRow, declared: Column, places: tuple[int, ...]) -> int | None:
    """The one column of a field. The template's own header wins over a synonym; two equals are doubtful."""
    if len(places) < 2:
        return places[0] if places else None
    plain = [at for at in places if row.keys[at] == header_key(declared.header)]
    if len(plain) == 1:
        return plain[0]
    if declared.need == "required":
        raise doubled(grid, row, declared, places)
    return None


def _stage_by_content(grid: Grid, row: HeaderRow, spent: set[int], settings: TableSettings, words: Words) -> int | None:
    """A column such as 'Status' is the stage when every word in it is a stage: that is more than a guess."""
    vocabulary = stage_vocabulary(settings.stage_words)
    places = [at for at, key in row.keys.items() if at not in spent and "stage" in words.doubtful.get(key, ())]
    fitting = [at for at in places if _all_stages(grid, row.index + 1, at, vocabulary)]
    return fitting[0] if len(fitting) == 1 else None


def _all_stages(grid: Grid, start: int, at: int, vocabulary: Mapping[str, object]) -> bool:
    cells = {cells[at] for cells in grid.rows[start:]} - {""}
    if not cells or len(cells) > _MOST_STAGE_WORDS:
        return False
    return all(isinstance(cell, str) and (not (key := normalise(cell)) or key in vocabulary) for cell in cells)


_MOST_STAGE_WORDS = 40


def _metrics(grid: Grid, row: HeaderRow, taken: set[int]) -> Iterable[MetricColumn]:
    used: set[str] = set()
    for at, cell in enumerate(grid.rows[row.index]):
        if at not in taken and isinstance(cell, str) and (found := metric_of(cell)):
            yield MetricColumn(_unused(one_line(cell), at, used), at, *found)


def _own(grid: Grid, row: HeaderRow, taken: set[int], used: set[str]) -> Iterable[TableColumn]:
    """The people's own columns."""
    for at, cell in enumerate(grid.rows[row.index]):
        if at in taken or cell == "" or (isinstance(cell, str) and (is_check(cell) or not cell.strip())):
            continue
        yield TableColumn("", _unused(label(grid, row, at), at, used), at)


def _unused(label: str, at: int, used: set[str]) -> str:
    """Of several columns with one header, the later ones have their letter added."""
    label = label if label not in used else f"{label} ({column_letters(at)})"
    used.add(label)
    return label
