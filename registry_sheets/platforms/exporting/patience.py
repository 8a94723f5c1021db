"""A deadline that begins anew with each call: an export makes thousands, and each may take as long as a listing."""

from __future__ import annotations

from registry_sheets.platforms.deadline import Deadline


class EachCall(Deadline):
    """A deadline for one call after the other."""

    def renew(self) -> None:
        """From now on there are as many seconds as in the beginning."""
        self._end = self._clock() + self.seconds
