"""What a participant is told of another schedule: from what to what, and nothing of what stayed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.composing import Language
from services.notification.composing.domain.changes import MOST_SESSIONS, changes
from services.notification.composing.domain.wording import listed
from services.notification.domain import Schedule
from shared.events.catalogue import Session, Venue
from tests.unit.notification.builders import START, VENUE, run, sitting

BEFORE = run().schedule
DAY = timedelta(days=1)
THREE_DAYS = (sitting(0), sitting(1), sitting(2, hour=13))


def moved(by: timedelta, schedule: Schedule = BEFORE, **others: object) -> Schedule:
    sessions = tuple(
        Session(starts_at=one.starts_at + by, ends_at=one.ends_at + by, title=one.title) for one in schedule.sessions
    )
    shifted = {"starts_at": schedule.starts_at + by, "ends_at": schedule.ends_at + by, "sessions": sessions}
    return replace(schedule, **(shifted | others))  # type: ignore[arg-type]


def of_days(*sessions: Session) -> Schedule:
    return replace(BEFORE, starts_at=sessions[0].starts_at, ends_at=sessions[-1].ends_at, sessions=sessions)


def phrases(before: Schedule, after: Schedule, language: Language = "th") -> list[str]:
    return [change.phrase for change in changes(before, after, language)]


@pytest.mark.parametrize(
    ("after", "thai", "english"),
    [
        (
            moved(DAY),
            "เปลี่ยนวันจัดอบรม: เดิม วันจันทร์ที่ 31 สิงหาคม 2563 เป็น วันอังคารที่ 1 กันยายน 2563",
            "New date: Tuesday 1 September 2020 instead of Monday 31 August 2020",
        ),
        (
            moved(-timedelta(hours=4)),
            "เปลี่ยนเวลาอบรม: เดิม วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 13.00–16.00 น. "
            "เป็น วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 09.00–12.00 น.",
            "New time: Monday 31 August 2020, 09:00–12:00 (Bangkok time) "
            "instead of Monday 31 August 2020, 13:00–16:00 (Bangkok time)",
        ),
        (
            replace(BEFORE, venue=Venue(name="โรงแรมเอสดี อเวนิว", room="ห้องบุษบา", district="เขตบางพลัด")),
            "เปลี่ยนสถานที่: เดิม โรงแรมเอสดี อเวนิว เขตบางพลัด กรุงเทพมหานคร เป็น ห้องบุษบา โรงแรมเอสดี อเวนิว เขตบางพลัด",
            "New place: ห้องบุษบา, โรงแรมเอสดี อเวนิว, เขตบางพลัด instead of โรงแรมเอสดี อเวนิว, เขตบางพลัด, Bangkok",
        ),
        (
            replace(BEFORE, venue=VENUE.model_copy(update={"province_code": "50"})),
            "เปลี่ยนสถานที่: เดิม โรงแรมเอสดี อเวนิว เขตบางพลัด กรุงเทพมหานคร เป็น โรงแรมเอสดี อเวนิว เขตบางพลัด จังหวัดเชียงใหม่",
            "New place: โรงแรมเอสดี อเวนิว, เขตบางพลัด, Chiang Mai instead of โรงแรมเอสดี อเวนิว, เขตบางพลัด, Bangkok",
        ),
        (
            replace(BEFORE, venue=Venue()),
            "ยกเลิกสถานที่เดิม: โรงแรมเอสดี อเวนิว เขตบางพลัด กรุงเทพมหานคร (จะแจ้งสถานที่ใหม่ให้ทราบต่อไป)",
            "No longer at โรงแรมเอสดี อเวนิว, เขตบางพลัด, Bangkok; the new place will follow",
        ),
    ],
)
def test_from_what_to_what(after: Schedule, thai: str, english: str) -> None:
    assert phrases(BEFORE, after) == [thai]
    assert phrases(BEFORE, after, "en") == [english]


def test_a_place_that_was_open_is_set() -> None:
    assert phrases(replace(BEFORE, venue=Venue()), BEFORE) == ["กำหนดสถานที่: โรงแรมเอสดี อเวนิว เขตบางพลัด กรุงเทพมหานคร"]


def test_sessions_one_by_one() -> None:
    after = of_days(sitting(0), sitting(1, hour=13), sitting(2, hour=13))

    assert phrases(of_days(*THREE_DAYS), after) == [
        "เปลี่ยนช่วงการอบรม: ยกเลิก วันอังคารที่ 1 กันยายน 2563 เวลา 09.00–12.00 น., "
        "เพิ่ม วันอังคารที่ 1 กันยายน 2563 เวลา 13.00–16.00 น."
    ]


def test_sessions_that_move_along_with_the_run_need_no_words_of_their_own() -> None:
    (change,) = changes(of_days(*THREE_DAYS), moved(7 * DAY, of_days(*THREE_DAYS)), "th")

    assert change.thing == "วันจัดอบรม"
    assert change.phrase.endswith("เป็น วันจันทร์ที่ 7 กันยายน 2563 ถึงวันพุธที่ 9 กันยายน 2563")


def test_many_sessions_are_not_all_named() -> None:
    many = [sitting(day) for day in range(20)]

    (change,) = changes(
        of_days(*many), of_days(many[0], *(sitting(day, hour=14) for day in range(1, 19)), many[-1]), "th"
    )

    assert change.phrase.count("วัน") <= 3 * MOST_SESSIONS
    assert change.phrase.endswith("และอีก 31 รายการ")


@pytest.mark.parametrize(
    "after",
    [
        moved(timedelta(microseconds=400)),
        replace(BEFORE, venue=VENUE.model_copy(update={"name": " โรงแรมเอสดี  อเวนิว "})),
        replace(BEFORE, sessions=(Session(starts_at=START, ends_at=START + timedelta(hours=3), title="อีกชื่อ"),)),
    ],
    ids=["what a database drops", "spaces", "the name of a session"],
)
def test_what_is_no_change_to_a_participant(after: Schedule) -> None:
    assert not after.differs(BEFORE)
    assert phrases(BEFORE, after) == []


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    after = moved(timedelta(minutes=draw(st.integers(-100_000, 100_000))))
    hours = timedelta(hours=draw(st.integers(1, 60)))
    return replace(after, ends_at=after.starts_at + hours, venue=Venue(name=draw(st.sampled_from(["ก", "ข", None]))))


@given(schedules(), schedules())
def test_every_difference_has_a_phrase_and_only_a_difference_has_one(before: Schedule, after: Schedule) -> None:
    assert bool(phrases(before, after)) is before.differs(after)


def test_things_in_a_subject() -> None:
    assert [listed(["ก", "ข", "ค"][:count], "th") for count in range(4)] == ["", "ก", "กและข", "ก ข และค"]
    assert listed(["a", "b", "c"], "en") == "a, b and c"
