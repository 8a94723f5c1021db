from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.marks import LAST_ROW, marks_for
from registry_sheets.registry.sheets import OWN_KINDS, Mark, Sheet, SheetCell, Style, Validation, own_name
from registry_sheets.registry.table import TableColumn
from registry_sheets.registry.tabs.canvas import same_cells
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.marked import kind_of
from registry_sheets.workbooks.google.tabs.aids import Present, aids
from registry_sheets.workbooks.google.tabs.celldata import TEXT_LIMIT, entered, extent, fitted, row_data, serial
from registry_sheets.workbooks.google.tabs.conditional import mending, ours, rules
from registry_sheets.workbooks.google.tabs.formulas import Dialect, from_gid_link, linker, range_name
from registry_sheets.workbooks.google.tabs.looks import cell_format, color_of, color_style
from registry_sheets.workbooks.google.tabs.newtab import SPARE, adding
from registry_sheets.workbooks.google.tabs.owntab import KEPT, replacing
from registry_sheets.workbooks.google.tabs.payload import LIMIT, cut, tabs_first
from registry_sheets.workbooks.google.tabs.ranges import grid_range, place
from registry_sheets.workbooks.google.tabs.validations import rule
from registry_sheets.workbooks.looks import LOOKS, TINTS
from tests.support.google.schemas import json_schema
from tests.support.registries import GOOD, check_grid, own_tabs

Json = dict[str, Any]
POINT, COMMA = Dialect(), Dialect(decimal_comma=True)
LINK = linker({own_name("findings"): 3, "Models": 1, "My 'models'": 9})
FIELDS = [column.field for column in COLUMNS]


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(json_schema("sheets", "BatchUpdateSpreadsheetRequest", null=False))


class Book:
    """A spreadsheet that takes the requests one by one and objects to those that would not be valid at that point."""

    def __init__(self, schema: Draft202012Validator) -> None:
        self.schema = schema
        self.tabs: dict[int, Json] = {}
        self.names: dict[str, str] = {}
        self.rules: dict[int, list[Json]] = {}
        self.seen: list[str] = []

    def apply(self, requests: Sequence[Json]) -> Book:
        self.schema.validate({"requests": list(requests)})
        for request in requests:
            ((kind, body),) = request.items()
            self.seen.append(kind)
            getattr(self, f"_{kind}", lambda _: None)(body)
            for range_ in ranges_of(body):
                self._inside(range_)
        return self

    def add(self, sheet_id: int, rows: int = 1000, columns: int = 26) -> Book:
        return self.apply([{"addSheet": {"properties": {"sheetId": sheet_id, "gridProperties": sized(rows, columns)}}}])

    def _addSheet(self, body: Json) -> None:
        assert body["properties"]["sheetId"] not in self.tabs
        self.tabs[body["properties"]["sheetId"]] = dict(body["properties"]["gridProperties"])
        self._frozen(self.tabs[body["properties"]["sheetId"]])

    def _updateSheetProperties(self, body: Json) -> None:
        grid = self.tabs[body["properties"]["sheetId"]]
        for field in body["fields"].split(","):
            if field.startswith("gridProperties."):
                name = field.partition(".")[2]
                grid[name] = body["properties"]["gridProperties"][name]
        self._frozen(grid)

    def _frozen(self, grid: Json) -> None:
        assert grid.get("frozenRowCount", 0) < grid["rowCount"]
        assert grid.get("frozenColumnCount", 0) < grid["columnCount"]

    def _addNamedRange(self, body: Json) -> None:
        name = body["namedRange"]["name"]
        assert name not in self.names
        self.names[name] = f"id of {name}"

    def _updateNamedRange(self, body: Json) -> None:
        assert self.names[body["namedRange"]["name"]] == body["namedRange"]["namedRangeId"]

    def _deleteNamedRange(self, body: Json) -> None:
        self.names = {name: number for name, number in self.names.items() if number != body["namedRangeId"]}

    def _addConditionalFormatRule(self, body: Json) -> None:
        sheet_id = body["rule"]["ranges"][0]["sheetId"]
        there = self.rules.setdefault(sheet_id, [])
        assert 0 <= body["index"] <= len(there)
        there.insert(body["index"], body["rule"])

    def _deleteConditionalFormatRule(self, body: Json) -> None:
        del self.rules[body["sheetId"]][body["index"]]

    def _updateCells(self, body: Json) -> None:
        assert ("start" in body) != ("range" in body)
        if "start" in body:
            corner, size = body["start"], self.tabs[body["start"]["sheetId"]]
            assert corner["rowIndex"] + len(body["rows"]) <= size["rowCount"]
            wide = max((len(row.get("values", ())) for row in body["rows"]), default=0)
            assert corner["columnIndex"] + wide <= size["columnCount"]

    def _inside(self, range_: Json) -> None:
        size = self.tabs[range_["sheetId"]]
        if "dimension" in range_:
            count = size["rowCount" if range_["dimension"] == "ROWS" else "columnCount"]
            assert 0 <= range_["startIndex"] < range_["endIndex"] <= count
            return
        for start, end, count in (
            ("startRowIndex", "endRowIndex", "rowCount"),
            ("startColumnIndex", "endColumnIndex", "columnCount"),
        ):
            assert 0 <= range_.get(start, 0) < range_.get(end, size[count]) <= size[count]


def ranges_of(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "sheetId" in value and any(name.startswith(("start", "end")) for name in value):
            yield value
        for name, inner in value.items():
            if name != "rows":
                yield from ranges_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ranges_of(inner)


def sized(rows: int, columns: int) -> Json:
    return {"rowCount": rows, "columnCount": columns}


def checked(count: int = 3, **cells: Cell) -> list[Sheet]:
    """Findings and Live for a list with faults."""
    rows = [
        [{**GOOD, "name": f"M {n}", "data_source": "TBD", **cells}.get(f, "") for f in FIELDS] for n in range(count)
    ]
    result, table = check_grid(Grid("My 'models'", [[column.header for column in COLUMNS], *rows]))
    return own_tabs(result, table)


def new(sheet: Sheet, sheet_id: int, **more: Any) -> list[Json]:
    wanted = {"rows": 1000, "columns": 26, "dialect": POINT, "link": LINK, **more}
    return adding(sheet, sheet_id=sheet_id, title=sheet.title, **wanted)


def of_kind(requests: Sequence[Json], kind: str) -> list[Json]:
    return [request[kind] for request in requests if kind in request]


# Cells


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("=1+1", {"stringValue": "=1+1"}),
        ("3.10", {"stringValue": "3.10"}),
        ("'x", {"stringValue": "'x"}),
        ("", {}),
        ("a\r\nb\rc\x00\x0b", {"stringValue": "a\nb\nc"}),
        ("\ud800", {}),
        (True, {"boolValue": True}),
        (0, {"numberValue": 0}),
        (2.5, {"numberValue": 2.5}),
        (float("nan"), {"stringValue": "nan"}),
        (float("-inf"), {"stringValue": "-inf"}),
        (10**400, {"stringValue": str(10**400)}),
        (date(2026, 7, 1), {"numberValue": 46204}),
        (date(1900, 1, 1), {"numberValue": 2}),
        (datetime(2026, 7, 1, 12), {"numberValue": 46204.5}),
        (time(6), {"numberValue": 0.25}),
        (timedelta(hours=36), {"numberValue": 1.5}),
    ],
)
def test_what_is_entered(value: Cell, told: Json) -> None:
    assert entered(value) == told


@given(st.text(max_size=40), st.integers(0, 2_000))
def test_a_text_is_cut_to_what_a_cell_holds(text: str, times: int) -> None:
    kept = fitted(text * times)
    assert len(kept.encode("utf-16-le")) <= 2 * TEXT_LIMIT
    assert kept == fitted(kept)


def test_a_text_that_excel_would_cut_is_kept() -> None:
    assert fitted("é" * 49_999) == "é" * 49_999


def test_a_text_of_characters_outside_the_basic_plane_is_cut_between_them() -> None:
    kept = fitted("😀" * 30_000)
    assert kept.endswith("😀…")
    assert len(kept) == 25_000


moments = st.one_of(
    st.dates(date(1, 1, 1)),
    st.datetimes(datetime(1902, 1, 1), datetime(2200, 1, 1)).map(lambda one: one.replace(microsecond=0)),
    st.times().map(lambda one: one.replace(microsecond=0)),
    st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda one: timedelta(seconds=int(one.total_seconds()))),
)


@given(moments, st.sampled_from(sorted(LOOKS)))
def test_a_moment_reads_back_as_itself_in_every_style(value: Any, style: Style) -> None:
    read = reading.typed(serial(value), cell_format(style, value)["numberFormat"])
    if isinstance(value, date) and isinstance(read, datetime):
        assert read == datetime.combine(value, time(0)) if type(value) is date else read == value
    elif isinstance(value, datetime):
        assert read == value.date()
        assert value.time() == time(0)
    else:
        assert read == value


@pytest.mark.parametrize("style", sorted(LOOKS))
def test_a_number_has_no_date_format(style: Style) -> None:
    assert cell_format(style, 5).get("numberFormat", {}).get("type") in (None, "TEXT")


@pytest.mark.parametrize("keep", [round, int])
def test_every_colour_stays_itself_in_8_bits(keep: Callable[[float], int]) -> None:
    for part in range(256):
        color = f"{part:02X}{255 - part:02X}80"
        told = color_style(color)["rgbColor"]
        assert all(0 <= value <= 1 for value in told.values())
        kept = {name: keep(value * 255) / 255 for name, value in told.items()}
        assert color_of({"backgroundColorStyle": {"rgbColor": kept}}) == color_of({"backgroundColor": told}) == color


def test_looks_have_the_colours_of_excel() -> None:
    for style, look in LOOKS.items():
        assert color_of(cell_format(style)) == look.fill
    assert cell_format("plain") == {}
    assert cell_format("text")["numberFormat"] == {"type": "TEXT"}
    assert cell_format("date")["numberFormat"] == {"type": "DATE", "pattern": "yyyy-mm-dd"}
    assert cell_format("header")["textFormat"]["bold"] is True
    assert cell_format("link")["textFormat"]["underline"] is True
    assert color_of({"backgroundColor": {"green": 1}}) == "00FF00", "0 is left out in answers"


def test_blank_cells_have_the_look_of_their_column() -> None:
    rows = [[SheetCell("Version", "header"), SheetCell("")], [SheetCell(""), SheetCell(""), SheetCell("x")]]
    sheet = Sheet("models", "Models", rows, column_styles={1: "text"}, frozen_rows=1)
    found = row_data(sheet, POINT, LINK)
    assert found[0]["values"][1] == {}
    assert found[1]["values"][:2] == [{}, {"userEnteredFormat": cell_format("text")}]


def test_the_links_of_findings_are_google_s_and_read_back() -> None:
    findings, _ = checked()
    rows = row_data(findings, POINT, LINK)
    hidden = [row["values"][9]["userEnteredValue"] for row in rows[4:7]]
    assert hidden == [{"stringValue": "#gid=9&range="}] * 3
    shown = [[as_read(cell) for cell in row.get("values", ())] for row in rows]
    for row, cells in enumerate(findings.rows):
        for column, cell in enumerate(cells):
            if cell.formula is not None:
                shown[row][column] = cell.value
    grid = reading.with_texts(Grid("Findings", shown), "#gid=", lambda text: from_gid_link(text, {9: "My 'models'"}))
    assert same_cells(findings, grid)


def as_read(cell: Json) -> Cell:
    value = cell.get("userEnteredValue", {})
    if "numberValue" in value:
        return reading.typed(value["numberValue"], cell.get("userEnteredFormat", {}).get("numberFormat", {}))
    return next(iter(value.values()), "")


def test_a_model_that_is_called_like_a_link_keeps_its_name() -> None:
    findings, live = checked(1, name="#'Models'!")
    for sheet in (findings, live, models_sheet([{**GOOD, "name": "#'Models'!"}])):
        assert "\"#'Models'!\"" in json.dumps(row_data(sheet, POINT, LINK))


# New tabs


@pytest.mark.parametrize("dialect", [POINT, COMMA])
def test_a_whole_registry_is_one_valid_batch(schema: Draft202012Validator, dialect: Dialect) -> None:
    sheets = registry_tabs([GOOD])
    parts = [new(sheet, number, dialect=dialect, editors=["a@b.c"]) for number, sheet in enumerate(sheets, 1)]
    requests = tabs_first(parts)
    assert sorted(map(json.dumps, requests)) == sorted(json.dumps(one) for part in parts for one in part)
    book = Book(schema).apply(requests)
    kinds = [kind for kind in book.seen if kind in ("addSheet", "addNamedRange", "updateCells", "setDataValidation")]
    assert kinds == sorted(kinds, key=["addSheet", "addNamedRange"].__contains__, reverse=True)
    assert kinds.index("addNamedRange") == len(sheets)
    assert set(book.names) == {range_name(name) for sheet in sheets for name in sheet.names}


def test_own_tabs_are_protected_and_all_are_marked() -> None:
    for sheet in registry_tabs():
        requests = new(sheet, 5, editors=["robot@example.com"])
        (made,) = of_kind(requests, "createDeveloperMetadata")
        assert made["developerMetadata"]["location"] == {"sheetId": 5}
        assert kind_of({"developerMetadata": [made["developerMetadata"]]}) == sheet.kind
        protected = of_kind(requests, "addProtectedRange")
        assert bool(protected) == (sheet.kind in OWN_KINDS)
        for one in protected:
            assert one["protectedRange"]["range"] == {"sheetId": 5}
            assert one["protectedRange"]["warningOnly"] is False
            assert one["protectedRange"]["editors"] == {"users": ["robot@example.com"]}


def test_without_editors_google_decides_who_may_write() -> None:
    (protected,) = of_kind(new(registry_tabs()[2], 5), "addProtectedRange")
    assert "editors" not in protected["protectedRange"]


def test_the_models_tab_has_its_aids(schema: Draft202012Validator) -> None:
    sheet = models_sheet([GOOD], lists_title="O'Brien's")
    requests = new(sheet, 1)
    Book(schema).apply(requests)
    set_ = of_kind(requests, "setDataValidation")
    assert len(set_) == len(sheet.validations)
    assert all(one["rule"]["strict"] is False for one in set_)
    assert all("endRowIndex" not in one["range"] and one["range"]["startRowIndex"] == 1 for one in set_)
    asked = {one["rule"]["condition"]["type"]: one["rule"]["condition"].get("values") for one in set_}
    assert set(asked) == {"ONE_OF_RANGE", "ONE_OF_LIST", "DATE_IS_VALID"}
    assert [one["userEnteredValue"] for one in asked["ONE_OF_LIST"] or ()] == ["Production", "Testing", "Archived"]
    sources = [
        one["rule"]["condition"]["values"][0]["userEnteredValue"]
        for one in set_
        if one["rule"]["condition"]["type"] == "ONE_OF_RANGE"
    ]
    assert sorted(sources) == ["='O''Brien''s'!$A$5:$A", "='O''Brien''s'!$C$5:$C", "='O''Brien''s'!$G$5:$G"]
    (filtered,) = of_kind(requests, "setBasicFilter")
    assert filtered["filter"]["range"]["endRowIndex"] == 1000
    kinds = [next(iter(request)) for request in requests]
    assert kinds.index("repeatCell") < kinds.index("updateCells"), "cells overwrite the looks of columns"
    notes = [cell["note"] for cell in of_kind(requests, "updateCells")[0]["rows"][0]["values"] if "note" in cell]
    assert notes == list(sheet.notes.values())
    assert len(of_kind(requests, "addConditionalFormatRule")) == len(sheet.marks)


def test_widths_and_hidden_columns_are_told_in_runs() -> None:
    sheet = Sheet("live", "Live", [[SheetCell("x")]], widths={0: 10, 1: 10, 3: 10, 4: 20}, hidden_columns={1, 2, 5})  # type: ignore[arg-type]
    told = of_kind(new(sheet, 4), "updateDimensionProperties")
    runs = [(one["range"]["startIndex"], one["range"]["endIndex"], one["properties"]) for one in told]
    assert runs == [
        (0, 2, {"pixelSize": 75}),
        (3, 4, {"pixelSize": 75}),
        (4, 5, {"pixelSize": 145}),
        (1, 3, {"hiddenByUser": True}),
        (5, 6, {"hiddenByUser": True}),
    ]


def test_a_tab_is_as_large_as_its_cells_need(schema: Draft202012Validator) -> None:
    findings, _ = checked(40)
    requests = new(findings, 3, rows=1, columns=1)
    grid = Book(schema).apply(requests).tabs[3]
    assert (grid["rowCount"], grid["columnCount"]) == extent(findings)


def test_a_tab_has_room_to_spare_where_no_size_is_told(schema: Draft202012Validator) -> None:
    _, live = checked(5)
    grids = [
        Book(schema).apply(new(sheet, 3, rows=None, columns=None)).tabs[3]
        for sheet in (live, lists_sheet(), models_sheet([GOOD] * 1_500))
    ]
    assert [grid["rowCount"] for grid in grids] == [len(live.rows) + SPARE, 1000, 1_501 + SPARE]
    assert [grid["columnCount"] for grid in grids] == [10, 26, 26]


def test_marks_and_ranges_longer_than_the_tab_are_cut(schema: Draft202012Validator) -> None:
    Book(schema).apply(new(models_sheet(), 1, rows=210))


def test_merged_cells_and_notes_outside_the_rows(schema: Draft202012Validator) -> None:
    sheet = Sheet("lists", "Lists", [[SheetCell("x")], []], merged=("A1:C1",), notes={"D4": "far", "A1": "near"})
    requests = new(sheet, 2, rows=1, columns=1)
    Book(schema).apply(requests)
    rows = of_kind(requests, "updateCells")[0]["rows"]
    assert rows[3]["values"][3] == {"note": "far"}
    assert rows[0]["values"][0] == {"userEnteredValue": {"stringValue": "x"}, "note": "near"}


def test_names_that_are_there_are_moved(schema: Draft202012Validator) -> None:
    findings, _ = checked()
    book = Book(schema).apply(new(findings, 3))
    book.apply(new(findings, 8, named=book.names))
    assert len(book.names) == len(findings.names)


@pytest.mark.parametrize("formula", ["", "SUM(A1)", "A1:A5"])
def test_a_dropdown_of_anything_else_is_a_mistake_of_ours(formula: str) -> None:
    with pytest.raises(ValueError, match="dropdown"):
        rule(Validation("A1", "list", formula))


def test_a_prompt_alone_accepts_everything() -> None:
    told = rule(Validation("A1", "any", prompt="Type a name"))
    assert told["condition"]["values"] == [{"userEnteredValue": "=TRUE"}]
    assert told["inputMessage"] == "Type a name"


# Own tabs written anew


def replaced(sheet: Sheet, rows: int, columns: int, **more: Any) -> list[Json]:
    wanted = {"named": {}, "dialect": POINT, "link": LINK, **more}
    return replacing(sheet, sheet_id=3, rows=rows, columns=columns, **wanted)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (10, 80), (1000, 26), (5000, 500), (1000, 12)])
def test_an_own_tab_is_written_anew(schema: Draft202012Validator, rows: int, columns: int) -> None:
    findings, _ = checked(30)
    need = extent(findings)
    requests = replaced(findings, rows, columns, basic_filter={"range": {}}, merged=True, rules=[])
    grid = Book(schema).add(3, rows, columns).apply(requests).tabs[3]
    (update,) = of_kind(requests, "updateCells")
    assert update["range"]["endRowIndex"] == max(rows, need[0])
    assert update["range"]["endColumnIndex"] == max(columns, need[1])
    for now, was, least in zip((grid["rowCount"], grid["columnCount"]), (rows, columns), need, strict=True):
        assert now == (least if was < least else was if was <= least + KEPT else least + SPARE)


def test_a_tab_of_the_right_size_is_not_resized() -> None:
    _, live = checked()
    assert [next(iter(one)) for one in replaced(live, 100, 26)] == ["updateCells"]


def test_names_are_added_moved_and_forgotten(schema: Draft202012Validator) -> None:
    findings, live = checked()
    book = Book(schema).add(3, 1000, 100)
    book.names = {"_registry_sheets_checked": "n1", "_registry_sheets_gone": "n2", "people_s": "n3"}
    assert not of_kind(replaced(live, 1000, 26, named=book.names), "deleteNamedRange")
    book.apply(replaced(findings, 1000, 100, named=book.names))
    assert book.names["people_s"] == "n3"
    assert book.names["_registry_sheets_checked"] == "n1"
    assert set(book.names) - {"people_s"} == {range_name(name) for name in findings.names}


def test_the_filter_follows_the_table_and_keeps_what_people_filter_by() -> None:
    findings, _ = checked(5)
    table = grid_range(findings.table, 3)
    specs = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["Info"]}}]
    read = {name: value for name, value in table.items() if value}
    assert not of_kind(
        replaced(findings, 1000, 99, basic_filter={"range": read, "filterSpecs": specs}), "setBasicFilter"
    )
    read["endRowIndex"] = 5
    there = {"range": read, "filterSpecs": specs, "criteria": {"0": {}}, "sortSpecs": [{"dimensionIndex": 1}]}
    (told,) = of_kind(replaced(findings, 1000, 99, basic_filter=there), "setBasicFilter")
    assert told == {"filter": {"range": table, "filterSpecs": specs}}
    assert not of_kind(replaced(findings, 1000, 99), "setBasicFilter"), "who took the filter away does not want it"


def test_the_guide_keeps_its_colours_once() -> None:
    guide = registry_tabs()[-1]
    told = of_kind(new(guide, 3), "addConditionalFormatRule")
    again = replaced(guide, 1000, 26, rules=[one["rule"] for one in told])
    assert not of_kind(again, "addConditionalFormatRule")
    assert len(of_kind(replaced(guide, 1000, 26, rules=[]), "addConditionalFormatRule")) == len(guide.marks)
    assert not of_kind(replaced(guide, 1000, 26), "addConditionalFormatRule")


# Conditional formats

PEOPLES: list[Json] = [
    {
        "ranges": [{"startRowIndex": 1, "endRowIndex": 90, "startColumnIndex": 1, "endColumnIndex": 2}],
        "booleanRule": {
            "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]},
            "format": {"backgroundColor": {"red": 0.81, "green": 0.886, "blue": 0.953}},
        },
    }
    for formula in ("=$B2=1", "=LEN(TRIM($B2))=0", '=IF(OR($B2="",$C2=""),TRUE,FALSE)')
] + [
    {"ranges": [{}], "gradientRule": {}},
    {"ranges": [{}], "booleanRule": {"condition": {"type": "BLANK"}, "format": {}}},
    {"ranges": [{}], "booleanRule": {"condition": {"type": "CUSTOM_FORMULA", "values": []}}},
]


def marks(check: int | None = 0, **places: int) -> tuple[Mark, ...]:
    where = places or {field: at for at, field in enumerate(FIELDS, 1)}
    return marks_for({field: TableColumn(field, field, at) for field, at in where.items()}, 1, check_column=check)


def told_rules(found: Sequence[Mark], dialect: Dialect = POINT, rows: int | None = 1000) -> list[Json]:
    return [one["addConditionalFormatRule"]["rule"] for one in rules(found, sheet_id=1, dialect=dialect, rows=rows)]


@pytest.mark.parametrize("dialect", [POINT, COMMA])
def test_our_rules_are_known_without_knowing_where_columns_are(dialect: Dialect) -> None:
    everything = [*marks(), *marks(None, name=3, version=1), *marks(2, name=0, version=1, location=5, data_source=2)]
    assert all(ours(rule) for rule in told_rules(everything, dialect))


def test_rules_of_people_are_theirs() -> None:
    assert not any(ours(rule, marks(), POINT) for rule in PEOPLES)
    (red,) = [rule for rule in told_rules(marks()[-1:])]
    red["booleanRule"]["format"] = {"backgroundColor": {"red": 1}}
    assert not ours(red, marks(), POINT), "the same question with their own colour"


def test_rules_run_to_the_end_and_earlier_marks_win() -> None:
    found = rules(marks(), sheet_id=1, dialect=COMMA, first_index=4, rows=1000)
    assert [one["addConditionalFormatRule"]["index"] for one in found] == list(range(4, 4 + len(found)))
    for mark, one in zip(marks(), found, strict=True):
        (range_,) = one["addConditionalFormatRule"]["rule"]["ranges"]
        assert ("endRowIndex" not in range_) == mark.ref.endswith(str(LAST_ROW))
        assert color_of(one["addConditionalFormatRule"]["rule"]["booleanRule"]["format"]) == TINTS[mark.tint]


def as_google_gives(rule: Json, rows: int) -> Json:
    """A rule as it may be read: laid out otherwise, zeros left out, ends told, both kinds of colour."""
    read: Json = json.loads(json.dumps(rule))
    for range_ in read["ranges"]:
        del range_["sheetId"]
        range_["endRowIndex"] = min(range_.get("endRowIndex", rows), rows)
        for name in [name for name, value in range_.items() if value == 0]:
            del range_[name]
    asked = read["booleanRule"]["condition"]["values"][0]
    asked["userEnteredValue"] = asked["userEnteredValue"].replace("IF(", "if( ").replace("=FALSE", " = FALSE")
    look = read["booleanRule"]["format"]
    look["backgroundColor"] = {k: v + 1e-8 for k, v in look["backgroundColorStyle"]["rgbColor"].items() if v}
    return read


@pytest.mark.parametrize("dialect", [POINT, COMMA])
def test_rules_that_are_there_are_left_alone(schema: Draft202012Validator, dialect: Dialect) -> None:
    there = [as_google_gives(rule, 1000) for rule in told_rules(marks(), dialect)]
    existing = [*PEOPLES[:2], *there[:5], *PEOPLES[2:], *there[5:]]
    assert mending(existing, marks(), sheet_id=1, dialect=dialect, rows=1000) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda there: there[1:],
        lambda there: there[::-1],
        lambda there: [*there, there[0]],
        lambda there: [],
        lambda there: [as_google_gives(rule, 900) for rule in told_rules(marks())],
        lambda there: told_rules(marks(None, name=0, version=1, stage=2)),
        lambda there: [{**there[0], "ranges": [{"startColumnIndex": 9, "endColumnIndex": 10}]}, *there[1:]],
        lambda there: [
            {**there[0], "booleanRule": {**there[0]["booleanRule"], "format": {"backgroundColor": {"red": 1}}}},
            *there[1:],
        ],
    ],
)
def test_rules_are_mended_and_those_of_people_stay(schema: Draft202012Validator, spoil: Any) -> None:
    book = Book(schema).add(1)
    there = spoil(told_rules(marks()))
    book.rules[1] = [*PEOPLES[:2], *there, *PEOPLES[2:]]
    requests = mending(book.rules[1], marks(), sheet_id=1, dialect=POINT, rows=1000)
    assert requests
    book.apply(requests)
    assert book.rules[1] == [*PEOPLES, *told_rules(marks())]
    assert mending(book.rules[1], marks(), sheet_id=1, dialect=POINT, rows=1000) == []


def test_without_marks_only_ours_go(schema: Draft202012Validator) -> None:
    book = Book(schema).add(1)
    book.rules[1] = [*told_rules(marks()), *PEOPLES]
    book.apply(mending(book.rules[1], (), sheet_id=1, dialect=POINT, rows=1000))
    assert book.rules[1] == PEOPLES


# Aids for a tab of people


def test_a_bare_tab_gets_all_aids(schema: Draft202012Validator) -> None:
    columns = {"version": 0, "name": 2, "training_date": 3, "stage": 4, "location": 5, "why": 6}
    requests = aids(columns, 3, "Lists", Present(rows=50, columns=7), sheet_id=11)
    Book(schema).add(11, 50, 7).apply(requests)
    set_ = {one["range"]["startColumnIndex"]: one for one in of_kind(requests, "setDataValidation")}
    asked = {column: one["rule"]["condition"]["type"] for column, one in set_.items()}
    assert asked == {3: "DATE_IS_VALID", 4: "ONE_OF_LIST", 5: "ONE_OF_RANGE"}
    assert set_[5]["range"] == {"sheetId": 11, "startRowIndex": 3, "startColumnIndex": 5, "endColumnIndex": 6}
    looks = of_kind(requests, "repeatCell")
    assert sorted(one["range"]["startColumnIndex"] for one in looks) == [0, 2]
    assert all(one["fields"] == "userEnteredFormat.numberFormat" for one in looks)
    (frozen,) = of_kind(requests, "updateSheetProperties")
    assert frozen["properties"]["gridProperties"] == {"frozenRowCount": 3}
    (filtered,) = of_kind(requests, "setBasicFilter")
    assert filtered["filter"]["range"]["startRowIndex"] == 2
    assert not of_kind(requests, "updateCells")


def test_what_a_tab_has_is_left_alone() -> None:
    columns = {"version": 0, "name": 2, "training_date": 3}
    there = Present(50, 7, validated=frozenset({3}), formatted=frozenset({0, 2}), frozen_rows=1, filtered=True)
    assert aids(columns, 1, "Lists", there, sheet_id=11) == []
    partly = Present(50, 7, formatted=frozenset({0}), frozen_rows=1, filtered=True)
    told = aids(columns, 1, "Lists", partly, sheet_id=11)
    assert [next(iter(one)) for one in told] == ["setDataValidation", "repeatCell"]


def test_our_own_tab_wants_no_other_aids_than_those_it_is_made_with() -> None:
    sheet = models_sheet()
    columns = {field: at for at, field in enumerate(FIELDS, 1)}
    told = aids(columns, 1, "Lists", Present(1000, 17), sheet_id=1)
    made = new(sheet, 1)
    wanted = sorted(json.dumps(one, sort_keys=True) for one in of_kind(made, "setDataValidation"))
    assert sorted(json.dumps(one, sort_keys=True) for one in of_kind(told, "setDataValidation")) == wanted


# Batches


def applied(batches: Sequence[Sequence[Json]]) -> dict[tuple[int, int], Json]:
    """What stands in tab 3 after all updateCells."""
    cells: dict[tuple[int, int], Json] = {(row, column): {"old": 1} for row in range(60) for column in range(5)}
    for request in (one for batch in batches for one in batch if "updateCells" in one):
        update = request["updateCells"]
        whole = "range" in update
        corner = update.get("start", {"rowIndex": 0, "columnIndex": 0})
        if whole:
            cells = {key: {} for key in cells}
        for row, values in enumerate(update["rows"], corner["rowIndex"]):
            for column, cell in enumerate(values.get("values", ()), corner["columnIndex"]):
                cells[row, column] = cell
    return cells


@given(st.lists(st.lists(st.text(max_size=20), max_size=5), max_size=60), st.integers(300, 3_000), st.booleans())
def test_a_cut_batch_does_what_the_whole_one_does(rows: list[list[str]], limit: int, whole: bool) -> None:
    data = [{"values": [{"userEnteredValue": {"stringValue": text}} for text in row]} for row in rows]
    where: Json = {"range": {"sheetId": 3}} if whole else {"start": {"sheetId": 3, "rowIndex": 0, "columnIndex": 0}}
    update = {"updateCells": {**where, "rows": data, "fields": "userEnteredValue"}}
    requests = [{"addSheet": {"properties": {"sheetId": 3}}}, update, {"deleteSheet": {"sheetId": 4}}]
    batches = cut(requests, limit)
    assert applied(batches) == applied([requests])
    kinds = [next(iter(one)) for batch in batches for one in batch]
    assert (kinds[0], kinds[-1]) == ("addSheet", "deleteSheet")
    assert set(kinds[1:-1]) == {"updateCells"}
    for batch in batches:
        alone = len(batch) == 1 and len(batch[0].get("updateCells", {}).get("rows", ())) <= 1
        assert len(json.dumps(batch)) <= limit or alone


def test_what_fits_is_one_batch_unchanged() -> None:
    requests = new(checked()[0], 3)
    assert cut(requests) == [requests]
    assert cut([]) == []


def test_a_large_tab_is_cut_into_few_valid_batches(schema: Draft202012Validator) -> None:
    rows = [[SheetCell("é" * 40, "wrapped") for _ in range(10)] for _ in range(10_000)]
    requests = replaced(Sheet("live", "Live", rows, frozen_rows=4), 1000, 26)
    batches = cut(requests)
    sizes = [len(json.dumps({"requests": batch})) for batch in batches]
    assert max(sizes) <= LIMIT + 100
    assert len(batches) <= sum(sizes) // LIMIT + 2
    book = Book(schema).add(3)
    for batch in batches[:3]:
        book.apply(batch)
    starts = [one["updateCells"].get("start", {}).get("rowIndex", 0) for batch in batches for one in batch[-1:]]
    assert starts == sorted(starts)
    assert sum(len(one["updateCells"]["rows"]) for batch in batches for one in batch if "updateCells" in one) == 10_000


def test_a_request_too_large_to_cut_stands_alone() -> None:
    big = {"addNamedRange": {"namedRange": {"name": "x" * 500}}}
    small = {"deleteSheet": {"sheetId": 1}}
    assert cut([small, big, small], 300) == [[small], [big], [small]]


def test_places_are_read() -> None:
    assert place("$AB$12") == (11, 27)
    assert grid_range("B2:B1048576", 1) == {
        "sheetId": 1,
        "startRowIndex": 1,
        "startColumnIndex": 1,
        "endColumnIndex": 2,
    }
    with pytest.raises(ValueError, match="A:B"):
        place("A:B")


def test_lists_warn_and_offer() -> None:
    told = of_kind(new(lists_sheet(), 2), "setDataValidation")
    assert [one["rule"]["showCustomUi"] for one in told] == [True, True, False]
    assert told[0]["rule"]["inputMessage"] == "Active is Yes or No; blank means Yes."
