"""Two batches that concern one run, at the same time: neither misses what the other knows."""

import asyncio

import pytest

from services.notification.domain import Kind, State
from services.notification.queries import Queries, messages_of
from services.notification.reacting.storage import ReactionStorage
from services.notification.storage import Generation
from shared.events.catalogue import RunCancelled, RunOpened
from shared.events.directory import ContactErased
from shared.events.envelope import Envelope
from shared.events.seats import ConfirmedBy, SeatConfirmed
from shared.pages import PageRequest
from shared.rights import Scope
from tests.integration.notification.conftest import Replica, StartReplica, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import RUN, confirmed
from tests.unit.notification.builders import START, enveloped, run_fields, scheduled, seat_fields


def cancelled(run: str) -> Envelope:
    return enveloped(RunCancelled(**run_fields(run=run)), run, 2)


def seat_in(run: str) -> Envelope:
    fields = seat_fields(run=run, nomination=f"nomination-{run}", person=f"person-{run}")
    return enveloped(SeatConfirmed(**fields, before=None, by=ConfirmedBy.APPROVAL), f"{run}:t:PO-50", 1)


async def test_a_seat_and_the_cancellation_at_the_same_time(start_replica: StartReplica) -> None:
    first, second = await start_replica(), await start_replica()
    runs = [f"run-{number}" for number in range(12)]
    await first.consume(*(enveloped(scheduled(run=run), run) for run in runs))

    for run in runs:
        await asyncio.gather(first.consume(cancelled(run)), second.consume(seat_in(run)))

    await first.fan_outs.sweep()
    notified = [message.recipient for message in await first.messages(kind=Kind.RUN_CANCELLED)]
    assert sorted(notified) == sorted(f"person-{run}" for run in runs)


async def test_who_was_confirmed_for_nothing_is_notified_of_the_cancellation_alone(
    replica: Replica, mail_server: MailServer
) -> None:
    await replica.consume(RUN, contact("person-1", "person-1@example.go.th"), confirmed())
    await replica.consume(cancelled("run-1"))

    await replica.sweep()

    states = {message.kind: (message.state, message.code) for message in await replica.messages()}
    assert states == {Kind.CONFIRMED: (State.CANCELLED, "run-cancelled"), Kind.RUN_CANCELLED: (State.SENT, None)}
    assert [mail.entries[0][0] for mail in mail_server.mails] == ["CANCEL"]


async def test_a_stub_becomes_a_run(replica: Replica) -> None:
    await replica.consume(confirmed())
    unknown = await replica.read_model.run("run-1")
    await replica.consume(RUN)

    run = await replica.read_model.run("run-1")
    assert unknown is None
    assert run is not None
    assert (run.starts_at, run.venue, run.sittings[0].ends_at) == (START, scheduled().venue, scheduled().ends_at)


async def test_an_address_that_cannot_be_written_fails_that_message_alone(
    replica: Replica, mail_server: MailServer
) -> None:
    await replica.consume(RUN, contact("person-1", "ไม่มี"), contact("person-2", "person-2@example.go.th"))
    await replica.consume(confirmed(1), confirmed(2))

    await replica.sweep()

    (failed,) = await replica.messages(state=State.FAILED)
    assert (failed.recipient, failed.code) == ("person-1", "address-invalid")
    assert [mail.to for mail in mail_server.mails] == ["person-2@example.go.th"]


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        (Scope(all=True), ["OPS", "PERS", "PO-5", "PO-50", "PO-50.HR"]),
        (Scope(unit="PO-50"), ["PO-50", "PO-50.HR"]),
        (Scope(unit="PO-50.HR"), ["PO-50.HR"]),
        (Scope(unit="PO-5"), ["PO-5"]),
        (Scope(unit="OPS"), ["OPS", "PERS"]),
        (Scope(person="PO-50"), []),
        (Scope(), []),
    ],
)
async def test_a_scope_is_part_of_the_query(replica: Replica, scope: Scope, reached: list[str]) -> None:
    units = ("OPS", "PERS", "PO-5", "PO-50", "PO-50.HR")
    await replica.consume(RUN, enveloped(RunOpened(**run_fields(), units=units), seq=2))

    messages, _ = await Queries(replica.store).page(messages_of(scope), PageRequest(50, None))

    assert sorted(message.recipient for message in messages) == reached


async def test_a_generation_that_never_saw_the_tombstone_knows_of_it(replica: Replica) -> None:
    """The log forgets a tombstone after a week; a forged record may stand there instead."""
    await replica.consume(contact("person-1", "a@example.go.th"))
    await replica.consume(enveloped(ContactErased(person="person-1"), "contact:person-1", 2))
    replica.reactions = ReactionStorage(replica.store, Generation(replica.store, 2))
    replica.generation = Generation(replica.store, 2)

    await replica.consume(contact("person-1", "a@example.go.th", seq=3), contact("person-2", "b@example.go.th"))

    kept = await replica.read_model.contacts(frozenset({"person-1", "person-2"}))
    assert (kept["person-1"].key_id, kept["person-1"].sealed) == (None, "")
    assert kept["person-2"].key_id is not None
