"""The answers that Google's own failures consist of. Numbers of projects are made up.

Sources: "Usage limits" of Sheets and "Resolve errors" of Drive, and error bodies that users posted in public trackers.
None of them is in the recordings except the plain 403.
"""

from __future__ import annotations

from tests.support.google.behaviours import behaves
from tests.support.google.refusals import HELP, error_info, refused, refused_by_drive
from tests.support.google.wire import Answer

PROJECT_NUMBER = "123456789012"
TITLES = {"sheets": "Google Sheets API", "drive": "Google Drive API"}
QUOTAS = {"Read": "read_requests", "Write": "write_requests"}


@behaves("assumed", "quota", "Sheets: a 429 may carry Retry-After, in seconds")
@behaves("assumed", "quota", "Sheets: 429 RESOURCE_EXHAUSTED names metric and limit (as users posted it)")
def quota(kind: str = "Read", *, retry_after: int | None = None) -> Answer:
    """429 of Sheets for 'Read' or 'Write' requests; ``retry_after`` in seconds, None for no such header."""
    metric, limit = f"{kind} requests", f"{kind} requests per minute per user"
    consumer = f"project_number:{PROJECT_NUMBER}"
    of = f"of service 'sheets.googleapis.com' for consumer '{consumer}'."
    metadata = {
        "consumer": f"projects/{PROJECT_NUMBER}",
        "quota_limit": f"{kind}RequestsPerMinutePerUser",
        "quota_limit_value": "60",
        "quota_location": "global",
        "quota_metric": f"sheets.googleapis.com/{QUOTAS[kind]}",
        "service": "sheets.googleapis.com",
    }
    help_url = "https://cloud.google.com/docs/quotas/help/request_increase"
    return refused(
        429,
        f"Quota exceeded for quota metric '{metric}' and limit '{limit}' {of}",
        details=[error_info("RATE_LIMIT_EXCEEDED", metadata), _help("Request a higher quota limit.", help_url)],
        headers={} if retry_after is None else {"Retry-After": str(retry_after)},
    )


@behaves("assumed", "outage", "503 with a page of HTML and no JSON; 500 INTERNAL in JSON")
def unavailable() -> Answer:
    """503 from in front of the service: a page, no JSON."""
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n  <title>Error 503 (Service Unavailable)!!1</title>\n"
        "  <p><b>503.</b> <ins>That’s an error.</ins>\n"
        "  <p>The service you requested is not available at this time. Please try again in 30 seconds.\n</html>\n"
    )
    return Answer(503, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})


def internal() -> Answer:
    """500 of the service itself."""
    return refused(500, "Internal error encountered.")


@behaves("recorded", "not shared", "Sheets: 403 'The caller does not have permission'")
def not_shared() -> Answer:
    """403: the spreadsheet is not shared with the caller, or with too few rights."""
    return refused(403, "The caller does not have permission")


@behaves("assumed", "not enabled", "403 SERVICE_DISABLED with the link that enables it, accessNotConfigured (posted)")
def not_enabled(api: str = "sheets") -> Answer:
    """403: the project has not enabled 'sheets' or 'drive'."""
    service = f"{api}.googleapis.com"
    link = f"https://console.developers.google.com/apis/api/{service}/overview?project={PROJECT_NUMBER}"
    told = (
        f"{TITLES[api]} has not been used in project {PROJECT_NUMBER} before or it is disabled. Enable it by visiting "
        f"{link} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our "
        "systems and retry."
    )
    old = {"message": told, "domain": "usageLimits", "reason": "accessNotConfigured"}
    metadata = {
        "activationUrl": link,
        "consumer": f"projects/{PROJECT_NUMBER}",
        "containerInfo": PROJECT_NUMBER,
        "service": service,
        "serviceTitle": TITLES[api],
    }
    return refused(
        403,
        told,
        errors=[{**old, "extendedHelp": "https://console.developers.google.com"}] if api == "drive" else (),
        details=[
            _help("Google developers console API activation", link),
            error_info("SERVICE_DISABLED", metadata),
        ],
    )


@behaves("documented", "scope", "403 ACCESS_TOKEN_SCOPE_INSUFFICIENT for a token that is too narrow")
def scope_missing(service: str = "sheets.googleapis.com") -> Answer:
    """403: the token's scopes are too narrow (scopes.py answers this by itself where they really are)."""
    method = "google.apps.sheets.v4.SpreadsheetsService.BatchUpdateSpreadsheet"
    info = error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", {"service": service, "method": method})
    return refused(403, "Request had insufficient authentication scopes.", details=[info])


@behaves("documented", "rate limit", "Drive: 403 rateLimitExceeded, domain usageLimits")
def rate_limited() -> Answer:
    """Drive's 403 that is to be tried again: the project asks too much."""
    return refused_by_drive(403, "rateLimitExceeded", "Rate Limit Exceeded")


@behaves("documented", "rate limit", "Drive: 403 userRateLimitExceeded, domain usageLimits")
def user_rate_limited() -> Answer:
    """Drive's 403 that is to be tried again: this user asks too much."""
    return refused_by_drive(403, "userRateLimitExceeded", "User Rate Limit Exceeded")


@behaves("assumed", "storage", "Drive: 403 storageQuotaExceeded, domain usageLimits since 2025 (as users posted it)")
def storage_full() -> Answer:
    """Drive's 403 that is never to be tried again: a service account owns no storage."""
    return refused_by_drive(403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")


def _help(description: str, url: str) -> dict[str, object]:
    return {"@type": HELP, "links": [{"description": description, "url": url}]}
