"""What MLflow takes, held against MLflow's own checks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.platforms.exporting.fitting import keys_of
from registry_sheets.platforms.exporting.mlflow import RULES, MlflowTarget, run_of
from registry_sheets.platforms.exporting.not_carried import NOT_CARRIED, WORDS, markdown_list
from registry_sheets.registry.platforms.leaving import LeavingFact

URL = "https://mlflow.example.com/team"
RUN = "0123456789abcdef0123456789abcdef"
TARGET = MlflowTarget("MLflow", URL, 1.0, environment={})


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300).filter(lambda text: text.strip() and text.isprintable()))
def test_any_name_is_a_registered_models_name(name: str) -> None:
    from mlflow.utils.validation import _validate_model_name

    title = TARGET.title(name)
    _validate_model_name(title)
    assert len(title) <= 256
    assert TARGET.title(title) == title


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=4, unique=True))
def test_any_heading_is_a_tag_of_its_own(headings: list[str]) -> None:
    from mlflow.utils.validation import _validate_model_version_tag

    keys = keys_of([LeavingFact(f"column.{one}", one, "x") for one in headings], RULES)
    for key in keys:
        _validate_model_version_tag(key, "x")
    assert len({key.casefold() for key in keys}) == len(headings)


@pytest.mark.parametrize(
    ("link", "run"),
    [
        (f"{URL}/#/experiments/1/runs/{RUN}", RUN),
        (f"http://MLFLOW.example.com:443/#/experiments/1/runs/{RUN}/artifacts", RUN),
        (f"runs:/{RUN}/model", RUN),
        (RUN, RUN),
        (f"https://elsewhere.example.com/#/runs/{RUN}", ""),
        (f"{URL}/#/runs/{RUN}0", ""),
        (f"https://mlflow.example.com.evil.example.com/runs/{RUN}", ""),
        ("notebook 7", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_links_of_this_server_name_its_runs(link: str, run: str) -> None:
    assert run_of(link, URL) == run


def test_every_kind_says_what_does_not_carry_over() -> None:
    assert NOT_CARRIED.keys() == WORDS.keys()
    for kind, sentences in NOT_CARRIED.items():
        assert markdown_list(kind).count("\n- ") == len(sentences) - 1
