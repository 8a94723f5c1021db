"""A model registry that lives in a spreadsheet.

The public API, small on purpose:

    import registry_sheets

    registry = registry_sheets.open_registry("models.xlsx")
    registry.versions                # ModelVersion, one for each row
    registry.live("Churn")           # what is live, where, since when and why; on="2026-04-01" for any day
    registry.findings()              # what is missing or wrong
    registry.changes(since="2026-06-01")
    registry.periods("Churn")        # every time in which a version was live somewhere
    registry.report()                # the whole report as a dict
    registry.to_frame()              # a pandas DataFrame
    registry_sheets.record("Churn", "3.2", sheet="models.xlsx", trained="2026-06-30", data="CRM export 2026-06-30")

Loading is lazy: importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from registry_sheets.api import Registry, open_registry, record
    from registry_sheets.errors import ConfigProblem, EditRefused, RegistrySheetsError
    from registry_sheets.operations.edit import Done
    from registry_sheets.registry.columns import ModelVersion
    from registry_sheets.registry.findings import Finding
    from registry_sheets.registry.live import LiveVersion
    from registry_sheets.registry.past.change import Change

__all__ = [
    "Change",
    "ConfigProblem",
    "Done",
    "EditRefused",
    "Finding",
    "LiveVersion",
    "ModelVersion",
    "Registry",
    "RegistrySheetsError",
    "open_registry",
    "record",
]

_HOMES = {
    "Change": "registry.past.change",
    "ConfigProblem": "errors",
    "Done": "operations.edit",
    "EditRefused": "errors",
    "Finding": "registry.findings",
    "LiveVersion": "registry.live",
    "ModelVersion": "registry.columns",
    "Registry": "api",
    "RegistrySheetsError": "errors",
    "open_registry": "api",
    "record": "api",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
