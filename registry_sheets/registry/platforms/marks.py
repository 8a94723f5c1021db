"""The marks that an export leaves on a platform, by which its versions are known again."""

from __future__ import annotations

from hashlib import sha256

PREFIX = "registry-sheets."
"""All that we write on a platform beside texts of its own begins so, and nothing else is ever changed there."""

EXPORTED_VERSION = f"{PREFIX}version"
"""The tag that says which version of the sheet a platform's version is."""

EXPORTED_NAME = f"{PREFIX}name"
"""The tag that says of which model of the sheet it is."""

EXPORTED_ID = f"{PREFIX}id"
"""The tag with version_id(): it says both, whatever a platform made of their texts."""


def digest(*texts: str) -> str:
    """A short name for texts that may be long and of any signs: 16 hexadecimal digits."""
    return sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


def version_id(name_key: str, version_key: str) -> str:
    """Which version of the sheet it is, by the keys of its model's name and its own."""
    return digest(name_key, version_key)
