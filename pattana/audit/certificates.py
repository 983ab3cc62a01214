"""Checks certificates and their registers against their events, number by number. A register is read before its events:
what comes after it is left to the next audit."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pattana.audit.certified import Followers
from pattana.audit.documents import ENROLMENT
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes, Stored
from pattana.audit.pages import PAGE, pages
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check, Verdict
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.mongo import Collection, Database, Document, majority, translated_calls

VALID = "VALID"


@dataclass(slots=True)
class Numbers:
    """Pure. What the events of a register come to: `last` number given; `revoked` since."""

    series: str
    last: int = 0
    revoked: set[str] = field(default_factory=set)

    def apply(self, event: CertificateFact) -> Iterator[str]:
        """What is wrong with it."""
        if isinstance(event, CertificateRevoked):
            if not 1 <= event.serial <= self.last:
                yield f"number {event.serial} of {self.series} was revoked and never given"
            self.revoked.add(event.certificate)
        elif isinstance(event, CertificateIssued):
            if event.serial <= self.last:
                yield f"number {event.serial} of {self.series} was given twice"
            elif event.serial != self.last + 1:
                yield f"number {self.last + 1} of {self.series} is missing, {event.serial} was given"
            self.last = max(self.last, event.serial)


async def check_certificates(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance
) -> None:
    """Every register and every certificate, and what consumers made of them."""
    check, database = verdict["certificates"], databases[ENROLMENT]
    collection, fields = await audited(database, "certificates")
    known = [one.aggregate for page in outboxes.ledger.pages(ENROLMENT, Kind.SERIES) for one in page]
    followers, lasts = await Followers.read(databases, outboxes, verdict, known), dict[str, int]()
    async for page in pages(majority(database["certificate_registers"])):
        for register in page:
            lasts[register["_id"]] = register["seq"]
            await _check_register(register, majority(collection), fields, outboxes, check, followers)
            advance(1)
    await followers.end(lasts)
    check.all_broken(f"series {name} has events and no register" for name in known if name not in lasts)
    with translated_calls():
        registers: list[str] = await collection.distinct("register")
    check.all_broken(f"series {name} has certificates and no register" for name in registers if name not in lasts)


async def _check_register(
    register: Document,
    certificates: Collection,
    fields: Mapping[str, bool] | None,
    outboxes: Outboxes,
    check: Check,
    followers: Followers,
) -> None:
    series, seq, numbers = register["_id"], register["seq"], Numbers(register["_id"])
    least, count = outboxes.last(ENROLMENT, [series])[series], 0
    if seq < least:
        check.broken(f"series {series} stands at event {seq}, its outbox reaches to {least}")
    async for page in _events(series, seq, outboxes, check):
        count += len(page)
        events = [stored.event for stored in page if isinstance(stored.event, CertificateFact)]
        for event in events:
            check.all_broken(numbers.apply(event))
        check.all_broken(await _stored_faults(events, numbers, certificates, fields))
        await followers.take(series, page)
    if count != seq:
        check.broken(f"series {series} stands at event {seq}, its outbox has {count} of them")
    if numbers.last != register["last"]:
        check.broken(f"series {series} has given {register['last']} numbers, its events {numbers.last}")
    with translated_calls():
        there = await certificates.count_documents({"register": series, "serial": {"$lte": register["last"]}})
    if there != register["last"]:
        check.broken(f"series {series} has given {register['last']} numbers, {there} certificates have one")
    check.count("certificates", there)


async def _events(series: str, last: int, outboxes: Outboxes, check: Check) -> AsyncIterator[list[Stored]]:
    """Those that can be read, a page at a time."""
    page: list[Stored] = []
    async for stored in outboxes.events(ENROLMENT, series, last):
        if isinstance(stored.event, CertificateFact):
            page.append(stored)
        elif stored.damaged:
            check.broken(f"series {series}: event {stored.seq} cannot be read")
        else:
            check.could_not("certificates with events that this release does not know")
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


async def _stored_faults(
    events: Sequence[CertificateFact], numbers: Numbers, certificates: Collection, fields: Mapping[str, bool] | None
) -> list[str]:
    issued = [event for event in events if isinstance(event, CertificateIssued)]
    ids = [event.certificate for event in issued]
    with translated_calls():
        cursor = certificates.find({"_id": {"$in": ids}}, fields)
        rows = {row["_id"]: row async for row in cursor}
    return [fault for event in issued for fault in faults(event, rows.get(event.certificate), numbers.revoked)]


def faults(event: CertificateIssued, row: Mapping[str, Any] | None, revoked: set[str]) -> Iterator[str]:
    """Pure. One that was revoked in the events so far is not valid any more; the other way round it may be so since."""
    if row is None:
        yield f"certificate {event.certificate} has a number and no document"
        return
    for name, value in (
        ("register", event.series),
        ("serial", event.serial),
        ("run", event.run),
        ("person", event.person),
    ):
        if row.get(name) != value:
            yield f"certificate {event.certificate}: {name} is {row.get(name)!r}, its event says {value!r}"
    if event.certificate in revoked and row.get("state") == VALID:
        yield f"certificate {event.certificate} is valid and was revoked"
