"""The unit for systemd, of a user or of the system (systemd.service(5), systemd.exec(5), systemd.unit(5))."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from registry_sheets.service.units import MARKER, TITLE, Kind, Service, Unit, account_hint

NAME = "registry-sheets.service"
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - they are looked for, not used


def systemd_unit(service: Service, environment: Mapping[str, str], home: Path) -> Unit:
    """The unit, its place, and the commands that go with it."""
    ctl = ("systemctl",) if service.system else ("systemctl", "--user")
    reload = (*ctl, "daemon-reload")
    log = f"Its log: journalctl {'' if service.system else '--user '}-u {NAME}"
    stay = () if service.system else ("To keep it running after you log out: loginctl enable-linger",)
    place = _place(service.system, environment, home)
    return Unit(
        Kind.SYSTEMD,
        _text(service),
        place,
        start=(reload, (*ctl, "enable", NAME), (*ctl, "restart", NAME)),
        stop=((*ctl, "stop", NAME),),
        links=(place.parent / f"{_target(service)}.wants" / NAME,),
        unregister=(reload,),
        hints=(*account_hint(service), log, *stay),
    )


def _place(system: bool, environment: Mapping[str, str], home: Path) -> Path:
    if system:
        return Path("/etc/systemd/system") / NAME
    said = Path(environment.get("XDG_CONFIG_HOME", ""))
    return (said if said.is_absolute() else home / ".config") / "systemd" / "user" / NAME


def _text(service: Service) -> str:
    return "\n".join((*_head(service), *_run(service), *_limits(), *_sandbox(service), *_foot(service), ""))


def _head(service: Service) -> tuple[str, ...]:
    network = ("Wants=network-online.target", "After=network-online.target") if service.system else ()
    return (
        f"# {MARKER}",
        "# Changes of your own go into a drop-in, which stays when this file is made anew:",
        f"#   systemctl {'' if service.system else '--user '}edit {NAME}",
        *(line for caution in service.cautions for line in _comment(caution)),
        "",
        "[Unit]",
        f"Description={TITLE}",
        *network,
        "# Never give up: a share that is not there yet may come.",
        "StartLimitIntervalSec=0",
        "",
    )


def _comment(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 110, initial_indent="# ", subsequent_indent="# ")


def _run(service: Service) -> tuple[str, ...]:
    return (
        "[Service]",
        "Type=notify",
        "# The service tells how it is; its child processes do not.",
        "NotifyAccess=main",
        "WatchdogSec=3min",
        *((f"User={service.user.replace('%', '%%')}",) if service.user else ()),
        f"ExecStart={exec_line(service.command())}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=30s",
        "# Wait longer each time, up to ten minutes. Known since systemd 254; older ones say so and wait 30 s.",
        "RestartSteps=5",
        "RestartMaxDelaySec=10min",
        "# SIGTERM goes to the service, which ends its child; what is left after 15 s is killed.",
        "KillMode=mixed",
        "TimeoutStopSec=15s",
        "# A workbook that takes all memory ends the child that reads it, and not the service.",
        "OOMPolicy=continue",
        "# Reports are for the account and its group; 0022 if a web server is to read them.",
        "UMask=0027",
        "",
    )


def _limits() -> tuple[str, ...]:
    """What works for a user's unit as for the system's: no namespace is needed."""
    return (
        "NoNewPrivileges=yes",
        "# AF_UNIX for the journal and systemd, AF_NETLINK for looking up addresses (getaddrinfo).",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
        "RestrictNamespaces=yes",
        "RestrictRealtime=yes",
        "LockPersonality=yes",
        "SystemCallArchitectures=native",
        "# A refused call is an error that Python can tell of, instead of the end of the process.",
        "SystemCallFilter=@system-service",
        "SystemCallErrorNumber=EPERM",
        "# Not MemoryDenyWriteExecute=: Python's ctypes and some libraries make code while they run.",
        "",
    )


def _sandbox(service: Service) -> tuple[str, ...]:
    if not service.system:
        return (
            "# The file system is not closed off here, as it is in the system's unit: a user's systemd can do that",
            "# only in a user namespace, which many systems forbid, and where files of others seem to be nobody's,",
            "# so that a saved workbook could not be given back to its owner.",
            "",
        )
    return (
        "# Everything is read-only but these folders ('-': may be missing). When a registry in another folder comes,",
        "# run `registry-sheets service install --system` again. A token_command that keeps files of its own",
        "# needs their folder here too, by a drop-in with ReadWritePaths=.",
        "ProtectSystem=strict",
        *(f"ReadWritePaths={quoted(f'-{folder}')}" for folder in service.writes),
        *_private_tmp(service),
        "PrivateDevices=yes",
        "ProtectClock=yes",
        "ProtectControlGroups=yes",
        "ProtectHostname=yes",
        "ProtectKernelLogs=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes",
        *(("CapabilityBoundingSet=",) if service.user else ()),
        "",
    )


def _private_tmp(service: Service) -> tuple[str, ...]:
    """A /tmp of its own would hide what lies in the common one."""
    needed = (service.python, service.config, *service.writes)
    if any(path.is_relative_to(folder) for path in needed for folder in _TEMPORARY):
        return ("# Not PrivateTmp=: something that is needed lies in the common temporary folder.", "PrivateTmp=no")
    return ("PrivateTmp=yes",)


def _foot(service: Service) -> tuple[str, ...]:
    return ("[Install]", f"WantedBy={_target(service)}")


def _target(service: Service) -> str:
    return "multi-user.target" if service.system else "default.target"


def exec_line(command: tuple[str, ...]) -> str:
    """A command line for ExecStart=.

    ':' before it switches variables off, so that $ is a sign like others: doubling it would not help in the program's
    own path, which Python looks at to find its libraries. systemd refuses a program with a quote or a backslash in its
    path (/home/o'brien), so that one is started by a shell, which then becomes it.
    """
    if any(sign in command[0] for sign in "'\"\\"):
        command = ("/bin/sh", "-c", 'exec "$0" "$@"', *command)
    return " ".join((quoted(f":{command[0]}"), *(quoted(word) for word in command[1:])))


def quoted(text: str) -> str:
    """A word in a unit: in quotes where it must be, with %, \\ and " escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    plain = escaped == text and not any(sign in text for sign in " ';#$&|<>*?(){}[]`")
    return text if plain and text else f'"{escaped}"'
