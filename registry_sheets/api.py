"""The Python API: a registry as an object, for notebooks and training scripts.

Everything reads the sheet as it is at that moment; only record(), promote() and rollback() write, and only the
cells that they name. See registry_sheets/__init__.py for what is public.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from registry_sheets.config import RegistryConfig, load
from registry_sheets.errors import ConfigProblem, EditRefused
from registry_sheets.operations.asking import Asked, live_periods_of, what_changed, what_is_live
from registry_sheets.operations.edit import Done
from registry_sheets.operations.in_python import in_python, told_in_python
from registry_sheets.operations.looking import Look, look
from registry_sheets.registry.columns import ModelVersion
from registry_sheets.registry.edits.spoken import spoken, spoken_fact, spoken_own, spoken_text
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.google_address import is_web_address
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.model_versions import model_version
from registry_sheets.registry.past.changes import Change
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.table import Stage
from registry_sheets.wiring import open_workbook, prober, terms, today_of
from registry_sheets.wiring.editing import desk_of, live_past
from registry_sheets.wiring.history import history_of, memories

if TYPE_CHECKING:
    import pandas

WAIT = 10.0
"""Seconds that an edit waits for a workbook that somebody has open; then it goes to the outbox."""

Text = str | os.PathLike[str] | None
Several = str | Iterable[str] | None
Day = date | str | None


class Facts(TypedDict, total=False):
    """What record() takes beside name and version; see Registry.record()."""

    trained: Day
    data: Text
    location: Several
    stage: str | None
    owner: Several
    used_for: Several
    changed: str | None
    by: str | None
    why: str | None
    deployed: Day
    reviewed: Day
    run: Text
    data_link: Text
    metrics: Mapping[str, Any] | None
    columns: Mapping[str, Any] | None
    update: bool
    another_place: bool
    wait: float
    dry_run: bool


def open_registry(path_or_config: str | os.PathLike[str], registry: str = "") -> Registry:
    """Open a registry.

        registry = open_registry("models.xlsx")
        for line in registry.live("Churn"):
            print(line.version, line.location, line.since, line.why)

    It answers with ``versions``, live(), findings(), changes(), periods(), report() and to_frame(), and is written by
    record(), promote() and rollback(); help(registry_sheets.Registry) tells of each.

    Args:
        path_or_config: a workbook (.xlsx, .xlsm) or a Google spreadsheet (its address, or its id), whose config.toml
            is found as the command line finds it, or a config file (.toml).
        registry: which one, where the config has several.

    Raises:
        ConfigProblem: there is no such registry, there are several and none is named, or the path is a folder. A
            workbook that is not there is told by the first question (UnreadableWorkbook).
    """
    said = os.fspath(path_or_config)
    found = _configured(said, (registry,) if registry else ())
    if len(found) != 1:
        known = ", ".join(one.name for one in found) or "none"
        raise ConfigProblem(f"{said} has several registries: {known}.", 'Say which: open_registry(path, "NAME").')
    return Registry(found[0])


def _configured(said: str, names: tuple[str, ...]) -> tuple[RegistryConfig, ...]:
    """The registries of a config file, a workbook or a Google spreadsheet. Raises ConfigProblem."""
    path = Path(said)
    if is_web_address(said):
        return load(None, said, names).registries
    if path.is_dir():
        raise ConfigProblem(
            f"{path} is a folder.", "Name the workbook or the config file in it: open_registry('models.xlsx')."
        )
    is_config = path.suffix.casefold() == ".toml"
    return load(path, None, names).registries if is_config else load(None, said, names).registries


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
    def sheet(self) -> Path | str:
        """The workbook: its path, or the address of a Google spreadsheet."""
        return self._config.sheet.path or str(self._config.sheet)

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
        """What is live, or was on a day: one for each model, use and location; [] where nothing is.

        Args:
            name: only this model; case and white space do not matter. '' for all. A name that no row has gives [],
                as a model gives of which nothing is live: ``versions`` has the names.
            on: a day, as a date or '2026-04-01'; None for now. Answered by Deployed on where it is filled, else
                by what passes saw (``observed``). On the day of a swap both versions are given.
            as_recorded: what the registry said on that day, instead.
            location, used_for: only there, only for this.

        Raises as ``versions``; ConfigProblem for what is no day, or one that has not come.
        """
        today = today_of(self._config)
        day = _day(on) or (today if as_recorded else None)
        asked = Asked(spoken_text(name), day, as_recorded, spoken_text(used_for), spoken_text(location))
        with in_python(), history_of(self._config) as history:
            return list(what_is_live(self._workbook(), terms(self._config), today, history, asked).lines)

    def findings(self) -> list[Finding]:
        """What is missing or wrong, worst first; as `registry-sheets check` finds it. Raises as ``versions``."""
        with memories(self._config) as remembered:
            seen = look(self._workbook(), terms(self._config), today_of(self._config), prober(self._config), remembered)
        return list(seen.result.findings)

    def changes(self, name: str = "", *, since: Day = None) -> list[Change]:
        """What passes saw change, newest first, and what has changed since the last one.

        Args:
            name: only of this model. '' for all. A name that nothing has, or ever had, gives [].
            since: only what was first seen on that day or later.

        Raises as ``versions``; ConfigProblem for what is no day.
        """
        today, day = today_of(self._config), _day(since)
        with history_of(self._config) as history:
            told = what_changed(self._workbook(), terms(self._config), today, history, spoken_text(name), day)
        return list(told.changes)

    def periods(self, name: str = "") -> list[LivePeriod]:
        """Every time in which a version was live somewhere that is known, by place and oldest first.

        ``name``: only of this model, '' for all. Raises as ``versions``.
        """
        today = today_of(self._config)
        with in_python(), history_of(self._config) as history:
            return live_periods_of(self._workbook(), terms(self._config), today, history, spoken_text(name))

    def report(self, *, since: Day = None) -> dict[str, Any]:
        """The report as one dict, as `registry-sheets report --format json` writes it.

        Its keys are those of reports.tabular.report_object(). ``since``: the first day whose changes are told, None
        for the last 30 days. Raises as ``versions``.
        """
        from registry_sheets.reports.tabular import report_object
        from registry_sheets.wiring.reporting import report_over

        return report_object(report_over(self._config, since=_day(since))[1])

    def record(
        self,
        name: str,
        version: str | float,
        *,
        trained: Day = None,
        data: Text = None,
        location: Several = None,
        stage: str | None = None,
        owner: Several = None,
        used_for: Several = None,
        changed: str | None = None,
        by: str | None = None,
        why: str | None = None,
        deployed: Day = None,
        reviewed: Day = None,
        run: Text = None,
        data_link: Text = None,
        metrics: Mapping[str, Any] | None = None,
        columns: Mapping[str, Any] | None = None,
        update: bool = False,
        another_place: bool = False,
        wait: float = WAIT,
        dry_run: bool = False,
    ) -> Done:
        """Record a version: a row is added, or with ``update`` the cells named are changed in the one that is there.

        Only name and version are needed; what else is missing or odd is recorded as it is and told in the result's
        ``findings``. Values may be of numpy or pandas, Decimal, Path and the like; None, NaT, pandas.NA, and NaN but
        for a metric, say nothing, and what is none of these goes in by its text. A workbook that is open or refuses
        is no error: the edit waits in the outbox (``outcome`` 'waiting') and the next pass writes it.

        Args:
            version: text is kept as it is ('3.10'); a number is taken by its text (2.3 is '2.3').
            trained, deployed, reviewed: the days on which it was trained, went live and was last looked at, as dates
                or text ('2026-06-30').
            data: what it was trained on; ``data_link`` a link or path to that.
            location, owner, used_for: where it is deployed, who answers for it, what it is for; one or several.
            stage: 'Production', 'Testing' or 'Archived', or the sheet's own word.
            changed: what is different from the version before; ``by`` who made it; ``why`` it is the one in use;
                ``run`` a link or path to its run.
            metrics: figures by name, {'MAPE (holidays)': 0.12}; a column is added for one that the sheet lacks. A
                figure that is NaN or infinite is recorded as the text 'nan' or 'inf'.
            columns: any other column by its heading.
            update: change the version's row if it has one; '' clears a cell.
            another_place: add a further row of a version that is there, for another location or use.
            wait: seconds to wait for a workbook that somebody has open.
            dry_run: plan only; nothing is written, not even to the outbox.

        Raises:
            EditRefused: no name or version, or the version is there already with other facts.
            UnreadableWorkbook, NoModelsTab, DoubtfulHeaders: there is no table to record into.
            CannotSave: not even the outbox can be written.
        """
        from registry_sheets.operations.edit import record
        from registry_sheets.registry.edits.recording import Recording, facts_said

        facts = _said(facts_said(locals()), spoken_fact)
        figures, others = _by_name("metrics", metrics, spoken), _by_name("columns", columns, spoken_own)
        wish = Recording(spoken_text(name), spoken_text(version), facts, figures, others, update, another_place)
        with in_python():
            return told_in_python(record(desk_of(self._config, wait), wish, dry_run))

    def promote(
        self,
        name: str,
        version: str | float,
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
            why: the reason; it is refused without one.
            location, used_for: where and for what, where the sheet does not tell.
            deployed: the day, today unless given.
            to_testing: what is replaced becomes Testing instead of Archived.
            wait, dry_run: as record().

        Raises as record(); EditRefused also where it is not clear which row or place is meant, with the candidates.
        """
        from registry_sheets.operations.edit import promote
        from registry_sheets.registry.edits.promoting import Promotion

        becomes = Stage.TESTING if to_testing else Stage.ARCHIVED
        name, version, why, location, used_for = map(spoken_text, (name, version, why, location, used_for))
        wish = Promotion(name, version, why, location, used_for, _day(deployed), becomes)
        with in_python():
            return told_in_python(promote(desk_of(self._config, wait), wish, dry_run))

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
        name, why, location, used_for, to = map(spoken_text, (name, why, location, used_for, to))
        wish = Rollback(name, why, location, used_for, to, _day(deployed), becomes)
        with in_python():
            return told_in_python(rollback(desk_of(self._config, wait), wish, live_past(self._config), dry_run))

    def to_frame(self) -> pandas.DataFrame:
        """The rows as a DataFrame. One for each started row of the sheet, in its order; the index ``row`` is its row
        there, from 1.

        Columns, always in this order:

        * every known column under its field (``name``, ``version``, ``training_date``, ...), also where the sheet
          lacks it. Texts are ``string``, dates ``datetime64[s]``, ``stage`` is a category (Production, Testing,
          Archived), ``retrain_every`` is ``Int64`` (days). ``location``, ``owner`` and ``used_for`` take several
          values and hold tuples of texts, () where blank: ``frame.explode("location")`` gives a row for each place.
        * metrics under their heading (``Metric: MAPE (holidays)``): ``float64`` where all of them are numbers,
          else ``object`` with numbers and texts as they were typed (``pandas.to_numeric(..., errors="coerce")``
          leaves the numbers).
        * people's own columns under their heading, with the column's letter added where a field is called so:
          ``float64``, ``boolean``, ``datetime64[s]`` or ``string`` where all cells are of that kind, else ``object``.

        What is blank, and what a known column's cell should not hold (a date that is none, a stage that nobody
        knows), is missing: NaN, NaT, <NA>, or None in a column of objects. ``check`` says which cells those are.

        Raises as ``versions``, and ImportError where pandas is not installed.
        """
        from registry_sheets.operations.frame import to_frame

        return to_frame(self._look().registry.models)

    def _workbook(self) -> Any:
        return open_workbook(self._config)

    def _look(self) -> Look:
        return look(self._workbook(), terms(self._config), today_of(self._config))


def record(
    name: str,
    version: str | float,
    *,
    sheet: str | os.PathLike[str],
    registry: str = "",
    **facts: Unpack[Facts],
) -> Done:
    """Record a version: the last line of a training script. As Registry.record(), which see, of the registry ``sheet``.

    Args:
        name, version: the model, and which version of it.
        sheet: the workbook, the address or the config file, as open_registry() takes it.
        registry: which one, where the config has several.
        trained, data, location, stage, owner, used_for, changed, by, why, deployed, reviewed, run, data_link: what
            is known of the version.
        metrics, columns: figures by name, any other columns by heading.
        update, another_place: change the row that is there, or add a further one.
        wait, dry_run: seconds to wait for a workbook that is open; plan only.

    Returns and raises as Registry.record().
    """
    return open_registry(sheet, registry).record(name, version, **facts)


def _day(said: Day) -> date | None:
    """A day that must be one. Raises ConfigProblem."""
    if said is None or (isinstance(said, str) and not said):
        return None
    cell = spoken(said)
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    with suppress(ValueError):
        if isinstance(cell, str):
            return date.fromisoformat(cell)
    raise ConfigProblem(f"{said!r} is not a date.", "Write it as year-month-day: '2026-06-30', or give a date.")


def _said(given: Mapping[str, Any], cell_of: Callable[[Any], Any]) -> dict[str, Any]:
    """What is said, as cells; without what says nothing."""
    cells = {spoken_text(name): cell_of(value) for name, value in given.items()}
    return {name: cell for name, cell in cells.items() if cell is not None}


def _by_name(argument: str, given: Any, cell_of: Callable[[Any], Any]) -> dict[str, Any]:
    """The same of a mapping, or of what can be made one. Raises EditRefused."""
    try:
        return _said(dict({} if given is None else given), cell_of)
    except (TypeError, ValueError):
        raise EditRefused(f"{argument} takes values by name.", f"Write: {argument}={{'MAPE': 0.12}}") from None
