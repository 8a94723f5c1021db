"""Mail as it is configured: the server, the secrets, what a registry's weekly mail is made with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem
from registry_sheets.mailing.letter import Letter
from registry_sheets.mailing.receipt import Receipt
from registry_sheets.mailing.server import MailServer
from registry_sheets.operations.weekly import MailSetting
from registry_sheets.registry.addresses import mailto
from registry_sheets.registry.times import weekly_time
from registry_sheets.reports.content import Report
from registry_sheets.reports.digest import CHANGE_DAYS
from registry_sheets.setting_tables import SmtpSettings
from registry_sheets.wiring import mail_terms

_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}


def mail_server(registry: RegistryConfig) -> MailServer:
    """The server that takes the registry's mail. Raises ConfigProblem where none is set."""
    said = registry.settings.smtp
    _refuse_unset(registry)
    return MailServer(
        host=said.host,
        port=said.port or _PORTS[said.security],
        security=said.security,
        auth=said.auth,
        user=said.user,
        password=_password(said),
        token=_token(said),
        timeout=said.timeout,
        ca_file=Path(said.ca_file) if said.ca_file else None,
    )


def _refuse_unset(registry: RegistryConfig) -> None:
    missing = [] if registry.settings.sender else ['sender = "Model registry <registry@example.com>"']
    missing += [] if registry.settings.smtp.host else ['host = "..." under [smtp]']
    if missing:
        where = registry.file or "config.toml"
        raise ConfigProblem(
            f"No mail can be sent for '{registry.name}': {where} does not say how.",
            f"Set {' and '.join(missing)}; config.example.toml explains the settings.",
        )


def _password(said: SmtpSettings) -> Callable[[], str]:
    """What gives the password: from its file, else from the environment. It is asked for when it is needed."""

    def password() -> str:
        if said.password_file:
            return _of_file(Path(said.password_file))
        found = os.environ.get(said.password_env, "")
        if not found:
            raise ConfigProblem(
                f"No password is known for {said.user}: the environment variable {said.password_env} is not set.",
                "Set it, or put the password into a file and name that: password_file under [smtp].",
            )
        return found

    return password


def password_trouble(registry: RegistryConfig) -> str:
    """What is wrong with the password as this account and environment see it, '' where nothing is."""
    said = registry.settings.smtp
    if not said.host or said.auth != "login":
        return ""
    try:
        _password(said)()
    except ConfigProblem as error:
        return error.message
    if not said.password_file:
        return f"its password comes from the environment variable {said.password_env}, which a service does not inherit"
    path = Path(said.password_file)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        return f"other accounts may read the password in {path} (chmod 600 it)"
    return ""


def _of_file(path: Path) -> str:
    try:
        found = path.read_text(encoding="utf-8-sig").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigProblem(f"The password cannot be read from {path}: {why}.", "Correct password_file.") from None
    if not found or "\n" in found:
        raise ConfigProblem(f"{path} does not hold one password on one line.", "Write it there, and nothing else.")
    return found


def _token(said: SmtpSettings) -> Callable[[], str]:
    def token() -> str:
        from registry_sheets.mailing.token_command import run_token_command

        return run_token_command(said.token_command, said.timeout)

    return token


class ConfiguredPost:
    """Hands letters to the configured server; see mailing.smtp.send_all()."""

    def __init__(self, registry: RegistryConfig) -> None:
        self._registry = registry

    def __call__(
        self,
        letters: Iterable[Letter],
        about_to_send: Callable[[Letter], bool],
        receipt: Callable[[Letter, Receipt], None],
    ) -> None:
        from registry_sheets.mailing.smtp import send_all

        send_all(mail_server(self._registry), letters, about_to_send, receipt)


def mail_setting(registry: RegistryConfig) -> MailSetting:
    """What the config says about the registry's mail."""
    said, terms = registry.settings, mail_terms(registry)
    return MailSetting(
        sender=said.sender,
        domains=terms.domains if terms else (),
        summary_to=tuple(said.summary_to),
        without_news=said.mail_without_news,
        contact=_contact(said.unsubscribe),
        report_link=said.report_link,
        page=_page,
        send_again=lambda week, to: _send_again(registry, week, to),
    )


def first_day(registry: RegistryConfig, week: str, today: date) -> date:
    """The first day whose changes the mail of a week tells: seven days, counted from the day on which it was due.

    A mail that goes out later than it was due begins no later, so that no day goes untold.
    """
    due = weekly_time(registry.settings.weekly)
    year, number = week.split("-W")
    day = date.fromisocalendar(int(year), int(number), due.weekday + 1 if due else 1)
    return min(day, today) - timedelta(days=CHANGE_DAYS - 1)


def _contact(said: str) -> str:
    if not said or urlsplit(said).scheme in ("http", "https", "mailto"):
        return said
    return mailto(said)


def _page(report: Report) -> bytes:
    from registry_sheets.reports.page import render_page

    return render_page(report).encode("utf-8", "replace")


def _send_again(registry: RegistryConfig, week: str, to: str) -> str:
    import shlex

    named = f" --config {shlex.quote(str(registry.file))}" if registry.file else ""
    return (
        f"registry-sheets mail weekly --week {week} --to {shlex.quote(to)} --again "
        f"--registry {shlex.quote(registry.name)}{named}"
    )
