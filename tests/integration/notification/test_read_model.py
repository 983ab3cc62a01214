"""Two batches that concern one run, at the same time: neither misses what the other knows."""

import asyncio

import pytest

from services.notification.domain import Kind, State
from services.notification.queries import Queries, within
from shared.events.enrolment import ConfirmedBy, RunCancelled, RunOpened, SeatConfirmed
from shared.events.envelope import Envelope
from shared.pages import PageRequest
from shared.rights import Scope
from tests.integration.notification.conftest import Office, StartOffice, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import RUN, confirmed
from tests.unit.notification.builders import START, enveloped, run_facts, scheduled, seat_facts


def cancelled(run: str) -> Envelope:
    return enveloped(RunCancelled(**run_facts(run=run)), run, 2)


def seat_in(run: str) -> Envelope:
    facts = seat_facts(run=run, nomination=f"nomination-{run}", person=f"person-{run}")
    return enveloped(SeatConfirmed(**facts, before=None, by=ConfirmedBy.APPROVAL), f"{run}:t:PO-50", 1)


async def test_a_seat_and_the_cancellation_at_the_same_time(start_office: StartOffice) -> None:
    first, second = await start_office(), await start_office()
    runs = [f"run-{number}" for number in range(12)]
    await first.hear(*(enveloped(scheduled(run=run), run) for run in runs))

    for run in runs:
        await asyncio.gather(first.hear(cancelled(run)), second.hear(seat_in(run)))

    told = [one.recipient for one in await first.messages(kind=Kind.RUN_CANCELLED)]
    assert sorted(told) == sorted(f"person-{run}" for run in runs)


async def test_who_was_confirmed_for_nothing_is_told_only_that(office: Office, mail_server: MailServer) -> None:
    await office.hear(RUN, contact("person-1", "person-1@example.go.th"), confirmed())
    await office.hear(cancelled("run-1"))

    await office.sweep()

    states = {one.kind: (one.state, one.code) for one in await office.messages()}
    assert states == {Kind.CONFIRMED: (State.CANCELLED, "run-cancelled"), Kind.RUN_CANCELLED: (State.SENT, None)}
    assert [mail.entries[0][0] for mail in mail_server.mails] == ["CANCEL"]


async def test_a_stub_becomes_a_run(office: Office) -> None:
    await office.hear(confirmed())
    unknown = await office.views.run("run-1")
    await office.hear(RUN)

    run = await office.views.run("run-1")
    assert unknown is None
    assert run is not None
    assert (run.starts_at, run.venue, run.sittings[0].ends_at) == (START, scheduled().venue, scheduled().ends_at)


async def test_an_address_that_cannot_be_written_fails_that_message_alone(
    office: Office, mail_server: MailServer
) -> None:
    await office.hear(RUN, contact("person-1", "ไม่มี"), contact("person-2", "person-2@example.go.th"))
    await office.hear(confirmed(1), confirmed(2))

    await office.sweep()

    (failed,) = await office.messages(state=State.FAILED)
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
async def test_a_scope_is_part_of_the_query(office: Office, scope: Scope, reached: list[str]) -> None:
    units = ("OPS", "PERS", "PO-5", "PO-50", "PO-50.HR")
    await office.hear(RUN, enveloped(RunOpened(**run_facts(), units=units), seq=2))

    found, _ = await Queries(office.store).page(within(scope), PageRequest(50, None))

    assert sorted(one.recipient for one in found) == reached
