"""Help while typing as Google's data validation: it warns and never blocks.

Google marks the cells that do not fit with a corner, and does so for each dropdown; in Excel a dropdown from Lists
warns of nothing. Dates are only asked to be dates.
"""

from __future__ import annotations

from registry_sheets.registry.sheets import Validation
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs.formulas import literal_list, open_range


def rule(validation: Validation) -> Json:
    """The DataValidationRule. Raises ValueError for a list whose formula is neither a list nor a range."""
    found: Json = {"condition": _condition(validation), "strict": False, "showCustomUi": validation.kind == "list"}
    if message := validation.prompt or validation.error:
        found["inputMessage"] = message
    return found


def _condition(validation: Validation) -> Json:
    if validation.kind == "date":
        return {"type": "DATE_IS_VALID"}
    if validation.kind == "any":
        return {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=TRUE"}]}
    if choices := literal_list(validation.formula):
        return {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": choice} for choice in choices]}
    if source := open_range(validation.formula):
        return {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": source}]}
    raise ValueError(f"a dropdown of {validation.formula!r}")


def setting(validation: Validation, range_: Json) -> Json:
    """The request that sets it on a GridRange."""
    return {"setDataValidation": {"range": range_, "rule": rule(validation)}}
