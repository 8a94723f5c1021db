"""The workbook's styles part: looks are appended, never changed, and used again where they are there already.

So that a nightly write leaves styles.xml byte for byte as it was when nothing new is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Style, Tint
from registry_sheets.workbooks.base import PLAIN_FORMATS
from registry_sheets.workbooks.excel.markup import (
    Cut,
    Document,
    Element,
    attribute_text,
    element_children,
    with_attributes,
)
from registry_sheets.workbooks.looks import DATE_FORMAT, DATETIME_FORMAT, LOOKS, TINTS, Look

STYLES_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles"),
    *("colors", "extLst"),
)
_BUILT_IN = {"General": 0, "@": 49}
# ECMA-376 part 1, 18.8.30: the built-in formats that are dates or times, East Asian ones included.
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PLAIN_IDS = frozenset((0, 1, 49))  # General, 0, @
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
_DEFAULTS: Mapping[str, Sequence[str]] = {
    "fonts": ['<{p}font><{p}sz val="11"/><{p}name val="Calibri"/><{p}family val="2"/></{p}font>'],
    "fills": [
        '<{p}fill><{p}patternFill patternType="none"/></{p}fill>',
        '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill>',
    ],
    "borders": ["<{p}border><{p}left/><{p}right/><{p}top/><{p}bottom/><{p}diagonal/></{p}border>"],
    "cellXfs": ['<{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'],
}
_FONT_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name"),
    *("family", "charset", "scheme"),
)

_UNSET = (("quotePrefix", "0"), ("pivotButton", "0"))
_SWITCHES = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u")

Normal = tuple[Any, ...]
"""An element without regard to prefixes, attribute order and white space."""


def empty_styles(namespace: str) -> bytes:
    """A styles part for a workbook that has none."""
    parts = {name: "".join(items).format(p="") for name, items in _DEFAULTS.items()}
    xf = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    body = "".join(
        [
            f'<fonts count="1">{parts["fonts"]}</fonts><fills count="2">{parts["fills"]}</fills>',
            f'<borders count="1">{parts["borders"]}</borders><cellStyleXfs count="1">{xf}</cellStyleXfs>',
            '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>',
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
        ]
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<styleSheet xmlns="{namespace}">{body}</styleSheet>'.encode()


@dataclass
class _Group:
    """One list of the part (fonts, cellXfs, ...) as it stands and what is to be added."""

    normals: list[Normal]
    sources: list[bytes]
    added: list[str] = field(default_factory=list)


class StyleBook:
    """Looks by their index in the part. Ask for what is needed, then take ``cuts``."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._groups: dict[str, _Group] = {}

    def cell_style(self, style: Style, value: Cell = "") -> int | None:
        """The cellXfs index for a style; None is the normal style. Dates get a date format anyway."""
        look = LOOKS[style]
        shown = number_format(value) if look.number_format == "General" else None
        if shown is None and look == LOOKS["plain"]:
            return None
        return self._xf(look, shown or look.number_format)

    def dated(self, base: int, value: Cell) -> int:
        """``base``, or where it would not show ``value`` as the date that it is, the same with a date format."""
        wanted = number_format(value)
        if wanted is None or self.is_date(base):
            return base
        sources = self._group("cellXfs").sources
        source = sources[base] if base < len(sources) else self._p(_DEFAULTS["cellXfs"][0]).encode()
        tag_end = source.index(b">") + 1
        values = {"numFmtId": str(self._format_id(wanted)), "applyNumberFormat": "1"}
        return self._add("cellXfs", (with_attributes(source[:tag_end], values) + source[tag_end:]).decode())

    def is_date(self, index: int) -> bool:
        """Whether a cellXfs entry shows numbers as dates or times."""
        normals = self._group("cellXfs").normals
        if not 0 <= index < len(normals):
            return False
        number = int(dict(normals[index][1]).get("numFmtId", "0") or 0)
        codes = {format_id: code for code, format_id in self._format_ids().items()}
        return number in _DATE_IDS if number not in codes else is_date_format(codes[number])

    def is_plain(self, index: int) -> bool:
        """Whether a cellXfs entry shows a whole number by its digits alone, as it does without any format."""
        normals = self._group("cellXfs").normals
        if not 0 <= index < len(normals):
            return True
        number = int(dict(normals[index][1]).get("numFmtId", "0") or 0)
        codes = {format_id: code for code, format_id in self._format_ids().items()}
        return codes[number] in PLAIN_FORMATS if number in codes else number in _PLAIN_IDS

    def tint(self, tint: Tint) -> int:
        """The dxfs index of a tint."""
        for index, color in enumerate(self._dxf_colors()):
            if color == TINTS[tint]:
                return index
        fill = f'<{{p}}patternFill patternType="solid"><{{p}}bgColor rgb="FF{TINTS[tint]}"/></{{p}}patternFill>'
        return self._add("dxfs", self._p(f"<{{p}}dxf><{{p}}fill>{fill}</{{p}}fill></{{p}}dxf>"))

    @property
    def own_tints(self) -> frozenset[int]:
        """The dxfs indexes that look as ours do."""
        ours = set(TINTS.values())
        return frozenset(i for i, color in enumerate(self._dxf_colors()) if color in ours)

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """What to splice into the part; empty where nothing was missing."""
        grown = [name for name in STYLES_ORDER if name in self._groups and self._groups[name].added]
        found = (self._group_cut(name, self._groups[name].added) for name in grown)
        return tuple(sorted((cut for cuts in found for cut in cuts), key=lambda cut: (cut.start, cut.end)))

    def _xf(self, look: Look, format_code: str) -> int:
        font, fill = self._font(look), self._fill(look.fill)
        base = ' xfId="0"' if self.document.inside(self.document.child("cellStyleXfs")) else ""
        flags = [f' applyFont="{1 if font else 0}"', ' applyNumberFormat="1"', ' applyAlignment="1"']
        ids = f'numFmtId="{self._format_id(format_code)}" fontId="{font}" fillId="{fill}" borderId="0"{base}'
        wrap = ' wrapText="1"' if look.wrap else ""
        top = ' vertical="top"' if look.top else ""
        left = ' horizontal="left"' if look.left else ""
        inner = f"<{{p}}alignment{left}{top}{wrap}/>" if wrap or top or left else ""
        applied = "".join(flags) + (' applyFill="1"' if fill else "")
        return self._add("cellXfs", self._p(f"<{{p}}xf {ids}{applied}>{inner}</{{p}}xf>"))

    def _font(self, look: Look) -> int:
        if not (look.bold or look.underline or look.color or look.grow):
            return 0
        self._ensure_defaults("fonts")
        base = self._group("fonts").normals[0]
        children = {child[0]: dict(child[1]) for child in base[2] if child[0] in _FONT_ORDER}
        children |= {"b": {}} if look.bold else {}
        children |= {"u": {}} if look.underline else {}
        children |= {"color": {"rgb": f"FF{look.color}"}} if look.color else {}
        if look.grow:
            size = float(children.get("sz", {}).get("val", 11)) + look.grow
            children["sz"] = {"val": f"{max(size, 6):g}"}
        ordered = sorted(children.items(), key=lambda item: _FONT_ORDER.index(item[0]))
        inner = "".join(f"<{{p}}{name}{_written(values)}/>" for name, values in ordered)
        return self._add("fonts", self._p(f"<{{p}}font>{inner}</{{p}}font>"))

    def _fill(self, color: str) -> int:
        if not color:
            return 0
        pattern = f'<{{p}}fgColor rgb="FF{color}"/><{{p}}bgColor indexed="64"/>'
        inner = f'<{{p}}patternFill patternType="solid">{pattern}</{{p}}patternFill>'
        return self._add("fills", self._p(f"<{{p}}fill>{inner}</{{p}}fill>"))

    def _format_ids(self) -> Mapping[str, int]:
        found = (dict(normal[1]) for normal in self._group("numFmts").normals)
        return {v.get("formatCode", ""): int(v["numFmtId"]) for v in found if v.get("numFmtId", "").isdigit()}

    def _format_id(self, code: str) -> int:
        if code in _BUILT_IN:
            return _BUILT_IN[code]
        known = self._format_ids()
        if code not in known:
            new = max(163, *known.values()) + 1 if known else 164
            self._add("numFmts", self._p(f'<{{p}}numFmt numFmtId="{new}" formatCode="{attribute_text(code)}"/>'))
            return new
        return known[code]

    def _dxf_colors(self) -> list[str | None]:
        return [_fill_color(normal) for normal in self._group("dxfs").normals]

    def _add(self, name: str, markup: str) -> int:
        """The index of an entry like ``markup``, added where there is none."""
        self._ensure_defaults(name)
        group = self._group(name)
        normal = _normal_of(markup.encode())
        wanted = _comparable(normal)
        for index, there in enumerate(group.normals):
            if _comparable(there) == wanted:
                return index
        return self._append(group, normal, markup)

    def _append(self, group: _Group, normal: Normal, markup: str) -> int:
        group.added.append(markup)
        group.normals.append(normal)
        group.sources.append(markup.encode())
        return len(group.normals) - 1

    def _ensure_defaults(self, name: str) -> None:
        group = self._group(name)
        for markup in _DEFAULTS.get(name, ())[len(group.normals) :]:
            self._append(group, _normal_of(self._p(markup).encode()), self._p(markup))

    def _group(self, name: str) -> _Group:
        if name not in self._groups:
            document = self.document
            children = [c for c in document.inside(document.child(name)) if c.local != "AlternateContent"]
            normals = [normal(document.data, child) for child in children]
            self._groups[name] = _Group(normals, [document.source(child) for child in children])
        return self._groups[name]

    def _group_cut(self, name: str, added: Sequence[str]) -> list[Cut]:
        document, count = self.document, len(self._groups[name].normals)
        element, new = document.child(name), "".join(added).encode()
        tag = f"{document.prefix}{name}".encode()
        if element is None:
            at = document.place(name, STYLES_ORDER)
            return [Cut(at, at, b'<%s count="%d">%s</%s>' % (tag, count, new, tag))]
        opening = with_attributes(document.data[element.start : element.inner], {"count": str(count)})
        if element.empty:
            return [Cut(element.start, element.end, opening[:-2].rstrip() + b">" + new + b"</%s>" % tag)]
        return [Cut(element.start, element.inner, opening), Cut(element.close, element.close, new)]

    def _p(self, markup: str) -> str:
        return markup.replace("{p}", self.document.prefix)


def number_format(value: Cell) -> str | None:
    """The format that shows a date or time; None for other values."""
    if isinstance(value, datetime):
        return DATE_FORMAT if value.time() == time(0) else DATETIME_FORMAT
    if isinstance(value, date):
        return DATE_FORMAT
    if isinstance(value, time):
        return "hh:mm:ss"
    return "[h]:mm:ss" if isinstance(value, timedelta) else None


def is_date_format(code: str) -> bool:
    """Whether a number format shows dates or times."""
    first = _LITERALS.sub("", code).partition(";")[0].lower()
    return "general" not in first and any(letter in first for letter in "ymdhs")


def normal(data: bytes, element: Element) -> Normal:
    """An element in a form that can be compared."""
    values = tuple(
        sorted((n.rpartition(":")[2], v) for n, v in element.attributes.items() if not n.startswith("xmlns"))
    )
    children = tuple(normal(data, child) for child in element_children(data, element.inner, element.close))
    return element.local, values, children


def _normal_of(markup: bytes) -> Normal:
    return normal(markup, next(element_children(markup, 0, len(markup))))


def _comparable(entry: Normal) -> Normal:
    """What makes two entries look the same: Excel adds and drops apply… flags, and orders font parts anew."""
    name, values, children = entry
    if name == "xf":
        kept = {n: v for n, v in values if not n.startswith("apply") and (n, v) not in _UNSET}
        # xfId is the named style; 0 is what leaving it out means.
        return name, tuple(sorted(({"xfId": "0"} | kept).items())), children
    return name, values, tuple(sorted(_without_defaults(child) for child in children)) if name == "font" else children


def _without_defaults(child: Normal) -> Normal:
    """<b val="1"/> says what <b/> says, and <u val="single"/> what <u/> does."""
    name, values, inner = child
    return name, () if values in ((("val", "1"),), (("val", "single"),)) and name in _SWITCHES else values, inner


def _fill_color(dxf: Normal) -> str | None:
    """The colour of a dxf that is a plain fill and nothing else."""
    _, _, children = dxf
    if len(children) != 1 or children[0][0] != "fill" or len(children[0][2]) != 1:
        return None
    colors = {child[0]: dict(child[1]).get("rgb", "") for child in children[0][2][0][2]}
    found = str(colors.get("bgColor", ""))
    return found[-6:].upper() if len(found) in (6, 8) else None


def _written(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{attribute_text(value)}"' for name, value in values.items())
