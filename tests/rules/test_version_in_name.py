from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.rules.names import without_version

from .support import checked, hits


@pytest.mark.parametrize(
    ("name", "version", "bare"),
    [
        ("AC failure v3", "3.1", "AC failure"),
        ("churn_v2", "v2", "churn"),
        ("Forecast 2.1", "2.1", "Forecast"),
        ("No-shows (v1.2)", "1.2", "No-shows"),
        ("Churn version 2", "2", "Churn"),
        ("Churn ver. 2", "2.0", "Churn"),
        ("Churn-Release-7", "7", "Churn"),
    ],
)
def test_a_name_that_repeats_its_version(name: str, version: str, bare: str) -> None:
    (hit,) = hits("version-in-name", [{"Name": name, "Version": version}])
    assert (hit.severity, hit.message) == (Severity.WARNING, f"'{name}' has a version in its name.")
    assert hit.fix.startswith(f"Write '{bare}' in all its rows")


def test_names_that_differ_only_by_their_version() -> None:
    rows = [{"Name": name, "Version": "a"} for name in ("Forecast v1", "Forecast v2", "Churn", "Churn final")]
    found = hits("version-in-name", rows)
    assert [(hit.index, hit.severity) for hit in found] == [(n, Severity.WARNING) for n in (0, 1, 3)]


@pytest.mark.parametrize("name", ["Inception v3", "Whisper v3 calls", "DeepSeek-V3"])
def test_a_number_with_its_word_alone_is_only_mentioned(name: str) -> None:
    (hit,) = hits("version-in-name", [{"Name": name, "Version": "2026-06"}])
    assert hit.severity is Severity.INFO


@pytest.mark.parametrize(
    "name",
    [
        "GPT-4",
        "ResNet-50",
        "YOLOv5",
        "Llama 3.1",
        "AlphaFold 2",
        "Q3 forecast",
        "Churn 2026",
        "4G outages",
        "Vitamin level",
        "V",
        "Covid-19 model",
        "Final mile",
        "New customers",
        "Copy check",
        "MobileNetV2",
        "V8 engine noise",
        "V7/XV7 ultrasound",
        "Reverse logistics 5",
    ],
)
def test_numbers_that_belong_to_a_name(name: str) -> None:
    assert hits("version-in-name", [{"Name": name, "Version": "7.5"}]) == []


@pytest.mark.parametrize(("name", "version"), [("GPT-4", "4"), ("ResNet-50", "50"), ("Store 12", "12")])
def test_they_belong_to_it_though_the_version_is_the_same_number(name: str, version: str) -> None:
    assert hits("version-in-name", [{"Name": name, "Version": version}]) == []


def test_one_finding_for_a_model_however_many_rows() -> None:
    assert len(hits("version-in-name", [{"Name": "Churn v3", "Version": f"3.{n}"} for n in range(5)])) == 1


def test_it_explains_the_near_name() -> None:
    rules = [f.rule for f in checked([{"Name": "Churn", "Version": "3.0"}, {"Name": "churn v3"}]).findings]
    assert "version-in-name" in rules
    assert "near-duplicate-name" not in rules


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Hanford Liaison (HAL) 2.0", "Hanford Liaison (HAL)"),
        ("Clear System (Software Version 2.0)", "Clear System (Software)"),
        ("Swoop System (V2)", "Swoop System"),
        ("DeepSeek-Coder-V2 236B", "DeepSeek-Coder- 236B"),
        ("Copy of Churn v2", "Churn"),
        ("Churn (v2", "Churn"),
        ("Churn [pilot, v2", "Churn [pilot]"),
        ("churn_final_v2", "churn"),
        ("churn v2 final", "churn"),
        ("v2", "v2"),
        ("final", "final"),
    ],
)
def test_what_is_left_of_a_name(name: str, bare: str) -> None:
    assert without_version(name) == bare
