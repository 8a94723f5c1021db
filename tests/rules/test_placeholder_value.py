from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.placeholders import is_blank_word, is_placeholder

from .support import checked, hits

STAND_INS = (
    "TBD",
    "tbd.",
    "TBA",
    "n/a",
    "N/A",
    "???",
    "?",
    "-",
    "--",
    "—",
    "...",
    "see email",
    "See e-mail",
    "see above",
    "ask team",
    "unknown",
    "Unknown",
    "to be determined",
    "pending",
    "xxx",
    "<TBD>",
    "[TODO]",
    "none",
    "None",
    "not applicable",
    "check with team",
    "don't know",
    "_",
    "#",
    "*",
)
VALUES = (
    "CRM export 2026-06-30",
    "3.1",
    "x1",
    "see email of 2026-03-04",
    "see ticket ABC-12",
    "Nathan",
    "N",
    "1",
    "0",
    "AC",
    "none of the public sets",
    "pending orders",
    "unknown callers list 2026",
    "Same-day orders",
    "🙂",
    "数据",
    "±",
    "€",
    "TBD Ltd.",
    "later stage trials",
)


@pytest.mark.parametrize("text", STAND_INS)
def test_words_that_stand_in_for_a_value(text: str) -> None:
    assert is_placeholder(text)
    found = hits("placeholder-value", [{"Data source": text}])
    assert [(hit.field, hit.severity) for hit in found] == [("data_source", Severity.ERROR)]


@pytest.mark.parametrize("text", VALUES)
def test_values_that_only_look_short(text: str) -> None:
    assert not is_placeholder(text)
    assert hits("placeholder-value", [{"Data source": text}]) == []


@pytest.mark.parametrize(
    ("stage", "header", "severity"),
    [
        ("Production", "Owner", Severity.ERROR),
        ("Testing", "Location", Severity.WARNING),
        ("Testing", "Owner", Severity.INFO),
        ("Production", "Why", Severity.INFO),
        ("Archived", "Name", Severity.ERROR),
        ("Archived", "Data source", None),
    ],
)
def test_it_is_as_hard_as_the_blank_cell(stage: str, header: str, severity: Severity | None) -> None:
    found = hits("placeholder-value", [{"Stage": stage, header: "TBD"}])
    assert [hit.severity for hit in found] == ([severity] if severity else [])


@pytest.mark.parametrize("header", ["Why", "Deployed on", "Last reviewed", "Run link", "Used for"])
@pytest.mark.parametrize("text", ["-", "n/a", "none", "..."])
def test_where_a_cell_may_be_blank_a_dash_says_just_that(header: str, text: str) -> None:
    assert is_blank_word(text)
    assert [f for f in checked([{header: text}]).findings if f.severity is not Severity.INFO] == []


def test_a_question_mark_is_a_question() -> None:
    assert not is_blank_word("???")


@pytest.mark.parametrize("header", ["Name", "Version", "Training date", "Data source", "Location", "Owner"])
def test_a_placeholder_is_the_one_finding_of_its_cell(header: str) -> None:
    result = checked([{header: "TBD"}], locations=["Berlin plant"], owners=["Anna Meier"])
    assert [f.rule for f in result.findings if f.severity is Severity.ERROR] == ["placeholder-value"]
    assert len([f for f in result.findings if f.column == header]) == 1


def test_the_message_quotes_what_was_typed() -> None:
    (hit,) = hits("placeholder-value", [{"Data source": "see email"}])
    assert hit.message == "'see email' stands in for a value."
    assert "CRM export" in hit.fix


@pytest.mark.parametrize(("name", "found"), [("DITTO", 0), ("Later", 0), ("TBD", 1), ("n/a", 1)])
def test_a_model_may_have_an_odd_name(name: str, found: int) -> None:
    assert len(hits("placeholder-value", [{"Name": name}])) == found
