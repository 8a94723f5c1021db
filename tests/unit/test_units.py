"""Units for systemd, launchd and Windows: what they say, what they survive, and where they go."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from registry_sheets.cli.service import service as service_command
from registry_sheets.config import RegistryConfig, read_file
from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.registry_sheet import FileSheet
from registry_sheets.service.units import (
    MARKER,
    Kind,
    Service,
    Unit,
    default_kind,
    passwords_left_behind,
    unit_of,
    written_folders,
)
from registry_sheets.service.units_install import NotInstalled, commands, decoded, install, run_command
from registry_sheets.service.units_systemd import exec_line, quoted
from registry_sheets.setting_tables import SmtpSettings
from registry_sheets.settings import RegistrySettings

posix = pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
ODD = 'o dd %n $HOME ; # "q" \\b é & <x> ]]> o\'brien'
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1)
TASK_NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def _service(folder: Path, system: bool = False, user: str = "") -> Service:
    folders = (folder / "models", Path("/srv/plain"))
    return Service(folder / "bin" / "python", folder / "config.toml", folders, (), system, user)


def _unit(kind: Kind, service: Service) -> Unit:
    return unit_of(kind, service, {"USERNAME": "a&nn", "USERDOMAIN": "OFFICE"}, Path("/home/ann"))


def _lines(unit: Unit, name: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.text.splitlines() if line.startswith(f"{name}=")]


def _words(line: str) -> list[str]:
    """A line as systemd splits it: quotes, a backslash before any sign, %% for % (systemd.syntax(7))."""
    words: list[str] = []
    word, quote, signs = "", "", iter(line.replace("%%", "%"))
    for sign in signs:
        if sign == "\\":
            word += next(signs)
        elif quote:
            word, quote = (word, "") if sign == quote else (word + sign, quote)
        elif sign in "\"'":
            quote = sign
        elif sign == " ":
            words.append(word)
            word = ""
        else:
            word += sign
    assert not quote
    return [*words, word]


@given(st.lists(PRINTABLE, min_size=1, max_size=4))
def test_systemd_reads_the_words_that_were_meant(words: list[str]) -> None:
    assert _words(" ".join(map(quoted, words))) == words


@given(PRINTABLE, PRINTABLE)
def test_systemd_starts_what_was_meant(program: str, config: str) -> None:
    """Without variables (':'), and by way of a shell where systemd refuses the program's name."""
    meant = (f"/opt/{program}/python", "-m", "registry_sheets", f"/{config}")
    words = _words(exec_line(meant))
    assert words[0].startswith(":/")
    words[0] = words[0][1:]
    if words[0] == "/bin/sh":
        assert words[1:3] == ["-c", 'exec "$0" "$@"']
        words = words[3:]
    else:
        assert not set("\"'\\") & set(words[0])
    assert tuple(words) == meant


@posix
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
@pytest.mark.parametrize("name", ["plain", "sp ace é", ODD])
@pytest.mark.parametrize("system", [False, True])
def test_systemd_itself_takes_the_unit(tmp_path: Path, system: bool, name: str) -> None:
    service = _service(tmp_path / name, system, "daemon" if system else "")
    service.python.parent.mkdir(parents=True)
    service.python.symlink_to(sys.executable)
    place = tmp_path / "registry-sheets.service"
    place.write_text(_unit(Kind.SYSTEMD, service).text, encoding="utf-8")
    scope = [] if system else ["--user"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *scope, place],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if str(place) in line or "registry-sheets" in line]
    newer = ("'RestartSteps'", "'RestartMaxDelaySec'")  # systemd 254
    assert [line for line in said if not any(key in line for key in newer)] == []
    assert done.returncode == 0


@posix
def test_the_systems_unit_is_closed_off_but_for_its_folders(tmp_path: Path) -> None:
    unit = _unit(Kind.SYSTEMD, _service(Path("/opt/a b"), system=True, user="ann%"))
    assert unit.place == Path("/etc/systemd/system/registry-sheets.service")
    assert _lines(unit, "ProtectSystem") == ["strict"]
    assert [_words(line) for line in _lines(unit, "ReadWritePaths")] == [["-/opt/a b/models"], ["-/srv/plain"]]
    assert _lines(unit, "User") == ["ann%%"]
    assert _lines(unit, "PrivateTmp") == ["yes"]
    assert _lines(unit, "WantedBy") == ["multi-user.target"]
    assert MARKER in unit.text


@posix
def test_a_common_temporary_folder_that_is_needed_is_not_hidden() -> None:
    unit = _unit(Kind.SYSTEMD, _service(Path("/var/tmp/trial"), system=True))
    assert _lines(unit, "PrivateTmp") == ["no"]
    assert _lines(unit, "CapabilityBoundingSet") == []


@posix
def test_a_users_unit_needs_no_namespace() -> None:
    unit = _unit(Kind.SYSTEMD, _service(Path("/opt/a")))
    assert unit.place == Path("/home/ann/.config/systemd/user/registry-sheets.service")
    for name in ("ProtectSystem", "ReadWritePaths", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables", "User"):
        assert _lines(unit, name) == []
    assert _lines(unit, "NotifyAccess") == ["main"]
    assert _lines(unit, "OOMPolicy") == ["continue"]
    assert _lines(unit, "WantedBy") == ["default.target"]
    assert any("enable-linger" in hint for hint in unit.hints)


@posix
@pytest.mark.parametrize("said", ["", "relative/folder"])
def test_only_a_whole_xdg_folder_counts(said: str) -> None:
    unit = unit_of(Kind.SYSTEMD, _service(Path("/opt/a")), {"XDG_CONFIG_HOME": said}, Path("/home/ann"))
    assert unit.place == Path("/home/ann/.config/systemd/user/registry-sheets.service")


@posix
@pytest.mark.parametrize("name", ["two\nExecStart=/bin/evil", "bell\a", "reversed\u202e", "not text \udcff", "\0"])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_path_that_would_break_out_is_refused(kind: Kind, name: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        _unit(kind, _service(Path("/opt") / name))
    assert str(caught.value).isprintable()


@posix
def test_a_path_that_is_not_whole_is_refused() -> None:
    with pytest.raises(ConfigProblem):
        _unit(Kind.SYSTEMD, _service(Path("relative")))


@posix
@given(PRINTABLE)
def test_the_property_list_holds_what_was_meant(name: str) -> None:
    service = _service(Path("/opt") / name.replace("/", ""))
    unit = _unit(Kind.LAUNCHD, service)
    said = plistlib.loads(unit.text.encode())
    assert tuple(said["ProgramArguments"]) == service.command()
    assert said["KeepAlive"] == {"SuccessfulExit": False}
    assert (said["RunAtLoad"], said["ProcessType"]) == (True, "Background")
    assert said["StandardErrorPath"] == "/home/ann/Library/Logs/registry-sheets.log"
    assert "UserName" not in said
    assert unit.place == Path("/home/ann/Library/LaunchAgents/com.registry-sheets.plist")
    assert MARKER in unit.text


@posix
def test_the_property_list_of_the_system_names_the_account() -> None:
    unit = _unit(Kind.LAUNCHD, _service(Path("/opt/a"), system=True, user="ann"))
    assert plistlib.loads(unit.text.encode())["UserName"] == "ann"
    assert unit.place == Path("/Library/LaunchDaemons/com.registry-sheets.plist")
    assert unit.start[0][:3] == ("launchctl", "bootstrap", "system")


def _task(unit: Unit) -> ET.Element:
    return ET.fromstring(unit.text.encode(unit.encoding))


def _said(task: ET.Element, path: str) -> str:
    return task.findtext("/".join(f"{TASK_NAMESPACE}{name}" for name in path.split("/"))) or ""


def _names(element: ET.Element | None) -> list[str]:
    assert element is not None
    return [child.tag.removeprefix(TASK_NAMESPACE) for child in element]


@posix
@pytest.mark.parametrize("name", ["plain", ODD])
def test_the_task_of_windows_holds_what_was_meant(name: str) -> None:
    service = _service(Path("/opt") / name)
    task = _task(_unit(Kind.WINDOWS, service))
    assert _names(task) == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    assert MARKER in _said(task, "RegistrationInfo/Description")
    assert _said(task, "Triggers/LogonTrigger/UserId") == "OFFICE\\a&nn"
    assert _said(task, "Principals/Principal/LogonType") == "InteractiveToken"
    assert PureWindowsPath(_said(task, "Actions/Exec/Command")) == PureWindowsPath(str(service.python))
    assert _said(task, "Actions/Exec/Arguments").endswith(
        subprocess.list2cmdline(("serve", "--config", str(service.config)))
    )


@posix
def test_the_task_of_windows_runs_for_ever_and_comes_back() -> None:
    task = _task(_unit(Kind.WINDOWS, _service(Path("/opt/a"), system=True)))
    settings = {name: _said(task, f"Settings/{name}") for name in _names(task.find(f"{TASK_NAMESPACE}Settings"))}
    assert settings["ExecutionTimeLimit"] == "PT0S"
    assert settings["StartWhenAvailable"] == "true"
    assert settings["DisallowStartIfOnBatteries"] == settings["StopIfGoingOnBatteries"] == "false"
    assert settings["MultipleInstancesPolicy"] == "IgnoreNew"
    # As Windows exports them.
    order = (
        "MultipleInstancesPolicy",
        "AllowHardTerminate",
        "StartWhenAvailable",
        "IdleSettings",
        "Enabled",
        "Priority",
    )
    assert sorted(order, key=list(settings).index) == list(order)
    assert list(settings)[-1] == "RestartOnFailure"
    assert 1 <= int(_said(task, "Settings/RestartOnFailure/Count")) <= 255
    assert _said(task, "Triggers/BootTrigger/Enabled") == "true"
    assert _said(task, "Principals/Principal/UserId") == "S-1-5-18"


def test_windows_opens_no_window() -> None:
    from registry_sheets.service.units_windows import windows_unit

    service = Service(Path(r"C:\Program Files\Python\python.exe"), Path(r"C:\Users\Ann B\config.toml"))
    unit = windows_unit(service, {"LOCALAPPDATA": r"C:\Users\Ann B\AppData\Local"})
    task = _task(unit)
    assert _said(task, "Actions/Exec/Command") == r"C:\Program Files\Python\pythonw.exe"
    assert _said(task, "Actions/Exec/Arguments") == (
        r'-P -m registry_sheets.cli.windowless "C:\Users\Ann B\AppData\Local\registry-sheets\service.log"'
        r' serve --config "C:\Users\Ann B\config.toml"'
    )
    assert unit.text.encode(unit.encoding).startswith((b"\xff\xfe", b"\xfe\xff"))


def test_without_windows_output_goes_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "service.log"
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "registry_sheets.cli.windowless", log, "--version"], capture_output=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert [line.split()[0] for line in log.read_text(encoding="utf-8").splitlines()] == ["registry-sheets"] * 2


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    with log.open("wb") as file:
        file.truncate(11 * 2**20)
    subprocess.run([sys.executable, "-m", "registry_sheets.cli.windowless", log, "--version"], check=True)
    assert log.stat().st_size < 100
    assert (tmp_path / "service.log.1").stat().st_size == 11 * 2**20


@pytest.mark.parametrize(
    ("platform", "kind"),
    [("win32", Kind.WINDOWS), ("darwin", Kind.LAUNCHD), ("linux", Kind.SYSTEMD), ("freebsd14", Kind.SYSTEMD)],
)
def test_every_system_has_its_usual_kind(platform: str, kind: Kind) -> None:
    assert default_kind(platform) is kind


def _config(folder: Path, text: str = '[[registry]]\nsheet = "models.xlsx"\n') -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


@posix
def test_every_folder_that_is_written_is_known(tmp_path: Path) -> None:
    real = tmp_path / "share" / "real.xlsx"
    real.parent.mkdir()
    real.touch()
    file = _config(
        tmp_path / "home",
        f'output = "{tmp_path}/reports"\nindex = "../pages/index.html"\n'
        '[[registry]]\nname = "one"\nsheet = "books/link.xlsx"\nstate = "../state"\n'
        '[[registry]]\nname = "two"\nsheet = "books/deep/../deep/two.xlsx"\noutput = "books/out"\n',
    )
    (tmp_path / "home" / "books").mkdir()
    (tmp_path / "home" / "books" / "link.xlsx").symlink_to(real)

    def state_of(registry: RegistryConfig) -> Path:
        return (registry.state or registry.home / ".registry-sheets" / registry.slug).resolve()

    folders = written_folders(read_file(file).registries, state_of)
    expected = {
        "home/books": False,
        "home/.registry-sheets/two": True,
        "pages": True,
        "reports/one": True,
        "share": False,
        "state/one": True,
    }
    assert {str(folder.relative_to(tmp_path)): folder in folders.own for folder in folders.all} == expected


@posix
def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    unit = unit_of(Kind.SYSTEMD, _service(tmp_path), {"XDG_CONFIG_HOME": str(tmp_path)}, tmp_path)
    assert unit.place is not None
    unit.place.parent.mkdir(parents=True)
    unit.place.write_text("[Service]\nExecStart=/bin/mine\n", encoding="utf-8")
    with pytest.raises(NotInstalled, match="not made by this command"):
        install(unit, _service(tmp_path), run_command)
    assert "/bin/mine" in unit.place.read_text(encoding="utf-8")
    unit.place.unlink()
    (tmp_path / "elsewhere").write_text(MARKER, encoding="utf-8")
    unit.place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotInstalled):
        install(unit, _service(tmp_path), run_command)
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == MARKER


@posix
def test_the_systems_unit_makes_the_folders_it_opens(tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    service = Service(Path(sys.executable), tmp_path / "config.toml", (state,), (state,), system=True)
    unit = unit_of(Kind.SYSTEMD, service, {}, tmp_path)
    here = Unit(unit.kind, unit.text, tmp_path / "unit", unit.start, unit.stop)
    assert not install(here, service, run_command)
    assert state.is_dir()
    assert install(here, service, run_command)
    assert (tmp_path / "unit").read_text(encoding="utf-8") == unit.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "unit"]


@posix
def test_windows_is_given_the_file_and_replaces_only_its_own(tmp_path: Path) -> None:
    service = _service(Path("/opt/a"))
    unit = _unit(Kind.WINDOWS, service)
    ran: list[tuple[str, ...]] = []
    installed = ""

    def fake(command: tuple[str, ...]) -> str:
        ran.append(command)
        if "/Query" in command:
            if not installed:
                raise NotInstalled("ERROR: The system cannot find the file specified.")
            return installed
        if "/XML" in command:
            assert Path(command[command.index("/XML") + 1]).read_bytes().decode("utf-16") == unit.text
        return ""

    assert not install(unit, service, fake)
    assert "/F" not in ran[-1]
    installed = unit.text
    assert install(unit, service, fake)
    assert ran[-1][-1] == "/F"
    installed = "<Task>mine</Task>"
    with pytest.raises(NotInstalled, match="Registry Sheets"):
        install(unit, service, fake)
    assert "/Query" in ran[-1]


def test_what_windows_prints_is_read_in_any_encoding() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-8"):
        assert MARKER in decoded(f"<x>{MARKER}</x>".encode(encoding))


SYSTEMCTL = '#!/bin/sh\necho "$@" >> "$RAN"\n[ -z "$FAIL" ] || { echo "$FAIL" >&2; exit 1; }\n'
NO_BUS = "Failed to connect to bus: No medium found"


class _Desk:
    """The command, with systemd's own replaced by one that notes what it was told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, _config(folder / "regis try")
        self.ran, tools = folder / "ran", folder / "tools"
        tools.mkdir()
        (tools / "systemctl").write_text(SYSTEMCTL, encoding="utf-8")
        (tools / "systemctl").chmod(0o755)
        self.environment = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "XDG_CONFIG_HOME": str(folder / "xdg"),
            "RAN": str(self.ran),
            "FAIL": "",
            "SUDO_USER": "",
        }
        self.place = folder / "xdg" / "systemd" / "user" / "registry-sheets.service"

    def __call__(self, *arguments: str, **environment: str) -> Result:
        app = typer.Typer()
        app.command()(service_command)
        return CliRunner().invoke(app, [*arguments, "--kind", "systemd"], env={**self.environment, **environment})

    def told(self) -> list[str]:
        said = self.ran.read_text(encoding="utf-8").splitlines() if self.ran.exists() else []
        self.ran.unlink(missing_ok=True)
        return said


@pytest.fixture
def desk(tmp_path: Path) -> _Desk:
    if os.name == "nt":
        pytest.skip("systemd")
    return _Desk(tmp_path)


def test_show_prints_and_writes_nothing(desk: _Desk) -> None:
    done = desk("--config", str(desk.config))
    assert done.exit_code == 0, done.output
    assert f'--config "{desk.config}"' in done.stdout
    assert str(sys.executable) in done.stdout
    assert str(desk.place) in done.stderr
    assert not desk.place.exists()


def test_install_writes_and_says_how_to_start_it(desk: _Desk) -> None:
    done = desk("install", "--config", str(desk.config))
    assert done.exit_code == 0, done.output
    assert desk.place.read_text(encoding="utf-8") == desk("show", "--config", str(desk.config)).stdout
    assert "systemctl --user enable registry-sheets.service" in done.stdout
    assert desk.told() == []
    assert "Replaced" in desk("install", "--config", str(desk.config)).stdout


def test_now_starts_it_and_stops_it(desk: _Desk) -> None:
    assert desk("install", "--now", "--config", str(desk.config)).exit_code == 0
    assert desk.told() == [
        "--user daemon-reload",
        "--user enable registry-sheets.service",
        "--user restart registry-sheets.service",
    ]
    wants = desk.place.parent / "default.target.wants" / desk.place.name
    wants.parent.mkdir()
    wants.symlink_to(desk.place)
    shutil.rmtree(desk.config.parent)  # it goes without its config, too
    assert desk("uninstall", "--now").exit_code == 0
    assert desk.told() == ["--user stop registry-sheets.service", "--user daemon-reload"]
    assert not desk.place.exists()
    assert not wants.is_symlink()


def test_uninstall_says_how_to_stop_it(desk: _Desk) -> None:
    assert "nothing to remove" in desk("uninstall").stdout
    desk("install", "--config", str(desk.config))
    done = desk("uninstall")
    assert "systemctl --user stop registry-sheets.service" in done.stdout
    assert not desk.place.exists()


def test_a_dry_run_changes_nothing(desk: _Desk) -> None:
    done = desk("install", "--now", "--dry-run", "--config", str(desk.config))
    assert f"Would write {desk.place}" in done.stdout
    assert "systemctl --user restart" in done.stdout
    assert not desk.place.exists()
    desk("install", "--config", str(desk.config))
    assert "Would remove" in desk("uninstall", "--dry-run", "--now").stdout
    assert desk.place.exists()
    assert desk.told() == []


def test_what_systemd_says_is_passed_on(desk: _Desk) -> None:
    done = desk("install", "--now", "--config", str(desk.config), FAIL=NO_BUS)
    assert isinstance(done.exception, NotInstalled)
    assert "Failed to connect to bus" in done.exception.message
    assert "systemctl --user daemon-reload" in done.exception.message
    assert done.exception.message.startswith("The unit is in place, but was not started.")
    assert done.exception.fix.startswith("This login has no systemd of its own (as over su or sudo): log in directly")
    assert desk.place.exists()


def test_another_trouble_of_systemd_has_the_commands_to_repeat(desk: _Desk) -> None:
    done = desk("install", "--now", "--config", str(desk.config), FAIL="Unit is masked.")
    assert isinstance(done.exception, NotInstalled)
    assert "Unit is masked." in done.exception.message
    assert ".." not in done.exception.message
    assert "systemctl --user restart registry-sheets.service" in done.exception.fix


def test_a_folder_that_cannot_be_written_is_explained(desk: _Desk) -> None:
    (desk.folder / "xdg").write_text("a file, no folder", encoding="utf-8")
    done = desk("install", "--config", str(desk.config))
    assert isinstance(done.exception, NotInstalled)
    assert "xdg" in done.exception.message


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="for the administrator")
def test_sudo_without_system_is_refused(desk: _Desk) -> None:
    done = desk("install", "--config", str(desk.config), SUDO_USER="ann")
    assert isinstance(done.exception, ConfigProblem)
    assert not desk.place.exists()


def test_without_a_config_it_says_so(desk: _Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    assert isinstance(desk("install").exception, ConfigProblem)


LOGIN = '[smtp]\nhost = "mail.example.com"\nauth = "login"\nuser = "robot"\n'
SHEET = '[[registry]]\nsheet = "models.xlsx"\n'


@posix
def test_a_password_that_a_service_does_not_see_is_told(desk: _Desk) -> None:
    desk.config.write_text(LOGIN + SHEET, encoding="utf-8")
    shown = desk("show", "--config", str(desk.config))
    assert "the environment variable REGISTRY_SHEETS_SMTP_PASSWORD, which a service does not inherit" in shown.stderr
    assert " ".join(shown.stderr.split(" and set ")[0].split()) in " ".join(
        line.removeprefix("# ") for line in shown.stdout.splitlines() if line.startswith("#")
    )
    assert "set password_file under [smtp]" in desk("install", "--config", str(desk.config)).stderr
    desk.config.write_text(f'{LOGIN}password_file = "secret"\n{SHEET}', encoding="utf-8")
    assert "Mail signs in" not in desk("show", "--config", str(desk.config)).stderr


@posix
@pytest.mark.parametrize("name", ["PLAIN", "a-->b", "--", "x\nUser=root", "<&>]]>", "\x1b[31m"])
def test_a_caution_stays_a_comment_in_every_unit(tmp_path: Path, name: str) -> None:
    smtp = SmtpSettings(host="mail.example.com", auth="login", user="robot", password_env=name)
    settings = RegistrySettings.model_construct(smtp=smtp)
    cautions = passwords_left_behind([RegistryConfig("demo", FileSheet(tmp_path / "models.xlsx"), settings, tmp_path)])
    service = replace(_service(tmp_path), cautions=cautions)
    systemd = _unit(Kind.SYSTEMD, service)
    kept = [line for line in systemd.text.splitlines() if not line.startswith("#")]
    assert kept == [line for line in _unit(Kind.SYSTEMD, _service(tmp_path)).text.splitlines() if line[:1] != "#"]
    launchd = _unit(Kind.LAUNCHD, service).text
    assert plistlib.loads(launchd.encode()) == plistlib.loads(_unit(Kind.LAUNCHD, _service(tmp_path)).text.encode())
    assert "set password_file under [smtp]" in launchd
    windows = _task(_unit(Kind.WINDOWS, service))
    assert "set password_file under [smtp]" in _said(windows, "RegistrationInfo/Description")


@posix
@pytest.mark.parametrize("kind", [Kind.SYSTEMD, Kind.LAUNCHD])
def test_the_systems_service_says_as_whom_it_runs(kind: Kind) -> None:
    hints = _unit(kind, _service(Path("/opt/a"), system=True, user="ann")).hints
    assert "It runs as ann, the owner of /opt/a/config.toml." in hints
    hints = _unit(kind, _service(Path("/opt/a"), system=True)).hints
    assert hints[0].startswith("It runs as root, the owner of /opt/a/config.toml. Better let an account of its own")
    assert not [hint for hint in _unit(kind, _service(Path("/opt/a"))).hints if "It runs as" in hint]


def test_what_windows_would_run_can_be_pasted() -> None:
    unit = _unit(Kind.WINDOWS, _service(Path("C:/a") if os.name == "nt" else Path("/a")))
    assert commands(unit.register) == ('schtasks /Create /TN "Registry Sheets" /XML registry-sheets.xml',)
