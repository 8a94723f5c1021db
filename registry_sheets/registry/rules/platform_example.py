"""A platform as the examples of rules need it: 'our cloud', which says little. Made when an example is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.terms import Platforms

PLATFORM = "our cloud"
MODEL = "ac-failure"
ENDPOINT = "service-desk"


def says(
    *versions: str,
    serves: Sequence[tuple[str, float]] = (),
    location: str = "",
    stage: str = "",
    trained: datetime | None = None,
    data: tuple[str, ...] = (),
    missed: str = "",
) -> Callable[[], Platforms]:
    """What 'our cloud' says of AC failure: its versions, with the same stage, end of training and data, and which
    serve with which share. ``location`` belongs to it; ``missed`` is why it did not say all."""

    def made() -> Platforms:
        from registry_sheets.registry.platforms.terms import LocationTerms, Platforms
        from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion

        lineage = Lineage(trained, data=data)
        registered = tuple(PlatformVersion(MODEL, one, stage=stage, lineage=lineage) for one in versions)
        serving = tuple(Deployment(MODEL, one, ENDPOINT, share=share) for one, share in serves)
        asked, reasons = datetime(2026, 7, 1, 2, tzinfo=UTC), (missed,) if missed else ()
        answer = PlatformAnswer(PLATFORM, "vertex", asked, registered, serving, reasons, bool(missed), bool(missed))
        return Platforms((answer,), locations=(LocationTerms(location, PLATFORM),) if location else ())

    return made
