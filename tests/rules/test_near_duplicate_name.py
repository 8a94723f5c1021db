from __future__ import annotations

from time import process_time

import pytest

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.near_duplicate_name import one_slip

from .support import hits


def of_names(*names: str) -> list[Hit]:
    return hits("near-duplicate-name", [{"Name": name, "Version": str(n)} for n, name in enumerate(names)])


@pytest.mark.parametrize(
    "names",
    [
        ("AC Failure", "ac-failure"),
        ("AC failure", "AC_failure"),
        ("AC failure", "ACfailure"),
        ("No-shows", "no shows"),
        ("Café churn", "Cafe\u0301-churn"),
    ],
)
def test_one_name_in_two_spellings(names: tuple[str, str]) -> None:
    (hit,) = of_names(*names)
    assert (hit.severity, hit.index, hit.field) == (Severity.WARNING, 1, "name")
    assert hit.message == f"'{names[1]}' and '{names[0]}' are the same name in two spellings."


@pytest.mark.parametrize(
    "names",
    [
        ("Appointment no-shows", "Appointment no-show"),
        ("Ingredient orders", "Ingerdient orders"),
        ("Contract review", "Contract rewiew"),
    ],
)
def test_similar_names_are_only_mentioned(names: tuple[str, str]) -> None:
    (hit,) = of_names(*names)
    assert hit.severity is Severity.INFO


@pytest.mark.parametrize(
    "names",
    [
        ("Store 12 demand", "Store 13 demand"),
        ("forecast v1", "forecast v2"),
        ("ERNIE 3.0", "ERNIE 4.0"),
        ("Region A", "Region B"),
        ("AC failure", "DC failure"),
        ("ResNet-50", "ResNet-101"),
        ("GPT-4", "GPT-5"),
        ("Churn EU", "Churn US"),
        ("Inbound calls", "Outbound calls"),
        ("Model 1.5", "Model 15"),
        ("C churn", "C# churn"),
        ("churn", "turnover"),
        ("AC failure", "ac  FAILURE"),
        ("कि model", "की model"),
        ("TBD", "T-B-D"),
    ],
)
def test_names_that_are_two_models(names: tuple[str, str]) -> None:
    assert of_names(*names) == []


@pytest.mark.parametrize("names", [("Churn model", "churn-model v2"), ("churn-model v2", "Churn model")])
def test_version_words_are_stripped_first_and_the_name_without_them_is_kept(names: tuple[str, str]) -> None:
    (hit,) = of_names(*names)
    assert hit.severity is Severity.WARNING
    assert hit.fix == "If they are one model, write 'Churn model' in all its rows."


def test_the_spelling_of_most_rows_is_the_one_to_keep() -> None:
    (hit,) = of_names("ac-failure", "AC failure", "AC failure")
    assert (hit.index, hit.fix) == (0, "If they are one model, write 'AC failure' in all its rows.")


def test_each_spelling_is_named_once() -> None:
    assert len(of_names("AC failure", "ac-failure", "ac-failure", "ac_failure")) == 2


SLIPS = "orders order, orders ordres, orders olders, failure failures, failure failrue, review rewiew, margin marrgin"
NO_SLIPS = (
    "orders orders, abcd abce, orders odresr, ab ba, orders redors, srgan esrgan, bloom bloomz, sppnet pspnet, "
    "orders borders, train trains2, inbound unbound, failure failing"
)


@pytest.mark.parametrize(
    ("word", "other", "slip"),
    [(*pair.split(), True) for pair in SLIPS.split(", ")] + [(*pair.split(), False) for pair in NO_SLIPS.split(", ")],
)
def test_one_slip_of_the_fingers(word: str, other: str, slip: bool) -> None:
    assert one_slip(word, other) is slip
    assert one_slip(other, word) is slip


def test_five_thousand_names_are_quick() -> None:
    names = [
        f"{first}{n % 97}x {second}ing{n}"
        for n, (first, second) in enumerate([("fore", "cast"), ("chur", "rat")] * 2500)
    ]
    start = process_time()
    of_names(*names)
    assert process_time() - start < 2.5  # most of it builds the table


def test_a_long_series_of_names_is_quick_and_no_slip() -> None:
    names = [f"plantation{chr(0x4E00 + n)}" for n in range(3000)]
    start = process_time()
    assert of_names(*names) == []
    assert process_time() - start < 2.5


def test_beyond_twenty_thousand_different_words_only_equal_names_are_looked_for() -> None:
    letters = "abcdefghijklmnopqrst"
    names = [f"{a}{b}{c}{d}word" for a in letters for b in letters for c in letters for d in letters[:3]]
    found = of_names(*names[:21_000], "orders", "order", "AC failure", "ac-failure")
    assert [hit.severity for hit in found] == [Severity.WARNING]
