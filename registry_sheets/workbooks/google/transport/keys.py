"""Google's JSON files of credentials: read, and told which kind they are. What is in them is never shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from registry_sheets.errors import ConfigProblem
from registry_sheets.workbooks.google.transport.outcome import KEYS_PAGE

SERVICE_ACCOUNT = "service account"
OAUTH_CLIENT = "oauth client"
USER = "user"
OTHER_DEFAULTS = ("external_account", "external_account_authorized_user", "impersonated_service_account")
NEW_CLIENT = (
    "Make an OAuth client of type Desktop app at https://console.cloud.google.com/apis/credentials, download it."
)
_MUCH = 1_000_000
_NEW_KEY = f"Download the service account's key again, as JSON: {KEYS_PAGE} (the account > Keys > Add key)."
_TOKENS = re.compile(
    r"https://(?:(?:[a-z0-9-]+\.)+googleapis\.com|accounts\.google\.com)(?::443)?/[\w./-]*"
    r"|https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?/[\w./-]*",
    re.ASCII,
)
"""Where tokens come from: Google, or a server on this machine. Strict, since programs read odd ones differently."""
_KINDS = {
    OAUTH_CLIENT: "an OAuth client file (for people's own sign-in), not a service account's key",
    USER: "a person's stored sign-in, not a service account's key",
}


class Key(NamedTuple):
    """The content of a file of credentials. ``where`` says where it came from, for messages."""

    where: str
    info: dict[str, Any]

    @property
    def kind(self) -> str:
        """One of the kinds above, what the file calls itself, or '' for JSON of none of Google's kinds."""
        told = self.info.get("type")
        if told == "service_account":
            return SERVICE_ACCOUNT
        if told == "authorized_user" or (told is None and "refresh_token" in self.info):
            return USER
        if any(isinstance(self.info.get(key), dict) for key in ("installed", "web")):
            return OAUTH_CLIENT
        return told if isinstance(told, str) and told in OTHER_DEFAULTS else ""

    def __repr__(self) -> str:
        return f"Key({self.where!r})"


def key_in_file(path: Path, where: str) -> Key:
    """The JSON object in a file, called ``where`` in messages. Raises ConfigProblem: missing, unreadable, not JSON."""
    if not path.is_file():
        is_folder = path.is_dir()
        raise ConfigProblem(
            f"{where} {'is a folder' if is_folder else 'is not there'}.", "Check the path; it is a JSON file."
        )
    try:
        with path.open("rb") as file:
            content = file.read(_MUCH + 1)
    except OSError as error:
        fix = "Let the account that runs this read the file."
        raise ConfigProblem(f"{where} cannot be read: {error.strerror}.", fix) from None
    return key_in_text(content, where)


def key_in_text(content: bytes, where: str) -> Key:
    """The JSON object in a text. Raises ConfigProblem, which never shows the text."""
    info: object = None
    if len(content) <= _MUCH:
        try:
            info = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            info = None
    if isinstance(info, dict):
        return Key(where, info)
    raise ConfigProblem(f"{where} is not a Google key: it is not a JSON object.", _NEW_KEY)


def service_account_key(key: Key) -> Key:
    """The key itself where it is a service account's. Raises ConfigProblem, which says what it is instead."""
    if key.kind == SERVICE_ACCOUNT:
        missing = [name for name in ("client_email", "private_key", "token_uri") if not _is_text(key.info.get(name))]
        if missing:
            raise ConfigProblem(f"{key.where} is not whole: it has no {' and no '.join(missing)}.", _NEW_KEY)
        _see_tokens(key, key.info["token_uri"])
        return key
    if key.kind in OTHER_DEFAULTS:
        fix = "Name it in the variable GOOGLE_APPLICATION_CREDENTIALS instead, and no key file."
        raise ConfigProblem(f"{key.where} is of the kind {key.kind}, not a service account's key.", fix)
    is_what = _KINDS.get(key.kind, "JSON, but not a service account's key")
    ways = 'To sign in as yourself, set auth = "oauth" with client_file. ' if key.kind in (OAUTH_CLIENT, USER) else ""
    raise ConfigProblem(f"{key.where} is {is_what}.", f"{ways}{_NEW_KEY}")


def oauth_client(key: Key) -> Key:
    """The key itself where it is an OAuth client's. Raises ConfigProblem, which says what it is instead."""
    if key.kind == OAUTH_CLIENT:
        for part in ("installed", "web"):
            if isinstance(client := key.info.get(part), dict):
                _see_tokens(key, client.get("token_uri", ""))
        return key
    is_what = {SERVICE_ACCOUNT: "a service account's key", USER: "a person's stored sign-in"}.get(key.kind, "JSON")
    fix = NEW_CLIENT
    if key.kind == SERVICE_ACCOUNT:
        fix = 'Name it as key_file, with auth = "service account". Or for your own sign-in: ' + fix
    raise ConfigProblem(f"{key.where} is {is_what}, not an OAuth client file.", fix)


def broken_key(key: Key) -> ConfigProblem:
    """For a service account's key whose private part is no key."""
    return ConfigProblem(f"{key.where} cannot be used: the private key in it is broken.", _NEW_KEY)


def _see_tokens(key: Key, address: object) -> None:
    """Refuse a key that would have the sign-in sent elsewhere; '' is no address yet."""
    if isinstance(address, str) and address and not _TOKENS.fullmatch(address):
        raise ConfigProblem(
            f"{key.where} is not used: its token_uri is not Google's, so somebody else would get the sign-in.",
            _NEW_KEY if key.kind == SERVICE_ACCOUNT else NEW_CLIENT,
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
