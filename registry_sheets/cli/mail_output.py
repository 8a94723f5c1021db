"""What `mail` does with each registry, and what it says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import typer

from registry_sheets.cli.failures import ExitCode, say, worst
from registry_sheets.cli.running import answers
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.looking import Look
from registry_sheets.operations.weekly import (
    Addressed,
    Letters,
    Mailed,
    MailSetting,
    Plan,
    only_to,
    plan_of_week,
    send_week,
)
from registry_sheets.registry.addresses import bare
from registry_sheets.registry.text import terminal_safe
from registry_sheets.reports.content import Report
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.wiring.mail import ConfiguredPost, first_day, mail_server, mail_setting
from registry_sheets.wiring.reporting import report_over
from registry_sheets.wiring.state import deliveries_of

_NAME_BYTES = 120  # of a file's name, which has 255 at most


class Asked(NamedTuple):
    """What is asked: ``week`` '' is the present one; ``preview`` is the folder of a dry run, None sends."""

    week: str
    to: str
    again: bool
    preview: Path | None
    today: date | None


class Answer(NamedTuple):
    """What came of one registry."""

    look: Look
    lines: tuple[str, ...]
    code: ExitCode = ExitCode.CLEAN


def finish_mail(registries: Sequence[RegistryConfig], do: Callable[[RegistryConfig], Answer]) -> None:
    """Do it for every registry, print what came of it, and leave with the exit code. Raises typer.Exit."""
    given = answers(registries, do)
    for answer in given.found:
        for line in answer.lines:
            print(terminal_safe(line) if not line.startswith(" ") else "  " + terminal_safe(line))
    unchecked = [ExitCode.NOT_CHECKED for answer in given.found if not answer.look.complete]
    raise typer.Exit(worst([*given.failures, *(answer.code for answer in given.found), *unchecked]))


def send_weekly(registry: RegistryConfig, asked: Asked) -> Answer:
    """Send the mails of a week, or write them as files. Raises as report_over() and send_week()."""
    _refuse_unset(registry, asked.preview is not None)  # before anything else
    seen, report = report_over(registry, asked.today)
    setting = mail_setting(registry)
    week = asked.week or week_of(report.today)
    if week > week_of(report.today):
        raise ConfigProblem(f"The week {week} has not begun.", "Nothing was sent.")
    plan = plan_of_week(report, week, setting, first_day(registry, week, report.today))
    chosen = only_to(plan, asked.to) if asked.to else plan
    unsent = tuple(_unsent(plan))
    if asked.to and not chosen.addressed:
        return Answer(seen, (f"{registry.name}, {week}: no mail goes to {asked.to}.", *unsent), ExitCode.UNUSABLE)
    if asked.preview is not None:
        lines = _preview(registry, Letters(report, plan, setting), chosen, asked.preview)
        return Answer(seen, (*lines, *(() if asked.to else unsent)))
    lines, code = _sent(registry, report, (chosen, setting), asked.again)
    return Answer(seen, (*lines, *(() if asked.to else unsent)), code)


def _refuse_unset(registry: RegistryConfig, preview: bool) -> None:
    """Raises ConfigProblem where the config does not say how to send mail, or for a preview from whom."""
    if not preview:
        mail_server(registry)
    elif not registry.settings.sender:
        raise ConfigProblem(
            f"No sender is set for '{registry.name}', so no domain may get mail.",
            'Set sender = "Model registry <registry@example.com>" in the config.',
        )


def week_of(day: date) -> str:
    """The ISO week of a day: '2026-W48'."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _sent(
    registry: RegistryConfig, report: Report, what: tuple[Plan, MailSetting], again: bool
) -> tuple[tuple[str, ...], ExitCode]:
    plan, setting = what
    with deliveries_of(registry) as deliveries:
        if again:
            _put_back(plan, deliveries)
        letters = Letters(report, plan, setting, deliveries)
        mailed = send_week(letters, plan, deliveries, ConfiguredPost(registry), _now)
        held = [deliveries.get(one.kind, plan.week, bare(one.address)) for one in plan.addressed]
    states: Counter[str] = Counter(one.state for one in held if one)
    unsure = [one for one, found in zip(plan.addressed, held, strict=True) if found and found.state == "unknown"]
    lines = (f"{registry.name}, {plan.week}: {_counted(mailed, states)}.", *_notes(mailed, unsure, plan.week, setting))
    return lines, ExitCode.CLEAN if states["sent"] == len(plan.addressed) else ExitCode.NOT_CHECKED


def _put_back(plan: Plan, deliveries: Deliveries) -> None:
    """Have a plan's letters sent after all: those that may not have arrived, or where there are none, all of them.

    Who gets the whole and has rows too gets two letters; if one of them is in doubt, the other one is not repeated.
    A round first finds those that a run left that died over them.
    """
    with deliveries.round(_now(), timeout=10):
        held = [(one, deliveries.get(one.kind, plan.week, bare(one.address))) for one in plan.addressed]
        doubtful = [one for one, found in held if found is None or found.state != "sent"]
        for one in doubtful or plan.addressed:
            deliveries.again(one.kind, plan.week, bare(one.address), _now())


def _notes(mailed: Mailed, unsure: Sequence[Addressed], week: str, setting: MailSetting) -> Iterator[str]:
    yield from (f"  {note}" for note in mailed.notes)
    for one in unsure:
        yield f"  {bare(one.address)}: whether it arrived is not known. If it did not, send it after all:"
        yield f"    {setting.send_again(week, bare(one.address))}"


def _counted(mailed: Mailed, states: Mapping[str, int]) -> str:
    """How all letters of the week stand: '3 sent now, 2 sent before, 1 put off'."""
    before = states.get("sent", 0) - mailed.sent
    told = [
        f"{mailed.sent} sent now",
        f"{before} sent before" if before > 0 else "",
        *(f"{number} {words}" for state, words in _STATES.items() if (number := states.get(state, 0))),
    ]
    return ", ".join(filter(None, told))


_STATES: Mapping[str, str] = {
    "deferred": "put off, tried again by the service or the next 'mail weekly'",
    "queued": "still to be sent",
    "refused": "refused",
    "unknown": "of which it is not known whether they arrived",
}


def _unsent(plan: Plan) -> Iterator[str]:
    """Who gets none, and why."""
    for one in plan.unmailed:
        yield f"  no mail to {one.who}: {one.why} {one.fix}"
    if plan.quiet:
        names = ", ".join(whom.person.name for whom in plan.quiet)
        yield f"  nothing to say to {names}"


def _preview(registry: RegistryConfig, letters: Letters, plan: Plan, folder: Path) -> tuple[str, ...]:
    """Write each mail as it would be sent, and as its HTML. Raises CannotSave."""
    from registry_sheets.mailing.compose import compose
    from registry_sheets.operations.publishing import write_if_changed

    lines = []
    for one in plan.addressed:
        letter = letters.letter(one)
        place = folder / registry.slug / f"{plan.week} {_file_name(one)}"
        write_if_changed(place.with_name(place.name + ".eml"), compose(letter, _now(), utf8=True))
        write_if_changed(place.with_name(place.name + ".html"), letter.html.encode("utf-8", "replace"))
        lines.append(f"  {bare(one.address)}: {one.told} ({letter.subject})")
    count = f"{len(lines)} mail{'' if len(lines) == 1 else 's'}"
    there = f"; see them in {folder / registry.slug}" if lines else ""
    return (f"{registry.name}, {plan.week}: {count} would be sent{there}.", *lines)


def _file_name(one: Addressed) -> str:
    """A name that no other address of the plan gets, on no system; the address itself where it can be one."""
    address = bare(one.address)
    kept = "".join(sign if sign.isalnum() or sign in "@.-_+" else "_" for sign in address).lstrip(".")
    short = kept.encode()[:_NAME_BYTES].decode(errors="ignore")
    mark = "" if short == address else f" {sha256(address.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"{short}{mark}{' all' if one.digest is None else ''}"


def send_test(registries: Sequence[RegistryConfig], address: str) -> ExitCode:
    """Send one mail with each registry's server; those that have the same are tried once. Raises as send_all()."""
    tried = set()
    for registry in registries:
        key = (registry.settings.smtp, registry.settings.sender)
        if key not in tried:
            tried.add(key)
            _test(registry, address)
    return ExitCode.CLEAN


def _test(registry: RegistryConfig, address: str) -> None:
    from registry_sheets.mailing.letter import Letter, message_id_of
    from registry_sheets.mailing.problems import MailNotSent
    from registry_sheets.registry.addresses import domain_of

    server, sender = mail_server(registry), registry.settings.sender
    text = f"This is a test by Registry Sheets for '{registry.name}': mail from {sender} by {server.address} arrives.\n"
    id_ = message_id_of(registry.name, _now().isoformat(), address, domain_of(sender), "test")
    letter = Letter(sender, address, f"Test of mail for the model registry {registry.name}", text, "", id_)
    became: list[str] = []
    ConfiguredPost(registry)(
        [letter], lambda _: True, lambda _, receipt: became.append(f"{receipt.outcome.value}: {receipt.reply}")
    )
    if not became or not became[0].startswith("sent"):
        raise MailNotSent(
            f"The test to {address} was not sent ({'; '.join(became)}).", "Correct the address, or try later."
        )
    say(f"Sent to {address} by {server.address}. Look into the mailbox, and into its folder for spam.")


def _now() -> datetime:
    return datetime.now(UTC)
