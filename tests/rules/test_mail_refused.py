from __future__ import annotations

from registry_sheets.registry.rules.base import MailTerms
from registry_sheets.registry.table import Owner

from .support import hits

REFUSED = MailTerms(("example.com",), {"ana@example.com": "550 5.1.1 no such user"})


def test_a_refused_address_is_told_at_its_first_row() -> None:
    rows = [{"Owner": "Kim"}, {"Owner": "Ana", "Version": "4"}, {"Owner": "ANA@example.com", "Version": "5"}]
    (hit,) = hits("mail-refused", rows, owners=[Owner("Ana", "Ana@example.com", True, 5)], mail=REFUSED)
    assert (hit.index, hit.message) == (1, "Mail to 'ana@example.com' is refused: '550 5.1.1 no such user'.")


def test_others_are_not() -> None:
    assert hits("mail-refused", [{"Owner": "kim@example.com"}], mail=REFUSED) == []
    assert hits("mail-refused", [{"Owner": "ana@example.com", "Stage": "Archived"}], mail=REFUSED) == []
    assert hits("mail-refused", [{"Owner": "ana@example.com"}]) == []


def test_an_inactive_owner_is_another_finding() -> None:
    assert (
        hits("mail-refused", [{"Owner": "Ana"}], owners=[Owner("Ana", "ana@example.com", False, 5)], mail=REFUSED) == []
    )
