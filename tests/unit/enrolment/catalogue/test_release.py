"""The day on which unclaimed seats are released: a day or so many days before the run, rolled to a working day, and
always before the run begins."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.enrolment.catalogue.domain import programmes, runs
from services.enrolment.catalogue.domain.release import ReleaseAt, ReleaseRule, release_day, release_moment
from services.enrolment.catalogue.domain.release_refusals import ReleaseTooLate
from services.enrolment.catalogue.domain.runs import Run, RunState, offered, release_of
from services.enrolment.catalogue.http.bodies import DescriptionBody, RunBody
from services.enrolment.catalogue.http.changing import programme_as_body, run_as_body
from services.enrolment.catalogue.http.responses import run_response
from services.enrolment.catalogue.storage import offered_run_of, programme_document, programme_of, run_document, run_of
from services.enrolment.catalogue.storage.releases import rewriting
from services.enrolment.catalogue.storage.to_ask import AT_ONCE, NEVER
from shared.clock import BANGKOK
from shared.events.catalogue import RunScheduled
from shared.events.evaluation import FormKind
from shared.thai import is_government_working_day, local_date
from tests.unit.enrolment.catalogue.test_life_cycle import DESCRIPTION, RUN, START, plan

RUN_BODY = {"capacity": 1, "startsAt": "2020-08-31T13:00:00+07:00"}
AUGUST_10 = date(2020, 8, 10)  # a Monday


def run(**changes: Any) -> Run:
    return replace(RUN, plan=plan(**changes))


@pytest.mark.parametrize(
    ("given_day", "day"),
    [
        (date(2020, 8, 7), "2020-08-07"),
        (date(2020, 8, 8), "2020-08-10"),  # a Saturday
        (date(2020, 8, 12), "2020-08-13"),  # the Queen Mother's birthday
        (21, "2020-08-10"),  # before 31 August
        (1, "2020-08-31"),  # a Sunday: too late, which is refused
        (19, "2020-08-13"),
    ],
)
def test_a_day_off_counts_as_the_next_working_day(given_day: ReleaseAt, day: str) -> None:
    assert release_day(given_day, START).isoformat() == day
    assert release_moment(given_day, START) == datetime.fromisoformat(f"{day}T00:00:00+07:00")


@given(days=st.integers(1, 365))
def test_whatever_is_given_it_is_a_working_day_or_refused(days: int) -> None:
    day = release_day(days, START)
    assert is_government_working_day(day)
    assert day >= local_date(START) - timedelta(days=days)
    if day < local_date(START):
        runs.schedule(run(release_at=days), DESCRIPTION)
    else:
        with pytest.raises(ReleaseTooLate):
            runs.schedule(run(release_at=days), DESCRIPTION)


def test_a_run_may_have_a_day_of_its_own_and_else_has_that_of_the_programme() -> None:
    described = replace(DESCRIPTION, release_at=21, release_rule=ReleaseRule.UNDER_SERVED_FIRST)
    release = release_of(run(), described)
    assert release is not None
    assert (local_date(release.at), release.rule) == (AUGUST_10, ReleaseRule.UNDER_SERVED_FIRST)
    own = release_of(run(release_at=date(2020, 8, 20)), described)
    assert own is not None
    assert local_date(own.at) == date(2020, 8, 20)
    assert release_of(run(), DESCRIPTION) is None
    assert offered(run(), described).release == release
    assert run_response(run(), described)["releaseOn"] == "2020-08-10"


def test_a_day_that_counts_from_the_run_moves_with_it_and_another_does_not() -> None:
    later = START + timedelta(days=7)
    moved = {"starts_at": later, "ends_at": later + timedelta(hours=3)}
    counted, fixed = replace(DESCRIPTION, release_at=21), replace(DESCRIPTION, release_at=AUGUST_10)
    assert [local_date(one.at) for one in (release_of(run(**moved), each) for each in (counted, fixed)) if one] == [
        date(2020, 8, 17),
        AUGUST_10,
    ]
    earlier = {"starts_at": START - timedelta(days=21), "ends_at": START - timedelta(days=20)}
    with pytest.raises(ReleaseTooLate):
        runs.check_run(run(**earlier), fixed, planned=True)
    runs.check_run(run(**earlier), counted, planned=True)


def test_events_of_a_run_say_when() -> None:
    _, (event,) = runs.schedule(run(), replace(DESCRIPTION, release_at=AUGUST_10))
    assert isinstance(event, RunScheduled)
    assert event.release_at == datetime(2020, 8, 10, tzinfo=BANGKOK)
    _, (none,) = runs.schedule(run(), DESCRIPTION)
    assert isinstance(none, RunScheduled)
    assert none.release_at is None


@pytest.mark.parametrize("release_at", [None, 21, AUGUST_10])
def test_it_is_stored_and_sent_as_it_was_given(release_at: ReleaseAt | None) -> None:
    described = replace(DESCRIPTION, release_at=release_at, release_rule=ReleaseRule.BY_HAND)
    programme = programmes.Programme("p1", described, created_by="officer")
    assert programme_of(programme_document(programme)).description == described
    stored = {**run_document(run(release_at=release_at), described), "allocated": 0}
    assert run_of(stored).plan.release_at == release_at
    assert offered_run_of(stored).release == release_of(run(release_at=release_at), described)
    assert DescriptionBody.model_validate_json(orjson.dumps(programme_as_body(programme))).release_at == release_at
    assert RunBody.model_validate_json(orjson.dumps(run_as_body(run(release_at=release_at)))).release_at == release_at


@pytest.mark.parametrize("state", RunState)
def test_who_looks_for_it_finds_it_by_system_time_while_the_run_takes_place(state: RunState) -> None:
    described = replace(DESCRIPTION, release_at=AUGUST_10)
    row = run_document(replace(run(), state=state, offset_seconds=3600), described)
    expected = datetime(2020, 8, 9, 23, tzinfo=BANGKOK) if state in (RunState.OPEN, RunState.CLOSED) else None
    assert row.get("release_look_at") == expected
    assert ("$unset" in rewriting(row)) is (expected is None), "of a run that is cancelled nobody looks for it"
    assert "release_look_at" not in run_document(replace(run(), state=state), DESCRIPTION)


@pytest.mark.parametrize("forms", [(), (FormKind.REACTION,)])
@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("state", RunState)
def test_people_are_asked_for_answers_where_a_run_with_forms_takes_place(
    state: RunState, opened: bool, forms: tuple[FormKind, ...]
) -> None:
    """Every change of a run has it looked at anew: also what was looked at before."""
    row = run_document(replace(run(), state=state, opened=opened), replace(DESCRIPTION, forms=forms))
    asks = bool(forms) and opened and state is not RunState.CANCELLED
    assert rewriting(row)["$set"]["ask_look_at"] == (AT_ONCE if asks else NEVER)


@pytest.mark.parametrize("sent", [0, 366, "2567-08-10", "10/8/2020", True, "21", 3.5, []])
def test_what_is_no_day_and_no_number_of_days_is_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        RunBody.model_validate_json(orjson.dumps({**RUN_BODY, "releaseAt": sent}))
