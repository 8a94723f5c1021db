"""Links inside a spreadsheet: Excel's '#\'My models\'!B3' is '#gid=7&range=B3' in Google."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from registry_sheets.workbooks.google.tabs.pieces import STRING, TAB, Piece, string, unquoted

Link = Callable[[str], str]
"""The link to a tab ('#gid=7') by its title or by our name for it; '' where there is no such tab."""


def linker(gids: Mapping[str, int]) -> Link:
    """A Link from sheet ids by title and by our names for tabs ('_registry_sheets.findings')."""
    return lambda target: f"#gid={gids[target]}" if target in gids else ""


def linked(found: Sequence[Piece], link: Link) -> list[Piece]:
    """HYPERLINK("#target", …) with Google's link to the target."""
    linked = list(found)
    for at in range(2, len(linked)):
        target = linked[at]
        if target.kind == STRING and target.text.startswith('"#') and linked[at - 2].text == "HYPERLINK":
            linked[at] = string(_place_link(unquoted(target)[1:], link) or unquoted(target))
    return linked


def _place_link(target: str, link: Link) -> str:
    """The link to a tab, or to a place in it where the target names one ("'My models'!$B$3"); '' for no such tab."""
    title, mark, place = target.rpartition("!")
    if not mark:
        return link(target)
    found = link(_plain_title(title))
    return f"{found}&range={place.replace('$', '')}" if found else ""


def _plain_title(title: str) -> str:
    return unquoted(Piece(TAB, title)) if title.startswith("'") else title


def to_gid_link(text: str, link: Link) -> str:
    """The beginning of links into a tab, "#'My models'!", as Google's '#gid=7&range='; other text as it is."""
    if not (text.startswith("#'") and text.endswith("'!")):
        return text
    found = link(unquoted(Piece(TAB, text[1:-1])))
    return f"{found}&range=" if found else text


def from_gid_link(text: str, titles: Mapping[int, str]) -> str:
    """What to_gid_link made its text from; ``titles`` by sheet id. Other text as it is."""
    number = text.removeprefix("#gid=").removesuffix("&range=")
    if not (number.isascii() and number.isdecimal()) or text != f"#gid={int(number)}&range=":
        return text
    if int(number) not in titles:
        return text
    return "#'" + titles[int(number)].replace("'", "''") + "'!"
