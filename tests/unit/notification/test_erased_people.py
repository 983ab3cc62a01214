"""Who was erased, or has a seat instead of waiting, is not told of the withdrawal."""

from services.notification.domain import Addressee
from services.notification.reacting import HANDLERS, ReactionBatch
from shared.events.seats import NominationState, NominationWithdrawn, WithdrawnBecause
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
