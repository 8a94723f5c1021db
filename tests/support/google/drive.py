"""Drive v3 as far as spreadsheets need it: files and their copies."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.support.google.asked import Asked
from tests.support.google.behaviours import behaves
from tests.support.google.errors import DriveRefused, NotImitated, only
from tests.support.google.fieldmask import Mask, cut, known, parse
from tests.support.google.permissions import permission_id, permission_of, roles
from tests.support.google.state import File, Json
from tests.support.google.wire import Answer

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
SHORT = "kind,id,name,mimeType"
USER: Mask = {name: {} for name in ("kind", "displayName", "me", "permissionId", "emailAddress")}
FILE: Mask = {
    **{
        name: {}
        for name in [
            "kind",
            "id",
            "name",
            "mimeType",
            "createdTime",
            "modifiedTime",
            "version",
            "trashed",
            "shared",
            "webViewLink",
        ]
    },
    **{"lastModifyingUser": USER, "owners": USER, "permissions": {}, "capabilities": {"canEdit": {}}},
}
ALL_DRIVES = ("supportsAllDrives", "includeItemsFromAllDrives", "supportsTeamDrives")


def rfc3339(moment: datetime) -> str:
    """A time as Drive writes it: UTC, in milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _user(asked: Asked, email: str) -> Json:
    name = email if email == asked.world.account else email.split("@", maxsplit=1)[0]
    me = email == asked.world.account
    told = {"kind": "drive#user", "displayName": name, "me": me, "permissionId": permission_id(email)}
    return {**told, "emailAddress": email}


@behaves("assumed", "Drive files.get", "the account that wrote last is told with me true and its address as its name")
def resource(asked: Asked, file: File) -> Json:
    """A file as Drive tells it, with every field that is imitated."""
    moment = asked.world.known_to_drive(file)
    return {
        "kind": "drive#file",
        "id": file.book.id,
        "name": file.book.title,
        "mimeType": SPREADSHEET,
        "createdTime": rfc3339(file.created),
        "modifiedTime": rfc3339(moment.at),
        "version": str(moment.version),
        "trashed": file.trashed,
        "shared": bool(file.roles),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{file.book.id}/edit?usp=drivesdk",
        "lastModifyingUser": _user(asked, moment.email),
        "owners": [_user(asked, file.owner)],
        "permissions": [permission_of(email, role) for email, role in roles(file)],
        "capabilities": {"canEdit": file.role(asked.world.account) in ("owner", "writer")},
    }


def _told(asked: Asked, file: File) -> Json:
    mask = parse(asked.one("fields", SHORT))
    known(mask, FILE, "a file")
    return dict(cut(resource(asked, file), mask))


@behaves("documented", "Drive files.get", "a file that is not shared with the account is not found: 404")
def found(asked: Asked, number: str, *, write: bool = False) -> File:
    """A file that the account may read, or write. Raises DriveRefused."""
    file = asked.world.files.get(number)
    role = file.role(asked.world.account) if file else None
    if file is None or role is None:
        raise DriveRefused(404, f"File not found: {number}.", "notFound", locationType="parameter", location="fileId")
    if write and role not in ("owner", "writer"):
        told = "The user does not have sufficient permissions for this file."
        raise DriveRefused(403, told, "insufficientFilePermissions")
    return file


def get(asked: Asked, number: str) -> Json:
    """files.get."""
    asked.only("fields", *ALL_DRIVES)
    return _told(asked, found(asked, number))


def create(asked: Asked) -> Json:
    """files.create: a blank spreadsheet of the account's own."""
    asked.only("fields", *ALL_DRIVES)
    body = asked.body()
    only(body, {"name", "mimeType"}, "Drive files.create")
    if body.get("mimeType") != SPREADSHEET:
        raise NotImitated(f"a file of type {body.get('mimeType')}")
    file = asked.world.new_file(body.get("name") or "Untitled", asked.world.account)
    return _told(asked, file)


def update(asked: Asked, number: str) -> Json:
    """files.update: the name, and the bin."""
    asked.only("fields", *ALL_DRIVES)
    body = asked.body()
    only(body, {"name", "trashed"}, "Drive files.update")
    file = found(asked, number, write=True)
    if body.get("name"):
        file.book.title = body["name"]
    file.trashed = bool(body.get("trashed", file.trashed))
    file.touch(asked.world.now(), asked.world.account)
    return _told(asked, file)


@behaves("recorded", "Drive files.delete", "204 without a body")
@behaves("documented", "Drive files.delete", "only the owner may: 403")
def delete(asked: Asked, number: str) -> Answer:
    """files.delete."""
    asked.only(*ALL_DRIVES)
    file = found(asked, number)
    if file.owner != asked.world.account:
        told = "The user does not have sufficient permissions for this file."
        raise DriveRefused(403, told, "insufficientFilePermissions")
    del asked.world.files[number]
    return Answer(204, b"", {"Content-Type": "text/html"})


@behaves("recorded", "Drive files.list", "the account's files, those last changed first, by type and name")
def listing(asked: Asked) -> Json:
    """files.list."""
    asked.only("fields", "q", "pageSize", "pageToken", "corpora", *ALL_DRIVES)
    if asked.one("pageToken") or asked.one("corpora", "allDrives") != "allDrives":
        raise NotImitated("pages of a listing and its corpora")
    name = _named(asked.one("q"))
    files = [
        file
        for file in asked.world.files.values()
        if file.role(asked.world.account) and not file.trashed and (name is None or file.book.title == name)
    ]
    files.sort(key=lambda file: file.moments[-1].at, reverse=True)
    mask = parse(asked.one("fields", f"kind,incompleteSearch,files({SHORT})"))
    known(mask, {"kind": {}, "incompleteSearch": {}, "nextPageToken": {}, "files": FILE}, "a listing")
    told = {"kind": "drive#fileList", "incompleteSearch": False, "files": [resource(asked, file) for file in files]}
    return dict(cut(told, mask))


def _named(query: str) -> str | None:
    read = re.fullmatch(
        r"""mimeType\s*=\s*["']application/vnd\.google-apps\.spreadsheet["'](?:\s+and\s+name\s*=\s*"((?:[^"\\]|\\.)*)")?""",
        query,
    )
    if query and not read:
        raise NotImitated(f"the Drive query {query}")
    return re.sub(r"\\(.)", r"\1", read[1]) if read and read[1] is not None else None


@behaves("recorded", "Drive files.copy", "without a name it is 'Copy of …', and the account's own")
def copy(asked: Asked, number: str) -> Json:
    """files.copy."""
    asked.only("fields", *ALL_DRIVES)
    body = asked.body()
    only(body, {"name", "mimeType"}, "Drive files.copy")
    source = found(asked, number)
    file = asked.world.new_file(body.get("name") or f"Copy of {source.book.title}", asked.world.account)
    twin = source.book.copy()
    twin.id, twin.title, twin.ids = file.book.id, file.book.title, file.book.ids
    file.book = twin
    return _told(asked, file)


@behaves("recorded", "Drive comments.list", "a new spreadsheet has none")
def comments(asked: Asked, number: str) -> Json:
    """comments.list."""
    asked.only("fields", "includeDeleted", "pageSize", "pageToken")
    found(asked, number)
    return dict(cut({"kind": "drive#commentList", "comments": []}, parse(asked.one("fields", "*"))))
