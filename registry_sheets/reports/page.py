"""The report page: one HTML file that needs nothing else, and an index of such pages.

The page reaches for nothing and runs nothing but its own style and script, whose hashes stand in its policy (Content
Security Policy, level 2: https://www.w3.org/TR/CSP2/), so a cell's text can do nothing even if it got past escaping.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from registry_sheets.registry.text import xml_safe
from registry_sheets.reports.content import Report
from registry_sheets.reports.templates import environment

_CSS_SPARE = re.compile(r"/\*.*?\*/|\n\s*|(?<=[;,{])\s+|\s+(?=\{)|;(?=\s*\})", re.DOTALL)
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the reading direction by order: left open in a cell, it would turn what stands after it."""

_JS_SPARE = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)


def render_page(report: Report) -> str:
    """The page of a report, a whole HTML document; the same for the same report."""
    from registry_sheets.reports.page_view import view_of

    return _document("report.html.j2", **view_of(report))


@dataclass(frozen=True)
class IndexEntry:
    """A registry in the index. ``href``: its page, relative to the index or an address, '' for none.

    ``live`` counts live models; ``share`` is how complete it is, None where there is nothing to fill; ``day`` None:
    it was never checked. ``complete`` False: something could not be checked.
    """

    name: str
    href: str
    day: date | None
    models: int
    live: int
    gaps: int
    overdue: int
    share: float | None
    complete: bool

    @classmethod
    def of(cls, report: Report, href: str) -> IndexEntry:
        """The entry of a report whose page is at ``href``."""
        return cls(
            name=report.registry,
            href=href,
            day=report.today,
            models=report.models,
            live=report.live_models,
            gaps=report.gaps,
            overdue=len(report.overdue),
            share=report.completeness.share,
            complete=report.complete,
        )


def render_index(entries: Sequence[IndexEntry]) -> str:
    """The index of registries, a whole HTML document: first what was not fully checked, else in the order given."""
    ordered = sorted(entries, key=lambda one: one.complete and one.day is not None)
    return _document("index.html.j2", entries=list(map(_index_row, ordered)), latest=_latest(entries))


def _latest(entries: Sequence[IndexEntry]) -> str:
    return max((one.day.isoformat() for one in entries if one.day), default="")


def _index_row(one: IndexEntry) -> dict[str, Any]:
    """An entry as texts; of a registry that was never checked nothing is counted."""
    from registry_sheets.reports.page_charts import percent

    numbers = {"models": one.models, "live": one.live, "gaps": one.gaps, "overdue": one.overdue}
    return {
        "name": one.name,
        "href": _index_link(one.href),
        "well": one.complete and one.day is not None,
        "day": one.day.isoformat() if one.day else "",
        **{key: f"{number:,}" if one.day else "–" for key, number in numbers.items()},
        "share": percent(one.share),
    }


def _index_link(href: str) -> str:
    """The link, where it is relative or one that may be followed."""
    from urllib.parse import urlsplit

    from registry_sheets.reports.page_text import safe_link

    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        return ""
    return safe_link(href) if scheme else href


def _document(template: str, **values: Any) -> str:
    from markupsafe import Markup

    style = _CSS_SPARE.sub("", _source("report_style.css"))
    script = _JS_SPARE.sub("", _source("report_script.js"))
    html = (
        environment()
        .get_template(template)
        .render(
            policy=_policy(style, script),
            style=Markup(style),  # noqa: S704 (the project's own file)
            script=Markup(script),  # noqa: S704 (the project's own file)
            **values,
        )
    )
    return _OVERRIDES.sub("", xml_safe(html))


def _source(name: str) -> str:
    env = environment()
    if env.loader is None:
        raise FileNotFoundError(name)
    return env.loader.get_source(env, name)[0]


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
