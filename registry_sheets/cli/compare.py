"""The command compare: versions of one model side by side. It reads and prints, and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from registry_sheets.cli import flags

if TYPE_CHECKING:
    from registry_sheets.cli.running import Outcome
    from registry_sheets.operations.compare import Comparison

_NEWEST = 6
"""More versions than this do not stand side by side on a screen."""


def compare(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The model. (The name of a workbook before it is taken for --sheet.)")
    ],
    versions: Annotated[
        list[str] | None, typer.Argument(metavar="VERSION", help="Its versions; without any, all of them.")
    ] = None,
    sheet: flags.SheetFile = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show all versions in the table, not only the six newest.")
    ] = False,
    used_for: Annotated[str, typer.Option("--used-for", metavar="TEXT", help="Only what is used for this.")] = "",
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: flags.Listing = flags.Format.TABLE,
    today: flags.Today = "",
) -> None:
    """Show versions of one model side by side: facts, metrics with the best marked, and what changed."""
    from registry_sheets.cli.compare_output import print_comparison
    from registry_sheets.cli.failures import explain, worst
    from registry_sheets.cli.running import each, finish_listing
    from registry_sheets.config import load
    from registry_sheets.operations.compare_versions import NotInRegistry
    from registry_sheets.operations.looking import look
    from registry_sheets.wiring import open_workbook, terms, today_of

    day = flags.day(today)
    model, chosen, workbook = _named(name, versions or (), sheet)
    outcomes = each(
        load(config, workbook, registry or ()).registries,
        lambda one: look(open_workbook(one), terms(one), day or today_of(one)),
    )
    newest = _NEWEST if format_ is flags.Format.TABLE and not everything else 0
    try:
        outcome, comparison, others = _first(outcomes, _Wanted(model, chosen, newest, used_for))
    except NotInRegistry as error:
        if all(outcome.look is None for outcome in outcomes):
            finish_listing(outcomes)
        raise typer.Exit(worst((explain(error), *(outcome.failure for outcome in outcomes)))) from None
    print_comparison(outcome, comparison, format_)
    _say_others(comparison.name, outcome, others)
    finish_listing(outcomes)


def _named(name: str, versions: Sequence[str], sheet: str | None) -> tuple[str, Sequence[str], str | None]:
    """Model, versions and workbook; a workbook named first is a habit from `check`. Raises ConfigProblem."""
    from registry_sheets.cli.failures import pasted
    from registry_sheets.errors import ConfigProblem

    model, workbook = flags.model_or_sheet(name, sheet)
    if model:
        return model, versions, workbook
    if not versions:
        raise ConfigProblem("No model is named.", f"Write: registry-sheets compare NAME --sheet {pasted(name)}")
    return versions[0], versions[1:], workbook


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be compared; see operations.compare."""

    name: str
    versions: Sequence[str]
    newest: int
    used_for: str


def _first(outcomes: Sequence[Outcome], wanted: _Wanted) -> tuple[Outcome, Comparison, list[str]]:
    """The first registry that has the model in these versions, the comparison, and who else has the model.

    Raises NotInRegistry.
    """
    from registry_sheets.operations.compare import compare
    from registry_sheets.operations.compare_versions import NotInRegistry, has_model, no_model
    from registry_sheets.wiring import metric_directions

    seen = [(outcome, outcome.look.registry.models) for outcome in outcomes if outcome.look]
    having = [(outcome, models) for outcome, models in seen if has_model(models, wanted.name)]
    if not having:
        raise no_model(wanted.name, (known for _, models in seen for known in models.value("name")))
    problems = []
    for outcome, models in having:
        try:
            said = metric_directions(outcome.config)
            found = compare(models, wanted.name, wanted.versions, said, wanted.newest, wanted.used_for)
        except NotInRegistry as error:
            problems.append(error)
        else:
            return outcome, found, [other.config.name for other, _ in having if other is not outcome]
    raise problems[0]


def _say_others(name: str, outcome: Outcome, others: Sequence[str]) -> None:
    from registry_sheets.cli.failures import pasted, say

    if others:
        say(
            f"This is {name} in {outcome.config.name}. It is also in {', '.join(others)}; "
            f"see it there with --registry {pasted(others[0])}"
        )
