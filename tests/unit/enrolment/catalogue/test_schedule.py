"""Times and places of runs: what is filled in, what is refused, what is warned of."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.enrolment.catalogue.domain.schedule import (
    Neighbour,
    Proposal,
    cohort_numbers,
    notices_of,
    place_key,
    plan_of,
)
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
        (at(START, closes_at=START + 100 * HOUR), "window-times"),
    ],
)
def test_impossible_times_are_refused(proposal: Proposal, code: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_of(proposal, 1)
    assert refused.value.code == code


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
    clash = Neighbour("r2", "อีกโครงการหนึ่ง", (session(2, 5),))
    after = Neighbour("r3", "โครงการถัดไป", (session(3.5, 5),))
    notices = notices_of(plan, [clash, after])
    assert [(notice.code, notice.details) for notice in notices] == [
        ("venue-taken", {"cohort": 2, "run": "r2", "by": "อีกโครงการหนึ่ง"})
    ]


def test_the_same_room_is_recognised_however_it_is_spaced() -> None:
    assert place_key(ROOM) == place_key(ROOM.model_copy(update={"room": "ห้องประชุม3"}))
    assert place_key(ROOM) != place_key(ROOM.model_copy(update={"floor": "6"}))


def test_a_site_without_a_room_cannot_be_taken() -> None:
    assert place_key(Venue(site="กระทรวงมหาดไทย", province_code="10")) is None


def test_every_notice_has_its_sentences() -> None:
    assert set(NOTICES) == {"not-a-working-day", "on-a-holiday", "venue-taken"}
