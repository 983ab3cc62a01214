"""From events to mails: what arrives, how often, and what the ledger shows of it."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from services.notification.domain import ChannelName, Kind, Outcome, State
from shared.events.catalogue import RunOpened
from shared.events.directory import ContactErased, UnitRegistered
from shared.events.envelope import Envelope
from shared.events.seats import ConfirmedBy, NominationState, NominationWithdrawn, SeatConfirmed
from shared.fresh_keys import new_key_ring
from shared.sealing import KeyRing
from tests.integration.notification.conftest import Replica, StartReplica, contact
from tests.integration.notification.mail import CUT_OFF, MailServer
from tests.support.commands import Commands
from tests.support.waiting import until
from tests.unit.notification.builders import START, TITLE, enveloped, run_fields, scheduled, seat_fields

RUN = enveloped(scheduled())


def confirmed(number: int = 1, seq: int = 1, by: ConfirmedBy = ConfirmedBy.APPROVAL) -> Envelope:
    fields = seat_fields(nomination=f"nomination-{number}", person=f"person-{number}", bucket_unit=f"PO-{number}")
    return enveloped(SeatConfirmed(**fields, before=NominationState.SUBMITTED, by=by), f"run-1:t:PO-{number}", seq)


def withdrawn(number: int = 1, seq: int = 2) -> Envelope:
    fields = seat_fields(nomination=f"nomination-{number}", person=f"person-{number}", bucket_unit=f"PO-{number}")
    return enveloped(NominationWithdrawn(**fields, before=NominationState.CONFIRMED), f"run-1:t:PO-{number}", seq)


def address(number: int = 1) -> str:
    return f"person-{number}@example.go.th"


async def people(replica: Replica, count: int) -> None:
    """So many people, confirmed and with an address."""
    numbers = range(1, count + 1)
    await replica.consume(RUN, *(contact(f"person-{number}", address(number)) for number in numbers))
    await replica.consume(*(confirmed(number) for number in numbers))


async def test_a_confirmed_person_gets_one_mail_with_an_invitation(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)

    await replica.sweep()

    (mail,) = mail_server.mails
    message = await replica.message()
    assert (mail.to, mail.subject) == (address(), f"ยืนยันสิทธิ์การเข้ารับการอบรม: {TITLE}")
    assert mail.text.startswith("เรียน นายสมชาย ใจดี")
    assert mail.id == f"<{message.id}@moi.example.go.th>"
    assert mail.entries == [("REQUEST", "nomination-1-0@moi.example.go.th", 0)]
    assert (message.state, message.channel, message.uncertain) == (State.SENT, ChannelName.EMAIL, False)
    assert [attempt.outcome for attempt in message.attempts] == [Outcome.ACCEPTED]


async def test_what_became_of_it_is_published_once_with_its_cause(replica: Replica) -> None:
    await people(replica, 1)
    await replica.sweep()

    (row,) = await replica.published()
    message, body = await replica.message(), orjson.loads(row["body"])

    assert (row["_id"], row["topic"], row["key"]) == (f"{message.id}:1", "notification.messages", message.id)
    assert (body["type"], body["source"]) == ("notification.message-sent.v1", "/pattana/notification")
    assert (body["correlationid"], body["causationid"]) == ("request-1", "run-1:t:PO-1:1")
    assert body["data"] == {
        "message": message.id,
        "recipient": "person-1",
        "channel": "EMAIL",
        "kind": "CONFIRMED",
        "run": "run-1",
        "attempts": 1,
        "uncertain": False,
    }
    assert address() not in str(await replica.store["messages"].find({}).to_list(None)) + row["body"]


async def test_an_event_that_comes_twice_is_sent_once(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.consume(confirmed())
    await replica.sweep()
    await replica.consume(confirmed())
    await replica.sweep()

    assert len(mail_server.mails) == len(await replica.messages()) == len(await replica.published()) == 1


async def test_without_an_address_there_is_the_inbox_alone(replica: Replica, mail_server: MailServer) -> None:
    await replica.consume(RUN, contact("person-1"), confirmed())

    await replica.sweep()

    message = await replica.message()
    assert (message.state, message.channel, mail_server.mails) == (State.SENT, ChannelName.INBOX, [])


async def test_without_a_mail_server_there_is_the_inbox_alone(start_replica: StartReplica) -> None:
    replica = await start_replica(smtp_host="")
    await people(replica, 1)

    await replica.sweep()

    assert (await replica.message()).channel is ChannelName.INBOX


async def test_a_message_waits_for_the_events_of_another_aggregate(replica: Replica, mail_server: MailServer) -> None:
    seen: list[tuple[str, str | None]] = []
    for envelope in (confirmed(), RUN, contact("person-1", address())):
        await replica.consume(envelope)
        replica.later(seconds=1)
        await replica.sweep()
        message = await replica.message()
        seen.append((message.state, message.code))

    assert seen == [(State.WAITING, "run-unknown"), (State.WAITING, "contact-unknown"), (State.SENT, None)]
    assert [mail.to for mail in mail_server.mails] == [address()]


async def test_who_is_never_made_known_finds_it_in_the_inbox(replica: Replica) -> None:
    await replica.consume(RUN, confirmed())
    await replica.sweep()
    waiting = await replica.message()
    replica.later(seconds=replica.settings.contact_patience_seconds)

    await replica.sweep()

    message = await replica.message()
    assert (waiting.state, message.state, message.channel) == (State.WAITING, State.SENT, ChannelName.INBOX)


async def test_a_key_may_still_be_brought_a_forgery_never_opens(replica: Replica, start_replica: StartReplica) -> None:
    other = KeyRing.parse(new_key_ring("k9"))
    await replica.consume(RUN, contact("person-1", address(1), ring=other), confirmed(1))
    forged = contact("person-1", address(2))
    stolen = enveloped(forged.event.model_copy(update={"person": "person-2"}), "contact:person-2")  # type: ignore[union-attr]
    await replica.consume(stolen, confirmed(2))
    replica.later(days=1)

    await replica.sweep()

    assert [(message.state, message.code) for message in await replica.messages(recipient="person-1")] == [
        (State.WAITING, "contact-key-unknown")
    ]
    assert (await replica.message(recipient="person-2")).channel is ChannelName.INBOX


async def test_who_was_erased_is_written_to_no_more(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.consume(enveloped(ContactErased(person="person-1"), "contact:person-1", 2))

    await replica.sweep()

    message = await replica.message()
    assert (message.state, message.code) == (State.CANCELLED, "recipient-erased")
    assert (mail_server.mails, await replica.published()) == ([], [])


async def test_a_withdrawal_overtakes_a_confirmation(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.consume(withdrawn())

    await replica.sweep()

    (mail,) = mail_server.mails
    assert mail.entries == [("CANCEL", "nomination-1-0@moi.example.go.th", 1)]
    states = {message.kind: (message.state, message.code) for message in await replica.messages()}
    assert states[Kind.CONFIRMED] == (State.CANCELLED, "nomination-changed")
    assert states[Kind.WITHDRAWN] == (State.SENT, None)


async def test_a_new_schedule_updates_the_same_entry(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.sweep()
    await replica.consume(enveloped(scheduled(revision=1, starts_at=START + timedelta(days=1)), seq=2))
    await replica.sweep()

    first, second = (mail.entries for mail in mail_server.mails)

    assert first == [("REQUEST", "nomination-1-0@moi.example.go.th", 0)]
    assert second == [("REQUEST", "nomination-1-0@moi.example.go.th", 2)]


async def test_each_unit_is_asked_once_by_mail_where_there_is_an_address(
    replica: Replica, mail_server: MailServer
) -> None:
    units = tuple(f"PO-{number}" for number in range(10, 86))
    await replica.consume(*(enveloped(registered(unit, mailed=unit == "PO-50"), unit) for unit in (*units, "OPS")))
    await replica.consume(RUN, enveloped(RunOpened(**run_fields(), units=(*units, "OPS")), seq=2))

    await replica.sweep()

    channels = [message.channel for message in await replica.messages(kind=Kind.NOMINATION_REQUEST, state=State.SENT)]
    assert (len(channels), channels.count(ChannelName.EMAIL), channels.count(ChannelName.INBOX)) == (77, 1, 76)
    assert mail_server.mails[0].text.startswith("ถึง หน่วยงาน PO-50")


def registered(unit: str, *, mailed: bool) -> UnitRegistered:
    fields: dict[str, Any] = dict.fromkeys(("parent", "province", "province_th", "province_en"))
    names = {"name_th": f"หน่วยงาน {unit}", "name_en": f"Unit {unit}"}
    email = f"{unit.lower()}@moi.go.th" if mailed else None
    return UnitRegistered(unit=unit, kind="PROVINCIAL_OFFICE", memberships=(), email=email, **names, **fields)


async def test_a_temporary_refusal_is_tried_again_after_a_pause(replica: Replica, mail_server: MailServer) -> None:
    mail_server.answers.append("451 later please")
    await people(replica, 1)
    await replica.sweep()
    waiting = await replica.message()
    await replica.sweep()

    assert (waiting.state, waiting.code, mail_server.mails) == (State.WAITING, "smtp-451", [])
    assert timedelta(seconds=2.5) <= waiting.due_at - replica.now <= timedelta(seconds=5)

    replica.later(seconds=5)
    await replica.sweep()

    message = await replica.message()
    assert [(attempt.outcome, attempt.code) for attempt in message.attempts] == [
        (Outcome.POSTPONED, "smtp-451"),
        (Outcome.ACCEPTED, None),
    ]
    assert (message.state, message.uncertain, len(mail_server.mails)) == (State.SENT, False, 1)


@pytest.mark.parametrize("step", ["address", "content"])
async def test_a_permanent_refusal_fails_one_message_and_no_other(
    replica: Replica, mail_server: MailServer, step: str
) -> None:
    if step == "address":
        mail_server.refuses[address(1)] = "550 nobody here"
    else:
        mail_server.answers.append("554 not this")
    await people(replica, 3)

    await replica.sweep()
    replica.later(days=3)
    await replica.sweep()

    failed = await replica.message(state=State.FAILED)
    published = [orjson.loads(row["body"]) for row in await replica.published()]
    assert failed.code in ("smtp-550", "smtp-554")
    assert len(mail_server.mails) == 2
    assert (
        sorted(event["type"] for event in published)
        == ["notification.message-failed.v1"] + ["notification.message-sent.v1"] * 2
    )
    assert next(event["data"]["code"] for event in published if "code" in event["data"]) == failed.code


async def test_after_too_many_attempts_it_has_failed(start_replica: StartReplica, mail_server: MailServer) -> None:
    replica = await start_replica(delivery_attempts=3)
    mail_server.answers.extend(["451 later"] * 9)
    await people(replica, 1)
    for _ in range(6):
        await replica.sweep()
        replica.later(hours=4)

    message = await replica.message()
    assert (message.state, message.code, len(message.attempts)) == (State.FAILED, "smtp-451", 3)


async def test_a_mail_that_may_have_arrived_is_sent_again_under_the_same_id_and_is_marked(
    replica: Replica, mail_server: MailServer
) -> None:
    mail_server.answers.append(CUT_OFF)
    await people(replica, 1)
    await replica.sweep()
    replica.later(seconds=5)

    await replica.sweep()

    message = await replica.message()
    first, second = mail_server.mails
    assert (first.id, first.text) == (second.id, second.text)
    assert [(attempt.outcome, attempt.code, attempt.uncertain) for attempt in message.attempts] == [
        (Outcome.POSTPONED, "smtp-cut-off", True),
        (Outcome.ACCEPTED, None, False),
    ]
    assert orjson.loads((await replica.published())[0]["body"])["data"]["uncertain"] is True


async def test_a_server_that_is_away_costs_no_attempts(start_replica: StartReplica, mail_server: MailServer) -> None:
    replica = await start_replica(delivery_workers=1)
    await mail_server.stop()
    await people(replica, 3)
    await replica.sweep()
    waiting = await replica.messages()

    assert sorted(f"{message.state} {message.channel} {message.code}" for message in waiting) == [
        "PENDING EMAIL channel-away",
        "PENDING EMAIL channel-away",
        "WAITING EMAIL smtp-unreachable",
    ]
    assert {message.attempts for message in waiting} == {()}

    await mail_server.start()
    await delivered(replica)

    assert {len(message.attempts) for message in await replica.messages(state=State.SENT)} == {1}
    assert len(mail_server.mails) == 3


async def delivered(replica: Replica) -> None:
    """Goes on until everything is sent: how long the channel rests is real time."""

    async def step() -> bool:
        replica.later(minutes=1)
        await replica.sweep()
        return not await replica.messages(open=True)

    await until(step)


async def test_what_a_mail_costs(start_replica: StartReplica, commands: Commands) -> None:
    """Of the collection of messages: a claim, two updates, and its part of a page that was read for many. A page may
    name what another worker claims just then."""
    replica = await start_replica()
    await people(replica, 40)
    commands.sent.clear()

    await replica.sweep()

    counted = commands.counted("messages")
    pages = counted["find"]
    assert (counted["update"], counted["aggregate"]) == (2 * 40, 0)
    assert 40 <= counted["findAndModify"] <= 40 + pages * replica.settings.delivery_workers
    assert pages < 40


async def test_one_connection_carries_many_mails_and_survives_being_closed(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    replica = await start_replica(delivery_workers=2)
    await people(replica, 20)
    await replica.sweep()
    carried, used = len(mail_server.mails), mail_server.connections
    await mail_server.stop()
    await mail_server.start()

    await replica.consume(confirmed(seq=2, by=ConfirmedBy.PROMOTION))
    await delivered(replica)

    assert (carried, used <= 2) == (20, True)
    assert len(mail_server.mails) == 21
