"""Nominations that go to another run: in whatever order the events of the two runs come, people are told the same."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import Kind, Message, RunState, overtaken
from services.notification.reacting import HANDLERS, ReactionBatch
from shared.events.catalogue import RunCancelled, RunOpened
from shared.events.envelope import Envelope
from shared.events.seats import (
    BucketOpened,
    BucketSeatsChanged,
    ConfirmedBy,
    NominationSubmitted,
    NominationTransferred,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
    WithdrawnBecause,
)
from tests.unit.notification.builders import NOW, enveloped, run_fields, scheduled, seat_fields

ONE, TWO = "run-1:t:PO-50", "run-2:t:PO-50"
MOVED = {"run": "run-2", "transfers": 1}


def of_runs() -> list[Envelope]:
    return [
        enveloped(fact, run, seq)
        for run in ("run-1", "run-2")
        for seq, fact in enumerate((scheduled(run=run), RunOpened(**run_fields(run=run), units=())), 1)
    ]


def life(person: str) -> tuple[list[Envelope], list[Envelope]]:
    """A seat that goes to run 2 and is withdrawn there, by bucket."""
    of = seat_fields(nomination=person, person=person)
    here = [
        NominationSubmitted(**of),
        SeatConfirmed(**of, before="SUBMITTED", by=ConfirmedBy.APPROVAL),
        NominationTransferred(**of, before="CONFIRMED", to_run="run-2"),
    ]
    there = [
        SeatConfirmed(**of | MOVED, before=None, by=ConfirmedBy.RUN_CHANGED, from_run="run-1"),
        NominationWithdrawn(**of | MOVED, before="CONFIRMED"),
    ]
    return (
        [enveloped(fact, ONE, seq) for seq, fact in enumerate(here, 1)],
        [enveloped(fact, TWO, seq) for seq, fact in enumerate(there, 1)],
    )


def applied(envelopes: list[Envelope]) -> ReactionBatch:
    batch = ReactionBatch(NOW)
    for each in envelopes:
        HANDLERS[type(each.event)](batch, each, each.event)  # type: ignore[index]
    return batch


def due(batch: ReactionBatch) -> Iterator[Message]:
    """Those that would be sent now."""
    for message in batch.messages.values():
        nomination = batch.nominations.get(message.nomination or "")
        if overtaken(message, batch.runs[message.run], nomination, NOW) is None:
            yield message


@given(st.permutations([0, 0, 0, 1, 1]))
def test_any_order_of_two_buckets_leads_to_the_same(order: list[int]) -> None:
    queues = [iter(part) for part in life("p")]
    batch = applied([*of_runs(), *(next(queues[bucket]) for bucket in order)])
    known = batch.nominations["p"]
    assert (known.run, known.state, known.transfers) == ("run-2", "WITHDRAWN", 1)
    kinds = {(message.kind, message.run) for message in batch.messages.values()}
    assert kinds == {(Kind.CONFIRMED, "run-1"), (Kind.RUN_CHANGED, "run-2"), (Kind.WITHDRAWN, "run-2")}
    assert [message.kind for message in due(batch)] == [Kind.WITHDRAWN]


def test_one_message_says_what_it_is_in_the_other_run() -> None:
    here, there = life("p")
    batch = applied([*of_runs(), *here, there[0]])
    (message,) = due(batch)
    assert (message.kind, message.run, message.seated, message.nomination) == (Kind.RUN_CHANGED, "run-2", True, "p")


def test_an_office_is_not_told_of_seats_that_came_with_their_people() -> None:
    here, there = life("p")
    fields = {key: value for key, value in seat_fields().items() if key not in {"nomination", "person", "rank"}}
    opening = BucketOpened(**fields | {"run": "run-2"}, seats=0)
    del fields["place"]
    seats = BucketSeatsChanged(**fields | {"run": "run-2"}, seats=1, before=0)
    given = [enveloped(fact, TWO, seq) for seq, fact in enumerate((opening, seats), -1)]
    batch = applied([*of_runs(), *here, *given, there[0]])
    batch.tell_of_open_seats()
    assert Kind.SEAT_OPEN not in {message.kind for message in batch.messages.values()}


def test_who_waits_is_told_once_and_has_no_entry() -> None:
    of = seat_fields(nomination="w", person="w")
    facts = [
        NominationWaitlisted(**of | MOVED, before=None, from_run="run-1"),
        NominationSubmitted(**seat_fields(nomination="s", person="s") | MOVED, from_run="run-1"),
    ]
    batch = applied([*of_runs(), *(enveloped(fact, TWO, seq) for seq, fact in enumerate(facts, 1))])
    assert [(message.kind, message.seated) for message in due(batch)] == [(Kind.RUN_CHANGED, False)] * 2


def test_a_run_that_has_become_one_with_another_tells_nobody() -> None:
    """Whether or not its people are known to be in the other one."""
    here, there = life("p")
    gone = enveloped(RunCancelled(**run_fields(), merged_into="run-2"), "run-1", 3)
    for order in ([*here[:2], gone, here[2], there[0]], [gone, *here, there[0]], [there[0], *here, gone]):
        batch = applied([*of_runs(), *order])
        assert batch.runs["run-1"].state is RunState.CANCELLED
        assert batch.begun == []
        assert [message.kind for message in due(batch)] == [Kind.RUN_CHANGED]


def test_who_was_in_both_keeps_one_and_the_entry_of_the_other_is_taken_back() -> None:
    of = seat_fields(nomination="x", person="x")
    facts = [
        SeatConfirmed(**of, before=None, by=ConfirmedBy.NOMINATION),
        NominationWithdrawn(**of, before="CONFIRMED", because=WithdrawnBecause.MERGED),
    ]
    batch = applied([*of_runs(), *(enveloped(fact, ONE, seq) for seq, fact in enumerate(facts, 1))])
    assert [message.kind for message in due(batch)] == [Kind.SEAT_LEFT]
