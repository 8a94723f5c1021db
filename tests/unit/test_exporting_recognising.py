"""Which models and versions of a platform an export takes for the sheet's."""

from __future__ import annotations

from registry_sheets.platforms.exporting.base import ThereModel, ThereVersion
from registry_sheets.platforms.exporting.planning import NewVersion
from registry_sheets.registry.platforms.leaving import ID_TAG, MODEL_TAG, VERSION_TAG
from registry_sheets.registry.platforms.terms import PlatformTerms
from tests.support.platforms.leaving import table
from tests.support.platforms.memory_target import MemoryTarget, export


def test_versions_are_known_by_our_mark_before_their_number() -> None:
    target = MemoryTarget()
    export(table(("AC", "2"), ("AC", "3")), target)  # numbers 1 and 2
    done = export(table(("AC", "1"), ("AC", "2"), ("AC", "3")), target)
    assert [one.step.wanted.version for one in done.steps if isinstance(one.step, NewVersion)] == ["1"]
    versions = [one.tags[VERSION_TAG] for one in target.there["AC"].versions]
    assert versions == ["2", "3", "1"]


def test_peoples_own_tag_says_which_version_theirs_is() -> None:
    target = MemoryTarget(ThereModel("AC", versions=(ThereVersion("7", {"semver": "3.1"}),)))
    export(table(("AC", "3.1")), target, terms=PlatformTerms("ours", version_tag="semver"))
    (version,) = target.there["AC"].versions
    assert version.number == "7"
    assert ID_TAG in version.tags


def test_names_are_those_of_the_config_and_of_what_is_there() -> None:
    terms = PlatformTerms("ours", names={"ac_fail": "AC failure", "prod-*": "*"})
    target = MemoryTarget(ThereModel("prod-vans"), ThereModel("No Shows"))
    rows = table(("AC failure", "1"), ("Vans", "1"), ("no-shows", "1"))
    export(rows, target, terms=terms)
    assert sorted(target.there) == ["No Shows", "ac_fail", "prod-vans"]
    assert export(rows, target, terms=terms).steps == ()


def test_two_names_that_the_platform_takes_for_one_are_two_models() -> None:
    target = MemoryTarget()
    rows = table(("a/b", "1"), ("a-b", "1"))
    export(rows, target)
    assert len({one.tags[MODEL_TAG] for one in target.there.values()}) == 2
    assert len(target.there) == 2
    assert export(rows, target).steps == ()
    turned = table(("a-b", "1"), ("a/b", "1"))
    assert export(turned, target).steps == ()
