"""What `init --map` says, before any workbook is looked at."""

from __future__ import annotations

import pytest

from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.create import columns_said


def test_columns_and_their_headings() -> None:
    assert columns_said(["Name=Model title", "training date = Fitted = on"]) == {
        "name": "Model title",
        "training_date": "Fitted = on",
    }


@pytest.mark.parametrize("pairs", [["Name=A", "name=B"], ["Name=A", "Version= a"]])
def test_one_column_or_one_heading_twice_is_refused(pairs: list[str]) -> None:
    with pytest.raises(ConfigProblem, match="cannot both be right"):
        columns_said(pairs)
