"""The sheet held against what the platforms said; worked out once for all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.expecting import Expecting
from registry_sheets.registry.platforms.pairing import Paired, Pairing
from registry_sheets.registry.platforms.rows import SheetRows
from registry_sheets.registry.platforms.serving import keys_of
from registry_sheets.registry.platforms.terms import Platforms
from registry_sheets.registry.platforms.values import Deployment
from registry_sheets.registry.platforms.verifying import LiveCheck, live_checks
from registry_sheets.registry.table import Lists, ModelTable, Stage

_PROMOTED = frozenset(("approved", "staging"))
_NO_STAGE = frozenset(("", "none"))
_EVERY_MODEL_HAS = frozenset(("default", "latest"))


class Reconciled:
    """A sheet and its platforms. ``vocabulary``: stage words, normalised -> stage."""

    def __init__(self, table: ModelTable, lists: Lists, platforms: Platforms, vocabulary: Mapping[str, Stage]) -> None:
        self.table = table
        self.terms = platforms
        self.sheet = SheetRows(table)
        self._lists = lists
        self._vocabulary = vocabulary
        self._owners: dict[int, tuple[Pairing, ...] | None] = {}

    @cached_property
    def platforms(self) -> Sequence[Pairing]:
        """Each platform's answer, paired with the sheet."""
        return [Pairing(answer, self.terms.terms_of(answer.platform), self.sheet) for answer in self.terms.answers]

    @cached_property
    def expecting(self) -> Expecting:
        """Which platform a location belongs to."""
        return Expecting(self.platforms, self.terms.locations, self._lists.platforms)

    @cached_property
    def live(self) -> Sequence[LiveCheck]:
        """What the platforms say to what is live."""
        return list(live_checks(self.table, self.expecting))

    def judges(self, index: int, pairing: Pairing, one: Paired) -> bool:
        """Whether a row can be compared with what a platform says of a version of its name and number.

        Platforms count each by itself: the third version on one is another than the third elsewhere. So a row whose
        locations belong to platforms is judged by those alone, unless a tag says which version of the sheet it is; and
        none is by a number that only may be its own.
        """
        if one.tagged:
            return True
        if not self.sheet.is_certain(index, one.version):
            return False
        if index not in self._owners:
            self._owners[index] = self._belongs(index)
        owners = self._owners[index]
        return owners is None or pairing in owners

    def _belongs(self, index: int) -> tuple[Pairing, ...] | None:
        """The platforms to which a row's locations belong; None where they belong to none."""
        places = self.table.value("location")[index] or ()
        key = self.table.name_keys[index]
        found = [one.platform for place in places for one in self.expecting.of_model(place, key)]
        return tuple(found) if found or any(map(self.expecting.is_stated, places)) else None

    def is_at(self, index: int, pairing: Pairing, there: Deployment) -> bool:
        """Whether a row says itself that it is where a version serves: a test environment has endpoints too.

        Who names a platform and no endpoint may be at any; but what a mere registry calls live is no place.
        """
        names = keys_of(there) | ({""} if pairing.answer.tells_live else set())
        expected = (one for place in self.table.value("location")[index] or () for one in self.expecting.of(place))
        return any(one.platform is pairing and one.endpoint in names for one in expected)

    def is_location(self, pairing: Pairing, there: Deployment) -> bool:
        """Whether any row that is not archived says that it is at this endpoint."""
        return any((pairing, key) in self._places for key in keys_of(there))

    @cached_property
    def _places(self) -> frozenset[tuple[Pairing, str]]:
        """Where rows that are not archived say they are."""
        locations = zip(self.table.value("location"), self.table.judged, strict=True)
        said = {place for places, stage in locations if stage is not Stage.ARCHIVED for place in places or ()}
        return frozenset((one.platform, one.endpoint) for place in said for one in self.expecting.of(place))

    def stage_of(self, word: str) -> Stage | None:
        """What a platform's stage word means here; None where it means none of the three for certain."""
        key = normalise(word)
        return None if key in _NO_STAGE else self._vocabulary.get(key)

    def is_promoted(self, one: Paired, pairing: Pairing) -> bool:
        """Whether a version stands out from experiments: by an alias, or by its stage."""
        stage = self.stage_there(one, pairing)
        if stage is Stage.ARCHIVED:
            return False
        aliased = any(normalise(alias) not in _EVERY_MODEL_HAS for alias in one.there.aliases)
        promoted = normalise(one.there.stage) in _PROMOTED and not pairing.goes_by_alias(one.there.model)
        return aliased or stage is Stage.PRODUCTION or promoted

    def stage_there(self, one: Paired, pairing: Pairing) -> Stage | None:
        """The stage that a platform gives a version; None where its word says none, or aliases have taken its place."""
        return None if pairing.goes_by_alias(one.there.model) else self.stage_of(one.there.stage)

    def missing(self, pairing: Pairing) -> Iterator[Paired]:
        """The versions of a platform that the sheet lacks and that are in scope: they serve, or are promoted."""
        for one in pairing.versions:
            in_scope = not one.rows and (one.serves or self.is_promoted(one, pairing))
            if in_scope and not pairing.may_have_row(one.there.model, one.version):
                yield one

    def experiments(self, pairing: Pairing) -> int:
        """How many other versions of it the sheet lacks."""
        return sum(1 for one in pairing.versions if not (one.rows or one.serves or self.is_promoted(one, pairing)))

    def judged_rows(self, rows: Sequence[int]) -> Sequence[int]:
        """Of a version's rows those by which it is judged: those in Production, else those that are not archived."""
        stages = self.table.judged
        live = [index for index in rows if stages[index] is Stage.PRODUCTION]
        return live or [index for index in rows if stages[index] is not Stage.ARCHIVED]

    def compared(self) -> Iterator[tuple[int, Pairing, Paired]]:
        """Each row with each version whose lineage is to be compared with it: of several copies all are told."""
        for pairing in self.platforms:
            for one in pairing.versions:
                if one.there.lineage:
                    for index in self.judged_rows(one.rows):
                        if self.judges(index, pairing, one):
                            yield index, pairing, one


def lineage_wanted(found: Reconciled, pairing: Pairing) -> list[Paired]:
    """The versions whose lineage is worth asking for: what the sheet can be compared with."""
    dates, sources = found.table.value("training_date"), found.table.value("data_source")
    links = found.table.value("data_link")
    return [
        one
        for one in pairing.versions
        if any(
            (dates[index] or "/" in (sources[index] or "") or links[index]) and found.judges(index, pairing, one)
            for index in found.judged_rows(one.rows)
        )
    ]
