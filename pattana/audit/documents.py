"""Reads programmes, runs, units, people, plans, delegations and messages page by page and compares each with its
events."""

from collections.abc import AsyncIterator, Mapping, Sequence

from pattana.audit.aggregates import COPIED, COUNTED, document_differences
from pattana.audit.history import Kind
from pattana.audit.ledger import Ledger
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.pages import DOCUMENTS, PAGE, pages
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check
from shared.events.delegations import delegation_aggregate
from shared.events.directory import contact_aggregate
from shared.mongo import Database, Document, majority, translated_calls

ENROLMENT = "/pattana/enrolment"
NOTIFICATION = "/pattana/notification"
REPORTING = "/pattana/reporting"

_STORED: tuple[tuple[str, str, Kind], ...] = (
    (ENROLMENT, "programmes", Kind.PROGRAMME),
    (ENROLMENT, "runs", Kind.RUN),
    (ENROLMENT, "units", Kind.UNIT),
    (ENROLMENT, "people", Kind.PERSON),
    (ENROLMENT, "posts", Kind.POST),
    (ENROLMENT, "evaluations", Kind.EVALUATION),
    (ENROLMENT, "certificate_issues", Kind.ISSUE),
    (ENROLMENT, "development_plans", Kind.PLAN),
    (ENROLMENT, "delegations", Kind.DELEGATION),
    (NOTIFICATION, "messages", Kind.MESSAGE),
)
# Of these there are more every day, and what is done with them is done: an audit with a watermark reads those that
# have new events. All others may be changed by hand, and are read whole every time.
_ENDLESS = frozenset({Kind.MESSAGE})
_IGNORED: Mapping[Kind, frozenset[str]] = {Kind.RUN: COPIED, Kind.ISSUE: COUNTED}


async def check_documents(
    databases: Mapping[str, Database], outboxes: Outboxes, check: Check, advance: Advance, *, new_only: bool
) -> None:
    """Every document has its events, and every aggregate its document."""
    for source, name, kind in _STORED:
        changed = new_only and kind in _ENDLESS
        async for page in documents(databases[source], name, outboxes.ledger, source, kind, changed=changed):
            for part in _portions(_numbered(page, kind)):
                await _check_page(part, source, kind, outboxes, check)
            check.count(name, len(page))
            advance(len(page))
        await _check_unmet(databases[source], name, outboxes.ledger, (source, kind), check, changed=changed)
    await _check_unmet(
        databases[ENROLMENT], "people", outboxes.ledger, (ENROLMENT, Kind.CONTACT), check, changed=new_only
    )


async def documents(
    database: Database, name: str, ledger: Ledger, source: str, kind: Kind, *, changed: bool
) -> AsyncIterator[list[Document]]:
    """All documents, or those that have new events."""
    collection, fields = await audited(database, name)
    if not changed:
        async for page in pages(majority(collection), fields):
            yield page
        return
    for known in ledger.pages(source, kind, changed=True):
        ids = [aggregate.aggregate for aggregate in known]
        for start in range(0, len(ids), DOCUMENTS):
            query = {"_id": {"$in": ids[start : start + DOCUMENTS]}}
            with translated_calls():
                page = await majority(collection).find(query, fields).to_list(None)
            yield page


def _numbered(page: list[Document], kind: Kind) -> list[Document]:
    """Of delegations that an earlier release stored nobody was told: they stand before the first event."""
    return [{"seq": 0} | document for document in page] if kind is Kind.DELEGATION else page


def _portions(page: Sequence[Document]) -> list[list[Document]]:
    """Groups of documents that have about a page of events together."""
    portions: list[list[Document]] = [[]]
    total = 0
    for document in page:
        total += document["seq"]
        if total > PAGE and portions[-1]:
            portions.append([])
            total = document["seq"]
        portions[-1].append(document)
    return portions


async def _check_page(page: Sequence[Document], source: str, kind: Kind, outboxes: Outboxes, check: Check) -> None:
    keyed = {_aggregate_of(document, kind): document for document in page}
    rows = await outboxes.short(source, {key: document["seq"] for key, document in keyed.items()})
    lasts = outboxes.last(source, list(keyed))
    for key, document in keyed.items():
        stored = rows[key]
        damaged = [one.seq for one in stored if one.damaged]
        check.all_broken(f"{kind} {key}: event {seq} cannot be read" for seq in damaged)
        if any(one.event is None for one in stored):
            check.could_not("documents with events that this release does not know", not damaged)
            continue
        events = [event for one in stored if (event := one.event) is not None]
        ignored = _IGNORED.get(kind, frozenset())
        check.all_broken(document_differences(f"{kind} {key}", document, events, lasts[key], ignored))
    if kind is Kind.PERSON:
        check.all_broken(await _contact_faults(page, outboxes))


async def _contact_faults(people: Sequence[Document], outboxes: Outboxes) -> list[str]:
    """The contact is a separate aggregate, stored in the document of its person."""
    names = {person["_id"]: contact_aggregate(person["_id"]) for person in people}
    lasts = outboxes.last(ENROLMENT, list(names.values()))
    stands = {names[person["_id"]]: person.get("contact_seq", 0) for person in people}
    ahead = [f"{contact}:{seq}" for contact, seq in stands.items() if seq > lasts[contact]]
    missing = await outboxes.missing(ahead, ENROLMENT)
    return [
        *(
            f"{contact} stands at event {seq}, its outbox reaches to {lasts[contact]}"
            for contact, seq in stands.items()
            if seq < lasts[contact]
        ),
        *(f"{place} is where a person's contact stands, no outbox has it" for place in missing),
    ]


async def _check_unmet(
    database: Database, name: str, ledger: Ledger, of: tuple[str, Kind], check: Check, *, changed: bool
) -> None:
    """Aggregates without a document: all that have events, whatever was read before."""
    source, kind = of
    collection, _ = await audited(database, name)
    for known in ledger.pages(source, kind, changed=changed):
        wanted = {_document_of(one.aggregate, kind): one for one in known}
        with translated_calls():
            cursor = collection.find({"_id": {"$in": list(wanted)}}, {"_id": True})
            there = {row["_id"] async for row in cursor}
        for key, one in wanted.items():
            if key not in there:
                check.broken(f"{kind} {one.aggregate} has {one.rows} events and no document")


def _document_of(aggregate: str, kind: Kind) -> str:
    """The document that stores an aggregate."""
    if kind is Kind.DELEGATION:
        return delegation_of(aggregate)
    return aggregate.removeprefix(contact_aggregate("")) if kind is Kind.CONTACT else aggregate


def _aggregate_of(document: Document, kind: Kind) -> str:
    """The reverse, of those with documents of their own."""
    key: str = document["_id"]
    return delegation_aggregate(document["unit"], key) if kind is Kind.DELEGATION else key


def delegation_of(aggregate: str) -> str:
    """Its id: the aggregate names the unit, too."""
    return aggregate.rpartition(":")[2]
