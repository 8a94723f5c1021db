"""What a config may say: every setting with its default, each checked by itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from registry_sheets.config_problems import SettingFault, wanted
from registry_sheets.operations.directions import Direction
from registry_sheets.platform_settings import LocationSettings, PlatformSettings
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.google_address import fault_of
from registry_sheets.registry.table import Stage
from registry_sheets.setting_tables import GoogleSettings, LimitSettings, RuleSettings, SmtpSettings

FailOn = Literal["error", "warning", "info", "never"]


FAULTLESS = (
    "link", "report_link", "nightly", "weekly", "check_every", "time_limit", "alert_to", "summary_to", "sender",
    "unsubscribe", "allowed_domains",
)  # fmt: skip
"""Settings that setting_faults.py judges."""


class Defaults(BaseModel):
    """What may stand at the top of a file, as a default for every registry, and in each block."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # as setting_tables.Strict

    tab: str = ""
    lists_tab: str = ""
    header_row: int = Field(0, ge=0)
    columns: dict[str, str] = {}
    synonyms: dict[str, list[str]] = {}
    stages: dict[Stage, list[str]] = {}
    metrics: dict[str, Direction] = {}
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    time_zone: str = ""
    write_back: Literal["in place", "beside", "off"] = "in place"
    output: str = "output"
    state: str = ""
    link: str = ""
    report: bool = True
    nightly: str = "02:00"
    weekly: str = "monday 07:30"
    check_every: str = ""
    time_limit: str = "15 minutes"
    alert_to: list[str] = []
    summary_to: list[str] = []
    sender: str = ""
    allowed_domains: list[str] = []
    mail_without_news: bool = False
    report_link: str = ""
    unsubscribe: str = ""
    fail_on: FailOn = "error"
    rules: dict[str, RuleSettings] = {}
    limits: LimitSettings = LimitSettings.model_construct()
    smtp: SmtpSettings = SmtpSettings.model_construct()
    google: GoogleSettings = GoogleSettings.model_construct()
    platform: list[PlatformSettings] = []
    location: list[LocationSettings] = []

    @field_validator("columns", "synonyms")
    @classmethod
    def _known_columns(cls, value: Mapping[str, Any]) -> dict[str, Any]:
        return {_field_of(key): said for key, said in value.items()}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value:
            _check_zone(value)
        return value

    @field_validator(*FAULTLESS)
    @classmethod
    def _faultless(cls, value: Any, info: ValidationInfo) -> Any:
        return _checked(value, str(info.field_name))

    @field_validator("platform")
    @classmethod
    def _told_apart(cls, value: list[PlatformSettings]) -> list[PlatformSettings]:
        for place, one in enumerate(value):
            if any(one.label.casefold() == other.label.casefold() for other in value[:place]):
                raise ValueError(f"Two platforms are called '{one.label}'. Give one of them another name = \"...\".")
        return value

    @field_validator("rules")
    @classmethod
    def _known_rules(cls, value: dict[str, RuleSettings]) -> dict[str, RuleSettings]:
        if value:
            _check_rules(value)
        return value


class RegistrySettings(Defaults):
    """One registry: a ``[[registry]]`` block with the defaults filled in."""

    name: str = ""
    sheet: str = ""

    @field_validator("sheet")
    @classmethod
    def _file_or_spreadsheet(cls, value: str) -> str:
        if fault := fault_of(value):
            raise ValueError(fault)
        return value


class File(RegistrySettings):
    registry: list[RegistrySettings] = []
    include: list[str] = []
    index: str = ""

    @field_validator("index")
    @classmethod
    def _page(cls, value: str, info: ValidationInfo) -> Any:
        return _checked(value, str(info.field_name))


def _field_of(said: str) -> str:
    """The field of a column called by its header or its field name."""
    wanted = " ".join(said.split()).casefold()
    for column in COLUMNS:
        if wanted in (column.field, column.header.casefold()):
            return column.field
    raise SettingFault(f"'{said}' is not a column. {nearest(said, [column.header for column in COLUMNS])}", said)


def _checked(value: Any, name: str) -> Any:
    """The value of a setting, if nothing is wrong with it or with any of its entries.

    What judges them is loaded only where something is said: a check without a config is mostly start-up.
    """
    if value:
        from registry_sheets.setting_faults import FAULTS

        for one in value if isinstance(value, list) else [value]:
            if fault := FAULTS[name](one):
                raise ValueError(fault)
    return value


def _check_zone(value: str) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'{value}' is not a time zone. {nearest(value, available_timezones())}") from None


def _check_rules(said: Mapping[str, RuleSettings]) -> None:
    from registry_sheets.registry.rules import RULES

    rules = {rule.id: rule for rule in RULES}
    for id_, setting in said.items():
        if id_ not in rules:
            raise SettingFault(f"'{id_}' is not a rule. {nearest(id_, rules)}", id_)
        try:
            rules[id_].options.model_validate(setting.options)
        except ValidationError as error:
            first = error.errors()[0]
            known = ", ".join(("severity", *rules[id_].options.model_fields))
            where = tuple(map(str, first["loc"]))
            said_so = "is not an option" if first["type"] == "extra_forbidden" else wanted(first)
            raise SettingFault(f"{id_}: {'.'.join(where)} {said_so}. It takes: {known}.", id_, *where) from None


def known_keys(location: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand in the table in which ``location`` stands."""
    inner = location[2:] if location[:1] == ("registry",) else location
    if len(inner) > 1:
        return tuple(_TABLE_FIELDS[inner[0]].model_fields) if inner[0] in _TABLE_FIELDS else ()
    return tuple((RegistrySettings if len(inner) < len(location) else File).model_fields)


_TABLE_FIELDS: Mapping[str | int, type[BaseModel]] = {
    "limits": LimitSettings,
    "smtp": SmtpSettings,
    "google": GoogleSettings,
    "platform": PlatformSettings,
    "location": LocationSettings,
}


def nearest(said: str, known: Iterable[str]) -> str:
    choices = list(known)
    close = difflib.get_close_matches(said, choices, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(sorted(choices)[:20])}."
