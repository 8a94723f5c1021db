"""Addresses that somebody types to have mail go elsewhere, or twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry_sheets.config import RegistryConfig
from registry_sheets.mailing.addresses import recipient
from registry_sheets.mailing.problems import BadRecipient
from registry_sheets.registry.addresses import (
    bare,
    domain_of,
    fault_of_address,
    fault_of_domain,
    is_address,
    mailbox_of,
    mailto,
    may_get_mail,
)
from registry_sheets.registry.links import fault_of
from registry_sheets.registry.owners import bare_address
from registry_sheets.registry.registry_sheet import FileSheet
from registry_sheets.setting_tables import SmtpSettings
from registry_sheets.settings import RegistrySettings
from registry_sheets.state.delivery import recipient_key
from registry_sheets.wiring.mail import mail_setting

ALLOWED = ("example.com", "strasse.example", "bücher.example")

LOOKALIKES = [
    "ana@exаmple.com",  # a Cyrillic а
    "ana@straße.example",  # IDNA 2003 took it for strasse.example
    "ana@faß.example.com",
    "ana@example.com.evil.net",
    "ana@sub.example.com",
    "ana@evil.net@example.com",
    "ana@example.com <ana@evil.net>",
    '"ana@example.com" <ana@evil.net>',
    "ana@evil.net (ana@example.com)",
    "ana@evil.net(@example.com)",
    "Ana <ana@evil.net> <ana@example.com>",
    "ana@evil.net, ana@example.com",
    "ana@example.com\nBcc: eve@evil.net",
    "ana@[127.0.0.1]",
    "ana@xn--exmple-4nf.com",
]


@pytest.mark.parametrize("typed", LOOKALIKES)
def test_an_address_that_looks_allowed_and_leads_elsewhere_gets_nothing(typed: str) -> None:
    address = bare_address(typed)
    assert not address or not may_get_mail(address, ALLOWED)


@pytest.mark.parametrize(
    "typed",
    [
        "ana%evil.net@example.com",
        "evil.net!ana@example.com",
        "=?utf-8?q?ana=40evil.net=3e=00?=@example.com",
        "=?utf-8?b?YW5h?=@example.com",
        '"a, b"@example.com',
        '"ana@evil.net"@example.com',
        "<script>@example.com",
        "ana@example.com.",
    ],
)
def test_what_some_mail_server_might_read_in_another_way_is_no_address(typed: str) -> None:
    assert not is_address(typed)
    with pytest.raises(BadRecipient):
        recipient(typed)


@pytest.mark.parametrize("typed", ["ana@bücher.example", "ana@straße.example", "ana@Example.COM", "ana@ｅxample.com"])
def test_where_mail_may_go_is_judged_by_the_domain_to_which_it_is_sent(typed: str) -> None:
    assert recipient(bare_address(typed)).domain == domain_of(bare_address(typed)) == domain_of(typed)


SPELLINGS = [
    "ana@bücher.example",
    "ANA@BÜCHER.example",
    "ana@bu\u0308cher.example",
    "ana@xn--bcher-kva.example",
    "Ana Kovač <ana@xn--BCHER-kva.example>",
    " mailto:ana@bücher.example ",
    "ana@ｂücher.example",
    "ana@bücher。example",
]


def test_one_person_under_many_spellings_is_one() -> None:
    assert {bare_address(one) for one in SPELLINGS} == {"ana@bücher.example"}
    assert {recipient_key(bare(one).removeprefix("mailto:")) for one in SPELLINGS} == {"ana@xn--bcher-kva.example"}
    assert may_get_mail("ana@bücher.example", ["xn--bcher-kva.example"])


def test_two_people_are_two() -> None:
    assert mailbox_of("straße@example.com") != mailbox_of("strasse@example.com")
    assert mailbox_of("ana@straße.example") != mailbox_of("ana@strasse.example")
    assert mailbox_of("ana+models@example.com") != mailbox_of("ana@example.com")


@pytest.mark.parametrize("bad", ["a" * 64 + ".example", "xn--\u0661.example", "a..example", "\u200d.example"])
def test_a_domain_that_dns_cannot_hold_gets_nothing(bad: str) -> None:
    assert not bare_address(f"ana@{bad}") or not may_get_mail(f"ana@{bad}", ALLOWED)


def test_domains_of_a_config() -> None:
    assert fault_of_domain("straße.example") == ""
    assert fault_of_domain("ﷺ" * 30)


def test_a_link_for_those_who_want_no_more_is_one_whatever_the_sender_is() -> None:
    assert mailto("R <r&d@bücher.example>", "No more") == "mailto:r%26d@xn--bcher-kva.example?subject=No%20more"
    said = {"sender": "r@example.com", "unsubscribe": "Ops <ops@bücher.example>", "smtp": SmtpSettings(host="x")}
    settings = RegistrySettings.model_validate({"sheet": "m.xlsx", **said})
    registry = RegistryConfig("m", FileSheet(Path("m.xlsx")), settings, Path())
    assert mail_setting(registry).contact == "mailto:ops@xn--bcher-kva.example"


def test_a_sender_is_an_address_and_no_link() -> None:
    assert fault_of_address("mailto:r@example.com")
    assert fault_of_address("Registry: models <r@example.com>") == ""
    assert domain_of("Registry: models <r@example.com>") == "example.com"


@pytest.mark.parametrize(
    "host", ["smtp://user:hunter2@mail.example.com", "user:hunter2@mail.example.com", "mail.example.com:587"]
)
def test_a_mail_server_is_a_name_and_holds_no_password(host: str) -> None:
    with pytest.raises(ValueError, match="the mail server alone"):
        SmtpSettings(host=host)


@pytest.mark.parametrize(
    "link",
    [
        'https://x.example/" onclick="alert(1)',
        "https://x.example/\nBcc: eve@evil.example",
        "https://ana:hunter2@x.example/m.xlsx",
        "https://x.example/<b>",
        "java\nscript:alert(1)",
        " javascript:alert(1)//{tab}{cell}",
        "https://x.example/\x00",
    ],
)
def test_a_link_to_the_workbook_is_only_a_link(link: str) -> None:
    fault = fault_of(link)
    assert fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("host", ["mail.example.com", "localhost", "127.0.0.1", "::1", ""])
def test_names_of_mail_servers(host: str) -> None:
    assert SmtpSettings(host=host).host == host
