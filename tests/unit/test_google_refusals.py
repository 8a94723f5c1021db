"""What each failed answer of Google's is told as, and what another attempt may come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry_sheets.errors import NotChecked, RegistrySheetsError, UnreadableWorkbook, WorkbookChanged, WriteRefused
from registry_sheets.workbooks.google.transport.refusals import Asked, LostReply, refusal, unreadable_answer

ACCOUNT = "keeper@my-project.iam.gserviceaccount.com"
SHEET = "1AbC-d_E"
READ = Asked(ACCOUNT, SHEET)
WRITE = Asked(ACCOUNT, SHEET, writing=True)
DRIVE = Asked(ACCOUNT, SHEET, service="drive")
OWN = Asked("", SHEET)
RECORDINGS = Path(__file__).parents[3] / "shared" / "google-recordings"


def body(message: str, status: str = "", **more: Any) -> bytes:
    return json.dumps({"error": {"code": 0, "message": message, "status": status, **more}}).encode()


def drive_body(reason: str, message: str = "No.") -> bytes:
    return body(message, errors=[{"domain": "usageLimits", "reason": reason, "message": message}])


def info(reason: str, **facts: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": facts}


DISABLED = (
    "Google Sheets API has not been used in project 7575 before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=7575 then retry."
)
ACTIVATION = "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=7575"
QUOTA = (
    "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
    "'sheets.googleapis.com' for consumer 'project_number:7575'."
)
CELLS = (
    "Invalid requests[0].updateSheetProperties: This action would increase the number of cells in the workbook "
    "above the limit of 10000000 cells."
)
PROTECTED = (
    "Invalid requests[0].updateCells: You are trying to edit a protected cell or object. Please contact the "
    "spreadsheet owner to remove protection if you need to edit."
)
LONG = (
    "Invalid requests[0].updateCells: Your input contains more than the maximum of 50000 characters in a single cell."
)
DENIED = body("The caller does not have permission", "PERMISSION_DENIED")
NOT_FOUND = body("Requested entity was not found.", "NOT_FOUND")


@pytest.mark.parametrize(
    ("status", "answer", "asked", "kind", "parts"),
    [
        (403, DENIED, READ, UnreadableWorkbook, [ACCOUNT, "Share", "Editor", "Send", SHEET]),
        (403, DENIED, WRITE, WriteRefused, ["may not change", ACCOUNT, "Editor"]),
        (
            403,
            DENIED,
            OWN,
            UnreadableWorkbook,
            ["not shared with the Google account that", "signed in with"],
        ),
        (403, drive_body("insufficientFilePermissions"), DRIVE, UnreadableWorkbook, ["click Share"]),
        (404, drive_body("notFound", "File not found: 1AbC-d_E."), DRIVE, UnreadableWorkbook, ["Share", "the id"]),
        (404, NOT_FOUND, READ, UnreadableWorkbook, ["no spreadsheet with the id 1AbC-d_E", "copy it"]),
        (404, b"<html>Not Found</html>", READ, UnreadableWorkbook, ["no spreadsheet with the id"]),
        (403, body(DISABLED, "PERMISSION_DENIED"), READ, UnreadableWorkbook, [ACTIVATION, "Enable"]),
        (
            403,
            body("x", details=[info("SERVICE_DISABLED", activationUrl=ACTIVATION)]),
            WRITE,
            WriteRefused,
            ["Google Sheets API", ACTIVATION],
        ),
        (
            403,
            body("x", details=[{"links": [{"url": ACTIVATION}]}, info("SERVICE_DISABLED")]),
            READ,
            UnreadableWorkbook,
            [ACTIVATION],
        ),
        (
            403,
            body("x", details=[info("SERVICE_DISABLED", consumer="projects/7575")]),
            READ,
            UnreadableWorkbook,
            [ACTIVATION],
        ),
        (403, drive_body("accessNotConfigured"), DRIVE, UnreadableWorkbook, ["library/drive.googleapis.com"]),
        (403, body("x", details=[info("CONSUMER_INVALID")]), READ, UnreadableWorkbook, ["project"]),
        (403, body("x", details=[info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")]), READ, UnreadableWorkbook, ["both rights"]),
        (403, drive_body("insufficientPermissions"), DRIVE, UnreadableWorkbook, ["gcloud", "drive.metadata.readonly"]),
        (403, drive_body("storageQuotaExceeded"), WRITE, WriteRefused, ["full", "Free some space"]),
        (403, drive_body("domainPolicy"), DRIVE, UnreadableWorkbook, ["administrator"]),
        (401, body("Invalid Credentials", "UNAUTHENTICATED"), READ, UnreadableWorkbook, ["doctor", "new key"]),
        (
            400,
            body("Unable to parse range: 'My models'!A1:Z"),
            READ,
            WorkbookChanged,
            ["'My models'"],
        ),
        (400, body("Unable to parse range: Bob''s!A1"), READ, WorkbookChanged, ["no tab named 'Bob''s'"]),
        (400, body("Unable to parse range: 'Bob''s'"), READ, WorkbookChanged, ["no tab named 'Bob's'"]),
        (400, body(PROTECTED), WRITE, WriteRefused, ["Protect sheets and ranges", ACCOUNT]),
        (400, body(CELLS), WRITE, WriteRefused, ["10 million"]),
        (400, body(LONG), WRITE, WriteRefused, ["50,000"]),
        (413, b"<html>413</html>", WRITE, WriteRefused, ["more than Google takes"]),
        (400, body("Request payload size exceeds the limit: 10485760 bytes."), WRITE, WriteRefused, ["in one request"]),
        (
            400,
            body("This operation is not supported for this document", "FAILED_PRECONDITION"),
            READ,
            UnreadableWorkbook,
            ["Save as Google Sheets"],
        ),
        (400, body("Invalid requests[0].updateCells: No grid with id: 77"), WRITE, WorkbookChanged, ["deleted"]),
        (400, body("Invalid value at 'data.values'"), WRITE, WriteRefused, ["status 400", "Invalid value at"]),
        (418, b"", READ, UnreadableWorkbook, ["status 418."]),
    ],
)
def test_what_people_have_to_mend_is_never_tried_again(
    status: int, answer: bytes, asked: Asked, kind: type[RegistrySheetsError], parts: list[str]
) -> None:
    found = refusal(status, answer, asked)
    assert type(found.error) is kind
    assert (found.passing, found.undone) == (False, True)
    assert found.error.message
    assert found.error.fix
    for part in parts:
        assert part in str(found.error)


@pytest.mark.parametrize(
    ("status", "answer", "passing", "undone", "parts"),
    [
        (429, body(QUOTA, "RESOURCE_EXHAUSTED"), True, True, ["Read requests per minute per user", ACCOUNT]),
        (
            429,
            body("x", details=[info("RATE_LIMIT_EXCEEDED", quota_limit="ReadsPerMinute", quota_limit_value="60")]),
            True,
            True,
            ["(ReadsPerMinute, 60)"],
        ),
        (429, b"<html>slow down</html>", True, True, ["quota"]),
        (429, body("Quota exceeded for limit 'Requests per day'"), False, True, ["Requests per day"]),
        (403, drive_body("userRateLimitExceeded"), True, True, ["quota"]),
        (403, drive_body("rateLimitExceeded"), True, True, ["quota"]),
        (403, drive_body("dailyLimitExceeded"), False, True, ["quota"]),
        (500, body("Internal error encountered.", "INTERNAL"), True, False, ["answered 500"]),
        (502, b"<!DOCTYPE html><title>502</title>", True, False, ["answered 502", "appsstatus"]),
        (503, b"", True, False, ["Google Sheets does not work just now"]),
        (408, b"", True, False, ["answered 408"]),
        (409, body("aborted", "ABORTED"), True, False, ["answered 409"]),
        (403, b"<html>Blocked by WebFilter</html>", False, True, ["between this machine and Google"]),
    ],
)
def test_what_passes_by_itself_is_not_checked(
    status: int, answer: bytes, passing: bool, undone: bool, parts: list[str]
) -> None:
    found = refusal(status, answer, READ)
    assert isinstance(found.error, NotChecked)
    assert found.error.exit_code == 3
    assert (found.passing, found.undone) == (passing, undone)
    for part in parts:
        assert part in str(found.error)


def test_a_call_that_the_server_does_not_know_is_not_tried_for_two_minutes() -> None:
    assert not refusal(501, body("no such method"), READ).passing


def test_storage_quota_is_never_taken_for_a_rate() -> None:
    answer = body("x", "RESOURCE_EXHAUSTED", errors=[{"reason": "storageQuotaExceeded"}])
    assert not refusal(403, answer, WRITE).passing


def test_an_answer_cut_off_may_have_been_carried_out() -> None:
    found = unreadable_answer(WRITE)
    assert isinstance(found.error, NotChecked)
    assert (found.passing, found.undone) == (True, False)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/?https://console.developers.google.com/",
        "http://console.developers.google.com/x",
        "https://console.developers.google.com@evil.example/",
        "https://console.developers.google.com/\x1b[2J",
        "https://console.developers.google.com/\u202egro.live",
        "https://console.developers.google.com/ and run rm",
        "https://[",
    ],
)
def test_a_link_that_does_not_lead_to_googles_console_is_not_shown(link: str) -> None:
    answer = body("x", details=[info("SERVICE_DISABLED", activationUrl=link, consumer="projects/7575")])
    text = str(refusal(403, answer, READ).error)
    assert link not in text
    assert ACTIVATION in text


def test_hostile_words_are_made_short_and_harmless() -> None:
    text = str(refusal(400, body("a\x1b[31m\u202e\n\tb" + "x" * 5000), READ).error)
    assert "a[31m b" in text
    assert len(text) < 500
    tab = str(refusal(400, body("Unable to parse range: '\x07" + "y" * 900 + "'!A1"), READ).error)
    assert "\x07" not in tab
    assert len(tab) < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("error", "details", "errors", "reason", "message", "links", "url", "metadata", "status")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from((400, 401, 403, 404, 413, 429, 500, 501, 503, 999)), JSON, st.booleans())
def test_no_body_breaks_the_reading_of_it(status: int, value: Any, within: bool) -> None:
    answer = json.dumps({"error": value} if within else value).encode()
    for asked in (READ, WRITE, DRIVE, OWN):
        error = refusal(status, answer, asked).error
        assert error.message
        assert error.fix
        assert "\n" not in str(error)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.sampled_from((400, 403, 404, 500)))
def test_no_bytes_break_the_reading_of_them(answer: bytes, status: int) -> None:
    assert refusal(status, answer, READ).error.message


@pytest.mark.parametrize(
    "answer", [b"[" * 100_000, b'{"error": ' * 50_000, b"x" * 2_000_000, b'[{"error": {}}]', b"[]"]
)
def test_deep_large_and_odd_bodies(answer: bytes) -> None:
    assert isinstance(refusal(500, answer, READ).error, NotChecked)


def test_a_lost_reply_is_not_checked() -> None:
    assert issubclass(LostReply, NotChecked)


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of Google's answers are not here")
def test_every_recorded_failure_has_its_sentence() -> None:
    told = {}
    for path in RECORDINGS.glob("*.json"):
        for pair in json.loads(path.read_bytes())["interactions"]:
            status = pair["response"]["status"]["code"]
            if status >= 400:
                asked = Asked(ACCOUNT, SHEET, writing=pair["request"]["method"] != "GET")
                answer = pair["response"]["body"]["string"].encode()
                told[path.name, status] = refusal(status, answer, asked).error
    assert {status for _, status in told} == {400, 403, 404}
    for (_, status), error in told.items():
        known = {403: "not shared", 404: "no spreadsheet with the id", 400: "Invalid"}[status]
        assert known in error.message
