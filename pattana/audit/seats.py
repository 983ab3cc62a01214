"""Checks the buckets, run by run: every prefix of their events, what is stored, and what consumers made of it."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from pattana.audit.asked import messages_for
from pattana.audit.bucket_documents import bucket_differences, bucket_limits
from pattana.audit.buckets import BucketFold, Gone
from pattana.audit.documents import ENROLMENT, REPORTING
from pattana.audit.enrolled import Divided, Enrolled, Stored
from pattana.audit.history import Kind
from pattana.audit.moves import check_moves
from pattana.audit.nominations import nomination_differences
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.persons import check_persons
from pattana.audit.projection import Mailbox, Reported, Reports
from pattana.audit.releases import Releases
from pattana.audit.reports import rollup_differences, row_differences
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from shared.mongo import Database, Document

AT_ONCE = 1_000
ATTEMPTS = 5


@dataclass(slots=True)
class Folded:
    """One bucket's events: all of them, and up to the report's position. Not `whole`: an event is missing, or `unknown`
    to this release."""

    all: BucketFold
    reported: BucketFold | None = None
    whole: bool = True
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the data of a run is read."""

    enrolled: Enrolled
    outboxes: Outboxes
    mailbox: Mailbox
    advance: Advance


async def check_seats(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance, *, new_only: bool
) -> None:
    """All runs that have buckets, one after the other; again if a rebuild replaced the report meanwhile. `new_only`:
    those that have new events or an open bucket; in the others nothing can change any more."""
    sources = Sources(await Enrolled.of(databases[ENROLMENT]), outboxes, Mailbox(databases), advance)
    for run in await _runs(sources, new_only=new_only):
        for _ in range(ATTEMPTS):
            reports = await Reports.answering(databases[REPORTING])
            seen = await RunAudit(sources, reports, run).check()
            if await reports.still_answers():
                verdict.take(seen)
                break
        else:
            verdict["reports"].could_not("runs whose report was replaced at every attempt")


async def _runs(sources: Sources, *, new_only: bool) -> list[str]:
    runs = set(await sources.enrolled.runs(open_only=new_only))
    for known in sources.outboxes.ledger.pages(ENROLMENT, Kind.BUCKET, changed=new_only):
        runs.update(bucket.aggregate.partition(":")[0] for bucket in known)
    return sorted(runs)


class RunAudit:
    """One check of one run."""

    def __init__(self, sources: Sources, reports: Reports, run: str) -> None:
        self._sources = sources
        self._reports = reports
        self._run = run
        self._verdict = Verdict()

    async def check(self) -> Verdict:
        """Consumers' positions are read first: events up to there must be in the outbox."""
        run, verdict = self._run, self._verdict
        reported = await self._reports.of_run(run)
        notified = await self._sources.mailbox.last(f"{run}:")
        listed = len(await self._sources.enrolled.released(run))
        stored = await self._sources.enrolled.of_run(run)
        verdict["live"].all_broken(two_live(run, stored))
        verdict["live"].count("live nominations", sum(1 for _ in stored.live()))
        await self._check_sum()
        await check_moves(self._sources.enrolled.database, run, stored, verdict["moves"], datetime.now(UTC))
        folds: dict[str, BucketFold] = {}
        releases = Releases()
        for key in sorted(stored.buckets):
            folded = await self._fold(key, stored.buckets[key]["seq"], reported.last.get(key, 0), notified.get(key, 0))
            self._check_stored(folded, stored.buckets[key], stored.nominations.pop(key, []))
            releases.take(folded.all)
            if folded.reported is not None:
                folds[key] = folded.reported
                await self._check_rows(folded.reported)
        for key, left in stored.nominations.items():
            verdict["buckets"].broken(f"bucket {key} has {len(left)} nominations and no document")
        self._check_seen(stored.buckets.keys(), reported.last, notified)
        self._check_report(folds, reported)
        await check_persons(self._reports, folds, self._up_to, verdict["persons"])
        await self._check_releases(releases, listed)
        return verdict

    async def _up_to(self, key: str, seq: int) -> BucketFold:
        """A bucket up to where the report of it stands."""
        folded = await self._fold(key, seq, seq, 0)
        return folded.reported or folded.all

    async def _check_releases(self, releases: Releases, listed: int) -> None:
        """As long as so many seats were listed before the buckets were read: of a release under way they are of
        several moments."""
        check, rows = self._verdict["releases"], await self._sources.enrolled.released(self._run)
        check.count("seats", len(rows))
        if len(rows) == listed:
            check.all_broken(releases.faults(self._run, rows))
        else:
            check.could_not("runs whose seats were being released")

    async def _check_sum(self) -> None:
        if (divided := await self._sources.enrolled.divided(self._run)) is not None:
            self._verdict["sums"].count("runs")
            self._verdict["sums"].all_broken(sum_faults(self._run, divided))

    def _check_seen(self, there: Set[str], reported: Mapping[str, int], notified: Mapping[str, int]) -> None:
        """Buckets whose document is gone, and how far consumers are behind the outbox as it was read."""
        for known in self._sources.outboxes.ledger.pages(ENROLMENT, Kind.BUCKET, prefix=f"{self._run}:"):
            for bucket in known:
                if bucket.aggregate not in there:
                    self._verdict["buckets"].broken(f"bucket {bucket.aggregate} has events and no document")
                for consumer, last in ((self._reports.consumer, reported), (CONSUMER, notified)):
                    self._verdict.behind(consumer, bucket.last - last.get(bucket.aggregate, 0))

    def _check_report(self, folds: Mapping[str, BucketFold], reported: Reported) -> None:
        """Not of a bucket that cannot be folded: its own defect is enough."""
        check = self._verdict["reports"]
        for key, seq in reported.last.items():
            if seq and key in folds:
                check.count("roll-ups")
                check.all_broken(rollup_differences(folds[key], reported.rollups.get(key)))
            elif seq:
                check.could_not("roll-ups of buckets with events that are missing or cannot be read")
        for key in reported.rollups.keys() - {key for key, seq in reported.last.items() if seq}:
            check.broken(f"report of bucket {key} is there, its consumer has seen no event")

    async def _fold(self, key: str, last: int, reported: int, notified: int) -> Folded:
        folded = Folded(BucketFold(key))
        skipped, unanswered = await self._reports.discarded(key), await self._sources.mailbox.discarded(key)
        other = BucketFold(key) if skipped else None
        messages: dict[str, str] = {}
        async for stored in self._sources.outboxes.events(ENROLMENT, key, last):
            self._sources.advance(1)
            if stored.event is None or stored.seq != folded.all.seq + 1:
                folded.unknown = stored.event is None and not stored.damaged
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
        self._verdict["requests"].count("messages", len(messages))
        for key in await self._sources.mailbox.missing(messages):
            self._verdict["requests"].broken(f"message {key} was never made: {messages[key]}")
        messages.clear()

    def _check_stored(self, folded: Folded, document: Document, nominations: list[Document]) -> None:
        verdict, fold = self._verdict, folded.all
        verdict["seats"].count("buckets")
        verdict["seats"].count("prefixes", fold.seq)
        verdict["seats"].all_broken(bucket_limits(document))
        verdict["seats"].all_broken(fold.overbooked)
        verdict["buckets"].count("nominations", len(nominations))
        verdict["buckets"].all_broken(fold.problems)
        if not folded.whole:
            stands = f"bucket {fold.aggregate} stands at event {document['seq']}"
            if folded.unknown:
                verdict["buckets"].could_not("buckets with events that this release does not know")
            else:
                verdict["buckets"].broken(f"{stands}, event {fold.seq + 1} is missing in the outbox or damaged")
            return
        least = self._sources.outboxes.last(ENROLMENT, [fold.aggregate])[fold.aggregate]
        if fold.seq or least:
            verdict["buckets"].all_broken(stored_faults(fold, document, nominations, least))

    async def _check_rows(self, fold: BucketFold) -> None:
        """A row that differs may have changed meanwhile, so it is read again with its position."""
        keys = list(fold.nominees)
        differing: dict[str, str] = {}
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            differing |= row_differences(fold, part, await self._reports.rows(part))
        self._verdict["rows"].count("nominations", len(keys))
        for start in range(0, len(differing), AT_ONCE):
            some = dict(list(differing.items())[start : start + AT_ONCE])
            self._verdict["rows"].all_broken((await self._still_differing(fold, some)).values())

    async def _still_differing(self, fold: BucketFold, differing: dict[str, str]) -> dict[str, str]:
        last, rows = await self._reports.moment(fold.aggregate, list(differing))
        if last <= fold.seq:
            return differing
        return row_differences(await self._up_to(fold.aggregate, last), differing.keys(), rows)


def stored_faults(fold: BucketFold, document: Document, nominations: list[Document], least: int) -> Iterator[str]:
    """Pure. What enrolment stores about one bucket. Its outbox had reached at least `least`."""
    if fold.seq < least:
        yield f"bucket {fold.aggregate} stands at event {fold.seq}, its outbox reaches to {least}"
    yield from bucket_differences(fold, document)
    seen: set[str] = set()
    for row in nominations:
        yield from nomination_differences(fold, row, seen)
    left = {key for key, nominee in fold.nominees.items() if nominee.state is Gone.TRANSFERRED}
    for key in fold.nominees.keys() - seen - left:
        yield f"nomination {key} has events in {fold.aggregate} and no document"


def sum_faults(run: str, divided: Divided) -> Iterator[str]:
    """Pure. No seat of a run is lost or made when seats are given, moved or taken."""
    said, given = divided.said, divided.given
    if given > said or (given < said and not divided.cancelled):
        yield f"run {run} has {said} seats, its buckets {given}"
    for target in divided.astray:
        yield f"run {run}: the pools of {target} have lent other seats than its units have got"
    if given > divided.capacity:
        yield f"run {run} takes {divided.capacity}, its buckets have {given} seats"


def two_live(run: str, stored: Stored) -> Iterator[str]:
    """Pure. A person has one live nomination in a run."""
    first: dict[str, str] = {}
    for row in stored.live():
        other = first.setdefault(row["person"], row["_id"])
        if other != row["_id"]:
            yield f"person {row['person']} has two live nominations in run {run}: {other} and {row['_id']}"
