"""What goes into a row about a platform's version: its cells, in the words of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, tzinfo

from registry_sheets.operations.platform_exported import NOTHING_SAID, ExportedRows, SaidRow
from registry_sheets.registry.cells import meaning_of
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.edits.values import known_cell, tidy
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.pairing import Paired, Pairing
from registry_sheets.registry.platforms.reconciling import Reconciled
from registry_sheets.registry.platforms.serving import keys_of, leads, place_of
from registry_sheets.registry.platforms.telling import day_of, without_secrets
from registry_sheets.registry.platforms.values import Deployment, Lineage
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.text import one_line


class Filling:
    """Fills rows about versions of one platform; ``exported`` reads what an export noted at them.

    ``cut`` is how many texts were longer than a cell holds.
    """

    def __init__(self, view: View, found: Reconciled, pairing: Pairing) -> None:
        self._view = view
        self._found = found
        self._pairing = pairing
        self._placing = Placing(view, found, pairing)
        self.exported = ExportedRows(view.table, pairing.answer.kind, pairing.answer.versions)
        self.cut = 0

    def fits(self, one: Paired) -> bool:
        """Whether cells can hold its name and its version so that it is known by them again."""
        return self._is_kept("name", one.name) and self._is_kept("version", one.version)

    def cells(self, one: Paired, row: SaidRow = NOTHING_SAID) -> dict[str, Cell]:
        """Its cells by field: what a row of people's sheet said, else what the platform tells, else none."""
        order = self._view.settings.date_order
        told = {name: said for name, said in self._said(one) if name not in row.kept_blank}
        told |= {name: self._worded(name, text) for name, text in row.fields.items()}
        known = {
            declared.field: known_cell(declared, self._fitting(said), order)
            for declared in COLUMNS
            if (said := told.get(declared.field))
        }
        return {name: cell for name, cell in known.items() if cell != ""}

    def _worded(self, name: str, text: str) -> str:
        """What a row said, its stage in the words of this sheet."""
        if name == "stage":
            with suppress(ValueError):  # a word that is no stage stays as it is
                return self._view.word(Stage(text))
        return text

    def _said(self, one: Paired) -> Iterator[tuple[str, str | date | Sequence[str] | None]]:
        there, lineage, zone = one.there, one.there.lineage or Lineage(), self._found.terms.zone
        data = [without_secrets(uri) for uri in lineage.data]  # everybody who sees the sheet would have them
        stage = stage_of(self._found, self._pairing, one)
        since = [deployed.since for deployed in one.serves if deployed.since]
        yield "name", one_line(one.name)
        yield "version", one_line(one.version)
        yield "training_date", _day(lineage.trained, zone)
        yield "data_source", "; ".join(data)
        yield "location", self._placing.of(one)
        yield "stage", self._view.word(stage) if stage else ""
        yield "owner", one_line(there.owner) or self._owners(one)
        yield "what_changed", there.description
        yield "changed_by", one_line(there.created_by)
        yield "deployed_on", _day(min(since, default=None), zone)
        yield "run_link", one_line(there.run_link)
        yield "data_link", data[0] if len(data) == 1 and "://" in data[0] else ""

    def _owners(self, one: Paired) -> tuple[str, ...]:
        """Who owns the model by all of its rows that are not archived; () where they do not say the same."""
        table = self._view.table
        rows = [at for at in table.by_model.get(one.name_key, ()) if table.judged[at] is not Stage.ARCHIVED]
        said = [table.value("owner")[at] or () for at in rows]
        return said[0] if len({frozenset(map(normalise, owners)) for owners in said}) == 1 else ()

    def _fitting(self, said: str | date | Sequence[str]) -> str | date | Sequence[str]:
        if isinstance(said, str):
            self.cut += tidy(said).endswith("…") and not said.rstrip().endswith("…")
        return said

    def _is_kept(self, field: str, text: str) -> bool:
        declared, settings = column(field), self._view.settings
        cell = known_cell(declared, one_line(text), settings.date_order)
        meant = meaning_of(declared, settings, self._view.table.date1904)(cell)
        return isinstance(meant, str) and normalise(meant) == normalise(text) != ""


class Placing:
    """Where a version is deployed, as the sheet calls it: a location that is the endpoint, else the endpoint's name.

    What a registry without endpoints calls live may run anywhere: of it only what people said counts.
    """

    def __init__(self, view: View, found: Reconciled, pairing: Pairing) -> None:
        self._answer = pairing.answer
        self._table = view.table
        self._at: dict[tuple[str, bool], list[str]] = {}
        for name in _locations(view, found):
            for expected in found.expecting.of(name):
                if expected.platform is pairing:
                    self._at.setdefault((expected.endpoint, expected.stated), []).append(name)

    def of(self, one: Paired) -> tuple[str, ...]:
        """Each location once; () for a version that serves nowhere."""
        used = frozenset(_used(self._table, self._table.by_model.get(one.name_key, ())))
        found = (name for there in one.serves for name in self._of(there, used))
        return tuple(_spelled(map(one_line, found)).values())

    def _of(self, there: Deployment, used: frozenset[str]) -> Sequence[str]:
        """Of several that it may be, those where the model is already; where none is, nobody can tell."""
        very, any_ = self._called(keys_of(there)), self._called({""})
        if not self._answer.tells_live:
            stated = self._stated(keys_of(there))
            named = stated if len(stated) == 1 else ()
            return _among(very, used) or named or _among(any_, used) or self._only()
        mine = _among(very, used) or (very if len(very) == 1 else ()) or _among(any_, used)
        return mine or [there.endpoint or there.environment]

    def _only(self) -> Sequence[str]:
        """The one location that people say is on the platform, if it is the only one and names no other alias."""
        of_all = {name for (_, stated), names in self._at.items() if stated for name in names}
        return self._stated({""}) if len(of_all) == 1 else ()

    def _stated(self, endpoints: Iterable[str]) -> Sequence[str]:
        return [name for key in sorted(endpoints) for name in self._at.get((key, True), ())]

    def _called(self, endpoints: Iterable[str]) -> Sequence[str]:
        """The locations of these endpoints; what people settled goes before what is merely called so."""
        keys = sorted(endpoints)
        for stated in (True, False):
            if found := [name for key in keys for name in self._at.get((key, stated), ())]:
                return found
        return ()


def stage_of(found: Reconciled, pairing: Pairing, one: Paired) -> Stage | None:
    """Where a version stands: by what it serves, else by the platform's word for it; None where neither tells."""
    if any(_leads(pairing, there) for there in one.serves):
        return Stage.PRODUCTION
    if one.serves:
        return Stage.TESTING
    aliased = found.is_promoted(one._replace(there=one.there._replace(stage="")), pairing)
    return found.stage_there(one, pairing) or (Stage.TESTING if aliased else None)


def _leads(pairing: Pairing, there: Deployment) -> bool:
    """Whether nothing has a larger share at its endpoint. What a registry without endpoints calls live is live."""
    if not pairing.answer.tells_live:
        return True
    at = pairing.together.get(place_of(there), ())
    return leads(there.share, [one.there.share for one in at])


def _day(moment: datetime | None, zone: tzinfo) -> date | None:
    return day_of(moment, zone) if moment else None


def _locations(view: View, found: Reconciled) -> Iterable[str]:
    """Every location that people named, as they choose it from Lists, else as rows or the config spell it."""
    rows = (place for places in dict.fromkeys(view.table.value("location")) for place in places or ())
    stated = (one.name for one in found.terms.locations)
    return _spelled((*view.lists.locations, *rows, *stated, *view.lists.platforms)).values()


def _spelled(names: Iterable[str]) -> Mapping[str, str]:
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(normalise(name), name)
    return spelled


def _used(table: ModelTable, rows: Iterable[int]) -> Iterator[str]:
    """Where a model is, or is to be."""
    locations = table.value("location")
    for index in rows:
        if table.judged[index] is not Stage.ARCHIVED:
            yield from map(normalise, locations[index] or ())


def _among(names: Sequence[str], used: frozenset[str]) -> Sequence[str]:
    return [name for name in names if normalise(name) in used]
