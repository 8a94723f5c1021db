"""What people settled about platforms and what fits nothing there: a slip of the pen would go unseen for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.naming import any_fits, name_in_sheet, nearest_name
from registry_sheets.registry.platforms.pairing import Pairing
from registry_sheets.registry.platforms.reconciling import Reconciled
from registry_sheets.registry.platforms.serving import endpoint_key
from registry_sheets.registry.wording import clipped, listed


def idle_settings(found: Reconciled, locations_in_lists: Iterable[str] = ()) -> Iterator[str]:
    """A sentence for each setting that does nothing. Of a platform that did not tell all, nothing is said."""
    for pairing in found.platforms:
        if pairing.answer.complete and pairing.answer.versions:
            yield from _of_platform(found, pairing)
    yield from _locations(found, locations_in_lists)


def places_of(found: Reconciled, pairing: Pairing) -> list[str]:
    """The locations of the sheet's rows that belong to a platform, as typed, each once."""
    places = dict.fromkeys(place for places in found.table.value("location") for place in places or ())
    return [place for place in places if any(one.platform is pairing for one in found.expecting.of(place))]


def in_sheet(pairing: Pairing) -> int:
    """How many of a platform's models the sheet has."""
    return len({one.there.model for one in pairing.versions if one.rows})


def _of_platform(found: Reconciled, pairing: Pairing) -> Iterator[str]:
    terms, platform = pairing.terms, clipped(pairing.answer.platform)
    models = list(dict.fromkeys(one.model for one in pairing.answer.versions))
    count = f"its {len(models):,} model{'s' * (len(models) != 1)}"
    if terms.models and not any(any_fits(terms.models, model) for model in models):
        yield f"{platform}: models = {_quoted(terms.models)} fits none of {count}, so that nothing is compared."
    for pattern in terms.leave_out:
        if not any(any_fits([pattern], model) for model in models):
            yield f"{platform}: leave_out: '{clipped(pattern)}' fits none of {count}."
    if terms.version_tag and not any(terms.version_tag in one.tags for one in pairing.answer.versions):
        yield f"{platform}: version_tag: none of its versions has the tag '{clipped(terms.version_tag)}'."
    yield from _names(found, pairing, models)


def _names(found: Reconciled, pairing: Pairing, models: Sequence[str]) -> Iterator[str]:
    terms, platform = pairing.terms, clipped(pairing.answer.platform)
    leads = {normalise(said) for model in models if (said := name_in_sheet(terms, model)) != model}
    known = found.sheet.names.names
    for said, name in terms.names.items():
        if "*" in said or "*" in name:
            continue
        if not any(normalise(model) == normalise(said) for model in models):
            yield f"{platform}: names: it has no model '{clipped(said)}'.{_meant(said, models)}"
        elif normalise(name) in leads and not found.sheet.names.keys_of(name):
            yield f"{platform}: names: the sheet has no model '{clipped(name)}'.{_meant(name, known.values())}"


def _locations(found: Reconciled, in_lists: Iterable[str]) -> Iterator[str]:
    there = {normalise(place): place for places in found.table.value("location") for place in places or ()}
    there |= {normalise(place): place for place in in_lists}
    for one in found.terms.locations:
        name = clipped(one.name)
        if there and normalise(one.name) not in there:
            yield f"[[location]] '{name}': no row is there, nor is it in Lists.{_meant(one.name, there.values())}"
        pairing = next(
            (pair for pair in found.platforms if normalise(pair.answer.platform) == normalise(one.platform)), None
        )
        key = endpoint_key(one.endpoint)
        if pairing and key and pairing.answer.complete and key not in pairing.at_endpoint:
            served = list(dict.fromkeys(each.there.endpoint for each in pairing.serving))
            offered = f"; there {'is' if len(served) == 1 else 'are'} {listed(served)}" if served else ""
            where = f"'{clipped(one.endpoint)}' of {clipped(one.platform)}"
            yield f"[[location]] '{name}': nothing serves at {where}{offered}."


def _meant(said: str, known: Iterable[str]) -> str:
    near = nearest_name(said, known)
    return f" Did you mean '{clipped(near)}'?" if near else ""


def _quoted(texts: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{clipped(text)}"' for text in texts) + "]"
