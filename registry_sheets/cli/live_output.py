"""What is or was live, as it is printed: for a person, as JSON, as CSV, as a bare version."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from registry_sheets.cli.failures import ExitCode, say
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.flags import LiveFormat
from registry_sheets.cli.live_verified import KEYS as VERIFIED
from registry_sheets.cli.live_verified import differs, verified_line, verified_object
from registry_sheets.cli.no_such_model import knows, no_such_model, nobody_knows
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.asking import LiveAnswer
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.text import csv_safe, terminal_safe
from registry_sheets.registry.wording import listed

KEYS = ("name", "version", "used_for", "location", "since", "training_date", "data_source", "why", "replaced")
"""What JSON and CSV tell of a line; ``until`` and ``basis`` besides, where a day was asked for."""


def print_live(answers: Sequence[LiveAnswer], format_: LiveFormat, whole: bool = True) -> ExitCode:
    """Print the answers of all registries; the exit code that the answer comes to.

    ``whole`` False: some registry could not be asked, which is said already, so that nothing is said not to be live.
    """
    if nobody_knows(answers):
        return no_such_model(answers)
    if format_ is not LiveFormat.TABLE:
        for told in (told for answer in answers for told in _about_history(answer)):
            say(told)
    if format_ is LiveFormat.VERSION:
        return _print_version(answers, whole)
    if format_ is LiveFormat.JSON:
        objects = [
            {"registry": answer.look.name, **_object(answer, line)} for answer in answers for line in answer.lines
        ]
        print(json.dumps(objects, indent=2, ensure_ascii=as_ascii(sys.stdout)))
    elif format_ is LiveFormat.CSV:
        _print_csv(answers)
    else:
        _print_tables(answers)
    return ExitCode.FINDINGS if any(map(differs, answers)) else ExitCode.CLEAN


def _print_version(answers: Sequence[LiveAnswer], whole: bool) -> ExitCode:
    """The one version that is live; exit code 1 where there is none, there are several, or it is not certain."""
    found = {(normalise(line.name), normalise(line.version)): line for answer in answers for line in answer.lines}
    doubts = [_unsure(period) for answer in answers for period in answer.unsure]
    doubts += [_in_short(line) for line in found.values() if not line.end_known]
    if len(found) == 1 and not doubts:
        print(terminal_safe(next(iter(found.values())).version))
        return ExitCode.CLEAN
    if doubts:
        say(f"It is not certain what was live on that day; nobody wrote down since or until when: {listed(doubts)}.")
    elif not found and not whole:
        return ExitCode.CLEAN  # that of the failure counts
    elif not found:
        say("No version of that is live. What is: registry-sheets live")
    else:
        told = [_in_short(line) for line in found.values()]
        say(f"Not one version but {len(found)}: {listed(told)}.")
        say("Ask for one model, --location and --used-for; on the day of a swap both versions were live.")
    return ExitCode.FINDINGS


def _in_short(line: LiveVersion) -> str:
    """'AC failure 3.4 at Dispatch desk for Rooftop units'."""
    place = (f"at {line.location}" if line.location else "", f"for {line.used_for}" if line.used_for else "")
    return " ".join(filter(None, (line.name, line.version or "(no version)", *place)))


def _print_tables(answers: Sequence[LiveAnswer]) -> None:
    paint = paint_for(sys.stdout)
    shown = [answer for answer in answers if knows(answer)]
    for number, answer in enumerate(shown):
        if number:
            print()
        print("\n".join(paint.fitted(live_lines(answer, paint))))


def live_lines(answer: LiveAnswer, paint: Paint) -> Iterable[str]:
    """What is live in one registry, for a person: a line for each place and use, and the reason under it."""
    if answer.lines:
        yield terminal_safe(_heading(answer))
    else:
        yield terminal_safe(_nothing(answer))
    name = None
    for line in answer.lines:
        if line.name != name:
            name = line.name
            yield ""
            yield paint.bold(terminal_safe(name or "(a row without a name)"))
        yield f"  {terminal_safe(_headline(line, _basis(answer, line)))}"
        details = (*_details(line, answer), verified_line(answer, line))
        yield from (f"      {terminal_safe(detail)}" for detail in details if detail)
    for number, told in enumerate(_about_history(answer)):
        yield from ("",) if not number else ()
        yield told


def _heading(answer: LiveAnswer) -> str:
    label, day = answer.look.label, answer.day.isoformat()
    if answer.asked.as_recorded:
        return f"Live on {day}, as {label} said on that day:"
    if answer.asked.on:
        return f"Live on {day} in {label}:"
    return f"Live in {label} on {day}, as its rows say:"


def _headline(line: LiveVersion, basis: str = "") -> str:
    parts = [
        line.version or "(no version)",
        f"for {line.used_for}" if line.used_for else "",
        f"at {line.location}" if line.location else "(no location)",
        f"since {line.since.isoformat()}{basis}" if line.since else basis.strip(),
        _end(line),
        f"replaced {line.replaced}" if line.replaced else "",
    ]
    return ", ".join(filter(None, parts))


def _end(line: LiveVersion) -> str:
    if line.until is None:
        return ""
    day = line.until.isoformat()
    return f"until {day}" if line.end_known else f"over by {day} (since when is not written down)"


def _basis(answer: LiveAnswer, line: LiveVersion) -> str:
    """How it is known that it was live on a day that was asked for; of now, only what the sheet does not state."""
    if answer.asked.on:
        return " (observed)" if line.observed else " (stated in the sheet)"
    return " (first seen live then)" if line.observed else ""


def _details(line: LiveVersion, answer: LiveAnswer) -> Iterable[str]:
    trained = f"trained {line.training_date.isoformat()}{_age(line, answer)}" if line.training_date else ""
    data = f"on {line.data_source}" if line.data_source else ""
    if trained or data:
        yield " ".join(filter(None, (trained or "trained", data)))
    unknown = "not written down" if answer.asked.on else "not written down (fill Why in its row)"
    yield f"why: {line.why or unknown}"


def _age(line: LiveVersion, answer: LiveAnswer) -> str:
    days = (answer.day - line.training_date).days if line.training_date else -1
    if days < 0:
        return ""
    told = f"{days:,} day{'s' if days != 1 else ''}"
    return f" ({told} before)" if answer.asked.on else f" ({told} ago)"


def _nothing(answer: LiveAnswer) -> str:
    label, asked = answer.look.label, answer.asked
    when = f" on {asked.on.isoformat()}" if asked.on else ""
    if not answer.look.registry.models.has("stage"):
        return f"{label} has no Stage column, so nothing in it says what is live. Add one with Production in it."
    if (asked.used_for or asked.location) and (known := _known(answer)):
        return f"Nothing of that is live in {label}{when}. What is live is {known}."
    if asked.as_recorded and _before_history(answer):
        return f"What {label} said{when} is not known."
    if asked.name:
        return f"No version of {asked.name} is live in {label}{when}, as far as is known."
    if asked.on:
        return f"Nothing was live in {label}{when}, as far as is known."
    return f"Nothing is live in {label}: no row has the Stage Production."


def _known(answer: LiveAnswer) -> str:
    """What could have been asked for, where a use or a place was: nobody knows each by heart."""
    uses = sorted({line.used_for for line in answer.known if line.used_for}, key=str.casefold)
    places = sorted({line.location for line in answer.known if line.location}, key=str.casefold)
    kinds = (("used for", uses if answer.asked.used_for else ()), ("at", places if answer.asked.location else ()))
    return "; ".join(f"{word} {', '.join(said)}" for word, said in kinds if said)


def _before_history(answer: LiveAnswer) -> bool:
    """Whether a day was asked for of which history tells nothing; the sheet tells of today by itself."""
    return answer.asked.on is not None and answer.asked.on < (answer.begins or answer.look.registry.today)


def _about_history(answer: LiveAnswer) -> Iterable[str]:
    """Where history begins, where the day that was asked for lies before it."""
    if not _before_history(answer):
        return
    begins = answer.begins.isoformat() if answer.begins else ""
    start = f"History begins on {begins}: for a day before that," if begins else "There is no history to ask:"
    if answer.asked.as_recorded:
        yield f"{start} what the registry said was not recorded."
        return
    yield f"{start} only what Deployed on states is known."
    if answer.unsure:
        names = listed([_unsure(period) for period in answer.unsure], 5)
        yield terminal_safe(f"Live {f'on {begins}' if begins else 'now'}, and not stated since when: {names}.")


def _unsure(period: LivePeriod) -> str:
    return " ".join(filter(None, (period.name, period.version, f"at {period.location}" if period.location else "")))


def _print_csv(answers: Sequence[LiveAnswer]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    more = ("until", "basis") if any(answer.asked.on for answer in answers) else ()
    more = (*more, *(VERIFIED if any(answer.checks is not None for answer in answers) else ()))
    writer.writerow(("registry", *KEYS, *more))
    for answer in answers:
        for line in answer.lines:
            cells = _object(answer, line).values()
            writer.writerow([csv_safe(answer.look.name), *(csv_safe(cell) if cell else "" for cell in cells)])


def _object(answer: LiveAnswer, line: LiveVersion) -> dict[str, Any]:
    told = {key: _plain(getattr(line, key)) for key in KEYS}
    if answer.asked.on:
        told["until"] = line.until.isoformat() if line.until and line.end_known else None
        told["basis"] = "observed" if line.observed else "stated in the sheet"
    return told | verified_object(answer, line)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
