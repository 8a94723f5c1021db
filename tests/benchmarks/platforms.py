"""Listing a real MLflow server, and what holding a sheet against it costs beside that.

    python -m tests.benchmarks.platforms list URL           # all versions, by our adapter
    python -m tests.benchmarks.platforms bare URL           # the same pages, fetched with httpx and thrown away
    python -m tests.benchmarks.platforms client URL         # all versions, by MLflow's own client
    python -m tests.benchmarks.platforms reconcile URL FILE # a look at FILE held against it, less listing and look

Each prints the seconds that it took, as JSON; imports and the first connection are not in them.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform

TODAY = date(2026, 7, 1)
_PAGE = 1000
_LONG = 600.0


def listed(url: str) -> int:
    """How many versions our adapter lists."""
    platform = MlflowPlatform("ours", url, Deadline(_LONG), environment={})
    versions = list(platform.versions(""))
    platform.close()
    return len(versions)


def bare(url: str) -> int:
    """How many versions are on the same pages, fetched bare."""
    import httpx

    count = 0
    with httpx.Client(base_url=f"{url}/api/2.0/mlflow", timeout=_LONG) as client:
        for path in (
            "registered-models/search",
            "model-versions/search",
        ):
            token = ""
            while True:
                params = {"max_results": str(_PAGE), **({"page_token": token} if token else {})}
                answer = client.get(path, params=params).json()
                count += len(answer.get("model_versions", ()))
                token = answer.get("next_page_token", "")
                if not token:
                    break
    return count


def client(url: str) -> int:
    """How many versions MLflow's own client lists."""
    from mlflow import MlflowClient

    mlflow, count, token = MlflowClient(url, url), 0, None
    while True:
        page = mlflow.search_model_versions(max_results=_PAGE, page_token=token)
        count, token = count + len(page), page.token
        if not token:
            return count


def timed(do: Callable[[], object]) -> float:
    """Seconds of one run, with the garbage of what came before out of the way."""
    gc.collect()
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def reconciling(url: str, path: str) -> float:
    """Seconds that holding a sheet against the server takes beyond looking at the sheet and listing the server."""
    from registry_sheets.operations.hearing import AskingNow, Settled
    from registry_sheets.operations.looking import Memories, Terms, look
    from registry_sheets.platforms.asking import Question, ask_platforms
    from registry_sheets.registry.platforms.terms import LocationTerms, PlatformTerms
    from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

    workbook = ExcelWorkbook(Path(path), Path(path).parent / "state")
    question = Question("ours", "mlflow", _LONG, lambda deadline: MlflowPlatform("ours", url, deadline, environment={}))
    settled = Settled((PlatformTerms("ours", "mlflow"),), (LocationTerms("Platform", "ours"),))

    def with_platform() -> None:
        hearing = AskingNow(lambda wants: ask_platforms([question], wants), settled, lambda _: None)
        seen = look(workbook, Terms("made"), TODAY, memories=Memories(hearing=hearing))
        assert seen.complete
        assert not [one for one in seen.result.findings if one.rule == "not-on-platform"]

    def without() -> None:
        look(workbook, Terms("made"), TODAY)

    def listing() -> None:
        ask_platforms([question], lambda _: ())

    for warm in (with_platform, without, listing):
        warm()
    return timed(with_platform) - timed(without) - timed(listing)


def main(what: str, url: str, *more: str) -> None:
    """Do one of them, and print its seconds."""
    if what == "reconcile":
        seconds = reconciling(url, *more)
    else:
        do = {"list": listed, "bare": bare, "client": client}[what]
        do(url)
        seconds = timed(lambda: do(url))
    print(json.dumps({"wall": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
