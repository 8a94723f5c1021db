"""E-mail addresses, domains, and links to a workbook, as people write them into a config."""

from __future__ import annotations

import pytest

from registry_sheets.registry.addresses import (
    allowed_domains,
    domain_of,
    fault_of_address,
    fault_of_contact,
    fault_of_domain,
    may_get_mail,
)
from registry_sheets.registry.links import WorkbookLink, fault_of


@pytest.mark.parametrize("good", ["a@example.com", "Model registry <registry@example.com>"])
def test_addresses(good: str) -> None:
    assert fault_of_address(good) == ""


@pytest.mark.parametrize("bad", ["a@", "example.com", "a@example.com, b@example.com", "a@example.com\nBcc: b@x.org"])
def test_no_addresses(bad: str) -> None:
    assert "complete e-mail address" in fault_of_address(bad)


@pytest.mark.parametrize("good", ["a@example.com", "https://example.com/how", "mailto:a@example.com"])
def test_contacts(good: str) -> None:
    assert fault_of_contact(good) == ""


@pytest.mark.parametrize("bad", ["javascript:alert(1)", "https://", "how", "https://example.com/\r\nX: y"])
def test_no_contacts(bad: str) -> None:
    assert fault_of_contact(bad)


def test_domains() -> None:
    assert [fault_of_domain(one) for one in ("example.com", "bücher.example", "localhost")] == ["", "", ""]
    assert all(map(fault_of_domain, ("@example.com", "*.example.com", "exa mple.com", "")))
    assert domain_of("Ana <ana@EXAMPLE.com.>") == "example.com"
    assert allowed_domains((), "Registry <r@Example.com>") == ("example.com",)
    assert allowed_domains(("a.example",), "r@example.com") == ("a.example",)
    assert allowed_domains((), "") == ()


def test_mail_goes_to_a_domain_and_to_no_part_of_it() -> None:
    assert may_get_mail("a@example.com", ["Example.com"])
    assert not may_get_mail("a@b.example.com", ["example.com"])
    assert not may_get_mail("a@example.com.evil.net", ["example.com"])
    assert not may_get_mail("", [""])
    assert not may_get_mail("a@example.com", [])


def test_a_web_address_opens_the_workbook_or_the_place_that_it_can_name() -> None:
    plain = WorkbookLink("https://example.com/models.xlsx")
    assert plain.to_cell("Models", "B4") == plain.to_workbook() == "https://example.com/models.xlsx"
    placed = WorkbookLink("https://example.com/m.xlsx?activeCell='{tab}'!{cell}")
    assert placed.to_cell("My models & more", "B4") == (
        "https://example.com/m.xlsx?activeCell='My%20models%20%26%20more'!B4"
    )
    assert placed.to_workbook().endswith("!A1")


def test_a_share_is_a_file_address_with_the_place() -> None:
    share = WorkbookLink("\\\\server\\our share\\models.xlsx")
    assert share.to_workbook() == "file://server/our%20share/models.xlsx"
    assert share.to_cell("Ana's", "B4") == "file://server/our%20share/models.xlsx#'Ana''s'!B4"


def test_no_link() -> None:
    assert (WorkbookLink().to_workbook(), WorkbookLink().to_cell("Models", "B4")) == ("", "")


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "models.xlsx", "https://", "data:text/html,x", "https://x/{tab}"]
)
def test_what_is_no_address_of_a_workbook(bad: str) -> None:
    assert fault_of(bad)


@pytest.mark.parametrize("good", ["https://x.example/{tab}/{cell}", "\\\\server\\share\\m.xlsx", "file:///srv/m.xlsx"])
def test_what_is_one(good: str) -> None:
    assert fault_of(good) == ""
