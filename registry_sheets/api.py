"""The Python API: a registry as an object, for notebooks and training scripts.

Everything reads the sheet as it is at that moment; only record(), promote() and rollback() write, and only the
cells that they name. See registry_sheets/__init__.py for what is public.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry_sheets.config import RegistryConfig, load
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.asking import Asked, what_changed, what_is_live
from registry_sheets.operations.edit import Done
from registry_sheets.operations.looking import Look, look
from registry_sheets.registry.columns import ModelVersion
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.model_versions import model_version
from registry_sheets.registry.past.changes import Change
from registry_sheets.registry.table import Stage
from registry_sheets.wiring import (
    desk_of,
    history_of,
    live_past,
    memories,
    open_workbook,
    prober,
    terms,
    today_of,
)

if TYPE_CHECKING:
    import pandas

WAIT = 10.0
"""Seconds that an edit waits for a workbook that somebody has open; then it goes to the outbox."""

Several = str | Sequence[str] | None
Day = date | str | None


def open_registry(path_or_config: str | os.PathLike[str], registry: str = "") -> Registry:
    """Open a registry.

    Args:
        path_or_config: a workbook (.xlsx, .xlsm), whose config.toml is found as the command line finds it, or a
            config file (.toml).
        registry: which one, where the config has several.

    Raises:
        ConfigProblem: there is no such registry, or several and none is named. A workbook that is not there is
            told by the first question (UnreadableWorkbook).
    """
    path = Path(path_or_config)
    names = (registry,) if registry else ()
    is_config = path.suffix.casefold() == ".toml"
    found = load(path, None, names).registries if is_config else load(None, path, names).registries
    if len(found) != 1:
        known = ", ".join(one.name for one in found) or "none"
        raise ConfigProblem(f"{path} has several registries: {known}.", 'Say which: open_registry(path, "NAME").')
    return Registry(found[0])


class Registry:
    """One registry: a workbook with its settings, its history and its outbox. Made by open_registry()."""

    def __init__(self, config: RegistryConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"Registry({self.name!r}, {str(self.sheet)!r})"

    @property
    def name(self) -> str:
        """How messages call it."""
        return self._config.name

    @property
    def sheet(self) -> Path:
        """The workbook."""
        return self._config.sheet

    @property
    def versions(self) -> list[ModelVersion]:
        """The model versions, in sheet order; rows without a name or a version are left out.

        Raises UnreadableWorkbook, NoModelsTab, DoubtfulHeaders, NotChecked.
        """
        table = self._look().registry.models
        rows = (model_version(table, index) for index in range(len(table)))
        return [version for version in rows if version is not None]

    def live(
        self,
        name: str = "",
        *,
        on: Day = None,
        as_recorded: bool = False,
        location: str = "",
        used_for: str = "",
    ) -> list[LiveVersion]:
        """What is live, or was on a day: one for each model, use and location.

        Args:
            name: only this model; case and white space do not matter. '' for all.
            on: a day, as a date or '2026-04-01'; None for now. Answered by Deployed on where it is filled, else
                by what passes saw (``observed``). On the day of a swap both versions are given.
            as_recorded: what the registry said on that day, instead.
            location, used_for: only there, only for this.

        Raises as ``versions``; ConfigProblem for a day that has not come.
        """
        today = today_of(self._config)
        asked = Asked(name, _day(on) or (today if as_recorded else None), as_recorded, used_for, location)
        with history_of(self._config) as history:
            return list(what_is_live(self._workbook(), terms(self._config), today, history, asked).lines)

    def findings(self) -> list[Finding]:
        """What is missing or wrong, worst first; as `registry-sheets check` finds it. Raises as ``versions``."""
        with memories(self._config) as remembered:
            seen = look(self._workbook(), terms(self._config), today_of(self._config), prober(self._config), remembered)
        return list(seen.result.findings)

    def changes(self, name: str = "", *, since: Day = None) -> list[Change]:
        """What passes saw change, newest first, and what has changed since the last one.

        Args:
            name: only of this model. '' for all.
            since: only what was first seen on that day or later.

        Raises as ``versions``.
        """
        today = today_of(self._config)
        with history_of(self._config) as history:
            told = what_changed(self._workbook(), terms(self._config), today, history, name, _day(since))
        return list(told.changes)

    def record(
        self,
        name: str,
        version: str,
        *,
        trained: Day = None,
        data: str | None = None,
        location: Several = None,
        stage: str | None = None,
        owner: Several = None,
        used_for: Several = None,
        changed: str | None = None,
        by: str | None = None,
        why: str | None = None,
        deployed: Day = None,
        reviewed: Day = None,
        run: str | None = None,
        data_link: str | None = None,
        metrics: Mapping[str, Cell] | None = None,
        columns: Mapping[str, Cell] | None = None,
        update: bool = False,
        another_place: bool = False,
        wait: float = WAIT,
        dry_run: bool = False,
    ) -> Done:
        """Record a version: a row is added, or with ``update`` the cells named are changed in the one that is there.

        Only name and version are needed; what else is missing or odd is recorded as it is and told in the result's
        ``findings``. A workbook that is open or refuses is no error: the edit waits in the outbox (``outcome``
        'waiting') and the next pass writes it.

        Args:
            trained, deployed, reviewed: days, as dates or text ('2026-06-30').
            location, owner, used_for: one or several.
            changed: what is different from the version before; ``by`` who made it; ``run`` a link to its run.
            metrics: figures by name, {'MAPE (holidays)': 0.12}; a column is added for one that the sheet lacks.
            columns: any other column by its heading.
            wait: seconds to wait for a workbook that somebody has open.
            dry_run: plan only; nothing is written, not even to the outbox.

        Raises:
            EditRefused: no name or version, or the version is there already with other facts.
            UnreadableWorkbook, NoModelsTab, DoubtfulHeaders: there is no table to record into.
            CannotSave: not even the outbox can be written.
        """
        from registry_sheets.registry.edits.recording import Recording, facts_said

        facts = {field: _listed(value) for field, value in facts_said(locals()).items()}
        wish = Recording(name, version, facts, metrics or {}, columns or {}, update, another_place)
        from registry_sheets.operations.edit import record

        return record(desk_of(self._config, wait), wish, dry_run)

    def promote(
        self,
        name: str,
        version: str,
        *,
        why: str,
        location: str = "",
        used_for: str = "",
        deployed: Day = None,
        to_testing: bool = False,
        wait: float = WAIT,
        dry_run: bool = False,
    ) -> Done:
        """Write down that a version goes into Production, and that the one it replaces there is archived.

        This changes the record only; the running system is switched by whoever runs it.

        Args:
            why: the reason.
            location, used_for: where and for what, where the sheet does not tell.
            deployed: the day, today unless given.
            to_testing: what is replaced becomes Testing instead of Archived.
            wait, dry_run: as record().

        Raises as record(); EditRefused also where it is not clear which row or place is meant, with the candidates.
        """
        from registry_sheets.operations.edit import promote
        from registry_sheets.registry.edits.promoting import Promotion

        becomes = Stage.TESTING if to_testing else Stage.ARCHIVED
        wish = Promotion(name, version, why, location, used_for, _day(deployed), becomes)
        return promote(desk_of(self._config, wait), wish, dry_run)

    def rollback(
        self,
        name: str,
        *,
        why: str,
        location: str = "",
        used_for: str = "",
        to: str = "",
        deployed: Day = None,
        to_testing: bool = False,
        wait: float = WAIT,
        dry_run: bool = False,
    ) -> Done:
        """Write down that what was in Production before, by history, is so again. Arguments and errors as promote().

        Args:
            to: the version to go back to, where history does not tell one.
        """
        from registry_sheets.operations.edit import rollback
        from registry_sheets.registry.edits.going_back import Rollback

        becomes = Stage.TESTING if to_testing else Stage.ARCHIVED
        wish = Rollback(name, why, location, used_for, to, _day(deployed), becomes)
        return rollback(desk_of(self._config, wait), wish, live_past(self._config), dry_run)

    def to_frame(self) -> pandas.DataFrame:
        """The rows as a DataFrame; see operations.frame.to_frame for its columns and types. Raises as ``versions``."""
        from registry_sheets.operations.frame import to_frame

        return to_frame(self._look().registry.models)

    def _workbook(self) -> Any:
        return open_workbook(self._config)

    def _look(self) -> Look:
        return look(self._workbook(), terms(self._config), today_of(self._config))


def record(name: str, version: str, *, sheet: str | os.PathLike[str], registry: str = "", **facts: Any) -> Done:
    """Record a version: the last line of a training script.

    Args:
        sheet: the workbook or the config file, as open_registry() takes it.
        registry: which one, where the config has several.
        facts: as Registry.record().

    Returns and raises as Registry.record().
    """
    return open_registry(sheet, registry).record(name, version, **facts)


def _day(said: Day) -> date | None:
    """A day that must be one. Raises ConfigProblem."""
    if said is None or said == "":
        return None
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ConfigProblem(f"'{said}' is not a date.", "Write it as year-month-day: '2026-06-30'.") from None


def _listed(value: Any) -> Any:
    """Several values as the tuple that the planner takes."""
    return value if isinstance(value, (str, date)) else tuple(value)
