"""The settings that are tables of their own: limits, the mail server, the sign-in with Google, a rule."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

RuleSeverity = Literal["error", "warning", "info", "off"]


class Strict(BaseModel):
    """Unknown keys are errors."""

    # Validators are built when one is needed: without a config, a check of a small workbook is mostly start-up.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LimitSettings(Strict):
    """How large a workbook may grow when it is unpacked; a larger one is refused unread."""

    max_uncompressed: int = Field(4 * 2**30, gt=0)
    max_ratio: float = Field(200.0, gt=0)
    ratio_from: int = Field(100 * 2**20, ge=0)
    max_area: int = Field(4_000_000, gt=0)


class SmtpSettings(Strict):
    """The server that takes mail. ``host`` "": no mail is sent. ``port`` 0 is that of the kind of ``security``."""

    host: str = ""
    port: int = Field(0, ge=0, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    auth: Literal["none", "login", "xoauth2"] = "none"
    user: str = ""
    password_env: str = "REGISTRY_SHEETS_SMTP_PASSWORD"  # noqa: S105 (the name of a variable)
    password_file: str = ""
    token_command: str = ""
    timeout: float = Field(30.0, gt=0, le=600)
    ca_file: str = ""

    @field_validator("host")
    @classmethod
    def _bare_host(cls, value: str) -> str:
        # The value is not repeated: what is more than a name may be a user with a password.
        if re.search(r"[/@\\\s]", value) or re.fullmatch(r"[^:]*:\d*", value):
            raise ValueError(
                "This must be the name of the mail server alone, such as smtp.example.com; "
                "port and user are settings of their own, and the password stands in no config."
            )
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.auth != "none" and not self.user:
            raise ValueError(f'auth = "{self.auth}" needs user = "...", the account that sends')
        if self.auth == "xoauth2" and not self.token_command:
            raise ValueError('auth = "xoauth2" needs token_command = "...", a command that prints an access token')
        return self


class GoogleSettings(Strict):
    """How to sign in with Google. ``auth`` "": by a key where one is given, else by Google's application default.

    No secret stands here, only where it is.
    """

    auth: Literal["", "service account", "application default", "oauth"] = ""
    key_file: str = ""
    key_env: str = "REGISTRY_SHEETS_GOOGLE_KEY"
    client_file: str = ""
    user_file: str = ""

    @field_validator("key_env")
    @classmethod
    def _variable(cls, value: str) -> str:
        # The value is not repeated: what is more than a name may be the key itself.
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", value):
            raise ValueError(
                "This must be the name of an environment variable that holds the key; "
                "the key itself stands in no config."
            )
        return value

    @field_validator("key_file", "client_file", "user_file")
    @classmethod
    def _path(cls, value: str) -> str:
        if "{" in value or "\n" in value:
            raise ValueError("This must be the path of a file; the key itself stands in no config.")
        return value


class RuleSettings(BaseModel):
    """One rule: its severity, and whatever options the rule itself has."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    severity: RuleSeverity | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What stands beside the severity; the rule's own model judges it."""
        return dict(self.model_extra or {})
