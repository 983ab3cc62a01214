"""A calendar entry lies at the address that was invited: there it ends, wherever its person is reached by now."""

from datetime import timedelta

import pytest

from services.notification.domain import State
from shared.events.directory import ContactErased
from shared.events.envelope import Envelope
from tests.integration.notification.conftest import Replica, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import address, people, withdrawn
from tests.unit.notification.builders import START, enveloped, scheduled

UID = "nomination-1-0@moi.example.go.th"
NEW = "new@example.go.th"
TIMES = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=3)}
MOVED = enveloped(scheduled(revision=1, **TIMES), seq=2)


async def invited(replica: Replica, mail_server: MailServer, *later: Envelope) -> None:
    await people(replica, 1)
    await replica.sweep()
    assert [mail.to for mail in mail_server.mails] == [address()]
    mail_server.mails.clear()
    await replica.consume(*later)


async def mails_after(
    replica: Replica, mail_server: MailServer, event: Envelope
) -> dict[str, list[tuple[str, str, int]]]:
    """Calendar entries by address."""
    await replica.consume(event)
    await replica.sweep()
    await replica.sweep()
    assert len({mail.to for mail in mail_server.mails}) == len(mail_server.mails)
    return {mail.to: mail.entries for mail in mail_server.mails}


async def test_a_seat_that_ends_is_taken_back_where_it_was_sent(replica: Replica, mail_server: MailServer) -> None:
    await invited(replica, mail_server, contact("person-1", NEW, seq=2))

    found = await mails_after(replica, mail_server, withdrawn())

    assert found == {NEW: [], address(): [("CANCEL", UID, 1)]}
    (old,) = [mail for mail in mail_server.mails if mail.to == address()]
    assert old.subject.startswith("ยกเลิกนัดหมายในปฏิทินของที่อยู่อีเมลเดิม")


async def test_a_run_that_moves_invites_the_new_address_and_ends_at_the_old(
    replica: Replica, mail_server: MailServer
) -> None:
    await invited(replica, mail_server, contact("person-1", NEW, seq=2))

    assert await mails_after(replica, mail_server, MOVED) == {
        NEW: [("REQUEST", UID, 2)],
        address(): [("CANCEL", UID, 3)],
    }
    mail_server.mails.clear()
    assert await mails_after(replica, mail_server, withdrawn()) == {NEW: [("CANCEL", UID, 3)]}


async def test_an_address_that_is_gone_leaves_no_entry_behind(replica: Replica, mail_server: MailServer) -> None:
    await invited(replica, mail_server, contact("person-1", None, seq=2))

    assert await mails_after(replica, mail_server, MOVED) == {address(): [("CANCEL", UID, 3)]}
    mail_server.mails.clear()
    assert await mails_after(replica, mail_server, withdrawn()) == {}


@pytest.mark.parametrize("email", [address(), address().upper()])
async def test_a_contact_that_changed_otherwise_is_one_address(
    replica: Replica, mail_server: MailServer, email: str
) -> None:
    await invited(replica, mail_server, contact("person-1", email, seq=2))

    assert await mails_after(replica, mail_server, withdrawn()) == {email: [("CANCEL", UID, 1)]}


async def test_nobody_who_was_erased_is_written_to_at_any_address(replica: Replica, mail_server: MailServer) -> None:
    erased = enveloped(ContactErased(person="person-1"), "contact:person-1", 3)
    await invited(replica, mail_server, contact("person-1", NEW, seq=2), MOVED, erased)

    assert await mails_after(replica, mail_server, withdrawn()) == {}
    assert {message.code for message in await replica.messages(state=State.CANCELLED)} == {
        "nomination-changed",
        "recipient-erased",
    }
    stored = await replica.generation.contacts.find_one({"_id": "person-1"})
    assert stored is not None
    assert (stored["former"], stored["sealed"]) == ([], "")
