"""What a person settled about how their table is to be read: headers, stage words, the order of dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import Stage

DateOrder = Literal["ymd", "dmy", "mdy"]

STAGE_WORDS: Mapping[Stage, tuple[str, ...]] = {
    Stage.PRODUCTION: (
        "Production",
        "Prod",
        "Prd",
        "Live",
        "In production",
        "In prod",
        "Deployed",
        "Active",
        "In use",
        "Released",
        "Running",
        "In service",
        "Operational",
        "Champion",
        "Current",
        "Deployed to production",
        "Go-live",
    ),
    Stage.TESTING: (
        "Testing",
        "Test",
        "In test",
        "In testing",
        "Staging",
        "Stage",
        "UAT",
        "QA",
        "Shadow",
        "Canary",
        "Candidate",
        "Release candidate",
        "Pilot",
        "Piloting",
        "In pilot",
        "Trial",
        "Development",
        "Dev",
        "In development",
        "In dev",
        "Experiment",
        "Experimental",
        "Experimenting",
        "Prototype",
        "PoC",
        "Proof of concept",
        "Pre-production",
        "Pre-prod",
        "Preprod",
        "Validation",
        "In validation",
        "In review",
        "Beta",
        "Alpha",
        "Challenger",
        "Draft",
        "Planned",
        "None",
        "Sandbox",
        "Evaluation",
        "A/B test",
    ),
    Stage.ARCHIVED: (
        "Archived",
        "Archive",
        "Retired",
        "Deprecated",
        "Decommissioned",
        "Withdrawn",
        "Superseded",
        "Replaced",
        "Inactive",
        "Obsolete",
        "Old",
        "Rolled back",
        "Discontinued",
        "Disabled",
        "Sunset",
        "Undeployed",
        "Removed",
        "Not in use",
        "No longer in use",
        "Rejected",
        "Abandoned",
        "Stopped",
        "Ended",
        "Retired (archived)",
    ),
}
"""The words that are understood without any config, by the stage that they mean."""  # fmt: skip


@dataclass(frozen=True)
class TableSettings:
    """How one registry's Models tab is to be read.

    ``columns`` maps a field to the header that stands for it, ``synonyms`` a field to further headers;
    ``stage_words`` a stage to further words for it (they win over the defaults). ``header_row`` counts
    from 1; None: found.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stage_words: Mapping[Stage, Sequence[str]] = field(default_factory=dict)
    date_order: DateOrder = "ymd"
    header_row: int | None = None

    def vocabulary(self) -> dict[str, Stage]:
        """Stage words, normalised -> stage."""
        return stage_vocabulary(self.stage_words)


def stage_vocabulary(more: Mapping[Stage, Sequence[str]]) -> dict[str, Stage]:
    """The stage words known by default and ``more``, normalised -> stage; ``more`` wins."""
    known = {normalise(word): stage for stage, words in STAGE_WORDS.items() for word in words}
    return known | {normalise(word): stage for stage, words in more.items() for word in words}
