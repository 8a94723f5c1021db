"""A pass over a Google spreadsheet, with Google's answers played back, against parsing and validating the same JSON.

    python -m tests.benchmarks.google make 10000 FOLDER    # asks the stand-in once and keeps what it answered
    python -m tests.benchmarks.google ours FOLDER first    # a first pass, or 'later' for one over an unchanged sheet
    python -m tests.benchmarks.google theirs FOLDER first  # json.loads, then pydantic, of the answers to that pass

The last two print the seconds that it took, as JSON; imports and the stand-in's own time are not in them.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

TODAY = date(2026, 7, 1)
_MADE = 1  # goes up when other rows are made


def make(count: int, folder: Path) -> None:
    """Ask the stand-in for a first pass and for one over what that left, and keep the answers."""
    from tests.support.google.lab import google_lab

    lab = google_lab(check_responses=False)
    spreadsheet = lab.made({"Models": _rows(count)})
    folder.mkdir(parents=True, exist_ok=True)
    for pass_ in ("first", "later"):
        answers: list[bytes] = []
        _pass(_kept(lab.google.handle, answers), lab, spreadsheet, folder / "history.sqlite")
        for at, body in enumerate(answers):
            (folder / f"{pass_}-{at}.json").write_bytes(body)
    (folder / "id").write_text(spreadsheet)


def ours(folder: Path, pass_: str) -> float:
    """Seconds of a pass whose requests are answered at once."""
    from tests.support.google.lab import google_lab
    from tests.support.google.wire import Answer, Call

    answers = [path.read_bytes() for path in _answers(folder, pass_)]
    lab = google_lab(check_responses=False)
    calls = iter(answers)

    def played(_: Call) -> Answer:
        return Answer(200, next(calls), {"Content-Type": "application/json; charset=UTF-8"})

    spreadsheet = (folder / "id").read_text()
    with tempfile.TemporaryDirectory() as scratch:
        history = Path(scratch, "history.sqlite")
        if pass_ == "later":
            history.write_bytes((folder / "history.sqlite").read_bytes())
        warm = google_lab()
        _pass(warm.google.handle, warm, warm.made({"Models": _rows(5)}), Path(scratch, "warm.sqlite"))
        return _timed(lambda: _pass(played, lab, spreadsheet, history))


def _models() -> tuple[Any, Any]:
    """Spreadsheet and the answer to a batchUpdate as pydantic models, as far as a pass asks for them."""
    from pydantic import BaseModel, ConfigDict, Field
    from pydantic.alias_generators import to_camel

    class Told(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel)

    class Value(Told):
        string_value: str | None = None
        number_value: float | None = None
        bool_value: bool | None = None
        formula_value: str | None = None

    class NumberFormat(Told):
        type: str = ""
        pattern: str = ""

    class Format(Told):
        number_format: NumberFormat | None = None

    class Cell(Told):
        user_entered_value: Value | None = None
        effective_value: Value | None = None
        formatted_value: str = ""
        effective_format: Format | None = None

    class Row(Told):
        values: list[Cell] = Field(default_factory=list)

    class Data(Told):
        row_data: list[Row] = Field(default_factory=list)

    class Sheet(Told):
        properties: dict[str, Any]
        data: list[Data] = Field(default_factory=list)

    class Spreadsheet(Told):
        sheets: list[Sheet]

    class Updated(Told):
        updated_spreadsheet: Spreadsheet | None = None

    return Spreadsheet, Updated


def theirs(folder: Path, pass_: str) -> float:
    """Seconds for parsing the answers with the standard library and validating them with pydantic."""
    spreadsheet, updated = _models()
    answers = [path.read_bytes() for path in _answers(folder, pass_)]

    def parsed() -> None:
        for body in answers:
            value = json.loads(body)
            if "sheets" in value:
                spreadsheet.model_validate(value)
            elif "updatedSpreadsheet" in value:
                updated.model_validate(value)

    return _timed(parsed)


def answers_of(count: int, folder: Path) -> Path:
    """The folder with the answers to passes over so many rows; asked for once."""
    kept = folder / f"google-{_MADE}-{count}"
    if not (kept / "id").exists():
        make(count, kept)
    return kept


def _answers(folder: Path, pass_: str) -> list[Path]:
    return sorted(folder.glob(f"{pass_}-*.json"), key=lambda path: int(path.stem.rpartition("-")[2]))


def _timed(action: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()  # as the command does
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _rows(count: int) -> list[list[Any]]:
    head = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Why", "Accuracy", "Notes"]
    rows: list[list[Any]] = [head]
    for at in range(count):
        day = date(2024, 1, 1) + timedelta(days=at % 700)
        data = "last year" if at % 100 == 0 else f"CRM export {day}"
        place, stage = ("Zurich; Basel", "Production") if at % 5 == 4 else ("Zurich", "Archived")
        more = [stage, "ana@example.com", f"Better by {at % 7} %", 0.8 + at % 100 / 1000, "kept by hand"]
        rows.append([f"Model {at // 5}", f"{at % 5 + 1}.0", day, data, place, *more])
    return rows


def _kept(handle: Callable[[Any], Any], answers: list[bytes]) -> Callable[[Any], Any]:
    def kept(call: Any) -> Any:
        answer = handle(call)
        answers.append(answer.body)
        return answer

    return kept


class _Nowhere:
    def findings(self) -> None:
        return None

    def write(self, _: object) -> None:
        raise AssertionError("the findings went beside the spreadsheet")


def _pass(handler: Callable[[Any], Any], lab: Any, spreadsheet: str, history: Path) -> None:
    """A pass with its history and its record of own tabs; the report page is measured by itself."""
    from registry_sheets.history.sqlite import SqliteHistory
    from registry_sheets.operations.looking import Terms
    from registry_sheets.operations.own_tabs import OwnTabs
    from registry_sheets.operations.sync import Outputs, run_pass
    from tests.support.google.session import mount
    from tests.support.google.tokens import TOKEN_URI

    def answered(call: Any) -> Any:
        return lab.stack.handler(call) if call.url.startswith(TOKEN_URI) else handler(call)

    mount(lab.api._http.session, answered)
    with SqliteHistory(history) as past:
        outputs = Outputs("in place", _Nowhere(), OwnTabs(history.parent), history=past)
        run_pass(lab.workbook(spreadsheet), Terms("models"), TODAY, outputs)


def main() -> None:
    """See the module."""
    what, first, second = sys.argv[1:4]
    if what == "make":
        make(int(first), Path(second))
    else:
        print(json.dumps({"wall": (ours if what == "ours" else theirs)(Path(first), second)}))


if __name__ == "__main__":
    main()
