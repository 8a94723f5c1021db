"""Rows for what a platform has and a sheet lacks, filled with what the platform knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from registry_sheets.errors import EditRefused
from registry_sheets.operations.hearing import Heard, Hearing
from registry_sheets.operations.platform_cells import Filling
from registry_sheets.operations.platform_exported import exported_name, is_exported
from registry_sheets.operations.platform_metrics import MetricColumns
from registry_sheets.operations.transfer_rows import Incoming, IncomingRow
from registry_sheets.registry.cells import meaning_of
from registry_sheets.registry.columns import column
from registry_sheets.registry.edits.places import Places
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.naming import loose, loose_version, name_in_sheet, nearest_name
from registry_sheets.registry.platforms.pairing import Paired, Pairing
from registry_sheets.registry.platforms.reconciling import Reconciled
from registry_sheets.registry.platforms.telling import mapped
from registry_sheets.registry.platforms.values import PlatformAnswer, PlatformVersion
from registry_sheets.registry.rules.words import either
from registry_sheets.registry.wording import clipped, listed

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """Which versions that the sheet lacks are proposed: those that serve or are promoted, and no others.

    ``models``: all of these instead, by the platform's names or the sheet's. ``every``: all of every model.
    """

    models: tuple[str, ...] = ()
    every: bool = False

    def of(self, found: Reconciled, pairing: Pairing) -> list[Paired]:
        """Those of a platform. What serves though it is not registered is among them, where its version is known."""
        if self.models:
            return [one for one in _missing(pairing) if self.names(one)]
        if self.every:
            return list(_missing(pairing))
        return [*found.missing(pairing), *_unlisted(pairing)]

    def names(self, one: Paired) -> bool:
        """Whether it is of one of the models."""
        return any(name in _names(one) for name in map(loose, self.models))

    def unknown(self, pairing: Pairing) -> list[str]:
        """The models of which the platform has no version."""
        known = {name for one in (*pairing.versions, *_unlisted(pairing)) for name in _names(one)}
        return [name for name in self.models if loose(name) not in known]


@dataclass(frozen=True)
class FromPlatform:
    """What is told of a platform beside the rows.

    ``here`` is how many of the versions that were asked for the sheet has, ``others`` how many it lacks that are not
    proposed, ``versions`` how many the platform has. ``models``: the ones that were asked for, () for all.
    """

    answer: PlatformAnswer
    here: int
    others: int
    versions: int
    models: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether it could not be asked: nothing is known of what it has."""
        answer = self.answer
        return not answer.complete and not (answer.versions or answer.deployments)


def bring_platform(view: View, hearing: Hearing, wanted: Wanted) -> Incoming:
    """Ask a platform; its rows for a sheet that is ``view``.

    Raises EditRefused for a model that the platform does not have, where it told all that it has.
    """
    vocabulary = view.settings.vocabulary()
    heard = hearing(view.table, view.lists, vocabulary)
    found = Reconciled(view.table, view.lists, heard.platforms, vocabulary)
    return _incoming(view, found, heard, wanted)


def _incoming(view: View, found: Reconciled, heard: Heard, wanted: Wanted) -> Incoming:
    pairing = found.platforms[0]
    answer = pairing.answer
    unknown = wanted.unknown(pairing)
    if unknown and not answer.missed_versions:
        raise _no_such_model(unknown, pairing)
    chosen = [_as_exported(one, found, pairing) for one in wanted.of(found, pairing)]
    filling = Filling(view, found, pairing)
    doubtful = [one for one in chosen if _is_doubtful(one, found, pairing)]
    fitting = [one for one in chosen if not _is_doubtful(one, found, pairing) and filling.fits(one)]
    metrics = MetricColumns(view, fitting)
    rows = [row for alike in _together(fitting) for row in _rows(view, filling, metrics, alike)]
    told = _told(pairing, wanted, len(chosen))
    notices = (
        *heard.missed,
        *_named_nowhere(unknown, answer),
        *_unfit([one for one in chosen if not filling.fits(one)]),
        *_doubted(doubtful, pairing),
        *_nameless(pairing),
        *metrics.told(),
        *_cut(filling.cut),
    )
    return Incoming(answer.platform, rows, None, notices, told)


def _told(pairing: Pairing, wanted: Wanted, chosen: int) -> FromPlatform:
    def asked(one: Paired) -> bool:
        return not wanted.models or wanted.names(one)

    return FromPlatform(
        pairing.answer,
        here=sum(1 for one in pairing.versions if one.rows and asked(one)),
        others=sum(1 for one in _missing(pairing) if asked(one)) - chosen,
        versions=sum(map(asked, pairing.versions)) if wanted.models else len(pairing.answer.versions),
        models=wanted.models,
    )


# Which versions


def _missing(pairing: Pairing) -> Iterator[Paired]:
    return (one for one in (*pairing.versions, *_unlisted(pairing)) if not one.rows)


def _unlisted(pairing: Pairing) -> Iterator[Paired]:
    """What serves under a version that is not registered (any more) and that the sheet lacks.

    None where not all versions were told: then more than its name is known, only not yet.
    """
    if pairing.answer.missed_versions:
        return
    registered = {(one.there.scope, one.there.model, one.there.version) for one in pairing.versions}
    serving: dict[tuple[str, str, str], Paired] = {}
    for one in pairing.serving:
        there = one.there
        key = (there.scope, there.model, there.version)
        if one.name_key and not one.rows and key not in registered:
            version = PlatformVersion(there.model, there.version, there.scope)
            known = serving.get(key) or Paired(version, one.name, one.version, one.name_key, (), ())
            serving[key] = known._replace(serves=(*known.serves, there))
    yield from serving.values()


def _is_doubtful(one: Paired, found: Reconciled, pairing: Pairing) -> bool:
    """Whether it may be of any of several models of the sheet, so that a row would be of yet another one."""
    if one.name_key in found.sheet.names.names or _is_named(one, pairing):
        return False
    return bool(pairing.candidates(one.there.model))


def _as_exported(one: Paired, found: Reconciled, pairing: Pairing) -> Paired:
    """Under the name that the sheet gave its model, where an export wrote it and this sheet has no such model."""
    if one.name_key in found.sheet.names.names or not _is_named(one, pairing):
        return one
    name = exported_name(one.there)
    return one._replace(name=name, name_key=normalise(name))


def _is_named(one: Paired, pairing: Pairing) -> bool:
    """Whether an export says the name of its model; what people say in the config goes before it."""
    model = one.there.model
    return bool(normalise(exported_name(one.there))) and name_in_sheet(pairing.terms, model) == model


def _names(one: Paired) -> tuple[str, ...]:
    return tuple(filter(None, map(loose, (one.there.model, one.name, exported_name(one.there)))))


def _no_such_model(unknown: Sequence[str], pairing: Pairing) -> EditRefused:
    platform = clipped(pairing.answer.platform)
    models = dict.fromkeys(one.there.model for one in pairing.versions)
    near = nearest_name(unknown[0], models)
    fix = f"Did you mean {clipped(near)}? " if near else f"Its models are {listed(list(models), 8)}. " if models else ""
    left = "Models that the config leaves out (models, leave_out) are none of this sheet's."
    return EditRefused(f"{platform} has no model {listed(unknown)}.", f"{fix}{left}")


def _named_nowhere(unknown: Sequence[str], answer: PlatformAnswer) -> Iterator[str]:
    if unknown:
        yield f"{clipped(answer.platform)} named no model {listed(unknown)}, as far as it answered."


# Rows


def _together(versions: Iterable[Paired]) -> list[list[Paired]]:
    """Versions that the sheet tells in one row: a region or workspace may have what another has too.

    By model and in the order of their making; of those together the one that matters most first.
    """
    found: dict[tuple[str, str], list[Paired]] = {}
    for one in sorted(versions, key=lambda one: (one.name_key, one.there.created or _NEVER)):
        found.setdefault((one.name_key, loose_version(one.version)), []).append(one)
    return [sorted(alike, key=lambda one: (not is_exported(one.there), not one.serves)) for alike in found.values()]


def _rows(view: View, filling: Filling, metrics: MetricColumns, alike: Sequence[Paired]) -> Iterator[IncomingRow]:
    """The row of a version; where an export wrote it, the rows that the sheet had, and nothing of its copies."""
    first = alike[0]._replace(serves=tuple(there for one in alike for there in one.serves))
    copies = [] if is_exported(first.there) else alike[1:]
    for said in filling.exported.of(first.there):
        cells, own = filling.cells(first, said), metrics.cells(first, said.own)
        for one in copies:
            cells = {**filling.cells(one), **cells}
            own = {**metrics.cells(one), **own}
        yield IncomingRow(0, str(cells["name"]), str(cells["version"]), _places(view, cells), cells, own)


def _places(view: View, cells: Mapping[str, Cell]) -> Places:
    def meant(field: str) -> tuple[str, ...]:
        found = meaning_of(column(field), view.settings, view.table.date1904)(cells.get(field, ""))
        return found if isinstance(found, tuple) else ()

    return Places(meant("used_for"), meant("location"))


# What else is told


def _unfit(left: Sequence[Paired]) -> Iterator[str]:
    if left:
        named = [f"{one.there.model} {one.there.version}" for one in left]
        yield (
            f"Left out, as a cell cannot hold their name or version as it is: {listed(named, 5)}. "
            "Say under names in the platform's block of the config what the sheet calls them."
        )


def _doubted(left: Sequence[Paired], pairing: Pairing) -> Iterator[str]:
    for model in dict.fromkeys(one.there.model for one in left):
        several = pairing.candidates(model)
        yield (
            f"Left out, as {clipped(model)} may be {either([clipped(name) for name in several[:3]])} of the sheet. "
            f"Say in the config which: {mapped(model, several[0])}."
        )


def _nameless(pairing: Pairing) -> Iterator[str]:
    endpoints = dict.fromkeys(one.there.endpoint for one in pairing.serving if not one.name_key)
    if endpoints:
        yield (
            f"No row can be made for what serves at {listed(list(endpoints))}: it is of no registered version. "
            "Register it there, or record it by hand."
        )


def _cut(count: int) -> Iterator[str]:
    if count:
        which = "A text is" if count == 1 else f"{count:,} texts are"
        yield f"{which} longer than a cell holds (32,767 characters), so the end is cut off."
