"""The config file that `init` writes, or adds a registry's block to; what stands there already stays as it is."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.columns import column
from registry_sheets.registry.registry_sheet import RegistrySheet
from registry_sheets.registry.text import one_line

_HEAD = (
    "# Settings of Registry Sheets. `registry-sheets doctor` says what they come to;",
    "# config.example.toml explains every one.",
    "",
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Block:
    """A registry's block: what `init` settled, and what it suggests for a person to settle.

    ``columns`` maps fields to headers; ``suggested`` are such pairs that stand there as a comment.
    ``time_zone`` '' is this machine's. ``beside`` is why the findings go beside the workbook, '' where they go into it.
    """

    name: str
    sheet: str
    tab: str = ""
    lists_tab: str = ""
    header_row: int = 0
    time_zone: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    suggested: Sequence[tuple[str, str]] = ()
    beside: str = ""


def toml_text(text: str) -> str:
    """A TOML string. JSON's escapes are TOML's too, but for DEL and half characters, which TOML does not take."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def block_lines(block: Block) -> list[str]:
    """The block as lines of TOML."""
    lines = ["[[registry]]", f"name = {toml_text(block.name)}", f"sheet = {toml_text(block.sheet)}"]
    lines += [
        f"{key} = {toml_text(said)}" for key in ("tab", "lists_tab", "time_zone") if (said := getattr(block, key))
    ]
    if block.header_row:
        lines.append(f"header_row = {block.header_row}")
    if block.beside:
        lines += [f"# {_comment(block.beside)}", 'write_back = "beside"']
    return lines + _column_lines(block)


def _column_lines(block: Block) -> list[str]:
    if not block.columns and not block.suggested:
        return []
    lines = ["", "[registry.columns]  # our column = its heading in the sheet"]
    lines += [f"{column_line(name, header)}" for name, header in block.columns.items()]
    if block.suggested:
        lines.append("# Perhaps; take away the # where it is so:")
    return lines + [f"# {_comment(column_line(name, header))}" for name, header in block.suggested]


def column_line(name: str, header: str) -> str:
    """A column of ours and its heading in the sheet, as a line of TOML."""
    return f"{toml_text(column(name).header)} = {toml_text(one_line(header))}"


def _comment(text: str) -> str:
    """On one line, and without the control characters that a comment must not have."""
    return "".join(sign if sign.isprintable() else " " for sign in one_line(text))


def with_block(content: bytes | None, block: Block, path: Path) -> bytes:
    """The config with the block added at its end; all bytes that were there stay. None: there is no file yet.

    Raises ConfigProblem where the file is not TOML, or is written so that nothing can be added.
    """
    if content is None:
        return _joined([*_HEAD, *block_lines(block)], "\n")
    before = _parsed(content, path)
    newline = "\r\n" if b"\r\n" in content else "\n"
    lines = [*_kept_single(before), *block_lines(block)]
    gap = b"" if not content.removeprefix(_BOM) or content.endswith(b"\n") else newline.encode()
    added = content + gap + newline.encode() + _joined(lines, newline)
    try:
        tomllib.loads(added.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError:
        raise ConfigProblem(f"A block cannot be added to {path} as it is written.", _by_hand(block)) from None
    return added


def _joined(lines: Sequence[str], newline: str) -> bytes:
    return "".join(f"{line}{newline}" for line in lines).encode()


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigProblem(f"{path} is not valid TOML: {error}.", "Correct it, then run init again.") from None


def _kept_single(raw: Mapping[str, Any]) -> list[str]:
    """A file may name its one registry at its top; beside blocks that would no longer count, so it gets a block."""
    if "registry" in raw or "sheet" not in raw:
        return []
    lines = [f"{key} = {toml_text(str(raw[key]))}" for key in ("name", "sheet") if key in raw]
    return ["# The registry named at the top of this file:", "[[registry]]", *lines, ""]


def _by_hand(block: Block) -> str:
    return "Add it by hand:\n" + "\n".join(block_lines(block))


def sheet_path(sheet: RegistrySheet, home: Path) -> str:
    """A sheet as a config in ``home`` names it: a file relative where it stands below, with '/' on every system; a
    Google spreadsheet by its address."""
    if sheet.path is None:
        return str(sheet)
    path, home = sheet.path.absolute(), home.absolute()
    return (path.relative_to(home) if path.is_relative_to(home) else path).as_posix()


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """A registry's name that no other has: 'models', 'models 2', ... ``taken`` are slugs or names in lower case."""
    name, number = wanted, 1
    while name.casefold().replace(" ", "-") in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
