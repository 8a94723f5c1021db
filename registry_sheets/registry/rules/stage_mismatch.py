"""stage-mismatch: the sheet and a platform say different things about where a version stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.wording import clipped

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.pairing import Paired, Pairing
    from registry_sheets.registry.platforms.reconciling import Reconciled
    from registry_sheets.registry.platforms.values import Deployment

    Copies = Sequence[tuple[Pairing, Paired]]

_FIX = "Correct the stage here, or there."
_RUNS = "Correct the stage here, or let it serve no longer."
_MARKED = "Correct the stage here, or take the alias or stage off this version there."
_TESTS = "Correct the stage here. If that is an endpoint for tests, name it as this row's location."
_ORDER = (Stage.PRODUCTION, Stage.TESTING, Stage.ARCHIVED)
_FOR_TESTS = frozenset((
    "test", "tests", "testing", "tst", "staging", "stage", "stg", "dev", "development", "qa", "uat", "sandbox",
    "preprod", "nonprod", "pilot", "trial", "canary", "shadow", "challenger", "candidate", "experiment", "demo",
))  # fmt: skip
"""Words in the names of endpoints that nobody's production depends on."""


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    found = registry.reconciled
    if found is None:
        return
    copies: dict[tuple[int, ...], list[tuple[Pairing, Paired]]] = {}
    for pairing in found.platforms:
        for one in pairing.versions:
            if one.rows and (one.serves or found.stage_there(one, pairing)):
                copies.setdefault(one.rows, []).append((pairing, one))
    for rows, those in copies.items():
        index, stage = _standing(found.table, rows)
        judging = [(pairing, one) for pairing, one in those if found.judges(index, pairing, one)]
        if stage is not None:
            yield from _differs(found, judging, index, stage)


def _differs(found: Reconciled, copies: Copies, index: int, stage: Stage) -> Iterator[Hit]:
    """One finding for a version, at its row that stands nearest to Production, of which this is the stage."""
    if any(one.serves for _, one in copies):
        if stage is not Stage.PRODUCTION:
            yield from _served(found, copies, index, stage)
        return
    stated = {found.table.stages[row] for _, one in copies for row in one.rows}
    theirs = [(found.stage_there(one, pairing), pairing, one.there.stage) for pairing, one in copies]
    whole = all(not (pairing.answer.missed_versions or pairing.answer.missed_deployments) for pairing, _ in copies)
    if theirs and whole and stated.isdisjoint(said for said, _, _ in theirs):
        _, pairing, word = theirs[0]
        message = f"It is {stage.value} here, but {quote(word)} on {clipped(pairing.answer.platform)}."
        yield Hit(index, "stage", message, _FIX)


def _served(found: Reconciled, copies: Copies, index: int, stage: Stage) -> Iterator[Hit]:
    """What is not in Production here and serves there all the same."""
    from registry_sheets.registry.platforms.telling import served

    archived = stage is Stage.ARCHIVED
    for pairing, one in copies:
        for there in one.serves:
            if archived or (_leads(pairing, there) and not _for_tests(found, pairing, one, there)):
                platform = clipped(pairing.answer.platform)
                what = served(there, not pairing.answer.tells_live)
                message = f"It is {stage.value} here, but on {platform} {what}."
                severity = Severity.ERROR if archived else Severity.WARNING
                fix = (_RUNS if archived else _TESTS) if pairing.answer.tells_live else _MARKED
                yield Hit(index, "stage", message, fix, severity)
                return


def _standing(table: ModelTable, rows: Iterable[int]) -> tuple[int, Stage | None]:
    """The row of a version that stands nearest to Production, and its stage; None where that row says none."""
    _, index = min((_ORDER.index(table.judged[index]), index) for index in rows)
    return index, table.stages[index]


def _leads(pairing: Pairing, there: Deployment) -> bool:
    """Whether a deployment surely has more of its endpoint's traffic than any other."""
    from registry_sheets.registry.platforms.serving import is_most, leads_alone, place_of

    if pairing.answer.missed_deployments or pairing.answer.missed_versions:
        return is_most(there.share)
    if not pairing.answer.tells_live:
        return True
    at = pairing.together.get(place_of(there), ())
    return leads_alone(there.share, [one.there.share for one in at if one.there is not there])


def _for_tests(found: Reconciled, pairing: Pairing, one: Paired, there: Deployment) -> bool:
    """Whether an endpoint is one for tests: by its name, or because a row of the version says that it is there."""
    from registry_sheets.registry.platforms.naming import loose

    words = {word.removeprefix("@") for name in (there.endpoint, there.environment) for word in loose(name).split()}
    rows = (row for row in one.rows if found.table.judged[row] is Stage.TESTING)
    return not words.isdisjoint(_FOR_TESTS) or any(found.is_at(row, pairing, there) for row in rows)


RULE = Rule(
    id="stage-mismatch",
    title="A platform says another stage than the sheet",
    group="platforms",
    severity=Severity.WARNING,
    finds=(
        "Versions that are Archived here and serve there (error), or are in Testing here and lead at an endpoint that"
        " is neither their location nor called one for tests; and those whose stage on the platform, in the words that"
        " the config maps, is another one. 'Approved' and the like say nothing about a stage."
    ),
    why="One of the two is out of date, and people believe the one that they happen to look at.",
    what_to_do=_FIX,
    bad=Example(row={"Version": "3.1", "Stage": "Archived"}, platforms=says("3.1", serves=[("3.1", 1.0)])),
    good=Example(row={"Version": "3.1", "Stage": "Archived"}, platforms=says("3.1", stage="Archived")),
    check=_check,
    archived=True,
)
