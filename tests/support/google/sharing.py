"""Drive v3 permissions: sharing a file and taking that back."""

from __future__ import annotations

from tests.support.google.asked import Asked
from tests.support.google.drive import ALL_DRIVES, found
from tests.support.google.errors import DriveRefused, NotImitated, only
from tests.support.google.fieldmask import cut, parse
from tests.support.google.permissions import permission_of, roles
from tests.support.google.state import Json
from tests.support.google.wire import Answer

NOTICES = ("sendNotificationEmail", "emailMessage", "transferOwnership")


def share(asked: Asked, number: str) -> Json:
    """permissions.create."""
    asked.only("fields", *NOTICES, *ALL_DRIVES)
    body = asked.body()
    only(body, {"role", "type", "emailAddress", "allowFileDiscovery", "withLink"}, "Drive permissions.create")
    file = found(asked, number, write=True)
    if body.get("type") not in ("user", "anyone") or body.get("role") not in ("reader", "commenter", "writer"):
        raise NotImitated(f"sharing with a {body.get('type')} as {body.get('role')}")
    who = body["emailAddress"] if body["type"] == "user" else "anyone"
    file.roles[who] = body["role"]
    mask = parse(asked.one("fields", "kind,id,type,role"))
    return dict(cut(permission_of(who, body["role"]), mask))


def permissions(asked: Asked, number: str) -> Json:
    """permissions.list."""
    asked.only("fields", "pageSize", *ALL_DRIVES)
    file = found(asked, number, write=True)
    told = {"kind": "drive#permissionList", "permissions": [permission_of(*one) for one in roles(file)]}
    return dict(cut(told, parse(asked.one("fields", "kind,permissions(kind,id,type,role)"))))


def unshare(asked: Asked, number: str, permission: str) -> Answer:
    """permissions.delete."""
    asked.only(*ALL_DRIVES)
    file = found(asked, number, write=True)
    who = next((email for email in file.roles if permission_of(email, "")["id"] == permission), None)
    if who is None:
        raise DriveRefused(404, f"Permission not found: {permission}.", "notFound")
    del file.roles[who]
    return Answer(204, b"", {"Content-Type": "text/html"})
