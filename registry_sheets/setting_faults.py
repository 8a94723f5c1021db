"""What is wrong with a setting and what to write instead, by the setting's name; '' where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from registry_sheets.registry import addresses, links, times

FAULTS: Mapping[str, Callable[[str], str]] = {
    "link": links.fault_of,
    "report_link": links.fault_of_page,
    "index": links.fault_of_index,
    "nightly": times.fault_of_nightly,
    "weekly": times.fault_of_weekly,
    "check_every": times.fault_of_interval,
    "time_limit": times.fault_of_interval,
    "sender": addresses.fault_of_address,
    "alert_to": addresses.fault_of_address,
    "summary_to": addresses.fault_of_address,
    "unsubscribe": addresses.fault_of_contact,
    "allowed_domains": addresses.fault_of_domain,
}
"""Of a list, each entry is judged."""
