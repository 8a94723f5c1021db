"""What a mail says beside its lines: subject, headings, why somebody gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from registry_sheets.reports.digest import Digest
from registry_sheets.reports.digest_lines import LiveTold, count
from registry_sheets.reports.digest_summary import OwnerCount, Summary
from registry_sheets.reports.mail_texts import mail_text

NAME_MOST = 60
NO_TRACKING = (
    "Made by Registry Sheets from what the sheet says. No tracking: no pictures, and nobody counts what you open."
)


ALERT_FOOTER = (
    "You get this mail because your address stands in alert_to or summary_to in the config. There is one for each "
    "failure, and to alert_to one more when it is well again.",
    "How things stand now: registry-sheets status",
    "Sent by Registry Sheets. No tracking: no pictures, and nobody counts what you open.",
)


class Tile(NamedTuple):
    """A number that stands out. ``tone``: 'ink', 'warning' or 'error'."""

    number: str
    what: str
    tone: str


class Around(NamedTuple):
    """What goes round a mail's lines.

    ``report`` is a link to the report page (http or https), '' where there is none; ``attached``: the report goes with
    the mail; ``contact`` is the address of whoever runs the registry, for those who want no mail or have a question.
    """

    report: str = ""
    attached: bool = False
    contact: str = ""


def title(registry: str) -> str:
    """'Model registry demo', fit for a header and a heading."""
    return f"Model registry {mail_text(registry, NAME_MOST)}".rstrip()


def subject(digest: Digest) -> str:
    """'Model registry demo: 3 things to mend, 1 overdue'. Nothing of the sheet stands in it."""
    summary = " summary" if isinstance(digest, Summary) else ""
    return f"{title(digest.registry)}{summary}: {headline(digest)}"


def headline(digest: Digest) -> str:
    """The mail in a few words, in small letters."""
    return ", ".join(_headline(digest))


def _headline(digest: Digest) -> Iterator[str]:
    to_mend = digest.to_mend if isinstance(digest, Summary) else digest.findings.total
    troubles = digest.troubles.total if isinstance(digest, Summary) else 0
    if troubles:
        yield count(troubles, "trouble")
    if to_mend:
        yield count(to_mend, "thing to mend", "things to mend")
    if digest.overdue.total:
        yield f"{digest.overdue.total:,} overdue"
    if not (troubles or to_mend or digest.overdue.total):
        yield count(digest.changes.total, "change") if digest.changes.total else "nothing found to mend"
    if digest.unchecked.total:
        yield "not everything checked"


def below(digest: Digest) -> str:
    """For whom it is, and of when."""
    to = f"For {mail_text(digest.recipient.name, NAME_MOST)}, week" if digest.recipient else "Summary of week"
    return f"{to} {digest.week}, as of {digest.today}"


def preheader(digest: Digest) -> str:
    """What a list of mails shows after the subject."""
    first = (digest.findings.told or digest.overdue.told or (None,))[0]
    if first is None:
        return f"{count(digest.live.total, 'version')} live, {count(digest.changes.total, 'change')}."
    return mail_text(f"{first.place}: {first.message}", 140)


def tiles(digest: Digest) -> list[Tile]:
    """The numbers that stand above all else."""
    to_mend = digest.to_mend if isinstance(digest, Summary) else digest.findings.total
    whole = [Tile(f"{digest.models:,}", "models", "ink")] if isinstance(digest, Summary) else []
    return [
        *whole,
        Tile(f"{digest.live.total:,}", "live versions" if whole else "live", "ink"),
        Tile(f"{to_mend:,}", "to mend", "error" if to_mend else "ink"),
        Tile(f"{digest.overdue.total:,}", "overdue", "warning" if digest.overdue.total else "ink"),
        Tile(f"{digest.changes.total:,}", "changed", "ink"),
    ]


def live_text(line: LiveTold) -> str:
    """'Service desk app, for Rooftop units, live since 2026-03-12'."""
    used_for = f"for {line.used_for}" if line.used_for else ""
    return ", ".join(filter(None, (line.where or "(no location)", used_for, line.since)))


def owner_text(one: OwnerCount) -> str:
    """'6 rows, 10 to mend, 4 overdue, gets no mail'."""
    parts = [count(one.rows, "row") + ("" if one.name else " without an owner")]
    parts += [f"{one.to_mend:,} to mend"] if one.to_mend else []
    parts += [f"{one.overdue:,} overdue"] if one.overdue else []
    parts += ["nothing to do"] if len(parts) == 1 else []
    return ", ".join(parts if one.mailed or not one.name else [*parts, "gets no mail"])


class Complete(NamedTuple):
    """How complete the registry is: in a sentence, and from 0 to 1."""

    text: str
    share: float


def completeness(digest: Digest) -> Complete | None:
    """'68 % of the required and recommended cells are filled (71 % four weeks ago)', in a summary of rows."""
    if not isinstance(digest, Summary) or digest.share is None:
        return None
    now, before = _percent(digest.share), digest.share_before
    told = f" ({_percent(before)} four weeks ago)" if before is not None and _percent(before) != now else ""
    return Complete(f"{now} of the required and recommended cells are filled{told}.", digest.share)


def _percent(share: float) -> str:
    return f"{percent(share)} %"


def percent(share: float) -> int:
    """A share in whole percent; 100 only for all, 0 only for nothing."""
    if 0 < share < 1:
        return min(99, max(1, round(share * 100)))
    return round(share * 100)


def where_more(around: Around) -> str:
    """Where the findings stand that the mail leaves out."""
    also = "; the attached report too" if around.attached else "; the report too" if around.report else ""
    return f": the tab Findings lists all{also}"


def footer(digest: Digest, around: Around) -> list[str]:
    """Why somebody gets this, how to change it, who made it."""
    name, label = mail_text(digest.registry, NAME_MOST), mail_text(digest.label, NAME_MOST)
    of = f"the model registry {name} ({label})"
    contact = mail_text(around.contact, 120)
    if digest.recipient is None:
        why = f"You get this mail because your address stands in summary_to in the config of {of}."
        change = "To get none, ask whoever runs it to take your address out"
        return [why, f"{change}: {contact}." if contact else f"{change}.", NO_TRACKING]
    rows = count(digest.rows, "row names", "rows name")
    why = f"You get this mail because {rows} you as owner in {of}."
    change = (
        "To change that, give those rows another name in the Owner column, or correct your address in the tab Lists."
    )
    ask = f" To get no such mail at all, or to ask something, write to {contact}." if contact else ""
    return [why, change + ask, NO_TRACKING]
