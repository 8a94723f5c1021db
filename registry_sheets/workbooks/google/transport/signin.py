"""Signing in to Google: the ways to credentials, through gspread and google-auth, each fault with its sentence."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NoReturn

from registry_sheets.errors import ConfigProblem
from registry_sheets.workbooks.google.transport.grants import SIGN_IN_COMMAND, no_token
from registry_sheets.workbooks.google.transport.keys import (
    NEW_CLIENT,
    OAUTH_CLIENT,
    SERVICE_ACCOUNT,
    USER,
    Key,
    broken_key,
    key_in_file,
    key_in_text,
    oauth_client,
    service_account_key,
)
from registry_sheets.workbooks.google.transport.outcome import KEYS_PAGE, Asked
from registry_sheets.workbooks.google.transport.said import brief

SCOPES = ("https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive.metadata.readonly")
"""What is asked for: the spreadsheets' cells, and the names and versions of files."""

DEFAULT_KEY_ENV = "REGISTRY_SHEETS_GOOGLE_KEY"
_DEFAULTS_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
_GCLOUD = (
    f"gcloud auth application-default login --scopes=https://www.googleapis.com/auth/cloud-platform,{','.join(SCOPES)}"
)
_CONSENT_MINUTES = 5


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in, as the config says it.

    ``auth`` '' means: the key file if one is named, else the variable ``key_env`` (the JSON itself), else Google's
    application default. ``client_file`` and ``user_file`` are for a person's own sign-in ("oauth"): the OAuth
    client's file, and where that person's sign-in is kept.
    """

    auth: Literal["", "service account", "application default", "oauth"] = ""
    key_file: Path | None = None
    key_env: str = DEFAULT_KEY_ENV
    client_file: Path | None = None
    user_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """google-auth's credentials, and the address to share a spreadsheet with; '' for a person's own sign-in."""

    account: str
    google: Any = field(repr=False)


def credentials(
    how: SignIn, environ: Mapping[str, str] | None = None, at_terminal: Callable[[], bool] | None = None
) -> Credentials:
    """The credentials that are meant. Asks Google for nothing, but where a person has to consent first.

    Args:
        how: what the config says.
        environ: the environment variables (of the process).
        at_terminal: whether a person is there to consent in a browser.

    Raises ConfigProblem: a file missing or of another kind, a broken key, no credentials anywhere; NotChecked where
    the application default has to be asked for over a network that fails.
    """
    environ = os.environ if environ is None else environ
    if how.auth == "oauth":
        return _own(how, at_terminal or _person_is_there)
    if how.auth == "application default":
        return _application_default(environ)
    key = _named_key(how, environ)
    if key is not None:
        return _service_account(key)
    if how.auth == "service account":
        fix = "Name the key's file as key_file under [google] in config.toml, "
        fix += f"or put its JSON into the variable {how.key_env}."
        raise ConfigProblem("No service account's key is named to sign in to Google with.", fix)
    return _application_default(environ)


def _named_key(how: SignIn, environ: Mapping[str, str]) -> Key | None:
    if how.key_file is not None:
        return key_in_file(how.key_file, f"The key file {how.key_file}")
    told = environ.get(how.key_env, "").strip() if how.key_env else ""
    if not told:
        return None
    if not told.startswith("{") and len(told) < 1000 and told.lower().endswith(".json"):
        raise ConfigProblem(
            f"The variable {how.key_env} holds a file's name, not the key itself.",
            "Name the file as key_file in the config, or put the JSON itself into the variable.",
        )
    return key_in_text(told.encode("utf-8", "replace"), f"The variable {how.key_env}")


def _service_account(key: Key) -> Credentials:
    import gspread

    info = service_account_key(key).info
    client = None
    try:
        client = gspread.service_account_from_dict(info, scopes=SCOPES)
    except Exception:  # what a broken key raises depends on the library of ciphers, and may show parts of it
        client = None
    if client is None:
        raise broken_key(key)
    return Credentials(brief(info["client_email"]), client.http_client.auth)


def _application_default(environ: Mapping[str, str]) -> Credentials:
    import google.auth
    from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError

    named = environ.get(_DEFAULTS_FILE, "")
    if named:
        _check_default_file(Path(named))
    trouble: Exception | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gcloud's quota project: said as a refusal where it matters
            found, _ = google.auth.default(scopes=SCOPES)
    except (GoogleAuthError, ValueError, OSError) as error:
        trouble = error
    if isinstance(trouble, RefreshError | TransportError):  # some are asked for over the network
        raise no_token(trouble, Asked(), datetime.now(UTC)).error
    if trouble is not None:
        _no_credentials(type(trouble).__name__, named)
    return Credentials(_address(found), found)


def _check_default_file(path: Path) -> None:
    key = key_in_file(path, f"The file {path}, which {_DEFAULTS_FILE} names,")
    if key.kind == SERVICE_ACCOUNT:
        _service_account(key)  # for its sentences alone
    elif key.kind in ("", OAUTH_CLIENT):
        service_account_key(key)


def _no_credentials(trouble: str, named: str) -> NoReturn:
    if named:
        raise ConfigProblem(
            f"The credentials in the file that {_DEFAULTS_FILE} names cannot be used ({trouble}).",
            f"Make them anew, or name a service account's key as key_file: {KEYS_PAGE}",
        )
    raise ConfigProblem(
        "There is nothing to sign in to Google with.",
        f"Any of these does: name a service account's JSON key as key_file under [google] in config.toml (made at "
        f"{KEYS_PAGE}); put the JSON "
        f"itself into the variable {DEFAULT_KEY_ENV}; name the file in {_DEFAULTS_FILE}; run: {_GCLOUD}",
    )


def _address(found: Any) -> str:
    """The account's e-mail. A cloud machine's own account is known only to its metadata server, so that is asked."""
    email = getattr(found, "service_account_email", None)
    if email == "default":
        email = _asked_of_machine(found)
    return brief(email) if isinstance(email, str) and "@" in email else ""


def _asked_of_machine(found: Any) -> object:
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request

    try:
        found.refresh(Request())
    except GoogleAuthError:
        return None
    return found.service_account_email


def _own(how: SignIn, at_terminal: Callable[[], bool]) -> Credentials:
    if how.user_file is None:
        fix = "Name as user_file where your sign-in is to be kept, such as google-user.json beside the config."
        raise ConfigProblem('auth = "oauth" needs a user_file.', fix)
    if how.user_file.exists():
        return Credentials("", _stored(key_in_file(how.user_file, f"The user file {how.user_file}")))
    if how.client_file is None:
        raise ConfigProblem('auth = "oauth" needs a client_file.', NEW_CLIENT)
    client = oauth_client(key_in_file(how.client_file, f"The client file {how.client_file}"))
    if not at_terminal():
        raise ConfigProblem(
            "You have not signed in to Google yet, and that needs a person at a browser.",
            f"Run `{SIGN_IN_COMMAND}` once in a terminal on a machine with a browser; it writes {how.user_file}.",
        )
    return Credentials("", _consent(client, how.user_file))


def _stored(key: Key) -> Any:
    import gspread

    again = f"Delete it and run `{SIGN_IN_COMMAND}` in a terminal to sign in again."
    if key.kind != USER:
        raise ConfigProblem(f"{key.where} does not hold a person's sign-in.", f"Check user_file, or: {again}")
    client = None
    try:
        client, _ = gspread.oauth_from_dict(authorized_user_info=key.info, scopes=SCOPES)
    except (ValueError, TypeError, AttributeError):
        client = None
    if client is None:
        raise ConfigProblem(f"{key.where} is not whole.", again)
    return client.http_client.auth


def _consent(client: Key, user_file: Path) -> Any:
    """Let the person at the terminal consent in a browser, and keep the sign-in where only they can read it."""
    import gspread

    trouble = ""
    try:
        signed_in, kept = gspread.oauth_from_dict(credentials=client.info, scopes=SCOPES, flow=_in_browser)
    except Exception as error:  # whatever browser, local port, oauthlib or the person did
        trouble = type(error).__name__
    if trouble:
        fix = f"Run `{SIGN_IN_COMMAND}` again on a machine with a browser, and consent to all that is asked."
        raise ConfigProblem(f"The sign-in in the browser did not come to an end ({trouble}).", fix)
    _keep(user_file, str(kept))
    return signed_in.http_client.auth


def _in_browser(client_config: Mapping[str, Any], scopes: Any, port: int = 0) -> Any:
    from google_auth_oauthlib.flow import InstalledAppFlow  # type: ignore[import-untyped]

    flow = InstalledAppFlow.from_client_config(client_config, scopes)
    return flow.run_local_server(port=port, timeout_seconds=60 * _CONSENT_MINUTES)


def _keep(path: Path, text: str) -> None:
    trouble: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        trouble = error.strerror or type(error).__name__
    if trouble is not None:
        raise ConfigProblem(f"Your sign-in cannot be kept in {path}: {trouble}.", "Name another place as user_file.")


def _person_is_there() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
