"""Texts and links made fit for the page: escaped, long ones folded, numbers with their nouns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from markupsafe import Markup, escape

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.owners import Person
from registry_sheets.registry.text import shown

LONGEST = 400
"""A text longer than this is folded."""
KEPT = 4_000
"""The characters of a text that the page holds; the sheet has all."""

_SUMMARY = 160
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_LINK = re.compile(r"(?:https?://|mailto:|file:)[^\x00-\x20\x7f\ud800-\udfff]+", re.IGNORECASE)


def folded(text: str) -> Markup:
    """The text, escaped; a long one as its beginning, which opens."""
    if len(text) <= LONGEST:
        return escape(text)
    rest = text if len(text) <= KEPT else f"{text[:KEPT]}… ({len(text):,} characters in all; the sheet holds them)"
    return Markup("<details><summary>{}…</summary>{}</details>").format(text[:_SUMMARY].rstrip(), rest)


def dated(text: str) -> Markup:
    """The text, escaped, with its days (2026-07-01) as such, which do not break at the end of a line."""
    return Markup(_DAY.sub(r"<time>\g<0></time>", str(escape(text))))  # noqa: S704 (escaped)


def cell_html(cell: Cell) -> str:
    """A cell as HTML."""
    return str(folded(cell) if isinstance(cell, str) else escape(shown(cell)))


def clipped(text: str, most: int = 120) -> str:
    """The text, cut where it is longer."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def safe_link(link: str) -> str:
    """The link where it is one that may be followed (http, https, mailto, file), else ''."""
    return link if _LINK.fullmatch(link) else ""


def mail_link(person: Person | None) -> str:
    """A link that writes to the person, '' where nobody says how."""
    from urllib.parse import quote

    if person is None or not person.address:
        return ""
    return "mailto:" + quote(person.address.encode("utf-8", "replace"), safe="@+")


def counted(number: int, one: str, many: str = "") -> str:
    """'1 model', '1,200 models'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def anded(texts: Iterable[str]) -> str:
    """'A', 'A and B', 'A, B and C'; blank ones are left out."""
    said = [text for text in texts if text]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def day_text(day: date | None) -> str:
    """The day in ISO, '' for none."""
    return day.isoformat() if day else ""


def model_text(name: str, version: str) -> str:
    """'AC failure 3.1', with words for what is blank."""
    return " ".join(filter(None, (clipped(name.strip()) or "(no name)", clipped(version.strip(), 40))))
