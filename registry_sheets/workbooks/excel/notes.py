"""Hover texts of our new tabs: a comments part and the VML drawing in which Excel keeps their boxes."""

from __future__ import annotations

from collections.abc import Mapping

from registry_sheets.workbooks.excel.markup import attribute_text
from registry_sheets.workbooks.excel.render import place, text_markup

_AUTHOR = "Registry Sheets"
_VML_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def comments_part(notes: Mapping[str, str], namespace: str) -> bytes:
    """The texts, by address."""
    items = "".join(
        f'<comment ref="{attribute_text(ref)}" authorId="0"><text><t xml:space="preserve">{text_markup(text)}</t>'
        "</text></comment>"
        for ref, text in sorted(notes.items(), key=lambda item: place(item[0]))
    )
    body = f"<authors><author>{_AUTHOR}</author></authors><commentList>{items}</commentList>"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<comments xmlns="{namespace}">{body}</comments>'.encode()


def drawing_part(notes: Mapping[str, str]) -> bytes:
    """The boxes, hidden until hovered over."""
    places = sorted(place(ref) for ref in notes)
    shapes = "".join(_shape(number, row, column) for number, (row, column) in enumerate(places))
    return f"{_VML_HEAD}{shapes}</xml>".encode()


def _shape(number: int, row: int, column: int) -> str:
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 4}, 15, {row + 5}, 4"
    data = (
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData>"
    )
    style = "position:absolute;margin-left:80pt;margin-top:5pt;width:200pt;height:80pt;z-index:1;visibility:hidden"
    return (
        f'<v:shape id="_x0000_s{1025 + number}" type="#_x0000_t202" style="{style}" fillcolor="#ffffe1" '
        f'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:path o:connecttype="none"/>{data}</v:shape>'
    )
