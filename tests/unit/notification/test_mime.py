"""E-mails as a mail program reads them."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.composing import Invitation, OutgoingMessage, Words
from services.notification.sending.channels import Rejected
from services.notification.sending.channels.mime import composed
from tests.unit.notification.builders import NOW, OFFICE, by_email

WORDS = Words("ยืนยันสิทธิ์การเข้ารับการอบรม: โครงการ", "เรียน นายสมชาย\n\nข้อความ\n", "<!DOCTYPE html><p>ข้อความ</p>")
REQUEST = Invitation("REQUEST", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")
CANCEL = Invitation("CANCEL", "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nX-ก:ก\r\nEND:VCALENDAR\r\n".encode())


def outgoing(
    email: str = "somchai@example.go.th",
    invitation: Invitation | None = None,
    *,
    name: str = "นายสมชาย ใจดี",
    subject: str = WORDS.subject,
) -> OutgoingMessage:
    return OutgoingMessage("0c8e", by_email(name, email), "th", replace(WORDS, subject=subject), invitation, NOW)


def read(message: OutgoingMessage) -> EmailMessage:
    raw = composed(message, OFFICE)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def named(raw: bytes, header: str) -> tuple[str, str]:
    """Name and address as RFC 2047 has it; Python's newer parser puts a blank between two encoded words of a name."""
    value = message_from_bytes(raw)[header]
    return parseaddr(str(make_header(decode_header(value))))


def test_headers() -> None:
    mail, raw = read(outgoing()), composed(outgoing(), OFFICE)

    assert mail["Message-ID"] == "<0c8e@moi.example.go.th>"
    assert mail["Subject"] == WORDS.subject
    assert named(raw, "From") == (OFFICE.name, OFFICE.address)
    assert named(raw, "To") == ("นายสมชาย ใจดี", "somchai@example.go.th")
    assert mail["Content-Language"] == "th"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW == datetime(2020, 8, 1, 3, tzinfo=UTC)


words = st.lists(st.text(st.sampled_from("กขคงจญฐดตนปผพมยรลสอะัาำิีึืุูเแโใไ่้๊๋์ๆฯ.-:AbZ019"), min_size=1), max_size=30)


@given(words.map(lambda some: " ".join(["ก", *some])))
def test_thai_comes_through_unchanged(text: str) -> None:
    mail = message_from_bytes(composed(outgoing(name=text, subject=text), OFFICE))

    subject, to = (str(make_header(decode_header(mail[header]))) for header in ("Subject", "To"))
    assert subject == text
    assert to == f"{text} <somchai@example.go.th>"


def test_text_before_html() -> None:
    mail = read(outgoing())

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.splitlines() == WORDS.text.splitlines()
    assert html.strip() == WORDS.html


@pytest.mark.parametrize(
    ("entry", "name"), [(REQUEST, "invitation.ics"), (CANCEL, "cancellation.ics")], ids=["invited", "cancelled"]
)
def test_one_calendar_object_as_alternative_and_the_same_as_a_file(entry: Invitation, name: str) -> None:
    mail = read(outgoing("somchai@example.go.th", entry))

    body, *files = mail.iter_parts()
    assert isinstance(body, EmailMessage)
    kinds = [(part.get_content_type(), part.get_param("method")) for part in body.iter_parts()]
    assert kinds == [("text/plain", None), ("text/html", None), ("text/calendar", entry.method)]
    assert [(part.get_filename(), part.get_param("method")) for part in files] == [(name, entry.method)]
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_payload(decode=True) for part in calendars] == [entry.content] * 2


def test_every_text_says_its_charset() -> None:
    parts = [part for part in read(outgoing("somchai@example.go.th", CANCEL)).walk() if not part.is_multipart()]

    assert [part.get_content_charset() for part in parts] == ["utf-8"] * 4


def test_every_attempt_is_the_same_mail() -> None:
    assert read(outgoing())["Message-ID"] == read(outgoing())["Message-ID"]


@pytest.mark.parametrize(
    "email",
    ["", "somchai", "@example.go.th", "somchai@", "a b@example.go.th", "a@b\r\nBcc: c@d", "สมชาย@example.go.th"],
)
def test_what_is_no_address_is_rejected(email: str) -> None:
    with pytest.raises(Rejected, match="address-invalid"):
        composed(outgoing(email), OFFICE)


def test_a_name_cannot_bring_a_header() -> None:
    mail = read(outgoing(name="นายสมชาย\r\nBcc: everybody@example.go.th"))

    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["somchai@example.go.th"]
