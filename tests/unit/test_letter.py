"""From a letter to a message: whatever the texts, the message says exactly what was meant, to exactly one address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.errors import ConfigProblem
from registry_sheets.mailing import addresses, headers
from registry_sheets.mailing.compose import compose
from registry_sheets.mailing.letter import Attachment, Letter, message_id_of
from registry_sheets.mailing.problems import BadRecipient

DATE = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
LETTER = Letter(
    sender="Model registry <registry@example.com>",
    recipient="ana@example.org",
    subject="Your models: 3 to fix",
    text="Hello Ana\n",
    html="<p>Hello Ana</p>\n",
    message_id=message_id_of("Shop", "2026-W48", "ana@example.org", "example.com", "weekly"),
)
FULL = replace(
    LETTER,
    reply_to="Boss <boss@example.com>",
    unsubscribe="https://example.com/mail?stop=1",
    list_id="weekly.registry.example.com",
    attachments=(Attachment("report.html", b"<p>\x00\xff</p>", "text", "html"),),
)
ALWAYS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]
SNIPPETS = st.sampled_from(
    [
        *("\r\nBcc: eve@evil.example", "\n\n", "\r", "\x00", "\u202e", "\u2028", "\x85", "\x0b", "\ud800"),
        *("=?utf-8?q?=0ABcc:_x?=", "?=", "=?", '"', "\\", ",", ":", ";", "(", ")", "@", "<eve@evil.example>"),
        *("é", "漢字", "👩\u200d🔬", " ", "\t", "a" * 90, ".", "\n."),
    ]
)
TEXTS = st.one_of(st.text(st.characters(), max_size=300), st.lists(SNIPPETS, max_size=12).map("".join))


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def is_wire_fit(content: bytes) -> bool:
    """Only ASCII, only CRLF line ends, no line over the limit of 998."""
    lines = content.split(b"\r\n")
    return (
        content.endswith(b"\r\n")
        and not re.search(rb"[\r\n\x00\x80-\xff]", b"".join(lines))
        and max(map(len, lines)) <= 998
    )


def test_a_letter_is_one_message_of_two_equal_texts() -> None:
    message = parsed(compose(LETTER, DATE))
    assert message.keys() == ALWAYS
    assert message["From"].addresses[0].addr_spec == "registry@example.com"
    assert message["From"].addresses[0].display_name == "Model registry"
    assert message["To"] == "ana@example.org"
    assert message["Subject"] == LETTER.subject
    assert message["Date"].datetime == DATE
    assert message["Message-ID"] == LETTER.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert text_of(message, "plain") == LETTER.text
    assert text_of(message, "html") == LETTER.html


def test_what_may_be_added_is_there() -> None:
    message = parsed(compose(FULL, DATE))
    assert message.keys() == [*ALWAYS[:-2], "Reply-To", "List-Id", "List-Unsubscribe", "MIME-Version", "Content-Type"]
    assert message["Reply-To"].addresses[0].addr_spec == "boss@example.com"
    assert message["List-Unsubscribe"] == "<https://example.com/mail?stop=1>"
    assert message["List-Id"] == "<weekly.registry.example.com>"
    assert message.get_content_type() == "multipart/mixed"
    assert text_of(message, "plain") == LETTER.text
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("report.html", "text/html")
    assert attached.get_payload(decode=True) == b"<p>\x00\xff</p>"


def test_a_letter_without_html_is_plain_text() -> None:
    message = parsed(compose(replace(LETTER, html=""), DATE))
    assert message.get_content_type() == "text/plain"
    assert text_of(message, "plain") == LETTER.text


def test_a_quoted_sender_name_is_read_and_written_as_one_name() -> None:
    letter = replace(LETTER, sender=r'"Smith, Jane \"J\" (=?x?=)" <r@example.com>')
    (address,) = parsed(compose(letter, DATE))["From"].addresses
    assert (address.display_name, address.addr_spec) == ('Smith, Jane "J" (=?x?=)', "r@example.com")


def test_a_long_subject_in_plain_words_stays_plain() -> None:
    subject = "Forecast " * 25
    content = compose(replace(LETTER, subject=subject), DATE)
    assert max(map(len, content.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78
    assert parsed(content)["Subject"] == subject.strip()
    assert b"=?" not in content


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(FULL, DATE) == compose(FULL, DATE)


def test_without_a_sender_name_there_is_the_bare_address() -> None:
    assert parsed(compose(replace(LETTER, sender="r@example.com"), DATE))["From"] == "r@example.com"


@settings(deadline=None)
@given(subject=TEXTS, name=TEXTS.filter(lambda name: not re.search("[<>]", name)), text=TEXTS, html=TEXTS, file=TEXTS)
def test_no_text_adds_or_changes_anything_but_itself(subject: str, name: str, text: str, html: str, file: str) -> None:
    attachment = Attachment(file, b"\r\n.\r\n", "application", "pdf")
    letter = replace(
        LETTER,
        sender=f"{name} <r@example.com>",
        subject=subject,
        text=text,
        html=html or "-",
        attachments=(attachment,),
    )
    content = compose(letter, DATE)
    assert is_wire_fit(content)
    assert content.partition(b"\r\n\r\n")[0].count(b"\r\n ") < 20
    message = parsed(content)
    assert message.keys() == ALWAYS
    assert [address.addr_spec for address in message["From"].addresses] == ["r@example.com"]
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@example.org"]
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == headers.file_name(file)
    assert attached.get_payload(decode=True) == b"\r\n.\r\n"
    for header in message.values():
        assert not re.search("[\r\n\x00\u202e\u2028\ud800]", str(header))


@settings(deadline=None)
@given(TEXTS)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    shown = headers._cut(subject, headers.SUBJECT_LIMIT)
    message = parsed(compose(replace(LETTER, subject=subject), DATE))
    assert message["Subject"] == shown


@settings(deadline=None)
@given(TEXTS)
def test_a_body_is_read_as_it_was_written(text: str) -> None:
    kept = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text.replace("\r\n", "\n").replace("\r", "\n")
    )
    message = parsed(compose(replace(LETTER, text=text, html=text or "-"), DATE))
    assert text_of(message, "plain").removesuffix("\n") == kept.removesuffix("\n")
    assert text_of(message, "html").removesuffix("\n") == (kept.removesuffix("\n") if text else "-")


def composed(letter: Letter) -> bytes | str:
    """The message, or why there is none."""
    try:
        return compose(letter, DATE)
    except BadRecipient as error:
        return str(error)


@settings(deadline=None)
@given(TEXTS)
def test_a_hostile_recipient_is_that_address_or_an_error(text: str) -> None:
    for said in (text, f"ana@example.org{text}", f"{text}@example.org", f"ana@{text}.org"):
        content = composed(replace(LETTER, recipient=said))
        if isinstance(content, str):
            assert not re.search("[\r\n\x00\u202e\u2028\ud800]", content)
            continue
        message = parsed(content)
        assert message.keys() == ALWAYS
        assert [address.addr_spec for address in message["To"].addresses] == [addresses.recipient(said).spec]
        assert re.search(rb"(?m)^To: ([!-~]+)\r$", content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "@example.org",
        "ana@",
        "a@b.example, c@d.example",
        "a@b.example; c@d.example",
        "Team: a@b.example, c@d.example;",
        "undisclosed-recipients:;",
        "Ana <ana@example.org>",
        "<ana@example.org>",
        "ana@example.org (Ana)",
        '"ana eve"@example.org',
        "ana@[127.0.0.1]",
        "ana@127.0.0.1",
        "ana..b@example.org",
        ".ana@example.org",
        "ana@-example.org",
        "ana@example..org",
        "ana@exa mple.org",
        "ana@example.org\r\nRCPT TO:<eve@evil.example>",
        "ana@example.org>\r\nDATA",
        "a" * 65 + "@example.org",
        "ana@" + "a" * 64 + ".org",
        "ana@" + ".".join(["a" * 60] * 5),
        "a" * 64 + "@" + ".".join(["b" * 60] * 4),
        "ana\u200b@example.org",
        "ana\u202e@example.org",
    ],
)
def test_anything_but_one_bare_address_is_refused(text: str) -> None:
    with pytest.raises(BadRecipient):
        compose(replace(LETTER, recipient=text), DATE)


def test_a_domain_that_is_not_ascii_goes_as_idna() -> None:
    assert addresses.recipient("ana@bücher.example").spec == "ana@xn--bcher-kva.example"
    assert addresses.recipient("ana@STRASSE.example").spec == "ana@strasse.example"
    assert addresses.recipient("ana@straße.example").spec == "ana@xn--strae-oqa.example"


def test_a_local_part_that_is_not_ascii_needs_a_server_that_takes_it() -> None:
    letter = replace(LETTER, recipient="anaïs@example.org")
    with pytest.raises(BadRecipient, match="without accents"):
        compose(letter, DATE)
    content = compose(letter, DATE, utf8=True)
    assert "\r\nTo: anaïs@example.org\r\n".encode() in content
    assert message_from_bytes(content, policy=SMTP)["Subject"] == LETTER.subject


@pytest.mark.parametrize("setting", ["sender", "reply_to"])
@pytest.mark.parametrize(
    "text", ["nobody", "A <a@b.example>, C <c@d.example>", "anaïs@example.org", "A <a@b.example>\r\nBcc: x"]
)
def test_what_is_wrong_in_every_letter_is_the_configs_problem(setting: str, text: str) -> None:
    with pytest.raises(ConfigProblem, match=setting):
        compose(replace(LETTER, **{setting: text}), DATE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com", "javascript:alert(1)", "mailto:a@b.example>\r\nX: y", "https://a b", "https://é.example"],
)
def test_a_place_to_unsubscribe_is_a_plain_address(url: str) -> None:
    with pytest.raises(ConfigProblem):
        compose(replace(LETTER, unsubscribe=url), DATE)


@pytest.mark.parametrize("name", ["weekly", "a b.example", "a.b\r\nX: y", "."])
def test_a_list_id_is_a_dotted_name(name: str) -> None:
    with pytest.raises(ConfigProblem):
        compose(replace(LETTER, list_id=name), DATE)


def test_a_message_id_of_another_form_is_not_sent() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(LETTER, message_id="<a@b>\r\nBcc: eve@evil.example"), DATE)


def test_message_ids_differ_where_anything_does_and_are_the_same_else() -> None:
    told = ("Shop", "2026-W48", "ana@example.org", "example.com", "weekly")
    others = {
        message_id_of(*(f"{part}x" if index == changed else part for index, part in enumerate(told)))
        for changed in range(5)
    }
    assert len({*others, message_id_of(*told)}) == 6
    assert message_id_of(*told) == message_id_of("Shop", "2026-W48", "Ana@Example.org", "EXAMPLE.com", "weekly")
    assert message_id_of("a", "b c", "d", "example.com") != message_id_of("a b", "c", "d", "example.com")


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_a_message_id_fits_whatever_it_is_of(registry: str, period: str, recipient: str) -> None:
    id_ = message_id_of(registry, period, recipient, "bücher.example")
    assert headers.message_id(id_) == id_
    assert id_.endswith("@xn--bcher-kva.example>")


@pytest.mark.parametrize("domain", ["", "a b", "example.com>\r\nX: y", "é" * 80, "ana@example.com"])
def test_a_message_id_needs_a_domain(domain: str) -> None:
    with pytest.raises(ConfigProblem, match="no domain"):
        message_id_of("Shop", "2026-W48", "ana@example.org", domain)


def test_secrets_of_people_do_not_show_where_a_letter_is_printed() -> None:
    assert "Hello" not in repr(FULL)


def test_a_text_that_is_mostly_not_ascii_is_not_blown_up() -> None:
    russian = "Привет, мир! " * 200
    assert len(compose(replace(LETTER, text=russian, html=""), DATE)) < 1.6 * len(russian.encode())


@pytest.mark.parametrize(
    "line", ["From me", ".", "..", "=", "trailing ", "tab\t", "=_x", "--=_alternative_", "a" * 5000, "é" * 500]
)
@pytest.mark.parametrize("around", ["", "Привет " * 30])
def test_lines_that_mean_something_in_a_mail_are_texts(line: str, around: str) -> None:
    text = f"{around}\n{line}\n{line}\n{around}\n"
    content = compose(replace(LETTER, text=text, html=text), DATE)
    assert is_wire_fit(content)
    assert text_of(parsed(content), "plain") == text
    assert text_of(parsed(content), "html") == text


def test_an_attachment_says_its_kind_in_plain_words() -> None:
    with pytest.raises(ValueError, match="media type"):
        compose(replace(LETTER, attachments=(Attachment("a", b"", "text\r\nX: y", "html"),)), DATE)
