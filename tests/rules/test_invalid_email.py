from __future__ import annotations

import pytest

from registry_sheets.registry.addresses import is_address
from registry_sheets.registry.table import Owner

from .support import checked, hits

GOOD = (
    "a@b.de",
    "anna.meier+x@mail.example.co.uk",
    "Anna Meier <anna@example.com>",
    "ANNA@EXAMPLE.COM",
    "o'neil@example.ie",
    "jürgen@müller.de",
    "mailto:a@b.de",
)
BAD = (
    "anna@example",
    "anna@",
    "@example.com",
    "a b@example.com",
    "a@b,com",
    "a@@b.com",
    "a..b@c.com",
    "a@b.c.",
    "a@-b.de",
    "x" * 400 + "@b.de",
)


@pytest.mark.parametrize("text", GOOD)
def test_addresses(text: str) -> None:
    assert is_address(text)
    assert hits("invalid-email", [{"Owner": text}]) == []


@pytest.mark.parametrize("text", BAD)
def test_no_addresses(text: str) -> None:
    assert not is_address(text)
    (hit,) = hits("invalid-email", [{"Owner": text}])
    assert "is not a complete e-mail address" in hit.message


@pytest.mark.parametrize("name", ["Anna Meier", "Team AI", ""])
def test_a_name_is_no_address(name: str) -> None:
    assert hits("invalid-email", [{"Owner": name}]) == []


def test_addresses_in_lists_are_judged_too() -> None:
    (hit,) = hits("invalid-email", [{}], owners=[Owner("Anna Meier", "anna@example", True, 5)])
    assert hit.index is None
    assert hit.message == (
        "In the tab Lists, the e-mail address of 'Anna Meier' is 'anna@example', which is not complete."
    )


def test_it_explains_why_the_owner_is_unknown() -> None:
    result = checked([{"Owner": "anna@example"}], owners=[Owner("Anna Meier", "anna@example.com", True, 5)])
    assert [f.rule for f in result.findings if f.column == "Owner"] == ["invalid-email"]
