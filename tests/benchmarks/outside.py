"""What holding the sheet against platforms costs: the lines of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from statistics import median

from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.workbooks.excel.new import write_workbook
from tests.benchmarks.bench import FOLDER, Line, Scale, step_wall
from tests.benchmarks.processes import Cost, in_turn, run
from tests.support.platforms.mlflow_server import MlflowServer, mlflow_server


def platforms(scale: Scale) -> Iterator[Line]:
    """Listing a real MLflow against its bare pages and against its own client; holding a sheet against it."""
    FOLDER.mkdir(exist_ok=True)
    server = mlflow_server()
    yield from _listing(server, scale)
    yield _reconciling(server, scale)


def _listing(server: MlflowServer, scale: Scale) -> Iterator[Line]:
    count = scale.listed
    server.reset()
    for model in range(5):
        server.seed(f"model-{model}", count // 5, aliases={"champion": 1})
    for theirs, told, goal, at_least in (
        ("bare", "the same pages fetched bare with httpx", 1.3, False),
        ("client", "MlflowClient's listing", 1.0, True),
    ):
        pairs = in_turn(partial(_asked, server, "list"), partial(_asked, server, theirs), scale.pairs)
        ratio = 1 / pairs.ratio(step_wall) if at_least else pairs.ratio(step_wall)
        what = f"listing {count:,} versions of a real MLflow, against {told}"
        yield Line(
            what, f"{pairs.our(step_wall):.2f} s", f"{pairs.their(step_wall):.2f} s", ratio, goal, at_least=at_least
        )


def _reconciling(server: MlflowServer, scale: Scale) -> Line:
    count = scale.pages[1]
    server.reset()
    path = FOLDER / f"platform-{count}.xlsx"
    rows = []
    for model in range(count // 100):
        name = f"model-{model}"
        server.seed(name, 100, aliases={"champion": 100})
        rows += [_row(name, version) for version in range(1, 101)]
    write_workbook([models_sheet(rows)], path)
    took = median(step_wall(_asked(server, "reconcile", str(path))) for _ in range(scale.pairs))
    what = f"reconcile of {count:,} rows with {count:,} versions of a real MLflow, beyond listing them and the check"
    return Line(what, f"{took:.2f} s", "", took, 0.5, unit="s")


def _row(name: str, version: int) -> dict[str, object]:
    return {
        "name": name.replace("-", " "),
        "version": str(version),
        "training_date": date(2026, 1, 1) + timedelta(days=version),
        "data_source": f"CRM export {version}",
        "location": "Platform",
        "stage": "Production" if version == 100 else "Testing",
        "owner": "ana@example.com",
    }


def _asked(server: MlflowServer, what: str, *more: str) -> Cost:
    argv = [sys.executable, "-m", "tests.benchmarks.platforms", what, server.url, *more]
    return run(argv, FOLDER, listen=True)


GROUPS: dict[str, Callable[[Scale], Iterator[Line]]] = {"platforms": platforms}
