"""What counts as the same name or version."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry_sheets.registry.identity import is_blank, normalise, normalise_all, trimmed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AC failure", "ac  FAILURE "),
        ("AC failure", "AC\u00a0failure"),
        ("AC failure", "AC\nfailure"),
        ("ＡＣ failure", "ac failure"),
        ("Caf\u00e9", "CAFE\u0301"),
        ("Straße", "STRASSE"),
        ("AC failure", "\ufeffAC failure\u200b"),
    ],
)
def test_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("3.1", "3.10"), ("1E3", "1000"), ("AC failure", "ac-failure"), ("v3", "3"), ("a*", "a"), ("a.", "a")],
)
def test_not_the_same(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text())
@example("ΰ")
@example("ﬃ\u0345")
def test_a_key_is_its_own_key(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.lists(st.none() | st.text(max_size=5)))
def test_many_at_once_are_as_one_by_one(texts: list[str | None]) -> None:
    assert normalise_all(texts) == [normalise(text or "") for text in texts]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0", "\u200b", "\ufeff \u2060", "\u3000"])
def test_looks_empty(text: str) -> None:
    assert is_blank(text)
    assert trimmed(text) == ""


@given(st.text())
def test_trimmed_is_what_remains_between_blanks(text: str) -> None:
    assert is_blank(text) == (trimmed(text) == "")
    assert trimmed(trimmed(text)) == trimmed(text)
    assert trimmed(f"\u00a0{text}\u200b ") == trimmed(text)
