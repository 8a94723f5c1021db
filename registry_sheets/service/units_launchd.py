"""The property list for macOS's launchd, of a user (agent) or of the system (daemon); see launchd.plist(5)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from registry_sheets.registry.text import xml_safe
from registry_sheets.service.units import MARKER, Kind, Service, Unit, account_hint

LABEL = "com.registry-sheets"


def launchd_unit(service: Service, home: Path) -> Unit:
    """The property list, its place, and the commands that go with it."""
    library = Path("/Library") if service.system else home / "Library"
    place = library / ("LaunchDaemons" if service.system else "LaunchAgents") / f"{LABEL}.plist"
    domain = "system" if service.system else f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
    log = library / "Logs" / "registry-sheets.log"
    return Unit(
        Kind.LAUNCHD,
        _text(service, log),
        place,
        start=(("launchctl", "bootstrap", domain, str(place)),),
        stop=(("launchctl", "bootout", f"{domain}/{LABEL}"),),
        hints=(*account_hint(service), f"Its log: {log}"),
    )


def _text(service: Service, log: Path) -> str:
    import plistlib

    said = {
        "Label": LABEL,
        "ProgramArguments": list(service.command()),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ExitTimeOut": 15,
        "ProcessType": "Background",
        "Umask": 0o027,
        "StandardOutPath": str(log),
        "StandardErrorPath": str(log),
        **({"UserName": service.user} if service.user else {}),
    }
    start = b"<plist "
    made = plistlib.dumps(said, sort_keys=False)
    # A comment must not hold two hyphens, nor end with one.
    comments = (re.sub("-(?=-|$)", "- ", xml_safe(text)) for text in (MARKER, *service.cautions))
    lines = "".join(f"<!-- {text} -->\n" for text in comments)
    return made.replace(start, lines.encode() + start, 1).decode()
