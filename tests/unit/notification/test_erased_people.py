"""Who was erased, or has a seat instead of waiting, is not told of the withdrawal."""

from datetime import timedelta

import pytest

from services.notification.domain import LIVE, Addressee, Kind
from services.notification.reacting import HANDLERS, ReactionBatch
from shared.events.seats import ConfirmedBy, NominationState, NominationWithdrawn, SeatConfirmed, WithdrawnBecause
from tests.unit.notification.builders import NOW, enveloped, seat_fields


def test_somebody_who_has_a_seat_instead_of_waiting_is_not_told_that_the_wait_is_over() -> None:
    event = NominationWithdrawn(**seat_fields(), before=NominationState.WAITLISTED, because=WithdrawnBecause.SWAPPED)
    batch = ReactionBatch(NOW)
    HANDLERS[type(event)](batch, enveloped(event), event)
    assert not batch.messages


def test_a_withdrawal_because_of_the_erasure_tells_the_office_alone() -> None:
    event = NominationWithdrawn(**seat_fields(), before=NominationState.CONFIRMED, because=WithdrawnBecause.ERASED)
    batch = ReactionBatch(NOW)
    HANDLERS[type(event)](batch, enveloped(event), event)
    batch.tell_of_open_seats()
    assert {message.addressee for message in batch.messages.values()} == {Addressee.UNIT}


@pytest.mark.parametrize("before", sorted(LIVE))
def test_the_office_hears_of_an_erasure_once_and_nobody_is_named(before: NominationState) -> None:
    """Also where the next has moved up, so that no seat is open; one who waited, or whom nobody has approved yet."""
    batch = ReactionBatch(NOW)
    for number in (1, 2):
        who = seat_fields(nomination=f"n{number}", person=f"p{number}", bucket_unit="PO")
        gone = NominationWithdrawn(**who, before=before, because=WithdrawnBecause.ERASED)
        nobody_waits = before is not NominationState.CONFIRMED
        next_one = seat_fields(nomination=f"n{number}9", person=f"p{number}9", bucket_unit="PO")
        promoted = SeatConfirmed(**next_one, before="WAITLISTED", by=ConfirmedBy.PROMOTION)
        for event in (gone,) if nobody_waits else (gone, promoted):
            HANDLERS[type(event)](batch, enveloped(event), event)
    batch.tell_of_open_seats()
    (told,) = [message for message in batch.messages.values() if message.addressee is Addressee.UNIT]
    assert (told.kind, told.recipient, told.run) == (Kind.NOMINATIONS_ERASED, "PO-50", "run-1")
    assert (told.nomination, told.due_at) == (None, NOW + timedelta(seconds=5))
    assert not any(one in str(told) for one in ("p1", "p2", "n1", "n2"))
