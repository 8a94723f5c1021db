"""Which of two versions is the higher, where that can be told safely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.versions import compare, major_line, version_key


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("3.1", "3.10"),
        ("v3.9", "v3.10"),
        ("v3.1", "3.2"),
        ("version 2", "v.3"),
        ("Ver. 2", "2.0.1"),
        ("2.0-rc1", "2.0"),
        ("2.0rc2", "2.0rc10"),
        ("2.0.alpha1", "2.0beta1"),
        ("2.0.dev1", "2.0rc1"),
        ("2.0", "2.0.post1"),
        ("2025.12", "2026.1"),
        ("2024-Q1", "2024-Q2"),
        ("r9", "r10"),
        ("forecast-1.2", "forecast-1.10"),
        ("2026-03-04", "2026-03-05"),
    ],
)
def test_lower_and_higher(lower: str, higher: str) -> None:
    assert compare(lower, higher) == -1
    assert compare(higher, lower) == 1


@pytest.mark.parametrize(("one", "other"), [("3", "3.0"), ("v3", "3"), ("3.0.0", "version 3"), ("R9", "r9")])
def test_equal(one: str, other: str) -> None:
    assert compare(one, other) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3b", "3"),
        ("final", "3"),
        ("", "1"),
        ("2024-Q1", "1.0"),
        ("nda-2", "lease-3"),
        ("1.0+abc", "1.0"),
        ("1" * 99, "1"),
    ],
)
def test_not_to_be_told(one: str, other: str) -> None:
    assert compare(one, other) is None


@pytest.mark.parametrize(
    ("text", "line"), [("3.1", "3"), ("v3.10", "3"), ("2.0rc1", "2"), ("forecast-2.5", "forecast-2"), ("final", None)]
)
def test_major_lines(text: str, line: str | None) -> None:
    assert major_line(text) == line


version = st.text(alphabet="0123456789.vrcdepost-+!ab ", max_size=12) | st.text(max_size=8)


@given(version, version)
def test_it_never_raises_and_is_the_same_from_both_sides(one: str, other: str) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there is None) == (back is None)
    assert there is None or back is None or there == -back
    key = version_key(one)
    assert key is None or key.numbers


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_dotted_numbers_compare_as_numbers(one: list[int], other: list[int]) -> None:
    width = max(len(one), len(other))
    padded = [numbers + [0] * (width - len(numbers)) for numbers in (one, other)]
    expected = (padded[0] > padded[1]) - (padded[0] < padded[1])
    assert compare(".".join(map(str, one)), ".".join(map(str, other))) == expected
