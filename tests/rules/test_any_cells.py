"""Whatever stands in the cells, the rules find something or nothing, and never raise."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from time import process_time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry_sheets.registry.addresses import is_address
from registry_sheets.registry.checking import RuleSetting, check
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.placeholders import is_blank_word, is_placeholder
from registry_sheets.registry.rules import RULES
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.rules.names import loose, version_word, without_version, words
from registry_sheets.registry.rules.near_duplicate_name import one_slip
from registry_sheets.registry.table import Accepted, Lists, Owner

from .support import registry

HEADERS = [column.header for column in COLUMNS]
DAYS_OF_NEED = {"retraining-overdue": 30, "review-overdue": 30, "long-in-testing": 30}

ODD_TEXTS = [
    "TBD",
    "-",
    "final_v3",
    "3.1",
    "v3.10",
    "a@b",
    "#N/A",
    "=1+1",
    "03/04/2026",
    "Production",
    "live",
    "Archived",
]
ODD_TEXTS += [
    "²",
    "٣.١",
    "ß",
    "İstanbul",
    "AC failure",
    "AC-failure",
    "AC failure v2",
    "http://example.com/x",
    "A; B\nC",
]
ODD_TEXTS += ["data from last year", "x" * 32_767, "v" * 50, "(" * 60]
texts = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=("Zs", "Cc", "Cf", "Mn", "Po", "Nd", "Cs")), max_size=12),
    st.sampled_from(ODD_TEXTS),
)
numbers = st.one_of(st.integers(-(10**18), 10**18), st.floats(allow_nan=True, allow_infinity=True), st.booleans())
times = st.one_of(st.dates(), st.datetimes(), st.times(), st.timedeltas())
cells = st.one_of(st.just(""), texts, numbers, times)
rows = st.fixed_dictionaries({header: cells for header in HEADERS})
likely = st.fixed_dictionaries(
    {header: st.one_of(st.just(""), texts) for header in HEADERS}
    | {
        "Training date": st.one_of(st.dates(), st.sampled_from((date.min, date.max))),
        "Stage": st.sampled_from(("Production", "Testing", "Archived", "")),
    }
    | {
        "Name": st.sampled_from(("AC failure", "AC failure v3", "ac-failure", "AC failures", "")),
        "Version": st.sampled_from(("1", "2", "final", "")),
    }
)
lists_of = st.builds(
    Lists,
    tab=st.just("Lists"),
    locations=st.lists(texts, max_size=3).map(tuple),
    owners=st.lists(st.builds(Owner, texts, texts, st.booleans(), st.just(5)), max_size=3).map(tuple),
    data_sources=st.lists(texts, max_size=3).map(tuple),
    accepted=st.lists(
        st.builds(Accepted, texts, texts, texts, texts, st.one_of(st.none(), st.dates()), st.just(5)), max_size=3
    ).map(tuple),
)


def judge(read: Registry) -> None:
    asked = {rule.id: RuleSetting(options=_options(rule.id)) for rule in RULES if not rule.on}
    result = check(read, asked)
    assert check(read, asked) == result
    assert sum(result.counts.values()) == len(result.findings)
    for finding in (*result.findings, *result.accepted):
        assert finding.message
        assert finding.fix
        assert "\n" not in finding.message
        assert len(finding.message) < 500
        assert finding.row is None or finding.row in read.models.row_numbers
    places = [(f.row, f.column_index, f.message) for f in (*result.findings, *result.accepted)]
    assert len(set(places)) == len(places) or None in {f.row for f in result.findings}


def _options(rule_id: str) -> dict[str, int]:
    return {"days": DAYS_OF_NEED[rule_id]} if rule_id in DAYS_OF_NEED else {}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(rows, min_size=1, max_size=5), lists_of, st.dates())
def test_any_cells_at_all(drawn: list[dict[str, object]], lists: Lists, today: date) -> None:
    judge(registry(drawn, lists=lists, today=today, whole=False))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(likely, min_size=2, max_size=6), lists_of, st.dates())
def test_cells_as_people_mix_them(drawn: list[dict[str, object]], lists: Lists, today: date) -> None:
    judge(registry(drawn, lists=lists, today=today, whole=False, links={"http://example.com/x": "not found"}))


def test_each_kind_of_cell_in_each_column() -> None:
    kinds = (
        1,
        1.0,
        True,
        0,
        -1,
        1e300,
        float("nan"),
        float("inf"),
        date.max,
        datetime.min,
        time(),
        timedelta(-5),
        "\ud800",
        "\x00",
    )
    judge(registry([dict.fromkeys(HEADERS, kind) for kind in kinds], whole=False))


@given(texts)
def test_what_looks_at_texts_takes_any(text: str) -> None:
    assert not is_blank_word(text) or is_placeholder(text)
    is_address(text)
    assert loose(without_version(text)) or not loose(text)
    version_word(text)
    words(text)


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_slip_goes_both_ways(word: str, other: str) -> None:
    assert one_slip(word, other) == one_slip(other, word)


def test_the_longest_cells_take_no_longer() -> None:
    start = process_time()
    for sign in ("(", " -", "v.", "1.", "a \u00a0", " ;", "_", "<", "@", ".", "n/a ", "v1 "):
        text = ("x" + sign * 32_767)[:32_766] + "x"
        judge(registry([dict.fromkeys(HEADERS, text), {"Name": text}], whole=False, lists=_LISTS))
    assert process_time() - start < 10


_LISTS = Lists(locations=("Berlin",), owners=(Owner("Anna", "", True, 5),))
