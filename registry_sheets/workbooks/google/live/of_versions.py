"""What Drive says of the file after a write: what leaving an unchanged sheet unread rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry_sheets.workbooks.google.api import FileState
from registry_sheets.workbooks.google.live.scratch import Scratch
from registry_sheets.workbooks.google.live.verdicts import (
    Differs,
    Experiment,
    Held,
    LiveCheck,
    Unclear,
    Verdict,
    held_if,
)

_PAUSES = (0, 1, 2, 4, 8)


@dataclass(frozen=True)
class _Drive:
    """The state before a write, and those after it with the seconds that had been waited for."""

    before: FileState
    after: tuple[tuple[int, FileState], ...]

    @property
    def moved(self) -> list[tuple[int, FileState]]:
        """The states that know of the write."""
        first = next((at for at, (_, one) in enumerate(self.after) if one.version != self.before.version), None)
        return [] if first is None else list(self.after[first:])


def _drive(scratch: Scratch) -> _Drive:
    tab = scratch.fresh(lambda tab: [tab.put([["a"]])], rows=3, columns=2)
    before = scratch.file()
    scratch.batch(tab.put([["b"]]))
    waited, after = 0, []
    for pause in _PAUSES:
        if pause:
            scratch.sleep(pause)
        waited += pause
        after.append((waited, scratch.file()))
    return _Drive(before, tuple(after))


def _moves(seen: _Drive) -> Verdict:
    if not seen.moved:
        return Differs(f"{seen.after[-1][0]} seconds later it had not moved")
    waited = seen.moved[0][0]
    return held_if(not waited, f"it moved only within {waited} seconds")


def _settles(seen: _Drive) -> Verdict:
    if len(seen.moved) < 2:
        return Unclear("the version had not moved in time")
    versions = [int(one.version) if one.version.isdigit() else 0 for _, one in seen.moved]
    if len(set(versions)) == 1:
        return Held()
    if not seen.moved[-1][1].by_us:
        return Unclear("somebody else edited the spreadsheet meanwhile")
    return Differs(f"it moved by {versions[-1] - versions[0]} more within {seen.after[-1][0]} seconds")


def _by_us(seen: _Drive) -> Verdict:
    if not seen.moved:
        return Unclear("the version had not moved in time")
    state = seen.moved[0][1]
    return held_if(state.by_us, f"'{state.editor}' is told, not this account" if state.editor else "nobody is told")


EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _drive,
        (
            LiveCheck(
                "version-moves",
                "Drive's version moves with a write, and the very next request tells so.",
                "An edit made just before a look could be seen one look later.",
                _moves,
            ),
            LiveCheck(
                "version-settles",
                "After a write the version stays as it is until somebody edits again.",
                "Nothing goes wrong; an unchanged sheet is read more often than it need be.",
                _settles,
            ),
            LiveCheck(
                "editor-is-us",
                "After our own write Drive says that this account was the last to edit.",
                "After each sync the next one reads the whole sheet again.",
                _by_us,
            ),
        ),
    ),
)
