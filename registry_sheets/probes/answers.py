"""What asking a link can bring: it is there, it leads nowhere, or nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class LeadsNowhereError(Exception):
    """The link was asked, and it leads nowhere."""


class NotKnownError(Exception):
    """Nothing can be said about the link, with the reason."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was learnt. ``links``: link -> what is wrong with it, '' where it is there.

    ``not_asked``: link -> why nothing is known about it. A link in neither is not an http(s) address or
    a file path, so there was nothing to ask.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    not_asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every link that could be asked was answered."""
        return not self.not_asked
