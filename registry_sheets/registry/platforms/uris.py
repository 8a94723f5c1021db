"""Whether two URIs name the same data, however they are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.telling import without_secrets
from registry_sheets.registry.text import one_line

_URI = re.compile(
    r"(?<![a-z0-9+.\-])(?:[a-z][a-z0-9+.\-]{1,20}://|(?:dbfs|file|hdfs):/|/dbfs/)[^\s;,<>\"']+", re.IGNORECASE
)
_TO_THE_END = re.compile(r"[^;\n\r<>\"]*")
_SCHEME = re.compile(r"(?:([a-z][a-z0-9+.\-]{1,20}):(?=/)|(?=/dbfs/))(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST = 40_000
_MOST = 500
_SHOWN_BEGIN, _SHOWN_END = 20, 35
_KINDS = {
    "s3": "s3", "s3a": "s3", "s3n": "s3", "gs": "gs", "gcs": "gs", "hdfs": "hdfs", "webhdfs": "hdfs",
    "abfs": "azure", "abfss": "azure", "wasb": "azure", "wasbs": "azure", "http": "https", "https": "https",
    "dbfs": "dbfs", "file": "file", "bq": "bigquery", "bigquery": "bigquery", "hive": "hive",
}  # fmt: skip
_TABLES = frozenset(("hive", "bigquery", "delta", "iceberg", "snowflake", "unity", "uc", "glue"))
_AZURE_HOST = re.compile(r"[a-z0-9\-]+\.(?:blob|dfs)\.core\.[a-z.]+")
_S3_HOST = re.compile(r"(?:(.+)\.)?s3[.\-](?:[a-z0-9\-]+\.)?(?:dualstack\.[a-z0-9\-]+\.)?amazonaws\.com(?:\.cn)?")
_GS_HOSTS = frozenset(("storage.googleapis.com", "storage.cloud.google.com"))


class Uri(NamedTuple):
    """``kind`` is what can be compared at all, ``parts`` the store and the folders down to the data, all levelled.

    ``shown`` is short, without what may be a key to it, and has its end, in which those of one store differ.
    ``longer`` is how it goes on up to the end of its line: a name may hold a space or a comma.
    """

    kind: str
    parts: tuple[str, ...]
    shown: str
    longer: tuple[str, ...] = ()


def uris_in(text: str) -> list[Uri]:
    """The URIs in a cell; none where the text is too long to have been written by a person."""
    return list(_found(text)) if _may_hold(text) and len(text) <= _LONGEST else []


def uris_of(texts: Iterable[str]) -> list[Uri]:
    """The data of a run by URI; none where there is more than can be looked through."""
    said = list(filter(_may_hold, texts))
    if len(said) > _MOST or any(len(text) > _LONGEST for text in said):
        return []
    return [uri for text in said for uri in _found(text)]


def _may_hold(text: str) -> bool:
    return ":/" in text or "/dbfs/" in text


def _found(text: str) -> Iterator[Uri]:
    for number, match in enumerate(_URI.finditer(text)):
        if number >= _MOST:
            return
        said = match[0].rstrip(").]}")
        whole = _TO_THE_END.match(text, match.start())
        levelled = _levelled(said)
        if levelled:
            longer = _levelled(whole[0].strip()) if whole and len(whole[0].strip()) > len(match[0]) else None
            yield Uri(*levelled, _shown(said), longer[1] if longer else ())


def comparable(one: Uri, other: Uri) -> bool:
    """Whether two URIs are of one kind, so that they may be said to differ.

    Pages are of one kind on one server only; files on disks only in one folder: disks differ between machines.
    """
    if one.kind != other.kind or not one.parts or not other.parts:
        return False
    if one.kind == "https":
        return one.parts[0] == other.parts[0]
    return one.kind != "file" or one.parts[:-1] == other.parts[:-1]


def alike(one: Uri, other: Uri) -> bool:
    """Whether two URIs name the same data: the same, or one the folder that the other is in."""
    if one.kind != other.kind:
        return False
    mine, theirs = [(uri.parts, uri.longer or uri.parts) for uri in (one, other)]
    return any(_begins(a, b) for a in mine for b in theirs) or (
        one.kind in _TABLES and (_within(one.parts, other.parts) or _within(other.parts, one.parts))
    )


def _begins(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return shorter > 0 and one[:shorter] == other[:shorter]


def _within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether a table's name stands in that of another, which says its catalogue or a partition as well."""
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def _levelled(uri: str) -> tuple[str, tuple[str, ...]] | None:
    """(kind, parts), with what makes no difference levelled: the scheme's spelling, case, escapes, slashes at the end,
    what follows '?' or '#', and from where on it is a pattern. Case is: a wrong alarm is worse than none."""
    match = _SCHEME.fullmatch(uri)
    if match is None:
        return None
    scheme = (match[1] or "dbfs").lower()
    kind = _KINDS.get(scheme, scheme)
    bare = match[2].partition("?")[0].partition("#")[0].replace("+", " ")
    bare = normalise(unquote(bare)).replace("\\", "/")
    if kind == "dbfs":
        return kind, _parts(bare.removeprefix("//").removeprefix("/").removeprefix("dbfs/"))
    host, _, path = bare.removeprefix("//").partition("/") if bare.startswith("//") else ("", "", bare)
    return _placed(kind, host, path)


def _placed(kind: str, host: str, path: str) -> tuple[str, tuple[str, ...]]:
    """The kind and parts of a host and path, wherever people may name one store in several ways."""
    user, _, server = host.rpartition("@")
    server = re.sub(r":\d*$", "", server)
    if kind in ("azure", "https") and _AZURE_HOST.fullmatch(server):  # not every spelling names the account
        return "azure", _parts(f"{user}/{path}" if user else path)
    if kind == "azureml":
        return _of_azureml(_parts(f"{server}/{path}"))
    if kind == "https" and (s3 := _S3_HOST.fullmatch(server)):
        return "s3", _parts(f"{s3[1]}/{path}" if s3[1] else path)
    if kind == "https" and server in _GS_HOSTS:
        return "gs", _parts(path)
    if kind in _TABLES:
        return kind, _parts(re.sub(r"[.:]", "/", f"{server}/{path}"))
    if kind in ("hdfs", "file"):  # one cluster and one disk have several names
        return kind, _parts(path)
    return kind, _parts(f"{server}/{path}")


def _of_azureml(parts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A datastore or data asset without where its workspace is, which not every spelling says."""
    for word in ("datastores", "data"):
        if word in parts:
            return f"azureml {word}", parts[parts.index(word) + 1 :]
    return "azureml", parts


def _parts(path: str) -> tuple[str, ...]:
    """The folders and the name of a path, down to the first that is a pattern."""
    parts: list[str] = []
    for part in path.split("/"):
        if any(sign in part for sign in "*[{"):
            break
        if part not in ("", "."):
            parts.append(part)
    return tuple(parts)


def _shown(uri: str) -> str:
    line = one_line(without_secrets(uri))
    if len(line) <= _SHOWN_BEGIN + _SHOWN_END + 1:
        return line
    return f"{line[:_SHOWN_BEGIN]}…{line[-_SHOWN_END:]}"
