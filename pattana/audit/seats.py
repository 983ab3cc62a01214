"""Goes through the buckets, run by run: every prefix of their events, what is stored, and what others made of it."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from pattana.audit.buckets import LIVE, BucketFold, bucket_differences, bucket_limits, nomination_differences
from pattana.audit.documents import ENROLMENT
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.projection import SNAPSHOT_SECONDS, Mailbox, Reports, messages_for
from pattana.audit.reports import report_differences, row_differences
from pattana.audit.verdict import Verdict
from shared.mongo import Database, Document, Session, transaction

AT_ONCE = 1_000
_NOMINATION = dict.fromkeys(("bucket", "person", "rank", "state", "live"), True)


@dataclass(slots=True)
class Stored:
    """The documents of one run in one moment. `nominations` by bucket."""

    buckets: dict[str, Document] = field(default_factory=dict)
    nominations: dict[str, list[Document]] = field(default_factory=dict)


@dataclass(slots=True)
class Folded:
    """One bucket's events: all of them, and as far as the report has come. Not `whole`: an event is missing."""

    all: BucketFold
    reported: BucketFold | None = None
    whole: bool = True


class SeatAudit:
    def __init__(
        self,
        databases: Mapping[str, Database],
        outboxes: Outboxes,
        reports: Reports,
        mailbox: Mailbox,
        verdict: Verdict,
        advance: Advance,
    ) -> None:
        self._database = databases[ENROLMENT]
        self._outboxes = outboxes
        self._histories = outboxes.histories[ENROLMENT]
        self._reports = reports
        self._mailbox = mailbox
        self._verdict = verdict
        self._advance = advance

    async def check(self) -> None:
        """All runs that have buckets, one after the other."""
        runs: dict[str, set[str]] = {}
        for aggregate, history in self._histories.items():
            if history.kind is Kind.BUCKET:
                runs.setdefault(aggregate.partition(":")[0], set()).add(aggregate)
        async for row in self._database["buckets"].find({}, {"run": True}):
            runs.setdefault(row["run"], set())
        for run in sorted(runs):
            await self._check_run(run, runs[run])

    async def _check_run(self, run: str, with_events: Set[str]) -> None:
        """What others have seen is asked first: the events up to there are certainly in the outbox."""
        reported = await self._reports.of_run(run)
        told = await self._mailbox.last(f"{run}:")
        stored = await self._stored(run)
        self._verdict.p3.all_broken(two_live(run, stored))
        self._verdict.p3.count("live nominations", sum(1 for _ in _live(stored)))
        folds = []
        for key in sorted(stored.buckets):
            folded = await self._fold(key, stored.buckets[key]["seq"], reported.last.get(key, 0), told.get(key, 0))
            await self._check_bucket(folded, stored.buckets[key], stored.nominations.get(key, []))
            folds += [folded.reported] if folded.reported is not None else []
        for aggregate in with_events - stored.buckets.keys():
            self._verdict.p2.broken(f"bucket {aggregate} has events and no document")
        self._verdict.p5.count("runs")
        self._verdict.p5.all_broken(report_differences(run, folds, reported.rollup))

    async def _stored(self, run: str) -> Stored:
        async def work(session: Session) -> Stored:
            found = Stored()
            async for row in self._database["buckets"].find({"run": run}, session=session):
                found.buckets[row["_id"]] = row
            async for row in self._database["nominations"].find({"run": run}, _NOMINATION, session=session):
                found.nominations.setdefault(row["bucket"], []).append(row)
            return found

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def _fold(self, key: str, last: int, reported: int, told: int) -> Folded:
        folded = Folded(BucketFold(key))
        skipped = await self._reports.discarded(key)
        other = BucketFold(key) if skipped else None
        untold = await self._mailbox.discarded(key)
        messages: dict[str, str] = {}
        async for one in self._outboxes.events(ENROLMENT, key, last):
            self._advance(1)
            if one.event is None or one.seq != folded.all.seq + 1:
                break
            folded.all.apply(one.seq, one.event)
            if other is not None and one.seq <= reported and one.seq not in skipped:
                other.apply(one.seq, one.event)
            if one.seq == reported:
                folded.reported = other or (folded.all if reported == last else folded.all.copy())
            if one.seq <= told and one.seq not in untold:
                messages.update(messages_for(key, one.seq, one.event))
            if len(messages) >= AT_ONCE:
                await self._check_messages(messages)
        await self._check_messages(messages)
        folded.whole = folded.all.seq == last
        return folded

    async def _check_messages(self, messages: dict[str, str]) -> None:
        self._verdict.p5.count("messages", len(messages))
        for key in await self._mailbox.missing(messages):
            self._verdict.p5.broken(f"message {key} was never made: {messages[key]}")
        messages.clear()

    async def _check_bucket(self, folded: Folded, document: Document, nominations: list[Document]) -> None:
        verdict, fold = self._verdict, folded.all
        verdict.p1.count("buckets")
        verdict.p1.count("prefixes", fold.seq)
        verdict.p1.all_broken(bucket_limits(document))
        verdict.p1.all_broken(fold.overbooked)
        verdict.p2.all_broken(fold.problems)
        if not folded.whole:
            verdict.p2.broken(
                f"bucket {fold.aggregate} stands at event {document['seq']}, event {fold.seq + 1} is missing"
            )
        elif fold.seq:
            verdict.p2.all_broken(stored_faults(folded.all, document, nominations, self._last(fold.aggregate)))
        if folded.reported is not None:
            rows = await self._reports.rows(list(folded.reported.nominees))
            verdict.p5.count("nominations", len(rows))
            verdict.p5.all_broken(row_differences(folded.reported, rows))

    def _last(self, aggregate: str) -> int:
        history = self._histories.get(aggregate)
        return history.there.last if history else 0


def stored_faults(fold: BucketFold, document: Document, nominations: list[Document], least: int) -> Iterator[str]:
    """Pure. What enrolment stores of one bucket; its outbox was seen to reach at least to `least`."""
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
    for row in _live(stored):
        other = first.setdefault(row["person"], row["_id"])
        if other != row["_id"]:
            yield f"person {row['person']} has two live nominations in run {run}: {other} and {row['_id']}"


def _live(stored: Stored) -> Iterator[Document]:
    return (row for rows in stored.nominations.values() for row in rows if row["state"] in LIVE)
