"""Imports people from a sheet: good rows are stored, a few hundred in each transaction; bad ones are reported.

Repeatable: a known person is found by the keyed hash of the citizen id or by the external id, and an unchanged row
writes nothing. A crash leaves whole chunks; importing the same file again completes them.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.enrolment.directory.domain.columns import HeaderFinder, find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.people import (
    Change,
    Person,
    contact_changed,
    describe_person,
    described,
    register_person,
)
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.refusals import IdentityConflict
from services.enrolment.directory.domain.report import Imported, Report, Result
from services.enrolment.directory.domain.rows import Bad, Described, Reader, external_hashes
from services.enrolment.directory.storage import People, Stored, Units
from shared.citizens import CitizenKeys
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.directory import ContactChanged, contact_aggregate
from shared.events.envelope import Position
from shared.idempotency import receipt_of
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.position_tokens import Reached, Receipt, together
from shared.runtime import Runtime
from shared.sealing import Contact, KeyRing
from shared.sheets.process import SheetParser
from shared.sheets.refusals import SheetEmpty
from shared.write import UnitOfWork

ROWS_AT_ONCE: Final = 200
DEADLINE_SECONDS: Final = 20.0
AGAIN_AFTER: Final = (DuplicateKey, StoreUnavailable)


@dataclass(slots=True)
class _Chunk:
    """What one run of a chunk's transaction has decided so far."""

    imported: list[Imported] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    people: list[Stored] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    before: int = 0  # events that an earlier run of this chunk has stored
    reached: Reached = field(default_factory=Reached)


class PeopleImport:
    """`parser` reads the file, `citizen_keys` make the keyed hashes, `ring` seals contacts."""

    def __init__(
        self,
        runtime: Runtime,
        units_of_work: UnitOfWork,
        units: Units,
        people: People,
        parser: SheetParser,
        *,
        citizen_keys: CitizenKeys,
        ring: KeyRing,
    ) -> None:
        self._clock = runtime.clock
        self._units_of_work = units_of_work
        self._units = units
        self._people = people
        self._parser = parser
        self._citizen_keys = citizen_keys
        self._ring = ring

    async def run(self, data: bytes) -> Report:
        """Raises the refusals of a whole file, before anything is stored: it cannot be read, or lacks a column."""
        header = HeaderFinder()
        try:
            sheet = await self._parser.read(data, header)
        except SheetEmpty as empty:
            raise header.missing or empty from None
        columns = find_columns(sheet.header)
        lookup = Lookup(await self._units.all(), bundled().positions)
        reader = Reader(columns, lookup, self._citizen_keys, self._clock().astimezone(BANGKOK).date())
        report = Report(sheet.count, columns.ignored)
        receipt = receipt_of(new_id())
        for rows in sheet.chunks(ROWS_AT_ONCE):
            good, bad = await asyncio.to_thread(reader.read, rows)
            chunk = await self._store(good, receipt) if good else _Chunk()
            report.imported += chunk.imported
            report.reached = together([report.reached, chunk.reached])
            report.refuse([*bad, *chunk.bad])
            report.warn(warning for row in good for warning in row.warnings)
        return report

    async def _store(self, rows: Sequence[Described], receipt: str) -> _Chunk:
        """Runs again when another import stored one of these people at the same time, or when nobody knows whether this
        one did: then the person is known."""
        ids = [new_id() for _ in rows]

        async def work(session: Session, recorder: EventRecorder) -> _Chunk:
            chunk = await self._decide(rows, ids, session, recorder)
            await self._people.store(chunk.people, chunk.new, session)
            recorder.note("import-people", "import", receipt, count=len(rows))
            marked = recorder.marked(receipt).receipts
            events = chunk.before + sum(one.events for one in marked)
            chunk.reached = Reached((), (Receipt(receipt, events),) if events else ())
            return chunk

        return await self._units_of_work.commit(work, seconds=DEADLINE_SECONDS, again_after=AGAIN_AFTER)

    async def _decide(
        self, rows: Sequence[Described], ids: Sequence[str], session: Session, recorder: EventRecorder
    ) -> _Chunk:
        hashes = {stored for row in rows for stored in row.citizen_hashes}
        externals = {row.external_id for row in rows if row.external_id is not None}
        erased = {one: external for external in externals for one in external_hashes(external, self._citizen_keys)}
        by_hash, by_external = await self._people.by_identity(hashes, externals, erased, session)
        chunk = _Chunk()
        for row, new_person in zip(rows, ids, strict=True):
            try:
                known = _known([by_hash.get(one) for one in row.citizen_hashes], by_external.get(row.external_id or ""))
                change = _change(row, known.person if known else None, new_person, self._citizen_keys)
            except Refused as error:
                chunk.bad.append(Bad(row.line, None, error))
                continue
            if known is not None and known.person.id == new_person:  # an earlier run of this very chunk has stored it
                chunk.before += known.contact_seq
                chunk.imported.append(_registered_before(row.line, known))
            else:
                self._note(chunk, row.line, known, change, recorder)
        return chunk

    def _note(self, chunk: _Chunk, line: int, known: Stored | None, change: Change, recorder: EventRecorder) -> None:
        person = change.person
        before = known or Stored(person, 0, 0)
        contact = [] if change.contact is None else [self._sealed(person.id, change.contact)]
        now = Stored(person, before.seq + len(change.events), before.contact_seq + len(contact))
        if change.stored:
            chunk.people.append(now)
            recorder.record(change.events, after=before.seq)
            recorder.record(contact, after=before.contact_seq)
        if known is None:
            chunk.new.add(person.id)
        reached = Position(contact_aggregate(person.id), now.contact_seq) if contact else None
        chunk.imported.append(Imported(line, person.id, _result(known, change), reached))

    def _sealed(self, person: str, contact: Contact) -> ContactChanged:
        return contact_changed(person, self._ring.seal(contact, contact_aggregate(person)))


def _registered_before(line: int, stored: Stored) -> Imported:
    person = stored.person.id
    contact = Position(contact_aggregate(person), stored.contact_seq) if stored.contact_seq else None
    return Imported(line, person, Result.REGISTERED, contact)


def _known(by_hash: Iterable[Stored | None], by_external: Stored | None) -> Stored | None:
    """Raises IdentityConflict when they are several."""
    found = {one.person.id: one for one in (*by_hash, by_external) if one is not None}
    if len(found) > 1:
        raise IdentityConflict()
    return next(iter(found.values()), None)


def _change(row: Described, known: Person | None, new_person: str, keys: CitizenKeys) -> Change:
    """With the hash that the newest key makes. Raises IdentityConflict and PersonErased."""
    identity = {"citizen_hash": next(iter(row.citizen_hashes), None), "external_id": row.external_id}
    changes = {**row.changes, **{name: value for name, value in identity.items() if value is not None}}
    if known is None:
        return register_person(Person(id=new_person, **changes))
    stored = known.citizen_hash
    if row.citizen_hashes and stored and stored not in row.citizen_hashes and keys.knows(stored):
        raise IdentityConflict()
    return describe_person(known, described(known, changes))


def _result(known: Stored | None, change: Change) -> Result:
    if known is None:
        return Result.REGISTERED
    if change.events:
        return Result.MOVED
    anew = replace(change.person, citizen_hash=known.person.citizen_hash) != known.person  # not by another key alone
    return Result.CHANGED if anew else Result.UNCHANGED
