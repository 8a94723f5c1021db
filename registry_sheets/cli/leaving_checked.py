"""How to have checked what an export wrote: the blocks that the config lacks for it, ready to be pasted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from registry_sheets.cli.failures import pasted
from registry_sheets.config import RegistryConfig
from registry_sheets.operations.config_file import free_name, toml_text
from registry_sheets.operations.transfer_platform import Left
from registry_sheets.registry.identity import normalise

MOST_LOCATIONS = 10
_HEAD = "Add this to the config, so that reconcile and live --verified hold the sheet against it:"


def checked_by(done: Left, one: RegistryConfig, label: str, url: str, region: str) -> list[str]:
    """The last lines of an export that created something. ``label`` is the platform's, as the config would call it."""
    known = _is_known(done.kind, one, label, url, region)
    name = label if known else free_name(done.kind, [said.label.casefold() for said in one.settings.platform])
    told = {normalise(said.name) for said in one.settings.location}
    places = [place for place in done.places if normalise(place) not in told]
    blocks = [*([] if known else _platform(done.kind, name, url, region)), *_locations(done.kind, name, places)]
    if not blocks:
        return [f"Hold the sheet against it with: registry-sheets reconcile {pasted(name)}"]
    return [_HEAD, "", *blocks]


def _is_known(kind: str, one: RegistryConfig, label: str, url: str, region: str) -> bool:
    """Whether the config has a block for the very place to which the export went."""
    return any(
        said.kind == kind
        and said.label.casefold() == label.casefold()
        and url.rstrip("/") in ("", said.url)
        and (not region or region in said.regions)
        for said in one.settings.platform
    )


def _platform(kind: str, name: str, url: str, region: str) -> Iterator[str]:
    yield "[[platform]]"
    yield f"kind = {toml_text(kind)}"
    if name != kind:
        yield f"name = {toml_text(name)}"
    yield f"url = {toml_text(url.rstrip('/'))}" if kind == "mlflow" else f"regions = [{toml_text(region)}]"


def _locations(kind: str, name: str, places: Sequence[str]) -> Iterable[str]:
    """A block for each location. SageMaker is not told where what is live: whether it is there people have to say."""
    sign = "# " if kind == "sagemaker" else ""
    if sign and places:
        yield "# For each location that is an endpoint of SageMaker, without the '# ':"
    for place in places[:MOST_LOCATIONS]:
        yield from (f"{sign}[[location]]", f"{sign}name = {toml_text(place)}", f"{sign}platform = {toml_text(name)}")
    if len(places) > MOST_LOCATIONS:
        yield f"# and so for {len(places) - MOST_LOCATIONS:,} more locations"
