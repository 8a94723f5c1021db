"""Doctor, live: what Google is assumed to do, tried on a scratch tab of a real spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from registry_sheets.errors import RegistrySheetsError, WriteRefused
from registry_sheets.workbooks.google.live.running import experiments, run
from registry_sheets.workbooks.google.live.scratch import TITLE, Scratch
from registry_sheets.workbooks.google.live.verdicts import Differs, Held, Result, Unclear, Verdict

LEFT = f"Run it once more, or delete the hidden tab '{TITLE} …' by hand (View, Hidden sheets)."


@dataclass(frozen=True)
class LiveReport:
    """What was found. ``left`` says why the scratch tab could not be removed, '' where it is gone."""

    spreadsheet: str
    locale: str
    results: tuple[Result, ...]
    writes: int
    left: str = ""

    def of(self, kind: type[Verdict]) -> Sequence[Result]:
        """The results of one kind."""
        return [one for one in self.results if isinstance(one.verdict, kind)]

    @property
    def exit_codes(self) -> tuple[int, ...]:
        """1 where something differs, 3 where something is unclear or left; () where all held."""
        unsure = bool(self.of(Unclear)) or bool(self.left)
        return (*((1,) if self.of(Differs) else ()), *((3,) if unsure else ()))

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {"held": len(self.of(Held)), "differs": len(self.of(Differs)), "unclear": len(self.of(Unclear))}


def try_out(scratch: Scratch, tell: Callable[[Result, int, int], None]) -> LiveReport:
    """Run all checks and remove the scratch tab, whatever happens.

    ``tell`` is given each result as it comes, its number from 1, and how many there are. Raises RegistrySheetsError
    where the spreadsheet cannot be reached or written at all.
    """
    state = scratch.file()
    if not state.can_edit:
        raise WriteRefused(
            f"{scratch.account or 'The account that is signed in'} may read this spreadsheet and not write it.",
            "Share it once more with that account, with the role Editor.",
        )
    try:
        scratch.fresh(lambda _: [])
        results = _told(scratch, tell)
    finally:
        left = _remove(scratch)
    return LiveReport(state.title, scratch.locale, results, scratch.writes, left)


def _told(scratch: Scratch, tell: Callable[[Result, int, int], None]) -> tuple[Result, ...]:
    asked = experiments()
    total = sum(len(one.checks) for one in asked)
    results = []
    for number, result in enumerate(run(scratch, asked), 1):
        tell(result, number, total)
        results.append(result)
    return tuple(results)


def _remove(scratch: Scratch) -> str:
    try:
        scratch.remove()
    except RegistrySheetsError as error:
        return error.message
    return ""
