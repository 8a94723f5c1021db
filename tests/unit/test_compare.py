"""Versions side by side: which ones, what they tell, which is best, what changed, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.cli.compare_table import comparison_lines
from registry_sheets.cli.findings_output import Paint
from registry_sheets.cli.side_by_side import Screen
from registry_sheets.config import read_file
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.compare import Comparison, compare, told_text
from registry_sheets.operations.compare_versions import NotInRegistry
from registry_sheets.operations.directions import Direction, direction_of
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.table import ModelTable
from registry_sheets.wiring import metric_directions

FACTS = ("Name", "Version", "Training date", "Data source", "Location", "Stage", "Used for", "Why")


def table(*rows: Mapping[str, Any], headers: Sequence[str] = FACTS) -> ModelTable:
    """Rows by heading; model M and a version unless they say otherwise. Headings of theirs are added."""
    all_headers = [*dict.fromkeys([*headers, *(header for row in rows for header in row)])]
    filled = [{"Name": "M", "Version": "1", **row} for row in rows]
    grid = Grid("Models", [all_headers, *([row.get(header, "") for header in all_headers] for row in filled)])
    return parse_models(grid, find_header(grid))


def versions(*rows: tuple[str, date | str]) -> tuple[str, ...]:
    models = table(*({"Version": version, "Training date": day} for version, day in rows))
    return compare(models, "m").versions


def metric(*values: Any, name: str = "Recall", said: Mapping[str, Direction] | None = None) -> Any:
    """The line of one metric over versions 1, 2, 3, ..."""
    rows = [{"Version": str(at), f"Metric: {name}": value} for at, value in enumerate(values, start=1)]
    (line,) = compare(table(*rows), "M", said=said).metrics
    return line


def facts(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    return {line.header: tuple(map(told_text, line.values)) for line in comparison.facts}


# Which versions


def test_all_versions_in_their_order_and_training_breaks_ties() -> None:
    assert versions(("3.10", ""), ("v3.9", ""), ("3.1", "")) == ("3.1", "v3.9", "3.10")
    assert versions(("1.0", date(2026, 2, 1)), ("1", date(2026, 1, 1))) == ("1", "1.0")


def test_a_version_that_does_not_compare_stands_where_its_training_puts_it() -> None:
    january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
    assert versions(("final", february), ("2", march), ("1", january), ("draft", "")) == ("1", "final", "2", "draft")
    assert versions(("final", february), ("draft", january)) == ("draft", "final")


def test_named_versions_keep_their_order_and_stand_once() -> None:
    models = table({"Version": "1"}, {"Version": "2"}, {"Version": "V2 b"})
    assert compare(models, " m ", ["v2  B", "1", "V2 B"]).versions == ("V2 b", "1")


def test_only_the_newest_where_so_many_are_asked_for() -> None:
    models = table(*({"Version": str(number)} for number in range(1, 9)))
    shown = compare(models, "M", newest=6)
    assert (shown.versions, shown.known, shown.newest_only) == (("3", "4", "5", "6", "7", "8"), 8, True)
    assert compare(models, "M", ["1"], newest=6).versions == ("1",)
    assert not compare(models, "M", newest=8).newest_only


def test_what_is_not_there_is_said_with_what_is() -> None:
    models = table({"Name": "AC failure", "Version": "3.1"}, {"Name": "Churn"}, {"Name": "Churn", "Version": "3.10"})
    with pytest.raises(NotInRegistry, match=r"no model 'AC failur'. Did you mean AC failure\? .*Churn"):
        compare(models, "AC failur")
    with pytest.raises(NotInRegistry, match=r"AC failure has no version '3.10'. .*Known are: 3.1\."):
        compare(models, "AC failure", ["3.10"])
    with pytest.raises(NotInRegistry, match="No version of Churn is used for 'x'"):
        compare(models, "churn", used_for="x")


def test_rows_without_a_version_are_left_out_and_named() -> None:
    shown = compare(table({"Version": "1"}, {"Version": "", "Why": "?"}), "M")
    assert (shown.versions, shown.unversioned) == (("1",), (3,))
    with pytest.raises(NotInRegistry, match="No row of M has a version"):
        compare(table({"Version": "", "Why": "?"}), "M")


def test_only_versions_for_one_use() -> None:
    models = table(
        {"Version": "1", "Used for": "Leases"},
        {"Version": "2", "Used for": "Mergers; leases"},
        {"Version": "3", "Used for": "Mergers"},
    )
    assert compare(models, "M", used_for=" LEASES").versions == ("1", "2")
    assert compare(models, "M").uses == ("Leases", "Mergers")
    assert compare(models, "M", ["1", "2"]).uses == ()


# Facts


def test_facts_that_at_least_one_version_fills_with_own_columns_and_cells_as_typed() -> None:
    models = table(
        {"Version": "1", "Training date": "spring", "Client": "Kestrel"},
        {"Version": "2", "Training date": date(2026, 1, 2), "Stage": "live", "Location": "B; A"},
    )
    assert facts(compare(models, "M")) == {
        "Training date": ("spring", "2026-01-02"),
        "Location": ("", "B; A"),
        "Stage": ("", "Production"),
        "Client": ("Kestrel", ""),
    }


def test_rows_of_one_version_are_told_once_or_by_place() -> None:
    models = table(
        {"Location": "Ulm", "Stage": "Production", "Data source": "CRM", "Why": "Better"},
        {"Location": "Bonn", "Stage": "Testing", "Data source": "crm"},
        {"Location": "Kiel", "Stage": "Production", "Data source": ""},
    )
    told = compare(models, "M")
    assert told.versions == ("1",)
    assert facts(told) == {
        "Data source": ("CRM",),
        "Location": ("Ulm; Bonn; Kiel",),
        "Stage": ("Production (Ulm); Testing (Bonn); Production (Kiel)",),
        "Why": ("Better (Ulm)",),
    }


def test_rows_of_one_place_are_told_by_use_else_by_their_number() -> None:
    by_use = table(
        {"Location": "Ulm", "Used for": "Leases", "Stage": "Production"},
        {"Location": "Ulm", "Used for": "Mergers", "Stage": "Testing"},
    )
    assert facts(compare(by_use, "M"))["Stage"] == ("Production (Leases); Testing (Mergers)",)
    doubled = table({"Location": "Ulm", "Why": "a"}, {"Location": "Ulm", "Why": "b"})
    assert facts(compare(doubled, "M")) == {"Location": ("Ulm",), "Why": ("a (row 2); b (row 3)",)}


# Metrics


@pytest.mark.parametrize(
    ("values", "best"),
    [
        ((0.8, 0.9, 0.7), (1,)),
        ((0.9, "", 0.9), (0, 2)),
        ((0.9, "", ""), ()),
        (("n/a", "0.81 (n=40)", "<0.1"), ()),
        ((0.81, "0.99 (n=40)", 0.8), (0,)),
        (("87 %", "88%", "86\u00a0%"), (1,)),
        ((0.86, "87 %", 0.85), (1,)),
        ((86, "87 %", 91), (2,)),
        (("0.9", " 0.85 ", 0.8), (0,)),
        (("\u22120.5", -0.4, "nan"), (1,)),
        ((True, False, 0.5), ()),
        ((0.84, 0.8400000000000001, 0.8), (0, 1)),
        (("inf", "1_000", "0,9"), ()),
        ((date(2026, 1, 1), 3, 2), (1,)),
    ],
)
def test_only_plain_numbers_and_percentages_can_be_best(values: Sequence[Any], best: tuple[int, ...]) -> None:
    assert metric(*values).best == best


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("MAPE", "lower"), ("Log-loss", "lower"), ("LogLoss", "lower"), ("Brier score", "lower"),
        ("Mean absolute error", "lower"), ("False alarms per week", "lower"), ("Cost per ticket", "lower"),
        ("Latency p95 (ms)", "lower"), ("negative log-likelihood", "lower"), ("FPR", "lower"), ("Errors", "lower"),
        ("F1", "higher"), ("macro F1-score", "higher"), ("ROC AUC", "higher"), ("ROC-AUC", "higher"),
        ("R²", "higher"), ("R^2", "higher"), ("Cohen's kappa", "higher"), ("NDCG@10", "higher"), ("recall@k", "higher"),
        ("True positive rate", "higher"), ("log likelihood", "higher"), ("top-5 accuracy", "higher"),
        ("Bias", "zero"), ("ME", "zero"), ("Mean error", "zero"), ("mean bias error", "zero"),
        ("Calls", None), ("Accuracy loss", None), ("Cost savings", None), ("Rate", None), ("Mad", None),
    ],
)  # fmt: skip
def test_direction_by_name(name: str, direction: Direction | None) -> None:
    assert direction_of(name, "", {}) == direction


def test_the_config_goes_before_the_name() -> None:
    assert metric(1, 2, name="Calls").best == ()
    assert metric(1, 2, name="Calls", said={"calls": "lower"}).best == (0,)
    assert metric(1, 2, name="Recall", said={"Metric: Recall": "none"}).best == ()
    assert metric(-3, 2, name="Bias").best == (1,)
    assert direction_of("MAPE", "holidays", {"MAPE": "higher", "mape (Holidays)": "zero"}) == "zero"
    assert direction_of("MAPE", "", {"MAPE": "higher", "mape (Holidays)": "zero"}) == "higher"


def test_steps_have_a_delta_and_a_judgement_where_both_are_numbers() -> None:
    line = metric(0.81, 0.84, "n/a", 0.7, 0.7, "70 %", name="MAPE")
    assert [line.delta(at) for at in range(1, 6)] == [0.03, None, None, 0.0, 0.0]
    assert line.better == (None, False, None, None, None, None)
    assert [line.changed(at) for at in range(1, 6)] == [True, True, True, False, False]
    assert metric(3, 2, name="Calls").better == (None, None)


def test_periods_and_doubled_headings_are_lines_of_their_own() -> None:
    rows = table(
        {"Version": "1", "Metric: MAPE (a)": 1.5, "Metric:  MAPE (A)": 3, "Metric: Blank": "", "Metric: MAPE": "x"}
    )
    lines = compare(rows, "M").metrics
    assert [(line.label, line.metric, line.period, line.values) for line in lines] == [
        ("MAPE (a)", "MAPE", "a", (1.5,)),
        ("MAPE (A)", "MAPE", "A", (3,)),
        ("MAPE", "MAPE", "", ("x",)),
    ]


def test_a_metric_that_differs_by_place_is_a_text() -> None:
    models = table(
        {"Location": "Ulm", "Metric: AUC": 0.8},
        {"Location": "Bonn", "Metric: AUC": 0.7},
        {"Version": "2", "Location": "Ulm", "Metric: AUC": 0.6},
        {"Version": "2", "Location": "Bonn", "Metric: AUC": 0.6},
    )
    (line,) = compare(models, "M").metrics
    assert (line.values, line.best) == (("0.8 (Ulm); 0.7 (Bonn)", 0.6), ())


Anything = st.one_of(
    st.text(max_size=12),
    st.floats(),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.from_regex(r"-?\d{1,3}(\.\d)? ?%?", fullmatch=True),
)


@given(st.lists(Anything, min_size=1, max_size=5))
def test_no_value_breaks_a_comparison(values: list[Any]) -> None:
    rows = [{"Version": str(at), "Why": "x", "Metric: Recall": value} for at, value in enumerate(values)]
    shown = compare(table(*rows, headers=(*FACTS, "Metric: Recall")), "M")
    for line in shown.metrics:
        numbers = [number for number in line.numbers if number is not None]
        assert all(line.numbers[place] == max(numbers) for place in line.best)
        assert bool(line.best) == (len(numbers) > 1)
    assert lines(shown)


# What changed


def test_changes_between_consecutive_versions() -> None:
    models = table(
        {"Version": "1", "Stage": "Production", "Location": "A; B", "Metric: MAPE": 12.5},
        {"Version": "2", "Stage": "Prod", "Location": "b\nA", "Why": "Better", "Metric: MAPE": 12},
        {"Version": "3", "Stage": "Prod", "Location": "b\nA", "Why": "better ", "Metric: MAPE": ""},
    )
    first, second = compare(models, "M").changes
    assert (first.old, first.new, [line.header for line in first.facts]) == (0, 1, ["Why"])
    assert [(line.delta(1), line.better[1]) for line in first.metrics] == [(-0.5, True)]
    assert (second.facts, [line.label for line in second.metrics]) == ((), ["MAPE"])


# How it is shown


def lines(comparison: Comparison, width: int = 80) -> list[str]:
    return list(comparison_lines(comparison, "m.xlsx", Screen(Paint(False, True, width), width)))


def test_eighty_columns_are_enough_for_any_number_of_versions() -> None:
    long = "A reason that goes on and on, " * 9 + "https://example.com/" + "x" * 90
    rows = [{"Version": f"{n}", "Why": f"{n} {long}", "Metric: Recall": n / 10} for n in range(9)]
    table_part = [line for line in lines(compare(table(*rows), "M")) if not line.startswith("  Why")]
    shown = table_part[: table_part.index("From 0 to 1")]
    assert max(map(len, shown)) <= 80
    assert sum(line.startswith("Recall") for line in shown) == 3
    assert "0.8 *" in next(line for line in reversed(shown) if line.startswith("Recall"))
    assert any("…" in line for line in shown)
    assert any(long in line for line in lines(compare(table(*rows), "M"), width=0))


def test_what_is_the_same_is_said_once_and_differences_side_by_side() -> None:
    models = table({"Version": "1", "Why": "a", "Location": "Ulm"}, {"Version": "2", "Why": "b", "Location": "Ulm"})
    assert lines(compare(models, "M")) == [
        "M · m.xlsx · 2 versions",
        "",
        "     1  2",
        "Why  a  b",
        "",
        "The same in all of them",
        "  Location  Ulm",
        "",
        "From 1 to 2",
        "  Why  a → b",
    ]


def test_one_version_is_shown_whole_and_nothing_is_best() -> None:
    shown = lines(compare(table({"Why": "a", "Metric: Recall": 0.9}), "M"))
    assert shown == ["M · m.xlsx · 1 version", "", "        1", "Why     a", "Recall  0.9"]


def test_notes_say_what_is_not_marked_and_why() -> None:
    rows = [
        {"Version": "1", "Used for": "Leases", "Metric: Calls": 3, "Metric: Recall": 0.9},
        {"Version": "2", "Used for": "Mergers", "Metric: Calls": 4, "Metric: Recall": "0.95 (n=40)"},
        {"Version": "", "Metric: Calls": 4},
    ]
    told = " ".join(lines(compare(table(*rows), "M"), width=0))
    assert '[metrics] and under it "Calls" = "lower"' in told
    assert "Recall: 0.95 (n=40) took no part" in told
    assert '--used-for "Leases"' in told
    assert "Row 4 of M has no version" in told
    assert "* is the best" not in told


def test_hostile_texts_cannot_move_the_cursor_or_make_lines() -> None:
    hostile = "\x1b[31mred\x1b[0m\r\nnext\x9b2J\u202e=1+1"
    headers = (*FACTS, f"Own {hostile}", f"Metric: Rec {hostile}")
    rows = [
        {
            "Name": f"M{hostile}",
            "Version": f"{n}{hostile}",
            "Why": f"{hostile}{n}",
            headers[-2]: hostile,
            headers[-1]: n,
        }
        for n in (1, 2)
    ]
    for width in (0, 80):
        shown = lines(compare(table(*rows, headers=headers), f"M{hostile}"), width)
        assert not set("".join(shown)) & set("\x1b\r\x9b\u202e")
        assert sum(line.startswith("From") for line in shown) == 1


# The setting


def test_directions_are_settings_that_blocks_add_to(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[metrics]\nCalls = "lower"\nLift = "none"\n[[registry]]\nsheet = "m.xlsx"\n'
        '[registry.metrics]\nCalls = "zero"\n"Cost (July)" = "higher"\n',
        encoding="utf-8",
    )
    (registry,) = read_file(path).registries
    assert metric_directions(registry) == {"Calls": "zero", "Lift": "none", "Cost (July)": "higher"}


def test_an_unknown_direction_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[metrics]\n"Cost per ticket" = "down"\n[[registry]]\nsheet = "m.xlsx"\n', encoding="utf-8")
    with pytest.raises(
        ConfigProblem, match="line 2: Cost per ticket must be one of 'lower', 'higher', 'zero' or 'none'"
    ):
        read_file(path)
