"""Why a letter, or all of them, cannot be sent."""

from __future__ import annotations

from registry_sheets.errors import NotChecked, RegistrySheetsError


class MailNotSent(NotChecked):
    """The mail server cannot be reached, or does not take letters from us; what was not sent yet waits."""


class BadRecipient(RegistrySheetsError):
    """No letter can be sent to this address; the other letters are not affected."""
