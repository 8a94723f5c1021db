"""promote: a version becomes the one in Production at a place, and what it replaces there no longer is.

A row speaks for its places, each of its uses at each of its locations. Only the places in question are touched: a
row that speaks for others as well gives them up in its cell, and a copy of it takes them over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.choosing import Chosen, choose, with_reason
from registry_sheets.registry.edits.choosing import Promotion as Promotion
from registry_sheets.registry.edits.edit import Expected, NewRow, Plan, Step
from registry_sheets.registry.edits.places import Place, Places, joined, said
from registry_sheets.registry.edits.values import tidy
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import own_key
from registry_sheets.registry.rules.words import closest
from registry_sheets.registry.table import Stage
from registry_sheets.registry.wording import clipped, listed


def plan_promotion(view: View, wish: Promotion) -> Plan:
    """What it takes; no steps where it is so already. Raises EditRefused where it is not clear what is meant."""
    with_reason(wish.why, "promote")
    chosen = choose(view, wish)
    name, version = view.text(chosen.row, "name"), view.text(chosen.row, "version")
    replaced = list(_replaced_rows(view, wish, chosen.places.all))
    retired = {index: step for index in replaced if (step := _retired(view, index, chosen.places.all, wish))}
    steps: list[Step] = list(retired.values())
    steps += _promoted(view, chosen, wish)
    where = f" at {said(chosen.places.all, chosen.places)}" if chosen.places.locations else ""
    beside = () if replaced or wish.location else _live_elsewhere(view, wish, chosen.places)
    return Plan(
        what=f"promote {clipped(name)} {clipped(version)}{where}",
        steps=tuple(steps),
        notices=(*_unknown(view, wish), *_left_live(view, wish, chosen.places), *beside, *_to_come(view, wish)),
        places=chosen.places.locations,
        expected=_expected(view, chosen, [index for index in replaced if index not in retired]),
    )


def _expected(view: View, chosen: Chosen, left: Iterable[int]) -> Expected:
    """The version is to be live at its places, and beside it only what is left there knowingly."""
    versions = frozenset(view.table.version_keys[index] for index in (chosen.row, *left))
    return Expected(view.table.name_keys[chosen.row], chosen.places.all, versions)


# What it replaces


def _replaced_rows(view: View, wish: Promotion, places: frozenset[Place]) -> Iterator[int]:
    version = normalise(wish.version)
    for index in view.live_rows(wish.name):
        if view.table.version_keys[index] != version and view.places(index).all & places:
            yield index


def _retired(view: View, index: int, places: frozenset[Place], wish: Promotion) -> Step | None:
    """The step by which a row is no longer in Production at those places."""
    own = view.places(index)
    if own.all <= places:
        return view.change(index, {"stage": view.word(wish.replaced)})
    return view.change(index, _given_up(view, index, places))


def _given_up(view: View, index: int, places: frozenset[Place]) -> dict[str, Cell]:
    """The one cell that takes places out of a row which speaks for others as well. Raises EditRefused."""
    own = view.places(index)
    left = own.without(places)
    if left is None:
        raise EditRefused(
            f"Row {view.number(index)} speaks for {view.said(own.all, index)}; without "
            f"{view.said(own.all & places, index)} its two cells, Used for and Location, cannot say what is left.",
            "Split that row in the sheet, one row for each use, and run this again.",
        )
    field, texts = ("location", left.locations) if left.uses == own.uses else ("used_for", left.uses)
    return {field: joined(texts, str(view.cell(index, field)))}


def _left_live(view: View, wish: Promotion, places: Places) -> Iterator[str]:
    """What stays in Production although it may be meant: it says no use or no location."""
    version = normalise(wish.version)
    for index in view.live_rows(wish.name):
        own = view.places(index)
        if view.table.version_keys[index] == version or own.all & places.all:
            continue
        near = own.location_keys & (places.location_keys | {""})
        if near and ("" in own.location_keys or "" in own.use_keys or "" in places.use_keys):
            lacks = "names no location" if "" in own.location_keys else "is not told apart by its use"
            yield (
                f"{view.text(index, 'name')} {view.text(index, 'version')} (row {view.number(index)}) stays in "
                f"Production: it {lacks}. Archive it in the sheet if it is replaced too."
            )


def _live_elsewhere(view: View, wish: Promotion, places: Places) -> Iterator[str]:
    """Where nothing was live at the place that the row tells: what is live of the same use at others."""
    others: dict[str, list[str]] = {}
    for index in view.live_rows(wish.name):
        own = view.places(index)
        if own.location_keys & places.location_keys:  # it is live here, or another version is, of another use
            return
        if view.table.version_keys[index] != normalise(wish.version) and own.use_keys & places.use_keys:
            for location in own.locations:
                others.setdefault(location, []).append(clipped(view.text(index, "version")))
    if others:
        stay = listed([f"{listed(versions)} stays live at {location}" for location, versions in others.items()], 8)
        flags = " or ".join(f"--location '{location}'" for location in list(others)[:3])
        yield f"Nothing is replaced: {stay}. If {clipped(wish.version)} is to replace it there: {flags}."


def _to_come(view: View, wish: Promotion) -> Iterator[str]:
    """A day that has not come is written all the same; a check calls it what it is."""
    if wish.deployed and wish.deployed > view.today:
        day = wish.deployed.isoformat()
        yield f"Deployed on {day} has not come yet; until then a check calls it an error (rule future-date)."


def _unknown(view: View, wish: Promotion) -> Iterator[str]:
    """A location that Lists does not have may be a slip of the pen."""
    known = [normalise(location) for location in view.lists.locations]
    if wish.location and known and normalise(wish.location) not in known:
        near = closest(wish.location, view.lists.locations)
        meant = f" Did you mean {near}?" if near else ""
        yield f"The tab '{view.lists.tab}' has no location {clipped(wish.location)}.{meant}"


# The version itself


def _promoted(view: View, chosen: Chosen, wish: Promotion) -> list[Step]:
    own, wanted = view.places(chosen.row), chosen.places.all
    live = view.stage(chosen.row) is Stage.PRODUCTION
    if _already_live(view, wish, wanted):
        if live and own.all <= wanted:
            return _steps(view.change(chosen.row, _reasons(view, chosen, wish)))
        return []
    in_place = _filled(view, chosen).all <= wanted
    if in_place:
        return _steps(view.change(chosen.row, {**_fills(chosen), **_news(view, wish)}))
    copy = _copy(view, chosen, _news(view, wish))
    if live or not own.all & wanted:
        return [copy]
    return [*_steps(view.change(chosen.row, _given_up(view, chosen.row, wanted))), copy]


def _steps(step: Step | None) -> list[Step]:
    return [step] if step else []


def _already_live(view: View, wish: Promotion, wanted: frozenset[Place]) -> bool:
    """Whether rows of the version in Production speak for all those places."""
    live = [index for index in view.live_rows(wish.name) if index in view.rows_of(wish.name, wish.version)]
    return wanted <= frozenset(place for index in live for place in view.places(index).all)


def _reasons(view: View, chosen: Chosen, wish: Promotion) -> dict[str, Cell]:
    """For a version that is live there already: the reason, and the day where it lacks one or one is given."""
    cells: dict[str, Cell] = {"why": tidy(wish.why)}
    if wish.deployed or view.cell(chosen.row, "deployed_on") == "":
        cells["deployed_on"] = wish.deployed or view.today
    return cells


def _filled(view: View, chosen: Chosen) -> Places:
    """The row's places once what it leaves blank is filled."""
    own = view.places(chosen.row)
    return Places(own.uses or chosen.places.uses, own.locations or chosen.places.locations)


def _fills(chosen: Chosen) -> dict[str, Cell]:
    texts = {"location": chosen.places.locations, "used_for": chosen.places.uses}
    return {field: joined(texts[field], "") for field in chosen.fills}


def _news(view: View, wish: Promotion) -> dict[str, Cell]:
    """What going live says in a row."""
    return {
        "stage": view.word(Stage.PRODUCTION),
        "deployed_on": wish.deployed or view.today,
        "why": tidy(wish.why),
    }


def _copy(view: View, chosen: Chosen, news: dict[str, Cell]) -> NewRow:
    """The version's row once more for these places. Formulas are not copied: what they gave is not theirs elsewhere."""
    table, places = view.table, chosen.places
    row = view.number(chosen.row) - 1
    formulas = view.formulas()
    columns = {field: column.index for field, column in table.columns.items()}
    columns |= {own_key(one.header): one.index for one in table.metrics}
    columns |= {own_key(one.header): one.index for one in table.own_columns}
    cells = {key: view.cell(chosen.row, key) for key, at in columns.items() if (row, at) not in formulas}
    cells |= {"name": view.text(chosen.row, "name"), "version": view.text(chosen.row, "version")}
    where: dict[str, Cell] = {"location": joined(places.locations, ""), "used_for": joined(places.uses, "")}
    full = {**cells, **where, **news}
    filled = {key: cell for key, cell in full.items() if cell != ""}
    return NewRow(str(cells["name"]), str(cells["version"]), filled, alone=False)
