"""Who a file in Drive is shared with."""

from __future__ import annotations

import hashlib

from tests.support.google.state import File, Json


def permission_id(email: str) -> str:
    """A number that stands for a person."""
    return str(int(hashlib.sha256(email.encode()).hexdigest()[:16], 16)).zfill(20)


def roles(file: File) -> list[tuple[str, str]]:
    """(address, role) of everybody who may see a file, its owner first."""
    return [(file.owner, "owner"), *file.roles.items()]


def permission_of(email: str, role: str) -> Json:
    """A permission as Drive tells it."""
    if email == "anyone":
        return {"kind": "drive#permission", "id": "anyoneWithLink", "type": "anyone", "role": role}
    told = {"kind": "drive#permission", "id": permission_id(email), "type": "user", "role": role}
    return {**told, "emailAddress": email, "displayName": email.split("@", maxsplit=1)[0]}
