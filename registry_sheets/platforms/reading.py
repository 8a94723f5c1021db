"""Reading what a platform answered: whatever stands where a text or a moment is expected, nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from registry_sheets.errors import PlatformUnanswered

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text(answer: Mapping[str, Any], key: str) -> str:
    """The text under a key; numbers as texts, '' for whatever else."""
    value = answer.get(key)
    if isinstance(value, str):
        return value
    return str(value) if type(value) in (int, float) else ""


def objects(answer: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; none where there is no list. Raises PlatformUnanswered for a list of something else."""
    listed = answer.get(key)
    if listed is None:
        return
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise PlatformUnanswered(f"Its list '{key}' is not one.", "Check that its address is that of the API.")
    yield from listed


def table(answer: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under a key; an empty one for whatever else."""
    value = answer.get(key)
    return value if isinstance(value, dict) else {}


def texts(answer: Mapping[str, Any], key: str) -> dict[str, str]:
    """An object of texts ('tags', 'labels'); what is no text is left out."""
    return {name: value for name, value in table(answer, key).items() if isinstance(value, str)}


def of_millis(said: Any) -> datetime | None:
    """A moment in milliseconds since 1970 UTC, a number or a text of one; None for whatever else, and for 0."""
    try:
        millis = int(said)
        return _EPOCH + timedelta(milliseconds=millis) if millis > 0 else None
    except (TypeError, ValueError, OverflowError):
        return None


def of_iso(said: Any) -> datetime | None:
    """A moment in RFC 3339 ('2026-03-04T05:06:07.123456789Z'); None for whatever else. Without a zone it is UTC."""
    if not isinstance(said, str) or not said:
        return None
    try:
        moment = datetime.fromisoformat(_short(said))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _short(said: str) -> str:
    """With at most microseconds: clouds tell nanoseconds and seven digits."""
    whole, dot, rest = said.partition(".")
    if not dot:
        return said
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{whole}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}"


class Pages:
    """The pages of a listing: a token that comes twice would be an endless listing.

    pages = Pages()
    while pages.more:
        answer = api.get(path, {**pages.params("page_token")})
        ...
        pages.turn(text(answer, "next_page_token"))
    """

    def __init__(self) -> None:
        self.token = ""
        self.more = True
        self._seen: set[str] = set()

    def params(self, key: str) -> dict[str, str]:
        """The token as a parameter; none for the first page."""
        return {key: self.token} if self.token else {}

    def turn(self, token: str) -> None:
        """Go on at this token; '' was the last page. Raises PlatformUnanswered for one that was there before."""
        if token and token in self._seen:
            raise PlatformUnanswered(
                "Its pages go round in a circle: it names a page again that it has given.", "Try again later."
            )
        self._seen.add(token)
        self.token, self.more = token, bool(token)
