"""Somebody who is nominated moves to another office: which offices are told, each once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pattana.audit.asked import messages_for
from services.notification.domain import Addressee, Kind, message_id
from services.notification.reacting import HANDLERS, ReactionBatch
from shared.events.envelope import Envelope
from shared.events.seats import NominationMoved, NominationState, NominationWithdrawn, WithdrawnBecause
from tests.unit.notification.builders import NOW, enveloped, run, seat_fields

OFFICES, ORGANISER = Kind.NOMINATIONS_MOVED, Kind.MOVES_TO_DECIDE


def moved(number: int = 1, to: str = "PO-95.HR", **more: Any) -> Envelope:
    fields = seat_fields(nomination=f"n{number}", person=f"p{number}")
    ways = {"from_unit": "PO-50.HR", "to_unit": to} | more
    return enveloped(NominationMoved(**fields, **ways), "run-1:t:PO-50", number)


def reacted(*envelopes: Envelope, batch: ReactionBatch | None = None) -> ReactionBatch:
    batch = batch or ReactionBatch(NOW)
    for envelope in envelopes:
        HANDLERS[type(envelope.event)](batch, envelope, envelope.event)  # type: ignore[index]
    return batch


def told(batch: ReactionBatch) -> list[tuple[str, str]]:
    return sorted((str(message.kind), message.recipient) for message in batch.messages.values())


def both(*offices: str) -> list[tuple[str, str]]:
    return [(OFFICES.value, office) for office in sorted(offices)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([moved()], both("PO-50", "PO-95")),
        ([moved(number) for number in (1, 2, 3)], both("PO-50", "PO-95")),
        ([moved(), moved(2, from_unit="PO-95.HR", to="PO-96.HR")], both("PO-50", "PO-95", "PO-96")),
        ([moved(from_unit="PO-95.HR", to="PO-50.HR")], both("PO-50", "PO-95")),
        ([moved(to="PERS")], both("PERS", "PO-50")),
        ([moved(asked=True, organiser="PERS")], [(ORGANISER.value, "PERS"), *both("PO-50", "PO-95")]),
        ([moved(asked=False, organiser="PERS")], both("PO-50", "PO-95")),
        ([moved(asked=True)], both("PO-50", "PO-95")),
    ],
    ids=["one", "many", "on", "back", "centre", "asked", "not asked", "no organiser"],
)
def test_who_is_told(events: list[Envelope], expected: list[tuple[str, str]]) -> None:
    batch = reacted(*events)
    assert told(batch) == expected
    assert {(message.addressee, message.due_at) for message in batch.messages.values()} == {
        (Addressee.UNIT, NOW + timedelta(seconds=5))
    }


def test_a_run_that_is_known_names_the_organiser_of_an_event_that_does_not() -> None:
    batch = ReactionBatch(NOW, runs={"run-1": replace(run(), organiser="DRI")})
    assert (ORGANISER.value, "DRI") in told(reacted(moved(asked=True), batch=batch))


def test_a_silent_generation_tells_nobody() -> None:
    assert told(reacted(moved(asked=True, organiser="PERS"), batch=ReactionBatch(NOW, silent=True))) == []


def test_who_is_let_go_by_the_organiser_is_told_of_it() -> None:
    event = NominationWithdrawn(**seat_fields(), before=NominationState.WAITLISTED, because=WithdrawnBecause.MOVED)
    assert [kind for kind, _ in told(reacted(enveloped(event)))] == [Kind.WITHDRAWN.value]


@pytest.mark.parametrize(
    ("before", "kinds"), [(NominationState.CONFIRMED, [Kind.SEAT_LEFT.value]), (NominationState.WAITLISTED, [])]
)
def test_whose_nomination_followed_learns_that_the_former_entry_has_ended(
    before: NominationState, kinds: list[str]
) -> None:
    event = NominationWithdrawn(**seat_fields(), before=before, because=WithdrawnBecause.FOLLOWED)
    batch = reacted(enveloped(event))
    assert [kind for kind, _ in told(batch)] == kinds
    assert all(message.seated for message in batch.messages.values())
    assert [key for key, _ in messages_for("run-1:t:PO-50", 1, event)] == [
        message_id("run-1:t:PO-50:1", event.person, kind) for kind in kinds
    ]
