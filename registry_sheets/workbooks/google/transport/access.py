"""Refusals of who may: sharing, rights, projects, quotas, and Google's own troubles. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from registry_sheets.errors import NotChecked
from registry_sheets.workbooks.google.transport.outcome import (
    KEYS_PAGE,
    NOTHING_TO_MEND,
    SCOPES_FIX,
    SERVICE_NAMES,
    Asked,
    Refusal,
    share_fix,
)
from registry_sheets.workbooks.google.transport.said import Said, brief

_QUOTA_PAGE = "https://console.cloud.google.com/apis/api/sheets.googleapis.com/quotas"
_STATUS_PAGE = "https://www.google.com/appsstatus/dashboard/"
_ENABLE = "https://console.cloud.google.com/apis/library/{service}"
_ENABLE_IN = "https://console.developers.google.com/apis/api/{service}/overview?project={project}"
_CONSOLES = ("console.developers.google.com", "console.cloud.google.com")
_SERVICE_TITLES = {"sheets": "Google Sheets API", "drive": "Google Drive API"}
_RATE = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"))
_USED_UP = frozenset(("dailyLimitExceeded", "dailyLimitExceededUnreg", "quotaExceeded", "sharingRateLimitExceeded"))
_NARROW = frozenset(
    ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions", "insufficientScopes", "appNotAuthorizedToFile")
)
_NEVER_MENDED_BY_WAITING = frozenset((501, 505, 506, 511))
_PROJECT = re.compile(r"project[ =:/]+([a-z0-9][a-z0-9.:-]*)", re.IGNORECASE)
_LIMIT = re.compile(r"limit '([^']{1,80})'")


def busy(answer: Said, asked: Asked) -> Refusal | None:
    used_up = bool(answer.reasons & _USED_UP) or answer.mentions("per day")
    if answer.status != 429 and not (answer.status == 403 and (used_up or answer.reasons & _RATE)):
        return None
    message = f"Google's quota for {asked.who} is used up for now{_which_quota(answer)}."
    fix = (
        "Nothing is to be mended; the next run tries again. If it comes back, let fewer programs use "
        f"this account at a time, or ask Google for more: {_QUOTA_PAGE}"
    )
    return Refusal(NotChecked(message, fix), passing=not used_up)


def _which_quota(answer: Said) -> str:
    limit = _LIMIT.search(answer.message)
    name = limit.group(1) if limit else answer.facts.get("quota_limit", "")
    value = answer.facts.get("quota_limit_value", "")
    number = f", {brief(value)}" if value else ""
    return f" ({brief(name)}{number})" if name else ""


def down(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status < 500 and answer.status not in (408, 409):
        return None
    if answer.status in _NEVER_MENDED_BY_WAITING:
        return None
    title = "Google Sheets" if asked.service == "sheets" else "Google Drive"
    fix = f"{NOTHING_TO_MEND} If it lasts, see {_STATUS_PAGE}"
    error = NotChecked(f"{title} does not work just now (it answered {answer.status}).", fix)
    return Refusal(error, passing=True, undone=False)


def not_enabled(answer: Said, asked: Asked) -> Refusal | None:
    disabled = answer.reasons & {"SERVICE_DISABLED", "accessNotConfigured"}
    if answer.status != 403 or not (disabled or answer.mentions("has not been used in project")):
        return None
    title = _SERVICE_TITLES[asked.service]
    message = f"The {title} is not switched on in the Google Cloud project of {asked.who}."
    fix = f"Open {_enable_link(answer, asked)} and click Enable; wait some minutes, then run this again."
    return Refusal(asked.refused(message, fix))


def _enable_link(answer: Said, asked: Asked) -> str:
    told = (answer.facts.get("activationUrl", ""), *answer.links)
    for link in filter(_is_console, told):
        return link
    service = SERVICE_NAMES[asked.service]
    project = _PROJECT.search(answer.facts.get("consumer", "").replace("projects/", "project ")) or _PROJECT.search(
        answer.message
    )
    if project is None:
        return _ENABLE.format(service=service)
    return _ENABLE_IN.format(service=service, project=quote(project.group(1)))


def _is_console(link: str) -> bool:
    """Whether the link leads to Google's console and nowhere else, with nothing in it that a terminal obeys."""
    if brief(link) != link or " " in link:
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme == "https" and parts.netloc in _CONSOLES
    except ValueError:
        return False


def no_project(answer: Said, asked: Asked) -> Refusal | None:
    gone = answer.reasons & {"CONSUMER_INVALID", "CONSUMER_SUSPENDED", "USER_PROJECT_DENIED"}
    if answer.status != 403 or not (gone or answer.mentions("cannot be used for api calls")):
        return None
    message = f"The Google Cloud project of {asked.who} cannot be used: it is deleted, suspended or not yours."
    return Refusal(asked.refused(message, f"Restore the project, or make a key in another one: {KEYS_PAGE}"))


def too_narrow(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status != 403 or not (answer.reasons & _NARROW or answer.mentions("authentication scopes")):
        return None
    message = "The sign-in to Google does not cover spreadsheets and the names of files."
    return Refusal(asked.refused(message, SCOPES_FIX))


def owner_full(answer: Said, asked: Asked) -> Refusal | None:
    full = answer.reasons & {"storageQuotaExceeded", "teamDriveFileLimitExceeded"}
    if not (full or (answer.status == 403 and answer.mentions("storage quota"))):
        return None
    message = "The Google Drive that the spreadsheet lives in is full, so nothing more can be written."
    return Refusal(asked.refused(message, "Free some space there, or move the spreadsheet to a shared drive."))


def by_policy(answer: Said, asked: Asked) -> Refusal | None:
    policy = answer.reasons & {"domainPolicy", "ORG_RESTRICTION_VIOLATION", "SECURITY_POLICY_VIOLATED"}
    if answer.status != 403 or not policy:
        return None
    message = f"The organisation's rules do not let {asked.who} use this spreadsheet."
    return Refusal(asked.refused(message, "Ask the administrator of Google Workspace to allow it."))


def foreign_page(answer: Said, asked: Asked) -> Refusal | None:
    """A page instead of JSON: Google's own refusals are JSON, so a filter in between is the likelier writer."""
    if answer.readable or answer.status not in (403, 407, 451):
        return None
    message = f"Something between this machine and Google answered instead of it (status {answer.status})."
    fix = f"Ask whoever runs the network to let https://{SERVICE_NAMES[asked.service]} through."
    return Refusal(NotChecked(message, fix))


def not_shared(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status != 403:
        return None
    message = f"The spreadsheet is not shared with {asked.who}."
    if asked.writing:
        message = f"{_capital(asked.who)} may not change the spreadsheet: it is not shared with it as Editor."
    return Refusal(asked.refused(message, share_fix(asked)))


def wrong_id(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status not in (404, 410):
        return None
    known = brief(asked.spreadsheet)
    address = "Check the address: copy it from the browser while the spreadsheet is open."
    if asked.service == "sheets":
        return Refusal(asked.refused(f"Google has no spreadsheet with the id {known}.", address))
    # Drive tells nobody that a file exists which is not theirs to see.
    message = f"Google shows {asked.who} no spreadsheet with the id {known}: it is not shared, or the id is wrong."
    return Refusal(
        asked.refused(message, f"{share_fix(asked)} If it is shared already: {address[0].lower()}{address[1:]}")
    )


def signed_out(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status != 401:
        return None
    message = f"Google does not accept the sign-in of {asked.who} any more."
    fix = f"Run `registry-sheets doctor`; if it stays so, make a new key at {KEYS_PAGE}, or sign in again."
    return Refusal(asked.refused(message, fix))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" if text.startswith("the ") else text
