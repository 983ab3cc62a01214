"""Reads programmes, runs, units, people and messages page by page and compares each with its events."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pattana.audit.aggregates import document_differences
from pattana.audit.history import Kind
from pattana.audit.outboxes import PAGE, Advance, Outboxes
from pattana.audit.verdict import Promise
from shared.events.directory import contact_aggregate
from shared.mongo import Collection, Database, Document, majority, translated_calls

DOCUMENTS = 500
ENROLMENT = "/pattana/enrolment"
NOTIFICATION = "/pattana/notification"

_STORED: tuple[tuple[str, str, Kind], ...] = (
    (ENROLMENT, "programmes", Kind.PROGRAMME),
    (ENROLMENT, "runs", Kind.RUN),
    (ENROLMENT, "units", Kind.UNIT),
    (ENROLMENT, "people", Kind.PERSON),
    (NOTIFICATION, "messages", Kind.MESSAGE),
)


async def check_documents(
    databases: Mapping[str, Database], outboxes: Outboxes, promise: Promise, advance: Advance
) -> None:
    """Every document has its events, and every aggregate its document. Buckets are checked with their run."""
    for source, name, kind in _STORED:
        async for page in pages(majority(databases[source][name])):
            for part in _portions(page):
                await _check_page(part, source, kind, outboxes, promise)
            promise.count(name, len(page))
            advance(len(page))
    await _check_unmet(databases, outboxes, promise)


async def pages(
    collection: Collection, projection: Mapping[str, bool] | None = None, size: int = DOCUMENTS
) -> AsyncIterator[list[Document]]:
    """All documents in the order of their ids; each page is a separate query, so that no cursor times out."""
    after: Any = None
    while True:
        query = {} if after is None else {"_id": {"$gt": after}}
        with translated_calls():
            page: list[Document] = await collection.find(query, projection).sort("_id", 1).limit(size).to_list(None)
        if not page:
            return
        yield page
        after = page[-1]["_id"]


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


async def _check_page(page: Sequence[Document], source: str, kind: Kind, outboxes: Outboxes, promise: Promise) -> None:
    rows = await outboxes.short(source, {document["_id"]: document["seq"] for document in page})
    histories = outboxes.histories[source]
    for document in page:
        history = histories.get(document["_id"])
        if history is not None:
            history.met = True
        events = [event for stored in rows[document["_id"]] if (event := stored.event) is not None]
        least = history.there.last if history else 0
        promise.all_broken(document_differences(f"{kind} {document['_id']}", document, events, least))
        if kind is Kind.PERSON:
            _check_contact(document, outboxes, promise)


def _check_contact(person: Document, outboxes: Outboxes, promise: Promise) -> None:
    """The contact is a separate aggregate, stored in the document of its person."""
    history = outboxes.histories[ENROLMENT].get(contact_aggregate(person["_id"]))
    if history is None:
        return
    history.met = True
    if person.get("contact_seq", 0) < history.there.last:
        promise.broken(
            f"contact of person {person['_id']} stands at event {person.get('contact_seq', 0)}, "
            f"its outbox reaches to {history.there.last}"
        )


async def _check_unmet(databases: Mapping[str, Database], outboxes: Outboxes, promise: Promise) -> None:
    """Aggregates whose document was not checked: created meanwhile, or gone."""
    collections = {kind: databases[source][name] for source, name, kind in _STORED}
    for histories in outboxes.histories.values():
        for aggregate, history in histories.items():
            if history.met or history.kind not in collections:
                continue
            with translated_calls():
                document = await collections[history.kind].find_one({"_id": aggregate}, {"_id": 1})
            if document is None:
                promise.broken(f"{history.kind} {aggregate} has {len(history.there)} events and no document")
