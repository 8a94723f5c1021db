"""The rules about platforms, with any sheet and any answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.platforms.reconciling import lineage_wanted
from registry_sheets.registry.platforms.terms import LocationTerms, Platforms, PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Lists

from .answers import ASKED
from .support import checked, registry

MINE = [rule for rule in RULES if rule.id.endswith("-mismatch") or rule.id in ("not-in-sheet", "not-on-platform")]
HUGE = "a[*]?(" * 20_000

names = st.sampled_from(
    ["ac-failure", "AC failure", "ac_failure", "Churn", "churn", "ночь", "x[*]", "\x00\x1b", "\u200b", HUGE]
)
numbers = st.sampled_from(["3", "v3", "3.0", "4", "Version 4", "", "İ", "9" * 5000, "3.1", "@"])
places = st.sampled_from(
    ["front", "Front", "Cloud", "our cloud", "Lab", "@champion", "champion", "", "b; front", "\x00"]
)
words = st.sampled_from(["", "Production", "Staging", "Archived", "None", "Approved", "[x"])
shares = st.none() | st.sampled_from([0.0, 1.0, 0.5, 0.1, float("nan"), float("inf"), -1.0, 90.0]) | st.floats(0, 1)
moments = st.none() | st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)  # fmt: skip
uris = st.sampled_from(
    ["s3://a/b", "s3a://a/b/", "s3://a/c", "CRM", "dbfs:/x", "://", "https://[::1", "file:/x", "\x00s3://%ff"]
)
lineages = st.none() | st.builds(Lineage, moments, moments, st.lists(uris, max_size=3).map(tuple))
tags = st.dictionaries(
    st.sampled_from(["sheet", "registry-sheets.version", "registry-sheets.name"]), numbers | names, max_size=2
)
scopes = st.sampled_from(["", "eu", "us"])
versions = st.builds(
    PlatformVersion, model=names, version=numbers, scope=scopes, stage=words, lineage=lineages, tags=tags,
    aliases=st.lists(st.sampled_from(["champion", "default", "x"]), max_size=2).map(tuple),
)  # fmt: skip
deployments = st.builds(
    Deployment, model=names | st.just(""), version=numbers, endpoint=places, scope=scopes, environment=places,
    share=shares, since=moments, source=uris,
)  # fmt: skip
answers = st.builds(
    PlatformAnswer, platform=st.sampled_from(["our cloud", "our mlflow", "Front"]), kind=st.just("vertex"),
    asked=st.just(ASKED), versions=st.lists(versions, max_size=8).map(tuple),
    deployments=st.lists(deployments, max_size=8).map(tuple), missed=st.sampled_from([(), ("It is down.",)]),
    missed_versions=st.booleans(), missed_deployments=st.booleans(), tells_live=st.booleans(),
)  # fmt: skip
patterns = st.lists(names | st.sampled_from(["*", "ac*", "[", "**"]), max_size=2).map(tuple)
terms = st.builds(
    PlatformTerms, name=st.sampled_from(["our cloud", "our mlflow"]), models=patterns, leave_out=patterns,
    names=st.dictionaries(names | st.just("ac*"), names | st.just("*"), max_size=2),
    version_tag=st.sampled_from(["", "sheet"]),
)  # fmt: skip
locations = st.builds(LocationTerms, places, st.sampled_from(["our cloud", "our mlflow", "gone"]), places)
said = st.builds(
    Platforms,
    st.lists(answers, max_size=3, unique_by=lambda one: one.platform).map(tuple),
    st.lists(terms, max_size=2).map(tuple),
    st.lists(locations, max_size=3).map(tuple),
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "Name": names, "Version": numbers, "Location": places, "Data source": uris, "Data link": uris,
            "Stage": st.sampled_from(["Production", "Testing", "Archived", "", "?"]),
            "Training date": st.just("") | st.dates().map(date.isoformat),
        }
    ),
    min_size=1, max_size=6,
)  # fmt: skip
listed = st.dictionaries(places, st.sampled_from(["our cloud", "our mlflow", "none", ""]), max_size=2)


def found(judged: Registry) -> Mapping[str, list[Hit]]:
    return {rule.id: list(rule.check(judged, rule.options())) for rule in MINE}


def judged(
    sheet: list[dict[str, Any]], platforms: Platforms, platforms_of: Mapping[str, str] | None = None
) -> Registry:
    return registry(sheet, lists=Lists("Lists", platforms=platforms_of or {}), platforms=platforms)


@settings(deadline=None)
@given(rows, said, listed)
def test_nothing_is_too_strange(
    sheet: list[dict[str, Any]], platforms: Platforms, platforms_of: dict[str, str]
) -> None:
    seen = judged(sheet, platforms, platforms_of)
    for rule, hits in found(seen).items():
        for hit in hits:
            assert (hit.index is None) == (rule == "not-in-sheet")
            assert hit.index is None or hit.field
            assert 20 < len(hit.message) < 1500
            assert hit.message.endswith(".")
            assert hit.fix.endswith(".")
    assert seen.reconciled
    for pairing in seen.reconciled.platforms:
        lineage_wanted(seen.reconciled, pairing)
    checked(sheet, platforms=platforms)


@settings(deadline=None)
@given(rows, said, listed)
def test_nothing_is_missing_on_or_differs_from_what_was_not_seen(
    sheet: list[dict[str, Any]], platforms: Platforms, platforms_of: dict[str, str]
) -> None:
    half = [
        one if one.missed_versions or one.missed_deployments else one.__class__(one.platform, one.kind, ASKED)
        for one in platforms.answers
    ]
    incomplete = tuple(one for one in half if one.missed_versions or one.missed_deployments)
    seen = found(judged(sheet, Platforms(incomplete, platforms.terms, platforms.locations), platforms_of))
    assert seen["not-on-platform"] == []
    assert seen["live-mismatch"] == []


@st.composite
def worlds(draw: st.DrawFn) -> PlatformAnswer:
    """What a platform in order says: its endpoints serve what they say, with shares that are one together."""
    models = draw(st.lists(st.sampled_from(["ac-failure", "churn", "prices", "ночь"]), min_size=1, unique=True))
    there, serving = [], []
    for model in models:
        count = draw(st.integers(1, 5))
        for scope in draw(st.lists(st.sampled_from(["eu", "us"]), min_size=1, unique=True)):
            for number in range(1, count + 1):
                live = draw(st.booleans())
                lineage = Lineage(datetime(2026, 4, 1, 12, tzinfo=UTC), None, ("s3://exports/x",))
                there.append(
                    PlatformVersion(model, str(number), scope, aliases=("a",) if live else (), lineage=lineage)
                )
            shared = draw(st.lists(st.integers(1, count), unique=True, max_size=3))
            parts = draw(st.lists(st.integers(0, 5), min_size=len(shared), max_size=len(shared)))
            told = draw(st.booleans())
            whole = sum(parts) or 1
            for number, part in zip(shared, parts, strict=True):
                share = part / whole if told else None
                serving.append(Deployment(model, str(number), f"{model}-{draw(scopes)}", scope, share=share))
    return PlatformAnswer("our cloud", "vertex", ASKED, tuple(there), tuple(serving))


def sheet_of(answer: PlatformAnswer) -> Iterable[dict[str, Any]]:
    """A row for each version that gets traffic at each of its endpoints, and for each that is promoted."""
    traffic = [one for one in answer.deployments if one.share is None or one.share > 0]
    live = {(one.model, one.version): sorted({o.endpoint for o in traffic if o[:2] == one[:2]}) for one in traffic}
    for model, number in dict.fromkeys(
        (one.model, one.version) for one in answer.versions if one.aliases or one[:2] in live
    ):
        at = live.get((model, number), [])
        yield {
            "Name": model, "Version": number, "Location": "; ".join(at), "Stage": "Production" if at else "Testing",
            "Training date": date(2026, 4, 1), "Data source": "s3://exports/x",
        }  # fmt: skip


@settings(deadline=None)
@given(worlds())
def test_a_sheet_made_from_an_answer_is_clean(answer: PlatformAnswer) -> None:
    sheet = list(sheet_of(answer))
    hits = found(judged(sheet or [{"Name": "Script", "Version": "1"}], Platforms((answer,))))
    assert [hit for mine in hits.values() for hit in mine if hit.severity is not Severity.INFO] == []
    stated = tuple(LocationTerms(place, "our cloud") for row in sheet for place in row["Location"].split("; ") if place)
    hits = found(judged(sheet or [{"Name": "Script", "Version": "1"}], Platforms((answer,), locations=stated)))
    assert [hit for mine in hits.values() for hit in mine if hit.severity is not Severity.INFO] == []
