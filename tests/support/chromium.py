"""Chromium as a person uses it: open a page, look, click, type, print; with its network cut.

A page that reaches for anything but files is refused and told of, as are errors on the console and dialogs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Route

LOCAL = ("file:", "about:", "data:", "blob:")


def chromium_path() -> str:
    """The browser. Skips where there is none; in CI that is a failure."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path:
        return path
    message = "Chromium is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@dataclass
class Opened:
    """A page, and what happened on it that should not: errors, requests beyond files, dialogs."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> list[str]:
        """All that happened."""
        return [*self.errors, *self.requests, *self.dialogs]

    def open(self, file: Path) -> Page:
        """Open a file."""
        self.page.goto(file.absolute().as_uri())
        return self.page

    def show(self, html: str) -> Page:
        """Show a text as a page."""
        self.page.set_content(html)
        return self.page

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        found: int = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        return found


class Chromium:
    """A running browser, without a network."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @contextmanager
    def page(
        self, width: int = 1280, height: int = 900, dark: bool = False, scripts: bool = True, **context: Any
    ) -> Iterator[Opened]:
        """A page of its own; ``context``: more of playwright's options of a browser context."""
        made = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            **context,
        )
        try:
            yield _watched(made)
        finally:
            made.close()


def _watched(context: BrowserContext) -> Opened:
    context.set_default_timeout(20_000)
    opened = Opened(context.new_page())

    def route(asked: Route) -> None:
        if asked.request.url.startswith(LOCAL):
            asked.continue_()
        else:
            opened.requests.append(asked.request.url)
            asked.abort()

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            opened.errors.append(message.text)

    def dialog(shown: Dialog) -> None:
        opened.dialogs.append(shown.message)
        shown.dismiss()

    context.route("**/*", route)
    opened.page.on("console", console)
    opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.page.on("dialog", dialog)
    return opened


@contextmanager
def running() -> Iterator[Chromium]:
    """A browser, started for as long as it is used.

    A test module makes it a fixture: ``@pytest.fixture(scope="module")``, ``with running() as browser: yield browser``.
    """
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # In containers there is neither a sandbox nor much /dev/shm.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield Chromium(browser)
        finally:
            browser.close()
