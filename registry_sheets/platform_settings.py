"""The settings of a platform and of a location that belongs to one. No secret stands here, only where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

PlatformKind = Literal["mlflow", "kubeflow", "sagemaker", "azureml", "vertex"]

KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mlflow": (("url",), ("live", "token_env", "ca_file")),
    "kubeflow": (("url",), ("token_env", "token_file", "ca_file")),
    "sagemaker": (("regions",), ("profile", "url")),
    "azureml": (("subscription", "resource_group", "workspaces"), ("url",)),
    "vertex": (("project", "locations"), ("url",)),
}
"""Kind -> the keys that it needs and the keys that it may have, beside those of every platform."""

_LISTS = ("regions", "workspaces", "locations")
_LONGEST_NAME = 100

_EVERY = ("kind", "name", "timeout", "names", "models", "leave_out", "version_tag")


class PlatformSettings(BaseModel):
    """One ``[[platform]]`` block: where it is, and how its models are called in the sheet."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # as setting_tables.Strict

    kind: PlatformKind
    name: str = ""
    timeout: float = Field(60.0, gt=0, le=3600)
    names: dict[str, str] = {}
    models: list[str] = []
    leave_out: list[str] = []
    version_tag: str = ""
    url: str = ""
    live: list[str] = ["champion", "champion-*"]
    token_env: str = ""
    token_file: str = ""
    ca_file: str = ""
    regions: list[str] = []
    profile: str = ""
    subscription: str = ""
    resource_group: str = ""
    workspaces: list[str] = []
    project: str = ""
    locations: list[str] = []

    @property
    def label(self) -> str:
        """How people call it."""
        return self.name or self.kind

    @field_validator("name")
    @classmethod
    def _called(cls, value: str) -> str:
        name = value.strip()
        if value and not (name.isprintable() and 0 < len(name) <= _LONGEST_NAME):
            raise ValueError(f"This must be a name of one line, at most {_LONGEST_NAME} characters long.")
        return name

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        # The value is not repeated: it may hold a user with a password.
        if value and not re.fullmatch(r"https?://[^/\s@?#]+(/[^\s@?#]*)?", value):
            raise ValueError(
                "This must be an address such as http://mlflow.internal:5000, without a sign-in in it: "
                "that stands in no config."
            )
        return value.rstrip("/")

    @field_validator("token_env")
    @classmethod
    def _variable(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", value):
            raise ValueError(
                "This must be the name of an environment variable that holds the token; "
                "the token itself stands in no config."
            )
        if value.startswith("REGISTRY_SHEETS_"):
            raise ValueError("Variables that begin with REGISTRY_SHEETS_ are settings. Take another name.")
        return value

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        for fault in _faults(self):
            raise ValueError(fault)
        return self


class LocationSettings(BaseModel):
    """One ``[[location]]`` block: a location of the sheet that belongs to a platform.

    ``endpoint`` "": any endpoint of the platform that serves the model.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: str = Field(min_length=1)
    platform: str = Field(min_length=1)
    endpoint: str = ""

    @field_validator("platform")
    @classmethod
    def _called(cls, value: str) -> str:
        return value.strip()


def called(platforms: Iterable[PlatformSettings], name: str) -> list[PlatformSettings]:
    """The one of that name, whatever its case; else those of that kind. '' is all of them."""
    wanted, known = name.strip().casefold(), list(platforms)
    if not wanted:
        return known
    return [one for one in known if one.label.casefold() == wanted] or [one for one in known if one.kind == wanted]


def _faults(said: PlatformSettings) -> Iterator[str]:
    needed, more = KEYS[said.kind]
    for key in needed:
        if not getattr(said, key):
            example = '["..."]' if key in _LISTS else '"..."'
            yield f'kind = "{said.kind}" needs {key} = {example}'
    for key in _LISTS:
        if not all(one.strip() for one in getattr(said, key)):
            yield f"an entry of {key} is empty"
    for key in sorted(said.model_fields_set):
        if key not in (*_EVERY, *needed, *more):
            takes = ", ".join((*needed, *more, *_EVERY[1:]))
            yield f'{key} says nothing to kind = "{said.kind}". It takes: {takes}'
    for key, value in (*said.names.items(), *((one, one) for one in (*said.models, *said.leave_out))):
        if not key.strip() or not value.strip():
            yield "a name or pattern of a model is empty"
