"""The checks of a programme: which there are, what is found out about a run, and what follows by the policy."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue.domain.calendar import MOST_NAMED, days_off
from services.enrolment.catalogue.domain.check_refusals import UnknownCourse
from services.enrolment.catalogue.domain.checks import CHECKS, DEFAULTS, Check, Checks, Judged, Policy, check_courses
from services.enrolment.catalogue.domain.description import Description, Kind, check_description
from services.enrolment.catalogue.domain.judging import REFUSALS, RUN_CHECKS, is_moved, notices_of, refuse
from services.enrolment.catalogue.domain.runs import Plan
from services.enrolment.catalogue.domain.schedule import Proposal, plan_of
from services.enrolment.catalogue.domain.spans import encloses, overlap
from services.enrolment.catalogue.domain.venues import Neighbour, taken
from services.enrolment.catalogue.http.bodies import ChecksBody
from services.enrolment.catalogue.http.responses import NOTICES
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.catalogue import Session, Venue

ROOM = Venue(room="ห้องประชุม 3", building="อาคารสถาบันดำรงราชานุภาพ", site="กระทรวงมหาดไทย", province_code="10")
MONDAY = datetime(2024, 3, 11, 9, tzinfo=BANGKOK)
HOUR = timedelta(hours=1)


def plan(*sessions: Session, venue: Venue = ROOM) -> Plan:
    return plan_of(Proposal(50, sessions[0].starts_at, sessions=sessions, venue=venue), 1)


def session(starts_at: datetime, hours: float = 6) -> Session:
    return Session(starts_at=starts_at, ends_at=starts_at + hours * HOUR)


def on(year: int, month: int, day: int, province: str | None = "10") -> Plan:
    return plan(session(datetime(year, month, day, 9, tzinfo=BANGKOK)), venue=Venue(room="1", province_code=province))


# ---- the table


def test_every_check_is_in_the_table_and_has_a_policy_and_a_field() -> None:
    assert list(CHECKS) == list(Check)
    assert [field.name for field in fields(Checks)] == [check.value for check in Check]
    assert list(ChecksBody.model_fields) == [check.value for check in Check]
    assert ChecksBody().checks() == DEFAULTS == Checks()
    assert {check: DEFAULTS.of(check) for check in Check} == {check: rule.default for check, rule in CHECKS.items()}


def test_a_programme_that_says_nothing_is_checked_as_ever() -> None:
    assert Checks(eligibility=Policy.REFUSE, calendar=Policy.WARN, venue=Policy.WARN) == DEFAULTS
    assert {check for check, rule in CHECKS.items() if rule.judged is Judged.RUN} == set(RUN_CHECKS)


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize(
    ("courses", "code"), [((), "no-prerequisites"), (("BASICS",), None), (("BASICS", "C"), "own-prerequisite")]
)
def test_certificates_are_checked_of_courses_that_are_named(
    policy: Policy, courses: tuple[str, ...], code: str | None
) -> None:
    checks = replace(DEFAULTS, prerequisite=policy)
    described = Description("C", "T", 2567, Kind.TRAINING, checks=checks, prerequisites=courses)
    if code is None or (policy is Policy.OFF and not courses):
        check_description(described)
        return
    with pytest.raises(Refused) as refused:
        check_description(described)
    assert refused.value.code == code


def test_a_course_that_nobody_teaches_is_refused() -> None:
    check_courses(("BASICS",), {"BASICS", "LAW"})
    with pytest.raises(UnknownCourse) as refused:
        check_courses(("BASICS", "LAV"), {"BASICS", "LAW"})
    assert refused.value.details == {"course": "LAV"}


def test_a_course_is_what_the_programme_calls_it_or_the_programme_itself() -> None:
    described = Description("PERS-2567-001", "T", 2567, Kind.TRAINING)
    assert described.course_key == "PERS-2567-001"
    assert replace(described, course="PERS-2563-001").course_key == "PERS-2563-001"


# ---- the calendar


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (on(2017, 5, 1), []),  # Labour Day, a government working day
        (on(2024, 5, 10), ["on-a-holiday"]),  # the Ploughing Ceremony
        (on(2024, 3, 9), ["not-a-working-day"]),
        (on(2024, 3, 10), ["not-a-working-day"]),
        (on(2024, 4, 10), []),  # the end of Ramadan, a working day in Bangkok
        (on(2024, 4, 10, None), []),
        (on(2024, 4, 10, "93"), []),  # Phatthalung is no border province
        *((on(2024, 4, 10, province), ["on-a-holiday"]) for province in ("90", "91", "94", "95", "96")),
        (on(2024, 6, 17, "95"), ["on-a-holiday"]),
        (on(2025, 1, 29, "94"), ["on-a-holiday"]),  # Chinese New Year
        (on(2025, 1, 30, "94"), []),  # and not the day after it
        (on(2024, 5, 10, "95"), ["on-a-holiday"]),  # everybody's days are theirs too
    ],
)
def test_days_off_are_those_of_the_government_in_that_province(made: Plan, codes: list[str]) -> None:
    assert [notice.code for notice in days_off(made)] == codes


def test_a_holiday_is_called_by_its_name() -> None:
    assert days_off(on(2024, 4, 10, "96"))[0].details["holiday"] == "วันตรุษอีดิ้ลฟิตรี"


def test_every_day_that_a_session_touches_counts() -> None:
    friday = datetime(2024, 3, 8, 9, tzinfo=BANGKOK)
    weekend = plan(Session(starts_at=friday, ends_at=friday + timedelta(days=3)))
    assert [notice.details["date"] for notice in days_off(weekend)] == ["2024-03-09", "2024-03-10"]
    midnight = plan(Session(starts_at=friday, ends_at=friday.replace(hour=0) + timedelta(days=1)))
    assert days_off(midnight) == []


def test_days_are_those_of_bangkok() -> None:
    """Half past six in the evening in Greenwich is Saturday here."""
    late = plan(session(datetime.fromisoformat("2024-03-08T18:30:00+00:00"), 1))
    assert [notice.details["date"] for notice in days_off(late)] == ["2024-03-09"]


def test_a_run_of_years_names_the_first_days_only() -> None:
    long = plan(Session(starts_at=MONDAY, ends_at=MONDAY + timedelta(days=3_000)))
    assert len(days_off(long)) == MOST_NAMED


# ---- the venue


@pytest.mark.parametrize(
    ("starts", "hours", "clashes"),
    [(-3, 3, False), (-3, 4, True), (1, 1, True), (0, 6, True), (5.5, 3, True), (6, 3, False)],
)
def test_a_room_is_taken_while_somebody_else_sits_in_it(starts: float, hours: float, clashes: bool) -> None:
    other = Neighbour("r2", "อีกโครงการหนึ่ง", (session(MONDAY + starts * HOUR, hours),), ROOM)
    found = taken(plan(session(MONDAY)), [other])
    assert [notice.details["run"] for notice in found] == (["r2"] if clashes else [])


def test_who_sits_elsewhere_is_not_in_the_way() -> None:
    other = ROOM.model_copy(update={"building": "อาคารดำรงราชานุสรณ์"})
    assert taken(plan(session(MONDAY)), [Neighbour("a", "T", (session(MONDAY),), other)]) == []


# ---- what follows

SATURDAY = session(datetime(2024, 3, 9, 9, tzinfo=BANGKOK))
HOLIDAY = session(datetime(2024, 5, 10, 9, tzinfo=BANGKOK))
FOUND = {"not-a-working-day": SATURDAY, "on-a-holiday": HOLIDAY, "venue-taken": session(MONDAY)}


@pytest.mark.parametrize("code", list(FOUND))
@pytest.mark.parametrize("policy", list(Policy))
def test_a_check_is_off_warns_or_refuses(code: str, policy: Policy) -> None:
    check, kind = REFUSALS[code]
    checks = replace(Checks(calendar=Policy.OFF, venue=Policy.OFF), **{check.value: policy})
    neighbours = [Neighbour("r2", "อีกโครงการหนึ่ง", (session(MONDAY),), ROOM)]
    notices = notices_of(plan(FOUND[code]), neighbours, None, checks)
    assert [notice.code for notice in notices] == ([] if policy is Policy.OFF else [code])
    if policy is not Policy.REFUSE:
        refuse(checks, notices)
        return
    with pytest.raises(kind) as refused:
        refuse(checks, notices)
    assert refused.value.code == code
    assert refused.value.details["cohort"] == 1


def test_every_refusal_is_a_warning_where_it_is_not_refused() -> None:
    assert set(REFUSALS) <= set(NOTICES)
    assert {check for check, _ in REFUSALS.values()} == {*RUN_CHECKS, Check.CLASH}  # of people, who are looked up


def test_a_start_in_the_past_is_never_refused_by_a_check() -> None:
    strict = Checks(calendar=Policy.REFUSE, venue=Policy.REFUSE)
    refuse(strict, notices_of(plan(session(MONDAY)), [], MONDAY, strict))


def test_a_run_is_moved_by_another_time_or_place_and_not_by_more_seats() -> None:
    before = plan(session(MONDAY))
    assert not is_moved(before, replace(before, capacity=99, cohort=2))
    assert is_moved(before, plan(session(MONDAY + HOUR)))
    assert is_moved(before, plan(session(MONDAY), venue=Venue(room="2")))


# ---- times that overlap

Drawn = list[tuple[int, int]]
MINUTES = st.integers(0, 500)
SPANS = st.lists(st.tuples(MINUTES, st.integers(1, 60)), max_size=6)


def spans(drawn: Drawn) -> list[tuple[datetime, datetime]]:
    minute = timedelta(minutes=1)
    return [(MONDAY + start * minute, MONDAY + (start + length) * minute) for start, length in drawn]


@given(SPANS, SPANS)
def test_times_overlap_when_a_minute_belongs_to_both(
    ours: list[tuple[int, int]], theirs: list[tuple[int, int]]
) -> None:
    taken_by_us = {minute for start, length in ours for minute in range(start, start + length)}
    taken_by_them = {minute for start, length in theirs for minute in range(start, start + length)}
    both = bool(taken_by_us & taken_by_them)
    assert overlap(spans(ours), spans(theirs)) is overlap(spans(theirs), spans(ours)) is both


@given(MINUTES, st.integers(1, 60), MINUTES, st.integers(1, 60))
def test_what_encloses_another_has_every_minute_of_it(start: int, length: int, other: int, lasts: int) -> None:
    outer, inner = spans([(start, length), (other, lasts)])
    every = set(range(other, other + lasts)) <= set(range(start, start + length))
    assert encloses(outer, inner) is every


# ---- what is written about them


def test_the_page_about_checks_has_the_table_of_the_code() -> None:
    page = (Path(__file__).parents[4] / "docs" / "checks.md").read_text()
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    said = {row[0].strip("| `"): (row[1], row[2]) for row in rows}
    assert said == {check.value: (rule.judged.value, rule.default.value) for check, rule in CHECKS.items()}
    assert all(f"`{code}`" in page for code in REFUSALS)
