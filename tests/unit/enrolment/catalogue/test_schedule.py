"""Times and places of runs: what is filled in, what is refused, what is warned of."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.enrolment.catalogue.domain.judging import notices_of
from services.enrolment.catalogue.domain.schedule import (
    LOSABLE,
    Proposal,
    cohort_numbers,
    plan_of,
    require_kept,
)
from services.enrolment.catalogue.domain.venues import Neighbour, is_same_place, place_key
from services.enrolment.catalogue.http.responses import NOTICES
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.catalogue import Session, Venue

START = datetime(2020, 8, 31, 13, tzinfo=BANGKOK)
HOUR = timedelta(hours=1)
ROOM = Venue(room="ห้องประชุม 3", floor="5", building="อาคารสถาบันดำรงราชานุภาพ")


def session(begins: float, ends: float) -> Session:
    """Hours after the start of the run."""
    return Session(starts_at=START + begins * HOUR, ends_at=START + ends * HOUR)


def titled(sitting: Session) -> Session:
    return sitting.model_copy(update={"title": "บรรยาย"})


def at(moment: datetime, **changes: object) -> Proposal:
    return replace(Proposal(capacity=50, starts_at=moment), **changes)  # type: ignore[arg-type]


def test_a_run_without_an_end_lasts_until_the_office_closes() -> None:
    plan = plan_of(at(START), 1)
    assert plan.ends_at == datetime(2020, 8, 31, 16, 30, tzinfo=BANGKOK)
    assert plan.sessions == (Session(starts_at=START, ends_at=plan.ends_at),)


def test_a_late_run_without_an_end_lasts_three_hours() -> None:
    late = START.replace(hour=15)
    assert plan_of(at(late), 1).ends_at == late + 3 * HOUR


def test_sessions_are_sorted_and_determine_the_end() -> None:
    plan = plan_of(at(START, sessions=(session(24, 27), session(0, 3))), 1)
    assert plan.ends_at == START + 27 * HOUR
    assert plan.sessions == (session(0, 3), session(24, 27))


@pytest.mark.parametrize(
    ("proposal", "code"),
    [
        (at(START, ends_at=START), "run-times"),
        (at(START, ends_at=START - HOUR), "run-times"),
        (at(START, ends_at=START + HOUR, sessions=(session(0, 2),)), "run-times"),
        (at(START, sessions=(session(-1, 2),)), "run-times"),
        (at(START, sessions=(session(0, 2), session(3, 3))), "session-times"),
        (at(START, sessions=(session(0, 2), session(1, 3))), "session-times"),
        (at(START, opens_at=START, closes_at=START), "window-times"),
        (at(START, closes_at=START + timedelta(seconds=1)), "window-times"),
        (at(START, opens_at=START), "window-times"),
        (at(START, opens_at=START - HOUR, closes_at=START - 2 * HOUR), "window-times"),
    ],
)
def test_impossible_times_are_refused(proposal: Proposal, code: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_of(proposal, 1)
    assert refused.value.code == code


def test_a_window_may_last_until_the_run_begins() -> None:
    plan = plan_of(at(START, opens_at=START - HOUR, closes_at=START), 1)
    assert (plan.opens_at, plan.closes_at) == (START - HOUR, START)
    assert plan_of(at(START, opens_at=START - HOUR), 1).closes_at is None


@pytest.mark.parametrize(
    ("proposal", "unsaid", "lost"),
    [
        (at(START, venue=Venue(room="1")), {"venue"}, "venue"),
        (at(START, venue=Venue(room="1"), sessions=(session(0, 1), session(2, 3))), LOSABLE, "sessions,venue"),
        (at(START, sessions=(session(0, 1), session(2, 3))), LOSABLE, "sessions"),
        (at(START, ends_at=START + 3 * HOUR, sessions=(session(0, 2),)), {"sessions"}, "sessions"),
        (at(START, sessions=(titled(session(0, 3)),)), {"sessions"}, "sessions"),
        (at(START, venue=Venue(room="1"), sessions=(session(0, 1), session(2, 3))), frozenset(), None),
        (at(START, ends_at=START + 3 * HOUR, sessions=(session(0, 3),)), LOSABLE, None),
        (at(START), LOSABLE, None),
        (at(START, opens_at=START - HOUR), {"opensAt"}, "opensAt"),
        (at(START, closes_at=START - HOUR), LOSABLE, "closesAt"),
        (at(START, closes_at=START - HOUR), {"opensAt"}, None),
        (at(START, release_at=7), {"releaseAt", "venue"}, "releaseAt"),
        (at(START, opens_at=START - 2 * HOUR, closes_at=START, release_at=7), LOSABLE, "closesAt,opensAt,releaseAt"),
    ],
)
def test_what_was_entered_is_asked_for_before_it_is_lost(
    proposal: Proposal, unsaid: frozenset[str], lost: str | None
) -> None:
    plan = plan_of(proposal, 1)
    if lost is None:
        require_kept(plan, frozenset(unsaid))
        return
    with pytest.raises(Refused) as refused:
        require_kept(plan, frozenset(unsaid))
    assert (refused.value.code, refused.value.details) == ("would-drop", {"fields": lost})


def test_cohorts_are_numbered_on() -> None:
    proposals = [at(START), at(START, cohort=7), at(START)]
    assert cohort_numbers(proposals, [1, 2]) == [3, 7, 8]


def test_a_repeated_cohort_number_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        cohort_numbers([at(START, cohort=2)], [1, 2])
    assert refused.value.code == "cohort-twice"


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (datetime(2020, 8, 31, 13, tzinfo=BANGKOK), []),
        (datetime(2017, 5, 1, 10, 30, tzinfo=BANGKOK), []),  # Labour Day is not a government holiday
        (datetime(2024, 5, 10, 9, tzinfo=BANGKOK), ["on-a-holiday"]),  # and the Ploughing Ceremony is one
        (datetime(2024, 5, 22, 9, tzinfo=BANGKOK), ["on-a-holiday"]),
        (datetime(2024, 3, 9, 9, tzinfo=BANGKOK), ["not-a-working-day"]),
    ],
)
def test_weekends_and_holidays_are_warned_of(day: datetime, codes: list[str]) -> None:
    assert [notice.code for notice in notices_of(plan_of(at(day), 1), ())] == codes


def test_every_day_of_a_run_is_checked() -> None:
    friday = datetime(2024, 3, 8, 9, tzinfo=BANGKOK)
    sessions = tuple(
        Session(starts_at=friday + timedelta(days=day), ends_at=friday + timedelta(days=day, hours=6))
        for day in range(4)
    )
    notices = notices_of(plan_of(at(friday, sessions=sessions), 1), ())
    assert [notice.details["date"] for notice in notices] == ["2024-03-09", "2024-03-10"]


def test_a_room_taken_at_the_same_time_is_warned_of() -> None:
    plan = plan_of(at(START, venue=ROOM), 2)
    clash = Neighbour("r2", "อีกโครงการหนึ่ง", (session(2, 5),), ROOM)
    after = Neighbour("r3", "โครงการถัดไป", (session(3.5, 5),), ROOM)
    notices = notices_of(plan, [clash, after])
    assert [(notice.code, notice.details) for notice in notices] == [
        ("venue-taken", {"cohort": 2, "run": "r2", "by": "อีกโครงการหนึ่ง"})
    ]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"room": "ห้องประชุม3"}, True),  # however it is spaced
        ({"floor": None}, True),  # or told in part
        ({"floor": "6"}, False),
        ({"name": "สถาบันดำรงราชานุภาพ"}, True),
        ({"building": "อาคารดำรงราชานุสรณ์"}, False),
        ({"room": "ห้องประชุม 4"}, False),
        ({"site": "กระทรวงมหาดไทย"}, False),
    ],
)
def test_a_room_is_told_by_its_building_and_site(other: dict[str, str | None], same: bool) -> None:
    assert is_same_place(ROOM, ROOM.model_copy(update=other)) is same
    assert (place_key(ROOM) == place_key(ROOM.model_copy(update=other))) is (same or other == {"floor": "6"})


def test_rooms_of_two_hotels_are_two() -> None:
    hotel = Venue(name="โรงแรมเอสดี อเวนิว", room="1")
    assert is_same_place(hotel, hotel.model_copy(update={"floor": "2"}))
    assert not is_same_place(hotel, hotel.model_copy(update={"name": "โรงแรมรอยัล ซิตี้"}))


def test_a_site_without_a_room_cannot_be_taken() -> None:
    assert place_key(Venue(site="กระทรวงมหาดไทย", province_code="10")) is None


def test_a_draft_of_the_past_is_warned_of() -> None:
    """A year that was mistyped; or a past programme, whose clock is still to be set."""
    plan = plan_of(at(START), 3)
    (notice,) = notices_of(plan, (), START)
    assert (notice.code, notice.details) == ("starts-in-past", {"cohort": 3})
    assert notices_of(plan, (), START - timedelta(seconds=1)) == notices_of(plan, ()) == []


def test_every_notice_has_its_sentences() -> None:
    assert set(NOTICES) == {"not-a-working-day", "on-a-holiday", "people-clash", "starts-in-past", "venue-taken"}
