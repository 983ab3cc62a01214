"""When whoever has something left to do after a run is reminded, of what, and what goes to the office."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import Addressee, Kind, RunState, ToDo, Wave, looked_at
from services.notification.domain.to_do import STALE_AFTER, waves_of
from shared.clock import BANGKOK
from shared.events.followups import (
    FollowUpCompleted,
    FollowUpFact,
    FollowUpReopened,
    FollowUpsAssigned,
    FollowUpTask,
    Per,
    ReopenedBecause,
)
from shared.thai import is_government_working_day
from tests.unit.notification.builders import CHIANG_MAI, NOW, enveloped, run
from tests.unit.notification.test_handlers import reacted

# Its last day is 31 August 2020: 30 days after it is a Wednesday, 60 a Friday; 29 November is a Sunday.
RUN = run()
DUE = "2020-12-04"  # a Friday; the 7th is a holiday, so it is overdue on the 8th
MORNINGS = {
    "F+30": datetime(2020, 9, 30, 8, 30, tzinfo=BANGKOK),
    "F+60": datetime(2020, 10, 30, 8, 30, tzinfo=BANGKOK),
    "F+90": datetime(2020, 11, 30, 8, 30, tzinfo=BANGKOK),
    f"overdue {DUE}": datetime(2020, 12, 8, 8, 30, tzinfo=BANGKOK),
}


def test_the_waves_of_a_run() -> None:
    assert {wave.name: wave.at for wave in waves_of(RUN, [DUE])} == MORNINGS


@given(
    st.dates(date(2018, 1, 1), date(2025, 12, 31)), st.lists(st.dates(date(2018, 1, 1), date(2025, 12, 31)), max_size=3)
)
def test_offices_are_told_on_working_days_and_never_before_it_is_overdue(end: date, dues: list[date]) -> None:
    ended = datetime(end.year, end.month, end.day, 16, tzinfo=BANGKOK)
    waves = waves_of(run(starts_at=ended - timedelta(hours=2), ends_at=ended), [due.isoformat() for due in dues])
    assert waves == sorted(waves, key=lambda wave: wave.at)
    for wave in waves:
        assert is_government_working_day(wave.at.astimezone(BANGKOK).date())
        if wave.overdue is not None:
            assert wave.at.astimezone(BANGKOK).date() > date.fromisoformat(wave.overdue)


@pytest.mark.parametrize("name", MORNINGS)
def test_a_wave_is_told_from_its_morning_on_for_a_week_by_the_clock_of_the_run(name: str) -> None:
    at, second = MORNINGS[name], timedelta(seconds=1)
    for offset in (0, -86_400, 5_000):
        moved = run(offset_seconds=offset)
        for moment, told in (
            (at - second, False),
            (at, True),
            (at + STALE_AFTER - second, True),
            (at + STALE_AFTER, False),
        ):
            waves, _ = looked_at(moved, [DUE], moment - timedelta(seconds=offset))
            assert (name in {wave.name for wave in waves}) is told
    _, then = looked_at(RUN, [DUE], at - second)
    assert then == at
    assert looked_at(RUN, [DUE], MORNINGS[f"overdue {DUE}"])[1] is None


def test_of_a_run_that_does_not_take_place_nobody_is_reminded() -> None:
    assert looked_at(run(state=RunState.CANCELLED), [DUE], MORNINGS["F+30"]) == ([], None)


MINE = ToDo("run-1", "person-1", "PO-50.HR", person=True, open={DUE: 1, "2021-01-29": 0})
OFFICE = ToDo("run-1", "PO-50", "PO-50", person=False, open={"2021-01-29": 2})


def test_who_is_told_of_what() -> None:
    reminder, escalation = Wave("F+30", MORNINGS["F+30"]), Wave("x", MORNINGS["F+30"], DUE)
    assert (reminder.about(MINE), reminder.about(OFFICE), escalation.about(MINE), escalation.about(OFFICE)) == (
        *(True, True, True),
        False,
    )
    assert not reminder.about(ToDo("run-1", "x", "x", person=True, open={DUE: 0}))
    for to_do, addressee in ((MINE, Addressee.PERSON), (OFFICE, Addressee.UNIT)):
        message = reminder.message(to_do, RUN, NOW)
        assert (message.kind, message.recipient, message.addressee, message.unit) == (
            Kind.FOLLOW_UPS_OPEN,
            to_do.whom,
            addressee,
            to_do.unit,
        )
    told = [escalation.message(one, RUN, NOW) for one in (MINE, OFFICE)]
    assert [(one.kind, one.recipient, one.addressee) for one in told] == [
        (Kind.FOLLOW_UPS_OVERDUE, "PO-50", Addressee.UNIT)
    ] * 2
    assert told[0].id == told[1].id  # an office is told once


TASKS = [FollowUpTask(task=f"t{n}", place=CHIANG_MAI, person=whom) for n, whom in enumerate((None, "p1", "p2"))]


DUES = {"A": DUE, "B": "2021-01-29"}


def of(key: str) -> dict[str, object]:
    due = {"due": DUES[key], "fiscal_year": 2564, "deliverable": key}
    return {"programme": "p", "run": "run-1", "per": Per.PERSON, **due}


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["A", "B"])), max_size=20))
def test_what_is_left_comes_to_the_tasks_that_are_not_done(steps: list[tuple[int, str]]) -> None:
    """Done when it is pending, given back when it is done."""
    facts: list[FollowUpFact] = [FollowUpsAssigned.model_validate(of(key) | {"tasks": TASKS}) for key in DUES]
    done: set[tuple[int, str]] = set()
    for number, key in steps:
        more = {"task": TASKS[number], "because": ReopenedBecause.REOPENED}
        kind = FollowUpReopened if (number, key) in done else FollowUpCompleted
        facts.append(kind.model_validate(of(key) | more))
        done ^= {(number, key)}
    batch = reacted(*(enveloped(fact, "follow-ups:run-1", seq) for seq, fact in enumerate(facts, 1)))
    left = Counter({(one.whom, due): count for one in batch.to_do.values() for due, count in one.open.items()})
    there = [(number, key) for number in range(3) for key in DUES if (number, key) not in done]
    assert +left == Counter((TASKS[number].person or "PO-50", DUES[key]) for number, key in there)
    assert batch.dues == {"run-1": {*DUES.values()}}
