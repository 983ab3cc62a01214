"""From facts to mails: what arrives, how often, and what the ledger says of it."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from services.notification.domain import ChannelName, Kind, Outcome, State
from shared.events.enrolment import (
    ConfirmedBy,
    ContactErased,
    NominationState,
    NominationWithdrawn,
    RunOpened,
    SeatConfirmed,
    UnitRegistered,
)
from shared.events.envelope import Envelope
from shared.fresh_keys import new_key_ring
from shared.sealing import KeyRing
from tests.integration.notification.conftest import Office, StartOffice, contact
from tests.integration.notification.mail import CUT_OFF, MailServer
from tests.support.waiting import until
from tests.unit.notification.builders import START, TITLE, enveloped, run_facts, scheduled, seat_facts

RUN = enveloped(scheduled())


def confirmed(number: int = 1, seq: int = 1, by: ConfirmedBy = ConfirmedBy.APPROVAL) -> Envelope:
    facts = seat_facts(nomination=f"nomination-{number}", person=f"person-{number}", unit=f"PO-{number}")
    return enveloped(SeatConfirmed(**facts, before=NominationState.SUBMITTED, by=by), f"run-1:t:PO-{number}", seq)


def withdrawn(number: int = 1, seq: int = 2) -> Envelope:
    facts = seat_facts(nomination=f"nomination-{number}", person=f"person-{number}", unit=f"PO-{number}")
    return enveloped(NominationWithdrawn(**facts, before=NominationState.CONFIRMED), f"run-1:t:PO-{number}", seq)


def address(number: int = 1) -> str:
    return f"person-{number}@example.go.th"


async def people(office: Office, count: int) -> None:
    """So many people, confirmed and with an address."""
    numbers = range(1, count + 1)
    await office.hear(RUN, *(contact(f"person-{number}", address(number)) for number in numbers))
    await office.hear(*(confirmed(number) for number in numbers))


async def test_a_confirmed_person_gets_one_mail_with_an_invitation(office: Office, mail_server: MailServer) -> None:
    await people(office, 1)

    await office.sweep()

    (mail,) = mail_server.mails
    message = await office.message()
    assert (mail.to, mail.subject) == (address(), f"ยืนยันสิทธิ์การเข้ารับการอบรม: {TITLE}")
    assert mail.text.startswith("เรียน นายสมชาย ใจดี")
    assert mail.id == f"<{message.id}@moi.example.go.th>"
    assert mail.entries == [("REQUEST", "nomination-1-0@moi.example.go.th", 0)]
    assert (message.state, message.channel, message.uncertain) == (State.SENT, ChannelName.EMAIL, False)
    assert [one.outcome for one in message.attempts] == [Outcome.ACCEPTED]


async def test_what_became_of_it_is_told_once_with_where_it_comes_from(office: Office) -> None:
    await people(office, 1)
    await office.sweep()

    (row,) = await office.told()
    message, body = await office.message(), orjson.loads(row["body"])

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
    assert address() not in str(await office.store["messages"].find({}).to_list(None)) + row["body"]


async def test_an_event_that_comes_twice_is_told_once(office: Office, mail_server: MailServer) -> None:
    await people(office, 1)
    await office.hear(confirmed())
    await office.sweep()
    await office.hear(confirmed())
    await office.sweep()

    assert len(mail_server.mails) == len(await office.messages()) == len(await office.told()) == 1


async def test_without_an_address_there_is_the_inbox_alone(office: Office, mail_server: MailServer) -> None:
    await office.hear(RUN, contact("person-1"), confirmed())

    await office.sweep()

    message = await office.message()
    assert (message.state, message.channel, mail_server.mails) == (State.SENT, ChannelName.INBOX, [])


async def test_without_a_mail_server_there_is_the_inbox_alone(start_office: StartOffice) -> None:
    office = await start_office(smtp_host="")
    await people(office, 1)

    await office.sweep()

    assert (await office.message()).channel is ChannelName.INBOX


async def test_a_message_waits_for_the_facts_of_another_aggregate(office: Office, mail_server: MailServer) -> None:
    seen: list[tuple[State, str | None]] = []
    for envelope in (confirmed(), RUN, contact("person-1", address())):
        await office.hear(envelope)
        office.later(seconds=1)
        await office.sweep()
        message = await office.message()
        seen.append((message.state, message.code))

    assert seen == [(State.WAITING, "run-unknown"), (State.WAITING, "contact-unknown"), (State.SENT, None)]
    assert [mail.to for mail in mail_server.mails] == [address()]


async def test_who_is_never_made_known_finds_it_in_the_inbox(office: Office) -> None:
    await office.hear(RUN, confirmed())
    await office.sweep()
    waiting = await office.message()
    office.later(seconds=office.settings.contact_patience_seconds)

    await office.sweep()

    message = await office.message()
    assert (waiting.state, message.state, message.channel) == (State.WAITING, State.SENT, ChannelName.INBOX)


async def test_a_key_may_still_be_brought_a_forgery_never_opens(office: Office, start_office: StartOffice) -> None:
    other = KeyRing.parse(new_key_ring("k9"))
    await office.hear(RUN, contact("person-1", address(1), ring=other), confirmed(1))
    forged = contact("person-1", address(2))
    stolen = enveloped(forged.event.model_copy(update={"person": "person-2"}), "contact:person-2")  # type: ignore[union-attr]
    await office.hear(stolen, confirmed(2))
    office.later(days=1)

    await office.sweep()

    assert [(one.state, one.code) for one in await office.messages(recipient="person-1")] == [
        (State.WAITING, "contact-key-unknown")
    ]
    assert (await office.message(recipient="person-2")).channel is ChannelName.INBOX


async def test_who_was_erased_is_written_to_no_more(office: Office, mail_server: MailServer) -> None:
    await people(office, 1)
    await office.hear(enveloped(ContactErased(person="person-1"), "contact:person-1", 2))

    await office.sweep()

    message = await office.message()
    assert (message.state, message.code) == (State.CANCELLED, "recipient-erased")
    assert (mail_server.mails, await office.told()) == ([], [])


async def test_a_withdrawal_overtakes_a_confirmation(office: Office, mail_server: MailServer) -> None:
    await people(office, 1)
    await office.hear(withdrawn())

    await office.sweep()

    (mail,) = mail_server.mails
    assert mail.entries == [("CANCEL", "nomination-1-0@moi.example.go.th", 1)]
    states = {one.kind: (one.state, one.code) for one in await office.messages()}
    assert states[Kind.CONFIRMED] == (State.CANCELLED, "nomination-changed")
    assert states[Kind.WITHDRAWN] == (State.SENT, None)


async def test_a_new_schedule_updates_the_same_entry(office: Office, mail_server: MailServer) -> None:
    await people(office, 1)
    await office.sweep()
    await office.hear(enveloped(scheduled(revision=1, starts_at=START + timedelta(days=1)), seq=2))
    await office.sweep()

    first, second = (mail.entries for mail in mail_server.mails)

    assert first == [("REQUEST", "nomination-1-0@moi.example.go.th", 0)]
    assert second == [("REQUEST", "nomination-1-0@moi.example.go.th", 2)]


async def test_each_unit_is_asked_once_by_mail_where_there_is_an_address(
    office: Office, mail_server: MailServer
) -> None:
    units = tuple(f"PO-{number}" for number in range(10, 86))
    await office.hear(*(enveloped(registered(unit, mailed=unit == "PO-50"), unit) for unit in (*units, "OPS")))
    await office.hear(RUN, enveloped(RunOpened(**run_facts(), units=(*units, "OPS")), seq=2))

    await office.sweep()

    channels = [one.channel for one in await office.messages(kind=Kind.NOMINATION_REQUEST, state=State.SENT)]
    assert (len(channels), channels.count(ChannelName.EMAIL), channels.count(ChannelName.INBOX)) == (77, 1, 76)
    assert mail_server.mails[0].text.startswith("ถึง หน่วยงาน PO-50")


def registered(unit: str, *, mailed: bool) -> UnitRegistered:
    facts: dict[str, Any] = dict.fromkeys(("parent", "province", "province_th", "province_en"))
    names = {"name_th": f"หน่วยงาน {unit}", "name_en": f"Unit {unit}"}
    email = f"{unit.lower()}@moi.go.th" if mailed else None
    return UnitRegistered(unit=unit, kind="PROVINCIAL_OFFICE", memberships=(), email=email, **names, **facts)


async def test_a_temporary_refusal_is_tried_again_after_a_pause(office: Office, mail_server: MailServer) -> None:
    mail_server.answers.append("451 later please")
    await people(office, 1)
    await office.sweep()
    waiting = await office.message()
    await office.sweep()

    assert (waiting.state, waiting.code, mail_server.mails) == (State.WAITING, "smtp-451", [])
    assert timedelta(seconds=2.5) <= waiting.due_at - office.now <= timedelta(seconds=5)

    office.later(seconds=5)
    await office.sweep()

    message = await office.message()
    assert [(one.outcome, one.code) for one in message.attempts] == [
        (Outcome.POSTPONED, "smtp-451"),
        (Outcome.ACCEPTED, None),
    ]
    assert (message.state, message.uncertain, len(mail_server.mails)) == (State.SENT, False, 1)


@pytest.mark.parametrize("step", ["address", "content"])
async def test_a_permanent_refusal_fails_one_message_and_no_other(
    office: Office, mail_server: MailServer, step: str
) -> None:
    if step == "address":
        mail_server.refuses[address(1)] = "550 nobody here"
    else:
        mail_server.answers.append("554 not this")
    await people(office, 3)

    await office.sweep()
    office.later(days=3)
    await office.sweep()

    failed = await office.message(state=State.FAILED)
    told = [orjson.loads(row["body"]) for row in await office.told()]
    assert failed.code in ("smtp-550", "smtp-554")
    assert len(mail_server.mails) == 2
    assert (
        sorted(one["type"] for one in told) == ["notification.message-failed.v1"] + ["notification.message-sent.v1"] * 2
    )
    assert next(one["data"]["code"] for one in told if "code" in one["data"]) == failed.code


async def test_after_too_many_attempts_it_has_failed(start_office: StartOffice, mail_server: MailServer) -> None:
    office = await start_office(delivery_attempts=3)
    mail_server.answers.extend(["451 later"] * 9)
    await people(office, 1)
    for _ in range(6):
        await office.sweep()
        office.later(hours=4)

    message = await office.message()
    assert (message.state, message.code, len(message.attempts)) == (State.FAILED, "smtp-451", 3)


async def test_a_mail_that_may_have_arrived_is_sent_again_under_the_same_id_and_says_so(
    office: Office, mail_server: MailServer
) -> None:
    mail_server.answers.append(CUT_OFF)
    await people(office, 1)
    await office.sweep()
    office.later(seconds=5)

    await office.sweep()

    message = await office.message()
    first, second = mail_server.mails
    assert (first.id, first.text) == (second.id, second.text)
    assert [(one.outcome, one.code, one.uncertain) for one in message.attempts] == [
        (Outcome.POSTPONED, "smtp-cut-off", True),
        (Outcome.ACCEPTED, None, False),
    ]
    assert orjson.loads((await office.told())[0]["body"])["data"]["uncertain"] is True


async def test_a_server_that_is_away_costs_no_attempts(start_office: StartOffice, mail_server: MailServer) -> None:
    office = await start_office(delivery_workers=1)
    await mail_server.stop()
    await people(office, 3)
    await office.sweep()
    waiting = await office.messages()

    assert {one.state for one in waiting} == {State.WAITING}
    assert sorted(str(one.code) for one in waiting) == ["channel-resting", "channel-resting", "smtp-unreachable"]
    assert {one.attempts for one in waiting} == {()}

    await mail_server.start()
    await delivered(office)

    assert {len(one.attempts) for one in await office.messages(state=State.SENT)} == {1}
    assert len(mail_server.mails) == 3


async def delivered(office: Office) -> None:
    """Goes on until everything is sent: how long the channel rests is real time."""

    async def step() -> bool:
        office.later(minutes=1)
        await office.sweep()
        return not await office.messages(open=True)

    await until(step)


async def test_one_connection_carries_many_mails_and_survives_being_closed(
    start_office: StartOffice, mail_server: MailServer
) -> None:
    office = await start_office(delivery_workers=2)
    await people(office, 20)
    await office.sweep()
    carried, used = len(mail_server.mails), mail_server.connections
    await mail_server.stop()
    await mail_server.start()

    await office.hear(confirmed(seq=2, by=ConfirmedBy.PROMOTION))
    await delivered(office)

    assert (carried, used <= 2) == (20, True)
    assert len(mail_server.mails) == 21
