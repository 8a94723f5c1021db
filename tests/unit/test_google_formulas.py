from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.mark_keys import PREFIX
from registry_sheets.registry.sheets import Sheet, own_name
from registry_sheets.registry.tabs.lists import choices
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.workbooks.google.tabs.formulas import (
    Dialect,
    cell_formula,
    condition,
    dialect_of,
    from_gid_link,
    linker,
    literal_list,
    open_range,
    range_name,
    same_formula,
    to_gid_link,
)
from registry_sheets.workbooks.google.tabs.pieces import CLOSE, NAME, OPEN, SEPARATOR, STRING, joined, pieces
from tests.support.registries import GOOD, check_grid, own_tabs

POINT, COMMA = Dialect(), Dialect(decimal_comma=True)
DIALECTS = (POINT, COMMA)
ODD = "My 'odd' (tab), \"A\"; {1,2}"
LINK = linker({own_name("findings"): 7, "Models": 0, ODD: 12})


def tabs() -> list[Sheet]:
    """All tabs of a registry with findings, whose Models tab is called as people may call it."""
    fields = [column.field for column in COLUMNS]
    rows = [[row.get(field, "") for field in fields] for row in ({**GOOD, "data_source": "TBD"}, GOOD, {"name": "x"})]
    result, table = check_grid(Grid(ODD, [[column.header for column in COLUMNS], *rows]))
    assert result.findings
    return [*registry_tabs(), *own_tabs(result, table), models_sheet([GOOD], title=ODD, lists_title="O'Brien's")]


def formulas() -> list[str]:
    return [cell.formula for sheet in tabs() for row in sheet.rows for cell in row if cell.formula is not None]


def conditions() -> list[str]:
    return [mark.formula for sheet in tabs() for mark in sheet.marks]


def strings(formula: str) -> list[str]:
    return [piece.text for piece in pieces(formula) if piece.kind == STRING]


texts = st.text(st.sampled_from("aZ1 ,;.\\{}()'\"#&=!$_é\n") | st.characters(codec="utf-8"), max_size=12)
operands = st.one_of(
    texts.map(lambda text: '"' + text.replace('"', '""') + '"'),
    texts.filter(bool).map(lambda title: "'" + title.replace("'", "''") + "'!$B$3"),
    st.sampled_from(("$A2", "Lists!$A$5:$A$9", f"{PREFIX}keys.name.error", "TRUE", "12", "2.5", "{1,2;3,4}", "#N/A")),
)
made_formulas = st.recursive(
    operands,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(("IF", "EXACT", "sum")), st.lists(inner, min_size=1, max_size=3)).map(
            lambda call: f"{call[0]}({','.join(call[1])})"
        ),
        st.tuples(inner, st.sampled_from(("&", "=", "+", " + ")), inner).map("".join),
    ),
    max_leaves=8,
)


@given(st.text() | made_formulas)
def test_the_pieces_of_any_text_are_that_text(text: str) -> None:
    assert joined(pieces(text)) == text


@given(made_formulas, st.sampled_from(DIALECTS))
def test_texts_and_titles_are_never_touched(formula: str, dialect: Dialect) -> None:
    kept = [piece for piece in pieces(formula) if piece.kind in (STRING, "tab")]
    found = [piece for piece in pieces(cell_formula(formula, dialect, LINK)) if piece.kind in (STRING, "tab")]
    assert found == kept
    named = [piece for piece in pieces(condition(formula, dialect)) if piece.kind in (STRING, "tab")]
    assert [piece for piece in named if piece.text != '"_registry_sheets_keys_name_error"'] == [
        piece for piece in kept if piece.text != '"_registry_sheets_keys_name_error"'
    ]


@given(made_formulas)
def test_the_dialects_say_the_same(formula: str) -> None:
    told = {dialect: cell_formula(formula, dialect, LINK) for dialect in DIALECTS}
    assert same_formula(told[POINT], told[COMMA])
    assert same_formula(condition(formula, POINT), condition(formula, COMMA))
    separators = [piece.text for piece in pieces(told[COMMA]) if piece.kind == SEPARATOR]
    commas = sum("." in piece.text for piece in pieces(formula) if piece.kind == "number")
    assert separators.count(",") == commas, "but for decimals there is none"


@given(made_formulas)
def test_translating_again_changes_nothing(formula: str) -> None:
    once = cell_formula(formula, POINT, LINK)
    assert cell_formula(once[1:], POINT, LINK) == once
    asked = condition(formula, POINT)
    assert condition(asked[1:], POINT) == asked


@pytest.mark.parametrize("dialect", DIALECTS)
def test_all_our_formulas_are_translated(dialect: Dialect) -> None:
    for formula in formulas():
        told = cell_formula(formula, dialect, LINK)
        names = [piece.text for piece in pieces(told) if piece.kind == NAME]
        assert not any("." in name for name in names), told
        assert cell_formula(told[1:], dialect, LINK) == told
        assert len(told) <= 50_000
        assert balanced(told)
        assert '"#_' not in told
    for formula in conditions():
        told = condition(formula, dialect)
        names = [piece.text for piece in pieces(told) if piece.kind == NAME]
        assert not any(name.startswith("_registry") for name in names), told
        assert balanced(told)


def balanced(formula: str) -> bool:
    opened: list[str] = []
    for piece in pieces(formula):
        if piece.kind == OPEN:
            opened.append(piece.text)
        elif piece.kind == CLOSE and (not opened or opened.pop() + piece.text not in ("()", "{}")):
            return False
    return not opened


def test_a_number_made_text_is_spelled_out() -> None:
    told = cell_formula('IF(ISNUMBER($C2),SUBSTITUTE($C2&"",",","."),$C2)', COMMA, LINK)
    assert told == '=IF(ISNUMBER($C2);IF($C2=INT($C2);TEXT($C2;"0");SUBSTITUTE($C2&"";",";"."));$C2)'
    told = cell_formula('SUBSTITUTE(\'My (odd) tab\'!$B$3&"",",",".")', POINT, LINK)
    cell = "'My (odd) tab'!$B$3"
    assert told == f'=IF({cell}=INT({cell}),TEXT({cell},"0"),SUBSTITUTE({cell}&"",",","."))'


@pytest.mark.parametrize(
    "other",
    [
        'SUBSTITUTE(A1&"x",",",".")',
        'SUBSTITUTE(A1,",",".")',
        'SUBSTITUTE(A1&"",";",".")',
        'SUBSTITUTE(A1&B1&"",",",".")',
        'SUBSTITUTE(&"",",",".")',
        '"SUBSTITUTE($C2&"""","","",""."")"',
        "SUBSTITUTE",
        "SUBSTITUTE(",
    ],
)
def test_other_substitutions_stay(other: str) -> None:
    assert cell_formula(other, POINT, LINK) == f"={other}"


def test_a_name_in_a_text_stays_and_in_a_condition_is_reached_by_indirect() -> None:
    formula = f'IF({PREFIX}checked="{PREFIX}checked",1,0)'
    assert cell_formula(formula, POINT, LINK) == '=IF(_registry_sheets_checked="_registry_sheets.checked",1,0)'
    assert condition(formula, COMMA) == '=IF(INDIRECT("_registry_sheets_checked")="_registry_sheets.checked";1;0)'


def test_names_hold_letters_digits_and_underscores() -> None:
    assert range_name("_registry_sheets.keys.name.error") == "_registry_sheets_keys_name_error"


def test_no_two_names_of_ours_become_one() -> None:
    names = {name for sheet in tabs() for name in sheet.names}
    assert len({range_name(name) for name in names}) == len(names) > 50


def test_links_lead_to_the_tab_that_google_knows() -> None:
    assert cell_formula(f'HYPERLINK("#{own_name("findings")}",A1)', COMMA, LINK) == '=HYPERLINK("#gid=7";A1)'
    quoted = ODD.replace("'", "''").replace('"', '""')
    assert cell_formula(f"HYPERLINK(\"#'{quoted}'!$B$3\",A1)", POINT, LINK) == '=HYPERLINK("#gid=12&range=B3",A1)'
    assert cell_formula('HYPERLINK("#Models!A1",A1)', POINT, LINK) == '=HYPERLINK("#gid=0&range=A1",A1)'


@pytest.mark.parametrize("formula", ['HYPERLINK("#gone",A1)', 'HYPERLINK("https://a.b/#x",A1)', '"HYPERLINK(""#x"")"'])
def test_other_links_stay(formula: str) -> None:
    assert cell_formula(formula, POINT, LINK) == f"={formula}"


def test_an_array_has_its_own_separators() -> None:
    assert cell_formula("CHOOSE({1,2;3,4},MAX(1,2),2.5)", COMMA, LINK) == "=CHOOSE({1\\2;3\\4};MAX(1;2);2,5)"


@given(st.text(min_size=1), st.integers(0, 2**31 - 1))
def test_the_beginning_of_links_is_turned_and_turned_back(title: str, number: int) -> None:
    text = "#'" + title.replace("'", "''") + "'!"
    there = to_gid_link(text, linker({title: number}))
    assert there == f"#gid={number}&range="
    assert from_gid_link(there, {number: title}) == text


@given(st.text())
def test_other_texts_are_no_links(text: str) -> None:
    assert to_gid_link(text, LINK) == text or text == "#'Models'!"
    assert from_gid_link(text, {0: "Models"}) == text or text == "#gid=0&range="


@pytest.mark.parametrize(
    "text",
    [
        "#'Gone'!",
        "#gid=5&range=",
        "#gid=0&range=A1",
        "#gid=-1&range=",
        "#gid=٠&range=",
        "#gid=00&range=",
        "#gid=0",
        "#'Models'",
    ],
)
def test_what_is_nearly_a_link_stays(text: str) -> None:
    assert to_gid_link(text, LINK) == from_gid_link(text, {0: "Models"}) == text


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("=IF(A1=1,2,3)", "= if( a1 = 1 ;2\n;3 )"),
        ("=CHOOSE({1,2;3,4},A1)", "=CHOOSE({1\\2;3\\4};A1)"),
        ("=SUM(1.5,2)", "=SUM(1,5;2)"),
        ("=Models!A1", "='Models'!A1"),
        ("IF(TRUE,1)", "=if(true;1)"),
    ],
)
def test_the_same_formula_laid_out_otherwise(ours: str, theirs: str) -> None:
    assert same_formula(ours, theirs)
    assert same_formula(theirs, ours)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ('=IF(A1="a",1)', '=IF(A1="A",1)'),
        ('=IF(A1="a b",1)', '=IF(A1="ab",1)'),
        ('=IF(A1="a,b",1)', '=IF(A1="a;b",1)'),
        ("='Models'!A1", "='models'!A1"),
        ("=CHOOSE({1,2},A1)", "=CHOOSE({1;2},A1)"),
        ("=A1", "=A2"),
        ('="TRUE"', "=TRUE"),
        ("=IF(A1,1)", "=IF(A1,1"),
        ("=A1", ""),
    ],
)
def test_another_formula(ours: str, theirs: str) -> None:
    assert not same_formula(ours, theirs)


def test_formulas_of_ours_that_differ_are_told_apart() -> None:
    found = sorted({cell_formula(formula, POINT, LINK) for formula in formulas()})
    assert not any(same_formula(a, b) for a, b in pairwise(found))


@pytest.mark.parametrize(
    "locale", ["en_US", "", "en", "en_GB", "de_CH", "es_MX", "ja_JP", "zh_Hant_TW", "en-AU", "EN_ca"]
)
def test_locales_with_a_decimal_point(locale: str) -> None:
    assert dialect_of(locale) == POINT


@pytest.mark.parametrize("locale", ["de_DE", "fr_FR", "fr_CA", "de", "pt_BR", "es_ES", "ru_RU", "da_DK", "xx", "tr_TR"])
def test_locales_with_a_decimal_comma(locale: str) -> None:
    assert dialect_of(locale) == COMMA


@pytest.mark.parametrize("title", ["Lists", "O'Brien's lists", "A1", "Lists, 2"])
def test_the_source_of_a_dropdown_is_open_below(title: str) -> None:
    quoted = title if title == "Lists" else "'" + title.replace("'", "''") + "'"
    assert open_range(choices("location", title)) == f"={quoted}!$A$5:$A"
    assert literal_list(choices("location", title)) == []


def test_the_choices_of_a_dropdown() -> None:
    assert literal_list('"Yes,No"') == ["Yes", "No"]
    assert open_range('"Yes,No"') == open_range("") == open_range("A1:A5") == ""


def test_a_date_is_made_text_where_a_key_needs_it() -> None:
    """The spelled-out form stands wherever a date's cell goes into a key."""
    dated = [formula for formula in conditions() if 'SUBSTITUTE($D2&""' in formula]
    assert dated
    assert all('IF($D2=INT($D2),TEXT($D2,"0"),SUBSTITUTE($D2' in condition(formula, POINT) for formula in dated)
