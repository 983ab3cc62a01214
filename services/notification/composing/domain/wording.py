"""Dates and places in words, Thai or English: Thai years are Buddhist, times are Bangkok time. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

from shared.clock import BANGKOK
from shared.events.catalogue import Official, Session
from shared.events.evaluation import FormKind
from shared.thai import format_thai_date, format_thai_time, local_date

Language = Literal["th", "en"]

_DAYS_TH: Final = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
_DAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

LABELS: Final[Mapping[Language, Mapping[str, str]]] = {
    "th": {
        "programme": "โครงการ",
        "code": "รหัสโครงการ",
        "cohort": "รุ่นที่",
        "when": "วันและเวลา",
        "place": "สถานที่",
        "chair": "ประธานในพิธีเปิด",
        "closes": "ปิดรับการเสนอชื่อ",
        "regards": "ขอแสดงความนับถือ",
        "automatic": "ข้อความนี้จัดส่งโดยระบบอัตโนมัติ โปรดอย่าตอบกลับ",
        "open": "เปิดดูรายละเอียดในระบบ",
    },
    "en": {
        "programme": "Programme",
        "code": "Programme code",
        "cohort": "Batch",
        "when": "Date and time",
        "place": "Place",
        "chair": "Opening chair",
        "closes": "Nominations close",
        "regards": "Yours faithfully",
        "automatic": "This message was sent automatically; please do not reply.",
        "open": "See the details in the system",
    },
}


# For an inbox that is read with a release older than the message: subject and text.
UNKNOWN_KIND: Final[Mapping[Language, tuple[str, str]]] = {
    "th": (
        "ข้อความใหม่จากระบบ",
        "ขณะนี้อยู่ระหว่างการปรับปรุงระบบ จึงยังแสดงข้อความนี้ไม่ได้ กรุณาเปิดอ่านอีกครั้งในภายหลัง",
    ),
    "en": (
        "New message",
        "The system is being updated and cannot show this message yet. Please open it again later.",
    ),
}


# As the forms are called that are there before anybody has written one; one of another kind is just a form.
FORMS: Final[Mapping[Language, Mapping[str, str]]] = {
    "th": {
        FormKind.PRE: "แบบประเมินความรู้ก่อนการฝึกอบรม",
        FormKind.POST: "แบบประเมินความรู้หลังการฝึกอบรม",
        FormKind.REACTION: "แบบประเมินความพึงพอใจต่อการฝึกอบรม",
        FormKind.TRANSFER: "แบบติดตามผลการนำความรู้ไปใช้",
    },
    "en": {
        FormKind.PRE: "the test of knowledge before the training",
        FormKind.POST: "the test of knowledge after the training",
        FormKind.REACTION: "the satisfaction survey",
        FormKind.TRANSFER: "the follow-up assessment",
    },
}
_ANY_FORM: Final[Mapping[Language, str]] = {"th": "แบบประเมิน", "en": "a form"}


def forms(kinds: Sequence[str], language: Language) -> str:
    """What is to be answered; without any, in general."""
    return listed([FORMS[language].get(kind, _ANY_FORM[language]) for kind in kinds] or [_ANY_FORM[language]], language)


def cut(text: str, most: int) -> str:
    """Whole when it has at most so many signs. Signs above and below a Thai consonant go with it."""
    if len(text) <= most:
        return text
    end = most - 1
    while end > 0 and unicodedata.category(text[end]) == "Mn":
        end -= 1
    return f"{text[:end].rstrip()}…"


def listed(things: Sequence[str], language: Language) -> str:
    """วันจัดอบรม สถานที่ และช่วงการอบรม; date, place and sessions."""
    if len(things) < 2:
        return "".join(things)
    before, joint = (" ", " และ") if language == "th" else (", ", " and ")
    if language == "th" and len(things) == 2:
        joint = "และ"
    return f"{before.join(things[:-1])}{joint}{things[-1]}"


def day(moment: date | datetime, language: Language) -> str:
    """วันจันทร์ที่ 31 สิงหาคม 2563; Monday 31 August 2020."""
    local = local_date(moment)
    if language == "th":
        return f"วัน{_DAYS_TH[local.weekday()]}ที่ {format_thai_date(local, 'full')}"
    return f"{_DAYS_EN[local.weekday()]} {local.day} {_MONTHS_EN[local.month - 1]} {local.year}"


def clock(moment: datetime, language: Language) -> str:
    """13.00 น.; 13:00."""
    return format_thai_time(moment) if language == "th" else f"{moment.astimezone(BANGKOK):%H:%M}"


def moment(at: datetime, language: Language) -> str:
    """A day with its time."""
    if language == "th":
        return f"{day(at, language)} เวลา {clock(at, language)}"
    return f"{day(at, language)}, {clock(at, language)} (Bangkok time)"


def until(at: datetime, language: Language) -> str:
    """A time by which something is to be done: at midnight that is the end of the day before."""
    if clock(at, "en") == "00:00":
        return day(at - timedelta(seconds=1), language)
    return moment(at, language)


def period(session: Session, language: Language) -> str:
    """From when to when, naming the day once where it is one day; a session's own title follows."""
    starts, ends = session.starts_at, session.ends_at
    if local_date(starts) != local_date(ends):
        joined = (" ถึง" if language == "th" else " to ").join((moment(starts, language), moment(ends, language)))
    elif language == "th":
        joined = f"{day(starts, 'th')} เวลา {clock(starts, 'th').removesuffix(' น.')}–{clock(ends, 'th')}"
    else:
        joined = f"{day(starts, 'en')}, {clock(starts, 'en')}–{clock(ends, 'en')} (Bangkok time)"
    return f"{joined} ({session.title})" if session.title else joined


def official(person: Official, language: Language) -> str:
    """Name and position, and on whose behalf."""
    text = " ".join(part for part in (person.name, person.position) if part)
    if person.on_behalf_of is None:
        return text
    return f"{text} {'ปฏิบัติหน้าที่แทน' if language == 'th' else 'on behalf of'} {person.on_behalf_of}"


def days_left(count: int | None, language: Language) -> str:
    """How long it is until the start: a phrase that completes "the training starts ..."."""
    if count is None:
        return ""
    if count <= 1:
        return {"th": ("ในวันนี้", "ในวันพรุ่งนี้"), "en": ("today", "tomorrow")}[language][max(count, 0)]
    return f"ในอีก {count} วัน" if language == "th" else f"in {count} days"
