"""Where import takes its rows from: another list, or a platform of the registry's config."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.old_lists import CSV_ENDINGS
from registry_sheets.platform_settings import PlatformKind, called

if TYPE_CHECKING:
    from registry_sheets.operations.transfer_rows import Incoming
    from registry_sheets.registry.edits.view import View

_LISTS = frozenset((*CSV_ENDINGS, ".xlsx", ".xlsm", ".xls", ".ods"))


def bringing(
    said: str, registry: RegistryConfig, models: tuple[str, ...] = (), every: bool = False
) -> Callable[[View], Incoming]:
    """What gives the rows that come in, once the sheet is known; a list is read now, a platform asked then.

    ``models`` and ``every`` as in platform_rows.Wanted. Raises ConfigProblem, and as reading a list does; what is given
    raises as platform_rows.bring_platform() does.
    """
    if is_platform(said, registry):
        return _asking(said, registry, models, every)
    if models or every:
        flag = "--model" if models else "--every-version"
        raise ConfigProblem(f"{flag} is about a platform, and {said} is none of this registry's.", f"Leave {flag} out.")
    from registry_sheets.wiring.transfer import incoming

    found = incoming(said, registry)
    return lambda _view: found


def is_platform(said: str, registry: RegistryConfig) -> bool:
    """Whether this names a platform and no list: a list's file goes before a platform of its very name.

    A bare word that names neither is taken for a platform: what is said then names those that there are.
    """
    from registry_sheets.registry.google_address import google_address, is_web_address

    path = Path(said)
    if path.suffix.lower() in _LISTS and path.exists():
        return False
    known = registry.settings.platform
    if (said.strip() and called(known, said)) or said.casefold() in get_args(PlatformKind):
        return True
    elsewhere = is_web_address(said) or google_address(said) is not None
    return bool(known) and not (elsewhere or path.suffix.lower() in _LISTS or path.exists())


def _asking(said: str, registry: RegistryConfig, models: tuple[str, ...], every: bool) -> Callable[[View], Incoming]:
    from registry_sheets.operations.platform_rows import Wanted, bring_platform
    from registry_sheets.wiring.platforms import asking_now

    wanted = Wanted(models, every)
    hearing = asking_now(registry, said, wanted.of)
    assert hearing is not None  # one is named
    return partial(bring_platform, hearing=hearing, wanted=wanted)
