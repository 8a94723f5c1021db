"""Standard output and error that never raise over a character, and whether they take colours."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO


def steady_streams() -> None:
    """A pipe in cp1252 or ASCII shows '?' for what it cannot hold, instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError, OSError):
                stream.reconfigure(errors="replace")


def has_colours(stream: TextIO) -> bool:
    """Colours go to a terminal only, and not where NO_COLOR is set (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return os.name != "nt" or any(name in os.environ for name in ("WT_SESSION", "ANSICON", "TERM_PROGRAM"))


def can_show(text: str, stream: TextIO) -> bool:
    """Whether the stream's encoding has these characters."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def as_ascii(stream: TextIO) -> bool:
    """Whether JSON is to escape all but ASCII: on a terminal, which takes some characters for commands, and where
    the stream cannot hold them."""
    return stream.isatty() or not can_show("é→😀", stream)


def close_quietly() -> None:
    """After a broken pipe (`check | head`): nothing more can be written, nor need be said."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
