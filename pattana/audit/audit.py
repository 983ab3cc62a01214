"""The whole audit, in an order that is correct while the system runs: effects are read before their source.

A record is read before the outbox row that it must equal, a position before the outbox that must hold it, a document
before the events it is compared with. What moves meanwhile is read again: see the checks.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pattana.audit.accepted import check_commands, check_journal
from pattana.audit.asking import check_asking
from pattana.audit.attendance import check_attendance
from pattana.audit.certificates import check_certificates
from pattana.audit.consumers import check_consumers
from pattana.audit.delegations import check_delegated
from pattana.audit.descriptions import check_described
from pattana.audit.documents import ENROLMENT, NOTIFICATION, REPORTING, check_documents
from pattana.audit.effects import Aside, check_messages, check_positions
from pattana.audit.evaluations import check_evaluations
from pattana.audit.followups import check_follow_ups
from pattana.audit.handed_out import check_handed_out
from pattana.audit.history import Kind
from pattana.audit.log import Log, reading
from pattana.audit.mails import check_mails
from pattana.audit.marks import Marks
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.plans import check_planned
from pattana.audit.projection import Reports
from pattana.audit.records import Records
from pattana.audit.seats import ATTEMPTS, check_seats
from pattana.audit.superfluous import check_superfluous
from pattana.audit.verdict import Check, Verdict
from pattana.audit.watermark import Watermark, watermark
from pattana.audit.workshops import check_workshops
from services import SERVICES
from shared.broker import Broker
from shared.events.directory import ContactErased
from shared.messaging.publisher import source_of
from shared.mongo import Database, connect, database

# Called with the name of each part as it begins, and its approximate size; returns what counts the steps.
Progress = Callable[[str, int | None], Advance]


@dataclass(frozen=True, slots=True)
class Where:
    """The stores and the log to audit, and the folder of the mail sink if there is one."""

    mongo_url: str
    broker: Broker
    mongo_prefix: str = "pattana"
    topic_prefix: str = ""
    mail_folder: Path | None = None


def silent(part: str, total: int | None) -> Advance:
    """Reports nothing."""
    return lambda steps: None


async def audit(
    where: Where,
    journal: Path | None = None,
    progress: Progress = silent,
    *,
    verified: Path | None = None,
    full: bool = False,
) -> Verdict:
    """Reads everything, or what is newer than the file `verified` (not if `full`), and changes nothing; a green audit
    replaces that file. Raises StoreUnavailable or KafkaError when an engine does not answer."""
    of = f"{where.mongo_prefix}_* and {where.topic_prefix}enrolment.*"
    with watermark(verified, of, full=full) as mark:
        async with databases_of(where) as databases, reading(where.broker, where.topic_prefix) as log:
            return await _Audit(where, databases, log, mark, progress).run(journal)


@asynccontextmanager
async def databases_of(where: Where, app_name: str = "pattana-audit") -> AsyncIterator[dict[str, Database]]:
    client = connect(where.mongo_url, app_name=app_name)
    try:
        yield {source_of(name): database(client, f"{where.mongo_prefix}_{name}") for name in SERVICES}
    finally:
        client.close()


class _Audit:
    def __init__(
        self, where: Where, databases: Mapping[str, Database], log: Log, mark: Watermark, progress: Progress
    ) -> None:
        self._where = where
        self._databases = databases
        self._publishers = {source: databases[source] for source in (ENROLMENT, NOTIFICATION)}
        self._log = log
        self._mark = mark
        self._new_only = mark.new_only
        self._outboxes = Outboxes(self._publishers, mark.ledger, where.topic_prefix)
        self._progress = progress
        self._verdict = Verdict()

    async def run(self, journal: Path | None) -> Verdict:
        verdict, started = self._verdict, datetime.now(UTC)
        rows = await self._check_log()
        if journal is not None:
            await check_journal(journal, self._outboxes, verdict, self._progress("journal", None))
        advance = self._progress("commands", None)
        await check_commands(self._databases.values(), self._outboxes, verdict["commands"], advance)
        await self._check_stored(rows)
        await self._check_reports()
        await check_handed_out(self._databases, verdict, self._progress("people", None))
        await self._check_messages()
        await check_consumers(self._databases, started, verdict)
        if verdict.exit_code == 0:
            self._mark.write(self._log.ends)
        return verdict

    async def _check_log(self) -> int:
        """The log first, then the rows with their marks: a mark that is not yet in what was read is newer."""
        verdict, rows = self._verdict, await self._outboxes.size()
        await self._log.open(self._mark.ledger)
        verdict["marks"].all_broken(self._log.lost(self._mark.ledger))
        places, excused = self._log.places(), Aside(self._databases).holds
        records = Records(self._outboxes, places, excused, verdict["records"], verdict["order"])
        advance = self._progress("log", None if self._new_only else rows)
        async for batch in self._log.records():
            await records.take(batch, follow=self._new_only)
            advance(len(batch))
        marks = Marks(places, self._log.begins, self._log.look, verdict["marks"])
        scan = self._outboxes.scan_new if self._new_only else self._outboxes.scan
        await scan(verdict["outbox"], marks, self._progress("outbox", None if self._new_only else rows))
        for source in self._publishers:
            await self._check_lost(source, verdict["marks"])
        return rows

    async def _check_lost(self, source: str, check: Check) -> None:
        """A state topic forgets a tombstone in time."""
        for known in self._mark.ledger.lost(source):
            key = f"{known.aggregate}:{known.last}"
            if known.kind == Kind.CONTACT and not known.logged:
                row = (await self._outboxes.rows(source, [key], {"type": True})).get(key)
                if row is not None and row["type"] == ContactErased.type:
                    continue
            check.broken(
                f"{known.kind} {known.aggregate}: event {known.published} is published, the log has {known.logged} last"
            )

    async def _check_stored(self, rows: int) -> None:
        verdict, advance = self._verdict, self._progress("documents", None)
        await check_documents(self._publishers, self._outboxes, verdict["documents"], advance, new_only=self._new_only)
        evaluations, advance = verdict["evaluations"], self._progress("evaluations", None)
        await check_evaluations(self._databases[ENROLMENT], evaluations, advance)
        advance = self._progress("questions", None)
        await check_asking(self._databases, self._outboxes, verdict, advance, new_only=self._new_only)
        advance = self._progress("certificates", None)
        await check_certificates(self._databases, self._outboxes, verdict, advance)
        advance = self._progress("seats", None if self._new_only else rows)
        await check_seats(self._databases, self._outboxes, verdict, advance, new_only=self._new_only)
        advance = self._progress("attendance", None)
        await check_attendance(self._databases, self._outboxes, verdict, advance, new_only=self._new_only)
        advance = self._progress("groups", None)
        await check_workshops(self._databases, self._outboxes, verdict, advance, new_only=self._new_only)
        advance = self._progress("follow-up", None)
        await check_follow_ups(self._databases, self._outboxes, verdict, advance, new_only=self._new_only)

    async def _check_reports(self) -> None:
        """Again when a rebuild replaced the report meanwhile."""
        for _ in range(ATTEMPTS):
            reports, seen = await Reports.answering(self._databases[REPORTING]), Verdict()
            await check_planned(self._databases, seen["planned"])
            await check_described(reports, self._databases, self._outboxes, seen)
            await check_superfluous(reports, self._databases, self._outboxes, seen, new_only=self._new_only)
            if await reports.still_answers():
                self._verdict.take(seen)
                return
        self._verdict["descriptions"].could_not("reports: they were replaced at every attempt")

    async def _check_messages(self) -> None:
        await check_delegated(self._databases, self._outboxes, self._verdict)
        await check_positions(self._databases, self._outboxes, self._verdict["positions"])
        advance, check = self._progress("messages", None), self._verdict["messages"]
        await check_messages(self._databases, self._outboxes, check, advance, new_only=self._new_only)
        if self._where.mail_folder is not None:
            advance, check = self._progress("mails", None), self._verdict["mails"]
            await check_mails(self._where.mail_folder, self._databases[NOTIFICATION], check, advance)
