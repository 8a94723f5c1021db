"""version-rewritten: a recorded version tells another training than it did."""

from __future__ import annotations

from collections.abc import Iterable

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.wording import clipped

_FIX = (
    "If this is a new training, give it a row and a version of its own and put this cell back. If the old value was a "
    "mistake, nothing needs doing: this is told for 14 days, or until it is accepted in Lists."
)


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    for rewrite in registry.past.rewrites if registry.past else ():
        was = clipped(rewrite.was)
        yield Hit(rewrite.index, rewrite.field, f"Was '{was}' until {rewrite.day}, when it was seen changed.", _FIX)


RULE = Rule(
    id="version-rewritten",
    title="A recorded version was rewritten",
    group="history",
    severity=Severity.WARNING,
    finds=(
        "Training date, data source, run link or data link of a version that was recorded with another one. Told for "
        "14 days. A cell that was blank before, and a value that was put back, are right."
    ),
    why="A version is trained once. When its row tells another training, nobody can say any more what is running.",
    what_to_do=_FIX,
    bad=Example(row={"Data source": "CRM export 2026-06-30"}, before=({"Data source": "CRM export 2026-03-31"},)),
    good=Example(row={"Data source": "CRM export 2026-03-31"}, before=({"Data source": ""},)),
    check=_check,
    archived=True,
)
