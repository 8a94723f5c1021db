"""What a rule is. One rule, one file, one test file; the tuple in rules/__init__.py lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.table import Lists, ModelTable, Stage

if TYPE_CHECKING:  # a check of a registry without history need not load what history is made of
    from registry_sheets.registry.edits.standing import EditStanding
    from registry_sheets.registry.past.known import Past
    from registry_sheets.registry.platforms.reconciling import Reconciled
    from registry_sheets.registry.platforms.terms import Platforms

EXAMPLE_DAY = date(2026, 7, 1)
"""The day on which every rule's examples are read, in docs and in tests."""

Group = Literal["gaps", "form", "identity", "order", "standing", "freshness", "lineage", "mail", "history", "platforms"]


class Options(BaseModel):
    """A rule's options in config, under [registry.rules.<id>]; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True)
class MailTerms:
    """Where mail may go: ``domains`` as they are configured; ``refused`` are addresses (in small letters) to which the
    server would not send for good, with what it said."""

    domains: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Registry:
    """All that a rule may look at. ``today`` is the only clock."""

    name: str
    models: ModelTable
    lists: Lists
    today: date
    vocabulary: Mapping[str, Stage] = field(default_factory=dict)  # stage words (normalised) -> stage
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    links: Mapping[str, str] | None = None  # link -> what is wrong with it ('' is well); None: not asked
    edits: tuple[EditStanding, ...] = ()  # recorded edits that somebody has to decide about
    past: Past | None = None  # what history knows; None: nothing, or this is the baseline
    mail: MailTerms | None = None  # None: owners get no mail
    platforms: Platforms | None = None  # what they said; None: there are none, or they were not asked

    @cached_property
    def reconciled(self) -> Reconciled | None:
        """The sheet held against its platforms; None where there are none."""
        if self.platforms is None:
            return None
        from registry_sheets.registry.platforms.reconciling import Reconciled

        return Reconciled(self.models, self.lists, self.platforms, self.vocabulary)


@dataclass(frozen=True, slots=True)
class Example:
    """A row (header -> cell) for docs and tests; ``others`` are rows that stand above it.

    Only cells that matter are given; the rest of the row is taken from a row without faults. '' is
    a blank cell, None a column that the sheet lacks. ``lists`` is what Lists holds (header ->
    values; 'No longer active' are owners who have left), ``options`` the rule's options, ``beyond``
    cells with content far outside the table.
    """

    row: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    beyond: tuple[str, ...] = ()
    links: Mapping[str, str] | None = None  # as Registry.links
    edits: tuple[EditStanding, ...] = ()  # as Registry.edits
    mail: MailTerms | None = None  # as Registry.mail
    before: tuple[Mapping[str, Any], ...] | None = None  # the rows of the baseline, a year before EXAMPLE_DAY
    platforms: Callable[[], Platforms] | None = None  # makes Registry.platforms


@dataclass(frozen=True)
class Rule:
    """A rule. Its words here are the source of `rules ID` and README's table.

    ``check`` yields a Hit for each thing found; it never raises for any cell content.
    ``on`` False: off until the config names it, or the sheet has the column of field ``turned_on_by``.
    ``archived`` True: also judges Archived rows (identity and form only).
    """

    id: str
    title: str
    group: Group
    severity: Severity
    finds: str
    why: str
    what_to_do: str
    bad: Example
    good: Example
    check: Callable[[Registry, Any], Iterable[Hit]]
    options: type[Options] = Options
    on: bool = True
    archived: bool = False
    needs: str = ""  # what turns it on, for a rule that is off by default
    explains: tuple[str, ...] = ()  # rules whose finding on the same cell this one makes needless; '*': every other
    turned_on_by: str = ""  # a field whose column turns on a rule that is off by default
