"""Who may call what: each method wants an access token with one of the scopes in its description."""

from __future__ import annotations

from dataclasses import replace

from tests.support.google.behaviours import behaves
from tests.support.google.key_file import TOKEN_URI
from tests.support.google.methods import Method, find
from tests.support.google.refusals import error_info, refused
from tests.support.google.tokens import Tokens, bearer
from tests.support.google.wire import Answer, Call, Handler

CALLER = "x-stand-in-caller"
"""The header by which what is inside learns whose token a call came with: an e-mail address."""
SERVICE = {"sheets": "sheets.googleapis.com", "drive": "drive.googleapis.com"}


class Scopes:
    """Hands on only calls whose token is known, in time and wide enough, and says in ``CALLER`` whose it is.

    ``tokens`` answers sign-ins and knows what was granted. A method that Google does not describe is handed on (the
    guard refuses it).
    """

    def __init__(self, inner: Handler, tokens: Tokens) -> None:
        self._inner = inner
        self._tokens = tokens

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        if call.url.partition("?")[0] == TOKEN_URI:
            return self._tokens(call)
        method = find(call.method, call.url)
        if method is None:
            return self._inner(call)
        token = bearer(call)
        if token is None:
            return _without_token(method)
        grant = self._tokens.grant(token)
        if grant is None:
            return _unknown_token(method)
        if not grant.scopes & method.scopes:
            return _too_narrow(method)
        return self._inner(replace(call, headers={**call.headers, CALLER: grant.email}))


@behaves("assumed", "any method", "a call without a token is UNAUTHENTICATED, CREDENTIALS_MISSING")
def _without_token(method: Method) -> Answer:
    return _unauthenticated(method, "CREDENTIALS_MISSING", "Request is missing required authentication credential.")


@behaves(
    "documented", "any method", "an unknown or expired token is UNAUTHENTICATED, 'invalid authentication credentials'"
)
def _unknown_token(method: Method) -> Answer:
    told = "Request had invalid authentication credentials."
    return _unauthenticated(method, "ACCESS_TOKEN_EXPIRED", told)


def _unauthenticated(method: Method, reason: str, told: str) -> Answer:
    wanted = "Expected OAuth 2 access token, login cookie or other valid authentication credential."
    see = "See https://developers.google.com/identity/sign-in/web/devconsole-project."
    where = {"location": "Authorization", "locationType": "header"}
    old = {"message": "Invalid Credentials", "domain": "global", "reason": "authError", **where}
    return refused(
        401,
        f"{told} {wanted} {see}",
        errors=[old] if method.api == "drive" else (),
        details=[error_info(reason, {"service": SERVICE[method.api], "method": _called(method)})],
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
    )


@behaves("assumed", "any method", "the inner names of methods that a scope error tells, such as GetSpreadsheet")
@behaves("documented", "any method", "a token without the scope: PERMISSION_DENIED, ACCESS_TOKEN_SCOPE_INSUFFICIENT")
def _too_narrow(method: Method) -> Answer:
    old = {"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}
    wanted = " ".join(sorted(method.scopes))
    return refused(
        403,
        "Request had insufficient authentication scopes.",
        errors=[old] if method.api == "drive" else (),
        details=[
            error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", {"service": SERVICE[method.api], "method": _called(method)})
        ],
        headers={
            "WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", '
            f'error="insufficient_scope", scope="{wanted}"'
        },
    )


def _called(method: Method) -> str:
    """Google's inner name of a method (its form is known, the names are derived)."""
    _, *resources, verb = method.id.split(".")
    verb = verb[0].upper() + verb[1:]
    if method.api == "drive":
        return f"google.apps.drive.v3.Drive{resources[-1].capitalize()}.{verb}"
    noun = "Values" if "values" in resources else "Spreadsheet"
    return f"google.apps.sheets.v4.SpreadsheetsService.{verb}{noun}"
