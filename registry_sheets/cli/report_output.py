"""Where reports go, and how they get there: files written whole, or standard output."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from registry_sheets.cli.report import ReportFormat, Section
from registry_sheets.cli.report_place import Place, place_of
from registry_sheets.cli.streams import as_ascii
from registry_sheets.config import Config, RegistryConfig
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.text import terminal_safe
from registry_sheets.reports.content import Report

STANDARD_OUTPUT = "-"
_PRINTED = (ReportFormat.CSV, ReportFormat.JSON, ReportFormat.MD)
"""What goes to standard output where no file is named."""

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_NAME_LONGEST = 100
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Plan:
    """What is written where: ``files`` by registry, empty where it goes to standard output."""

    format: ReportFormat
    section: Section
    files: Mapping[str, Path]

    @property
    def prints(self) -> bool:
        """Whether the reports go to standard output."""
        return not self.files


def plan(config: Config, format_: ReportFormat | None, section: Section | None, out: str | None) -> Plan:
    """What is to be written where. Raises ConfigProblem, also where a registry's workbook would be written over."""
    place = place_of(out) if out and out != STANDARD_OUTPUT else None
    chosen = _format(format_, section, place)
    wanted = section or Section.VERSIONS
    names = [registry.name for registry in config.registries]
    if out == STANDARD_OUTPUT or (place is None and chosen in _PRINTED):
        _fit_to_print(chosen, names)
        return Plan(chosen, wanted, {})
    files = _files(names, chosen, wanted, place)
    for file in files.values():
        _refuse_precious(file, config)
    return Plan(chosen, wanted, files)


def _format(format_: ReportFormat | None, section: Section | None, place: Place | None) -> ReportFormat:
    said = place.format if place else None
    chosen = format_ or said or (ReportFormat.CSV if section else ReportFormat.HTML)
    if place and said and said is not chosen:
        raise ConfigProblem(
            f"--out {place.path} is not the name of a file of --format {chosen}.",
            f"Name it {place.path.stem}.{chosen}.",
        )
    if section and chosen is not ReportFormat.CSV:
        raise ConfigProblem(
            f"--section {section} goes with --format csv; {chosen} holds every section.", "Leave out one of the two."
        )
    return chosen


def _fit_to_print(format_: ReportFormat, names: Sequence[str]) -> None:
    if format_ in _PRINTED:
        return
    if len(names) > 1:
        raise ConfigProblem(
            f"--out - takes one report, and the config has {len(names)} registries.",
            f'Say which: --registry "{names[0]}", or name a folder: --out reports',
        )
    if sys.stdout.isatty():
        raise ConfigProblem(f"A terminal cannot show {format_}.", f"Name a file: --out report.{format_}")


def _files(names: Sequence[str], format_: ReportFormat, section: Section, place: Place | None) -> dict[str, Path]:
    if place and place.format:
        if len(names) == 1:
            return {names[0]: place.path}
        raise ConfigProblem(
            f"--out {place.path} is one file, and the config has {len(names)} registries.",
            f'Name a folder (--out reports), or say which registry: --registry "{names[0]}"',
        )
    what = section if format_ is ReportFormat.CSV else "report"
    folder, taken, files = place.path if place else Path(), set[str](), {}
    for name in names:
        file = f"{_in_name(name, taken)} {what}.{format_}"
        files[name] = folder / file
    return files


def _in_name(name: str, taken: set[str]) -> str:
    """A registry's name as a part of a file's name; where two would be the same, with a number."""
    plain = _NOT_IN_NAMES.sub("-", name).strip(" .-")[:_NAME_LONGEST] or "registry"
    number, found = 1, plain
    while found.casefold() in taken:
        number += 1
        found = f"{plain} ({number})"
    taken.add(found.casefold())
    return found


def _refuse_precious(file: Path, config: Config) -> None:
    """A report never takes the place of a registry's workbook or of the config. Raises ConfigProblem."""
    sheets = [registry.sheet.path for registry in config.registries if registry.sheet.path]
    configs = [registry.file for registry in config.registries if registry.file]
    for precious in [*sheets, *configs, *([config.path] if config.path else [])]:
        if _same(file, precious):
            what = "the registry's workbook itself" if precious in sheets else "the config"
            raise ConfigProblem(f"--out {file} is {what}.", "Name another file for the report.")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return one.absolute() == other.absolute()


def write_report(report: Report, planned: Plan, registry: RegistryConfig) -> None:
    """Write a report into its file, whole or not at all, and say so. Raises CannotSave."""
    from registry_sheets.operations.publishing import write_if_changed

    file = planned.files[registry.name]
    write_if_changed(file.absolute(), content_of(report, planned))
    print(terminal_safe(f"Written: {file}"))


def content_of(report: Report, planned: Plan) -> bytes:
    """A report as the content of a file."""
    if planned.format is ReportFormat.XLSX:
        from registry_sheets.reports.spreadsheet import report_workbook

        return report_workbook(report)
    text = _text_of([report], planned)
    # The mark at the beginning lets Excel see that the file is UTF-8.
    return (_BOM if planned.format is ReportFormat.CSV else b"") + text.encode("utf-8", "replace")


def print_reports(
    reports: Mapping[str, Report], registries: Sequence[RegistryConfig], planned: Plan, day: date | None
) -> None:
    """Print the reports, by registry; JSON of several is an array, where one that could not be seen is incomplete."""
    found = [reports[registry.name] for registry in registries if registry.name in reports]
    if planned.format is ReportFormat.JSON:
        if len(registries) == 1:
            told = _json(found[0], as_ascii(sys.stdout)) if found else ""
        else:
            told = _json_array(reports, registries, day)
        sys.stdout.write(told)
    elif planned.format not in _PRINTED:
        for report in found:  # one, see _fit_to_print; as bytes, for a page says that it is UTF-8
            sys.stdout.buffer.write(content_of(report, planned))
    elif found or planned.format is ReportFormat.CSV:
        text = _text_of(found, planned)
        sys.stdout.write(_for_terminal(text) if sys.stdout.isatty() else text)


def _text_of(reports: Sequence[Report], planned: Plan) -> str:
    if planned.format is ReportFormat.CSV:
        from registry_sheets.reports.tabular import report_csv

        return report_csv(reports, planned.section.value)
    return "\n---\n\n".join(_one_text(report, planned.format) for report in reports)


def _one_text(report: Report, format_: ReportFormat) -> str:
    if format_ is ReportFormat.JSON:
        return _json(report, ascii_only=True)
    if format_ is ReportFormat.MD:
        from registry_sheets.reports.markdown import report_markdown

        return report_markdown(report)
    from registry_sheets.reports.page import render_page

    return render_page(report)


def _json(report: Report, ascii_only: bool) -> str:
    from registry_sheets.reports.tabular import report_json, report_object

    return report_json(report_object(report), ascii_only)


def _json_array(reports: Mapping[str, Report], registries: Iterable[RegistryConfig], day: date | None) -> str:
    from registry_sheets.reports.tabular import report_json, report_object, unseen
    from registry_sheets.wiring import today_of

    why = "The sheet could not be read; the command's messages say why."
    told = [reports.get(one.name) or unseen(one.name, one.sheet.label, day or today_of(one), why) for one in registries]
    return report_json([report_object(report) for report in told], as_ascii(sys.stdout))


def _for_terminal(text: str) -> str:
    """Without what a terminal takes for commands."""
    return "\n".join(terminal_safe(line) for line in text.split("\n"))
