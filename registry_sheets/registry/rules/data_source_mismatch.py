"""data-source-mismatch: the training run read other data than the row names; URI compared with URI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.wording import clipped

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.pairing import Pairing
    from registry_sheets.registry.platforms.reconciling import Reconciled
    from registry_sheets.registry.platforms.uris import Uri

_FIELDS = ("data_source", "data_link")


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    found = registry.reconciled
    if found is None:
        return
    from registry_sheets.registry.platforms.uris import uris_in, uris_of

    fields = {field: registry.models.value(field) for field in _FIELDS}
    for index, (pairing, read) in _read(found).items():
        cells = {field: texts[index] for field, texts in fields.items() if texts[index]}
        if not read.isdisjoint(cells.values()):
            continue
        ours = {field: uris for field, cell in cells.items() if (uris := uris_in(cell))}
        if ours:
            yield from _differing(index, ours, uris_of(read), clipped(pairing.answer.platform))


def _read(found: Reconciled) -> dict[int, tuple[Pairing, set[str]]]:
    """What the runs of each row's version read, as far as it was told."""
    read: dict[int, tuple[Pairing, set[str]]] = {}
    for index, pairing, one in found.compared():
        if one.there.lineage and one.there.lineage.data:
            read.setdefault(index, (pairing, set()))[1].update(one.there.lineage.data)
    return read


def _differing(index: int, ours: dict[str, list[Uri]], theirs: list[Uri], platform: str) -> Iterator[Hit]:
    """A finding where a field names data by a URI of the same kind, and none of them names any that the run read."""
    from registry_sheets.registry.platforms.uris import alike, comparable

    if any(alike(mine, other) for uris in ours.values() for mine in uris for other in theirs):
        return
    for field, uris in ours.items():
        for mine in uris:
            others = [other for other in theirs if comparable(mine, other)]
            if others:
                yield _hit(index, field, mine, others, platform)
                return


def _hit(index: int, field: str, mine: Uri, theirs: list[Uri], platform: str) -> Hit:
    from registry_sheets.registry.platforms.telling import joined

    read = joined(list(dict.fromkeys(f"'{uri}'" for uri in sorted(other.shown for other in theirs))))
    message = f"It names '{mine.shown}'; the training run on {platform} read {read}."
    return Hit(index, field, message, "Name the data that the run read, if that run made this version.")


_READ = ("s3://exports/crm/2026-02-28.parquet",)

RULE = Rule(
    id="data-source-mismatch",
    title="The training run read other data",
    group="platforms",
    severity=Severity.WARNING,
    finds=(
        "Rows whose Data source or Data link is a URI, none of which the version's training run read as far as a"
        " platform knows. Only URIs of one kind are compared, S3 with S3 and so on: a name such as 'CRM export"
        " 2026-06-30', a page about the data and a file on somebody's own disk are not."
    ),
    why="A model is only as good as its data, and nobody finds the data by the wrong address.",
    what_to_do="Name the data that the run read, if that run made this version.",
    bad=Example(
        row={"Version": "3.1", "Data source": "s3://exports/crm/2025-12-31.parquet"},
        platforms=says("3.1", data=_READ),
    ),
    good=Example(
        row={"Version": "3.1", "Data source": "s3://exports/crm/2026-02-28.parquet"},
        platforms=says("3.1", data=_READ),
    ),
    check=_check,
)
