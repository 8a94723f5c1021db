"""Errors that a user can meet, each with a sentence that says what to do next."""

from __future__ import annotations


class RegistrySheetsError(Exception):
    """Something that went wrong in a way a user can mend.

    Args:
        message: what is wrong, one sentence.
        fix: what to do next, one sentence, to someone who edits spreadsheets.

    ``exit_code`` is the command's exit code: 2 for usage, config or an unreadable
    workbook, 3 for what could not be checked or written this time.
    """

    exit_code = 2

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class ConfigProblem(RegistrySheetsError):
    """The config file, a flag or an environment variable cannot be used."""


class UnreadableWorkbook(RegistrySheetsError):
    """The file is not a workbook that can be read: encrypted, corrupt, too large, another kind."""


class NoModelsTab(RegistrySheetsError):
    """No tab of the workbook looks like a list of model versions, or several do."""


class DoubtfulHeaders(RegistrySheetsError):
    """The header row is missing, doubled, or its columns cannot be told for certain."""


class WriteRefused(RegistrySheetsError):
    """The workbook must not be written in place (signed, protected, a formula cell, ...)."""


class EditRefused(RegistrySheetsError):
    """A row is not edited as it was asked for: it is not clear what is meant, or it is there already."""


class NotChecked(RegistrySheetsError):
    """The sheet could not be seen this time; nothing is said about it."""

    exit_code = 3


class PlatformUnanswered(NotChecked):
    """A platform did not answer, or not all of it; nothing is said about what it did not tell."""


class WorkbookOpen(NotChecked):
    """Somebody has the workbook open, so it is not written now; ``who`` says who, where that is known."""

    def __init__(self, message: str, fix: str = "", who: str = "") -> None:
        super().__init__(message, fix)
        self.who = who


class WorkbookChanged(NotChecked):
    """The workbook is not at the revision that was read; nothing was written."""


class CannotSave(NotChecked):
    """The operating system refused to save (disk full, read-only folder, ...); the file is as it was."""


class NotAsMeant(CannotSave):
    """The workbook that was to be saved is not exactly what it should be; the file is as it was."""


class HistoryUnusable(NotChecked):
    """The history cannot be read or written: damaged, of a newer version, another file, locked. The sheet is not."""


class HistoryMoved(HistoryUnusable):
    """Another run recorded a pass in between; what was compared must be compared again."""


class RowsVanished(NotChecked):
    """Rows that were there are gone, so many that it looks like a sheet that was read wrong; nothing is recorded."""


class StateUnusable(NotChecked):
    """What was done so far (the ledger of jobs and mails) cannot be read or written. The sheet is not affected."""
