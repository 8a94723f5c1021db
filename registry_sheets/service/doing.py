"""What the child process does for the service: a pass, the weekly mail, a mail about a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.alerting import ALERT, Notice, tell, tell_unnoted
from registry_sheets.operations.looking import Look
from registry_sheets.operations.weekly import Letters, Mailed, Plan, plan_of_week, send_waiting, send_week
from registry_sheets.registry.findings import Severity
from registry_sheets.reports.content import Report
from registry_sheets.reports.digest_unmailed import Trouble
from registry_sheets.reports.mails import Rendered, alert
from registry_sheets.service import outcomes
from registry_sheets.service.as_before import is_as_before, note_check, waits_in_outbox
from registry_sheets.service.tasks import Job, Result, Task
from registry_sheets.service.telling import NAMES, health_of, where_of
from registry_sheets.service.zones import zone_of
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Failed, noted_moment
from registry_sheets.state.store import Store
from registry_sheets.wiring import open_workbook, sends_mail
from registry_sheets.wiring.mail import ConfiguredPost, first_day, mail_setting
from registry_sheets.wiring.passes import Ways, failure_published, pass_over
from registry_sheets.wiring.reporting import report_after
from registry_sheets.wiring.state import store_of
from registry_sheets.workbooks.base import Workbook

_LONG_OPEN = timedelta(days=3)
_TOLD_BACK = timedelta(days=7)
_MOST_TOLD = 5
_CLOSE_IT = "Close the workbook for a moment, so that it can be brought up to date."
_SEE_WHY = "See why with: registry-sheets outbox"
_KEPT = timedelta(days=400)  # settled deliveries: every pass goes through them, and nobody mails weeks of years ago


def do(task: Task) -> Result:
    """Do one task. Raises RegistrySheetsError."""
    return _JOBS[task.job](task)


def _pass(task: Task) -> Result:
    """A pass over the registry, and the mails that had been put off."""
    registry = task.registry
    if not task.noted:
        return _told_of_outputs(registry, pass_over(registry), Mailed())
    begun, workbook = _now(), _opened(registry)
    with store_of(registry) as store:
        ledger = Ledger(store)
        light = task.job == "check" and not task.forced
        if light and is_as_before(registry, ledger, workbook, begun):
            return Result(skipped=True)
        seen = pass_over(registry, ways=Ways(light=light), workbook=workbook)
        note_check(registry, ledger, workbook, seen, begun)
        try:
            mailed = _waiting_mail(registry, seen, store, workbook)
        except RegistrySheetsError as error:
            return _but(
                _result(registry, seen, Mailed()), type(error).__name__, f"mail waits. {error.message}", error.fix
            )
    return _told_of_outputs(registry, seen, mailed)


def _opened(registry: RegistryConfig) -> Workbook:
    """The registry's workbook. Raises as open_workbook()."""
    with failure_published(registry):
        return open_workbook(registry)


def _told_of_outputs(registry: RegistryConfig, seen: Look, mailed: Mailed) -> Result:
    """The result of a pass. What could not be published undoes nothing, but somebody has to hear of it."""
    result = _result(registry, seen, mailed)
    return _but(result, "CannotSave", seen.unpublished) if seen.unpublished else result


def _but(result: Result, kind: str, what: str, fix: str = "") -> Result:
    """The result of a pass that was made and recorded, of which one thing went wrong afterwards."""
    return replace(result, failure=Failed(kind, f"The sheet was checked, but {what}", fix))


def _weekly(task: Task) -> Result:
    """The weekly mail, from a pass of its own. Where that fails, those who get the whole are told so."""
    registry = task.registry
    if not sends_mail(registry):
        return Result(skipped=True)
    with store_of(registry) as store:
        try:
            workbook = _opened(registry)
            seen = pass_over(registry, workbook=workbook)
        except RegistrySheetsError as error:
            _tell_of_failed_pass(task, error, store)
            raise
        report = report_after(registry, seen, workbook)
        letters, plan = _letters(registry, report, task.period, store)
        deliveries = Deliveries(store)
        mailed = send_week(letters, plan, deliveries, ConfiguredPost(registry), _now)
        deliveries.prune(_KEPT, _now())
    return _result(registry, seen, mailed)


def _alert(task: Task) -> Result:
    """A mail about a failure, or its end."""
    registry, told = task.registry, task.told
    if told is None:
        return Result(skipped=True)
    rendered = alert(registry.name, told.message, told.fix, told.since, told.well_again, told.job, where_of(registry))
    if not task.period:  # there is no ledger to note it in: that is the failure
        return Result(counts={"mails": _sent_unnoted(registry, rendered)})
    with store_of(registry) as store:
        return Result(
            counts={"mails": tell(_notice(task, rendered), Deliveries(store), ConfiguredPost(registry), _now)}
        )


def _notice(task: Task, rendered: Rendered, to: Sequence[str] | None = None, kind: str = ALERT) -> Notice:
    said = task.registry.settings
    return Notice(task.registry.name, task.period, rendered, said.sender, said.alert_to if to is None else to, kind)


def _sent_unnoted(registry: RegistryConfig, rendered: Rendered) -> int:
    """Send an alert without a ledger. Raises MailNotSent where nobody got it."""
    notice = Notice(registry.name, _now().isoformat(), rendered, registry.settings.sender, registry.settings.alert_to)
    return tell_unnoted(notice, ConfiguredPost(registry))


_JOBS: Mapping[Job, Callable[[Task], Result]] = {"nightly": _pass, "check": _pass, "weekly": _weekly, "alert": _alert}


def _now() -> datetime:
    return datetime.now(UTC)


def _result(registry: RegistryConfig, seen: Look, mailed: Mailed) -> Result:
    counts = seen.result.counts
    waiting = seen.waiting or waits_in_outbox(registry)
    told = {"rows": seen.rows, "errors": counts.get(Severity.ERROR, 0), "warnings": counts.get(Severity.WARNING, 0)}
    letters = {"mails": mailed.sent, "put off": mailed.deferred, "refused": mailed.refused, "unclear": mailed.unknown}
    more = {**letters, "not checked": 0 if seen.complete else max(1, len(seen.unchecked))}
    return Result(
        counts={**told, **{name: number for name, number in more.items() if number}},
        notices=(*seen.notices, *mailed.notes),
        again=bool(waiting or mailed.deferred),
        waiting=waiting or ("Some mail was put off." if mailed.deferred else ""),
    )


# Mail


def _letters(registry: RegistryConfig, report: Report, week: str, store: Store) -> tuple[Letters, Plan]:
    setting = mail_setting(registry)
    plan = plan_of_week(report, week, setting, first_day(registry, week, report.today))
    troubles = tuple(_troubles(registry, Ledger(store)))
    return Letters(report, plan, setting, Deliveries(store), troubles), plan


def _waiting_mail(registry: RegistryConfig, seen: Look, store: Store, workbook: Workbook) -> Mailed:
    """Send what was put off. Raises as send_waiting()."""
    if not sends_mail(registry):
        return Mailed()

    def letters_of(week: str) -> tuple[Letters, Plan]:
        return _letters(registry, report_after(registry, seen, workbook), week, store)

    return send_waiting(letters_of, Deliveries(store), ConfiguredPost(registry), _now)


def _tell_of_failed_pass(task: Task, error: RegistrySheetsError, store: Store) -> None:
    """Those who get the whole hear that there is none, once a week; if that fails too, the first failure counts."""
    registry = task.registry
    now = datetime.now(zone_of(registry.settings.time_zone))
    job = f"check for the mail of {task.period}"
    rendered = alert(registry.name, error.message, error.fix, now, job=job, where=where_of(registry))
    notice = _notice(task, rendered, registry.settings.summary_to, f"{ALERT} weekly")
    try:
        tell(notice, Deliveries(store), ConfiguredPost(registry), _now)
    except RegistrySheetsError:
        return


def _troubles(registry: RegistryConfig, ledger: Ledger) -> Iterator[Trouble]:
    """What the summary tells of the service itself."""
    zone, now = zone_of(registry.settings.time_zone), _now()
    since = noted_moment(ledger.noted(outcomes.WAITING_SINCE))
    if since and now - since >= _LONG_OPEN:
        what = ledger.noted(outcomes.WAITING)
        yield Trouble(what or "The sheet could not be written.", _to_end_it(registry, what), _day(since, zone))
    open_ = ledger.failures()
    for failure in open_:
        yield Trouble(f"The {health_of(failure.job)} fails: {failure.message}", failure.fix, _day(failure.since, zone))
    failing = {failure.job for failure in open_}
    over = [run for job in ("nightly", "weekly") if job not in failing for run in ledger.runs(job)]
    lately = [run for run in over if run.failure_kind and run.finished_at and now - run.finished_at < _TOLD_BACK]
    for run in lately[:_MOST_TOLD]:
        yield Trouble(f"The {NAMES[run.job]} of {run.period} failed, and works again since: {run.message}")


def _to_end_it(registry: RegistryConfig, what: str) -> str:
    """What to do about what waits; '' where its own words say it. Nobody has a spreadsheet on the web to themselves."""
    if registry.sheet.path:
        return _CLOSE_IT
    return _SEE_WHY if "outbox" in what or not what else ""


def _day(moment: datetime, zone: object) -> str:
    return moment.astimezone(zone).date().isoformat()  # type: ignore[arg-type]
