"""Formulas from one spreadsheet program to the other: only what the other could not read is written otherwise.

Both sides are given as Excel writes them in a file: ',' between arguments, '.' in numbers. What Excel cannot even load
goes into it as Google's own download of an .xlsx writes it: IFERROR(__xludf.DUMMYFUNCTION("the formula"), its value),
which shows the value, and which Google turns back into the formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.text import number_text, serial_number
from registry_sheets.workbooks.google.tabs.pieces import (
    CLOSE,
    NAME,
    OPEN,
    OTHER,
    SEPARATOR,
    STRING,
    TAB,
    Piece,
    joined,
    pieces,
    string,
    unquoted,
)

KNOWN_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
"""The errors that a cell of either program can hold; Google's #ERROR! is none of Excel's."""
LAST_ROW = 1_048_576
LONGEST_FORMULA = 8_192
"""Characters that a formula of Excel has at most."""

_LONGEST_STRING = 255
_DUMMY = "__xludf.DUMMYFUNCTION"
_WRAPPED = f"IFERROR({_DUMMY}("
_PREFIXES = re.compile(r"^(?:_xlfn\.)?(?:_xlws\.)?", re.IGNORECASE)
_OPEN_BELOW = re.compile(r"(\$?[A-Z]{1,3})", re.IGNORECASE)
_BELOW = re.compile(rf"(\$?[A-Z]{{1,3}})\$?{LAST_ROW}", re.IGNORECASE)
_CELL = re.compile(r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}", re.IGNORECASE)
_ROW = re.compile(r"\$?[1-9][0-9]{0,6}")

_SORTED = "FILTER SORT"
"""They are written as _xlfn._xlws.SORT."""
_NEWER = (
    "ACOT ACOTH AGGREGATE ARABIC ARRAYTOTEXT BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV BITAND "
    "BITLSHIFT BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH CEILING.PRECISE CHISQ.DIST CHISQ.DIST.RT CHISQ.INV "
    "CHISQ.INV.RT CHISQ.TEST CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T COT COTH COVARIANCE.P "
    "COVARIANCE.S CSC CSCH DAYS DECIMAL DROP ENCODEURL ERF.PRECISE ERFC.PRECISE EXPAND EXPON.DIST F.DIST F.DIST.RT "
    "F.INV F.INV.RT F.TEST FILTERXML FLOOR.MATH FLOOR.PRECISE FORECAST.ETS FORECAST.LINEAR FORMULATEXT GAMMA "
    "GAMMA.DIST GAMMA.INV GAMMALN.PRECISE GAUSS HSTACK HYPGEOM.DIST IFNA IFS IMAGE IMCOSH IMCOT IMCSC IMCSCH IMSEC "
    "IMSECH IMSINH IMTAN ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET LOGNORM.DIST LOGNORM.INV MAKEARRAY MAP MAXIFS "
    "MINIFS MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE PDURATION "
    "PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC PERCENTRANK.INC PERMUTATIONA PHI POISSON.DIST QUARTILE.EXC "
    "QUARTILE.INC RANDARRAY RANK.AVG RANK.EQ REDUCE RRI SCAN SEC SECH SEQUENCE SHEET SHEETS SINGLE SKEW.P SORTBY "
    "STDEV.P STDEV.S SWITCH T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST TAKE TEXTAFTER TEXTBEFORE TEXTJOIN "
    "TEXTSPLIT TOCOL TOROW UNICHAR UNICODE UNIQUE VALUETOTEXT VAR.P VAR.S VSTACK WEBSERVICE WEIBULL.DIST WRAPCOLS "
    "WRAPROWS XLOOKUP XMATCH XOR Z.TEST"
)
"""Functions that came after the file format: a file names them with _xlfn. before it (Microsoft's [MS-XLSX] 2.2.2)."""
_GOOGLES = (
    "ARRAY_CONSTRAIN ARRAYFORMULA COUNTUNIQUE COUNTUNIQUEIFS DETECTLANGUAGE EPOCHTODATE FLATTEN GOOGLEFINANCE "
    "GOOGLETRANSLATE IMPORTDATA IMPORTFEED IMPORTHTML IMPORTRANGE IMPORTXML ISBETWEEN ISDATE ISEMAIL ISURL JOIN "
    "MARGINOFERROR QUERY REGEXEXTRACT REGEXMATCH REGEXREPLACE SORTN SPARKLINE SPLIT TO_DATE TO_DOLLARS TO_PERCENT "
    "TO_PURE_NUMBER TO_TEXT AI"
)
"""Functions that only Google has."""


def for_google(formula: str) -> str:
    """A formula of a workbook as Google reads it, both without '='."""
    if formula.startswith(_WRAPPED) and (inner := _unwrapped(pieces(formula))):
        return inner
    if "_xl" not in formula and str(LAST_ROW) not in formula:
        return formula
    found = pieces(formula)
    return joined(_opened(found, [_bare(piece) for piece in found]))


def for_excel(formula: str, value: Cell, error: str = "") -> str:
    """A formula of Google as a workbook can hold it, both without '='. ``value`` and ``error`` are what it shows."""
    found = _closed(pieces(formula))
    if error in ("", *KNOWN_ERRORS) and _loads(found):
        written = joined(_named(found))
        if len(written) <= LONGEST_FORMULA:
            return written
    return f"{_WRAPPED}{_literal(formula)}),{_shown(value, error)})"


def held_error(error: str) -> str:
    """An error as a cell of Excel can hold it."""
    return error if error in KNOWN_ERRORS else "#VALUE!"


# Names of functions


def _is_function(found: Sequence[Piece], at: int) -> bool:
    return found[at].kind == NAME and at + 1 < len(found) and found[at + 1].text == "("


def _bare(piece: Piece) -> Piece:
    return Piece(NAME, _PREFIXES.sub("", piece.text)) if piece.kind == NAME else piece


def _named(found: Sequence[Piece]) -> Iterable[Piece]:
    newer, sorted_ = frozenset(_NEWER.split()), frozenset(_SORTED.split())
    for at, piece in enumerate(found):
        name = piece.text.upper()
        prefix = "_xlfn._xlws." if name in sorted_ else "_xlfn." if name in newer else ""
        yield Piece(NAME, prefix + piece.text) if prefix and _is_function(found, at) else piece


# Ranges that are open below: A2:A


def _closed(found: list[Piece]) -> list[Piece]:
    for at in _ranges(found):
        if _CELL.fullmatch(found[at - 1].text) and _OPEN_BELOW.fullmatch(found[at + 1].text):
            found[at + 1] = Piece(NAME, f"{found[at + 1].text}{LAST_ROW}")
    return found


def _opened(before: Sequence[Piece], found: list[Piece]) -> list[Piece]:
    for at in _ranges(before):
        if _CELL.fullmatch(before[at - 1].text) and (end := _BELOW.fullmatch(before[at + 1].text)):
            found[at + 1] = Piece(NAME, end[1])
    return found


def _ranges(found: Sequence[Piece]) -> Iterable[int]:
    """Where ':' stands between two pieces."""
    return (at for at in range(1, len(found) - 1) if found[at].text == ":")


# What Excel loads


def _loads(found: Sequence[Piece]) -> bool:
    """Whether Excel opens a file with this formula in it, which Google could work out: it refuses the whole file else.

    Its grammar is Google's but for arrays of anything but constants, brackets, and ranges without their end.
    """
    foreign = frozenset(_GOOGLES.split())
    if any(_is_function(found, at) and piece.text.upper() in foreign for at, piece in enumerate(found)):
        return False
    if any(piece.kind == OTHER and piece.text in "[]" for piece in found):
        return False
    if any(piece.kind == STRING and len(unquoted(piece)) > _LONGEST_STRING for piece in found):
        return False
    return _whole(found) and _constant_arrays(found) and all(_range_loads(found, at) for at in _ranges(found))


def _whole(found: Sequence[Piece]) -> bool:
    """Whether every bracket, text and title is closed, and nothing is left to come."""
    opened = [piece.text for piece in found if piece.kind == OPEN]
    closed = [piece.text for piece in found if piece.kind == CLOSE]
    ends = all(
        len(piece.text) > 1 and piece.text[-1] == piece.text[0] for piece in found if piece.kind in (STRING, TAB)
    )
    counted = opened.count("(") == closed.count(")") and opened.count("{") == closed.count("}")
    return bool(found) and ends and counted and not (found[-1].kind == OTHER and found[-1].text not in "%#!?")


def _constant_arrays(found: Sequence[Piece]) -> bool:
    depth = 0
    for piece in found:
        depth += (piece.text == "{") - (piece.text == "}")
        if depth > 1 or (depth and piece.text == "("):
            return False
        if depth and piece.kind in (TAB, NAME) and piece.text.upper() not in ("TRUE", "FALSE"):
            return False
        if piece.kind == SEPARATOR and piece.text == "\\":
            return False
    return True


def _range_loads(found: Sequence[Piece], at: int) -> bool:
    """A2:B3, A:B, 2:3 and whatever is no plain range; not B:B5 and B2:3."""
    kinds = [_reference_kind(found[place].text) for place in (at - 1, at + 1)]
    return None in kinds or kinds[0] == kinds[1]


def _reference_kind(text: str) -> str | None:
    shapes = (("cell", _CELL), ("column", _OPEN_BELOW), ("row", _ROW))
    return next((kind for kind, shape in shapes if shape.fullmatch(text)), None)


# What Excel does not load


def _literal(text: str) -> str:
    """A text in a formula, in parts that are short enough."""
    parts = [text[at : at + _LONGEST_STRING] for at in range(0, len(text), _LONGEST_STRING)] or [""]
    return "&".join(string(part).text for part in parts)


def _shown(value: Cell, error: str) -> str:
    if error:
        return held_error(error)
    if isinstance(value, str):
        return _literal(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (date, time, timedelta)):
        return number_text(serial_number(value))
    return number_text(value)


def _unwrapped(found: Sequence[Piece]) -> str:
    """The formula in IFERROR(__xludf.DUMMYFUNCTION("…"&"…"),value); '' where there is none."""
    texts: list[str] = []
    for piece in found[4:]:
        if piece.kind == STRING:
            texts.append(unquoted(piece))
        elif piece.text != "&":
            return "".join(texts) if piece.text == ")" else ""
    return ""
