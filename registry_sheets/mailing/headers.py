"""Header lines, written so that a text from a sheet can be nothing but text in them.

They are not left to ``email``: its folding has let line ends through (CVE-2024-6923) and dropped the quotes round
a comma in a name, which made two addresses of one (CVE-2025-1795), depending on the Python that runs it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from textwrap import wrap

from registry_sheets.errors import ConfigProblem
from registry_sheets.mailing.addresses import Address, shown
from registry_sheets.registry.text import one_line, terminal_safe

SUBJECT_LIMIT, NAME_LIMIT = 250, 100  # characters
URL_LIMIT = 900
_LINE = 66  # characters of text in a line, so that no line is longer than 78
_WORD_BYTES = 42  # in base64 and its frame 68 characters; an encoded word has at most 75 (RFC 2047)
_URL = re.compile(r"(?:mailto:|https?://)[!-;=?-~]+")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._=+-]{1,80}@[a-z0-9.-]{1,253}>")


def line(name: str, body: str) -> bytes:
    """One header; the body comes from the functions below or is our own. Raises ValueError where it would break out."""
    if re.search(r"[\x00\r\n]", body.replace("\r\n ", "")):
        raise ValueError(f"a line end in the header {name}")
    return f"{name}: {body}\r\n".encode()


def text(said: str, limit: int = SUBJECT_LIMIT) -> str:
    """A free text such as a subject: one line, without control characters, cut at ``limit`` characters."""
    kept = _cut(said, limit)
    lines = wrap(kept, _LINE, break_long_words=False, break_on_hyphens=False)
    if _plain(kept) and all(len(part) <= _LINE for part in lines):
        return "\r\n ".join(lines)
    return _encoded(kept)


def mailbox(address: Address) -> str:
    """'"Name" <local@domain>', or the bare address where it has no name."""
    name = _cut(address.name, NAME_LIMIT)
    if not name:
        return address.spec
    if not _plain(name) or len(name) > _LINE - 6:
        return f"{_encoded(name)}\r\n <{address.spec}>"
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{quoted}"\r\n <{address.spec}>'


def unsubscribe(url: str) -> str:
    """A List-Unsubscribe (RFC 2369). Raises ConfigProblem where it is no mailto:, https: or http: address."""
    if len(url) > URL_LIMIT or not _URL.fullmatch(url):
        raise ConfigProblem(
            f"'{shown(url)}' cannot stand in a mail as the place to unsubscribe at.",
            "Write a mailto: or https: address without spaces.",
        )
    return f"<{url}>"


def list_id(name: str) -> str:
    """A List-Id (RFC 2919). Raises ConfigProblem where it is no dotted name."""
    if len(name) > URL_LIMIT or not _LIST_ID.fullmatch(name):
        raise ConfigProblem(
            f"'{shown(name)}' cannot name a mailing list.", "Use letters, digits and '-', parted by '.'."
        )
    return f"<{name}>"


def message_id(id_: str) -> str:
    """A Message-ID as ``message_id_of`` makes it. Raises ValueError for any other."""
    if not _MESSAGE_ID.fullmatch(id_):
        raise ValueError(f"no Message-ID: {shown(id_)}")
    return id_


def file_name(name: str) -> str:
    """A name under which every system can save an attachment: no folders, no reserved characters, 100 long."""
    kept = one_line(re.sub(r'[/\\:*?"<>|]', "_", terminal_safe(name)))
    if len(kept) > NAME_LIMIT:
        stem, dot, suffix = kept.rpartition(".")
        kept = stem[: NAME_LIMIT - 11] + dot + suffix[:10] if stem else kept[:NAME_LIMIT]
    kept = kept.strip(" .")
    return kept or "attachment"


def _plain(said: str) -> bool:
    """Whether a text means itself: '=?' would begin an encoded word, which many programs decode even in quotes."""
    return said.isascii() and "=?" not in said


def _cut(said: str, limit: int) -> str:
    """One line that shows all that it holds, of at most ``limit`` characters."""
    kept = one_line(terminal_safe(said))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def _encoded(said: str) -> str:
    """The text in encoded words of RFC 2047, each holding whole characters."""
    words, word = [], b""
    for character in said:
        grown = word + character.encode()
        if len(grown) > _WORD_BYTES:
            words.append(word)
            grown = character.encode()
        word = grown
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in [*words, word])
