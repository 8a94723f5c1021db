"""rollback: back to what was live at a place before. What is not clear is refused, with the candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.choosing import Promotion, with_reason
from registry_sheets.registry.edits.edit import Plan
from registry_sheets.registry.edits.places import Place
from registry_sheets.registry.edits.promoting import plan_promotion
from registry_sheets.registry.edits.view import View, quoted
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.table import Stage
from registry_sheets.registry.wording import clipped, listed


@dataclass(frozen=True, slots=True)
class Rollback:
    """What is to be taken back. ``to``: the version to go back to, '' for the one that history tells."""

    name: str
    why: str
    location: str = ""
    used_for: str = ""
    to: str = ""
    deployed: date | None = None
    replaced: Stage = Stage.ARCHIVED


@dataclass(frozen=True, slots=True)
class _Line:
    """A version that is live at a place now."""

    place: Place
    version: str
    location: str
    use: str


def plan_rollback(view: View, wish: Rollback, periods: Sequence[LivePeriod]) -> Plan:
    """What it takes. ``periods``: when which version of the model was live where, oldest first. Raises EditRefused."""
    with_reason(wish.why, "rollback")
    view.known_model(wish.name)
    lines = _lines_at(view, wish)
    current = _one_version(lines, wish)
    told = [_before(line, periods, wish) for line in lines]
    if len({normalise(version) for version in told}) > 1:
        raise EditRefused(
            f"Before {current}, another version was live for each use: {listed(_by_use(lines, told), 8)}.",
            "Roll back one after the other, with --used-for.",
        )
    if not view.rows_of(wish.name, told[0]):
        raise _gone(wish, told[0])
    uses = {line.place[0] for line in lines}
    promotion = Promotion(
        name=wish.name,
        version=told[0],
        why=wish.why,
        location=lines[0].location,
        used_for=lines[0].use if len(uses) == 1 else "",
        deployed=wish.deployed,
        replaced=wish.replaced,
    )
    plan = plan_promotion(view, promotion)
    return replace(plan, what=f"rollback {clipped(wish.name)} from {current} to {clipped(told[0])}{_at(lines)}")


def _at(lines: Sequence[_Line]) -> str:
    return f" at {clipped(lines[0].location)}" if lines[0].location else ""


# What is live now


def _lines_at(view: View, wish: Rollback) -> list[_Line]:
    """What is live at the one location in question, a line for each use. Raises EditRefused."""
    live = list(_lines(view, wish.name))
    if not live:
        raise EditRefused(
            f"No version of {clipped(wish.name)} is in Production, so there is nothing to roll back.",
            "Put one there with: registry-sheets promote NAME VERSION --why ...",
        )
    fitting = [line for line in live if _fits(wish.location, line.location) and _fits(wish.used_for, line.use)]
    if not fitting:
        raise EditRefused(f"{clipped(wish.name)} is not live there.", f"It is live at {listed(_spots(live), 8)}.")
    if len({line.place[1] for line in fitting}) > 1:
        raise EditRefused(
            f"{clipped(wish.name)} is live at several places: {listed(_spots(fitting), 8)}.",
            "Say at which one with --location.",
        )
    return fitting


def _lines(view: View, name: str) -> Iterable[_Line]:
    for index in view.live_rows(name):
        places = view.places(index)
        for use, location in product(places.uses or ("",), places.locations or ("",)):
            yield _Line((normalise(use), normalise(location)), view.text(index, "version"), location, use)


def _fits(asked: str, there: str) -> bool:
    return not asked or normalise(asked) == normalise(there)


def _spots(lines: Iterable[_Line]) -> list[str]:
    told = (f"{line.location or 'no location'} ({' '.join(filter(None, (line.version, line.use)))})" for line in lines)
    return list(dict.fromkeys(told))


def _one_version(lines: Sequence[_Line], wish: Rollback) -> str:
    versions = {normalise(line.version): line.version for line in lines}
    if len(versions) == 1:
        return clipped(next(iter(versions.values())))
    fix = "Say for which use with --used-for." if not wish.used_for else "Archive the wrong one in the sheet first."
    raise EditRefused(f"Several versions of {clipped(wish.name)} are live there: {listed(_spots(lines), 8)}.", fix)


# What was live before


def _before(line: _Line, periods: Sequence[LivePeriod], wish: Rollback) -> str:
    """The version to go back to at a place. Raises EditRefused where that is not clear."""
    there = [one for one in periods if (normalise(one.used_for), normalise(one.location)) == line.place]
    current = normalise(line.version)
    if wish.to:
        return _named(line, there, wish)
    runs = _runs(there, current)
    if not runs:
        raise EditRefused(
            f"Nothing tells what was live{_at([line])} before {clipped(line.version)}.",
            f"Say which version with: registry-sheets promote {quoted(wish.name)} VERSION --why ...",
        )
    latest = _others(runs[-1], current)
    if len(latest) > 1:
        raise _either(line, latest, "several versions were live there at once")
    earlier = [name for at in _again(runs, current) for name in _others(runs[at - 1], current)]
    candidates = list({normalise(version): version for version in (*latest, *earlier)}.values())
    if len(candidates) > 1:
        version = clipped(line.version)
        raise _either(
            line,
            candidates,
            f"{version} has been live there before, so 'before' may mean {listed(latest)}, which it took over from "
            f"last, or {listed(candidates[1:])}, which was live before {version} was so earlier",
        )
    return candidates[0]


def _others(run: dict[str, str], current: str) -> list[str]:
    return [version for key, version in run.items() if key != current]


def _again(runs: Sequence[dict[str, str]], current: str) -> list[int]:
    """Which runs, but for the very first, the version was in that is live now; the latest first."""
    return [at for at in range(len(runs) - 1, 0, -1) if current in runs[at]]


def _runs(there: Sequence[LivePeriod], current: str) -> list[dict[str, str]]:
    """What was live one after the other before the present run of ``current``; versions at once are together.

    Versions are normalised -> as typed.
    """
    spans = list(there)
    while spans and normalise(spans[-1].version) == current:
        spans.pop()
    runs: list[dict[str, str]] = []
    ends: date | None = None
    for period in spans:
        at_once = runs and ends is not None and period.start is not None and period.start < ends
        version = {normalise(period.version): period.version}
        if at_once or (runs and version.keys() == runs[-1].keys()):
            runs[-1] |= version
        else:
            runs.append(version)
        ends = max(filter(None, (ends if at_once else None, period.end)), default=None)
    return runs


def _named(line: _Line, there: Sequence[LivePeriod], wish: Rollback) -> str:
    wanted = normalise(wish.to)
    found = next((one.version for one in there if normalise(one.version) == wanted), None)
    if wanted == normalise(line.version):
        raise EditRefused(f"{clipped(line.version)} is what is live there now.", "Name another version with --to.")
    if found is not None:
        return found
    earlier = list(dict.fromkeys(one.version for one in there if normalise(one.version) != normalise(line.version)))
    raise EditRefused(
        f"Nothing tells that {clipped(wish.to)} was ever live{_at([line])}.",
        f"{f'It was {listed(earlier, 8)}. ' if earlier else ''}To put {clipped(wish.to)} there all the same: "
        f"registry-sheets promote {quoted(wish.name)} {quoted(wish.to)} --why ...",
    )


def _either(line: _Line, candidates: Sequence[str], why: str) -> EditRefused:
    return EditRefused(
        f"It is not clear what to go back to{_at([line])}: {why}.",
        f"Say which one with --to: {listed(candidates, 8)}.",
    )


def _by_use(lines: Sequence[_Line], told: Sequence[str]) -> list[str]:
    return [f"{version} for {line.use or 'no use'}" for line, version in zip(lines, told, strict=True)]


def _gone(wish: Rollback, version: str) -> EditRefused:
    return EditRefused(
        f"{clipped(wish.name)} {clipped(version)} was live there before, but its row is not in the sheet any more.",
        f"Put its row back, or record it anew: registry-sheets record {quoted(wish.name)} {quoted(version)} ...",
    )


def periods_in_sheet(view: View, name: str) -> list[LivePeriod]:
    """What the sheet alone tells of when versions were live: by Deployed on, each until the next one at its place."""
    stays: dict[Place, list[tuple[date, int, str, str]]] = {}
    for index in view.table.by_model.get(normalise(name), ()):
        day = view.table.value("deployed_on")[index]
        if day is None or view.stage(index) not in (Stage.PRODUCTION, Stage.ARCHIVED):
            continue
        places = view.places(index)
        for use, location in product(places.uses or ("",), places.locations or ("",)):
            stays.setdefault((normalise(use), normalise(location)), []).append((day, index, use, location))
    return [period for rows in stays.values() for period in _periods(view, sorted(rows))]


def _periods(view: View, rows: Sequence[tuple[date, int, str, str]]) -> Iterable[LivePeriod]:
    for at, (day, index, use, location) in enumerate(rows):
        later = [other for other, *_ in rows[at + 1 :] if other > day]
        live = view.stage(index) is Stage.PRODUCTION
        end = None if live else min(later, default=day)
        name, version = view.text(index, "name"), view.text(index, "version")
        yield LivePeriod(name, version, use, location, day, end, "stated", why=view.text(index, "why"))
