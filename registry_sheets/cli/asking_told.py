"""On a terminal it is said that platforms are being asked: one that hangs takes as long as its timeout."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from registry_sheets.cli.failures import say
from registry_sheets.platform_settings import called

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig


def tell_asking(registries: Iterable[RegistryConfig], only: str = "") -> None:
    """Name the platforms of these registries (of them the one of that name or kind); quiet in a pipe, and for none."""
    if not sys.stderr.isatty():
        return
    names = dict.fromkeys(said.label for one in registries for said in called(one.settings.platform, only))
    if names:
        from registry_sheets.registry.text import terminal_safe
        from registry_sheets.registry.wording import listed

        say(terminal_safe(f"Asking {listed(list(names), 5)} ..."))
