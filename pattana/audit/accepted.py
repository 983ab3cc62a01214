"""Promises to callers: every recorded command and every answer in a client's journal has its events."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pattana.audit import journal
from pattana.audit.journal import Entry
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.pages import pages
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check, Verdict
from shared.idempotency import COMMANDS
from shared.mongo import Database, majority

AT_ONCE = 500


async def check_commands(databases: Iterable[Database], outboxes: Outboxes, check: Check, advance: Advance) -> None:
    """Records expire after 48 h; those that remain name positions that exist."""
    for database in databases:
        collection, fields = await audited(database, COMMANDS.name)
        async for page in pages(majority(collection), fields):
            commands = {position: row["_id"] for row in page for position in row["positions"]}
            for position in await outboxes.missing(list(commands)):
                check.broken(f"command {commands[position]} was answered with {position}, no outbox has it")
            check.count("commands", len(page))
            advance(len(page))


async def check_journal(path: Path, outboxes: Outboxes, verdict: Verdict, advance: Advance) -> None:
    """No answer in the journal is missing, and a repeated request got the same answer as the first."""
    once = Once()
    waiting: list[Entry] = []
    for entry in journal.read(path):
        advance(1)
        if not 200 <= entry.status < 300:
            continue
        verdict["journal"].count("answers in the journal")
        verdict["answers"].count("answers with a key", entry.idempotency_key is not None)
        if (again := once.differs(entry)) is not None:
            verdict["answers"].broken(again)
        waiting.append(entry)
        if len(waiting) >= AT_ONCE:
            await _look_up(waiting, outboxes, verdict["journal"])
            waiting.clear()
    await _look_up(waiting, outboxes, verdict["journal"])


async def _look_up(entries: list[Entry], outboxes: Outboxes, check: Check) -> None:
    answered = {position: entry for entry in entries for position in entry.positions}
    for position in await outboxes.missing(list(answered)):
        entry = answered[position]
        check.broken(f"{entry.method} {entry.path} was answered with {position} at {entry.at}, no outbox has it")


class Once:
    """Remembers, by digest, the answer to each Idempotency-Key."""

    def __init__(self) -> None:
        self._answers: dict[bytes, int] = {}

    def differs(self, entry: Entry) -> str | None:
        """A sentence when the same request with the same key had another answer before."""
        if entry.idempotency_key is None or entry.method == "GET":
            return None
        request = "\0".join((entry.method, entry.path, entry.idempotency_key))
        answer = hash((entry.positions, entry.id))
        first = self._answers.setdefault(sha256(request.encode()).digest()[:16], answer)
        if first == answer:
            return None
        return f"{entry.method} {entry.path} with key {entry.idempotency_key} was answered in two ways"
