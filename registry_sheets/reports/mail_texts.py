"""Texts and links of people made fit for a mail: no control characters, not too long, links that are links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_sheets.registry.text import terminal_safe, xml_safe
from registry_sheets.reports.digest_lines import Part

if TYPE_CHECKING:
    from markupsafe import Markup

COMMAND_MOST = 600
WIDTH = 76
"""The width of a plain-text mail."""

_LINK = re.compile(r"(?:https?://|mailto:)[^\s\"<>\\^`{|}\x00-\x20\x7f-\x9f]+", re.IGNORECASE)
_LONGEST = {"why": 160, "age": 120}
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])", re.ASCII)


class Level(NamedTuple):
    """How much of each thing a mail shows: characters of a text and of a link, lines of a part."""

    text: int
    link: int
    lines: int


def mail_text(text: str, most: int) -> str:
    """The text on one line of at most so many characters, without those that no mail can hold or that turn it round."""
    kept = xml_safe(terminal_safe(text[: 4 * most]))
    return kept if len(kept) <= most and len(text) <= 4 * most else kept[: most - 1].rstrip() + "…"


def mail_link(link: str, most: int) -> str:
    """The link, if it is one that a mail may hold (http, https, mailto) and short enough; else ''.

    Unicode stays as it is; what has to be percent-encoded in a link and is not makes it no link.
    """
    return link if len(link) <= most and _LINK.fullmatch(link) and xml_safe(terminal_safe(link)) == link else ""


def shown_part(lines: Part[Any], level: Level) -> Part[Any]:
    """The lines of a part made fit, field by field."""
    told = tuple(_shown(line, level) for line in lines.told[: level.lines])
    return Part(told, lines.total - len(told))


def _shown(line: Any, level: Level) -> Any:
    if isinstance(line, str):
        return mail_text(line, level.text)
    return line._make(_field(field, value, level) for field, value in zip(line._fields, line, strict=True))


def _field(field: str, value: Any, level: Level) -> Any:
    if not isinstance(value, str):
        return value
    if field == "link":
        return mail_link(value, level.link)
    # Half a command must not be pasted, so it is left whole as long as any command of ours is.
    return mail_text(value, COMMAND_MOST if field == "command" else min(level.text, _LONGEST.get(field, level.text)))


def dated(text: str) -> Markup | str:
    """The text with its dates kept from being cut at their hyphens: escaped, or as it is where it has none."""
    if not _DAY.search(text):
        return text
    from markupsafe import Markup, escape

    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped, then digits only


def wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """The text cut at spaces into lines of WIDTH. Words that are longer (links) stay whole."""
    start = indent if first is None else first
    if len(start) + len(text) <= WIDTH:
        return start + text
    lines, line = [], start
    for word in text.split(" "):
        if len(line) + len(word) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f"{word} "
    return "\n".join([*lines, line.rstrip()])
