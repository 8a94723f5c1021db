"""What MLflow's REST API refuses, and its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.reading import Pages, objects, text
from registry_sheets.platforms.refusals import Refusals


class MlflowRefused(PlatformUnanswered):
    """It answered with a ``status`` other than 200."""

    def __init__(self, message: str, fix: str, status: int) -> None:
        super().__init__(message, fix)
        self.status = status


class MlflowRefusals(Refusals):
    """The words of MLflow, with the status beside them."""

    def of(self, status: int, address: str, said: str) -> PlatformUnanswered:
        """What is wrong with an answer of this status."""
        told = super().of(status, address, said)
        return MlflowRefused(told.message, told.fix, status)


def mlflow_refusals(sign_in: str) -> MlflowRefusals:
    """How to mend what it refuses; ``sign_in`` says how to sign in."""
    return MlflowRefusals(
        what="an MLflow server",
        sign_in=sign_in,
        rights="Give the account the permission READ on the registered models and on the experiments of their runs "
        "(on Databricks: Can Read; in Azure: the role AzureML Data Scientist).",
    )


def pages(key: str, ask: Callable[[Mapping[str, str]], Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The objects under ``key`` of every page. Raises PlatformUnanswered.

    ``ask`` gives the page for what its question has to say of where it begins. An empty list is left out by MLflow.
    """
    turning = Pages()
    while turning.more:
        answer = ask(turning.params("page_token"))
        if key not in answer and answer.keys() & {"error", "errors", "error_code", "message", "detail"}:
            raise PlatformUnanswered(
                f"It answered with an error in place of its list '{key}'.", "Check that its address is that of MLflow."
            )
        yield from objects(answer, key)
        turning.turn(text(answer, "next_page_token"))
