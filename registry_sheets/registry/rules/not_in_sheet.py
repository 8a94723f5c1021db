"""not-in-sheet: a platform has a version, or worse: lets it serve, that the sheet lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.rules.words import either, quote
from registry_sheets.registry.wording import clipped

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.pairing import Paired, Pairing, Serving
    from registry_sheets.registry.platforms.reconciling import Reconciled
    from registry_sheets.registry.platforms.values import Deployment

_LONGEST = 255


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    found = registry.reconciled
    for pairing in found.platforms if found else ():
        assert found is not None
        missing: dict[tuple[str, str], list[Paired]] = {}
        for one in found.missing(pairing):
            missing.setdefault((one.name_key, one.version), []).append(one)
        for copies in missing.values():
            yield _missing(copies, pairing, found)
        yield from _not_registered(pairing, found, missing)
        yield from _unknown(pairing, found)
        answer = pairing.answer
        whole = not (answer.missed_versions or answer.missed_deployments)
        if whole and (count := found.experiments(pairing)):
            yield _experiments(count, pairing)


def _missing(copies: Sequence[Paired], pairing: Pairing, found: Reconciled) -> Hit:
    """One finding for a version, wherever the platform has it."""
    one = copies[0]
    serves = [there for copy in copies for there in copy.serves]
    message = (
        f"{clipped(pairing.answer.platform)} has {_called(one.there.model, one.there.version, one.version)}, which"
        f" {_why(copies, serves, pairing)}, and the sheet has no row for it."
    )
    return _hit(message, _fix(one.name, one.name_key, one.there.model, pairing, found), bool(serves), one)


def _hit(message: str, fix: str, serves: bool, one: Paired | Serving) -> Hit:
    severity = Severity.ERROR if serves else Severity.WARNING
    return Hit(None, None, message, fix, severity, one.name[:_LONGEST], one.version[:_LONGEST])


def _called(model: str, version: str, here: str = "") -> str:
    """'version 3 of churn', with the sheet's word for it where a tag says another."""
    if not version:
        return f"a version of {clipped(model)} that it does not name"
    tagged = f" ({clipped(here)} by its tag)" if here and here != version else ""
    return f"version {clipped(version)}{tagged} of {clipped(model)}"


def _why(copies: Sequence[Paired], serves: Sequence[Deployment], pairing: Pairing) -> str:
    """Why the version matters."""
    if serves:
        return _serves(serves, pairing)
    from registry_sheets.registry.platforms.telling import joined, quoted

    aliases = list(dict.fromkeys(alias for copy in copies for alias in copy.there.aliases))
    if aliases:
        names = joined([quoted(alias) for alias in aliases])
        return f"has the {'alias' if len(aliases) == 1 else 'aliases'} {names}"
    stage = next((copy.there.stage for copy in copies if copy.there.stage), "")
    return f"is {quote(stage)} there"


def _serves(serves: Sequence[Deployment], pairing: Pairing) -> str:
    from registry_sheets.registry.platforms.telling import joined, mark, percent, quoted

    if not pairing.answer.tells_live:
        return f"is {joined(list(dict.fromkeys(mark(there.endpoint) for there in serves)))}"
    return f"serves at endpoint {joined([f'{quoted(there.endpoint)}{percent(there.share)}' for there in serves])}"


def _fix(name: str, name_key: str, model: str, pairing: Pairing, found: Reconciled) -> str:
    add = f'Add a row for it; `registry-sheets import "{clipped(pairing.answer.platform)}"` proposes one.'
    from registry_sheets.registry.platforms.telling import NUMBERED, mapped

    if name_key in found.sheet.names.names:
        versions = found.sheet.versions_of(name_key)
        return f"{add} {NUMBERED}" if any(pairing.may_count_apart(name_key, one) for one in versions) else add

    if several := pairing.candidates(model):
        names = either([quote(one) for one in several[:3]])
        return f"Say in the config which model of the sheet it is, {names}: {mapped(model, several[0])}."
    if near := pairing.near_here.of(name):
        return f"{add} If it is the model {quote(near)}, say so in the config: {mapped(model, near)}."
    return f"{add} If it is not this sheet's concern, name it in the config under the platform's leave_out."


def _not_registered(pairing: Pairing, found: Reconciled, missing: Iterable[tuple[str, str]]) -> Iterator[Hit]:
    """What serves under a name and version that the platform has not registered, and that the sheet lacks."""
    if pairing.answer.missed_versions:  # it may be registered, under a tag that says another version
        return
    told = set(missing)
    for one in pairing.serving:
        if one.name_key and not one.rows and (one.name_key, one.version) not in told:
            told.add((one.name_key, one.version))
            if pairing.may_have_row(one.there.model, one.version):
                continue
            copies = [other.there for other in pairing.by_model[one.name_key] if other.version == one.version]
            message = (
                f"On {clipped(pairing.answer.platform)} {_called(one.there.model, one.version)}"
                f" {_serves(copies, pairing)}. It is not registered there, and the sheet has no row for it."
            )
            yield _hit(message, _fix(one.name, one.name_key, one.there.model, pairing, found), True, one)


def _unknown(pairing: Pairing, found: Reconciled) -> Iterator[Hit]:
    """What serves and is no registered model, where no row says that it is there; on an endpoint once."""
    from registry_sheets.registry.platforms.serving import place_of
    from registry_sheets.registry.platforms.telling import source_of

    told: set[tuple[str, str, str]] = set()
    for one in pairing.by_model.get("", ()):
        place = place_of(one.there)
        if place not in told and not found.is_location(pairing, one.there) and _is_concern(pairing, one.there):
            told.add(place)
            message = (
                f"Endpoint {quote(one.there.endpoint)} of {clipped(pairing.answer.platform)} serves a model that is"
                f" not registered there{source_of(one.there)}, and no row is at it."
            )
            fix = (
                "Register it there, or add a row with this endpoint as its location. If it is not this sheet's"
                " concern, name the endpoint in the config under the platform's leave_out."
            )
            yield Hit(None, None, message, fix)


def _is_concern(pairing: Pairing, there: Deployment) -> bool:
    """Whether an endpoint is the sheet's concern: by its own name, or because a model is that is looked at."""
    from registry_sheets.registry.platforms.naming import any_fits, is_looked_at
    from registry_sheets.registry.platforms.serving import place_of

    if any_fits(pairing.terms.leave_out, there.endpoint):
        return False
    together = pairing.together[place_of(there)]
    return is_looked_at(pairing.terms, there.endpoint) or any(other.name_key for other in together)


def _experiments(count: int, pairing: Pairing) -> Hit:
    platform = clipped(pairing.answer.platform)
    what = "1 more version that is" if count == 1 else f"{count:,} more versions that are"
    message = f"{platform} has {what} not in the sheet: neither serving, nor with an alias, nor promoted."
    fix = f'Nothing needs doing. `registry-sheets import "{platform}" --model NAME` proposes rows for those of a model.'
    return Hit(None, None, message, fix, Severity.INFO)


RULE = Rule(
    id="not-in-sheet",
    title="A version on a platform that the sheet lacks",
    group="platforms",
    severity=Severity.ERROR,
    finds=(
        "Versions that a platform lets serve (error), or that have an alias or are promoted there (warning), and that"
        " have no row; also what serves at an endpoint and is registered nowhere. All other versions are one line with"
        " their count (info)."
    ),
    why="What runs and stands in no row has no owner, and nobody asks why it runs.",
    what_to_do="Add a row for it; `registry-sheets import PLATFORM` proposes one.",
    bad=Example(row={"Version": "3.1"}, platforms=says("3.1", "3.2", serves=[("3.2", 1.0)])),
    good=Example(row={"Version": "3.2"}, platforms=says("3.2", serves=[("3.2", 1.0)])),
    check=_check,
)
