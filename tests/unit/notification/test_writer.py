"""Every kind of message in both languages, as text and as HTML: Thai that an office would send, nothing unescaped."""

from dataclasses import replace
from datetime import UTC, timedelta
from html.parser import HTMLParser

import pytest

from services.notification.composing import Language, Words, Writer
from services.notification.composing.domain.wording import cut, days_left, official, period
from services.notification.composing.writer import LONGEST_SUBJECT, MOST_PERIODS
from services.notification.domain import KINDS, NO_RUN, WITHOUT_RUN, Facts, Kind, Listed, Message, MessageSnapshot
from shared.events.catalogue import Official, Session, Venue
from tests.unit.notification.builders import START, TITLE, message, run, sitting

WRITER = Writer(sender="กองการเจ้าหน้าที่ สป.มท.", portal="https://pattana.example.go.th/?a=1&b=2")
SUBJECTS = {
    (Kind.NOMINATION_REQUEST, "th"): "ขอความอนุเคราะห์เสนอชื่อผู้เข้ารับการอบรม",
    (Kind.CONFIRMED, "th"): "ยืนยันสิทธิ์การเข้ารับการอบรม",
    (Kind.PROMOTED, "th"): "เลื่อนจากบัญชีสำรองเป็นผู้มีสิทธิ์เข้ารับการอบรม",
    (Kind.SUBSTITUTED, "th"): "ยืนยันสิทธิ์การเข้ารับการอบรมแทนผู้สละสิทธิ์",
    (Kind.WAITLISTED, "th"): "แจ้งการขึ้นบัญชีสำรองผู้เข้ารับการอบรม",
    (Kind.REJECTED, "th"): "แจ้งผลการพิจารณาการเสนอชื่อเข้ารับการอบรม",
    (Kind.EXPIRED, "th"): "การเสนอชื่อเข้ารับการอบรมสิ้นผล",
    (Kind.EXPIRED_AT_OFFICE, "th"): "มีการเสนอชื่อของหน่วยงานที่สิ้นผล",
    (Kind.WITHDRAWN, "th"): "แจ้งการสละสิทธิ์การเข้ารับการอบรม",
    (Kind.RUN_RESCHEDULED, "th"): "แจ้งเปลี่ยนแปลงกำหนดการอบรม",
    (Kind.RUN_CHANGED, "th"): "แจ้งย้ายรุ่นการอบรม",
    (Kind.RUN_CANCELLED, "th"): "แจ้งยกเลิกการอบรม",
    (Kind.REMINDER, "th"): "แจ้งเตือนกำหนดการอบรมในอีก 7 วัน",
    (Kind.SEAT_OPEN, "th"): "มีที่นั่งว่างให้เสนอชื่อเพิ่มเติม",
    (Kind.NOMINATIONS_REOPENED, "th"): "เปิดรับการเสนอชื่ออีกครั้ง",
    (Kind.RELEASE_AHEAD, "th"): "ที่นั่งที่ยังไม่มีผู้ใช้สิทธิ์จะถูกนำกลับ",
    (Kind.RELEASE_AHEAD, "en"): "Unclaimed seats will be released",
    (Kind.SEATS_RELEASED, "th"): "ผลการคืนที่นั่งที่ไม่มีผู้ใช้สิทธิ์",
    (Kind.SEATS_RELEASED, "en"): "Unclaimed seats have been released",
    (Kind.NOMINATIONS_REOPENED, "en"): "Nominations are open again",
    (Kind.SEAT_OFFERED, "th"): "เสนอที่นั่งให้ท่านเข้ารับการอบรม โปรดตอบรับภายในกำหนด",
    (Kind.SEAT_OFFERED, "en"): "A seat is offered to you, please answer in time",
    (Kind.OFFER_EXPIRED, "th"): "พ้นกำหนดตอบรับที่นั่ง",
    (Kind.OFFER_EXPIRED, "en"): "The time to accept a seat is over",
    (Kind.NOMINATIONS_MISSING, "th"): "หน่วยงานที่ยังไม่เสนอชื่อ",
    (Kind.NOMINATIONS_ERASED, "th"): "มีการเสนอชื่อของหน่วยงานที่สิ้นสุดลงเนื่องจากการลบข้อมูลส่วนบุคคล",
    (Kind.NOMINATIONS_MOVED, "th"): "ผู้ได้รับการเสนอชื่อย้ายสังกัด",
    (Kind.SEAT_LEFT, "th"): "ที่นั่งเดิมสิ้นสุดเนื่องจากการย้ายสังกัด",
    (Kind.MOVES_TO_DECIDE, "th"): "โปรดพิจารณารายชื่อผู้ที่ย้ายสังกัด",
    (Kind.NO_SHOW, "th"): "แจ้งผลการลงทะเบียนเข้ารับการอบรม (ไม่พบการลงทะเบียน)",
    (Kind.NO_SHOW, "en"): "You were not registered as present",
    (Kind.GROUP_PLACED, "th"): "แจ้งกลุ่มของท่านในการอบรม",
    (Kind.GROUP_PLACED, "en"): "Your group",
    (Kind.IDEA_AWARDED, "th"): "ขอแสดงความยินดี ผลงานของกลุ่มท่านได้รับรางวัล",
    (Kind.IDEA_AWARDED, "en"): "Congratulations, an idea of your group has won an award",
    (Kind.NO_SHOWS_OF_OFFICE, "th"): "มีผู้ไม่เข้ารับการอบรมจากหน่วยงานของท่าน",
    (Kind.NO_SHOWS_OF_OFFICE, "en"): "People of your office were not present",
    (Kind.NO_SHOWS_CORRECTED, "th"): "แก้ไขข้อมูลผู้ไม่เข้ารับการอบรมของหน่วยงานท่าน",
    (Kind.NO_SHOWS_CORRECTED, "en"): "Attendance of your office was put right",
    (Kind.CERTIFICATE_ISSUED, "th"): "ท่านได้รับประกาศนียบัตร",
    (Kind.CERTIFICATE_ISSUED, "en"): "Your certificate",
    (Kind.CERTIFICATE_REISSUED, "th"): "ประกาศนียบัตรฉบับใหม่ของท่าน",
    (Kind.CERTIFICATE_REISSUED, "en"): "Your new certificate",
    (Kind.CERTIFICATE_REVOKED, "th"): "ประกาศนียบัตรของท่านถูกเพิกถอน",
    (Kind.CERTIFICATE_REVOKED, "en"): "Your certificate was revoked",
    (Kind.FOLLOW_UP_ASSIGNED, "th"): "มอบหมายงานติดตามผลหลังการอบรม",
    (Kind.FOLLOW_UP_ASSIGNED, "en"): "To be followed up after the training",
    (Kind.FOLLOW_UP_RETURNED, "th"): "ส่งคืนรายงานงานติดตามผล",
    (Kind.FOLLOW_UP_RETURNED, "en"): "A follow-up report was given back",
    (Kind.FOLLOW_UPS_OPEN, "th"): "เตือนงานติดตามผลที่ยังไม่ได้รายงาน",
    (Kind.FOLLOW_UPS_OPEN, "en"): "Reminder of what is left to do",
    (Kind.FOLLOW_UPS_OVERDUE, "th"): "งานติดตามผลเกินกำหนด",
    (Kind.FOLLOW_UPS_OVERDUE, "en"): "Overdue after the training",
    (Kind.ANSWERS_ASKED, "th"): "ขอเชิญตอบแบบประเมิน",
    (Kind.ANSWERS_ASKED, "en"): "Please answer",
    (Kind.ANSWERS_REMINDED, "th"): "เตือนให้ตอบแบบประเมิน",
    (Kind.ANSWERS_REMINDED, "en"): "Reminder to answer",
    (Kind.ENTRY_RECALLED, "th"): "ยกเลิกนัดหมายในปฏิทินของที่อยู่อีเมลเดิม",
    (Kind.ENTRY_RECALLED, "en"): "Calendar entry at your former address cancelled",
    (Kind.SEAT_OPEN, "en"): "Open seats for further nominations",
    (Kind.NOMINATIONS_MISSING, "en"): "Units that have not nominated",
    (Kind.NOMINATIONS_ERASED, "en"): "Nominations of your office have ended by an erasure",
    (Kind.NOMINATIONS_MOVED, "en"): "Nominated officers have moved",
    (Kind.SEAT_LEFT, "en"): "Your former seat has ended as you moved",
    (Kind.MOVES_TO_DECIDE, "en"): "Please decide about officers who have moved",
    (Kind.NOMINATION_REQUEST, "en"): "Request for nominations",
    (Kind.CONFIRMED, "en"): "Your seat is confirmed",
    (Kind.PROMOTED, "en"): "A seat has become free for you",
    (Kind.SUBSTITUTED, "en"): "Your seat in place of another participant is confirmed",
    (Kind.WAITLISTED, "en"): "You are on the waiting list",
    (Kind.REJECTED, "en"): "Result of your nomination",
    (Kind.EXPIRED, "en"): "Your nomination has expired",
    (Kind.EXPIRED_AT_OFFICE, "en"): "Nominations of your office have expired",
    (Kind.WITHDRAWN, "en"): "Your withdrawal is recorded",
    (Kind.RUN_RESCHEDULED, "en"): "Change of schedule",
    (Kind.RUN_CHANGED, "en"): "Your training is in another run now",
    (Kind.RUN_CANCELLED, "en"): "Training cancelled",
    (Kind.REMINDER, "en"): "Reminder, the training starts in 7 days",
}
WHEN = {
    "th": "วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 13.00–16.00 น.",
    "en": "Monday 31 August 2020, 13:00–16:00 (Bangkok time)",
}


class Outline(HTMLParser):
    """Which elements are open, and the text of the whole."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.unclosed: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes[tag] = dict(attributes)
        if tag not in {"meta", "br"}:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def addressed(kind: Kind) -> Message:
    return message(kind=kind, addressee=KINDS[kind].whom[-1])


def written(kind: Kind, language: Language, name: str = "นายสมชาย ใจดี", **changes: object) -> Words:
    snapshot = MessageSnapshot(run(closes_at=START, **changes), days_left=7)
    return WRITER.write(addressed(kind), snapshot, language, name)


@pytest.mark.parametrize(("kind", "language"), SUBJECTS)
def test_every_kind_in_both_languages(kind: Kind, language: Language) -> None:
    words = written(kind, language)
    outline = Outline(words.html)

    assert words.subject == f"{SUBJECTS[kind, language]}: {TITLE}"
    for part in (WHEN[language], TITLE, "PERS-2563-001", "โรงแรมเอสดี อเวนิว", "นายสมชาย ใจดี", "กองการเจ้าหน้าที่ สป.มท."):
        assert part in words.text
        assert part in outline.text
    assert outline.unclosed == []
    assert outline.attributes["html"]["lang"] == language
    assert outline.attributes["th"]["scope"] == "row"
    assert "{{" not in words.text + words.html
    assert "\n\n\n" not in words.text


def test_all_kinds_have_a_subject_here() -> None:
    assert {kind for kind, _ in SUBJECTS} | {kind for kind, _ in OF_NO_RUN} == set(Kind) - DIGESTS


DIGESTS = {Kind.APPROVALS_WAITING, Kind.APPROVALS_DELEGATED}
OF_NO_RUN = {
    (Kind.PLANS_SUBMITTED, "th"): "มีแผนพัฒนารายบุคคลรอความเห็นชอบ",
    (Kind.PLANS_SUBMITTED, "en"): "Development plans wait to be agreed",
    (Kind.PLAN_AGREED, "th"): "แผนพัฒนารายบุคคลของท่านได้รับความเห็นชอบแล้ว",
    (Kind.PLAN_AGREED, "en"): "Your development plan has been agreed",
    (Kind.PLAN_RETURNED, "th"): "ผู้บังคับบัญชาส่งคืนแผนพัฒนารายบุคคลของท่าน",
    (Kind.PLAN_RETURNED, "en"): "Your development plan was given back",
    (Kind.DELEGATION_GIVEN, "th"): "ท่านได้รับมอบหมายให้พิจารณาการเสนอชื่อแทนผู้ที่ไม่อยู่ปฏิบัติราชการ",
    (Kind.DELEGATION_GIVEN, "en"): "You have been asked to decide on nominations for somebody who is away",
}


@pytest.mark.parametrize(("kind", "language"), OF_NO_RUN)
def test_what_is_of_no_run_names_none(kind: Kind, language: Language) -> None:
    about = message(kind=kind, addressee=KINDS[kind].whom[0], run=NO_RUN, nomination=None)
    words = WRITER.write(about, MessageSnapshot(WITHOUT_RUN), language, "นายสมชาย ใจดี")
    assert words.subject == OF_NO_RUN[kind, language]
    assert "กองการเจ้าหน้าที่ สป.มท." in words.text
    assert Outline(words.html).unclosed == []
    assert not any(part in words.text for part in ("None", "2000", "2543", "{{", "\n\n\n"))


def told(kind: Kind, language: Language, facts: Facts, **changes: object) -> Words:
    return WRITER.write(addressed(kind), MessageSnapshot(run(**changes), facts=facts), language, "นายสมชาย ใจดี")


def test_what_changed_is_the_first_line_and_the_subject() -> None:
    before = run().schedule
    moved = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=3)}

    thai = told(Kind.RUN_RESCHEDULED, "th", Facts(told=before), **moved)
    english = told(Kind.RUN_RESCHEDULED, "en", Facts(told=before), **moved, venue=Venue(name="<b>โรงแรมใหม่</b>"))

    line = "เปลี่ยนวันจัดอบรม: เดิม วันจันทร์ที่ 31 สิงหาคม 2563 เป็น วันอังคารที่ 1 กันยายน 2563"
    assert thai.text.startswith(f"{line}\n\nเรียน นายสมชาย ใจดี\n\nขอแจ้งให้ทราบว่า")
    assert thai.subject == f"แจ้งเปลี่ยนวันจัดอบรม: {TITLE}"
    assert f"<p><strong>{line}</strong></p>\n<p>เรียน" in thai.html
    assert english.subject == f"Change of date and place: {TITLE}"
    assert english.text.startswith(
        "New date: Tuesday 1 September 2020 instead of Monday 31 August 2020; New place: <b>"
    )
    assert "&lt;b&gt;โรงแรมใหม่" in english.html
    assert "<b>" not in english.html


def test_lists_of_an_office_are_bounded_and_say_so() -> None:
    lines = tuple(Listed(f"สำนักงาน <{number}>", f"Office {number}", number) for number in range(1, 4))

    missing = told(Kind.NOMINATIONS_MISSING, "th", Facts(listed=lines, more=57))
    digest, delegated = (told(kind, "en", Facts(listed=lines, more=1)) for kind in sorted(DIGESTS, reverse=True))

    assert "จำนวน 60 หน่วยงาน ดังนี้\n- สำนักงาน <1>\n- สำนักงาน <2>" in missing.text
    assert "- และอีก 57 หน่วยงาน" in missing.text
    assert "- สำนักงาน &lt;1&gt;<br>\n- สำนักงาน &lt;2&gt;<br>" in missing.html
    for one in (digest, delegated):
        assert "- Office 1: 1\n- Office 2: 2\n- Office 3: 3\n- and 1 more\n" in one.text
        assert "Programme:" not in one.text
    assert all("\n\n\n" not in words.text for words in (missing, digest, delegated))


def test_how_many_seats_are_open() -> None:
    by = Facts(answer_by=START - timedelta(days=30))
    assert "ภายในวันเสาร์ที่ 1 สิงหาคม 2563 เวลา 13.00 น." in told(Kind.SEAT_OFFERED, "th", by).text
    assert "by Saturday 1 August 2020, 13:00 (Bangkok time)" in told(Kind.SEAT_OFFERED, "en", by).text
    link = "https://pattana.example/api/enrolment/offers/x"
    mail = WRITER.write(addressed(Kind.SEAT_OFFERED), MessageSnapshot(run(), facts=by), "th", "นายสมชาย ใจดี", link)
    assert f"โปรดอย่าส่งต่อ: {link}" in mail.text
    assert f'<a href="{link}">{link}</a>' in mail.html
    assert "offers" not in told(Kind.SEAT_OFFERED, "th", by).text, "an inbox has none"
    assert "มีที่นั่งว่าง 3 ที่นั่ง" in told(Kind.SEAT_OPEN, "th", Facts(open_seats=3)).text
    assert "has one open seat in" in told(Kind.SEAT_OPEN, "en", Facts(open_seats=1)).text
    assert "ยังมีที่นั่งว่าง 3 ที่นั่ง" in told(Kind.NOMINATIONS_REOPENED, "th", Facts(open_seats=3)).text
    assert "still has one open seat." in told(Kind.NOMINATIONS_REOPENED, "en", Facts(open_seats=1)).text


def test_an_office_is_addressed_as_an_office_and_asked_by_a_day() -> None:
    words = written(Kind.NOMINATION_REQUEST, "th", "สำนักงานจังหวัดเชียงใหม่")

    assert words.text.startswith("ถึง สำนักงานจังหวัดเชียงใหม่\n\n")
    assert "ภายในวันจันทร์ที่ 31 สิงหาคม 2563" in words.text
    assert "ปิดรับการเสนอชื่อ: วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 13.00 น." in words.text


def test_a_person_is_addressed_politely_and_without_a_name_not_at_all() -> None:
    assert written(Kind.CONFIRMED, "th").text.startswith("เรียน นายสมชาย ใจดี\n\nขอแจ้งให้ทราบว่า")
    assert written(Kind.CONFIRMED, "th", "").text.startswith("ขอแจ้งให้ทราบว่า")


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_people_typed_is_text_and_never_html(language: Language) -> None:
    hostile = '<script>alert("1")</script> & {{ run }}'

    words = written(Kind.CONFIRMED, language, hostile, title=hostile, venue=Venue(name=hostile))

    assert "<script" not in words.html
    assert Outline(words.html).text.count(hostile) == 5
    assert hostile in words.text
    assert hostile in words.subject


def test_a_subject_is_one_line() -> None:
    assert "\n" not in written(Kind.CONFIRMED, "th", title="หนึ่ง\r\nBcc: x@example.com").subject


def test_nothing_known_of_place_and_chair() -> None:
    words = written(Kind.CONFIRMED, "th", venue=Venue(), chair=None)

    assert "สถานที่:" not in words.text
    assert "ประธาน" not in words.text


def test_each_session_has_its_line() -> None:
    sessions = (sitting(0, title="พิธีเปิด"), sitting(1, hour=13))

    text = written(Kind.CONFIRMED, "th", sessions=sessions).text

    assert "วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 09.00–12.00 น. (พิธีเปิด)" in text
    assert "วันอังคารที่ 1 กันยายน 2563 เวลา 13.00–16.00 น." in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("th", "วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 13.00 น. ถึงวันพุธที่ 2 กันยายน 2563 เวลา 16.30 น."),
        ("en", "Monday 31 August 2020, 13:00 (Bangkok time) to Wednesday 2 September 2020, 16:30 (Bangkok time)"),
    ],
)
def test_a_period_over_days_from_any_zone(language: Language, expected: str) -> None:
    ends = START.replace(month=9, day=2, hour=16, minute=30)

    assert period(Session(starts_at=START.astimezone(UTC), ends_at=ends.astimezone(UTC)), language) == expected


def test_on_whose_behalf() -> None:
    chair = Official(name="นายเชษฐา โมสิกรัตน์", position="รองปลัดกระทรวง", on_behalf_of="ปลัดกระทรวงมหาดไทย")

    assert official(chair, "th") == "นายเชษฐา โมสิกรัตน์ รองปลัดกระทรวง ปฏิบัติหน้าที่แทน ปลัดกระทรวงมหาดไทย"


@pytest.mark.parametrize(
    ("count", "thai", "english"),
    [(7, "ในอีก 7 วัน", "in 7 days"), (1, "ในวันพรุ่งนี้", "tomorrow"), (0, "ในวันนี้", "today"), (None, "", "")],
)
def test_days_left(count: int | None, thai: str, english: str) -> None:
    assert (days_left(count, "th"), days_left(count, "en")) == (thai, english)


def test_the_words_do_not_depend_on_how_often_they_are_written() -> None:
    snapshot = MessageSnapshot(replace(run(), revision=3))

    assert WRITER.write(message(), snapshot, "th") == WRITER.write(message(), snapshot, "th")


def test_no_title_and_no_number_of_sessions_makes_a_message_without_end() -> None:
    whole = written(Kind.CONFIRMED, "th", title="ก" * 500).subject
    endless = written(Kind.CONFIRMED, "th", title="กี่" * 5_000, sessions=tuple(sitting(day) for day in range(1_000)))

    assert whole.endswith("ก" * 500)
    assert len(endless.subject) <= LONGEST_SUBJECT
    assert endless.subject.endswith("กี่…")
    assert endless.text.count(" น.\n") <= MOST_PERIODS + 10
    assert cut("กี่กี่", 4) == cut("กี่กี่", 5) == "กี่…"


@pytest.mark.parametrize("kind", [Kind.CERTIFICATE_ISSUED, Kind.CERTIFICATE_REISSUED, Kind.CERTIFICATE_REVOKED])
@pytest.mark.parametrize("language", ["th", "en"])
def test_the_link_to_a_certificate_stands_in_the_mail_alone(kind: Kind, language: Language) -> None:
    link = "https://gateway/api/enrolment/certificate-links/x"
    writer, snapshot = Writer(sender="กองการเจ้าหน้าที่"), MessageSnapshot(run())
    mailed = writer.write(addressed(kind), snapshot, language, "ผู้รับ", link)
    assert link in mailed.text
    assert f'<a href="{link}">' in mailed.html
    assert "http" not in writer.write(addressed(kind), snapshot, language, "ผู้รับ").text
