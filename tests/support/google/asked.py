"""One request as the parts that answer it see it: its parameters, its body, and the files behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.google.behaviours import behaves
from tests.support.google.errors import Body, NotImitated, Refused
from tests.support.google.formulas import calculate
from tests.support.google.state import Book, File, Json
from tests.support.google.wire import Call
from tests.support.google.work import Work
from tests.support.google.world import World

ALWAYS = frozenset(("alt", "prettyPrint", "key", "quotaUser", "access_token", "$.xgafv"))


@dataclass(frozen=True)
class Asked:
    """A call, and the world that it is about."""

    call: Call
    world: World
    omit_zeros: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.call.url).query, keep_blank_values=True)

    def only(self, *imitated: str) -> None:
        """Raise NotImitated for a parameter that would otherwise be ignored."""
        unknown = sorted({name for name, _ in self.pairs} - {*imitated, *ALWAYS})
        if unknown:
            raise NotImitated(f"the parameter {', '.join(unknown)}")

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def one(self, name: str, default: str = "") -> str:
        return next(iter(self.every(name)), default)

    def flag(self, name: str) -> bool:
        return self.one(name).lower() == "true"

    def body(self) -> Json:
        """The JSON body. Raises Refused."""
        try:
            value: Any = json.loads(self.call.body or b"{}", object_hook=Body.of)
        except ValueError as error:
            raise Refused(400, "Invalid JSON payload received. Unexpected token.") from error
        if not isinstance(value, dict):
            raise Refused(400, "Invalid JSON payload received. Expected an object.")
        return value

    @behaves("recorded", "permissions", "a spreadsheet that is not shared with the account is 403 to Sheets")
    @behaves("recorded", "permissions", "an id that does not exist is 404 to Sheets")
    def file(self, spreadsheet: str, *, write: bool = False) -> File:
        """A file that the account may read, or write. Raises Refused."""
        file = self.world.files.get(spreadsheet)
        if file is None:
            raise Refused(404, "Requested entity was not found.")
        role = file.role(self.world.account)
        if role is None or (write and role not in ("owner", "writer")):
            raise Refused(403, "The caller does not have permission")
        return file

    def reading(self, spreadsheet: str) -> Work:
        """The spreadsheet, to be read only."""
        file = self.file(spreadsheet)
        return Work(file.book, self.world.account, file.owner, self.world.now().year)

    def changing(self, spreadsheet: str) -> AbstractContextManager[Work]:
        """A copy of the spreadsheet to change; it counts when nothing was refused."""
        return changing(self.world, self.file(spreadsheet, write=True), self.world.account)

    def new_book(self, title: str) -> Book:
        """A blank spreadsheet of the account's own."""
        return self.world.new_file(title, self.world.account).book


@contextmanager
def changing(world: World, file: File, email: str) -> Iterator[Work]:
    """Change a copy of a spreadsheet; where nothing goes wrong, that is the spreadsheet from then on."""
    work = Work(file.book.copy(), email, file.owner, world.now().year)
    yield work
    calculate(work.book)
    file.book = work.book
    file.touch(world.now(), email)
