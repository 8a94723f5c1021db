"""What a cell shows: formattedValue of a value in its number format and the spreadsheet's locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import COMMA_DECIMALS, DATE_PATTERNS, EPOCH, SHOWN_ERRORS, from_serial
from tests.support.google.errors import NotImitated

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DATE_TOKEN = re.compile(r'"[^"]*"|\[h+\]|\\.|y+|m+|d+|h+|s+|am/pm|a/p|.', re.IGNORECASE | re.DOTALL)
DATE_KINDS = frozenset(("DATE", "TIME", "DATE_TIME"))


def formatted(value: Mapping[str, Any] | None, number_format: Mapping[str, Any], locale: str) -> str | None:
    """A cell's formattedValue; None for an empty one."""
    if not value:
        return None
    ((kind, inner),) = value.items()
    if kind == "stringValue":
        return str(inner)
    if kind == "boolValue":
        return "TRUE" if inner else "FALSE"
    if kind == "errorValue":
        return SHOWN_ERRORS[inner["type"]]
    return number(inner, number_format.get("type", ""), number_format.get("pattern", ""), locale)


@behaves("documented", "number formats", "DATE, TIME and DATE_TIME show a serial number as their pattern says")
@behaves("assumed", "number formats", "the patterns of dates without one, by locale: a few locales, else yyyy-mm-dd")
@lru_cache(maxsize=4096)
def number(value: float, kind: str, pattern: str, locale: str) -> str:
    """How a number is shown."""
    if kind in DATE_KINDS:
        return dated(from_serial(value), pattern or default_pattern(kind, locale))
    if kind == "TEXT" or not (kind or pattern) or pattern in ("General", "@"):
        return general(value, locale)
    return patterned(value, pattern or _default_number(kind), locale)


def default_pattern(kind: str, locale: str) -> str:
    day = DATE_PATTERNS.get(locale, "yyyy-mm-dd")
    return {"DATE": day, "TIME": "h:mm:ss", "DATE_TIME": f"{day} h:mm:ss"}[kind]


def _default_number(kind: str) -> str:
    patterns = {"NUMBER": "#,##0.00", "PERCENT": "0.00%", "CURRENCY": '"$"#,##0.00', "SCIENTIFIC": "0.00E+00"}
    if kind not in patterns:
        raise NotImitated(f"the number format {kind}")
    return patterns[kind]


@behaves("recorded", "number formats", "without one, a number is shown by its digits: 42, 1.45, 0.0009765625")
@behaves("assumed", "number formats", "without one, ten significant digits are shown, and from 1E+15 an exponent")
def general(value: float, locale: str) -> str:
    """A number without a format."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.10g}"
    mantissa, mark, exponent = text.partition("e")
    if mark and -8 <= int(exponent) < 0:
        text = f"{value:.{9 - int(exponent)}f}".rstrip("0")
    elif mark:
        text = f"{mantissa}E{int(exponent):+03d}"
    return _localised(text, locale)


def _localised(text: str, locale: str) -> str:
    return text.translate(str.maketrans(".,", ",.")) if locale[:2] in COMMA_DECIMALS else text


def patterned(value: float, pattern: str, locale: str) -> str:
    """A number in a pattern such as #,##0.00, 0%, 0.00E+00 or "€ "0.0. Raises NotImitated."""
    positive = pattern.split(";")[0]
    found = re.fullmatch(r'((?:"[^"]*"|\\.|[$€£ ])*)([#0,]+)(\.[0#]+)?(E\+00)?(%?)((?:"[^"]*"|\\.|[$€£ ])*)', positive)
    if not found:
        raise NotImitated(f"the number format pattern {pattern}")
    before, whole, fraction, exponent, percent, after = found.groups()
    places = len(fraction or ".") - 1
    grouping = "," if "," in whole else ""
    shown = f"{value * (100 if percent else 1):{grouping}.{places}{'E' if exponent else 'f'}}"
    optional = len(fraction) - len(fraction.rstrip("#")) if fraction else 0
    if optional:
        head, tail = shown[:-optional], shown[-optional:]
        shown = (head + tail.rstrip("0")).rstrip(".")
    shown = shown.zfill(whole.replace(",", "").count("0"))
    return _literal(before) + _localised(shown, locale) + percent + _literal(after)


def _literal(text: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda one: one[1] or one[2] or "", text)


def dated(moment: datetime, pattern: str) -> str:
    """A date in a pattern such as yyyy-mm-dd h:mm:ss; m is minutes beside hours or seconds."""
    tokens = DATE_TOKEN.findall(pattern)
    letters = [token.strip("[")[:1].lower() if re.match(r"[\[A-Za-z]", token) else "" for token in tokens]
    half = any(token.lower() in ("am/pm", "a/p") for token in tokens)
    shown = []
    for at, token in enumerate(tokens):
        before = next((letter for letter in reversed(letters[:at]) if letter), "")
        after = next((letter for letter in letters[at + 1 :] if letter), "")
        minutes = letters[at] == "m" and len(token) < 3 and (before == "h" or after == "s")
        shown.append(_token(moment, token, minutes, half))
    return "".join(shown)


def _token(moment: datetime, token: str, minutes: bool, half: bool) -> str:
    letter, wide = token[0].lower(), len(token)
    if letter == "[" and wide > 1:
        return str(int((moment - EPOCH).total_seconds() // 3600)).zfill(wide - 2)
    if token.lower() in ("am/pm", "a/p"):
        return moment.strftime("%p")
    if letter == "y":
        return f"{moment.year:04d}" if wide > 2 else f"{moment.year % 100:02d}"
    if letter == "m" and not minutes and wide > 2:
        name = MONTHS[moment.month - 1]
        return name if wide > 3 else name[:3]
    if letter == "d" and wide > 2:
        name = DAYS[moment.weekday()]
        return name if wide > 3 else name[:3]
    hour = (moment.hour % 12 or 12) if half else moment.hour
    numbers = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour, "s": moment.second}
    if letter in numbers and token[0].isalpha():
        return f"{numbers[letter]:0{min(wide, 2)}d}"
    return _literal(token)
