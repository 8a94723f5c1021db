from __future__ import annotations

import pytest

from registry_sheets.registry.rules.base import MailTerms
from registry_sheets.registry.table import Owner

from .support import hits

HERE = MailTerms(("example.com",))


@pytest.mark.parametrize(
    "address", ["ana@example.org", "ana@sub.example.com", "ana@example.com.evil.net", "Ana <ana@evil.net>"]
)
def test_another_domain_is_told(address: str) -> None:
    (hit,) = hits("mail-not-allowed", [{"Owner": address}], mail=HERE)
    assert "gets no mail: mail goes to example.com only." in hit.message
    assert "allowed_domains" in hit.fix


@pytest.mark.parametrize("address", ["ana@example.com", "ANA@EXAMPLE.COM", "mailto:ana@example.com", "Ana", ""])
def test_the_own_domain_and_names_without_address_are_right(address: str) -> None:
    assert hits("mail-not-allowed", [{"Owner": address}], mail=HERE) == []


def test_an_address_in_lists_counts_where_the_person_is_an_owner() -> None:
    people = [Owner("Ana", "ana@example.org", True, 5), Owner("Kim", "kim@example.org", True, 6)]
    (hit,) = hits("mail-not-allowed", [{"Owner": "Ana"}, {"Owner": "Ana", "Version": "4"}], owners=people, mail=HERE)
    assert (hit.index, "ana@example.org" in hit.message) == (0, True)


def test_nothing_is_judged_without_mail_and_of_archived_rows() -> None:
    assert hits("mail-not-allowed", [{"Owner": "ana@example.org"}]) == []
    assert hits("mail-not-allowed", [{"Owner": "ana@example.org", "Stage": "Archived"}], mail=HERE) == []


def test_a_domain_with_other_letters_is_the_same_domain_in_dns() -> None:
    assert hits("mail-not-allowed", [{"Owner": "ana@bücher.example"}], mail=MailTerms(("bücher.example",))) == []
    assert hits("mail-not-allowed", [{"Owner": "a@xn--bcher-kva.example"}], mail=MailTerms(("bücher.example",))) == []
