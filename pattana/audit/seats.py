"""Checks the buckets, run by run: every prefix of their events, what is stored, and what consumers made of it."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from pattana.audit.buckets import BucketFold, bucket_differences, bucket_limits, nomination_differences
from pattana.audit.documents import ENROLMENT
from pattana.audit.enrolled import Enrolled, Stored
from pattana.audit.history import Histories, Kind
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.projection import Mailbox, Reports, messages_for
from pattana.audit.reports import report_differences, row_differences
from pattana.audit.verdict import Verdict
from shared.mongo import Database, Document

AT_ONCE = 1_000
ATTEMPTS = 5
REPORTING = "/pattana/reporting"


@dataclass(slots=True)
class Folded:
    """One bucket's events: all of them, and up to the report's position. Not `whole`: an event is missing."""

    all: BucketFold
    reported: BucketFold | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the data of a run is read."""

    enrolled: Enrolled
    outboxes: Outboxes
    mailbox: Mailbox
    advance: Advance

    @property
    def histories(self) -> Histories:
        return self.outboxes.histories[ENROLMENT]


async def check_seats(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance
) -> None:
    """All runs that have buckets, one after the other; again if a rebuild replaced the report meanwhile."""
    sources = Sources(Enrolled(databases[ENROLMENT]), outboxes, Mailbox(databases), advance)
    runs: dict[str, set[str]] = {run: set() for run in await sources.enrolled.runs()}
    for aggregate, history in sources.histories.items():
        if history.kind is Kind.BUCKET:
            runs.setdefault(aggregate.partition(":")[0], set()).add(aggregate)
    for run in sorted(runs):
        for _ in range(ATTEMPTS):
            reports = await Reports.answering(databases[REPORTING])
            seen = await RunAudit(sources, reports, run).check(runs[run])
            if await reports.still_answers():
                break
        verdict.take(seen)


class RunAudit:
    """One check of one run."""

    def __init__(self, sources: Sources, reports: Reports, run: str) -> None:
        self._sources = sources
        self._reports = reports
        self._run = run
        self._verdict = Verdict()

    async def check(self, with_events: Set[str]) -> Verdict:
        """Consumers' positions are read first: events up to there must be in the outbox."""
        run, verdict = self._run, self._verdict
        reported = await self._reports.of_run(run)
        notified = await self._sources.mailbox.last(f"{run}:")
        stored = await self._sources.enrolled.of_run(run)
        verdict.p3.all_broken(two_live(run, stored))
        verdict.p3.count("live nominations", sum(1 for _ in stored.live()))
        folds = []
        for key in sorted(stored.buckets):
            folded = await self._fold(key, stored.buckets[key]["seq"], reported.last.get(key, 0), notified.get(key, 0))
            self._check_stored(folded, stored.buckets[key], stored.nominations.get(key, []))
            if folded.reported is not None:
                folds.append(folded.reported)
                await self._check_rows(folded.reported)
        for aggregate in sorted(with_events - stored.buckets.keys()):
            verdict.p2.broken(f"bucket {aggregate} has events and no document")
        verdict.p5.count("run reports")
        verdict.p5.all_broken(report_differences(run, folds, reported.rollup))
        return verdict

    async def _fold(self, key: str, last: int, reported: int, notified: int) -> Folded:
        folded = Folded(BucketFold(key))
        skipped, unanswered = await self._reports.discarded(key), await self._sources.mailbox.discarded(key)
        other = BucketFold(key) if skipped else None
        messages: dict[str, str] = {}
        async for stored in self._sources.outboxes.events(ENROLMENT, key, last):
            self._sources.advance(1)
            if stored.event is None or stored.seq != folded.all.seq + 1:
                break
            folded.all.apply(stored.seq, stored.event)
            if other is not None and stored.seq <= reported and stored.seq not in skipped:
                other.apply(stored.seq, stored.event)
            if stored.seq == reported:
                folded.reported = other or (folded.all if reported == last else folded.all.copy())
            if stored.seq <= notified and stored.seq not in unanswered:
                messages.update(messages_for(key, stored.seq, stored.event))
            if len(messages) >= AT_ONCE:
                await self._check_messages(messages)
        await self._check_messages(messages)
        folded.whole = folded.all.seq == last
        return folded

    async def _check_messages(self, messages: dict[str, str]) -> None:
        self._verdict.p5.count("messages", len(messages))
        for key in await self._sources.mailbox.missing(messages):
            self._verdict.p5.broken(f"message {key} was never made: {messages[key]}")
        messages.clear()

    def _check_stored(self, folded: Folded, document: Document, nominations: list[Document]) -> None:
        verdict, fold = self._verdict, folded.all
        verdict.p1.count("buckets")
        verdict.p1.count("prefixes", fold.seq)
        verdict.p1.all_broken(bucket_limits(document))
        verdict.p1.all_broken(fold.overbooked)
        verdict.p2.all_broken(fold.problems)
        if not folded.whole:
            stands = f"bucket {fold.aggregate} stands at event {document['seq']}"
            verdict.p2.broken(f"{stands}, event {fold.seq + 1} is missing in the outbox")
        elif fold.seq:
            history = self._sources.histories.get(fold.aggregate)
            least = history.there.last if history else 0
            verdict.p2.all_broken(stored_faults(fold, document, nominations, least))

    async def _check_rows(self, fold: BucketFold) -> None:
        """A row that differs may have changed meanwhile, so it is read again with its position."""
        keys = list(fold.nominees)
        differing: dict[str, str] = {}
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            differing |= row_differences(fold, part, await self._reports.rows(part))
        self._verdict.p5.count("nominations", len(keys))
        if differing:
            self._verdict.p5.all_broken((await self._still_differing(fold, differing)).values())

    async def _still_differing(self, fold: BucketFold, differing: dict[str, str]) -> dict[str, str]:
        last, rows = await self._reports.moment(fold.aggregate, list(differing)[:AT_ONCE])
        if last <= fold.seq:
            return differing
        now = await self._fold(fold.aggregate, last, last, 0)
        return row_differences(now.reported or now.all, rows.keys(), rows)


def stored_faults(fold: BucketFold, document: Document, nominations: list[Document], least: int) -> Iterator[str]:
    """Pure. What enrolment stores about one bucket. Its outbox had reached at least `least`."""
    if fold.seq < least:
        yield f"bucket {fold.aggregate} stands at event {fold.seq}, its outbox reaches to {least}"
    yield from bucket_differences(fold, document)
    seen: set[str] = set()
    for row in nominations:
        yield from nomination_differences(fold, row, seen)
    for key in fold.nominees.keys() - seen:
        yield f"nomination {key} has events in {fold.aggregate} and no document"


def two_live(run: str, stored: Stored) -> Iterator[str]:
    """Pure. A person has one live nomination in a run."""
    first: dict[str, str] = {}
    for row in stored.live():
        other = first.setdefault(row["person"], row["_id"])
        if other != row["_id"]:
            yield f"person {row['person']} has two live nominations in run {run}: {other} and {row['_id']}"
