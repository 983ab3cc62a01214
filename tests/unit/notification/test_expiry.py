"""Steps of approval and their deadlines: what is remembered of them, whom an expired nomination is told to, and whose
approval is asked for in the morning."""

from datetime import datetime, timedelta

import pytest

from services.notification.domain import Kind
from services.notification.reminders.domain import Awaited, by_office, last_day, steps_awaited
from shared.clock import BANGKOK
from shared.events.seats import (
    HandedOnFact,
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationState,
    NominationSubmitted,
)
from tests.unit.notification.builders import NOW, run, seat_fields
from tests.unit.notification.test_handlers import notified, reacted, seat


def test_what_has_expired_is_told_to_the_person_and_once_to_the_office() -> None:
    expired = [
        seat(NominationExpired(**seat_fields(nomination=f"n{number}", person=f"p{number}"), step="SUPERVISOR"), number)
        for number in (1, 2)
    ]

    batch = reacted(*expired)

    assert notified(batch) == [
        (Kind.EXPIRED, "p1"),
        (Kind.EXPIRED, "p2"),
        (Kind.EXPIRED_AT_OFFICE, "PO-50"),
    ]
    assert {one.state for one in batch.nominations.values()} == {NominationState.EXPIRED}


@pytest.mark.parametrize("kind", [NominationApproved, NominationEscalated])
def test_who_approves_next_is_remembered_and_nobody_is_notified(kind: type[HandedOnFact]) -> None:
    submitted = NominationSubmitted(**seat_fields(), step="SUPERVISOR", due_at=NOW)
    handed_on = kind(**seat_fields(), step="SUPERVISOR", next_step="ORGANISER")

    batch = reacted(seat(submitted, 1))
    assert (batch.nominations["nomination-1"].approver, batch.nominations["nomination-1"].due_at) == ("SUPERVISOR", NOW)
    batch = reacted(seat(submitted, 1), seat(handed_on, 2))

    assert batch.messages == {}
    assert batch.nominations["nomination-1"].state is NominationState.SUBMITTED
    assert (batch.nominations["nomination-1"].approver, batch.nominations["nomination-1"].due_at) == ("ORGANISER", None)


def test_whose_approval_is_asked_for() -> None:
    soon, later = NOW, NOW + timedelta(days=1)
    waiting = [
        ("PO-50.HR", None, None),  # of before there were steps
        ("PO-50.HR", "SUPERVISOR", later),
        ("PO-50", "UNIT_HR", soon),
        ("PO-95.HR", "ORGANISER", None),
        ("PO-50.HR", "ORGANISER", later),
        ("PO-10", "COMMITTEE", None),  # of a later release
    ]
    assert by_office(run(organiser="PERS.TRAINING"), steps_awaited(waiting)) == {
        "PO-50": Awaited(3, soon),
        "PERS": Awaited(2, later),
        "PO-10": Awaited(1),
    }
    assert set(by_office(run(), steps_awaited(waiting))) == {"PO-50", "PO-95", "PO-10"}, "nobody knows who organises it"


def test_the_last_day_of_a_deadline_is_the_one_before_midnight() -> None:
    assert last_day(datetime(2020, 8, 8, tzinfo=BANGKOK)).isoformat() == "2020-08-07"
