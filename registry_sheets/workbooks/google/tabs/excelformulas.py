"""Formulas of a Google spreadsheet as Excel writes them; what formulas.cell_formula does, undone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.mark_keys import (
    CHECK_KEYS,
    CHECKED,
    FIELDS,
    IDENTITIES,
    ROW_KEYS,
    SHARED,
    STAGE_ARCHIVED,
    STAGE_PRODUCTION,
    key_name,
)
from registry_sheets.registry.sheets import OWN_KINDS, own_name
from registry_sheets.workbooks.google.tabs.formulas import Dialect, inside_braces, range_name
from registry_sheets.workbooks.google.tabs.pieces import (
    NAME,
    NUMBER,
    SEPARATOR,
    STRING,
    Piece,
    joined,
    pieces,
    string,
    unquoted,
)

_GID = re.compile(r"#gid=(\d+)(?:&range=(.+))?")


def excel_formula(formula: str, dialect: Dialect, titles: Mapping[int, str]) -> str:
    """A formula, without '=', with Excel's separators and decimals, our names and links to tabs as Excel has them.

    ``titles`` are the tabs' by number. All else stays as it is.
    """
    found = pieces(formula)
    found = _separated(found) if dialect.decimal_comma else found
    names = _names()
    return joined(
        _linked(piece, found[at - 2].text if at > 1 else "", titles)
        if piece.kind == STRING
        else Piece(NAME, names.get(piece.text, piece.text))
        if piece.kind == NAME
        else piece
        for at, piece in enumerate(found)
    )


def _names() -> Mapping[str, str]:
    """Our names by what they are called in Google."""
    keyed = [key_name(field, severity) for field in (*FIELDS, SHARED) for severity in (None, *Severity)]
    plain = [CHECKED, STAGE_PRODUCTION, STAGE_ARCHIVED, IDENTITIES, CHECK_KEYS, ROW_KEYS]
    return {range_name(name): name for name in (*plain, *keyed, *map(own_name, OWN_KINDS))}


def _linked(piece: Piece, function: str, titles: Mapping[int, str]) -> Piece:
    """HYPERLINK("#gid=7&range=B3", …) with the tab by its title."""
    match = _GID.fullmatch(unquoted(piece)) if function.upper() == "HYPERLINK" else None
    if match is None or int(match[1]) not in titles:
        return piece
    title = "'" + titles[int(match[1])].replace("'", "''") + "'"
    return string(f"#{title}!{match[2] or 'A1'}")


def _separated(found: Sequence[Piece]) -> list[Piece]:
    """';' as ',' and a decimal comma as a point; in an array '\\' parts columns."""
    braces: list[str] = []
    return [_with_point(piece, found, at, inside_braces(piece, braces)) for at, piece in enumerate(found)]


def _with_point(piece: Piece, found: Sequence[Piece], at: int, inside: bool) -> Piece:
    if piece.kind != SEPARATOR:
        return piece
    if piece.text == ",":
        around = [*found[max(at - 1, 0) : at], *found[at + 1 : at + 2]]
        return Piece(NUMBER, ".") if [one.kind for one in around] == [NUMBER, NUMBER] else piece
    return Piece(SEPARATOR, ",") if piece.text == ("\\" if inside else ";") else piece
