"""Google Sheets as it is configured: how to sign in, and the spreadsheet as a workbook."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.registry_sheet import GoogleSheet
from registry_sheets.setting_tables import GoogleSettings

if TYPE_CHECKING:
    from registry_sheets.workbooks.google.api import SheetsApi
    from registry_sheets.workbooks.google.live.scratch import Scratch
    from registry_sheets.workbooks.google.transport.signin import SignIn
    from registry_sheets.workbooks.google.workbook import GoogleWorkbook

_APPLICATION_DEFAULT = "GOOGLE_APPLICATION_CREDENTIALS"


def google_workbook(registry: RegistryConfig) -> GoogleWorkbook:
    """The spreadsheet of a registry that stands in one. Raises ConfigProblem where there is no way to sign in."""
    from registry_sheets.workbooks.google.workbook import GoogleWorkbook

    assert isinstance(registry.sheet, GoogleSheet)
    address = registry.sheet.address
    return GoogleWorkbook(address.id, api_of(registry), gid=address.gid)


def api_of(registry: RegistryConfig) -> SheetsApi:
    """Google, signed in as the registry's config says. Raises ConfigProblem."""
    from registry_sheets.workbooks.google.transport.client import sign_in

    return sign_in(sign_in_of(registry.settings.google))


def scratch_of(registry: RegistryConfig) -> Scratch:
    """A scratch tab of the registry's spreadsheet; nothing is made yet. Raises ConfigProblem for a file, and where
    there is no way to sign in."""
    from registry_sheets.workbooks.google.live.pacing import PacedApi
    from registry_sheets.workbooks.google.live.scratch import Scratch

    if not isinstance(registry.sheet, GoogleSheet):
        fix = "Name a spreadsheet that is shared with your account: registry-sheets doctor --live URL"
        raise ConfigProblem(f"--live is about Google, and {registry.sheet.label} is a file.", fix)
    return Scratch(PacedApi(api_of(registry)), registry.sheet.address.id)


def sign_in_of(said: GoogleSettings) -> SignIn:
    """How to sign in; paths are absolute by now."""
    from registry_sheets.workbooks.google.transport.signin import SignIn

    return SignIn(
        auth=said.auth,
        key_file=_path(said.key_file),
        key_env=said.key_env,
        client_file=_path(said.client_file),
        user_file=_path(said.user_file),
    )


def ask_for_token(google: Any, account: str) -> None:
    """Ask for a token, with patience. Raises as grants.no_token() says."""
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request
    from requests import Session

    from registry_sheets.workbooks.google.transport.grants import no_token
    from registry_sheets.workbooks.google.transport.outcome import Asked
    from registry_sheets.workbooks.google.transport.patience import Patience, Refused, moment

    clock: list[datetime | None] = [None]
    session = Session()
    session.hooks["response"].append(lambda answer, *_, **__: clock.append(moment(answer.headers.get("Date", ""))))

    def attempt() -> None:
        try:
            google.refresh(Request(session))
        except GoogleAuthError as error:
            raise Refused(no_token(error, Asked(account), datetime.now(UTC), clock[-1])) from error

    Patience().call(attempt, repeatable=True)


def signed_in(registry: RegistryConfig, ask: Callable[[Any, str], None] = ask_for_token) -> Sequence[tuple[str, str]]:
    """Who signs in with Google, how, and for what, as (topic, sentence); ``ask`` tries whether Google lets them in.

    Raises ConfigProblem, and as reading the spreadsheet would where Google lets nobody in, or does not answer.
    """
    from registry_sheets.workbooks.google.transport.signin import SCOPES, credentials

    found = credentials(sign_in_of(registry.settings.google))
    account = found.account
    ask(found.google, account)
    who = f"as {account}, with which the spreadsheet is to be shared" if account else "as the account that is signed in"
    scopes = ", ".join(scope.rpartition("/")[2] for scope in SCOPES)
    return (
        ("Sign-in", f"{who}; {how_told(registry.settings.google, os.environ)}"),
        ("Sign-in", f"for these scopes of Google and no others: {scopes}"),
    )


def how_told(said: GoogleSettings, environment: Mapping[str, str]) -> str:
    """By what it signs in, in the order in which signin.credentials() looks."""
    if said.auth == "oauth":
        return f"by your own sign-in, kept in {said.user_file}"
    if said.auth != "application default":
        if said.key_file:
            return f"by the service account's key {said.key_file}"
        if environment.get(said.key_env, "").strip():
            return f"by the service account's key in the variable {said.key_env}"
    named = environment.get(_APPLICATION_DEFAULT, "")
    where = f"the file {named} that the variable {_APPLICATION_DEFAULT} names" if named else "of gcloud or this machine"
    return f"by application default credentials: {where}"


def _path(said: str) -> Path | None:
    return Path(said) if said else None
