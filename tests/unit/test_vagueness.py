"""Which texts say nothing about which data: right when it speaks matters more than speaking often."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.vagueness import vagueness

INPUTS = Path(__file__).resolve().parents[3] / "shared" / "inputs"

VAGUE = """
data; customer data; Customer Data; CUSTOMER DATA; data from last year; Data from last year.; misc; misc.; MISC
internal data; various; various sources; historical data; the usual; our own data; all available data; web data
production data; training data; Training data set; third party data; customers' data from last year; latest data
existing records; Excel file; an excel sheet; database; our database; company data; unknown data set; recent data
user data collected over the last 2 years; data from the last 3 years; the last 12 months of data; past data
sales data from last quarter; historical sales data (last year); previous year's data; log files; raw sensor data
internal sources; several files; stuff from the internet; in-house data; Internal Documents; Unspecified unreleased
Proprietary/unknown data set used for model training.
Kundendaten; Kundendaten vom letzten Jahr; interne Daten; diverse; Daten aus den letzten 3 Jahren; alte Daten
données clients; données internes; données de l'année dernière; divers; anciennes données
datos de clientes; datos del año pasado; datos internos; varios
klantgegevens; gegevens van vorig jaar; diversen
dati dei clienti; dati dell'anno scorso; vari
dados de clientes; dados do ano passado; diversos
"""

POINTERS = """
see above; same as before; same as previous version; as above; ditto; same as last time
siehe oben; wie immer; wie vorher; voir ci-dessus; comme avant; ver arriba; lo mismo; zie boven; hetzelfde
come sopra; ver acima; igual
"""

NAMED = """
CRM export 2026-06-30; crm.customers; customers; orders; customer_data; customer-data; CustomerData; data/customers
data.csv; data\\customers; data warehouse; CRM data; IT data; US data; POS data; SAP orders; Salesforce accounts
sales 2024; Q3 sales data; January data; data from week 12; data v2; customer data 2024; data until March; data #4
patient records, Oak Street clinic; customer database; order table; billing system; sales ledger; data from Peter
Google Sheet of appointments; data from the Archive; Microsoft 365 data; s3://bucket/x; Open AI training data
Open Images; The Pile; The Stack; Common Voice; MNIST; DITTO; Online Retail; Web of Science; Million Song Dataset
Adult; Iris; Wine Quality; Bank Marketing; Air Quality; Student Performance; Covertype; Titanic; Boston Housing
Speech Commands; Natural Questions; Tiny Images; Places365; Visual Genome; 20 Newsgroups; Yelp reviews; Enron Emails
Human Reference Genome (GRCh38/hg38); Wikipedia,Unspecified unreleased; Proceedings of the Canadian parliament
work orders of the Berlin plant; service tickets; appointment log of the clinic; lease agreements; recipe book
no data; not trained; weather data; claims data; NIF shot data and support ticket information; data of 3 March
Wetterdaten; Kundendaten 2025; SAP-Daten; Export aus dem CRM; données météo; datos de Salesforce; dati ISTAT
customer data (snapshot "spring"); data [clean]; x; 数据; ; .; -; ???
"""


def texts(block: str) -> list[str]:
    return [text.strip() for line in block.strip().splitlines() for text in line.split("; ")]


@pytest.mark.parametrize("text", texts(VAGUE))
def test_general_words_name_nothing(text: str) -> None:
    assert vagueness(text) == "vague"


@pytest.mark.parametrize("text", texts(POINTERS))
def test_pointers_name_nothing_here(text: str) -> None:
    assert vagueness(text) == "pointer"


@pytest.mark.parametrize("text", texts(NAMED))
def test_one_name_number_or_path_is_enough(text: str) -> None:
    assert vagueness(text) is None


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert vagueness(text) in (None, "vague", "pointer")


@given(st.sampled_from(texts(VAGUE)), st.sampled_from(["2026-06-30", "crm.orders", "Zendesk", "v7", "./x.csv", "K-12"]))
def test_a_name_added_to_a_vague_text_makes_it_pass(text: str, name: str) -> None:
    assert vagueness(f"{text} {name}") is None
    assert vagueness(f"{name}: {text}") is None


def test_a_long_text_is_read_by_people() -> None:
    assert vagueness("customer data " * 14) == "vague"
    assert vagueness("customer data " * 15) is None


READ_AND_FOUND_VAGUE = {
    "Unspecified unreleased": 51,
    "Unspecified": 1,
    "Proprietary/unknown data set used for model training.": 31,
    "research datasets from scientific experiments": 8,
    "Internal – Firm Data": 2,
    "Internal Documents": 1,
}
"""What it finds in the public inventories' data columns: each text was read, and none says which data."""


@pytest.mark.skipif(not INPUTS.is_dir(), reason=f"the public inventories are not at {INPUTS}")
def test_in_real_inventories_it_speaks_only_where_a_reader_agrees() -> None:
    found = Counter(" ".join(text.split()) for text in data_descriptions() if vagueness(text))
    assert found == READ_AND_FOUND_VAGUE


def data_descriptions() -> list[str]:
    """The cells of the columns that describe training data: 743 that are not blank."""
    from python_calamine import CalamineWorkbook

    described: list[str] = []
    for file, tab, header, column in (
        ("frb-2025-ai-use-case-inventory.xlsx", "frb-2025-ai-use-case-inventory", 1, 19),
        ("doe-2025-ai-use-case-inventory.xlsx", "FINAL", 2, 17),
    ):
        sheet = CalamineWorkbook.from_path(str(INPUTS / file)).get_sheet_by_name(tab)
        described += [str(row[column]) for row in sheet.to_python(skip_empty_area=False)[header:]]
    with (INPUTS / "epoch-notable-ai-models-2025-02-24.csv").open(encoding="utf-8", newline="") as lines:
        described += [row["Training dataset"] for row in csv.DictReader(lines)]
    return described
