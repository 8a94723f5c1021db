"""What each collection is: the vendor's model of its items, its parameters, how its items may be called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

API_VERSIONS = ("2023-04-01", "2023-10-01", "2024-04-01", "2024-10-01")
PROVIDER = "Microsoft.MachineLearningServices"

_MODEL = r"[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,254}"  # with the dot of names from SDK v1 (assumed to be still listed)
_NAME = r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}"


@dataclass(frozen=True)
class Collection:
    """One kind of collection. ``handled`` are the parameters that are understood, ``known`` those that there are."""

    item: str
    page: str
    names: str
    known: frozenset[str]
    handled: frozenset[str] = frozenset(("$skip", "listViewType"))
    views: bool = False

    def allows(self, name: str) -> bool:
        """Whether an item may be called so."""
        return re.fullmatch(self.names, name) is not None


def _collection(item: str, names: str, known: str, views: bool = False, paged: str = "") -> Collection:
    kind = paged or f"{item}TrackedResourceArmPaginatedResult"
    return Collection(item, kind, names, frozenset(known.split()), views=views)


COLLECTIONS: Mapping[str, Collection] = {
    "models": _collection(
        "ModelContainer", _MODEL, "$skip count listViewType", True, "ModelContainerResourceArmPaginatedResult"
    ),
    "models/*/versions": _collection(
        "ModelVersion",
        r"[^/\s]{1,255}",
        "$skip $orderBy $top version description offset tags properties feed listViewType",
        True,
        "ModelVersionResourceArmPaginatedResult",
    ),
    "onlineEndpoints": _collection("OnlineEndpoint", _NAME, "name count computeType $skip tags properties orderBy"),
    "onlineEndpoints/*/deployments": _collection("OnlineDeployment", _NAME, "$orderBy $top $skip"),
    "batchEndpoints": _collection("BatchEndpoint", _NAME, "count $skip"),
    "batchEndpoints/*/deployments": _collection("BatchDeployment", _NAME, "$orderBy $top $skip"),
    "serverlessEndpoints": _collection("ServerlessEndpoint", r"[a-zA-Z][a-zA-Z0-9-]{0,51}", "$skip"),
    "jobs": _collection("JobBase", _NAME, "$skip jobType tag listViewType", True, "JobBaseResourceArmPaginatedResult"),
}
"""Path below the workspace, * for a name -> what is there. The vendor's client builds exactly these parameters."""


def kind_of(path: str) -> str:
    """A collection's path with * for names."""
    parts = path.split("/")
    return "/".join("*" if number % 2 else part for number, part in enumerate(parts))
