"""doctor --live against the stand-in: what holds there, what differs when it behaves otherwise, what is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.cli.doctor_live_output import announce, live_exit_code, print_live_report, progress
from registry_sheets.cli.failures import ExitCode
from registry_sheets.errors import NotChecked, RegistrySheetsError, UnreadableWorkbook, WriteRefused
from registry_sheets.operations.doctor_live import LiveReport, try_out
from registry_sheets.operations.looking import Terms, models_of
from registry_sheets.registry.google_address import GoogleAddress
from registry_sheets.registry.registry_sheet import GoogleSheet
from registry_sheets.workbooks.google.api import FileState
from registry_sheets.workbooks.google.live.pacing import A_MINUTE, PacedApi
from registry_sheets.workbooks.google.live.running import checks, experiments, run
from registry_sheets.workbooks.google.live.scratch import ANCHOR_KEY, NAMES, SCRATCH_KEY, TITLE, Scratch
from registry_sheets.workbooks.google.live.verdicts import Differs, Experiment, Held, LiveCheck, Result, Unclear
from tests.support.google.cellvalues import Error
from tests.support.google.errors import Refused
from tests.support.google.failures import internal, not_shared, quota, unavailable
from tests.support.google.faults import Fault, answered, cut_before, garbled, reply_lost, truncated
from tests.support.google.formulas import calculate
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.live_google import calculated, tint

WRITES = 60
ROWS = [["Name", "Version", "Training date", "Data source"], ["churn", "1.0", 3.5], ["fraud", "2", False]]
BEGUN = datetime(2026, 7, 1, 12, tzinfo=UTC)


class Live:
    """A spreadsheet of somebody's at a stand-in, on which doctor --live is run."""

    def __init__(self, *, locale: str = "en_US", tinted: bool = True, **more: Any) -> None:
        self.lab: GoogleLab = google_lab(**{"calculate": calculated, **more})
        self.lab.google.world.now = lambda: BEGUN + timedelta(seconds=self.lab.clock.seconds)
        self.id = self.lab.made({"Models": ROWS, f"{TITLE} 7": [["mine"]]}, locale=locale)
        ana = self.lab.person(self.id)
        ana.set("Models", "D2", "typed")
        if tinted:
            tint(self.lab.stack.faults)
        self.before = self.content()
        self.lab.forget()

    def scratch(self) -> Scratch:
        """A scratch tab of a program of its own."""
        clock = self.lab.clock
        return Scratch(PacedApi(self.lab.api, sleep=clock.sleep, clock=clock), self.id, sleep=clock.sleep)

    def run(self, tell: Callable[[Result, int, int], None] = lambda *_: None) -> LiveReport:
        return try_out(self.scratch(), tell)

    def content(self) -> Any:
        """All that the spreadsheet holds."""
        book = self.lab.google.world.files[self.id].book
        return deepcopy((book.sheets, book.named, book.metadata))

    def fault(self, fault: Fault, at: int, times: int = 1) -> None:
        """Let a write fail, ``at`` counted from 0."""
        self.lab.stack.faults.plan(fault, times=times, skip=at, verb="POST", url="/v4/spreadsheets/")


def other_than_held(report: LiveReport) -> dict[str, str]:
    """What was seen, by check, where it did not hold."""
    return {one.check.id: one.verdict.seen for one in report.results if not isinstance(one.verdict, Held)}


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_CA", "ja_JP", ""])
def test_all_holds_at_a_google_as_it_is_assumed_to_be(locale: str) -> None:
    live = Live(locale=locale)
    report = live.run()
    assert other_than_held(report) == {}
    assert live_exit_code(report) is ExitCode.CLEAN
    assert report.spreadsheet == "Models 2026"
    assert report.locale == locale
    assert live.content() == live.before


def test_what_it_costs() -> None:
    live = Live()
    report = live.run()
    posts = [one for one in live.lab.stack.seen if one.verb == "POST" and one.method != "token"]
    assert len(posts) == report.writes <= WRITES
    assert max(one.size for one in posts) < 100_000
    assert {one.status for one in live.lab.stack.seen} == {200, 400}, "only the tab whose number is taken is refused"


def test_a_stand_in_that_tints_nothing_differs_in_that_alone() -> None:
    assert set(other_than_held(Live(tinted=False).run())) == {"mark-shows"}


def test_metadata_that_goes_along_with_sorted_rows() -> None:
    report = Live(sort_moves_metadata=True).run()
    assert other_than_held(report) == {"metadata-sort": "it goes along with its row"}
    assert live_exit_code(report) is ExitCode.FINDINGS


def test_zeros_that_are_left_out() -> None:
    assert other_than_held(Live(omit_zeros=True).run()) == {"zero-told": "({}, {})"}


@pytest.mark.parametrize(
    ("part", "value", "differ"),
    [
        ("CHOOSE({1,2}", 1, {"formula-choose"}),
        ("INDIRECT", Error("#REF!"), {"formula-indirect"}),
        ("=IF(0", Error("#ERROR!"), {"formula-separators"}),
        ("=TEXT(B1", "46,203", {"formula-date-text"}),
        ("=IF(B2=INT(B2)", "3,1 2.02606E+10 3", {"formula-joined-number"}),
        ('=B1&""', "30/06/2026", {"formula-joined-date"}),
        ('=B1&""', "2026-06-30", set()),
        ("$A3", "a cell shows an error", {"check-column"}),
        ("=SQRT(", Error("#VALUE!"), {"error-kinds"}),
    ],
)
def test_a_google_that_calculates_otherwise(part: str, value: Any, differ: set[str]) -> None:
    report = Live(calculate=lambda formula: value if part in formula else calculated(formula)).run()
    assert set(other_than_held(report)) == differ
    assert all(isinstance(one.verdict, Held | Differs) for one in report.results)


def test_formulas_that_google_is_still_working_out_are_unclear() -> None:
    report = Live(calculate=lambda text: Error("Loading...") if "SUMPRODUCT" in text else calculated(text)).run()
    unclear = {one.check.id for one in report.of(Unclear)}
    assert unclear == {"formula-row", "formula-exact", "formula-choose", "formula-indirect", "check-column"}
    assert not report.of(Differs)
    assert live_exit_code(report) is ExitCode.NOT_CHECKED


@pytest.mark.parametrize(
    ("seconds", "seen"),
    [
        (2, {"version-moves": "it moved only within 3 seconds"}),
        (180, {"version-moves": "15 seconds later it had not moved"}),
    ],
)
def test_a_drive_that_lags(seconds: int, seen: dict[str, str]) -> None:
    live = Live()
    live.lab.clock.sleep(1000)
    live.lab.google.lag = timedelta(seconds=seconds)
    found = other_than_held(live.run())
    assert {id_: found[id_] for id_ in seen} == seen
    assert set(found) <= {"version-moves", "version-settles", "editor-is-us"}


def test_a_version_that_moves_by_itself() -> None:
    live = Live()
    file = live.lab.google.world.files[live.id]
    live.lab.google.before_call(
        _fourth_look(), lambda: file.touch(live.lab.google.world.now(), live.lab.google.account)
    )
    assert set(other_than_held(live.run())) == {"version-settles"}


def test_somebody_who_edits_meanwhile_makes_it_unclear() -> None:
    live = Live()
    ana = live.lab.person(live.id)
    live.lab.google.before_call(_fourth_look(), lambda: ana.set("Models", "A9", "new"))
    (one,) = [one for one in live.run().results if not isinstance(one.verdict, Held)]
    assert (one.check.id, one.verdict) == ("version-settles", Unclear("somebody else edited the spreadsheet meanwhile"))


def _fourth_look() -> Callable[[Any], bool]:
    """Before the file is looked at once more after the write: the first look is before all else."""
    left = [5]

    def when(call: Any) -> bool:
        left[0] -= "/drive/v3/files/" in call.url
        return left[0] == 0

    return when


# Failures on the way


@pytest.mark.parametrize(
    ("fault", "at"),
    [
        *((reply_lost(), at) for at in range(1, 35)),
        *((answered(unavailable()), at) for at in range(2, 35, 5)),
        *((truncated(0.5), at) for at in range(4, 35, 5)),
    ],
)
def test_a_failure_anywhere_makes_some_unclear_and_leaves_nothing(fault: Fault, at: int) -> None:
    live = Live()
    live.fault(fault, at)
    report = live.run()
    assert not report.of(Differs)
    assert len(report.of(Unclear)) < 20
    assert report.left == ""
    assert live.content() == live.before


@pytest.mark.parametrize("fault", [answered(quota("Write", retry_after=30)), cut_before()], ids=["429", "no line"])
def test_what_may_be_asked_again_is(fault: Fault) -> None:
    live = Live()
    live.fault(fault, 9)
    report = live.run()
    assert len(other_than_held(report)) <= 5
    assert not report.of(Differs)
    assert live.content() == live.before


@pytest.mark.parametrize("at", [2, 8, 20])
def test_one_request_that_google_refuses_differs_alone(at: int) -> None:
    live = Live()
    live.fault(answered(Refused(400, "Invalid requests[0].addSheet: no such thing").answer()), at)
    report = live.run()
    found = {one.check.id for one in report.of(Differs)}
    assert any(found == {check.id for check in one.checks} for one in experiments())
    assert not report.of(Unclear)
    assert all("no such thing" in one.verdict.seen for one in report.of(Differs))
    assert live.content() == live.before


def test_a_share_that_is_taken_away_in_the_midst_is_no_difference() -> None:
    live = Live()
    live.fault(answered(not_shared()), 6, times=1000)
    report = live.run()
    assert not report.of(Differs)
    assert report.of(Unclear)[-1].verdict.seen.startswith("not asked, since there was no answer before: ")
    assert "Editor" in report.left
    assert live_exit_code(report) is ExitCode.NOT_CHECKED


def test_after_two_failures_nothing_more_is_asked() -> None:
    live = Live()
    live.fault(answered(internal()), 4, times=1000)
    report = live.run()
    assert len(live.lab.requests()) < 25
    assert {type(one.verdict) for one in report.results} == {Held, Unclear}
    assert report.left


def test_an_answer_of_another_form_is_unclear() -> None:
    live = Live(tinted=False)
    live.lab.stack.faults.plan(garbled(b'{"sheets": [{"data": 7}]}'), times=3, skip=2, verb="GET", url="/v4/")
    report = live.run()
    assert [one.check.id for one in report.of(Differs)] == ["mark-shows"]
    assert any("another form" in one.verdict.seen for one in report.of(Unclear))
    assert live.content() == live.before


def test_a_judge_that_cannot_read_what_was_seen_hides_no_other() -> None:
    live = Live()

    def strange(seen: dict[str, int]) -> Held:
        return Held(str(seen["not there"]))

    asked = Experiment(
        lambda _: {"there": 1},
        (LiveCheck("a", "A.", "B.", strange), LiveCheck("b", "A.", "B.", lambda seen: Held(str(seen["there"])))),
    )
    first, second = run(live.scratch(), [asked])
    assert isinstance(first.verdict, Unclear)
    assert second.verdict == Held("1")


# What cannot begin


def test_a_spreadsheet_that_is_not_shared_is_said_before_anything_is_written() -> None:
    lab = google_lab()
    number = lab.made({"Models": ROWS}, shared=False)
    with pytest.raises(UnreadableWorkbook, match=lab.api.account):
        try_out(Scratch(PacedApi(lab.api), number), lambda *_: None)
    assert lab.requests() == ("drive.files.get",)


class _ReadOnly(PacedApi):
    def file(self, spreadsheet: str) -> FileState:
        return replace(super().file(spreadsheet), can_edit=False)


def test_one_that_may_only_be_read_is_not_written() -> None:
    lab = google_lab()
    number = lab.made({"Models": ROWS})
    with pytest.raises(WriteRefused, match="read this spreadsheet and not write it"):
        try_out(Scratch(_ReadOnly(lab.api), number), lambda *_: None)
    assert lab.requests() == ("drive.files.get",)


def test_a_google_that_does_not_work_is_not_asked_on() -> None:
    live = Live()
    live.fault(answered(unavailable()), 0, times=1000)
    with pytest.raises(NotChecked):
        live.run()
    assert live.content() == live.before


# What is left behind


def leave(live: Live, experiment: Experiment[Any]) -> None:
    """A run that was killed in the midst of an experiment."""
    scratch = live.scratch()
    with suppress(RegistrySheetsError):
        experiment.look(scratch)


@pytest.mark.parametrize("at", range(len(experiments())))
def test_what_a_killed_run_left_is_removed_by_the_next(at: int) -> None:
    live = Live()
    leave(live, experiments()[at])
    assert live.content() != live.before
    assert models_of(live.lab.workbook(live.id).read(), Terms("models"))[0].title == "Models", "a sync is not misled"
    assert other_than_held(live.run()) == {}
    assert live.content() == live.before


def test_two_that_were_killed_are_removed_and_nothing_that_only_looks_so() -> None:
    live = Live()
    api, clock = live.lab.api, live.lab.clock
    for _ in range(2):
        scratch = Scratch(PacedApi(api, sleep=clock.sleep, clock=clock), live.id)
        scratch._certain = True  # as a run at the same time, which sees none of the other
        scratch.fresh(lambda tab: [tab.name(f"{NAMES}{tab.sheet_id}", tab.area(0, 0, 1, 1))])
    sheets, named, _ = live.content()
    assert len(sheets) == 4
    assert len(named) == 2
    assert live.scratch().remove() == 2
    assert live.content() == live.before, "the person's own tab of that title is still there"


def test_ctrl_c_leaves_nothing() -> None:
    live = Live()

    def tell(_: Result, number: int, total: int) -> None:
        if number == total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        live.run(tell)
    assert live.content() == live.before


def test_a_reply_lost_while_removing_is_asked_again() -> None:
    live = Live()
    scratch = live.scratch()
    scratch.fresh(lambda _: [])
    live.fault(reply_lost(), 0)
    assert scratch.remove() == 0, "it was gone when it was looked for again"
    assert live.content() == live.before


def test_the_scratch_tab_is_hidden_and_marked() -> None:
    live = Live()
    tab = live.scratch().fresh(lambda _: [])
    sheet = live.lab.google.world.files[live.id].book.sheets[-1]
    assert (sheet.id, sheet.title, sheet.hidden) == (tab.sheet_id, f"{TITLE} {tab.sheet_id}", True)
    assert live.lab.workbook(live.id).read().own_tabs == {}


def test_the_registry_itself_does_not_take_it_for_its_own() -> None:
    assert not SCRATCH_KEY.startswith("registry_sheets.tab")
    assert ANCHOR_KEY != "registry_sheets.edit"
    assert not NAMES.startswith("_registry_sheets")


# Pace


def test_a_full_minute_is_waited_for() -> None:
    live = Live()
    clock = live.lab.clock
    api = PacedApi(live.lab.api, sleep=clock.sleep, clock=clock)
    for _ in range(A_MINUTE):
        api.file(live.id)
    assert clock.slept == []
    api.spreadsheet(live.id, "spreadsheetId")
    assert clock.slept == [60.0]
    for _ in range(A_MINUTE - 1):
        api.file(live.id)
    assert clock.slept == [60.0]
    api.file(live.id)
    assert clock.slept == [60.0, 60.0]
    assert api.writes == 0


# What is said


def _address(live: Live) -> GoogleSheet:
    return GoogleSheet(GoogleAddress(live.id), Path("registry"))


def test_it_says_what_it_does_before_it_starts(capsys: pytest.CaptureFixture[str]) -> None:
    announce(_address(Live()))
    said = capsys.readouterr()
    assert said.out == ""
    assert "hidden scratch tab of https://docs.google.com/spreadsheets/d/" in said.err
    assert "Nothing else in it is changed" in said.err


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    live = Live(sort_moves_metadata=True)
    report = live.run()
    print_live_report(report, _address(live), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    first = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert first == ["held"] * (len(report.results) - 1) + ["DIFFERS"]
    at = next(at for at, line in enumerate(lines) if "DIFFERS" in line)
    assert "metadata-sort" in lines[at]
    assert lines[at + 1].strip() == "→ it goes along with its row"
    assert lines[at + 2].strip().startswith("→ Nothing goes wrong")
    assert f"{len(report.results) - 1} of {len(report.results)} held, 1 differs" in lines[-2]
    assert lines[-1].startswith("Please report what differs")


def test_where_all_held_nothing_is_to_be_reported(capsys: pytest.CaptureFixture[str]) -> None:
    live = Live()
    print_live_report(live.run(), _address(live), as_json=False)
    out = capsys.readouterr().out
    assert "report" not in out.splitlines()[-1]
    assert "the scratch tab is gone again" in out
    assert "(it makes the serial number)" in out


def test_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    live = Live(omit_zeros=True)
    report = live.run()
    print_live_report(report, _address(live), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == 1
    assert told["counts"] == {"held": len(report.results) - 1, "differs": 1, "unclear": 0}
    (differs,) = [one for one in told["checks"] if one["outcome"] == "differs"]
    assert differs["id"] == "zero-told"
    assert differs.keys() == {"id", "outcome", "assumed", "seen", "meaning"}


def test_foreign_text_does_not_reach_the_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    live = Live()
    check = checks()[0]
    hostile = LiveReport(
        "a\x1b[2Jb", "en_US", (Result(check, Differs("x\x1b]0;t\x07\r\n" + "y" * 9000)),), 1, "\x1b[1m"
    )
    print_live_report(hostile, _address(live), as_json=False)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) < 600


def test_progress_is_told_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    live, stderr = Live(), Terminal()
    monkeypatch.setattr("sys.stderr", stderr)
    with progress() as tell:
        live.run(tell)
    shown = stderr.getvalue().split("\r")
    assert shown[1].rstrip() == f"1 of {len(checks())}: answer-cells held"
    assert shown[len(checks())].startswith(f"{len(checks())} of {len(checks())}: ")
    assert shown[-2].strip() == shown[-1] == ""
    piped = StringIO()
    monkeypatch.setattr("sys.stderr", piped)
    with progress() as tell:
        live.run(tell)
    assert piped.getvalue() == ""


def test_formulas_that_take_google_a_moment_are_waited_for() -> None:
    live = Live(calculate=lambda text: Error("Loading...") if live.lab.clock.seconds < 1 else calculated(text))

    def wait(seconds: float) -> None:
        live.lab.clock.sleep(seconds)
        calculate(live.lab.google.world.files[live.id].book)

    scratch = Scratch(PacedApi(live.lab.api, sleep=wait, clock=live.lab.clock), live.id, sleep=wait)
    assert other_than_held(try_out(scratch, lambda *_: None)) == {}


def test_the_checks_are_told_in_whole_sentences_and_each_once() -> None:
    told: Sequence[LiveCheck[Any]] = checks()
    ids = [one.id for one in told]
    assert len(set(ids)) == len(ids)
    for one in told:
        assert one.assumed.endswith(".")
        assert one.meaning.endswith(".")
        assert one.assumed[0].isupper() or one.assumed.startswith(("updateCells", "unmergeCells", "appendCells", "&"))
