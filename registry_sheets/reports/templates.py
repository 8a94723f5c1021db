"""The templates of pages and mails: where they are, and how they are filled.

In a wheel they stand inside the package, in an editable install at the repository's root.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def templates_folder() -> Path:
    """The folder of the templates. Raises FileNotFoundError where the installation lacks them."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "report.html.j2").is_file():
            return folder
    raise FileNotFoundError(f"no templates beside {package}: install Registry Sheets again")


@cache
def environment() -> Environment:
    """What renders templates by name. A name that a template uses and nobody gave raises jinja2.UndefinedError.

    Texts are escaped in all templates but plain text (*.txt.j2). One for the whole process: a template is compiled
    once (tens of milliseconds), and never changes.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=select_autoescape((), (".txt.j2",), default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
