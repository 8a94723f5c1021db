"""A spreadsheet at the stand-in with everything that a test of the adapter needs: signed in, counted, without waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry_sheets.workbooks.google.transport.client import GoogleApi
from registry_sheets.workbooks.google.transport.patience import Patience
from registry_sheets.workbooks.google.workbook import GoogleWorkbook
from tests.support.google.core import StandIn
from tests.support.google.key_file import service_account_key
from tests.support.google.people import Person
from tests.support.google.session import mount
from tests.support.google.stack import Stack, whole

KEY = service_account_key()


@dataclass
class Clock:
    """Seconds that pass only while somebody sleeps."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class GoogleLab:
    """The stand-in, what stands around it, and a signed-in client."""

    google: StandIn
    stack: Stack
    api: GoogleApi
    clock: Clock

    def workbook(self, spreadsheet: str, gid: int | None = None) -> GoogleWorkbook:
        """A spreadsheet as the product sees it; nothing is read yet."""
        return GoogleWorkbook(spreadsheet, self.api, gid=gid)

    def made(self, tabs: Mapping[str, Sequence[Sequence[Any]]], title: str = "Models 2026", **more: Any) -> str:
        """A person's spreadsheet that is shared with us; gives its id."""
        return self.google.create(title, tabs, **more)

    def person(self, spreadsheet: str) -> Person:
        """Its owner, in the browser."""
        return self.google.person(spreadsheet)

    def requests(self) -> tuple[str, ...]:
        """What was asked of Google since forget(), sign-ins left out."""
        return tuple(name.removeprefix("sheets.spreadsheets.") for name in self.stack.requests())

    def forget(self) -> None:
        """Count from here."""
        self.stack.seen.clear()


def google_lab(*, check_responses: bool = True, **more: Any) -> GoogleLab:
    """A stand-in with its client; ``more`` as StandIn takes it."""
    google = StandIn(account=KEY.email, **more)
    stack = whole(google.handle, keys=[KEY], check_responses=check_responses)
    clock = Clock()
    return GoogleLab(google, stack, _signed_in(stack, clock), clock)


def _signed_in(stack: Stack, clock: Clock) -> GoogleApi:
    from google.auth.transport.requests import AuthorizedSession
    from google.oauth2.service_account import Credentials
    from gspread.http_client import HTTPClient

    from registry_sheets.workbooks.google.transport.signin import SCOPES

    signed = Credentials.from_service_account_info(KEY.json, scopes=SCOPES)  # type: ignore[no-untyped-call]
    session = AuthorizedSession(signed)  # type: ignore[no-untyped-call]
    mount(session, stack.handler)
    http = HTTPClient(signed, session=session)
    return GoogleApi(http, KEY.email, Patience(sleep=clock.sleep, clock=clock, chance=lambda: 0.5))
