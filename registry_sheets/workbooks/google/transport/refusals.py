"""Why Google did not do what was asked, as a sentence with what to do next. Pure: from the answer alone.

Statuses and reasons: https://developers.google.com/workspace/drive/api/guides/handle-errors,
https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors and google.rpc.ErrorInfo.
"""

from __future__ import annotations

from collections.abc import Callable

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.workbooks.google.transport import access, contents
from registry_sheets.workbooks.google.transport.outcome import SERVICE_NAMES, Asked, LostReply, Refusal
from registry_sheets.workbooks.google.transport.said import Said, said
from registry_sheets.workbooks.google.transport.strange import unreadable

__all__ = ["Asked", "LostReply", "Refusal", "refusal", "unreadable_answer"]

_LOOKS: tuple[Callable[[Said, Asked], Refusal | None], ...] = (
    access.owner_full,
    access.busy,
    contents.too_large,
    access.down,
    access.not_enabled,
    access.no_project,
    access.too_narrow,
    access.by_policy,
    contents.protected,
    access.foreign_page,
    access.not_shared,
    access.wrong_id,
    access.signed_out,
    contents.no_such_tab,
    contents.tab_gone,
    contents.tab_there,
    contents.excel_file,
    contents.too_many_cells,
    contents.too_long_cell,
)


def refusal(status: int, body: bytes, asked: Asked) -> Refusal:
    """The refusal that an HTTP answer of 400 and above stands for. Never raises."""
    answer = said(status, body)
    for look in _LOOKS:
        found = look(answer, asked)
        if found is not None:
            return found
    return Refusal(_unknown(answer, asked), undone=status < 500)


def unreadable_answer(asked: Asked) -> Refusal:
    """For an answer that says it went well and is not whole JSON: cut off, or written by something in between."""
    return Refusal(unreadable(SERVICE_NAMES[asked.service]), passing=True, undone=False)


def _unknown(answer: Said, asked: Asked) -> RegistrySheetsError:
    told = f": {answer.shown}" if answer.shown else "."
    message = f"Google refused the request with status {answer.status}{told}"
    return asked.refused(message, "Please report this message; `registry-sheets doctor` may tell more.")
