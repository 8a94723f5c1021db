"""Workbooks that must not be written in place, whatever the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry_sheets.errors import WriteRefused
from registry_sheets.workbooks.excel.markup import MAIN, MAIN_STRICT
from registry_sheets.workbooks.excel.parts import CONTENT_TYPES, Package

_ON = ("1", "true", "on")


def refuse_obstacles(package: Package) -> None:
    """Raises WriteRefused with the first reason there is."""
    for message, fix in obstacles(package):
        raise WriteRefused(message, fix)


def obstacles(package: Package) -> Iterator[tuple[str, str]]:
    """Why the workbook must not be written in place: what it is, and what to do."""
    if CONTENT_TYPES.casefold() not in package or package.workbook.child("sheets") is None:
        yield "The workbook is incomplete.", "Open it in Excel, let it repair the file, and save it."
    if not {MAIN, MAIN_STRICT} & set(package.workbook.namespaces.values()):
        yield (
            "The workbook was saved by a beta version of Excel 2007, whose format only Excel can still carry over.",
            "Open it in Excel and save it as .xlsx.",
        )
    if any(r.kind == "origin" and r.target in package for r in package.relations("")):
        yield (
            "The workbook is digitally signed, and any change would break the signature.",
            'Remove the signature, or set write_back = "beside".',
        )
    kinds = {relation.kind for relation in package.relations(package.workbook_key)}
    if "revisionheaders" in kinds:
        yield (
            "The workbook tracks changes in the old shared-workbook way, which a change from outside would break.",
            'Turn that off under Review, or set write_back = "beside".',
        )
    yield from _protections(package)


def _protections(package: Package) -> Iterator[tuple[str, str]]:
    protection = package.workbook.child("workbookProtection")
    if protection is not None and protection.attributes.get("lockStructure", "").lower() in _ON:
        yield (
            "The workbook's structure is protected, so tabs cannot be added or changed.",
            'Unprotect it under Review > Protect Workbook, or set write_back = "beside".',
        )
    sharing = package.workbook.child("fileSharing")
    if sharing is not None and _reserved(sharing.attributes):
        yield (
            "The workbook is reserved by a password for writing.",
            'Save it without that password, or set write_back = "beside".',
        )


def _reserved(attributes: Mapping[str, str]) -> bool:
    """A password whose hash is 0 is none."""
    return "hashValue" in attributes or bool(attributes.get("reservationPassword", "").strip("0"))
