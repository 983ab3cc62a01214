"""Decides what the rows of one chunk of an import do: whom each is about, what is asked first, and what changes.

It reads people and stores nothing. What is decided of a row depends on the directory and on the rows above it, and on
nothing else.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.enrolment.directory.domain.changes import FieldChange, Move, field_changes, move_of
from services.enrolment.directory.domain.columns import Columns
from services.enrolment.directory.domain.people import (
    Change,
    Person,
    contact_changed,
    describe_person,
    described,
    register_person,
)
from services.enrolment.directory.domain.questions import Doubts, Question, Seen, sought
from services.enrolment.directory.domain.refusals import IdentityConflict
from services.enrolment.directory.domain.report import Imported, Result
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.rows import Described, external_hashes
from services.enrolment.directory.storage import People, Stored
from shared.citizens import CitizenKeys
from shared.errors import Refused
from shared.events.directory import ContactChanged, contact_aggregate
from shared.events.envelope import Position
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.position_tokens import Reached
from shared.sealing import Contact, KeyRing


@dataclass(slots=True)
class Chunk:
    """What one run of a chunk's transaction has decided so far."""

    seen: Seen = field(default_factory=Seen)
    imported: list[Imported] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    warnings: list[Bad] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    changes: list[FieldChange] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    people: list[Stored] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    before: int = 0  # events that an earlier run of this chunk has stored
    reached: Reached = field(default_factory=Reached)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a row would do if nothing were asked. `exact`: somebody has its external id as it stands."""

    row: Described
    known: Stored | None
    exact: bool
    done: Change | Refused

    @property
    def person(self) -> Person | None:
        return None if isinstance(self.done, Refused) else self.done.person


class Deciding:
    """One for each import. `confirmed` are the lines of which somebody has said that their identity is right."""

    def __init__(
        self, people: People, citizen_keys: CitizenKeys, ring: KeyRing, columns: Columns, confirmed: Collection[int]
    ) -> None:
        self._people = people
        self._citizen_keys = citizen_keys
        self._ring = ring
        at = columns.at.get("externalId")
        self._external_column: Final = None if at is None else columns.header[at]
        self._confirmed = confirmed
        self._seen = Seen()

    def keep(self, chunk: Chunk) -> None:
        """When its transaction is over: the rows below are told apart from these."""
        self._seen.keep(chunk.seen)

    async def chunk(
        self, rows: Sequence[Described], ids: Sequence[str], session: Session, recorder: EventRecorder
    ) -> Chunk:
        """`ids` are of the people whom the rows may register."""
        drafts = await self._drafts(rows, ids, session)
        chunk = Chunk(self._seen.chunk())
        doubts = Doubts(chunk.seen, await self._near(drafts, session), self._external_column)
        for draft, new_person in zip(drafts, ids, strict=True):
            try:
                change = _checked(draft, chunk.seen)
            except Refused as error:
                chunk.bad.append(Bad(draft.row.line, None, error))
                continue
            if draft.known is not None and draft.known.person.id == new_person:
                _note_again(chunk, draft.row.line, draft.known)  # an earlier run of this very chunk has stored it
            elif self._is_clear(chunk, draft, change.person, doubts):
                self._note(chunk, draft, change, recorder)
        return chunk

    async def _drafts(self, rows: Sequence[Described], ids: Sequence[str], session: Session) -> list[_Draft]:
        hashes = {stored for row in rows for stored in row.citizen_hashes}
        externals = {row.external_id for row in rows if row.external_id is not None}
        erased = {one: external for external in externals for one in external_hashes(external, self._citizen_keys)}
        by_hash, by_external = await self._people.by_identity(hashes, externals, erased, session)
        drafts = []
        for row, new_person in zip(rows, ids, strict=True):
            by_code = by_external.get(row.external_id or "")
            known: Stored | None = None
            done: Change | Refused
            try:
                known = _known([by_hash.get(one) for one in row.citizen_hashes], by_code)
                done = _change(row, known.person if known else None, new_person, self._citizen_keys)
            except Refused as error:
                done = error
            drafts.append(_Draft(row, known, by_code is not None, done))
        return drafts

    async def _near(self, drafts: Iterable[_Draft], session: Session) -> list[Person]:
        """Who may be like the people of these rows."""
        planned = [(draft, draft.person) for draft in drafts if draft.person is not None]
        with_new_id = [person for draft, person in planned if draft.row.external_id and not draft.exact]
        new = [person for draft, person in planned if draft.known is None]
        return [one.person for one in await self._people.alike(sought(with_new_id, new), session)]

    def _is_clear(self, chunk: Chunk, draft: _Draft, person: Person, doubts: Doubts) -> bool:
        """Whether nothing is to be asked of a row, or has been answered: then it is imported, with a warning."""
        row, question, namesake = draft.row, None, None
        if row.external_id is not None and not draft.exact:
            question = doubts.of_id(row, person)
        if draft.known is None:
            question = question or doubts.of_new(row, person)
            namesake = None if question else doubts.namesake(person)
        if question is not None and row.line not in self._confirmed:
            chunk.questions.append(question)
            return False
        if question is not None:
            chunk.warnings.append(Bad(row.line, question.column, question.error))
        elif namesake is not None:
            chunk.warnings.append(Bad(row.line, None, namesake))
        return True

    def _note(self, chunk: Chunk, draft: _Draft, change: Change, recorder: EventRecorder) -> None:
        person = change.person
        before = draft.known or Stored(person, 0, 0)
        contact = [] if change.contact is None else [self._sealed(person.id, change.contact)]
        now = Stored(person, before.seq + len(change.events), before.contact_seq + len(contact))
        if change.stored:
            chunk.people.append(now)
            recorder.record(change.events, after=before.seq)
            recorder.record(contact, after=before.contact_seq)
        reached = Position(contact_aggregate(person.id), now.contact_seq) if contact else None
        chunk.imported.append(Imported(draft.row.line, person.id, _told(chunk, draft, change), reached))

    def _sealed(self, person: str, contact: Contact) -> ContactChanged:
        return contact_changed(person, self._ring.seal(contact, contact_aggregate(person)))


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


def _checked(draft: _Draft, seen: Seen) -> Change:
    """Raises DuplicateInFile for a person of a row above, and what the row was refused for."""
    if draft.row.external_id is not None:
        seen.check(f"external {draft.row.external_id}")
    if isinstance(draft.done, Refused):
        raise draft.done
    if draft.known is not None:
        seen.check(f"person {draft.known.person.id}")
    return draft.done


def _note_again(chunk: Chunk, line: int, stored: Stored) -> None:
    person = stored.person.id
    chunk.before += stored.contact_seq
    chunk.seen.note(line, None, stored.person)
    contact = Position(contact_aggregate(person), stored.contact_seq) if stored.contact_seq else None
    chunk.imported.append(Imported(line, person, Result.REGISTERED, contact))


def _told(chunk: Chunk, draft: _Draft, change: Change) -> Result:
    """Notes what is different; a citizen id by another key alone is not."""
    line, known = draft.row.line, draft.known.person if draft.known else None
    chunk.seen.note(line, known, change.person)
    if known is None:
        chunk.new.add(change.person.id)
        return Result.REGISTERED
    changes = field_changes(line, known, change.person, draft.row.citizen_hashes)
    move = move_of(line, known, change.person)
    chunk.changes += changes
    chunk.moves += [move] if move else []
    if change.events:
        return Result.MOVED
    return Result.CHANGED if changes else Result.UNCHANGED
