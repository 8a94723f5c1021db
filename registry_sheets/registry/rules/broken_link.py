"""broken-link: a link or path leads nowhere. The asking is done elsewhere; this rule sees the answers."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable

LINK_FIELDS = ("run_link", "data_link")

_FIX = "Put in where it is now, or clear the cell if it is gone."


class BrokenLinkOptions(Options):
    """How links are asked.

    ``timeout``: seconds for one link; ``at_most``: how many at once; ``budget``: seconds for all of them;
    ``leave_out``: beginnings of links that are never asked (a site that wants a sign-in, say).
    """

    timeout: float = Field(default=5.0, gt=0, le=120)
    at_most: int = Field(default=4, ge=1, le=16)
    budget: float = Field(default=300.0, gt=0)
    leave_out: tuple[str, ...] = ()


def links_to_ask(table: ModelTable, options: BrokenLinkOptions) -> tuple[str, ...]:
    """The different links and paths of the rows that are judged, in sheet order, without those left out."""
    archived = {index for index, stage in enumerate(table.judged) if stage.value == "Archived"}
    found: dict[str, None] = {}
    for field in LINK_FIELDS:
        for index, link in enumerate(table.value(field)):
            if link and index not in archived and not link.startswith(options.leave_out or ("\0",)):
                found[link] = None
    return tuple(found)


def _check(registry: Registry, _options: BrokenLinkOptions) -> Iterable[Hit]:
    broken = {link: problem for link, problem in (registry.links or {}).items() if problem}
    if not broken:
        return
    for field in LINK_FIELDS:
        for index, link in enumerate(registry.models.value(field)):
            if link in broken:
                yield Hit(index, field, f"{quote(link)} leads nowhere: {broken[link]}.", _FIX)


RULE = Rule(
    id="broken-link",
    title="A link or path leads nowhere",
    group="lineage",
    severity=Severity.WARNING,
    finds=(
        "Run links and data links, http(s) addresses and file paths, that are answered with 'not there'. An address"
        " that cannot be reached, wants a sign-in or answers with a fault of its own is not called broken: the pass"
        " names it as not checked. What stands behind a '#' is never sent, so it is not asked."
    ),
    why="A link that leads nowhere is found out on the day when somebody needs it.",
    what_to_do=_FIX,
    bad=Example(
        row={"Run link": "https://mlflow.example.com/runs/8"},
        links={"https://mlflow.example.com/runs/8": "the server says 404, not found"},
    ),
    good=Example(
        row={"Run link": "https://mlflow.example.com/runs/9"},
        links={"https://mlflow.example.com/runs/9": ""},
    ),
    check=_check,
    options=BrokenLinkOptions,
    on=False,
    needs='your word that links may be asked: [rules.broken-link] severity = "warning"',
)
