"""All files of the stand-in, and whose account asks."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.support.google.behaviours import behaves
from tests.support.google.state import Book, File, Moment, Sheet


@dataclass
class World:
    """What Google has. ``lag`` is how far what Drive says of a file stays behind."""

    now: Callable[[], datetime]
    account: str
    sort_moves_metadata: bool = False
    lag: timedelta = timedelta(0)
    calculate: Callable[[str], Any] | None = None
    files: dict[str, File] = field(default_factory=dict)
    made: int = 0

    def new_id(self) -> str:
        """An id of 44 characters, the same ones in every run."""
        self.made += 1
        digest = hashlib.sha256(f"file {self.made}".encode()).digest()
        return "1" + base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @behaves(
        "recorded", "Drive files.create", "a new spreadsheet has one tab, Sheet1 with id 0, of 1000 rows and 26 columns"
    )
    def new_file(self, title: str, owner: str) -> File:
        """A blank spreadsheet of somebody's."""
        number = self.new_id()
        ids = random.Random(number)
        book = Book(number, title, [Sheet(0, "Sheet1")], ids, sort_moves_metadata=self.sort_moves_metadata)
        book.calculate = self.calculate
        file = File(book, owner, self.now())
        file.touch(self.now(), owner)
        self.files[number] = file
        return file

    @behaves("documented", "Drive files.get", "version moves with every change and never back; modifiedTime may lag")
    def known_to_drive(self, file: File) -> Moment:
        """The state of a file that Drive knows of by now."""
        told = [moment for moment in file.moments if moment.at <= self.now() - self.lag]
        return told[-1] if told else file.moments[0]
