"""What boto3 and SageMaker refuse, in words: whose fault it is, and what to do.

AWS's own words are repeated only where they tell of rights or of the question: those about a sign-in quote what was
sent, the session token with it, and a process that gives credentials may say anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.reading import table, text
from registry_sheets.platforms.sagemaker_unasked import CHAIN, not_installed, unasked
from registry_sheets.registry.text import terminal_safe

_LONGEST = 300

_RIGHTS = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"))
_RUN_OUT = frozenset(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"))
_SIGNATURE = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"))
_UNKNOWN_KEY = frozenset(
    (
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "AuthFailure",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "InvalidAccessKeyId",
        "OptInRequired",
    )
)
_TIRED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
    )
)
_NOT_THERE = frozenset(("ResourceNotFound", "ResourceNotFoundException"))
_NO_SUCH_QUESTION = frozenset(("UnknownOperationException", "InvalidAction"))
_NOT_FOUND = re.compile(r"could not find|does not exist|not found|cannot find", re.IGNORECASE)

_ANEW = (
    "Sign in anew (aws sso login, or a new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN in the "
    "environment of this program). A job at night wants a sign-in that lasts: a role of the machine, or a user's key."
)


class Gone(PlatformUnanswered):
    """What was asked for is not there (any more)."""


class Absent(PlatformUnanswered):
    """This region does not know the question."""


class Refused(Exception):
    """A try that failed; ``passing``: another may go better."""

    def __init__(self, error: PlatformUnanswered, passing: bool) -> None:
        super().__init__(error.message)
        self.error = error
        self.passing = passing


@contextmanager
def told(operation: str, region: str) -> Iterator[None]:
    """Turn what an asked client raises into Refused, with words."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError
    except ImportError as error:
        raise not_installed(error) from None

    try:
        yield
    except ClientError as error:
        raise _answered(error, operation, region) from None
    except (BotoCoreError, EOFError) as error:  # EOFError: it asks at the terminal for a code, and there is none
        raise Refused(*unasked(error, region)) from None
    except (ResponseParserError, ValueError, TypeError, AttributeError, LookupError, OverflowError, RuntimeError):
        # What is not of the shape that botocore expects breaks it in the middle (numbers as lists, 1e400 as a moment).
        raise Refused(strange(operation, region), passing=False) from None


def strange(operation: str, region: str) -> PlatformUnanswered:
    """It answered with something else than SageMaker would."""
    return PlatformUnanswered(
        f"What answered {operation} for region {region} is not SageMaker: its answer has another shape.",
        "Check url in its [[platform]] block and a proxy in between (HTTPS_PROXY): pages to sign in at answer so.",
    )


def _answered(error: Any, operation: str, region: str) -> Refused:
    """An answer that says no."""
    response: Mapping[str, Any] = error.response if isinstance(error.response, dict) else {}
    code, status = text(table(response, "Error"), "Code"), table(response, "ResponseMetadata").get("HTTPStatusCode", 0)
    status = status if isinstance(status, int) else 0
    action = f"sagemaker:{operation}" if error.operation_name in (operation, "") else f"sts:{error.operation_name}"
    said = _said(text(table(response, "Error"), "Message"))
    if code in _TIRED or status == 429:
        return Refused(_tired(code, action, region), passing=True)
    if (by_code := _by_code(code, action, region, said)) is not None:
        return Refused(by_code, passing=False)
    return _by_status(status, code, action, region, said)


def _by_code(code: str, action: str, region: str, said: str) -> PlatformUnanswered | None:
    if code in _RIGHTS:
        return _no_right(action, region, code, said)
    if code in _RUN_OUT:
        return PlatformUnanswered(f"The sign-in to AWS has run out ({code}).", _ANEW)
    if code in _SIGNATURE:
        return PlatformUnanswered(
            f"AWS does not take the signature of the sign-in ({code}).",
            "Check AWS_SECRET_ACCESS_KEY, and that this machine's clock is right: a signature lasts five minutes.",
        )
    if code in _UNKNOWN_KEY:
        return PlatformUnanswered(f"AWS does not take the sign-in in {region} ({code}).", CHAIN)
    if code in _NOT_THERE or (code == "ValidationException" and _NOT_FOUND.search(said)):
        return Gone(f"{action} in {region}: it is not there{_colon(said)}.", "Try again later.")
    if code in _NO_SUCH_QUESTION:
        return Absent(f"SageMaker in {region} does not know {action}.", "Take the region out of regions.")
    return None


def _by_status(status: int, code: str, action: str, region: str, said: str) -> Refused:
    if status in (401, 403, 407):
        return Refused(_no_right(action, region, str(status), said), passing=False)
    if 300 <= status < 400:
        return Refused(
            PlatformUnanswered(
                f"What answers for SageMaker in {region} sends on to another address ({status}); it is not followed.",
                "Check url in its [[platform]] block and a proxy in between: pages to sign in at answer so.",
            ),
            passing=False,
        )
    if status >= 500:
        return Refused(
            PlatformUnanswered(
                f"SageMaker in {region} failed at {action} ({status}).",
                "Try again later; https://health.aws.amazon.com shows whether AWS knows of it.",
            ),
            passing=True,
        )
    return Refused(
        PlatformUnanswered(
            f"SageMaker in {region} refused {action} ({terminal_safe(code)[:60] or status}{_colon(said)}).",
            "Check its [[platform]] block; 'aws sagemaker list-endpoints' with the same region shows what AWS says.",
        ),
        passing=False,
    )


def _no_right(action: str, region: str, code: str, said: str) -> PlatformUnanswered:
    more = " The managed policy AmazonSageMakerReadOnly has it." if action.startswith("sagemaker:") else ""
    return PlatformUnanswered(
        f"It does not let this account do {action} in {region} ({code}{_colon(said)}).",
        f"Give the user or role the permission {action}.{more}",
    )


def _tired(code: str, action: str, region: str) -> PlatformUnanswered:
    return PlatformUnanswered(
        f"SageMaker in {region} has no time for more questions at {action} ({code or 429}).",
        "Try again later, when fewer other programs of the account ask.",
    )


def _said(message: str) -> str:
    """AWS's own words on one line, without queries of addresses (signatures); '' for a page of HTML."""
    if "<" in message:
        return ""
    return terminal_safe(re.sub(r"\?\S*", "?…", message))[:_LONGEST]


def _colon(said: str) -> str:
    return f": {said}" if said else ""
