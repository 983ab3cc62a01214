"""Checks who is asked to answer the forms of runs: nobody twice at the same time of asking, and each is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pattana.audit.documents import ENROLMENT
from pattana.audit.folding import Moments, check_messages, fold_events
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.pages import pages
from pattana.audit.projection import Mailbox
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from shared.events.evaluation import AnswersAsked, asking_aggregate
from shared.mongo import Database, Document, majority, translated_calls


@dataclass(slots=True)
class AskingFold:
    """Pure. Whom the events of a run ask for which form, up to the event `seq`; whether it was `again`."""

    seq: int = 0
    asked: set[tuple[str, bool, str]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def apply(self, seq: int, event: AnswersAsked) -> None:
        self.seq = seq
        for form in event.forms:
            for one in event.people:
                question = (form, event.again, one.person)
                if question in self.asked:
                    again = "again and again" if event.again else "twice"
                    self.problems.append(f"event {event.aggregate}:{seq} asks {one.person} {again} for {form}")
                self.asked.add(question)

    def copy(self) -> "AskingFold":
        return AskingFold(self.seq, set(self.asked))


async def check_asking(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance, *, new_only: bool
) -> None:
    """All runs in which anybody was asked, or those that have new events."""
    collection, there, mailbox = majority(databases[ENROLMENT]["evaluation_asking"]), set[str](), Mailbox(databases)
    for known in outboxes.ledger.pages(ENROLMENT, Kind.ASKING, changed=new_only):
        notified = await mailbox.last_of([one.aggregate for one in known])
        for one in known:
            run = one.aggregate.removeprefix(asking_aggregate(""))
            there.add(run)
            with translated_calls():
                document: Document | None = await collection.find_one({"_id": run})
            stored, told = 0 if document is None else document["seq"], notified.get(one.aggregate, 0)
            moments = Moments(max(stored, one.last), stored, 0, told)
            folded = await fold_events(AskingFold, AnswersAsked, one.aggregate, outboxes, moments, advance)
            await check_messages(mailbox, folded.messages, verdict)
            verdict.behind(CONSUMER, one.last - told)
            check = verdict["asked"]
            check.count("runs")
            check.all_broken([*folded.problems, *stored_differences(run, document, folded.stored.seq, one.last)])
    if not new_only:
        async for page in pages(collection, {"seq": True}):
            for row in page:
                if row["seq"] and row["_id"] not in there:
                    verdict["asked"].broken(f"asking of run {row['_id']} is stored and has no events")


def stored_differences(run: str, document: Mapping[str, Any] | None, folded: int, least: int) -> list[str]:
    """Pure. How far what is stored is, against its events, of which its outbox had `least`."""
    if document is None:
        return [f"asking of run {run} has events and is not stored"]
    if document["seq"] < least or folded != document["seq"]:
        return [f"asking of run {run} stands at event {document['seq']}, its outbox reaches to {max(least, folded)}"]
    return []
