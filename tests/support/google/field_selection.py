"""Holds the query parameter ``fields`` against the answer that a method describes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused
from tests.support.google.fieldmask import Mask, parse
from tests.support.google.methods import Method
from tests.support.google.refusals import BAD_REQUEST, refused
from tests.support.google.schemas import Json, discovery
from tests.support.google.wire import Answer


def selection_refusal(method: Method, selection: str) -> Answer | None:
    """Google's refusal of a mask that names what ``method`` never answers; None where all is described."""
    if method.response is None:
        return None
    if method.api == "sheets" and " " in selection:
        return _refused_by_sheets(selection)
    try:
        mask = parse(selection)
    except Refused:
        mask = {selection: {}}
    unknown = next(_unknown(method.api, {"$ref": method.response}, mask), None)
    if unknown is None:
        return None
    return _refused_by_sheets(unknown) if method.api == "sheets" else _refused_by_drive(unknown)


def _unknown(api: str, described: Json, mask: Mask, before: str = "") -> Iterator[str]:
    """The whole names in ``mask`` that ``described`` does not have."""
    while described.get("type") == "array":
        described = described["items"]
    if "$ref" in described:
        described = discovery(api)["schemas"][described["$ref"]]
    if described.get("type") == "any" or "additionalProperties" in described:
        return
    fields = described.get("properties", {})
    for name, inner in mask.items():
        whole = f"{before}.{name}" if before else name
        if name not in fields:
            yield whole
        else:
            yield from _unknown(api, fields[name], inner, whole)


@behaves(
    "assumed", "fields", "Sheets: a name that no answer holds, or a space, is refused in these words (posted: the 400)"
)
def _refused_by_sheets(path: str) -> Answer:
    told = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    detail = {"@type": BAD_REQUEST, "fieldViolations": [{"field": path, "description": told}]}
    return refused(400, "Request contains an invalid argument.", details=[detail])


@behaves("documented", "fields", "Drive: a name that an answer never holds is refused: 'Invalid field selection'")
def _refused_by_drive(path: str) -> Answer:
    told = f"Invalid field selection {path.rpartition('.')[2]}"
    where = {"location": "fields", "locationType": "parameter"}
    one = {"message": told, "domain": "global", "reason": "invalidParameter", **where}
    return refused(400, told, errors=[one])
