"""What one failed request to Google comes to: whose it was, what to say, whether trying again may help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import quote

from registry_sheets.errors import NotChecked, RegistrySheetsError, UnreadableWorkbook, WriteRefused

KEYS_PAGE = "https://console.cloud.google.com/iam-admin/serviceaccounts"
NOTHING_TO_MEND = "Nothing is to be mended in the spreadsheet; the next run tries again."
SERVICE_NAMES = {"sheets": "sheets.googleapis.com", "drive": "drive.googleapis.com"}
SCOPES_FIX = (
    "Sign in with a service account's JSON key as key_file. Or sign in again with both rights: of your own sign-in "
    "delete the user file and consent to all that is asked; of gcloud run: gcloud auth application-default login --scopes=https://www.googleapis.com/auth/cloud-platform,"
    "https://www.googleapis.com/auth/spreadsheets,https://www.googleapis.com/auth/drive.metadata.readonly"
)


class LostReply(NotChecked):
    """The answer to a change did not come: it is not known whether Google did it. Read again before repeating."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, for the sentence: by whom ('' for a person's own sign-in), of which spreadsheet."""

    account: str = ""
    spreadsheet: str = ""
    writing: bool = False
    service: Literal["sheets", "drive"] = "sheets"

    @property
    def who(self) -> str:
        """The account as it stands in a sentence."""
        return self.account or "the Google account that is signed in"

    def refused(self, message: str, fix: str) -> RegistrySheetsError:
        """What a person has to mend (exit code 2): WriteRefused for a write, else UnreadableWorkbook."""
        return (WriteRefused if self.writing else UnreadableWorkbook)(message, fix)


class Refusal(NamedTuple):
    """One failed attempt: what to say, and what another attempt may come to.

    ``passing``: it may pass by itself within a minute or two. ``undone``: it is certain that nothing was done.
    ``shortly``: waiting for it is worth only some seconds. ``wait``: the pause that Google asks for, in seconds.
    """

    error: RegistrySheetsError
    passing: bool = False
    undone: bool = True
    shortly: bool = False
    wait: float | None = None


def lost_reply(error: RegistrySheetsError) -> LostReply:
    """The same failure, told of a change that may or may not have been made."""
    message = f"It is not known whether Google made the change: no answer to it came. {error.message}"
    return LostReply(message, "Look at the spreadsheet before you run this again, or let the next check look.")


def share_fix(asked: Asked) -> str:
    """What to click so that the account may edit the spreadsheet."""
    link = f"https://docs.google.com/spreadsheets/d/{quote(asked.spreadsheet, safe='')}/edit"
    if not asked.account:
        return f"Ask its owner to share {link} with the account you signed in with, as Editor; or sign in with another."
    return f"Open {link}, click Share, paste {asked.account}, choose the role Editor and click Send."
