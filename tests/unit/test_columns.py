"""The columns are declared once, and everything else agrees with them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from pydantic import ValidationError

from registry_sheets.registry.columns import COLUMNS, ModelVersion, column, json_schema, markdown_table
from registry_sheets.registry.header_words import header_key


def test_the_model_version_has_the_declared_fields_in_their_order() -> None:
    assert list(ModelVersion.model_fields) == [c.field for c in COLUMNS] + ["metrics"]


def test_a_header_means_one_field() -> None:
    owner: dict[str, str] = {}
    for declared in COLUMNS:
        for key in {header_key(word) for word in (declared.header, *declared.synonyms)}:
            assert owner.setdefault(key, declared.field) == declared.field, key


def test_what_is_doubtful_is_not_certain_elsewhere() -> None:
    certain = {header_key(word) for c in COLUMNS for word in (c.header, *c.synonyms)}
    assert not [word for c in COLUMNS for word in c.doubtful if header_key(word) in certain]


def test_needs() -> None:
    required = [c.field for c in COLUMNS if c.need == "required"]
    assert required == ["name", "version", "training_date", "data_source", "location"]
    assert {c.field for c in COLUMNS if c.multiple} == {"location", "used_for", "owner"}


@pytest.mark.parametrize("declared", COLUMNS, ids=lambda c: c.field)
def test_a_column_speaks_to_the_person_who_fills_it(declared: object) -> None:
    from registry_sheets.registry.columns import Column

    assert isinstance(declared, Column)
    assert declared.help.endswith(".")
    assert 20 < len(declared.help) < 130
    assert declared.example


def test_examples_make_a_model_version() -> None:
    facts = {c.field: [c.example] if c.multiple else c.example for c in COLUMNS}
    made = ModelVersion.model_validate(facts)
    assert made.training_date == date(2026, 3, 4)
    assert made.retrain_every == 90
    assert ModelVersion.model_validate_json(made.model_dump_json()) == made


def test_a_version_needs_a_name_and_a_version() -> None:
    with pytest.raises(ValidationError):
        ModelVersion(name=" ", version="1")
    assert ModelVersion(name="a", version="3.10").version == "3.10"


def test_json_schema_tells_what_a_complete_version_is() -> None:
    schema = json_schema()
    json.dumps(schema)
    assert schema["required"] == ["name", "version", "training_date", "data_source"]
    assert schema["then"]["required"] == ["location", "owner"]
    assert schema["properties"]["training_date"]["title"] == "Training date"
    assert schema["properties"]["location"]["examples"] == [["Service desk app"]]


def test_the_table_for_readme_names_each_column() -> None:
    lines = markdown_table().splitlines()
    assert len(lines) == len(COLUMNS) + 2
    assert all(line.count("|") == 6 for line in lines)


def test_a_column_is_found_by_its_field() -> None:
    assert column("why").header == "Why"
    with pytest.raises(KeyError):
        column("platforms")
