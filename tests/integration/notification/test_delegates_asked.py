"""Whoever decides for somebody who is away is told every morning what waits, for as long as that lasts."""

from datetime import datetime, timedelta

import pytest

from services.notification.domain import Addressee, Kind, State
from services.notification.reacting import CONSUMER, FOLD_VERSION, HANDLERS
from services.notification.storage import DIGESTS, specs
from shared.clock import midnight
from shared.events.delegations import DelegationGiven, DelegationRevoked
from shared.events.directory import ContactErased
from shared.events.envelope import Envelope
from shared.messaging.generations import Fold, Generations
from shared.mongo import prepare
from tests.integration.notification.conftest import Replica, StartReplica, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_offices import TUESDAY, WEDNESDAY, lines, of_run, submitted, told
from tests.unit.notification.builders import TITLE, enveloped

SUPERVISOR = {"step": "SUPERVISOR"}
OF = {"absent": "head", "delegate": "deputy", "steps": ("SUPERVISOR",)}
MONDAY = TUESDAY - timedelta(days=1)
FRIDAY = TUESDAY + timedelta(days=3)


def given(id: str = "d", *, starts_at: datetime = MONDAY, ends_at: datetime = FRIDAY, unit: str = "PO-50") -> Envelope:
    event = DelegationGiven.model_validate(
        OF | {"delegation": id, "unit": unit, "starts_at": starts_at, "ends_at": ends_at}
    )
    return enveloped(event, f"delegation:{unit}:{id}")


def revoked(id: str = "d", unit: str = "PO-50") -> Envelope:
    event = DelegationRevoked.model_validate(OF | {"delegation": id, "unit": unit})
    return enveloped(event, f"delegation:{unit}:{id}", 2)


async def asked(replica: Replica, now: datetime) -> list[str]:
    return await told(replica, now, Kind.APPROVALS_DELEGATED)


async def test_who_decides_instead_is_told_what_waits_beside_the_office(replica: Replica) -> None:
    await replica.consume(*of_run(), *of_run("run-2", cohort=2), given())
    await replica.consume(
        *(submitted(number, "PO-50.HR", **SUPERVISOR) for number in (1, 2)),
        submitted(3, "PO-50", "run-2", **SUPERVISOR),
        submitted(4, "PO-10", **SUPERVISOR),
        submitted(5, "PO-50", step="ORGANISER"),
    )

    assert await asked(replica, TUESDAY) == ["deputy"]
    assert await told(replica, TUESDAY, Kind.APPROVALS_WAITING) == ["PERS", "PO-10", "PO-50"]
    assert await asked(replica, WEDNESDAY) == ["deputy"] * 2, "once a day"
    replica.now = WEDNESDAY
    (message, _) = sorted(await replica.messages(kind=Kind.APPROVALS_DELEGATED), key=lambda one: one.created_at)
    assert (message.addressee, message.unit) == (Addressee.PERSON, "PO-50")
    assert message.snapshot is not None
    assert [(line.th, line.count) for line in message.snapshot.facts.listed] == [
        (f"{TITLE} (PERS-2563-001 รุ่นที่ 1)", 2),
        (f"{TITLE} (PERS-2563-001 รุ่นที่ 2)", 1),
    ]


@pytest.mark.parametrize(
    ("case", "offset"),
    [
        ("from tomorrow on", 0),
        ("over", 0),
        ("over by the clock of the run", 5 * 86_400),
        ("revoked", 0),
        ("erased", 0),
        ("nothing waits", 0),
    ],
)
async def test_who_does_not_decide_that_day_is_told_nothing(replica: Replica, case: str, offset: int) -> None:
    starts_at = midnight(WEDNESDAY.date()) if case == "from tomorrow on" else MONDAY
    ends_at = TUESDAY if case == "over" else FRIDAY
    one = given(starts_at=starts_at, ends_at=ends_at)
    await replica.consume(*of_run(offset_seconds=offset), one, given("of another", unit="PO-10"))
    if case != "nothing waits":
        await replica.consume(submitted(1, "PO-50", **SUPERVISOR))
    if case == "revoked":
        await replica.consume(revoked())
    if case == "erased":
        await replica.consume(enveloped(ContactErased(person="deputy"), "contact:deputy"))

    assert await asked(replica, TUESDAY) == []


async def test_who_decides_from_later_on_the_same_day_is_told_in_the_morning(replica: Replica) -> None:
    noon = TUESDAY + timedelta(hours=3.5)
    await replica.consume(*of_run(), submitted(1, "PO-50", **SUPERVISOR), given(starts_at=noon, ends_at=WEDNESDAY))

    assert await asked(replica, TUESDAY) == ["deputy"]
    assert await asked(replica, WEDNESDAY) == ["deputy"], "it was over at that moment"


@pytest.mark.parametrize(
    ("after", "state", "code"),
    [
        ((revoked(),), State.CANCELLED, "delegation-over"),
        ((revoked(), given("of another head")), State.SENT, None),
        ((), State.SENT, None),
    ],
)
async def test_a_digest_that_was_not_sent_yet_is_dropped_once_nothing_is_left_to_decide_for_anybody(
    replica: Replica, after: tuple[Envelope, ...], state: State, code: str | None
) -> None:
    await replica.consume(*of_run(), submitted(1, "PO-50", **SUPERVISOR), given(), contact("deputy"))
    assert await asked(replica, TUESDAY) == ["deputy"]
    await replica.consume(*after)

    await replica.sweep()

    message = await replica.message(kind=Kind.APPROVALS_DELEGATED)
    assert (message.state, message.code) == (state, code)


async def test_it_is_told_once_by_whichever_replica_and_sent(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    replicas = [await start_replica() for _ in range(2)]
    several = given(), given("again"), given("of the work group", unit="PO-50.HR")
    await replicas[0].consume(*of_run(), submitted(1, "PO-50.HR", **SUPERVISOR), *several)
    await replicas[0].consume(contact("deputy", "deputy@moi.go.th"))
    for replica in replicas:
        assert await asked(replica, TUESDAY) == ["deputy"]

    await replicas[1].sweep()

    (mail,) = [mail for mail in mail_server.mails if "แทนผู้ที่ไม่อยู่" in mail.subject and "รอการพิจารณา" in mail.subject]
    assert mail.to == "deputy@moi.go.th"
    assert f"- {TITLE} (PERS-2563-001 รุ่นที่ 1): 1 ราย\n" in lines(mail)


async def test_a_rebuild_tells_nobody_twice(replica: Replica) -> None:
    """Nor one in the middle of a morning's digest, from a log that says the same again."""
    log = (*of_run(), submitted(1, "PO-50", **SUPERVISOR), given(), given("over"), revoked("over"))
    await replica.consume(*log)
    assert await asked(replica, TUESDAY) == ["deputy"]

    filled = Generations(replica.store, CONSUMER, specs, Fold.of(FOLD_VERSION, HANDLERS))
    assert (await filled.begin(TUESDAY)).next == 2
    await prepare(replica.store, specs(2))
    rebuilt = Replica(replica.settings, replica.store, number=2)
    await rebuilt.consume(*log)
    await replica.store[DIGESTS.name].delete_many({})

    assert await asked(rebuilt, TUESDAY) == ["deputy"]
    assert await asked(rebuilt, WEDNESDAY) == ["deputy"] * 2
