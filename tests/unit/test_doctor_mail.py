"""What doctor says of mail."""

from __future__ import annotations

from registry_sheets.operations.doctor_mail import mail_told
from registry_sheets.registry.rules.base import MailTerms
from registry_sheets.registry.table import Lists, Owner
from tests.rules.support import table

HERE = MailTerms(("example.com",))
LISTS = Lists(tab="Lists", owners=(Owner("Ana", "ana@example.com", True, 5), Owner("Kim", "", False, 6)))


def test_no_sender_no_mail() -> None:
    assert mail_told(table([{"Owner": "Ana"}]), LISTS, None, "") == ("none is sent: the config names no sender", "")


def test_all_are_reached() -> None:
    assert mail_told(table([{"Owner": "Ana"}]), LISTS, HERE, "smtp.example.com") == (
        "1 owner can get it, by smtp.example.com",
        "",
    )


def test_whom_mail_does_not_reach_and_why() -> None:
    rows = [{"Owner": "Ana; Kim; Zoe; bob@example.org"}, {"Version": "4", "Owner": "TBD"}]
    told, fix = mail_told(table(rows), LISTS, HERE, "smtp.example.com")
    assert told == (
        "1 owner can get it, by smtp.example.com; not Kim (not active in Lists), Zoe (no address) and "
        "bob@example.org (outside example.com)"
    )
    assert "tab Lists" in fix


def test_no_server() -> None:
    assert mail_told(table([{"Owner": "Ana; Zoe"}]), LISTS, HERE, "") == (
        "none is sent: no server is set; 1 owner could get it",
        "",
    )
