"""Deliverables: what is asked twice, what cannot be asked, and who has them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.units import Unit, bundled_unit
from services.enrolment.followup.domain.deliverables import MOST_DELIVERABLES, Asked, FollowUps, ask, due_on
from services.enrolment.followup.domain.recipients import places_of
from services.enrolment.followup.domain.refusals import NotToBeAssigned
from shared.errors import Refused
from shared.events.followups import Per
from shared.thai import is_government_working_day
from tests.unit.enrolment.followup.boards import TODAY, asked, board

DAY = date(2024, 5, 27)


def refused(before: FollowUps, deliverables: Sequence[Asked], today: date = TODAY) -> str:
    with pytest.raises(Refused) as error:
        ask(before, deliverables, today)
    return error.value.code


def test_asking_twice_is_asking_once() -> None:
    before = board(asked(), asked("BUDGET"))
    assert ask(before, [asked(), asked("BUDGET")], TODAY) is before
    assert ask(before, [asked()], date(2030, 1, 1)) is before  # also when the day has passed
    more = ask(before, [asked(), asked("ACTION")], TODAY)
    assert [one.key for one in more.deliverables] == ["PLAN", "BUDGET", "ACTION"]
    assert (more.version, more.seq) == (before.version + 1, before.seq)


def test_asking_again_for_persons_looks_for_those_who_have_none_yet() -> None:
    people = asked("ALL", per=Per.PERSON)
    given = board(asked(), people)
    assert ask(given, [people], TODAY) is given  # nobody was looked at yet
    before = replace(given, deliverables=tuple(replace(one, after=None, tasks=2) for one in given.deliverables))
    after = ask(before, [asked(), people], TODAY)
    assert after.deliverables == (before.of("PLAN"), replace(before.of("ALL"), after=""))
    assert (after.version, after.assigning) == (before.version + 1, after.of("ALL"))
    assert ask(before, [people], people.due) != before
    assert ask(before, [people], people.due + timedelta(days=5)) is before  # it would be overdue at once
    half = replace(before, deliverables=(before.of("PLAN"), replace(before.of("ALL"), after="n7")))
    assert ask(half, [people], TODAY).of("ALL").after == ""


def test_what_cannot_be_asked() -> None:
    before = board()
    for changed in ({"due": date(2024, 12, 2)}, {"per": Per.GROUP}, {"fiscal_year": 2569}, {"title": "x"}):
        assert refused(before, [asked(**changed)]) == "deliverable-differs"
    assert refused(before, [asked("A"), asked("A")]) == "deliverable-twice"
    assert refused(before, [asked("A", due=date(2024, 5, 31))]) == "deliverable-due-passed"
    # 1 June is a Saturday and 3 June a holiday: it is due on the 4th.
    assert ask(before, [asked("A", due=date(2024, 6, 1))], date(2024, 6, 4)).of("A").due_on == date(2024, 6, 4)
    full = board(*(asked(f"D{n}") for n in range(MOST_DELIVERABLES)))
    assert refused(full, [asked("ONE-MORE")]) == "too-many-deliverables"
    with pytest.raises(Refused, match="PLAN") as error:
        board(asked("OTHER")).of("PLAN")
    assert error.value.code == "unknown-deliverable"


@given(st.dates(date(2017, 1, 1), date(2026, 12, 31)))
def test_it_is_due_on_a_working_day_and_never_before(day: date) -> None:
    due = due_on(day)
    assert due >= day
    assert is_government_working_day(due)
    assert not any(is_government_working_day(date.fromordinal(n)) for n in range(day.toordinal(), due.toordinal()))


@cache
def units() -> dict[str, Unit]:
    return {unit.id: bundled_unit(unit, bundled()) for unit in bundled().units.values()}


def test_the_tasks_of_seed_004_are_264() -> None:
    per_province = [asked(f"P{n}") for n in range(3)]
    per_group = [asked(f"G{n}", per=Per.GROUP) for n in range(2)]
    counts = [len(places_of(one, units(), DAY)) for one in (*per_province, *per_group)]
    assert counts == [76, 76, 76, 18, 18]
    assert sum(counts) == 264


def test_a_group_is_reported_by_the_office_of_its_hub() -> None:
    found = places_of(asked(per=Per.GROUP), units(), DAY)
    assert [one.whom for one in found] == list(bundled().groups)
    for one in found:
        assert one.place.group == one.whom
        assert one.place.unit == f"PO-{bundled().groups[one.whom].hub}"


def test_there_is_no_office_in_bangkok_and_none_of_a_province_to_come() -> None:
    offices = [one.whom for one in places_of(asked(), units(), DAY)]
    assert "PO-10" not in offices
    assert offices == sorted(offices)
    before_bueng_kan = [one.whom for one in places_of(asked(), units(), date(2010, 1, 1))]
    assert set(offices) - set(before_bueng_kan) == {"PO-38"}


def test_some_of_them_alone() -> None:
    some = places_of(asked(only=("PO-50", "PO-95")), units(), DAY)
    assert [one.whom for one in some] == ["PO-50", "PO-95"]
    for wrong in ("PO-10", "PERS", "NU1"):
        with pytest.raises(NotToBeAssigned):
            places_of(asked(only=(wrong,)), units(), DAY)
    with pytest.raises(NotToBeAssigned):
        places_of(asked(per=Per.GROUP, only=("PO-50",)), units(), DAY)
