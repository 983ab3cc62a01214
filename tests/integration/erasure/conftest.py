"""One edition in which every text that can be written about a person has been written about one, whom a test erases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from pattana.audit.audit import databases_of
from shared.events.directory import contact_aggregate
from shared.events.topics import CONTACTS
from shared.mongo import Database, database
from shared.security_log.storage import log_of
from tests.integration.erasure.features import MARK, OTHERS, Followed
from tests.integration.rights.world import CHIANG_MAI, HR, OFFICE, OPERATOR, RUN, SUPERVISOR, Owner
from tests.support.api import Issuer
from tests.support.edition import Edition, edition
from tests.support.events import contact_changed, outgoing, wire
from tests.support.waiting import until

DIGITS, BIRTH, START = "0891837465", "1931-02-27", "1955-11-13"
OFFICIAL: Final = "zqofficial"  # acts in public, whatever becomes of the person
HEADER: Final = (
    "externalId,citizenId,prefix,firstName,lastName,unit,level,post,position,email,phone,birthDate,startDate"
)
CITIZEN: Final = "3101700534215"
MARKS: Final = (MARK, DIGITS, BIRTH, START, CITIZEN)


class Marked(Followed):
    """`marked` is whom it is about; the others are of the same office."""

    def row(self, email: str) -> str:
        names = f"{MARK}pre,{MARK}first,{MARK}last"
        duties = f"{CHIANG_MAI}.HR,K2,,{MARK}position"
        return f"{MARK}-ext,{CITIZEN},{names},{duties},{email}@{MARK}.go.th,{DIGITS},{BIRTH},{START}"

    async def bring(self, *rows: str) -> list[str]:
        sheet = "\r\n".join([HEADER, *rows]).encode()
        csv: dict[str, Any] = {"content": sheet, "headers": {"content-type": "text/csv"}}
        report = await self.done("POST", "/api/enrolment/imports/people", HR, **csv)
        assert report["problems"] == [], report
        return [one["id"] for one in report["people"]]

    async def take(self) -> None:
        """All people; the contact of the marked one has a history."""
        for email in ("first", "second"):
            (marked,) = await self.bring(self.row(f"{MARK}{email}"))
        rows = [f"{name},,นาง,สมศรี,ใจเย็น,{CHIANG_MAI}.HR,K2,,,{name}@example.go.th,,," for name in OTHERS]
        others = dict(zip(OTHERS, await self.bring(*rows), strict=True))
        for name, person in {"marked": marked, **others}.items():
            self.people[name] = person
            self.owners[person] = Owner(f"{CHIANG_MAI}.HR", person)

    async def open(self, name: str) -> None:
        officials = [{"name": f"{OFFICIAL}-speaker"}]
        named = {"chair": {"name": OFFICIAL}, "speakers": officials, "reporter": {"name": OFFICIAL}}
        await self.draft(name, **named, approvalRoute=["SUPERVISOR"])
        await self.allocate(name, PO_50=2)
        await self.publish(name)

    async def tell(self) -> None:
        """Everything that can be said of a nomination, in four runs; mails say it, too."""
        for name in ("stays", "rejected", "withdrawn", "substituted"):
            await self.open(name)
            run, word = f"{name}-run", f"{MARK}{name}"
            nomination = await self.nominate(OFFICE, "marked", run, note=f"{MARK}note")
            if name == "rejected":
                await self.decide(SUPERVISOR, "reject", "marked", run, reason=word)
                continue
            await self.decide(SUPERVISOR, "approve", "marked", run, reason=f"{MARK}approved")
            if name == "stays":
                await self.miss(run, nomination)
            if name == "withdrawn":
                await self.decide(OFFICE, "withdraw", "marked", run, reason=word)
            if name == "substituted":
                seat: dict[str, Any] = {"run": self.made[run], "id": nomination, "of": self.person("other")}
                sent = {"person": self.people["other"], "reason": word}
                await self.done("POST", f"{RUN}/nominations/{{id}}/substitute", OFFICE, json=sent, **seat)

    async def miss(self, run: str, nomination: str) -> None:
        """She is recorded as absent, and somebody says why; but she stood at the door."""
        day: dict[str, Any] = {"run": self.made[run], "of": self.person("marked")}
        await self.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": "2027-03-01T10:00:00+07:00"}, **day)
        path, sent = f"{RUN}/sessions/1/attendance/{{nomination}}", {"presence": "ABSENT", "reason": f"{MARK}absent"}
        await self.done("POST", path, HR, json=sent, nomination=nomination, **day)
        typed = {"session": 1, "name": f"{MARK}first", "office": f"{MARK}office"}
        told = await self.done("POST", f"{RUN}/walk-ins", HR, json=typed, **day)
        whose, path = {"nomination": nomination, "reason": f"{MARK}door"}, f"{RUN}/walk-ins/{{walk_in}}/match"
        await self.done("POST", path, HR, json=whose, walk_in=told["id"], **day)


async def park(where: Edition, person: str) -> None:
    """A contact that no consumer can read, and holds."""
    forged = contact_changed(person, f"{MARK}held")
    value, headers = wire(outgoing(forged, 5))
    assert value is not None
    broken = value.replace(b'"sealed":', b'"unsealed":')
    producer = AIOKafkaProducer(bootstrap_servers=where.where.broker.bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(
            where.where.topic_prefix + CONTACTS.name,
            broken,
            key=person.encode(),
            headers=[(name, raw or b"") for name, raw in headers.items()],
        )
    finally:
        await producer.stop()


@pytest.fixture(scope="session")
async def place(
    mongo_url: str, kafka_bootstrap: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edition]:
    folder: Path = tmp_path_factory.mktemp("erasure")
    async with edition(mongo_url, kafka_bootstrap, issuer, folder) as running:
        yield running


@pytest.fixture(scope="session")
async def databases(place: Edition) -> AsyncIterator[dict[str, Database]]:
    """The security logs' too: they stand beside those of the services."""
    async with databases_of(place.where, "tests") as opened:
        logs = {
            f"{source}-log": database(store.client, log_of(store).database.name) for source, store in opened.items()
        }
        yield opened | logs


@pytest.fixture(scope="session")
async def marked(place: Edition, databases: dict[str, Database], issuer: Issuer) -> AsyncIterator[Marked]:
    """Has had her mails, and stands in every store that can know her."""
    notification = databases["/pattana/notification"]
    async with httpx.AsyncClient(base_url=place.url, timeout=60) as http:
        world = Marked(http, issuer)
        await world.take()
        await world.tell()
        await world.go_through()
        await park(place, world.people["marked"])
        subject = contact_aggregate(world.people["marked"])
        await until(lambda: notification["held"].find_one({"subject": subject}), what="the forged contact is held")

        async def sent() -> bool:
            waiting = await notification["messages"].count_documents({"open": True})
            made = await notification["messages"].count_documents({"recipient": world.people["marked"]})
            return made >= 4 and not waiting

        await until(sent, every=0.1, what="every message is sent")
        yield world
