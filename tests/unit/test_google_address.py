"""Addresses of Google spreadsheets, as people paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.google_address import GoogleAddress, fault_of, google_address, is_web_address

ID = "1AbC-dEfGhIjKlMnOpQrStUvWxYz_0123456789abcdef"
D = f"https://docs.google.com/spreadsheets/d/{ID}"


@pytest.mark.parametrize(
    ("said", "gid"),
    [
        (ID, None),
        (D, None),
        (f"{D}/", None),
        (f"{D}/edit", None),
        (f"{D}/edit?usp=sharing&ouid=1234&rtpof=true&sd=true", None),
        (f"{D}/edit?gid=0#gid=0", 0),
        (f"{D}/edit#gid=1593&range=B3", 1593),
        (f"{D}/edit#range=B3&gid=1593", 1593),
        (f"{D}/edit?gid=7#gid=12", 12),
        (f"{D}/view?gid=7", 7),
        (f"{D}/copy", None),
        (f"{D}/htmlview#", None),
        (f"{D}?resourcekey=0-abc", None),
        (f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit#gid=5", 5),
        (f"https://docs.google.com/a/example.com/spreadsheets/d/{ID}/edit", None),
        (f"http://docs.google.com/spreadsheets/d/{ID}", None),
        (f"HTTPS://Docs.Google.com/spreadsheets/d/{ID}/", None),
        (f"docs.google.com/spreadsheets/d/{ID}/edit", None),
        (f"https:/docs.google.com/spreadsheets/d/{ID}/edit", None),
        (f"  <{D}/edit#gid=3>\n", 3),
        (f"{D}/edit#gid=minus", None),
        (f"{D}/edit#gid=99999999999", None),
        (f"{D}/edit#gid=٣", None),
    ],
)
def test_every_form_of_an_address_is_known(said: str, gid: int | None) -> None:
    assert google_address(said) == GoogleAddress(ID, gid)
    assert fault_of(said) == ""


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (f"https://docs.google.com/document/d/{ID}/edit", "a Google document"),
        (f"https://docs.google.com/document/u/0/d/{ID}/edit", "a Google document"),
        (f"https://docs.google.com/forms/d/e/{ID}/viewform", "a Google form"),
        (f"https://docs.google.com/presentation/d/{ID}/edit#slide=id.p", "a Google presentation"),
        (f"https://drive.google.com/drive/folders/{ID}", "a folder in Google Drive"),
        (f"https://drive.google.com/drive/u/1/folders/{ID}?usp=sharing", "a folder in Google Drive"),
        (f"https://drive.google.com/file/d/{ID}/view", "address of Google Drive"),
        (f"https://drive.google.com/open?id={ID}", "address of Google Drive"),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vQabcdefghijklmnopqrstuvwxyz0123/pubhtml",
            "published to the",
        ),
        ("https://docs.google.com/spreadsheets/d/1AbC…/edit", "not whole"),
        ("https://docs.google.com/spreadsheets/d/1AbCdEf", "not whole"),
        ("https://docs.google.com/spreadsheets/", "not whole"),
        ("https://docs.google.com/spreadsheets/create", "not whole"),
        ("https://docs.google.com", "not whole"),
        ("https://goo.gl/abc", "not that of a Google spreadsheet"),
        ("https://sheets.google.com/x", "not that of a Google spreadsheet"),
        (f"https://docs.google.com.example.net/spreadsheets/d/{ID}", "not that of a Google spreadsheet"),
        (f"https://docs.google.com@example.net/spreadsheets/d/{ID}", "not that of a Google spreadsheet"),
        (f"https://www.google.com/url?q={D}", "not that of a Google spreadsheet"),
        ("https://example.sharepoint.com/models.xlsx", "set link to the address"),
        ("https://[docs.google.com/spreadsheets", "cannot be read"),
        ("https://", "not that of a Google spreadsheet"),
    ],
)
def test_other_addresses_are_refused_by_what_they_are(said: str, what: str) -> None:
    assert google_address(said) is None
    assert is_web_address(said)
    assert what in fault_of(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "models.xlsx",
        "C:\\models\\models.xlsx",
        "//server/share/models.xlsx",
        "\\\\server\\share\\models.xlsx",
        "docs/models.xlsx",
        "the-models-of-the-clinic-in-the-north-of-2026",  # no capital letter: a file's name rather than an id
        "ModelsOfTheClinicInTheNorthOfTown",  # no digit
        ID[:24],
        f"{ID}.xlsx",
        f"a/{ID}",
        f"{ID} {ID}",
        "AC failure",
    ],
)
def test_paths_and_names_are_no_addresses(said: str) -> None:
    assert google_address(said) is None
    assert not is_web_address(said)
    assert fault_of(said) == ""


def test_the_plain_form_names_the_same_spreadsheet() -> None:
    address = google_address(f"{D}/view?usp=sharing&gid=5#gid=8&range=B3")
    assert address is not None
    assert address.url == f"{D}/edit#gid=8"
    assert google_address(address.url) == address
    assert GoogleAddress(ID).url == f"{D}/edit"
    assert (address.short, address.usual_name) == ("1AbC…cdef", "google-1AbC-dEf")


@given(st.text())
def test_no_text_is_too_odd(said: str) -> None:
    for text in (said, f"https://{said}", f"https://docs.google.com/spreadsheets/d/{said}", f"{D}/edit#{said}"):
        found = google_address(text)
        assert (found is None) or fault_of(text) == ""
        if found:
            assert google_address(found.url) == found
        elif is_web_address(text):
            assert fault_of(text)
