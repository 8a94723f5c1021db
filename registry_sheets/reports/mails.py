"""Mails as they are sent: subject, HTML and plain text, from a digest or from a failure.

Texts are escaped by Jinja2 before MJML sees them; MJML passes entities through as they are. An HTML part is under
HTML_LIMIT bytes whatever the cells hold: Gmail cuts what is over 102 KB.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from registry_sheets.reports.digest import Digest
from registry_sheets.reports.digest_lines import Part
from registry_sheets.reports.digest_summary import Summary
from registry_sheets.reports.mail_texts import Level, dated, mail_link, mail_text, shown_part, wrap
from registry_sheets.reports.mail_words import (
    ALERT_FOOTER,
    Around,
    below,
    completeness,
    footer,
    headline,
    live_text,
    owner_text,
    percent,
    preheader,
    subject,
    tiles,
    title,
    where_more,
)
from registry_sheets.reports.templates import environment

HTML_LIMIT = 100_000
LEVELS = Level(text=400, link=1000, lines=30), Level(text=160, link=400, lines=12), Level(text=60, link=200, lines=5)
"""Tried in this order until the mail is small enough; the last one always is."""

_NOTHING: Part[Any] = Part((), 0)


class Rendered(NamedTuple):
    """A mail without its envelope. ``subject`` is one line; ``text`` is the plain-text part, which says as much."""

    subject: str
    html: str
    text: str


def render(digest: Digest, around: Around = Around()) -> Rendered:  # noqa: B008 - a frozen value
    """The weekly mail, or the summary.

    Raises FileNotFoundError where the installation lacks its templates.
    """
    for level in LEVELS:
        values = _values(digest, around, level)
        html = _html("weekly.mjml.j2", values)
        if len(html.encode()) < HTML_LIMIT:
            break
    return Rendered(values["subject"], html, _text("weekly.txt.j2", values))


def alert(
    registry: str,
    message: str,
    fix: str,
    since: date | datetime,
    well_again: bool = False,
    job: str = "nightly check",
    where: str = "",
) -> Rendered:
    """The mail about a failure of a job of one registry, or that it is well again since.

    ``since`` is a local time of the registry: that of the first failure in a row. ``where`` tells the registry from
    others of that name: 'Clinic: /srv/clinic/models.xlsx on srv1'.
    """
    begun = _minute(since)
    happened = f"The {job} works again" if well_again else f"The {job} failed"
    told = mail_text(message, 1000)
    subject_ = f"{title(registry)}: {happened[0].lower()}{happened[1:]}"
    values = {
        "subject": subject_,
        "preheader": told,
        "above": title(registry),
        "heading": happened,
        "below": f"It had failed since {begun}, with:" if well_again else f"Since {begun}",
        "where": mail_text(where, 400),
        "message": told,
        "fix": "" if well_again else mail_text(fix, 1000),
        "tone": "plain" if well_again else "error",
        "footer": ALERT_FOOTER,
    }
    return Rendered(subject_, _html("alert.mjml.j2", values), _text("alert.txt.j2", values))


def _minute(moment: date | datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()


def _html(template: str, values: Mapping[str, Any]) -> str:
    from mjml import mjml2html

    return str(
        mjml2html(environment().get_template(template).render(values, dated=dated), disable_comments=True, fonts={})
    )


def _text(template: str, values: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(values, wrap=wrap).rstrip() + "\n"


def _values(digest: Digest, around: Around, level: Level) -> dict[str, Any]:
    report = mail_link(around.report, level.link)
    links = [(mail_link(digest.link, level.link), "Open the sheet"), (report, "See the report")]
    return {
        **_head(digest),
        **_lines(digest, level),
        "links": [(link, text) for link, text in links if link],
        "attached": around.attached,
        "where_more": where_more(around),
        "footer": footer(digest, around),
        "live_text": live_text,
        "owner_text": owner_text,
        "percent": percent,
    }


def _head(digest: Digest) -> dict[str, Any]:
    told = headline(digest)
    return {
        "subject": subject(digest),
        "preheader": preheader(digest),
        "above": title(digest.registry),
        "heading": told[0].upper() + told[1:],
        "below": below(digest),
        "tiles": tiles(digest),
        "complete": completeness(digest),
        "since": digest.since.isoformat(),
        "is_summary": isinstance(digest, Summary),
    }


def _lines(digest: Digest, level: Level) -> dict[str, Any]:
    """The parts by name; those that only a summary has are empty in another mail."""
    names = "unchecked", "troubles", "unmailed", "findings", "overdue", "changes", "owners", "live"
    parts = {name: shown_part(getattr(digest, name, _NOTHING), level) for name in names}
    most = max((one.to_mend + one.overdue for one in parts["owners"].told), default=0)
    return {**parts, "most_to_do": max(1, most)}
