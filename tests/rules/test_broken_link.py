from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from registry_sheets.registry.rules import rule
from registry_sheets.registry.rules.broken_link import BrokenLinkOptions, links_to_ask

from .support import checked, hits, table

GONE = "https://mlflow.example.com/runs/8"
ANSWERS = {GONE: "the server answers 404, not found", "data/a.csv": ""}


@pytest.mark.parametrize(("header", "field"), [("Run link", "run_link"), ("Data link", "data_link")])
def test_a_link_that_leads_nowhere_is_found_at_its_cell(header: str, field: str) -> None:
    (hit,) = hits("broken-link", [{}, {header: GONE}], links=ANSWERS)
    assert (hit.index, hit.field) == (1, field)
    assert hit.message == f"'{GONE}' leads nowhere: the server answers 404, not found."


@pytest.mark.parametrize("links", [None, {}, {"data/a.csv": ""}, {GONE: ""}])
def test_what_is_there_or_was_not_asked_is_not_called_broken(links: dict[str, str] | None) -> None:
    assert hits("broken-link", [{"Run link": GONE, "Data link": "data/a.csv"}], links=links) == []


def test_the_examples_are_right() -> None:
    judged = rule("broken-link")
    assert len(hits("broken-link", [judged.bad.row], links=judged.bad.links)) == 1
    assert hits("broken-link", [judged.good.row], links=judged.good.links) == []


def test_it_is_off_until_the_config_turns_it_on() -> None:
    assert "broken-link" not in {finding.rule for finding in checked([{"Run link": GONE}], links=ANSWERS).findings}


def test_each_link_of_a_judged_row_is_asked_once() -> None:
    rows: list[dict[str, Any]] = [
        {"Run link": GONE, "Data link": "data/a.csv"},
        {"Run link": GONE, "Data link": "", "Version": "3.0"},
        {"Run link": "https://old.example.com", "Data link": "", "Stage": "Archived"},
        {"Run link": "https://private.example.com/x", "Data link": "", "Stage": ""},
    ]
    everything = links_to_ask(table(rows), BrokenLinkOptions())
    assert everything == (GONE, "https://private.example.com/x", "data/a.csv")
    some = links_to_ask(table(rows), BrokenLinkOptions(leave_out=("https://private.example.com/",)))
    assert some == (GONE, "data/a.csv")


def test_a_sheet_without_links_has_nothing_to_ask() -> None:
    assert links_to_ask(table([{}]), BrokenLinkOptions()) == ()


@pytest.mark.parametrize("options", [{"timeout": 0}, {"at_most": 0}, {"at_most": 1000}, {"budget": -1}, {"tries": 3}])
def test_options_have_limits(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BrokenLinkOptions(**options)
