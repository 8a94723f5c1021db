"""The registry's state.sqlite: what the service did, which mails went out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import StateUnusable
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_host import ThisProcess
from registry_sheets.state.store import STATE_NAME, Store
from registry_sheets.wiring import state_of

SERVICE_PATIENCE = 1.0
"""Seconds for which the service waits for another run: a signal is only answered once SQLite stops waiting."""


@contextmanager
def store_of(registry: RegistryConfig, read_only: bool = False) -> Iterator[Store]:
    """The store of a registry; made where it is not there unless ``read_only``. Raises StateUnusable."""
    with Store(state_of(registry) / STATE_NAME, read_only=read_only) as store:
        yield store


def ledgers() -> Callable[[RegistryConfig], AbstractContextManager[Ledger]]:
    """What opens the ledger of each registry, always as the same holder. It raises StateUnusable."""
    host = ThisProcess()

    @contextmanager
    def ledger_of(registry: RegistryConfig) -> Iterator[Ledger]:
        with Store(state_of(registry) / STATE_NAME, patience=SERVICE_PATIENCE) as store:
            yield Ledger(store, host)

    return ledger_of


@contextmanager
def deliveries_of(registry: RegistryConfig) -> Iterator[Deliveries]:
    """The deliveries of a registry's mail. Raises StateUnusable."""
    with store_of(registry) as store:
        yield Deliveries(store)


def refused_addresses(registry: RegistryConfig) -> Mapping[str, str]:
    """Addresses to which mail cannot be sent, with what the server said. A state that cannot be read knows of none:
    the mail and `status` tell of it."""
    if not (state_of(registry) / STATE_NAME).exists():
        return {}
    with suppress(StateUnusable), store_of(registry, read_only=True) as store:
        return dict(Deliveries(store).refused())
    return {}
