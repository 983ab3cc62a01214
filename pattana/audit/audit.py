"""The whole audit, in an order that is correct while the system runs: effects are read before their source.

A position is read before the outbox that must hold it, a document before the events it is compared with.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pattana.audit.accepted import check_commands, check_journal
from pattana.audit.documents import ENROLMENT, NOTIFICATION, check_documents
from pattana.audit.effects import Aside, check_messages, check_positions
from pattana.audit.history import Kind, gaps, lost_by_log
from pattana.audit.log import Log
from pattana.audit.mails import check_mails
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.projection import Mailbox, Reports, messages_for
from pattana.audit.reports import description_differences
from pattana.audit.seats import ATTEMPTS, REPORTING, check_seats
from pattana.audit.verdict import Verdict
from services import SERVICES
from shared.messaging.publisher import source_of
from shared.mongo import Database, connect, database

DESCRIBED_AT_ONCE = 100

# Called with the name of each part as it begins, and its approximate size; returns what counts the steps.
Progress = Callable[[str, int | None], Advance]


@dataclass(frozen=True, slots=True)
class Where:
    """The stores and the log to audit, and the folder of the mail sink if there is one."""

    mongo_url: str
    kafka_bootstrap: str
    mongo_prefix: str = "pattana"
    topic_prefix: str = ""
    mail_folder: Path | None = None


def silent(part: str, total: int | None) -> Advance:
    """Reports nothing."""
    return lambda steps: None


async def audit(where: Where, journal: Path | None = None, progress: Progress = silent) -> Verdict:
    """Reads everything and changes nothing. Raises StoreUnavailable or KafkaError when an engine does not answer."""
    async with databases_of(where) as databases:
        return await _Audit(where, databases, progress).run(journal)


@asynccontextmanager
async def databases_of(where: Where) -> AsyncIterator[dict[str, Database]]:
    client = connect(where.mongo_url, app_name="pattana-audit")
    try:
        yield {source_of(name): database(client, f"{where.mongo_prefix}_{name}") for name in SERVICES}
    finally:
        client.close()


class _Audit:
    def __init__(self, where: Where, databases: Mapping[str, Database], progress: Progress) -> None:
        self._where = where
        self._databases = databases
        self._publishers = {source: databases[source] for source in (ENROLMENT, NOTIFICATION)}
        self._outboxes = Outboxes(self._publishers)
        self._progress = progress
        self._verdict = Verdict()

    async def run(self, journal: Path | None) -> Verdict:
        verdict = self._verdict
        rows = await self._outboxes.size()
        await self._outboxes.scan(verdict.p2, self._progress("outbox", rows))
        for histories in self._outboxes.histories.values():
            verdict.p2.all_broken(gaps(histories))
        if journal is not None:
            await check_journal(journal, self._outboxes, verdict, self._progress("journal", None))
        await check_commands(self._databases.values(), self._outboxes, verdict.p2, self._progress("commands", None))
        await self._check_log(rows)
        await check_documents(self._publishers, self._outboxes, verdict.p2, self._progress("documents", None))
        await self._check_seats(rows)
        await self._check_effects()
        return verdict

    async def _check_log(self, rows: int) -> None:
        log = Log(self._where.kafka_bootstrap, self._where.topic_prefix)
        await log.check(self._outboxes, self._verdict.p3, Aside(self._databases).holds, self._progress("log", rows))
        for histories in self._outboxes.histories.values():
            self._verdict.p2.all_broken(lost_by_log(histories))

    async def _check_seats(self, rows: int) -> None:
        await check_seats(self._databases, self._outboxes, self._verdict, self._progress("seats", rows))
        for _ in range(ATTEMPTS):
            reports = await Reports.answering(self._databases[REPORTING])
            seen = await self._check_described(reports)
            if await reports.still_answers():
                break
        self._verdict.take(seen)

    async def _check_effects(self) -> None:
        await check_positions(self._databases, self._outboxes, self._verdict.p3)
        advance = self._progress("messages", None)
        await check_messages(self._databases, self._outboxes, self._verdict.p3, advance)
        if self._where.mail_folder is not None:
            advance = self._progress("mails", None)
            await check_mails(self._where.mail_folder, self._databases[NOTIFICATION], self._verdict.p3, advance)

    async def _check_described(self, reports: Reports) -> Verdict:
        """P5: programmes, runs and units in the report, and the messages that events of runs led to."""
        verdict = Verdict()
        histories = self._outboxes.histories[ENROLMENT]
        for kind in (Kind.PROGRAMME, Kind.RUN, Kind.UNIT):
            ids = [aggregate for aggregate, history in histories.items() if history.kind is kind]
            for start in range(0, len(ids), DESCRIBED_AT_ONCE):
                await self._check_described_part(reports, kind, ids[start : start + DESCRIBED_AT_ONCE], verdict)
        return verdict

    async def _check_described_part(self, reports: Reports, kind: Kind, ids: Sequence[str], verdict: Verdict) -> None:
        last, documents = await reports.described(kind, ids)
        for key, events in (await self._outboxes.short(ENROLMENT, last)).items():
            left_out = await reports.discarded(key)
            applied = [stored.event for stored in events if stored.seq not in left_out]
            verdict.p5.all_broken(description_differences(f"{kind} {key}", documents.get(key), applied))
        verdict.p5.count(f"{kind}s", len(last))
        if kind is Kind.RUN:
            await self._check_requests(ids, verdict)

    async def _check_requests(self, runs: Sequence[str], verdict: Verdict) -> None:
        mailbox = Mailbox(self._databases)
        histories = await self._outboxes.short(ENROLMENT, await mailbox.last_of(runs))
        messages: dict[str, str] = {}
        for run, events in histories.items():
            left_out = await mailbox.discarded(run)
            for stored in events:
                if stored.event is not None and stored.seq not in left_out:
                    messages.update(messages_for(run, stored.seq, stored.event))
        verdict.p5.count("messages", len(messages))
        for key in await mailbox.missing(messages):
            verdict.p5.broken(f"message {key} was never made: {messages[key]}")
