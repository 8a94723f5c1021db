"""The few formulas that are calculated here, and references that follow rows and columns.

Calculated: numbers, quoted text, TRUE and FALSE, references to cells, + - * / ^ & and comparisons, brackets, SUM and
HYPERLINK (its label). Every other formula shows a stand-in value, '' where it seems to make text and 0 otherwise,
which Google would not show: a test that needs one gives it with the formula, or a function that calculates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from tests.support.google.a1 import cells_range, column_letters, column_number
from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import Error, extended, unwrapped
from tests.support.google.formats import general
from tests.support.google.state import Book, Sheet

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)"""
    r"""|(?P<cell>(?:(?:'(?:[^']|'')+'|[A-Za-z_]\w*)!)?\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?(?![\w(]))"""
    r"""|(?P<name>[A-Za-z_][\w.]*)|(?P<mark><>|<=|>=|[-+*/^&=<>(),;%]))"""
)
REFERENCE = re.compile(
    r"""("(?:[^"]|"")*")|((?:'(?:[^']|'')+'|[A-Za-z_]\w*)!)?(\$?)([A-Za-z]{1,3})(\$?)(\d+)(?![\w(])"""
)


class Uncalculated(Exception):
    """More than is calculated here."""


@dataclass
class Reader:
    """A formula read from left to right. ``look`` gives the values of a reference."""

    tokens: list[tuple[str, str]]
    look: Callable[[str], list[Any]]

    def peek(self) -> str:
        return self.tokens[0][1] if self.tokens else ""

    def take(self) -> tuple[str, str]:
        if not self.tokens:
            raise Uncalculated
        return self.tokens.pop(0)

    def level(self, level: int = 0) -> Any:
        """Operators by rising strength: comparisons, &, + -, * /, ^."""
        marks = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))
        if level == len(marks):
            return self.single()
        left = self.level(level + 1)
        while self.peek() in marks[level]:
            _, mark = self.take()
            left = _operated(left, mark, self.level(level + 1))
        return left

    def single(self) -> Any:
        kind, token = self.take()
        if token in ("-", "+"):
            value = _number(self.single())
            return value if isinstance(value, Error) else (-value if token == "-" else value)
        value = self.value(kind, token)
        while self.peek() == "%":
            self.take()
            value = _operated(value, "/", 100)
        return value

    def value(self, kind: str, token: str) -> Any:
        if kind == "text":
            return token[1:-1].replace('""', '"')
        if kind == "number":
            return float(token)
        if kind == "cell" and ":" not in token:
            return self.look(token)[0]
        if token == "(":
            value = self.level()
            self.expect(")")
            return value
        return self.called(token.upper()) if kind == "name" else self.fail()

    def called(self, name: str) -> Any:
        if name in ("TRUE", "FALSE") and self.peek() != "(":
            return name == "TRUE"
        if name not in ("SUM", "HYPERLINK"):
            raise Uncalculated
        self.expect("(")
        arguments: list[Any] = []
        while self.peek() != ")":
            arguments.extend(self.argument())
            if self.peek() in (",", ";"):
                self.take()
        self.expect(")")
        return _summed(arguments) if name == "SUM" else arguments[-1]

    def argument(self) -> list[Any]:
        if self.tokens and self.tokens[0][0] == "cell" and ":" in self.tokens[0][1]:
            return self.look(self.take()[1])
        return [self.level()]

    def expect(self, mark: str) -> None:
        if self.take()[1] != mark:
            raise Uncalculated

    def fail(self) -> Any:
        raise Uncalculated


def _summed(values: list[Any]) -> Any:
    errors = [value for value in values if isinstance(value, Error)]
    return errors[0] if errors else sum(value for value in values if isinstance(value, int | float))


def _number(value: Any) -> Any:
    if isinstance(value, str):
        return Error("#VALUE!", "a number was expected")
    return value if isinstance(value, Error) else float(value or 0)


def _operated(left: Any, mark: str, right: Any) -> Any:
    for side in (left, right):
        if isinstance(side, Error):
            return side
    if mark == "&":
        return _text(left) + _text(right)
    if mark in ("=", "<>"):
        return (left == right) == (mark == "=")
    numbers = _number(left), _number(right)
    wrong = next((one for one in numbers if isinstance(one, Error)), None)
    return wrong or _reckoned(numbers[0], mark, numbers[1])


def _reckoned(left: float, mark: str, right: float) -> Any:
    if mark == "/" and not right:
        return Error("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.")
    results: dict[str, Callable[[], Any]] = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "^": lambda: left**right,
        "<": lambda: left < right,
        ">": lambda: left > right,
        "<=": lambda: left <= right,
        ">=": lambda: left >= right,
    }
    return results[mark]()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return general(value, "en_US") if isinstance(value, int | float) else value or ""


def tokens(formula: str) -> list[tuple[str, str]]:
    """The parts of a formula after its '='. Raises Uncalculated."""
    found = _tokens(formula)
    if found is None:
        raise Uncalculated
    return list(found)


@lru_cache(maxsize=10_000)
def _tokens(formula: str) -> tuple[tuple[str, str], ...] | None:
    found, at = [], 1
    while formula[at:].strip():
        match = TOKEN.match(formula, at)
        if not match or match.lastgroup is None:
            return None
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tuple(found)


@behaves("assumed", "formulas", "one that is not calculated here shows '' or 0, unless a test gives its value")
def stand_in_value(formula: str) -> Any:
    """What stands in for a value that only Google would calculate."""
    return "" if '"' in formula or "&" in formula else 0


def calculate(book: Book) -> None:
    """Give every formula of a spreadsheet its value."""
    if not book.has_formulas:
        return
    running: set[tuple[int, int, int]] = set()
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows):
            for column, cell in enumerate(cells):
                if cell.formula and not cell.fixed:
                    value = extended(_value(book, sheet, row, column, running))
                    if value != cell.effective:
                        sheet.put(row, column, replace(cell, effective=value))


def _value(book: Book, sheet: Sheet, row: int, column: int, running: set[tuple[int, int, int]]) -> Any:
    cell = sheet.cell(row, column)
    if not cell.formula or cell.fixed:
        return unwrapped(cell.effective)
    key = (sheet.id, row, column)
    if key in running:
        return Error("#REF!", "Circular dependency detected.")
    running.add(key)
    try:
        return _calculated(book, sheet, cell.formula, running)
    finally:
        running.discard(key)


def _calculated(book: Book, sheet: Sheet, formula: str, running: set[tuple[int, int, int]]) -> Any:
    if book.calculate is not None:
        given = book.calculate(formula)
        if given is not None:
            return given

    def look(reference: str) -> list[Any]:
        title, _, cells = reference.rpartition("!")
        there = book.titled(title.strip("'").replace("''", "'")) if title else sheet
        bounds = cells_range(cells)
        if there is None or bounds is None:
            return [Error("#REF!", f"Unresolved sheet name '{title}'.")]
        return [
            _value(book, there, row, column, running)
            for row in range(bounds["startRowIndex"], bounds["endRowIndex"])
            for column in range(bounds["startColumnIndex"], bounds["endColumnIndex"])
        ]

    try:
        reader = Reader(tokens(formula), look)
        value = reader.level()
        return stand_in_value(formula) if reader.tokens else value
    except (Uncalculated, OverflowError):
        return stand_in_value(formula)


Move = Callable[[int, bool], int | None]
"""Where a row or column goes that a reference names (whether it has a $): None where it is gone."""


def rewritten(formula: str, rows: Move, columns: Move, on_tab: Callable[[str], bool]) -> str:
    """A formula whose references have moved. ``on_tab`` says whether one with this title ('' for none) moves."""

    def moved(found: re.Match[str]) -> str:
        if found[1] or not on_tab((found[2] or "")[:-1].strip("'").replace("''", "'")):
            return found[0]
        column = columns(column_number(found[4]), bool(found[3]))
        row = rows(int(found[6]) - 1, bool(found[5]))
        if column is None or row is None or column < 0 or row < 0:
            return "#REF!"
        return f"{found[2] or ''}{found[3]}{column_letters(column)}{found[5]}{row + 1}"

    return REFERENCE.sub(moved, formula)
