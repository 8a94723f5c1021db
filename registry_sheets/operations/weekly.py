"""The weekly mail of a registry: who gets what, and that nobody gets it twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from registry_sheets.mailing.letter import Attachment, Letter, message_id_of
from registry_sheets.mailing.receipt import Receipt
from registry_sheets.registry.addresses import bare, domain_of, mailto, may_get_mail
from registry_sheets.reports.content import Report
from registry_sheets.reports.digest import Digest, Whom, people, unreachable, who
from registry_sheets.reports.digest_summary import summary
from registry_sheets.reports.digest_unmailed import Trouble, Unmailed, outside_domains, refused, uncertain
from registry_sheets.reports.mail_words import Around
from registry_sheets.reports.mails import render
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.delivery import recipient_key

OWNER, SUMMARY = "weekly", "summary"
"""The kinds of deliveries: an owner's own mail, and the whole of it for summary_to."""

MOST_ATTACHED = 5 << 20  # bytes; servers refuse letters of ten to twenty-five megabytes, and base64 adds a third


TOLD_FOR = timedelta(days=28)
"""So long a letter of which nobody knows whether it arrived is told of; then nobody wants it any more."""


@dataclass(frozen=True)
class MailSetting:
    """What is settled about a registry's mail.

    ``domains``: where owners may get mail. ``contact``: a mailto: or https: link for those who want no more.
    ``report_link``: where the page can be seen; '' attaches it, as ``page`` makes it. ``send_again`` gives the command
    that sends a letter after all, of a week and an address.
    """

    sender: str
    domains: tuple[str, ...]
    summary_to: tuple[str, ...] = ()
    without_news: bool = False
    contact: str = ""
    report_link: str = ""
    page: Callable[[Report], bytes] | None = None
    send_again: Callable[[str, str], str] = lambda week, to: (
        f"registry-sheets mail weekly --week {week} --to {to} --again"
    )


class Addressed(NamedTuple):
    """What one address gets: an owner's ``digest``; None: the whole. ``told`` says it in a few words."""

    kind: str
    address: str
    name: str
    told: str
    digest: Digest | None = None


@dataclass(frozen=True)
class Plan:
    """Who gets a mail of a week, and who gets none and why; ``quiet`` are those to whom there is nothing to say.

    ``since`` is the first day whose changes are told, None for the last seven days.
    """

    week: str
    addressed: tuple[Addressed, ...]
    unmailed: tuple[Unmailed, ...] = ()
    quiet: tuple[Whom, ...] = ()
    since: date | None = None


class Post(Protocol):
    """Hands letters to the mail server; see mailing.smtp.send_all()."""

    def __call__(
        self,
        letters: Iterable[Letter],
        about_to_send: Callable[[Letter], bool],
        receipt: Callable[[Letter, Receipt], None],
    ) -> None: ...


class Mailed(NamedTuple):
    """How many letters became what. ``notes``: a sentence for each that did not arrive."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    unknown: int = 0
    notes: tuple[str, ...] = ()


def plan_of_week(report: Report, week: str, setting: MailSetting, since: date | None = None) -> Plan:
    """Who gets what in a week; ``since``: as Plan.since. Of two spellings of an address the first counts."""
    addressed: dict[str, Addressed] = {}
    unmailed: list[Unmailed] = []
    quiet: list[Whom] = []
    for whom in who(report, week, since):
        if whom.digest is None:
            unmailed += [whom.unmailed] if whom.unmailed else []
        elif not may_get_mail(whom.person.address, setting.domains):
            unmailed.append(outside_domains(whom.person, setting.domains))
        elif whom.digest.nothing_to_say and not setting.without_news:
            quiet.append(whom)
        else:
            one = Addressed(OWNER, whom.person.address, whom.person.name, whom.told, whom.digest)
            addressed.setdefault(recipient_key(one.address), one)
    whole = [Addressed(SUMMARY, address, "", "the whole registry") for address in setting.summary_to]
    return Plan(week, (*addressed.values(), *whole), tuple(unmailed), tuple(quiet), since)


def only_to(plan: Plan, address: str) -> Plan:
    """The plan for one address alone."""
    wanted = recipient_key(bare(address))
    kept = tuple(one for one in plan.addressed if recipient_key(bare(one.address)) == wanted)
    return replace(plan, addressed=kept)


class Letters:
    """Makes the letters of a plan, each when it is wanted: owners' first, so that the whole tells what became of them.

    ``troubles`` are what failed in the service.
    """

    def __init__(
        self,
        report: Report,
        plan: Plan,
        setting: MailSetting,
        deliveries: Deliveries | None = None,
        troubles: Sequence[Trouble] = (),
    ) -> None:
        self._report, self._plan, self._setting = report, plan, setting
        self._deliveries, self._troubles = deliveries, troubles
        self._page: bytes | None = None

    def letter(self, one: Addressed) -> Letter:
        """The letter for one address."""
        setting = self._setting
        attached = self._attachments() if one.digest is None else ()
        around = Around(setting.report_link if one.digest is None else "", bool(attached), bare(setting.sender))
        rendered = render(one.digest or self._whole(), around)
        domain = domain_of(setting.sender)
        return Letter(
            sender=setting.sender,
            recipient=bare(one.address),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=self.message_id(one),
            unsubscribe=setting.contact or mailto(setting.sender, "No more weekly mail"),
            attachments=attached,
            list_id=f"{one.kind}.registry-sheets.{domain}",
        )

    def message_id(self, one: Addressed) -> str:
        """The Message-ID of the letter for one address: always the same for a registry, week and kind."""
        domain = domain_of(self._setting.sender)
        return message_id_of(self._report.registry, self._plan.week, bare(one.address), domain, one.kind)

    def _whole(self) -> Digest:
        found = {person.key for person, _ in people(self._report) if unreachable(person)}  # the summary tells of those
        beyond = [one for one in self._plan.unmailed if one.key not in found]
        return summary(self._report, self._plan.week, [*beyond, *self._not_arrived()], self._troubles, self._plan.since)

    def _not_arrived(self) -> Iterator[Unmailed]:
        """Addresses that the server refuses, and letters of which nobody knows whether they arrived."""
        if self._deliveries is None:
            return
        owners = {recipient_key(person.address): person for person, _ in people(self._report)}
        for address, reply in self._deliveries.refused().items():
            if person := owners.get(address):
                yield refused(address, reply, person.key, person.name)
        first = self._report.today - TOLD_FOR
        for one in self._deliveries.unknown():
            if one.kind in (OWNER, SUMMARY) and one.last_at.date() >= first:
                command = self._setting.send_again(one.period, one.recipient)
                known = owners.get(one.recipient)
                started = f"{one.last_at:%Y-%m-%d %H:%M} UTC"
                yield uncertain(one.recipient, started, command, "", known.name if known else "")

    def _attachments(self) -> tuple[Attachment, ...]:
        if self._setting.report_link or self._setting.page is None:
            return ()
        if self._page is None:
            self._page = self._setting.page(self._report)
        if len(self._page) > MOST_ATTACHED:
            return ()
        name = f"{self._report.registry} {self._report.today}.html"
        return (Attachment(name, self._page, "text", "html"),)


def send_week(letters: Letters, plan: Plan, deliveries: Deliveries, post: Post, now: Callable[[], datetime]) -> Mailed:
    """Send what is to be sent of a plan. Raises MailNotSent, MailBusy, StateUnusable; what went out is noted."""
    with deliveries.round(now()):
        for one in plan.addressed:
            deliveries.wanted(one.kind, plan.week, bare(one.address), letters.message_id(one), now())
        return _send(letters, plan, deliveries, post, now)


def send_waiting(
    letters_of: Callable[[str], tuple[Letters, Plan]], deliveries: Deliveries, post: Post, now: Callable[[], datetime]
) -> Mailed:
    """Send what was put off, of whatever week; to nobody who was not to get it then. Raises as send_week()."""
    total = Mailed()
    for week in sorted({one.period for one in deliveries.due(now()) if one.kind in (OWNER, SUMMARY)}):
        letters, plan = letters_of(week)
        with deliveries.round(now()):
            total = _sum(total, _send(letters, plan, deliveries, post, now))
    return total


def _send(letters: Letters, plan: Plan, deliveries: Deliveries, post: Post, now: Callable[[], datetime]) -> Mailed:
    due = {(one.kind, one.recipient) for one in deliveries.due(now()) if one.period == plan.week}
    to_send = [one for one in plan.addressed if (one.kind, recipient_key(bare(one.address))) in due]
    kinds = {letters.message_id(one): one.kind for one in to_send}
    count = {"sent": 0, "deferred": 0, "refused": 0, "unknown": 0}
    notes: list[str] = []

    def about_to_send(letter: Letter) -> bool:
        return deliveries.begin(kinds[letter.message_id], plan.week, letter.recipient, now())

    def receipt(letter: Letter, became: Receipt) -> None:
        kind = kinds[letter.message_id]
        state = deliveries.done(kind, plan.week, letter.recipient, became.outcome.value, became.reply, now())
        if state in count:
            count[state] += 1
        if state != "sent":
            notes.append(f"{letter.recipient}: {_BECAME.get(state or '', 'not sent')}: {became.reply}")

    if to_send:
        post(map(letters.letter, to_send), about_to_send, receipt)
    return Mailed(**count, notes=tuple(notes))


_BECAME: Mapping[str, str] = {
    "deferred": "put off, tried again later",
    "refused": "refused for good",
    "unknown": "it may or may not have arrived, and is not sent again by itself",
}


def _sum(one: Mailed, other: Mailed) -> Mailed:
    return Mailed(
        one.sent + other.sent,
        one.deferred + other.deferred,
        one.refused + other.refused,
        one.unknown + other.unknown,
        one.notes + other.notes,
    )
