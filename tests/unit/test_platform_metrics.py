"""A platform's answer as rows: which metrics come, and into which columns."""

from __future__ import annotations

from registry_sheets.operations.platform_metrics import MOST_METRICS
from registry_sheets.operations.transfer_limits import EXCEL
from registry_sheets.operations.transfer_rows import compare_rows
from registry_sheets.registry.edits.edit import Plan
from registry_sheets.registry.platforms.values import Lineage
from tests.support.edits import after
from tests.support.platforms.rows import ROW, brought, version


def test_metrics_go_into_the_columns_that_are_there() -> None:
    rows = [{**ROW, "metric: f1 (Holidays)": 0.5}]
    metrics = {"F1 (holidays)": 0.7, "f1 (HOLIDAYS)": 0.6, "system/cpu": 3.0, "nan": float("nan"), "huge": 1e308}
    incoming, seen = brought(version(lineage=Lineage(metrics=metrics)), rows=rows)
    (step,) = compare_rows(seen, incoming.rows, EXCEL).steps
    written = after(rows, Plan("import", (step,)))[1]
    assert {header: cell for header, cell in written.items() if "etric" in header} == {
        "metric: f1 (Holidays)": 0.7,
        "Metric: nan": "nan",
        "Metric: huge": "1E+308",
    }


def test_a_run_with_hundreds_of_metrics_does_not_flood_the_sheet() -> None:
    many = {f"m{number:03}": 1.0 for number in range(300)}
    common = {"loss": 0.1, "x" * 400: 2.0, "": 3.0, "a\nb": 4.0}
    incoming, _ = brought(
        version("4", lineage=Lineage(metrics=many | common)), version("5", lineage=Lineage(metrics=common))
    )
    first, second = incoming.rows
    assert len(first.own) == MOST_METRICS
    assert set(second.own) == {"Metric: loss", "Metric: a b"}
    (told,) = incoming.notices
    assert told.startswith("283 metrics have no column here, as a sheet gets at most 20 by itself")
    full = [{**ROW, **{f"Metric: k{number}": 1 for number in range(MOST_METRICS)}}]
    assert not brought(version(lineage=Lineage(metrics={"new": 1.0})), rows=full)[0].rows[0].own
