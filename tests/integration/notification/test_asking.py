"""Whoever is asked to answer forms gets a mail while that is true, an office one for all; nobody else can see it."""

from datetime import datetime, timedelta
from typing import Any

from services.notification.domain import Kind, State
from services.notification.queries import Queries, inbox_of, messages_of
from shared.clock import BANGKOK
from shared.events.catalogue import RunCancelled
from shared.events.envelope import Envelope
from shared.events.evaluation import AnswersAsked, AskedPerson
from shared.pages import PageRequest
from shared.rights import Principal, Role, Scope
from tests.integration.notification.conftest import Replica
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import people, registered, withdrawn
from tests.unit.notification.builders import TITLE, enveloped, run_fields

AFTER = datetime(2020, 8, 31, 16, 0, tzinfo=BANGKOK)
CLOSES = datetime(2020, 10, 1, tzinfo=BANGKOK)


def asked(seq: int, *numbers: int, **changes: Any) -> Envelope:
    whom = [AskedPerson(nomination=f"nomination-{n}", person=f"person-{n}", unit=f"PO-{n}") for n in numbers]
    fields: dict[str, Any] = {"programme": "p", "run": "run-1", "forms": ("POST", "REACTION"), "closes_at": CLOSES}
    return enveloped(AnswersAsked.model_validate({**fields, "people": whom, **changes}), "asking:run-1", seq)


async def seated(replica: Replica, mail_server: MailServer, count: int) -> None:
    """Confirmed, and told so."""
    await people(replica, count)
    await replica.sweep()
    replica.now = AFTER
    mail_server.mails.clear()


async def told(replica: Replica, kind: Kind) -> dict[str, tuple[str, str | None]]:
    return {one.recipient: (one.state, one.code) for one in await replica.messages(kind=kind)}


async def test_people_are_asked_once_and_reminded_by_mail(replica: Replica, mail_server: MailServer) -> None:
    await seated(replica, mail_server, 2)
    first = asked(1, 1, 2)
    await replica.consume(first)
    await replica.consume(first)  # a relay that was cut off sends it again
    await replica.sweep()
    assert sorted(mail.to for mail in mail_server.mails) == ["person-1@example.go.th", "person-2@example.go.th"]
    mail = mail_server.mails[0]
    assert mail.subject == f"ขอเชิญตอบแบบประเมิน: {TITLE}"
    assert "แบบประเมินความพึงพอใจต่อการฝึกอบรม" in mail.text
    assert "ภายในวันพุธที่ 30 กันยายน 2563" in mail.text
    assert mail.entries == []
    replica.now = CLOSES - timedelta(days=10)
    await replica.consume(asked(2, 2, forms=("REACTION",), again=True))
    await replica.sweep()
    assert [mail.to for mail in mail_server.mails[2:]] == ["person-2@example.go.th"]
    assert mail_server.mails[2].subject == f"เตือนให้ตอบแบบประเมิน: {TITLE}"
    assert "หลังการฝึกอบรม" not in mail_server.mails[2].text.partition("โครงการ:")[0]


async def test_superiors_are_asked_at_their_office_by_one_mail(replica: Replica, mail_server: MailServer) -> None:
    await seated(replica, mail_server, 1)
    await replica.consume(enveloped(registered("PO-50", mailed=True), "PO-50"))
    offices: dict[str, Any] = {"forms": ("TRANSFER",), "offices": ("PO-50",)}
    for seq in (1, 2, 3):  # a page after the other, and the first of them sent before the last came
        await replica.consume(asked(seq, **offices))
        await replica.sweep()
    assert [mail.to for mail in mail_server.mails] == ["po-50@moi.go.th"]
    assert "ผู้บังคับบัญชา" in mail_server.mails[0].text
    await replica.consume(asked(4, again=True, **offices))
    await replica.sweep()
    assert [mail.to for mail in mail_server.mails] == ["po-50@moi.go.th"] * 2


async def test_nobody_is_asked_what_is_not_true_any_more(replica: Replica, mail_server: MailServer) -> None:
    await seated(replica, mail_server, 3)
    await replica.consume(asked(1, 1, 2))
    await replica.consume(withdrawn(1))
    await replica.delivery.sweep()
    await replica.sweep()
    assert await told(replica, Kind.ANSWERS_ASKED) == {
        "person-1": (State.CANCELLED, "nomination-changed"),
        "person-2": (State.SENT, None),
    }
    await replica.consume(asked(2, 2, 3, again=True), asked(3, again=True, forms=("TRANSFER",), offices=("PO-50",)))
    replica.now = CLOSES
    await replica.sweep()
    assert set((await told(replica, Kind.ANSWERS_REMINDED)).values()) == {(State.CANCELLED, "form-closed")}
    await replica.consume(asked(4, 3, closes_at=CLOSES + timedelta(days=9)))
    await replica.consume(enveloped(RunCancelled(**run_fields()), seq=2))
    await replica.sweep()
    assert (await told(replica, Kind.ANSWERS_ASKED))["person-3"] == (State.CANCELLED, "run-cancelled")


async def test_that_somebody_is_asked_stands_in_the_own_inbox_alone(replica: Replica, mail_server: MailServer) -> None:
    await seated(replica, mail_server, 1)
    await replica.consume(asked(1, 1, again=True), asked(2, forms=("TRANSFER",), offices=("PO-50",)))
    await replica.sweep()
    queries, page = Queries(replica.store), PageRequest(50, None)
    for scope in (Scope(all=True, names=True), Scope(unit="PO-50")):
        listed, _ = await queries.page(messages_of(scope), page)
        assert {one.kind for one in listed} == {Kind.CONFIRMED, Kind.ANSWERS_ASKED}
        counted = {row[0] for row in (await queries.counts(messages_of(scope))).rows}
        assert counted == {Kind.CONFIRMED, Kind.ANSWERS_ASKED}, "what an office is told may be read"
    learner = Principal("person-1", frozenset({Role.LEARNER}))
    inbox, _ = await queries.page(inbox_of(learner, Scope(person="person-1")), page)
    assert {one.kind for one in inbox} == {Kind.CONFIRMED, Kind.ANSWERS_REMINDED}
