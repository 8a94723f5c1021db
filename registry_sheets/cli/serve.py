"""Run nightly: serve, status."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from registry_sheets.cli import flags

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.service.status import RegistryStatus


class LogFormat(StrEnum):
    """How the service's log is written."""

    TEXT = "text"
    JSON = "json"


class StatusFormat(StrEnum):
    """How it is told how the service stands."""

    TABLE = "table"
    JSON = "json"


def serve(
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due and leave: for cron and the like.")] = False,
    log_format: Annotated[LogFormat, typer.Option("--log-format", help="How to write the log.")] = LogFormat.TEXT,
) -> None:
    """Do the nightly pass and the weekly mail of every registry when they are due, until it is stopped."""
    import gc
    import os
    import sys
    from contextlib import closing

    from registry_sheets.cli.failures import ExitCode
    from registry_sheets.config import load
    from registry_sheets.service.child import ChildWorker
    from registry_sheets.service.logs import open_log
    from registry_sheets.service.loop import Service
    from registry_sheets.service.notify import notifier
    from registry_sheets.wiring.state import ledgers

    gc.enable()  # see cli.main: off is right for one workbook, but this runs for years
    kind: Literal["json", "text"] = "json" if log_format is LogFormat.JSON else "text"
    log = open_log(kind, sys.stderr, datetime.now, os.environ)
    with closing(ChildWorker("registry_sheets.service.doing:do", log)) as worker:
        service = Service(
            lambda: load(config, None, registry or ()).registries,
            worker,
            ledgers(),
            log,
            notify=notifier(os.environ),
        )
        code = ExitCode.CLEAN
        if once:
            code = ExitCode.NOT_CHECKED if service.once() else ExitCode.CLEAN
        else:
            service.run()
        _deaf()
    raise typer.Exit(code)


def _deaf() -> None:
    """What is left is a few moments of tidying up: a second Ctrl-C or SIGTERM must not break into them."""
    import signal

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)


def status(
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: Annotated[StatusFormat, typer.Option("--format", help="How to write it.")] = StatusFormat.TABLE,
) -> None:
    """What the service did last, what is next, what fails or waits; exit code 3 if something fails or is overdue."""
    from registry_sheets.cli.status_output import print_status
    from registry_sheets.config import load

    now = datetime.now(UTC)
    registries = {one.name: one for one in load(config, None, registry or ()).registries}

    def send_again(name: str, week: str, to: str) -> str:
        from registry_sheets.wiring.mail import mail_setting

        return mail_setting(registries[name]).send_again(week, to)

    statuses = [_status(one, now) for one in registries.values()]
    raise typer.Exit(print_status(statuses, format_ is StatusFormat.JSON, now, send_again))


def _status(registry: RegistryConfig, now: datetime) -> RegistryStatus:
    from registry_sheets.errors import StateUnusable
    from registry_sheets.service.plan import plan_of
    from registry_sheets.service.status import seen_in, status_of, unreadable
    from registry_sheets.service.status_mail import weekly_off
    from registry_sheets.state.deliveries import Deliveries
    from registry_sheets.state.ledger import Ledger
    from registry_sheets.wiring import outbox_of
    from registry_sheets.wiring.state import store_of

    plan = plan_of(registry)
    outbox = len(outbox_of(registry).read().in_state("waiting"))
    try:
        with store_of(registry, read_only=True) as store:
            seen = seen_in(Ledger(store), Deliveries(store), now)
        return status_of(registry.name, plan, seen, outbox, now, weekly_off(registry.settings))
    except StateUnusable as error:
        return unreadable(registry.name, plan, str(error), outbox)
