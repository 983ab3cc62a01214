"""Compares the delegations that notification knows, by which it tells people every morning what they are to decide,
with their events, both ways."""

from collections.abc import Iterator, Mapping, Sequence

from pattana.audit.aggregates import folded
from pattana.audit.differences import differences
from pattana.audit.documents import ENROLMENT, delegation_of
from pattana.audit.history import Kind
from pattana.audit.ledger import Known
from pattana.audit.outboxes import Outboxes
from pattana.audit.pages import DOCUMENTS, pages
from pattana.audit.projection import Mailbox
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from shared.events.envelope import Event
from shared.mongo import Database, Document

REMEMBERED = ("unit", "delegate", "steps", "starts_at", "ends_at")


async def check_delegated(databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict) -> None:
    mailbox, check = Mailbox(databases), verdict["delegated"]
    given: set[str] = set()
    for known in outboxes.ledger.pages(ENROLMENT, Kind.DELEGATION):
        for start in range(0, len(known), DOCUMENTS):
            await _check_part(mailbox, outboxes, known[start : start + DOCUMENTS], verdict)
        given |= {delegation_of(one.aggregate) for one in known}
    async for page in pages(await mailbox.collection("delegations"), {"_id": True}):
        unknown = [row["_id"] for row in page if row["_id"] not in given]
        check.all_broken(f"notification knows delegation {key}, which has no events" for key in unknown)


async def _check_part(mailbox: Mailbox, outboxes: Outboxes, known: Sequence[Known], verdict: Verdict) -> None:
    """Each as far as notification has come."""
    check = verdict["delegated"]
    last, documents = await mailbox.delegated([one.aggregate for one in known])
    for one in known:
        verdict.behind(CONSUMER, one.last - last.get(one.aggregate, 0))
    for key, stored in (await outboxes.short(ENROLMENT, last)).items():
        left_out = await mailbox.discarded(key)
        if any(one.event is None for one in stored):
            check.could_not("delegations with events that cannot be read here")
            continue
        events = [one.event for one in stored if one.event is not None and one.seq not in left_out]
        check.all_broken(delegation_differences(key, documents.get(delegation_of(key)), events))
    check.count("delegations", len(last))


def delegation_differences(aggregate: str, document: Document | None, events: Sequence[Event]) -> Iterator[str]:
    """Pure. One that was revoked is not there any more."""
    state = folded(events)
    if not state or state["ended"]:
        if document is not None:
            yield f"notification knows {aggregate}, which was revoked"
    elif document is None:
        yield f"notification does not know {aggregate}"
    else:
        remembered = {name: value for name, value in state.items() if name in REMEMBERED}
        yield from differences(f"notification: {aggregate}", remembered, document)
