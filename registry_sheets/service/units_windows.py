"""The task for Windows' Task Scheduler, as XML.

Elements and their order as Windows exports them; types by the Task Scheduler schema
(https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema).
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import PureWindowsPath
from xml.sax.saxutils import escape

from registry_sheets.registry.text import terminal_safe
from registry_sheets.service.units import MARKER, TITLE, Kind, Service, Unit

TASK = "Registry Sheets"
_SYSTEM = "S-1-5-18"
_RESTARTS = 255  # the schema's unsignedByte


def windows_unit(service: Service, environment: Mapping[str, str]) -> Unit:
    """The task, and the commands that go with it. Windows keeps tasks itself, so there is no file."""
    log = _log(service.system, environment)
    return Unit(
        Kind.WINDOWS,
        _text(service, _account(environment), log),
        None,
        start=(("schtasks", "/Run", "/TN", TASK),),
        stop=(("schtasks", "/End", "/TN", TASK),),
        register=(("schtasks", "/Create", "/TN", TASK, "/XML", "{file}"),),
        overwrite=("/F",),
        unregister=(("schtasks", "/Delete", "/TN", TASK, "/F"),),
        query=("schtasks", "/Query", "/TN", TASK, "/XML"),
        hints=(f"Its log: {log}", *((_OWN_ACCOUNT,) if service.system else ())),
        encoding="utf-16",
    )


_OWN_ACCOUNT = (
    "It runs as SYSTEM. Better give it an account of its own that may write the workbooks: "
    f'schtasks /Change /TN "{TASK}" /RU ACCOUNT /RP'
)


def _log(system: bool, environment: Mapping[str, str]) -> PureWindowsPath:
    name, instead = ("PROGRAMDATA", r"C:\ProgramData") if system else ("LOCALAPPDATA", r"C:\Registry Sheets")
    return PureWindowsPath(environment.get(name) or instead) / "registry-sheets" / "service.log"


def _account(environment: Mapping[str, str]) -> str:
    name, domain = environment.get("USERNAME", ""), environment.get("USERDOMAIN", "")
    return terminal_safe(f"{domain}\\{name}" if domain and name else name)


def _text(service: Service, account: str, log: PureWindowsPath) -> str:
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{escape(". ".join((TITLE, MARKER, *service.cautions)))}</Description>
  </RegistrationInfo>
  <Triggers>
{_trigger(service.system, account)}
  </Triggers>
  <Principals>
    <Principal id="Author">
{_principal(service.system, account)}
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure>
      <Interval>PT5M</Interval>
      <Count>{_RESTARTS}</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(str(_windowless(service)))}</Command>
      <Arguments>{escape(_arguments(service, log))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def _trigger(system: bool, account: str) -> str:
    if system:
        return "    <BootTrigger>\n      <Enabled>true</Enabled>\n      <Delay>PT1M</Delay>\n    </BootTrigger>"
    user = f"      <UserId>{escape(account)}</UserId>\n" if account else ""
    return f"    <LogonTrigger>\n      <Enabled>true</Enabled>\n{user}    </LogonTrigger>"


def _principal(system: bool, account: str) -> str:
    if system:
        return f"      <UserId>{_SYSTEM}</UserId>"
    user = f"      <UserId>{escape(account)}</UserId>\n" if account else ""
    return f"{user}      <LogonType>InteractiveToken</LogonType>"


def _windowless(service: Service) -> PureWindowsPath:
    """pythonw.exe, which opens no window; it stands beside python.exe."""
    python = PureWindowsPath(str(service.python))
    return python.with_name("pythonw.exe") if python.name.casefold() == "python.exe" else python


def _arguments(service: Service, log: PureWindowsPath) -> str:
    """The command line of Windows; what writes the log stands between, since pythonw has no output."""
    return subprocess.list2cmdline(("-P", "-m", "registry_sheets.cli.windowless", str(log), *service.arguments()))
