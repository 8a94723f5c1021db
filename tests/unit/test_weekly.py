"""The weekly mail of a registry: who gets what, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from registry_sheets.mailing.letter import Letter
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.receipt import Outcome, Receipt
from registry_sheets.operations.weekly import (
    OWNER,
    SUMMARY,
    Letters,
    MailSetting,
    only_to,
    plan_of_week,
    send_waiting,
    send_week,
)
from registry_sheets.reports.content import Report
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.store import Store
from tests.support.registries import version
from tests.support.reported import reported

WEEK = "2026-W27"
NOW = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
PEOPLE = [("Ana", "ana@example.com", ""), ("Kim", "kim@example.com", ""), ("Lea", "lea@example.com", "no")]
SETTING = MailSetting("Registry <registry@example.com>", ("example.com",), ("boss@example.com",))


class FakePost:
    """A mail server of which the test says what it answers; good where nothing is said."""

    def __init__(self, **answers: Outcome) -> None:
        self.answers = answers
        self.letters: list[Letter] = []
        self.broken = ""

    def __call__(
        self,
        letters: Iterable[Letter],
        about_to_send: Callable[[Letter], bool],
        receipt: Callable[[Letter, Receipt], None],
    ) -> None:
        for letter in letters:
            if self.broken:
                raise MailNotSent(self.broken)
            if not about_to_send(letter):
                continue
            outcome = self.answers.get(letter.recipient.split("@")[0], Outcome.SENT)
            if outcome is Outcome.SENT:
                self.letters.append(letter)
            receipt(letter, Receipt(outcome, "250 ok" if outcome is Outcome.SENT else "550 no such user"))


@pytest.fixture
def deliveries(tmp_path: Path) -> Iterator[Deliveries]:
    with Store(tmp_path / "state.sqlite") as store:
        yield Deliveries(store)


def a_report(**first: str) -> Report:
    rows = [version(owner="Ana", why="", **first), version(name="Churn", version="2", owner="Kim", data_source="")]
    return reported(rows, owners=PEOPLE)


def addresses(report: Report, setting: MailSetting = SETTING) -> list[str]:
    return [one.address for one in plan_of_week(report, WEEK, setting).addressed]


def send(report: Report, deliveries: Deliveries, post: FakePost, now: datetime = NOW) -> tuple[int, int, int, int]:
    plan = plan_of_week(report, WEEK, SETTING)
    mailed = send_week(Letters(report, plan, SETTING, deliveries), plan, deliveries, post, lambda: now)
    return mailed.sent, mailed.deferred, mailed.refused, mailed.unknown


def test_each_owner_gets_one_mail_and_those_of_summary_to_the_whole() -> None:
    plan = plan_of_week(a_report(), WEEK, SETTING)
    assert [(one.kind, one.address) for one in plan.addressed] == [
        (OWNER, "ana@example.com"),
        (OWNER, "kim@example.com"),
        (SUMMARY, "boss@example.com"),
    ]
    assert plan.unmailed == ()


def test_an_owner_who_has_left_gets_none() -> None:
    plan = plan_of_week(reported([version(owner="Lea", why="")], owners=PEOPLE), WEEK, SETTING)
    assert [one.kind for one in plan.addressed] == [SUMMARY]
    assert "not active" in plan.unmailed[0].why


def test_mail_goes_to_no_other_domain() -> None:
    plan = plan_of_week(reported([version(owner="ana@evil.example", data_source="")]), WEEK, SETTING)
    assert [one.kind for one in plan.addressed] == [SUMMARY]
    assert "outside the domains" in plan.unmailed[0].why


def test_a_name_without_address_gets_none() -> None:
    plan = plan_of_week(reported([version(owner="Zoe", data_source="")]), WEEK, SETTING)
    assert [(one.who, one.why) for one in plan.unmailed] == [("Zoe", "No e-mail address is known.")]


def test_nothing_is_sent_where_there_is_nothing_to_say_unless_it_is_wanted() -> None:
    row = version(
        owner="Ana", last_reviewed=date(2026, 6, 30), training_date=date(2026, 6, 1), deployed_on=date(2026, 6, 2)
    )
    quiet = reported([row], before={date(2026, 5, 1): [row]}, owners=PEOPLE)
    plan = plan_of_week(quiet, WEEK, SETTING)
    assert [one.kind for one in plan.addressed] == [SUMMARY]
    assert [whom.person.name for whom in plan.quiet] == ["Ana"]
    wanted = MailSetting(SETTING.sender, SETTING.domains, without_news=True)
    assert addresses(quiet, wanted) == ["ana@example.com"]


def test_only_to_one_address() -> None:
    plan = plan_of_week(a_report(), WEEK, SETTING)
    assert [one.address for one in only_to(plan, "KIM@example.com").addressed] == ["kim@example.com"]
    assert only_to(plan, "nobody@example.com").addressed == ()


def test_a_week_s_mail_goes_out_once(deliveries: Deliveries) -> None:
    post = FakePost()
    assert send(a_report(), deliveries, post) == (3, 0, 0, 0)
    assert send(a_report(location=""), deliveries, post) == (0, 0, 0, 0)
    assert [letter.recipient for letter in post.letters] == ["ana@example.com", "kim@example.com", "boss@example.com"]


def test_letters_are_whole(deliveries: Deliveries) -> None:
    post = FakePost()
    send(a_report(), deliveries, post)
    letter = post.letters[0]
    assert letter.sender == SETTING.sender
    assert letter.unsubscribe.startswith("mailto:registry@example.com")
    assert letter.message_id.endswith("@example.com>")
    assert "AC failure" in letter.text
    assert "AC failure" in letter.html
    assert "Churn" not in letter.html


def test_the_page_goes_with_the_whole_where_no_link_is_given(deliveries: Deliveries) -> None:
    report = a_report()
    setting = MailSetting(SETTING.sender, SETTING.domains, SETTING.summary_to, page=lambda _: b"<p>page</p>")
    plan = plan_of_week(report, WEEK, setting)
    letters = Letters(report, plan, setting, deliveries)
    owner, _, whole = map(letters.letter, plan.addressed)
    assert [(one.name, one.content) for one in whole.attachments] == [("demo 2026-07-01.html", b"<p>page</p>")]
    assert owner.attachments == ()
    linked = MailSetting(**{**vars(setting), "report_link": "https://wiki.example.com/models"})
    letter = Letters(report, plan, linked, deliveries).letter(plan.addressed[-1])
    assert letter.attachments == ()
    assert "https://wiki.example.com/models" in letter.html


def test_what_is_put_off_is_tried_again_later_and_goes_out_once(deliveries: Deliveries) -> None:
    report = a_report()
    assert send(report, deliveries, FakePost(kim=Outcome.DEFERRED)) == (2, 1, 0, 0)
    post = FakePost()
    plan = plan_of_week(report, WEEK, SETTING)
    letters = Letters(report, plan, SETTING, deliveries)

    def wait(minutes: int) -> int:
        later = NOW + timedelta(minutes=minutes)
        return send_waiting(lambda _week: (letters, plan), deliveries, post, lambda: later).sent

    assert [wait(minutes) for minutes in (1, 11, 30)] == [0, 1, 0]
    assert [letter.recipient for letter in post.letters] == ["kim@example.com"]


def test_a_refused_address_is_told_in_the_whole_of_the_same_week(deliveries: Deliveries) -> None:
    post = FakePost(kim=Outcome.REFUSED)
    assert send(a_report(), deliveries, post) == (2, 0, 1, 0)
    assert "kim@example.com" in post.letters[-1].text
    assert "550 no such user" in post.letters[-1].text


def test_a_letter_that_may_have_arrived_is_not_repeated_and_told_with_the_command(deliveries: Deliveries) -> None:
    post = FakePost(kim=Outcome.UNKNOWN)
    assert send(a_report(), deliveries, post) == (2, 0, 0, 1)
    assert send(a_report(), deliveries, FakePost()) == (0, 0, 0, 0)
    told = " ".join(post.letters[-1].text.split())
    assert f"mail weekly --week {WEEK} --to kim@example.com --again" in told


def test_a_server_that_cannot_be_reached_leaves_all_waiting(deliveries: Deliveries) -> None:
    post = FakePost()
    post.broken = "no route"
    with pytest.raises(MailNotSent):
        send(a_report(), deliveries, post)
    assert {one.state for one in deliveries.due(NOW)} == {"queued"}
    assert send(a_report(), deliveries, FakePost()) == (3, 0, 0, 0)


def test_a_run_that_dies_while_it_sends_repeats_nothing(deliveries: Deliveries) -> None:
    class Died(BaseException):
        pass

    def dying(
        letters: Iterable[Letter],
        about_to_send: Callable[[Letter], bool],
        _receipt: Callable[[Letter, Receipt], None],
    ) -> None:
        about_to_send(next(iter(letters)))
        raise Died

    report = a_report()
    plan = plan_of_week(report, WEEK, SETTING)
    with pytest.raises(Died):
        send_week(Letters(report, plan, SETTING, deliveries), plan, deliveries, dying, lambda: NOW)
    post = FakePost()
    assert send(report, deliveries, post) == (2, 0, 0, 0)
    assert [letter.recipient for letter in post.letters] == ["kim@example.com", "boss@example.com"]
    assert "ana@example.com --again" in " ".join(post.letters[-1].text.split())
